"""Tables that people send: Excel, CSV in both encodings, pasted; what is none is refused by name."""

import io
import zipfile

import pytest
from xlsxwriter import Workbook

from portal.storage import spreadsheet
from portal.storage.intake import Refused


def _far_away() -> bytes:
    """A workbook of 5 kB that would take gigabytes when laid out."""
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "x")
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    return stream.getvalue()


def _xlsx(*rows: tuple[object, ...]) -> bytes:
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate(rows):
        sheet.write_row(line, 0, row)
    book.close()
    return stream.getvalue()


def test_a_workbook_is_read_with_its_addresses_and_whole_numbers_without_a_point() -> None:
    rows = spreadsheet.read(_xlsx(("名称", "手机"), ("示例企业", 13800000000)))
    assert [[cell.text for cell in row] for row in rows] == [["名称", "手机"], ["示例企业", "13800000000"]]
    assert rows[1][1].address == "B2"


def test_rows_above_the_table_keep_their_numbers() -> None:
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    book.add_worksheet().write(2, 27, "x")
    book.close()
    rows = spreadsheet.read(stream.getvalue())
    assert (rows[2][27].text, rows[2][27].address) == ("x", "AB3")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_that_excel_writes(encoding: str) -> None:
    rows = spreadsheet.read("名称,手机\r\n示例企业,1\r\n".encode(encoding))
    assert [[cell.text for cell in row] for row in rows] == [["名称", "手机"], ["示例企业", "1"]]


def test_pasted_cells_are_apart_by_tabs_before_commas() -> None:
    rows = spreadsheet.read_text("名称\t手机\n示例,企业\t1")
    assert [cell.text for cell in rows[1]] == ["示例,企业", "1"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x01", "file_not_a_table"),
        (b"\xff\xff\xff", "file_not_a_table"),
        (b"PK\x03\x04 no archive", "file_damaged"),
        (b"x" * (3 * 1024 * 1024 + 1), "file_too_large"),
        (b"a\n" * 25_001, "table_too_long"),
        (_xlsx(("x",) * 51), "table_too_long"),
        (_far_away(), "table_too_long"),
        (b'"' + b"a" * 200_000 + b'"', "file_not_a_table"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        spreadsheet.read(content)
    assert refused.value.code == code


def test_a_word_file_is_no_table() -> None:
    stream = io.BytesIO()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{kind}"/></Types>')
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(Refused) as refused:
        spreadsheet.read(stream.getvalue())
    assert refused.value.code == "file_not_a_table"
