"""The offline workbook (离线填报表): a questionnaire as Excel sheets to fill in, and what a filled one says.

One sheet per section, each item on a line of its own. Hidden beside them: the items' ids, the choices behind the
drop-downs, and a stamp with questionnaire, version and every answer as it was, under a checksum.
"""

import base64
import hashlib
import io
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_never

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from portal import words
from portal.core.answers import (
    LONGEST_REASON,
    MISSING,
    MOST_DIGITS,
    Answer,
    Answers,
    Chosen,
    Declared,
    Measured,
    Missing,
    NotApplicable,
    Practised,
    check,
    from_json,
    to_json,
)
from portal.core.errors import Problem
from portal.core.library import Library
from portal.core.numerals import canonical, read_decimal
from portal.core.plain_text import cleaned, is_printable
from portal.core.questionnaire import (
    Activity,
    Extent,
    Indicator,
    Item,
    ItemId,
    Practice,
    Questionnaire,
    Requirement,
    Section,
    Trait,
)
from portal.core.workbook import Cell, CellKind, Cells, Entry, Filled, Stamp, WorkbookRefused
from portal.report.annexes import source_lines
from portal.report.citing import Citer
from portal.report.conditions import condition
from portal.report.sheets import is_risky, plain

FORMAT = "green-portal-workbook/1"
STAMP, CHOICES, GUIDE, SOURCES = "_stamp", "_choices", "说明", "依据文件"
YES, NO, NOT_APPLICABLE = "是", "否", "不适用"
ID, NUMBER, TITLE, VALUE, UNIT, SHARE, REASON, WHEN, HELP, EVIDENCE, GREY, OPEN = range(12)
# Together no wider than a landscape A4 bears at a size that can be read.
_HEADINGS = {
    NUMBER: ("序号", 5),
    TITLE: ("条目", 36),
    VALUE: ("填报", 18),
    UNIT: ("单位", 10),
    SHARE: ("覆盖比例（%）", 9),
    REASON: ("不适用理由", 18),
    WHEN: ("适用于", 17),
    HELP: ("填报说明", 40),
    EVIDENCE: ("通常的佐证", 24),
}
_GUIDE_WIDTH = 96
_FIRST_ROW = 3  # title, guide, headings
_A4 = 9
_PART = "#"  # between an item's id and one of its options
_LONGEST_BOX = 250  # Excel's limit for the text beside a cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """For whom a workbook is written; both empty for a blank one."""

    assessment: str = ""
    enterprise: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line of a sheet that takes an entry: an item, or one option of a trait with several."""

    row: int
    item: Item
    option: str = ""

    @property
    def id(self) -> str:
        return f"{self.item.id}{_PART}{self.option}" if self.option else self.item.id


def sheet_names(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The names of the sections' sheets: 第1节 … 第11节."""
    return tuple(f"第{number}节" for number in range(1, len(questionnaire.sections) + 1))


def _lines(section: Section) -> Iterator[_Line]:
    row = _FIRST_ROW
    for item in section.items:
        yield _Line(row=row, item=item)
        row += 1
        if isinstance(item, Trait) and item.is_many:
            for option in item.options:
                yield _Line(row=row, item=item, option=option.id)
                row += 1


# ── Writing ──────────────────────────────────────────────────────────────────


def write(
    questionnaire: Questionnaire, library: Library, answers: Answers, origin: Origin, *, at: datetime
) -> bytes:
    """The questionnaire as an .xlsx to fill in, with the answers that are there."""
    stream = io.BytesIO()
    book = Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(
        {"title": plain(questionnaire.title), "created": at.astimezone(UTC).replace(tzinfo=None)}
    )
    writer = _Writer(book, questionnaire, answers)
    guide = book.add_worksheet(GUIDE)
    for name, section in zip(sheet_names(questionnaire), questionnaire.sections, strict=True):
        writer.section(book.add_worksheet(name), section)
    writer.guide(guide, origin, at)
    writer.sources(book.add_worksheet(SOURCES), library, questionnaire)
    writer.choices(book.add_worksheet(CHOICES))
    _stamp(book.add_worksheet(STAMP), questionnaire, answers, origin, at)
    guide.activate()
    book.close()
    return stream.getvalue()


class _Writer:
    """Writes the sheets of one book."""

    def __init__(self, book: Workbook, questionnaire: Questionnaire, answers: Answers) -> None:
        self._questionnaire, self._answers = questionnaire, answers
        base = {"valign": "top", "border": 1, "border_color": "#B8C7C0", "text_wrap": True, "font_size": 10}
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._text = book.add_format({"text_wrap": True, "valign": "top"})
        self._quoted_text = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self._heading = book.add_format(base | {"bold": True, "valign": "vcenter", "bg_color": "#E7F1EC"})
        self._cell = book.add_format(base)
        # Without a number form of its own: so the file tells a typed 40% from a typed 40.
        self._entry = book.add_format(base | {"locked": False, "bg_color": "#FFFBE6"})
        self._quoted = book.add_format(base | {"locked": False, "bg_color": "#FFFBE6", "quote_prefix": True})
        self._grey = book.add_format({"font_color": "#8A948F", "bg_color": "#E3E6E4"})
        self._link = book.add_format({"font_color": "#1D6B50", "underline": 1, "valign": "top"})
        self._count = book.add_format(base | {"text_wrap": False, "align": "right"})
        self._lists: list[tuple[str, ...]] = []
        # Where a trait's entry stands: option → (cell, what stands in it when it is chosen).
        self._chosen: dict[ItemId, dict[str, tuple[str, str]]] = {}
        for name, section in zip(sheet_names(questionnaire), questionnaire.sections, strict=True):
            for line in _lines(section):
                self._place(name, line)

    def _place(self, sheet: str, line: _Line) -> None:
        trait, cell = line.item, f"'{sheet}'!$D${line.row + 1}"
        if not isinstance(trait, Trait):
            return
        places = self._chosen.setdefault(trait.id, {})
        if line.option:
            places[line.option] = (cell, YES)
        elif not trait.is_many:
            places.update((option.id, (cell, option.title)) for option in trait.options)

    def section(self, page: Worksheet, section: Section) -> None:
        """One sheet."""
        page.write_string(0, NUMBER, plain(f"{page.get_name()}　{section.title}"), self._title)
        page.write_url(0, EVIDENCE, f"internal:'{GUIDE}'!A1", self._link, "返回说明")
        page.merge_range(1, NUMBER, 1, EVIDENCE, plain(section.guide), self._text)
        page.set_row(1, _height(section.guide, sum(width for _, width in _HEADINGS.values())))
        page.set_column(ID, ID, None, None, {"hidden": True})
        page.set_column(GREY, OPEN, None, None, {"hidden": True})
        for column, (heading, width) in _HEADINGS.items():
            page.set_column(column, column, width)
            page.write_string(2, column, heading, self._heading)
        numbers = {item.id: number for number, item in enumerate(section.items, 1)}
        last = _FIRST_ROW
        for line in _lines(section):
            self._line(page, line, numbers[line.item.id])
            last = line.row
        page.conditional_format(
            _FIRST_ROW, NUMBER, last, EVIDENCE,
            {"type": "formula", "criteria": f"=$K{_FIRST_ROW + 1}=1", "format": self._grey},
        )  # fmt: skip
        page.ignore_errors({"number_stored_as_text": f"D{_FIRST_ROW + 1}:F{last + 1}"})
        page.freeze_panes(_FIRST_ROW, VALUE)
        _for_paper(page, plain(section.title))
        page.repeat_rows(2)
        page.print_area(0, NUMBER, last, EVIDENCE)
        page.protect("", {"format_columns": True, "format_rows": True})

    def _line(self, page: Worksheet, line: _Line, number: int) -> None:
        item, row = line.item, line.row
        page.write_string(row, ID, line.id)
        for column in _HEADINGS:
            page.write_blank(row, column, None, self._cell)
        page.write_number(row, GREY, 0)
        if line.option:
            assert isinstance(item, Trait)
            option = next(one for one in item.options if one.id == line.option)
            page.write_string(row, TITLE, plain(f"　· {option.title}"), self._cell)
            page.write_string(row, HELP, plain(option.help), self._cell)
        else:
            page.write_number(row, NUMBER, number, self._cell)
            title = "\n".join(text for text in (item.title, item.question) if text)
            page.write_string(row, TITLE, plain(title), self._cell)
            page.write_string(row, UNIT, plain(_unit(item)), self._cell)
            page.write_string(row, WHEN, plain(condition(self._questionnaire, item.when)), self._cell)
            page.write_string(row, HELP, plain(_help(item)), self._cell)
            page.write_string(row, EVIDENCE, plain("；".join(item.evidence)), self._cell)
        grey = self._grey_formula(item)
        if grey:
            page.write_formula(row, GREY, grey, None, int(self._is_grey(item)))
        if not line.option:
            page.write_formula(row, OPEN, _open_formula(line), None, int(self._is_open(item)))
        value, share, reason = _shown(line, self._answers.get(item.id, MISSING))
        if _takes_value(line):
            self._put(page, row, VALUE, value)
            self._guard(page, line)
        if isinstance(item, Practice):
            self._put(page, row, SHARE, share)
            page.data_validation(row, SHARE, row, SHARE, {
                "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100, "error_type": "warning",
                "error_title": "覆盖比例", "error_message": "应大于 0、小于 100；只有“部分实施”才填。",
            })  # fmt: skip
        if _takes_reason(item):
            self._put(page, row, REASON, reason)

    def _put(self, page: Worksheet, row: int, column: int, value: Decimal | str | None) -> None:
        match value:
            case None:
                page.write_blank(row, column, None, self._entry)
            case Decimal() if _fits(value):
                page.write_number(row, column, value, self._entry)
            case Decimal():
                page.write_string(row, column, format(value, "f"), self._entry)
            case str():
                page.write_string(row, column, plain(value), self._quoted if is_risky(value) else self._entry)

    def _guard(self, page: Worksheet, line: _Line) -> None:
        item, row = line.item, line.row
        if isinstance(item, Activity | Indicator):
            # A warning only: a number typed with full-width digits is a text for Excel, and read all the same.
            page.data_validation(row, VALUE, row, VALUE, {
                "validate": "decimal", "criteria": "between", "minimum": -(10**15), "maximum": 10**15,
                "error_type": "warning", "error_title": "请核对", "error_message": "这里应填数字，不写单位。",
                "input_title": "填数字", "input_message": _unit(item)[:_LONGEST_BOX] or "没有单位",
            })  # fmt: skip
            return
        choices = _choices(line)
        if choices not in self._lists:
            self._lists.append(choices)
        column = _letters(self._lists.index(choices))
        page.data_validation(row, VALUE, row, VALUE, {
            "validate": "list", "source": f"={CHOICES}!${column}$1:${column}${len(choices)}",
            "error_title": "请选择", "error_message": "请从下拉列表中选择。",
        })  # fmt: skip

    def _grey_formula(self, item: Item) -> str:
        """1 where the traits that are answered say that the item does not concern the plant."""
        said = []
        for trait, options in item.when.any_of.items():
            places = self._chosen[trait]
            answered = ",".join(dict.fromkeys(f'{cell}<>""' for cell, _ in places.values()))
            hit = ",".join(f'{places[o][0]}="{_quoted(places[o][1])}"' for o in options)
            said.append(f"AND(OR({answered}),NOT(OR({hit})))")
        formula = f"=IF(OR({','.join(said)}),1,0)" if said else ""
        return formula if len(formula) < 8000 else ""  # Excel takes no longer one; the column 适用于 says it

    def _is_grey(self, item: Item) -> bool:
        for trait, options in item.when.any_of.items():
            answer = self._answers.get(trait, MISSING)
            if isinstance(answer, Chosen) and answer.options and not set(answer.options) & set(options):
                return True
        return False

    def _is_open(self, item: Item) -> bool:
        is_blank = isinstance(self._answers.get(item.id, MISSING), Missing)
        return is_blank and _is_wanted(item) and not self._is_grey(item)

    def guide(self, page: Worksheet, origin: Origin, at: datetime) -> None:
        """说明: whose workbook it is, how it is filled in, and how far each sheet is."""
        page.set_column(0, 0, _GUIDE_WIDTH - 24)
        page.set_column(1, 2, 12)
        page.write_string(0, 0, plain(f"{self._questionnaire.title}　离线填报表"), self._title)
        whose = f"{origin.enterprise}　{origin.year} 年度" if origin.assessment else "空白表，未对应具体企业"
        made = f"问卷版本 {self._questionnaire.version}　导出时间 {words.minute(at)}"
        lines = (whose, made, *_INSTRUCTIONS)
        for row, line in enumerate(lines, start=1):
            look = self._quoted_text if is_risky(line) else self._text
            page.merge_range(row, 0, row, 2, plain(line), look)
            page.set_row(row, _height(line, _GUIDE_WIDTH))
        top = len(lines) + 2
        for column, heading in enumerate(("工作表", "条目", "还没有填")):
            page.write_string(top, column, heading, self._heading)
        sections = zip(sheet_names(self._questionnaire), self._questionnaire.sections, strict=True)
        for row, (name, section) in enumerate(sections, start=top + 1):
            title = plain(f"{name}　{section.title}")
            page.write_url(row, 0, f"internal:'{name}'!D{_FIRST_ROW + 1}", self._link, title)
            page.write_number(row, 1, len(section.items), self._count)
            last = _FIRST_ROW + sum(1 for _ in _lines(section))
            left = sum(self._is_open(item) for item in section.items)
            counted = f"=SUM('{name}'!$L${_FIRST_ROW + 1}:$L${last})"
            page.write_formula(row, 2, counted, self._count, left)
        _for_paper(page, "说明", is_wide=False)
        page.protect()

    def sources(self, page: Worksheet, library: Library, questionnaire: Questionnaire) -> None:
        """The documents that the items cite, by item."""
        citer = Citer(library.sources)
        for column, (heading, width) in enumerate((("工作表", 9), ("条目", 44), ("依据", 100))):
            page.set_column(column, column, width)
            page.write_string(0, column, heading, self._heading)
        row = 1
        for name, section in zip(sheet_names(questionnaire), questionnaire.sections, strict=True):
            for item in section.items:
                if not item.clauses:
                    continue
                cited = citer.places(item.clauses)
                for column, text in enumerate((name, item.title, cited)):
                    page.write_string(row, column, plain(text), self._cell)
                row += 1
        for source in source_lines(citer):
            row += 1
            page.write_string(row, 1, plain(f"［{source.number}］{source.name}（{source.read}）"), self._text)
        page.freeze_panes(1, 0)
        _for_paper(page, SOURCES)
        page.repeat_rows(0)
        page.protect()

    def choices(self, page: Worksheet) -> None:
        """What the drop-downs offer, a column for each list; written last, when all lists are known."""
        for column, choices in enumerate(self._lists):
            for row, choice in enumerate(choices):
                page.write_string(row, column, choice)
        page.protect()
        page.very_hidden()


_INSTRUCTIONS = (
    "1. 只填浅黄色的格子。选择题从下拉列表中选；可多选的，在选中的各行填“是”。",
    "2. 数字按“单位”一列的单位填写，不写单位。覆盖比例填百分数，例如 40，只在“部分实施”时填写。",
    "3. 措施类条目不适用的，在“填报”中选“不适用”并写明理由；定量指标不适用的，“填报”留空，只写理由。限定性指标不能填“不适用”。",
    "4. 灰色的行按已填的生产特征不涉及本厂，可以不填；“适用于”一列写明了条件。",
    "5. 不知道的留空。把原来填好的格子清空，导入时按“清除”处理。",
    "6. 请不要增删行列、改工作表名称或用其他软件另存为旧格式（xls）。",
    "7. 填好后在自评价的“离线填报”页面上传。系统逐格列出与现有内容的不同之处，由您选择后才写入。",
    "8. 几个部门可以各填一份同一次导出的表，依次导入：各填各的格子会合在一起，同一格填得不同的会列出来由您决定。",
)


def _for_paper(page: Worksheet, title: str, *, is_wide: bool = True) -> None:
    page.set_paper(_A4)
    if is_wide:
        page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.7)
    page.set_header("&C&B" + title.replace("&", "&&")[:200])
    page.set_footer("&C第 &P 页，共 &N 页")


def _unit(item: Item) -> str:
    unit = item.unit if isinstance(item, Activity | Indicator) else ""
    return "" if unit == "1" else unit


def _help(item: Item) -> str:
    lines = [item.help] if item.help else []
    match item:
        case Practice(extents=extents):
            lines += [f"{words.label(extent)}：{meant}" for extent, meant in extents.items()]
            if item.share_of:
                lines.append(f"覆盖比例指：{item.share_of}")
        case Trait():
            lines += [
                f"{option.title}：{option.help}"
                for option in item.options
                if option.help and not item.is_many
            ]
            lines.append("可多选：在下面选中的各行填“是”" if item.is_many else "")
        case Activity(is_zero_when_blank=True):
            lines.append("没有的填 0，不填按 0 计")
        case Activity(is_optional=True):
            lines.append("选填")
        case Indicator():
            lines.append("限定性指标" if item.binding else "")
            lines.append("留空时按活动数据计算" if item.formula else "")
    return "\n".join(line for line in lines if line)


def _is_wanted(item: Item) -> bool:
    """Whether a blank counts as not filled in: not what is optional, and not what is computed when left blank."""
    match item:
        case Activity():
            return not (item.is_optional or item.is_zero_when_blank)
        case Indicator():
            return item.formula is None
    return True


def _open_formula(line: _Line) -> str:
    """1 while nothing is filled in for an item that concerns the plant."""
    item, row = line.item, line.row + 1
    if not _is_wanted(item):
        return "=0"
    last = row + len(item.options) if isinstance(item, Trait) and item.is_many else row
    return f'=IF(OR($K{row}=1,COUNTA($D{row}:$D{last})>0,$G{row}<>""),0,1)'


def _height(text: str, width: int) -> int:
    """The height of merged cells of so many Latin letters: a spreadsheet fits only single ones to their text."""
    return 15 * (1 + 2 * len(text) // width)


def _takes_value(line: _Line) -> bool:
    return bool(line.option) or not (isinstance(line.item, Trait) and line.item.is_many)


def _takes_reason(item: Item) -> bool:
    return isinstance(item, Practice) or (isinstance(item, Indicator) and item.binding is None)


def _choices(line: _Line) -> tuple[str, ...]:
    match line.item:
        case Trait(options=options):
            return (YES,) if line.option else tuple(option.title for option in options)
        case Requirement():
            return (YES, NO)
        case Practice():
            return (*(words.label(extent) for extent in Extent), NOT_APPLICABLE)
    return ()


def _shown(line: _Line, answer: Answer) -> tuple[Decimal | str | None, Decimal | None, str | None]:
    """What stands in the cells of value, share and reason."""
    match answer:
        case Measured(value=value):
            return value, None, None
        case Practised(extent=extent, share=share):
            return words.label(extent), share, None
        case Chosen(options=options) if line.option:
            return (YES if line.option in options else None), None, None
        case Chosen(options=options):
            assert isinstance(line.item, Trait)
            titles = {option.id: option.title for option in line.item.options}
            return titles[options[0]], None, None
        case Declared(is_met=is_met):
            return (YES if is_met else NO), None, None
        case NotApplicable(reason=reason):
            return (NOT_APPLICABLE if isinstance(line.item, Practice) else None), None, reason
        case Missing():
            return None, None, None
    assert_never(answer)


def _fits(value: Decimal) -> bool:
    """Whether Excel's fifteen digits hold it."""
    return Decimal(format(float(value), f".{MOST_DIGITS}g")) == value


def _quoted(text: str) -> str:
    return text.replace('"', '""')


def _letters(place: int) -> str:
    """0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _stamp(
    page: Worksheet, questionnaire: Questionnaire, answers: Answers, origin: Origin, at: datetime
) -> None:
    head = [
        FORMAT,
        questionnaire.id,
        questionnaire.version,
        origin.assessment,
        at.astimezone(UTC).isoformat(),
    ]
    rows = [["head", *head]]
    rows += [[item, _packed(answer)] for item, answer in answers.items() if not isinstance(answer, Missing)]
    rows.append(["checksum", _checksum(rows)])
    for row, parts in enumerate(rows):
        for column, part in enumerate(parts):
            page.write_string(row, column, part)
    page.protect()
    page.very_hidden()


def _packed(answer: Answer) -> str:
    # As letters and digits only: no spreadsheet program has a reason to touch them.
    return base64.b64encode(json.dumps(to_json(answer)).encode()).decode("ascii")


def _checksum(rows: list[list[str]]) -> str:
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


# ── Reading ──────────────────────────────────────────────────────────────────


def stamp_of(cells: Cells) -> Stamp:
    """The hidden stamp; raises WorkbookRefused when it is no workbook of the portal or the stamp was edited."""
    page = cells.get(STAMP)
    if page is None:
        raise WorkbookRefused((Problem(place="", code="workbook_foreign"),))
    rows: list[list[str]] = []
    while f"A{len(rows) + 1}" in page:
        texts = (page.get(f"{_letters(column)}{len(rows) + 1}") for column in range(6))
        rows.append([cell.text if cell is not None else "" for cell in texts])
    # The empty cells of short rows are not written: put every row back to its own length.
    kept = [row if place == 0 else row[:2] for place, row in enumerate(rows)]
    try:
        *lines, (mark, checksum) = kept
        (_, form, questionnaire, version, assessment, made_at), *base = lines
        if mark != "checksum" or checksum != _checksum(lines):
            raise WorkbookRefused((Problem(place=STAMP, code="workbook_stamp_edited"),))
        if form != FORMAT:
            raise WorkbookRefused((Problem(place="", code="workbook_foreign"),))
        answers = {ItemId(item): from_json(json.loads(base64.b64decode(packed))) for item, packed in base}
    except ValueError as error:
        raise WorkbookRefused((Problem(place=STAMP, code="workbook_stamp_edited"),)) from error
    return Stamp(
        questionnaire=questionnaire, version=version, assessment=assessment, made_at=made_at, base=answers
    )


def understand(cells: Cells, stamp: Stamp, questionnaire: Questionnaire) -> Filled:
    """What a filled workbook says about every item; raises WorkbookRefused with all problems at once."""
    problems: list[Problem] = []
    entries: list[Entry] = []
    for name, section in zip(sheet_names(questionnaire), questionnaire.sections, strict=True):
        page = cells.get(name)
        if page is None:
            problems.append(Problem(place=name, code="workbook_sheet_missing"))
            continue
        rows = _rows(page, name, section, problems)
        for item in section.items:
            if item.id not in rows:
                continue
            reading = _Reading(page, name, rows, item, stamp.base.get(item.id, MISSING))
            answer = reading.answer()
            problems += reading.problems
            entries.append(Entry(item=item.id, place=f"{name}!{reading.place}", answer=answer))
    if problems:
        raise WorkbookRefused(problems)
    return Filled(stamp=stamp, entries=tuple(entries))


def _rows(page: Mapping[str, Cell], name: str, section: Section, problems: list[Problem]) -> dict[str, int]:
    """Where every line stands, by the hidden id in its first column."""
    wanted = {line.id for line in _lines(section)}
    rows: dict[str, int] = {}
    for address, cell in page.items():
        if address[0] != "A" or not address[1:].isdigit():
            continue
        if cell.kind is CellKind.MERGED:
            problems.append(Problem(place=f"{name}!{address}", code="workbook_merged"))
        elif cell.text not in wanted:
            problems.append(Problem(place=f"{name}!{address}", code="workbook_id_unknown"))
        elif cell.text in rows:
            problems.append(Problem(place=f"{name}!{address}", code="workbook_id_twice"))
        else:
            rows[cell.text] = int(address[1:])
    titles = {line.id: line.item.title for line in _lines(section)}
    problems += [
        Problem(place=name, code="workbook_id_missing", details=(titles[id],))
        for id in titles
        if id not in rows
    ]
    return rows


_UNREADABLE = {
    CellKind.ERROR: "workbook_error",
    CellKind.DAY: "workbook_day",
    CellKind.MERGED: "workbook_merged",
}


class _Reading:
    """Reads the cells of one item."""

    def __init__(
        self, page: Mapping[str, Cell], sheet: str, rows: Mapping[str, int], item: Item, base: Answer
    ) -> None:
        self._page, self._sheet, self._rows, self._item, self._base = page, sheet, rows, item, base
        self._row = rows[item.id]
        self.place = f"D{self._row}"
        self.problems: list[Problem] = []

    def answer(self) -> Answer:
        """What the cells mean; problems are gathered."""
        answer = self._meaning()
        if self.problems:
            return MISSING
        if self._is_base(answer):
            return self._base
        place = f"{self._sheet}!{self.place}"
        self.problems = [
            Problem(place=place, code=one.code, details=one.details) for one in check(self._item, answer)
        ]
        if isinstance(answer, NotApplicable) and not is_printable(answer.reason):
            self._refuse("unprintable", f"G{self._row}")
        return answer

    def _is_base(self, answer: Answer) -> bool:
        if isinstance(answer, NotApplicable) and isinstance(self._base, NotApplicable):
            # Spreadsheet programs handle line ends and blanks as they like.
            return _squashed(answer.reason) == _squashed(self._base.reason)
        return answer == self._base

    def _refuse(self, code: str, address: str, *details: str) -> None:
        self.problems.append(Problem(place=f"{self._sheet}!{address}", code=code, details=details))

    def _meaning(self) -> Answer:
        item = self._item
        match item:
            case Trait(is_many=True):
                return self._many(item)
            case Trait():
                titles = {_squashed(option.title): option.id for option in item.options}
                chosen = self._choice(titles)
                return Chosen((chosen,)) if chosen else MISSING
            case Requirement():
                said = self._choice({YES: YES, NO: NO})
                return Declared(said == YES) if said else MISSING
            case Practice():
                return self._practice()
            case Activity() | Indicator():
                return self._measured(item)
        assert_never(item)

    def _many(self, item: Trait) -> Answer:
        chosen = []
        for option in item.options:
            row = self._rows.get(f"{item.id}{_PART}{option.id}")
            if row is not None and self._choice({YES: YES, NO: ""}, f"D{row}"):
                chosen.append(option.id)
        return Chosen(tuple(chosen)) if chosen else MISSING

    def _practice(self) -> Answer:
        names = {words.label(extent): extent.value for extent in Extent} | {NOT_APPLICABLE: NOT_APPLICABLE}
        value, reason = self._choice(names), self._text(f"G{self._row}")
        if value == NOT_APPLICABLE or (reason and not value):
            return NotApplicable(reason)
        if reason:
            self._refuse("workbook_value_and_reason", f"G{self._row}")
        share = self._number(f"F{self._row}", is_share=True)
        if not value:
            if share is not None:
                self._refuse("workbook_share_alone", f"F{self._row}")
            return MISSING
        return Practised(Extent(value), share)

    def _measured(self, item: Activity | Indicator) -> Answer:
        number = self._number(self.place, is_share=item.unit == "%")
        reason = self._text(f"G{self._row}") if _takes_reason(item) else ""
        if number is not None:
            if reason:
                self._refuse("workbook_value_and_reason", f"G{self._row}")
            return Measured(number)
        return NotApplicable(reason) if reason else MISSING

    def _text(self, address: str) -> str:
        cell = self._page.get(address)
        if cell is None:
            return ""
        if cell.kind in _UNREADABLE:
            self._refuse(_UNREADABLE[cell.kind], address)
            return ""
        return cleaned(cell.text)[: LONGEST_REASON + 1]

    def _choice(self, names: Mapping[str, str], address: str = "") -> str:
        address = address or self.place
        text = _squashed(self._text(address))
        if not text or text in names:
            return names.get(text, "")
        self._refuse("not_an_option", address)
        return ""

    def _number(self, address: str, *, is_share: bool) -> Decimal | None:
        cell = self._page.get(address)
        if cell is not None and cell.kind is CellKind.PERCENT:
            if is_share:
                return canonical(Decimal(cell.text) * 100)
            self._refuse("workbook_percent", address)
            return None
        if cell is not None and cell.kind is CellKind.NUMBER:
            return canonical(Decimal(cell.text))
        text = self._text(address)
        if is_share:
            text = text.rstrip("%％")
        if not text:
            return None
        number = read_decimal(text)
        if isinstance(number, str):
            self._refuse(number, address, *((str(MOST_DIGITS),) if number == "too_large" else ()))
            return None
        return number


def _squashed(text: str) -> str:
    """Without any blanks, in one form of every character."""
    return "".join(unicodedata.normalize("NFC", text).split())
