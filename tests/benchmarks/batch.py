"""A batch as consultants print it, against WeasyPrint used naively: reports a minute and memory, and what a second worker brings.

BENCH_REPORTS=200 measures the batch that the project's goals speak of, and takes its time; the usual 40 take some minutes.
What the naive way takes for 200 is told from its sample. On a busy machine only the CPU seconds mean anything; in a
small batch the workers' loading weighs most.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.actions import account, assessment, batch, clients, report, result
from portal.actions.work import Door
from portal.config import HOME, Settings
from portal.core.clients import Asked
from portal.core.printing import ItemState
from portal.report import html
from portal.storage import account as stored_account
from portal.storage.migrations import migrate
from portal.storage.session import Database
from tests.benchmarks.measuring import Line, absolute
from tests.benchmarks.reports import styled
from tests.cast import make_consultant
from tests.make import make_settings
from tests.mandated import make_clients

REPORTS = int(os.environ.get("BENCH_REPORTS", "40"))
WORKERS = 2
NAIVE_SAMPLE = 4  # reports for each naive process
GOAL = 200

# One process after another report, as a script would: nothing shared, nothing forked, the system's fonts.
_NAIVE = """
import sys, time
from pathlib import Path
import weasyprint
page = Path(sys.argv[1]).read_text("utf-8")
def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20
start, processor = time.monotonic(), time.process_time()
for number in range(int(sys.argv[3])):
    weasyprint.HTML(string=page).write_pdf(f"{sys.argv[2]}-{number}.pdf")
print(time.monotonic() - start, time.process_time() - processor, held())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What one batch took: seconds once a worker was ready, CPU seconds of all, MiB; and a page for the naive way."""

    printed: int
    seconds: float
    processor: float
    peak: int
    growth: float
    child: float
    zipped: float
    page: str


def lines() -> Iterator[Line]:
    """The batch's part of the table; BENCH_REPORTS sets how many reports."""
    both = _run(REPORTS, WORKERS)
    yield _line(f"batch of {REPORTS}, {WORKERS} workers: printed and bundled", f"{both.printed}")
    rate = 60 * both.printed / both.seconds
    naive_rate, naive_processor, naive_peak = _naive(both.page)
    processor = both.processor / both.printed
    yield Line(
        what="batch, CPU a report, loading and bundling included ÷ naive printing",
        ours=f"{processor:.2f} s",
        baseline=f"{naive_processor:.2f} s",
        ratio=f"{processor / naive_processor:.2f}",
        goal="",
    )
    yield Line(
        what=f"batch, reports a minute ÷ {WORKERS} naive processes, loading left out",
        ours=f"{rate:.1f}",
        baseline=f"{naive_rate:.1f}",
        ratio=f"{rate / naive_rate:.2f}",
        goal="",
    )
    yield Line(
        what=f"batch, minutes for {GOAL} reports, {'measured' if both.printed == GOAL else 'scaled'} ÷ naive, scaled",
        ours=f"{GOAL / rate:.1f}",
        baseline=f"{GOAL / naive_rate:.1f}",
        ratio=f"{naive_rate / rate:.2f}",
        goal="",
    )
    yield Line(
        what=f"batch, memory of all workers and children, peak ÷ naive after {NAIVE_SAMPLE}",
        ours=f"{both.peak} MiB",
        baseline=f"{naive_peak:.0f} MiB",
        ratio=f"{both.peak / naive_peak:.2f}",
        goal="",
    )
    yield absolute("batch, growth of a worker from its first child to its end", both.growth, "MiB", 5)
    yield absolute("batch, memory of a printing child", both.child, "MiB", 350)
    yield _line("batch, size of the ZIP", f"{both.zipped:.1f} MiB")
    one = _run(max(REPORTS // 4, 2), 1)
    gain = (both.printed / both.seconds) / (one.printed / one.seconds)
    yield absolute("batch, speed-up of two workers over one, loading left out", gain, "×", 1.9, is_least=True)


def _run(reports: int, workers: int) -> _Run:
    """A batch of so many submitted reports, printed and bundled by workers that are started for it."""
    with tempfile.TemporaryDirectory() as name:
        settings = make_settings(Path(name) / "data")
        settings.data_folder.mkdir(parents=True)
        database = Database(settings.database_url)
        migrate(database, settings.migration_folder)
        door = Door(database, Door.open(settings).library, settings)
        consultant = make_consultant(door)
        make_clients(door, consultant, reports)
        with door.writing() as work:
            found = stored_account.find(work.session, consultant.account.id)
            assert found is not None
            me = account.mandated(work, found)
            asked = Asked(year=assessment.this_year(work.now))
            id = batch.start(work, me, asked, None)
            assert id is not None
            first = clients.table(work, me, asked).found[0].assessment_id
            assert first is not None
            page = html.render(report.compose(work, result.for_printing(work, first), None, has_plan=False))
        ready, peak, watched, before = 0.0, 0, _Watched(), _processor()
        said = Path(name) / "said"
        with said.open("wb") as output:
            started = [_start(settings, output.fileno()) for _ in range(workers)]
        while any(one.poll() is None for one in started):
            ready = ready or (time.monotonic() if said.stat().st_size else 0.0)
            peak = max(peak, sum(_mebibytes(one.pid) for one in started))
            for one in started:
                watched.look(one.pid)
            time.sleep(0.2)
        end, processor = time.monotonic(), _processor() - before
        with door.reading() as work:
            done = batch.progress(work, me, id).batch
        zipped = settings.report_folder / f"batch-{id}.zip"
        size = zipped.stat().st_size / 1024**2 if zipped.is_file() else 0.0
        database.close()
    return _Run(
        printed=done.counts.get(ItemState.PRINTED, 0),
        seconds=end - ready,
        processor=processor,
        peak=peak,
        growth=watched.growth,
        child=watched.child,
        zipped=size,
        page=page,
    )


def _start(settings: Settings, output: int) -> "subprocess.Popen[bytes]":
    environment = os.environ | {
        "PORTAL_DATA_FOLDER": str(settings.data_folder),
        "PORTAL_SECRET": settings.secret,
    }
    command = [sys.executable, "-m", "portal.cli", "worker", "--once"]
    return subprocess.Popen(command, env=environment, cwd=HOME, stdout=output)


def _processor() -> float:
    """CPU seconds of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _naive(page: str) -> tuple[float, float, float]:
    """Of as many naive processes as there are workers: reports a minute, CPU seconds a report, MiB at the end."""
    environment = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "page.html"
        file.write_text(styled(page), "utf-8")
        started = [
            subprocess.Popen(
                [sys.executable, "-c", _NAIVE, file, Path(name) / str(number), str(NAIVE_SAMPLE)],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            for number in range(WORKERS)
        ]
        told = [[float(word) for word in one.communicate()[0].split()] for one in started]
    seconds, processor, held = zip(*told, strict=True)
    return (
        sum(60 * NAIVE_SAMPLE / one for one in seconds),
        sum(processor) / len(told) / NAIVE_SAMPLE,
        sum(held),
    )


class _Watched:
    """How much a worker grows while its children print, and the most that a child holds (resident, shared included)."""

    def __init__(self) -> None:
        self._first: dict[int, float] = {}
        self._lately: dict[int, set[int]] = {}
        self.growth = self.child = 0.0

    def look(self, worker: int) -> None:
        """Sample a worker; its first sample counts once it has a child."""
        now = _resident(worker)
        # A fork shares what its parent holds; what is small, or gone at the next look, is a program that asks for fonts.
        children = {one: size for one in _children(worker) if (size := _resident(one)) > now / 2}
        lasting = children.keys() & self._lately.get(worker, set())
        self._lately[worker] = set(children)
        if now and (lasting or worker in self._first):
            self.growth = max(self.growth, now - self._first.setdefault(worker, now))
        self.child = max([self.child, *children.values()])


def _children(process: int) -> list[int]:
    try:
        return [
            int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
        ]
    except OSError:
        return []  # it has ended meanwhile


def _resident(process: int) -> float:
    """Mebibytes."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _line(what: str, ours: str) -> Line:
    return Line(what=what, ours=ours, baseline="", ratio="", goal="", is_met=None)


def _mebibytes(process: int) -> int:
    """What a process and its children hold for themselves, shared pages divided among those that share them."""
    try:
        total = 0
        for line in Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                total = int(line.split()[1]) // 1024
        return total + sum(_mebibytes(child) for child in _children(process))
    except OSError:
        return 0  # it has ended meanwhile
