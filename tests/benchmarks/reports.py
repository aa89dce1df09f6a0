"""One report against WeasyPrint used naively on the same page, cold and warm, and a batch on two cores."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from portal.report import html, press
from portal.report.typeface import cuts
from tests.benchmarks.measuring import Line, absolute, against, fresh, in_turns
from tests.report.sample import make_document

BATCH = 8

# As anybody would: system fonts, nothing prepared.
_NAIVE = """
import resource, time
from pathlib import Path
import weasyprint
page = Path({page!r}).read_text()
{warm}
start = time.process_time() if {is_warm} else 0
weasyprint.HTML(string=page).write_pdf({target!r}{options})
print(time.process_time() - start)
"""
_OURS = """
import gc, resource, time
from datetime import date
from pathlib import Path
from portal.report import pdf, press
from portal.report.document import Attached
page = Path({page!r}).read_text()
imprint = pdf.Imprint(made_on=date(2026, 1, 1), identifier=b"benchmark")
attached = [Attached(name="a.json", description="a", content=b"{{}}" * 5000)]
if {is_warm}:
    press.warm_up()
    pdf.write(page, imprint=imprint, attached=attached)
    gc.collect(); gc.freeze(); gc.disable()
start = time.process_time() if {is_warm} else 0
Path({target!r}).write_bytes(pdf.write(page, imprint=imprint, attached=attached))
used = time.process_time() - start
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 if {is_memory} else used)
"""


def lines() -> Iterator[Line]:
    """The report's part of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _one(folder)
        yield from _batch(folder)


def _one(folder: Path) -> Iterator[Line]:
    page, naive_page = folder / "page.html", folder / "styled.html"
    text = html.render(make_document())
    page.write_text(text, encoding="utf-8")
    naive_page.write_text(styled(text), encoding="utf-8")
    target = folder / "report.pdf"

    def ours(*, is_warm: bool, is_memory: bool = False) -> str:
        return _OURS.format(page=str(page), target=str(target), is_warm=is_warm, is_memory=is_memory)

    def naive(*, is_warm: bool, options: str = "") -> str:
        first = f"weasyprint.HTML(string=page).write_pdf({str(folder / 'x.pdf')!r})" if is_warm else ""
        return _NAIVE.format(
            page=str(naive_page),
            target=str(folder / "naive.pdf"),
            warm=first,
            is_warm=is_warm,
            options=options,
        )

    claim = ', pdf_variant="pdf/a-3a"'
    warm, plain, same = in_turns(ours(is_warm=True), naive(is_warm=True), naive(is_warm=True, options=claim))
    yield against("report, warm ÷ naive (naive without tags and PDF/A)", warm, plain, 0.50)
    yield against("report, warm ÷ naive with the same claim", warm, same, 0.50)
    cold, naive_cold = in_turns(ours(is_warm=False), naive(is_warm=False))
    yield against("report, cold process ÷ naive cold process", cold, naive_cold, 0.70)
    yield absolute(
        "report, cold process, memory", float(fresh(ours(is_warm=False, is_memory=True))), "MiB", 130
    )
    font = "cut" if cuts() else "full system"
    yield absolute(f"report, file with the {font} font", target.stat().st_size / 1024, "KiB", 350)


def styled(page: str) -> str:
    """The page with its style sheet, as anybody would hand it over: tables that size themselves."""
    css = (html.TEMPLATES / "report.css").read_text(encoding="utf-8").replace("table-layout: fixed;", "")
    return page.replace("</head>", f"<style>{css}</style></head>")


def _batch(folder: Path) -> Iterator[Line]:
    document = make_document()
    press.warm_up()
    before = _resident()
    alone = _print_all(document, folder, BATCH, 1)
    both = _print_all(document, folder, BATCH, 2)
    yield absolute("batch, speed-up of two children over one", alone / both, "×", 1.9, is_least=True)
    yield absolute("batch, reports a minute on two cores", BATCH * 60 / both, "", 65, is_least=True)
    yield absolute(f"batch, growth of the parent over {2 * BATCH} reports", _resident() - before, "MiB", 5)


def _print_all(document: press.ReportDocument, folder: Path, count: int, children: int) -> float:
    """Seconds on the clock until `count` reports are printed by that many children."""
    start = time.monotonic()
    started = []
    for child in range(children):
        process = os.fork()
        if process == 0:
            for number in range(count // children):
                press.print_here(document, folder / f"{child}-{number}.pdf", lambda percent, step: None)
            os._exit(0)
        started.append(process)
    assert all(os.waitpid(process, 0)[1] == 0 for process in started)
    return time.monotonic() - start


def _resident() -> float:
    """Resident memory of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
