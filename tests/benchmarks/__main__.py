"""`./run bench`: one table of ratios, measured side by side in one run; the goals stand beside them."""

import sys
import unicodedata

from tests.benchmarks import batch, bureau, pages, plans, reports, scores, starting, statistics
from tests.benchmarks.measuring import Line

PARTS = {
    "reports": reports,
    "batch": batch,
    "bureau": bureau,
    "pages": pages,
    "plans": plans,
    "scores": scores,
    "starting": starting,
    "statistics": statistics,
}
WIDTHS = (56, 12, 12, 7, 12)


def main(names: list[str]) -> None:
    """Measure the named parts, or all of them."""
    _row("what", "ours", "baseline", "ratio", "goal", "")
    for name in names or list(PARTS):
        for line in PARTS[name].lines():
            _row(line.what, line.ours, line.baseline, line.ratio, line.goal, _verdict(line))


def _verdict(line: Line) -> str:
    return "" if line.is_met is None else "met" if line.is_met else "not met"


def _row(what: str, *others: str) -> None:
    cells = [what + " " * (WIDTHS[0] - _width(what))]
    cells += [" " * (width - _width(text)) + text for text, width in zip(others, WIDTHS[1:], strict=False)]
    print("  ".join([*cells, others[-1]]).rstrip(), flush=True)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


if __name__ == "__main__":
    main(sys.argv[1:])
