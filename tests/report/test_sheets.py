"""Workbooks: nothing that people typed becomes a formula, numbers stay numbers, and the sheet prints well."""

import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from portal.report.number_format import shown
from portal.report.sheets import FIGURE, Cell, Column, Sheet, plain, workbook
from tests.report.spreadsheet_rules import complaints

AT = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name).decode() for name in file.namelist() if name.endswith(".xml")}


def _book(*rows: tuple[Cell, ...], form: str = "") -> dict[str, str]:
    columns = tuple(Column(title=f"列{place}", form=form) for place in range(len(rows[0])))
    return _parts(workbook([Sheet(title="清单", columns=columns, rows=rows)], at=AT))


def _texts(parts: dict[str, str]) -> list[str]:
    root = ElementTree.fromstring(parts["xl/sharedStrings.xml"])
    return ["".join(part.text or "" for part in one.iter(f"{_MAIN}t")) for one in root]


@pytest.mark.parametrize("sign", [*"=+-@＝＋－＠", "\t=", "\r=", " ="])
def test_text_that_looks_like_a_formula_stays_text(sign: str) -> None:
    parts = _book((f"{sign}HYPERLINK(1)",))
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet and "hyperlink" not in sheet
    cell = re.search(r'<c r="A2" s="(\d+)" t="s">', sheet)
    assert cell
    styles = ElementTree.fromstring(parts["xl/styles.xml"]).find(f"{_MAIN}cellXfs")
    assert styles is not None and styles[int(cell[1])].get("quotePrefix") == "1"
    assert plain(f"{sign}HYPERLINK(1)") in _texts(parts)


def test_harmless_text_carries_no_mark() -> None:
    sheet = _book(("示例水泥有限公司",))
    cell = re.search(r'<c r="A2" s="(\d+)" t="s">', sheet["xl/worksheets/sheet1.xml"])
    assert cell
    styles = ElementTree.fromstring(sheet["xl/styles.xml"]).find(f"{_MAIN}cellXfs")
    assert styles is not None and styles[int(cell[1])].get("quotePrefix") is None


def test_negative_numbers_and_days_are_numbers() -> None:
    sheet = _book((Decimal("-1234.5"), 7, date(2026, 11, 22), AT, None))["xl/worksheets/sheet1.xml"]
    values = dict(re.findall(r'<c r="(\w+)" s="\d+"><v>([^<]+)</v>', sheet))
    assert values["A2"] == "-1234.5" and values["B2"] == "7"
    # The evening by UTC is the next day by Hangzhou's clock.
    assert values["C2"] == "46348" and values["D2"].startswith("46349.02")


def test_a_whole_number_has_no_point_behind_it() -> None:
    row = (Decimal("1234.5"), Decimal(1234), 7)
    for form, wanted in (
        ("", ["1,234.5", "1,234", "7"]),
        (FIGURE, ["1,234.5", "1,234", "7"]),
        ("0.0", ["1234.5", "1234.0", "7.0"]),
    ):
        columns = tuple(Column(title=f"列{place}", form=form) for place in range(3))
        content = workbook([Sheet(title="清单", columns=columns, rows=[row])], at=AT)
        cells = load_workbook(io.BytesIO(content)).active[2]  # type: ignore[index, union-attr]
        assert [shown(cell.value, cell.number_format) for cell in cells] == wanted


def test_the_head_is_frozen_and_printed_on_every_page() -> None:
    parts = _book(("甲",), ("乙",))
    assert 'state="frozen"' in parts["xl/worksheets/sheet1.xml"]
    assert "_xlnm.Print_Titles" in parts["xl/workbook.xml"]
    assert 'fitToHeight="0"' in parts["xl/worksheets/sheet1.xml"]


def test_sheets_with_the_same_or_a_forbidden_name_get_one_of_their_own() -> None:
    column = (Column(title="列"),)
    titles = ["清单", "清单", "a/b:c[d]", "长" * 40, "长" * 40, ""]
    parts = _parts(workbook([Sheet(title=one, columns=column, rows=[]) for one in titles], at=AT))
    names = re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"])
    assert names == ["清单", "清单 2", "a b c d", "长" * 31, "长" * 29 + " 2", "1"]


def test_equal_tables_are_equal_files_and_notes_stand_below() -> None:
    sheet = Sheet(title="清单", columns=(Column(title="列"),), rows=[("甲",)], notes=("=说明",))
    assert workbook([sheet], at=AT) == workbook([sheet], at=AT)
    parts = _parts(workbook([sheet], at=AT))
    assert "=说明" in _texts(parts) and "<f>" not in parts["xl/worksheets/sheet1.xml"]


def test_what_a_cell_cannot_hold_is_left_out() -> None:
    assert plain("一\x00二\x0b三\r\n四\t五") == "一二三\n四 五"
    assert len(plain("长" * 40_000)) == 32_767
    # A rare sign counts twice, as Excel counts.
    assert len(plain("𠮷" * 20_000).encode("utf-16-le")) // 2 <= 32_767


def test_a_spreadsheet_program_opens_the_file_as_it_was_written() -> None:
    hostile = ("=1+1", "＠本厂", "a\x00b\ud800c\ufffe", "𠮷" * 20_000, "换\n行", "<&>'\"_x0041_", "")
    rows: list[tuple[Cell, ...]] = [
        (text, Decimal("-0.000001"), AT, date(2026, 11, 22), None) for text in hostile
    ]
    columns = tuple(Column(title=f"列{place}", width=60) for place in range(5))
    sheet = Sheet(title="[总表]:&清单*?" * 5, columns=columns, rows=rows, notes=("-说明", "@" * 40_000))
    assert complaints(workbook([sheet, sheet, Sheet(title="空", columns=columns, rows=[])], at=AT)) == []
