"""The offline workbook: what was written is read back, whatever was answered; what is wrong is named with its cell."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.answers import (
    MISSING,
    Answer,
    Chosen,
    Declared,
    Measured,
    NotApplicable,
    Practised,
    check,
)
from portal.core.questionnaire import (
    Activity,
    Extent,
    Indicator,
    Item,
    ItemId,
    Practice,
    Questionnaire,
    Requirement,
    Trait,
)
from portal.core.workbook import Cell, CellKind, WorkbookRefused, check_origin, compare
from portal.report import workbook
from portal.report.workbook import Origin
from portal.storage import workbook as stored
from tests.make import library
from tests.report.spreadsheet_rules import complaints

LIBRARY = library()
AT = datetime(2026, 11, 22, 6, 32, tzinfo=UTC)
ORIGIN = Origin(assessment="abc", enterprise="示例水泥有限公司", year="2026")
CEMENT = LIBRARY.questionnaire("cement")

REASONS = ("=1+1", "_x0041_ 本厂", "@本厂", "无此工序\n  第二行", "-", "是", "a\tb", "ｅ\u0301𠮷<&>'\"")


def _answer(item: Item, random: Random) -> Answer:
    kinds: list[Answer] = [MISSING]
    match item:
        case Activity() | Indicator():
            digits = random.randint(1, 15)
            whole = Decimal(random.randint(0, 10**digits - 1))
            kinds.append(Measured(whole))
            kinds.append(Measured(whole + Decimal(random.randint(0, 10**6 - 1)).scaleb(-6)))
        case Practice():
            kinds += [Practised(extent) for extent in Extent if extent is not Extent.PARTIAL]
            kinds.append(Practised(Extent.PARTIAL, Decimal(random.randint(1, 9999)).scaleb(-2)))
        case Requirement():
            kinds += [Declared(True), Declared(False)]
        case Trait():
            ids = [option.id for option in item.options]
            some = [id for id in ids if random.random() < 0.5] if item.is_many else [random.choice(ids)]
            kinds.append(Chosen(tuple(some or ids[:1])))
    if isinstance(item, Practice | Indicator):
        kinds.append(NotApplicable(random.choice(REASONS)))
    return random.choice([answer for answer in kinds if not check(item, answer)])


def _all_answers(questionnaire: Questionnaire, seed: int) -> dict[ItemId, Answer]:
    random = Random(seed)
    return {item.id: _answer(item, random) for item in questionnaire.items.values()}


def _write(answers: Mapping[ItemId, Answer], questionnaire: Questionnaire = CEMENT) -> bytes:
    return workbook.write(questionnaire, LIBRARY, answers, ORIGIN, at=AT)


@pytest.mark.parametrize("questionnaire", LIBRARY.newest(), ids=lambda one: one.id)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_what_goes_out_comes_back_unchanged(questionnaire: Questionnaire, seed: int) -> None:
    answers = _all_answers(questionnaire, seed)
    cells = stored.read(_write(answers, questionnaire))
    stamp = workbook.stamp_of(cells)
    filled = workbook.understand(cells, stamp, questionnaire)
    assert {entry.item: entry.answer for entry in filled.entries} == answers
    assert compare(filled, {}, {}) == ()
    assert check_origin(stamp, questionnaire, "abc") == ()


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_the_cells_alone_say_the_answers(seed: int) -> None:
    cells = stored.read(_write(_all_answers(CEMENT, seed)))
    stamp = workbook.stamp_of(cells)
    bare = workbook.Stamp(questionnaire="", version="", assessment="", made_at="", base={})
    filled = workbook.understand(cells, bare, CEMENT)
    for entry in filled.entries:
        expected = stamp.base.get(entry.item, MISSING)
        if not isinstance(expected, NotApplicable):
            assert entry.answer == expected


# ── As Excel and WPS read it ─────────────────────────────────────────────────


@pytest.mark.parametrize("questionnaire", LIBRARY.newest(), ids=lambda one: one.id)
def test_a_spreadsheet_program_opens_it_as_it_was_written(questionnaire: Questionnaire) -> None:
    hostile = Origin(assessment="abc", enterprise="=示例&<水泥>" * 30, year="2026")
    answers = _all_answers(questionnaire, 3)
    book = workbook.write(questionnaire, LIBRARY, answers, hostile, at=AT)
    assert complaints(book) == []
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheets = re.findall(r"<sheet [^>]+>", archive.read("xl/workbook.xml").decode())
        first = archive.read("xl/worksheets/sheet2.xml").decode()
    assert [sheet for sheet in sheets if 'state="' in sheet] == sheets[-2:]
    assert all('state="veryHidden"' in sheet for sheet in sheets[-2:])
    # Every cell that takes a choice or a number has its rule: one whose text is too long would be left out silently.
    guarded = sum(page.count("<dataValidation ") for page in _pages(book))
    lines = [line for section in questionnaire.sections for line in workbook._lines(section)]
    practices = sum(isinstance(line.item, Practice) for line in lines)
    assert guarded == sum(map(workbook._takes_value, lines)) + practices
    for sign in ('state="frozen"', "<sheetProtection ", 'orientation="landscape"', 'fitToHeight="0"'):
        assert sign in first


@cache
def _blank() -> bytes:
    return _write({})


def _pages(book: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return [archive.read(name).decode() for name in archive.namelist() if "/worksheets/" in name]


@pytest.mark.parametrize(
    ("part", "old", "new", "told"),
    [
        ("xl/workbook.xml", 'name="第1节"', 'name="第1节/"', "no sheet may be called"),
        ("xl/workbook.xml", 'name="第1节"', 'name="说明"', "two sheets have one name"),
        ("xl/workbook.xml", "第1节!$3", "第99节!$3", "leads to no sheet"),
        ("xl/worksheets/sheet2.xml", "_choices!$A$1:$A$2", "_choices!$A$1:$A$9", "a list has empty choices"),
        ("xl/worksheets/sheet2.xml", 'sqref="D5"', 'sqref="D4"', "a cell is validated twice"),
        ("xl/worksheets/sheet2.xml", "请从下拉列表中选择。", "请" * 256, "error is too long"),
        ("xl/worksheets/sheet2.xml", ">_choices!$A$1:$A$2<", ">" + "A1+" * 90 + "A1<", "the criterion is too long"),
        ("xl/worksheets/sheet2.xml", 'dxfId="0"', 'dxfId="7"', "a conditional format has no look"),
        ("xl/worksheets/sheet2.xml", 'ref="B2:J2"/>', 'ref="B2:J2"/><mergeCell ref="C2:D3"/>', "merged cells overlap"),
        ("xl/worksheets/sheet2.xml", 'paperSize="9"', 'paperSize="1"', "the paper is not A4"),
        ("xl/worksheets/sheet2.xml", 'fitToHeight="0"', "", "the columns do not fit"),
        ("xl/worksheets/sheet2.xml", "IF(OR(", "IF(OR(" + "1," * 300, "takes too many arguments"),
        ("xl/worksheets/sheet2.xml", '&lt;&gt;""', '&lt;&gt;"' + "长" * 256 + '"', "a text in a formula is too long"),
        ("xl/worksheets/sheet2.xml", '<row r="2"', '<row r="2" ht="410"', "is too high"),
        ("xl/worksheets/sheet2.xml", 's="7"', 's="99"', "a look that is not there"),
        ("xl/sharedStrings.xml", "返回说明", "＝返回说明", "would become a formula"),
        ("xl/sharedStrings.xml", "返回说明", "说" * 32_768, "too long for a cell"),
    ],
)  # fmt: skip
def test_what_would_be_repaired_or_dropped_is_told(part: str, old: str, new: str, told: str) -> None:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_blank())) as archive,
        zipfile.ZipFile(stream, "w") as copy,
    ):
        for name in archive.namelist():
            content = archive.read(name)
            if name == part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            copy.writestr(name, content)
    assert any(told in one for one in complaints(stream.getvalue()))


# ── Edited by hand ───────────────────────────────────────────────────────────


def _cell_of(item: Item, cells: Mapping[str, Mapping[str, Cell]]) -> tuple[str, str]:
    return next(
        (sheet, address[1:])
        for sheet, page in cells.items()
        for address, cell in page.items()
        if address[0] == "A" and cell.text == item.id and sheet.startswith("第")
    )


def _first(kind: type) -> Item:
    return next(item for item in CEMENT.items.values() if isinstance(item, kind))


def _edited(item: Item, **columns: Cell | None) -> dict[str, dict[str, Cell]]:
    cells = {name: dict(page) for name, page in stored.read(_write({})).items()}
    sheet, row = _cell_of(item, cells)
    for column, cell in columns.items():
        if cell is None:
            cells[sheet].pop(f"{column}{row}", None)
        else:
            cells[sheet][f"{column}{row}"] = cell
    return cells


def _said(cells: dict[str, dict[str, Cell]], item: Item) -> Answer:
    filled = workbook.understand(cells, workbook.stamp_of(cells), CEMENT)
    return next(entry.answer for entry in filled.entries if entry.item == item.id)


def _codes(cells: dict[str, dict[str, Cell]]) -> list[tuple[str, str]]:
    with pytest.raises(WorkbookRefused) as caught:
        workbook.understand(cells, workbook.stamp_of(cells), CEMENT)
    return [(problem.place, problem.code) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (Cell(CellKind.TEXT, "１，２３４．５"), "1234.5"),
        (Cell(CellKind.TEXT, " 1 234 "), "1234"),
        (Cell(CellKind.NUMBER, "0.1"), "0.1"),
    ],
)
def test_numbers_are_read_as_on_the_page(cell: Cell, value: str) -> None:
    item = next(
        i for i in CEMENT.items.values() if isinstance(i, Activity) and i.unit != "%" and i.most is None
    )
    assert _said(_edited(item, D=cell), item) == Measured(Decimal(value))


@pytest.mark.parametrize(
    "cell", [Cell(CellKind.PERCENT, "0.4"), Cell(CellKind.TEXT, "40％"), Cell(CellKind.NUMBER, "40")]
)
def test_a_share_may_be_typed_as_per_cent(cell: Cell) -> None:
    item = _first(Practice)
    cells = _edited(item, D=Cell(CellKind.TEXT, "部分实施"), F=cell)
    assert _said(cells, item) == Practised(Extent.PARTIAL, Decimal(40))


@pytest.mark.parametrize(
    ("kind", "columns", "place", "code"),
    [
        (Activity, {"D": Cell(CellKind.DAY, "2026-01-02")}, "D", "workbook_day"),
        (Activity, {"D": Cell(CellKind.ERROR, "")}, "D", "workbook_error"),
        (Activity, {"D": Cell(CellKind.MERGED, "")}, "D", "workbook_merged"),
        (Activity, {"A": Cell(CellKind.MERGED, "")}, "A", "workbook_merged"),
        (Activity, {"D": Cell(CellKind.TEXT, "很多")}, "D", "not_a_number"),
        (Activity, {"D": Cell(CellKind.PERCENT, "0.4")}, "D", "workbook_percent"),
        (Activity, {"D": Cell(CellKind.NUMBER, "-1")}, "D", "negative"),
        (Practice, {"D": Cell(CellKind.TEXT, "基本实施")}, "D", "not_an_option"),
        (Practice, {"D": Cell(CellKind.TEXT, "不适用")}, "D", "reason_missing"),
        (Practice, {"D": Cell(CellKind.TEXT, "部分实施")}, "D", "share_missing"),
        (Practice, {"F": Cell(CellKind.NUMBER, "40")}, "F", "workbook_share_alone"),
        (Requirement, {"D": Cell(CellKind.TEXT, "有")}, "D", "not_an_option"),
        (Practice, {"A": Cell(CellKind.TEXT, "edited")}, "A", "workbook_id_unknown"),
    ],
)
def test_what_is_wrong_is_named_with_its_cell(
    kind: type, columns: dict[str, Cell], place: str, code: str
) -> None:
    item = next(
        i
        for i in CEMENT.items.values()
        if isinstance(i, kind) and not (isinstance(i, Activity) and i.unit == "%")
    )
    sheet, row = _cell_of(item, stored.read(_write({})))
    assert (f"{sheet}!{place}{row}", code) in _codes(_edited(item, **columns))


def test_all_problems_come_at_once() -> None:
    cells = _edited(_first(Activity), D=Cell(CellKind.TEXT, "很多"))
    sheet, row = _cell_of(_first(Practice), cells)
    del cells[sheet][f"A{row}"]
    cells[sheet]["A900"] = Cell(CellKind.TEXT, _first(Activity).id)
    del cells["第2节"]
    assert {"workbook_sheet_missing", "workbook_id_missing", "workbook_id_unknown"} <= {
        code for _, code in _codes(cells)
    }


def test_a_line_that_was_copied_is_refused() -> None:
    item = _first(Practice)
    cells = _edited(item)
    sheet, _ = _cell_of(item, cells)
    cells[sheet]["A900"] = Cell(CellKind.TEXT, item.id)
    assert (f"{sheet}!A900", "workbook_id_twice") in _codes(cells)


def test_an_edited_stamp_and_a_foreign_table_are_refused() -> None:
    cells = _edited(_first(Practice))
    cells["_stamp"]["C1"] = Cell(CellKind.TEXT, "paper")
    with pytest.raises(WorkbookRefused, match="workbook_stamp_edited"):
        workbook.stamp_of(cells)
    with pytest.raises(WorkbookRefused, match="workbook_foreign"):
        workbook.stamp_of({"Sheet1": {}})


def test_another_sector_version_or_self_check_is_refused() -> None:
    stamp = workbook.stamp_of(stored.read(_write({})))
    codes = [
        check_origin(stamp, LIBRARY.questionnaire("paper"), "abc")[0].code,
        check_origin(stamp, CEMENT, "other")[0].code,
    ]
    assert codes == ["workbook_other_questionnaire", "workbook_other_assessment"]


def test_sheets_are_protected_but_for_entries_and_offer_their_choices() -> None:
    with zipfile.ZipFile(io.BytesIO(_write({}))) as archive:
        page = archive.read("xl/worksheets/sheet2.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    assert "<sheetProtection" in page
    assert '<dataValidation type="list"' in page
    assert book.count('state="veryHidden"') == 2
    assert re.search(r'<col min="1" max="1"[^>]*hidden="1"', page)


def test_equal_answers_are_equal_files() -> None:
    assert _write({}) == _write({})
