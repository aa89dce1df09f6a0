"""The files of a batch: a ZIP of all reports with an index in Excel, and one PDF for printing with bookmarks.

Runs in a child of its own, for merging hundreds of reports takes memory that a long-lived worker would keep.
"""

import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal.core.errors import PortalError
from portal.report.sheets import Column, Sheet, workbook

INDEX = "目录.xlsx"
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
    pages = _merge(entries, folder / f".{stem}.pdf")
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


def _merge(entries: Sequence[Entry], path: Path) -> dict[int, int]:
    """All reports in one file, each under a bookmark; position → its first page."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    first: dict[int, int] = {}
    for one in entries:
        if one.path is None:
            continue
        first[one.position] = len(writer.pages) + 1
        reader = PdfReader(one.path)
        writer.append(
            reader, outline_item=f"{one.position} {one.enterprise} {one.number}", import_outline=False
        )
    # A signature is about its own file; in a merged one it would only be shown as broken.
    writer.remove_annotations("/Widget")
    writer.root_object.pop("/AcroForm", None)
    with path.open("wb") as stream:
        writer.write(stream)
    return first


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
