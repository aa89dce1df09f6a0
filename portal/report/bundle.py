"""The files of a batch: a ZIP of all reports with an index in Excel, and one PDF for printing with bookmarks.

Runs in a child of its own, for merging hundreds of reports takes memory that a long-lived worker would keep.
"""

import os
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from portal.core.errors import PortalError
from portal.report import html
from portal.report.sheets import Column, Sheet, workbook
from portal.words import local

if TYPE_CHECKING:
    import pikepdf

INDEX = "目录.xlsx"
_NOTICE = "说明：合并打印件不带签名"
_COLUMNS = (
    Column(title="序号", width=6, form="0"),
    Column(title="企业名称", width=32),
    Column(title="统一社会信用代码", width=21),
    Column(title="年度", width=7, form="0"),
    Column(title="报告编号", width=18),
    Column(title="状态", width=10),
    Column(title="原因", width=30),
    Column(title="文件", width=46),
    Column(title="合并件起始页", width=9, form="0"),
)
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


class BundlingFailed(PortalError):
    """The files could not be put together; the reports themselves are not touched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the index; `path` is None for a report that is not there."""

    position: int
    enterprise: str
    uscc: str
    year: int
    number: str
    state: str
    reason: str
    name: str
    path: Path | None


def bundle(entries: Sequence[Entry], folder: Path, stem: str, at: datetime) -> None:
    """Write `stem`.zip, `stem`.pdf and `stem`.xlsx, each whole or not at all; raises BundlingFailed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _bundle(entries, folder, stem, at)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        raise BundlingFailed(stem)


def _bundle(entries: Sequence[Entry], folder: Path, stem: str, at: datetime) -> None:
    pages = _merge(entries, folder / f".{stem}.pdf", local(at).date())
    index = workbook([_index(entries, pages)], at=at)
    draft = folder / f".{stem}.zip"
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
        for one in entries:
            if one.path is None:
                continue
            # A PDF is compressed already; it is copied through a small buffer.
            with one.path.open("rb") as source, archive.open(zip_info(one.name), "w") as target:
                while part := source.read(1 << 20):
                    target.write(part)
        archive.writestr(zip_info(INDEX), index)
    (folder / f".{stem}.xlsx").write_bytes(index)
    for kind in ("pdf", "xlsx", "zip"):
        with (folder / f".{stem}.{kind}").open("rb") as written:
            os.fsync(written.fileno())
        (folder / f".{stem}.{kind}").rename(folder / f"{stem}.{kind}")


def zip_info(name: str) -> zipfile.ZipInfo:
    """An entry that bears no day of its own: the same files are the same archive."""
    info = zipfile.ZipInfo(name, date_time=_ZIP_DAY)
    info.external_attr = 0o644 << 16
    return info


def _merge(entries: Sequence[Entry], target: Path, day: date) -> dict[int, int]:
    """All reports in one file, each under a bookmark; position → its first page.

    A signature is about its own file: here it would only be shown as broken, so it goes, and a first page says so.
    Two MiB a report, where taking the files apart in Python took twenty: five hundred did not fit into memory.
    """
    import pikepdf

    there = [(one, one.path) for one in entries if one.path is not None]
    first: dict[int, int] = {}
    with ExitStack() as stack:
        merged = stack.enter_context(pikepdf.new())
        marks: list[pikepdf.OutlineItem] = []
        if any(b"/ByteRange" in path.read_bytes() for _, path in there):
            notice = stack.enter_context(pikepdf.open(BytesIO(_notice(len(there), day))))
            _strip(notice)
            merged.pages.extend(notice.pages)
            marks.append(pikepdf.OutlineItem(_NOTICE, 0))
        for one, path in there:
            first[one.position] = len(merged.pages) + 1
            source = pikepdf.open(path)  # let go of, not closed: qpdf reads its streams when it writes
            _strip(source)
            merged.pages.extend(source.pages)
            title = f"{one.position} {one.enterprise} {one.number}"
            marks.append(pikepdf.OutlineItem(title, first[one.position] - 1))
        with merged.open_outline() as outline:
            outline.root.extend(marks)
        merged.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return first


def _strip(source: "pikepdf.Pdf") -> None:
    """Leave what is printed: copied along, a signature would look broken, and links would lead into another report."""
    for name in ("/AcroForm", "/Names", "/Dests", "/Outlines", "/StructTreeRoot"):
        if name in source.Root:
            del source.Root[name]
    for page in source.pages:
        if "/Annots" in page.obj:
            del page.obj["/Annots"]


def _notice(count: int, day: date) -> bytes:
    """The page before signed reports: that this is a copy for reading, and where the signed ones are."""
    # Only here, in the child: the web process knows this module and must not load WeasyPrint.
    from portal.report import pdf

    text = html.fill("merged.html", count=count, day=day.isoformat())
    return pdf.write(text, imprint=pdf.Imprint(made_on=day, identifier=b"merged"))


def _index(entries: Sequence[Entry], pages: dict[int, int]) -> Sheet:
    return Sheet(
        title="目录",
        columns=_COLUMNS,
        rows=[
            (
                one.position,
                one.enterprise,
                one.uscc,
                one.year,
                one.number,
                one.state,
                one.reason,
                one.name if one.path is not None else "",
                pages.get(one.position),
            )
            for one in entries
        ],
    )
