"""Printing apart: progress, limits, and never half a file."""

import os
import signal
import time
from pathlib import Path
from typing import NoReturn

import pytest

from portal.report import press
from portal.report.document import ReportDocument
from portal.report.press import Limits, PrintingFailed, print_report
from tests.report.sample import make_document

# From Python 3.12 on, forking beside pytest-xdist's own thread is remarked upon.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


def quiet(percent: int, step: str) -> None:
    pass


@pytest.fixture
def document() -> ReportDocument:
    return make_document()


def stand_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Print a page that is quick to set instead of the whole report; the child inherits it."""
    monkeypatch.setattr(press.html, "render", lambda document: text)


def test_a_report_is_printed_with_progress(
    document: ReportDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A page number in the text: the pages are gone through twice.
    stand_in(
        monkeypatch,
        "<!DOCTYPE html><html lang=zh-CN><title>t</title>"
        "<style>a::after { content: target-counter(attr(href), page) }</style>"
        "<p><a href='#second'>见第</a><p id=second style='break-before: page'>二",
    )
    told: list[tuple[int, str]] = []
    path = tmp_path / "new" / "report.pdf"
    print_report(document, path, lambda percent, step: told.append((percent, step)))
    assert path.read_bytes().startswith(b"%PDF-1.7")
    assert [percent for percent, _ in told] == sorted(percent for percent, _ in told)
    steps = [step for _, step in told]
    assert steps.index("排版第 2 页") < steps.index("核对页码")
    assert told[-1][0] == 100
    assert [file.name for file in path.parent.iterdir()] == ["report.pdf"]


def test_a_report_that_takes_too_long_is_ended(
    document: ReportDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press.html, "render", lambda document: time.sleep(60))
    with pytest.raises(PrintingFailed, match="超过 1 秒"):
        print_report(document, tmp_path / "report.pdf", quiet, Limits(seconds=1))
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_computes_too_long_is_ended(
    document: ReportDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spin(document: ReportDocument) -> NoReturn:
        while True:
            pass

    monkeypatch.setattr(press.html, "render", spin)
    with pytest.raises(PrintingFailed, match="计算时间超过"):
        print_report(document, tmp_path / "report.pdf", quiet, Limits(cpu_seconds=1))


def test_a_report_that_takes_too_much_memory_is_ended(
    document: ReportDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press.html, "render", lambda document: "一" * 3_000_000_000)
    with pytest.raises(PrintingFailed, match="内存超过 2000 MiB"):
        print_report(document, tmp_path / "report.pdf", quiet, Limits(mebibytes=2000))


def test_what_is_wrong_with_the_report_reaches_the_parent(
    document: ReportDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, "<p>🏭")
    with pytest.raises(PrintingFailed, match=r"U\+1F3ED"):
        print_report(document, tmp_path / "report.pdf", quiet)


def test_a_fault_of_the_program_reaches_the_parent(
    document: ReportDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press.html, "render", lambda document: 1 // 0)
    with pytest.raises(PrintingFailed, match="ZeroDivisionError"):
        print_report(document, tmp_path / "report.pdf", quiet)


def test_a_child_that_is_killed_leaves_no_file(
    document: ReportDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press.html, "render", lambda document: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(PrintingFailed, match="意外结束"):
        print_report(document, tmp_path / "report.pdf", quiet)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_is_reported_and_the_old_report_stays(
    document: ReportDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, "<!DOCTYPE html><html lang=zh-CN><title>t</title><p>一")
    path = tmp_path / "report.pdf"
    path.write_bytes(b"old")

    def full(descriptor: int) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(press.os, "fsync", full)
    with pytest.raises(PrintingFailed, match="无法写入文件"):
        print_report(document, path, quiet)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.pdf"]


def test_whoever_stops_listening_stops_the_printing(document: ReportDocument, tmp_path: Path) -> None:
    def stop(percent: int, step: str) -> NoReturn:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        print_report(document, tmp_path / "report.pdf", stop)
    assert list(tmp_path.iterdir()) == []
