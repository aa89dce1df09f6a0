"""Printing apart from everything else: a forked child with limits, progress over a pipe, and no half files.

The worker and the command line use this; the web never imports it. A long-lived process calls `warm_up` once, so
that every child starts with WeasyPrint, fonts and style sheet in shared memory.
"""

import gc
import json
import os
import resource
import select
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from portal.core.errors import PortalError
from portal.report import html, pdf
from portal.report.document import ReportDocument
from portal.report.html import Paper
from portal.report.parcel import Package, Printed

OnProgress = Callable[[int, str], None]
Sign = Callable[[bytes], bytes]
USUAL_PAGES = 22  # only to turn page numbers into per cent
_SOME_DAY = date(2026, 1, 1)


class PrintingFailed(PortalError):
    """No report came out; the message says why, in words for the person who waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one child may use: CPU seconds, seconds of waiting, and address space in MiB."""

    cpu_seconds: int = 90
    seconds: int = 120
    mebibytes: int = 3072


def warm_up() -> None:
    """Load all that every report needs, print a line for the fonts' sake, and keep it out of garbage collection."""
    imprint = pdf.Imprint(made_on=_SOME_DAY, identifier=b"warm")
    pdf.write("<!DOCTYPE html><html lang=zh-CN><title>预热</title><p>预<b>热</b>", imprint=imprint)
    import portal.report.packing  # noqa: F401 - see print_here

    gc.collect()
    gc.freeze()


def print_report(
    document: Printed,
    path: Path,
    on_progress: OnProgress,
    limits: Limits | None = None,
    sign: Sign | None = None,
) -> None:
    """Print `document` to `path` in a child; raises PrintingFailed and leaves no file when it cannot.

    `on_progress` gets per cent and a word for the step; `sign` makes the signed file of the printed one.
    """
    limits = limits or Limits()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _live_as_child(document, path, writing, limits, sign)
    os.close(writing)
    try:
        error = _follow(child, reading, on_progress, limits)
    finally:
        os.close(reading)
        _partial(path, child).unlink(missing_ok=True)
    if error:
        raise PrintingFailed(error)
    on_progress(100, "已生成")


def print_here(document: Printed, path: Path, on_progress: OnProgress, sign: Sign | None = None) -> None:
    """Print in this process: `path` appears only once it is complete and on disk."""
    on_progress(2, "整理内容")
    if isinstance(document, Package):
        # Half a second and 28 MiB for Word, Excel and PDF libraries: one report from the command line needs none.
        from portal.report.packing import pack

        _keep(lambda partial: pack(document, partial, on_progress, sign), path)
        return
    text = html.render(document)
    on_progress(5, "排版")
    content = pdf.write(
        text,
        **_manner(document),
        on_page=_page_by_page(on_progress),
    )
    if sign is not None:
        on_progress(90, "签名")
        content = sign(content)
    on_progress(95, "写入文件")
    _keep(lambda partial: partial.write_bytes(content), path)


def _page_by_page(on_progress: OnProgress) -> pdf.OnPage:
    """Progress by the pages that are set; to put in page numbers WeasyPrint goes through them again."""
    highest = 0

    def set_page(page: int) -> None:
        nonlocal highest
        if page > highest:
            highest = page
            on_progress(5 + min(75, 75 * page // USUAL_PAGES), f"排版第 {page} 页")
        elif page == 1:
            on_progress(80, "核对页码")

    return set_page


def is_draft(document: Printed) -> bool:
    """Whether it is the report of a self-check that is not submitted yet."""
    return isinstance(document, ReportDocument) and not document.particulars.is_submitted


def _manner(document: ReportDocument | Paper) -> dict[str, Any]:
    if isinstance(document, Paper):
        imprint = pdf.Imprint(made_on=document.made_on, identifier=document.identifier)
        return {"imprint": imprint, "style": document.style}
    return {
        "imprint": pdf.Imprint(made_on=document.particulars.printed_on, identifier=document.identifier),
        "attached": document.attached,
        "is_draft": is_draft(document),
    }


def _keep(write: Callable[[Path], object], path: Path) -> None:
    """Write beside, flush to disk, rename: a reader sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path, os.getpid())
    try:
        write(partial)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _partial(path: Path, process: int) -> Path:
    return path.with_name(f".{path.name}.{process}")


# ── the child ────────────────────────────────────────────────────────────────


def _live_as_child(
    document: Printed, path: Path, writing: int, limits: Limits, sign: Sign | None
) -> NoReturn:
    """Print, tell, and leave without any of the parent's clean-up."""
    status = 1
    try:
        # Whatever the worker does on these signals is not the child's business.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.disable()
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))
        space = limits.mebibytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        print_here(
            document, path, lambda percent, step: _tell(writing, {"percent": percent, "step": step}), sign
        )
        status = 0
    except MemoryError:
        _tell(writing, {"error": f"内存超过 {limits.mebibytes} MiB"})
    except PortalError as error:
        _tell(writing, {"error": str(error)})
    except OSError as error:
        _tell(writing, {"error": f"无法写入文件：{error.strerror or error}"})
    except BaseException as error:  # noqa: BLE001 - the child's own door: the parent must hear of everything
        _tell(writing, {"error": f"{type(error).__name__}：{error}"})
    finally:
        os._exit(status)


def _tell(writing: int, message: Mapping[str, Any]) -> None:
    # Shorter than a pipe's atomic write, so that a full pipe cannot cut a line.
    short = {name: value[:500] if isinstance(value, str) else value for name, value in message.items()}
    line = json.dumps(short) + "\n"
    try:
        os.write(writing, line.encode())
    except BrokenPipeError:
        os._exit(1)


# ── the parent ───────────────────────────────────────────────────────────────


def _follow(child: int, reading: int, on_progress: OnProgress, limits: Limits) -> str:
    """Pass the child's progress on until it ends; what went wrong, or nothing."""
    error = ""
    try:
        for message in _messages(reading, time.monotonic() + limits.seconds):
            error = str(message.get("error", error))
            if "percent" in message:
                on_progress(int(message["percent"]), str(message["step"]))
    except TimeoutError:
        os.kill(child, signal.SIGKILL)
        error = f"超过 {limits.seconds} 秒仍未完成"
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        _, code = os.waitpid(child, 0)
    status = os.waitstatus_to_exitcode(code)
    if not error and status == -signal.SIGXCPU:
        error = f"计算时间超过 {limits.cpu_seconds} 秒"
    return error or ("" if status == 0 else f"打印进程意外结束（{status}）")


def _messages(reading: int, deadline: float) -> Iterator[Mapping[str, Any]]:
    """The child's lines as they come, until it ends; raises TimeoutError once the deadline has passed."""
    rest = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            raise TimeoutError
        chunk = os.read(reading, 65536)
        if not chunk:
            return
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield json.loads(line)
