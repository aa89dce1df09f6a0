"""Reading a filled workbook: what is no workbook, what lies about its size, and cells that were merged."""

import io
import zipfile

import pytest
from xlsxwriter import Workbook

from portal.core.workbook import Cell, CellKind
from portal.storage.intake import Refused
from portal.storage.workbook import read


def _book() -> bytes:
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    page = book.add_worksheet("甲")
    page.write_string("A1", "编号")
    page.merge_range("D4:D6", "40")
    page.merge_range("F4:G4", "")
    book.close()
    return stream.getvalue()


def _archive(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _padded(blanks: int, claimed: int | None = None) -> bytes:
    """The book with so many blanks behind a part, which claims another length in every head."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_book())) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/sharedStrings.xml":
                content += b" " * blanks
                length = len(content)
            out.writestr(name, content)
    made = stream.getvalue()
    return (
        made if claimed is None else made.replace(length.to_bytes(4, "little"), claimed.to_bytes(4, "little"))
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook_not_xlsx"),
        ("条目,填报\n".encode("gbk"), "workbook_not_xlsx"),
        (b"<html><table><tr><td>1</table>", "workbook_not_xlsx"),
        (b"%PDF-1.7\n", "workbook_not_xlsx"),
        (_archive(a=b"x"), "workbook_not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "file_old_office"),
        (b"PK\x03\x04" + bytes(10_000_000), "file_too_large"),
        (_book()[:-300], "file_damaged"),
        (_padded(50_000_000), "file_unpacks_too_large"),
        (_padded(50_000_000, claimed=5000), "file_damaged"),
    ],
    ids=["empty", "csv", "html", "pdf", "zip", "xls", "large", "cut", "bomb", "lying bomb"],
)
def test_what_is_no_workbook_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        read(content)
    assert caught.value.code == code


def test_a_merged_cell_marks_those_that_it_covers() -> None:
    page = read(_book())["甲"]
    assert page["D4"] == Cell(CellKind.TEXT, "40")
    assert {address for address, cell in page.items() if cell.kind is CellKind.MERGED} == {"D5", "D6", "G4"}
