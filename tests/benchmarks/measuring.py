"""How things are measured: CPU seconds, turn and turn about, medians; a ratio counts, a second does not."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from portal.config import HOME


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table; `goal` is written as in the project's goals, `is_met` None where there is none."""

    what: str
    ours: str
    baseline: str
    ratio: str
    goal: str
    is_met: bool | None = None


def against(what: str, ours: float, baseline: float, goal: float, unit: str = "s") -> Line:
    """A line that compares ours with a baseline; at most `goal` times as much is good."""
    factor, digits = {"s": (1, 2), "ms": (1000, 2)}[unit]
    ratio = ours / baseline
    return Line(
        what=what,
        ours=f"{ours * factor:.{digits}f} {unit}",
        baseline=f"{baseline * factor:.{digits}f} {unit}",
        ratio=f"{ratio:.2f}",
        goal=f"≤ {goal:g} ×",
        is_met=ratio <= goal,
    )


def absolute(what: str, value: float, unit: str, goal: float, *, is_least: bool = False) -> Line:
    """A line with a bound of its own."""
    return Line(
        what=what,
        ours=f"{value:.2f} {unit}".rstrip(),
        baseline="",
        ratio="",
        goal=f"{'≥' if is_least else '≤'} {goal:g} {unit}".rstrip(),
        is_met=value >= goal if is_least else value <= goal,
    )


def in_turns(*programs: str, rounds: int = 2) -> list[float]:
    """Median of the number that each program prints, run in fresh processes A B A B."""
    told: list[list[float]] = [[] for _ in programs]
    for _ in range(rounds):
        for number, program in enumerate(programs):
            told[number].append(float(fresh(program)))
    return [median(numbers) for numbers in told]


def fresh(program: str) -> str:
    """What a program prints last, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=HOME, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip().splitlines()[-1]


def each(call: Callable[[], object], *, count: int) -> float:
    """CPU seconds of one call: the best of five series, after one to warm up."""
    call()
    series = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(count):
            call()
        series.append((time.process_time() - start) / count)
    return min(series)
