"""Tables as an Excel workbook: text stays text, numbers stay numbers, and every sheet also reads well on paper."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from portal import words

POINTS, WHOLE, FIGURE = "0.0", "#,##0", "#,##0.######"
DAY, MINUTE = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"

# A spreadsheet takes a text that begins so for a formula as soon as somebody edits the cell or saves it as CSV.
_RISKY = tuple("=+-@＝＋－＠−﹦﹢﹣﹫")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767  # what one cell holds
_LONGEST_NAME = 31
_A4 = 9

Cell = str | int | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading, its width in Latin letters, and how numbers or days in it are shown."""

    title: str
    width: int = 12
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table; `notes` stand below it."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    notes: tuple[str, ...] = ()


def workbook(sheets: Sequence[Sheet], *, at: datetime) -> bytes:
    """The sheets as one .xlsx file; `at` is the day it bears, so that equal tables are equal files."""
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
    book.set_properties({"created": at.astimezone(UTC).replace(tzinfo=None)})
    looks = _Looks(book)
    taken: set[str] = set()
    for sheet in sheets:
        name = _name(sheet.title, taken)
        taken.add(name.casefold())
        _write(book.add_worksheet(name), sheet, looks)
    book.close()
    return stream.getvalue()


class _Looks:
    """The cell formats of a book, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Format] = {}
        self.heading = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E7F1EC"}
        )
        self.note = book.add_format({"font_color": "#53625C"})
        self.quoted_note = book.add_format({"font_color": "#53625C", "quote_prefix": True})

    def of(self, form: str, *, is_risky: bool = False) -> Format:
        """The format of a cell; `is_risky` marks it as text for good, as a typed apostrophe does."""
        key = (form, is_risky)
        if key not in self._made:
            look = {"valign": "top", "border": 1, "border_color": "#B8C7C0", "text_wrap": not form}
            if form:
                look["num_format"] = form
            if is_risky:
                look["quote_prefix"] = True
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def _write(page: Worksheet, sheet: Sheet, looks: _Looks) -> None:
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.title, looks.heading)
    for line, row in enumerate(sheet.rows, start=1):
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _put(page, line, place, value, column.form, looks)
    end = len(sheet.rows)
    for line, note in enumerate(sheet.notes, start=end + 2):
        page.write_string(line, 0, plain(note), looks.quoted_note if is_risky(note) else looks.note)
    page.freeze_panes(1, 0)
    if sheet.rows:
        page.autofilter(0, 0, end, len(sheet.columns) - 1)
    _for_paper(page, sheet)


def _for_paper(page: Worksheet, sheet: Sheet) -> None:
    page.set_paper(_A4)
    if sum(column.width for column in sheet.columns) > 90:
        page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    page.set_header("&C&B" + plain(sheet.title).replace("&", "&&")[:200])
    page.set_footer("&C第 &P 页，共 &N 页")


def _put(page: Worksheet, line: int, place: int, value: Cell, form: str, looks: _Looks) -> None:
    match value:
        case None:
            page.write_blank(line, place, None, looks.of(form))
        case datetime():
            # Excel knows no zones: the cell shows Hangzhou's clock.
            page.write_datetime(
                line, place, words.local(value).replace(tzinfo=None), looks.of(form or MINUTE)
            )
        case date():
            page.write_datetime(line, place, value, looks.of(form or DAY))
        case int() | Decimal():
            # Excel leaves the point behind a whole number where decimals may follow: 100.
            is_bare = form in ("", FIGURE) and value == int(value)
            page.write_number(line, place, value, looks.of(WHOLE if is_bare else form or FIGURE))
        case str():
            text = plain(value)
            page.write_string(line, place, text, looks.of("", is_risky=is_risky(text)))


def is_risky(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula: such a cell needs the mark of a typed apostrophe."""
    return text.lstrip().startswith(_RISKY)


def plain(text: str) -> str:
    """The text as a cell can hold it: no control signs, no tabs, line ends as Excel has them, not too long."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = _CONTROL.sub("", text)
    # Excel counts as UTF-16 does: a rare sign is two, and a text that is too long is not written at all.
    units = text.encode("utf-16-le")
    return (
        text
        if len(units) <= 2 * _LONGEST
        else units[: 2 * (_LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
    )


def _name(title: str, taken: set[str]) -> str:
    """A name that Excel takes for a sheet: short, without its forbidden signs, not there yet."""
    wanted = re.sub(r"[\[\]:*?/\\]+", " ", plain(title).replace("\n", " ")).strip().strip("'") or "1"
    name, number = wanted[:_LONGEST_NAME].rstrip("' "), 1
    while name.casefold() in taken:
        number += 1
        mark = f" {number}"
        name = wanted[: _LONGEST_NAME - len(mark)] + mark
    return name
