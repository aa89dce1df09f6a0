"""An Excel file as pieces to print: every visible sheet as Excel last showed it, wide ones turned or split.

Cells come as a stream, so that a sheet of a million rows costs no more than the rows that are shown. What lies around
them (widths, merged and hidden cells) the stream keeps back; it is read from the same XML beside it.
"""

import posixpath
import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.packaging.relationship import get_dependents, get_rels_path
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.escape import unescape
from openpyxl.xml.functions import iterparse

from portal import words
from portal.report.number_format import BUILT_IN, GENERAL, is_moment, shown
from portal.report.office import Cell, Leaf, Omitted, Paragraph, Piece, Reading, Remark, Run, Setter

MOST_SHEETS = 40
MOST_ROWS = 1000  # of a sheet
MOST_COLUMNS = 80
MOST_CELLS = 12_000  # of a file: what is set in half a minute
_MOST_LETTERS = 1500  # of a cell
_MILLIMETRES = 1.7  # for each letter of a column's width, in the size of print
_LETTER, _SIGN = 1.5, 2.7  # a digit's width and a Chinese letter's, in millimetres
_USUAL = 8.43
_NARROW, _BROAD, _LONGEST_FIGURE = 8.0, 60.0, 32.0
_UPRIGHT, _ACROSS = 158.0, 244.0  # for the columns of a page, beside the rows' numbers
_IN_CELLS = "xl/cellimages.xml"
_PICTURE_FORMULA = re.compile(r'=@?(?:_xlfn\.)?DISPIMG\("([^"]+)",\s*1\)')
_SQUEEZE, _STRETCH = (
    1.25,
    1.4,
)  # what is wider by no more is narrowed, not split; what is narrower may grow so much


@dataclass(slots=True)
class _Frame:
    """What lies around the cells of one sheet."""

    widths: dict[int, float] = field(default_factory=dict)
    usual: float = _USUAL
    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # left, top, right, bottom
    filled: list[int] = field(default_factory=list)  # rows that say something, hidden ones too
    unsolved: dict[int, list[int]] = field(default_factory=dict)  # row → columns of formulas without a result
    is_cut: bool = False  # something stands beyond the last column that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What one cell says."""

    text: str
    align: str
    is_bold: bool = False
    is_figure: bool = False
    may_spread: bool = False  # over empty cells beside it, as Excel lets a long text


_Rows = Mapping[int, Mapping[int, _Said]]


def read(path: Path, setter: Setter) -> Reading:
    """The pieces of a workbook; raises whatever openpyxl raises for one that it cannot read."""
    with path.open("rb") as file:  # openpyxl believes a name's ending, not a file's content
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        return Reading(pieces=tuple(_Book(book, setter).pieces()), omitted=setter.omitted)


class _Book:
    """Words the sheets of one workbook."""

    def __init__(self, book: Any, setter: Setter) -> None:
        self.book, self.setter, self.left = book, setter, MOST_CELLS
        self.parts = frozenset(book._archive.namelist())
        self.inside = dict(self._in_cells())
        self.placed: list[str] = []  # the pictures in cells that were come to, in order

    def pieces(self) -> Iterator[Piece]:
        sheets = [one for one in self.book.worksheets if one.sheet_state == "visible"]
        self.setter.omitted[Omitted.SHEET] += len(self.book.worksheets) - len(sheets)
        self.setter.omitted[Omitted.CHART] += len(self.book.chartsheets)
        for sheet in sheets[:MOST_SHEETS]:
            yield from self._sheet(sheet, self.setter.text(str(sheet.title)))
        if len(sheets) > MOST_SHEETS:
            yield Remark(text=f"以下 {len(sheets) - MOST_SHEETS} 个工作表见原件。")

    def _sheet(self, sheet: Any, title: str) -> Iterator[Piece]:
        with self._source(sheet) as source:
            frame = _frame_of(source)
        visible = [row for row in frame.filled if row not in frame.hidden_rows]
        self.setter.omitted[Omitted.LINE] += len(frame.filled) - len(visible)
        before = len(self.placed)
        rows = self._rows(sheet, frame, visible)
        columns = sorted({column for row in rows.values() for column in row})
        if columns:
            between = range(columns[0], columns[-1] + 1)
            yield from _leaves(
                title, [one for one in between if one not in frame.hidden_columns], rows, frame
            )
        else:
            yield Paragraph(runs=(Run(text=title),), level=3)
        if len(rows) < len(visible):
            yield Remark(text=f"工作表“{title}”以下 {words.number(len(visible) - len(rows))} 行见原件。")
        if frame.is_cut:
            yield Remark(text=f"工作表“{title}”{get_column_letter(MOST_COLUMNS)} 列右边的内容见原件。")
        drawn = [*self._shown_in_cells(before), *self._drawn(sheet)]
        if drawn:
            yield Remark(text=f"工作表“{title}”中的图片：")
            yield from drawn
        elif not columns:
            yield Remark(text="没有可以显示的内容。")

    def _source(self, sheet: Any) -> IO[bytes]:
        source: IO[bytes] = self.book._archive.open(sheet._worksheet_path)
        return source

    def _rows(self, sheet: Any, frame: _Frame, visible: Sequence[int]) -> _Rows:
        """The rows that fit."""
        found: dict[int, dict[int, _Said]] = {}
        wanted = set(visible[:MOST_ROWS])
        if not wanted or self.left <= 0:
            return found
        sheet.reset_dimensions()  # what the file says of them may be wrong
        widest = 1
        for number, row in enumerate(sheet.iter_rows(max_row=max(wanted), max_col=MOST_COLUMNS), 1):
            if number not in wanted:
                continue
            if self.left <= 0:
                break
            said = {
                column: _Said(text="〔无结果〕", align="left") for column in frame.unsolved.get(number, ())
            }
            said |= {cell.column: self._said(cell) for cell in row if cell.value is not None}
            found[number] = {
                column: one for column, one in said.items() if column not in frame.hidden_columns
            }
            self.setter.omitted[Omitted.FORMULA] += len(frame.unsolved.get(number, ()))
            widest = max([widest, *found[number]])
            self.left -= widest
        return found

    def _said(self, cell: Any) -> _Said:
        value, code = cell.value, BUILT_IN.get(cell.style_array.numFmtId) or cell.number_format or GENERAL
        if isinstance(value, int | float) and not isinstance(value, bool) and is_moment(code):
            try:
                value = from_excel(value, self.book.epoch)
            except (ValueError, OverflowError):
                code = GENERAL
        text, alignment = self._worded(shown(value, code)), cell.alignment
        own = {"center": "center", "centerContinuous": "center", "right": "right", "left": "left"}
        usual = "left" if isinstance(value, str) else "center" if isinstance(value, bool) else "right"
        align = own.get(alignment.horizontal or "", usual)
        if len(text) > _MOST_LETTERS:
            text = f"{text[:_MOST_LETTERS]}……（以下见原件）"
        return _Said(
            text=self.setter.text(text),
            align=align,
            is_bold=bool(cell.font.b),
            is_figure=not isinstance(value, str),
            may_spread=isinstance(value, str) and not alignment.wrap_text and align == "left",
        )

    def _drawn(self, sheet: Any) -> Iterator[Piece]:
        """The pictures of a sheet; what else is drawn or noted there is counted."""
        for one in self._related(sheet._worksheet_path):
            kind = posixpath.basename(one.Type)
            if kind in {"comments", "threadedComment"}:
                self.setter.omitted[Omitted.COMMENT] += 1
            elif kind in {"oleObject", "package", "control"}:
                self.setter.omitted[Omitted.OBJECT] += 1
            elif kind == "drawing" and one.target in self.parts:
                yield from self._drawing(one.target)

    def _drawing(self, path: str) -> Iterator[Piece]:
        with self.book._archive.open(path) as source:
            for _, element in iterparse(source):
                name = _local(element.tag)
                if name == "graphicFrame":
                    self.setter.omitted[Omitted.CHART] += 1
                elif name in {"sp", "cxnSp"}:
                    self.setter.omitted[Omitted.SHAPE] += 1
        for one in self._related(path):
            if posixpath.basename(one.Type) != "image":
                continue
            if one.TargetMode == "External":
                self.setter.omitted[Omitted.LINKED] += 1
                continue
            yield from self._picture(one.target)

    def _picture(self, path: str, title: str = "") -> Iterator[Piece]:
        picture = None
        if path in self.parts:
            picture = self.setter.picture(self.book._archive.read(path), 0, 0)
        if picture is not None:
            yield Paragraph(
                runs=(Run(text=title), Run(picture=picture)) if title else (Run(picture=picture),)
            )

    def _related(self, path: str) -> Iterator[Any]:
        rels = get_rels_path(path.lstrip("/"))
        if rels in self.parts:
            yield from get_dependents(self.book._archive, rels)

    # ── WPS keeps pictures in cells, by a formula of its own ──

    def _in_cells(self) -> Iterator[tuple[str, str]]:
        """The id in the formula → the picture's part."""
        if _IN_CELLS not in self.parts:
            return
        targets = {one.Id: one.target for one in self._related(_IN_CELLS)}
        name = ""
        with self.book._archive.open(_IN_CELLS) as source:
            for _, element in iterparse(source):
                match _local(element.tag):
                    case "cNvPr":
                        name = element.get("name") or ""
                    case "blip":
                        embedded = next(
                            (value for key, value in element.items() if _local(key) == "embed"), ""
                        )
                        yield name, targets.get(embedded, "")

    def _worded(self, text: str) -> str:
        """The text of a cell; instead of a picture's formula the number under which the picture follows."""
        text = unescape(text)
        found = _PICTURE_FORMULA.fullmatch(text)
        if found is None:
            return text
        self.placed.append(found[1])
        return f"〔图片 {len(self.placed)}〕"

    def _shown_in_cells(self, before: int) -> Iterator[Piece]:
        for number, id in enumerate(self.placed[before:], before + 1):
            pieces = list(self._picture(self.inside.get(id, ""), f"图片 {number}\n"))
            if not pieces and self.inside.get(id, "") not in self.parts:
                self.setter.omitted[Omitted.PICTURE] += 1
            yield from pieces


# ── What lies around the cells ───────────────────────────────────────────────


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _frame_of(source: IO[bytes]) -> _Frame:
    frame, number = _Frame(), 0
    for _, element in iterparse(source):
        match _local(element.tag):
            case "sheetFormatPr":
                frame.usual = float(element.get("defaultColWidth") or _USUAL)
            case "col":
                _note_column(frame, element)
            case "row":
                number = int(element.get("r") or number + 1)
                _note_row(frame, number, element)
                element.clear()
            case "mergeCell":
                frame.merged.append(range_boundaries(element.get("ref")))
    return frame


def _note_column(frame: _Frame, element: Any) -> None:
    for column in range(int(element.get("min")), min(int(element.get("max")), MOST_COLUMNS + 1) + 1):
        if element.get("hidden") in {"1", "true"}:
            frame.hidden_columns.add(column)
        elif width := element.get("width"):
            frame.widths[column] = float(width)


def _note_row(frame: _Frame, number: int, row: Any) -> None:
    if row.get("hidden") in {"1", "true"}:
        frame.hidden_rows.add(number)
    is_filled, column = False, 0
    for cell in row:
        place = cell.get("r")
        column = coordinate_to_tuple(place)[1] if place else column + 1
        names = {_local(part.tag): part for part in cell}
        value = names.get("v")
        has_value = (value is not None and bool(value.text)) or "is" in names
        if not has_value and "f" in names and column <= MOST_COLUMNS:
            frame.unsolved.setdefault(number, []).append(column)
            has_value = True
        is_filled |= has_value
        frame.is_cut |= has_value and column > MOST_COLUMNS
    if is_filled:
        frame.filled.append(number)


# ── Onto pages ───────────────────────────────────────────────────────────────


def _leaves(title: str, columns: Sequence[int], rows: _Rows, frame: _Frame) -> Iterator[Leaf]:
    """The sheet on one width of paper, or in parts beside each other."""
    figures = dict.fromkeys(columns, _NARROW)
    for some in rows.values():
        for column, said in some.items():
            if said.is_figure:  # never broken between its digits
                needed = min(_LETTER * len(said.text) + 2.5, _LONGEST_FIGURE)
                figures[column] = max(figures.get(column, _NARROW), needed)
    widths = {
        one: min(max(frame.widths.get(one, frame.usual) * _MILLIMETRES, figures[one]), _BROAD)
        for one in columns
    }
    total = sum(widths.values())
    is_wide = total > _UPRIGHT * _SQUEEZE
    room = _ACROSS if is_wide else _UPRIGHT
    parts: list[list[int]] = [[]]
    filled = 0.0
    for one in columns:
        if total > room * _SQUEEZE and parts[-1] and filled + widths[one] > room:
            parts.append([])
            filled = 0.0
        parts[-1].append(one)
        filled += widths[one]
    for place, part in enumerate(parts, 1):
        scale = min(_STRETCH, room / sum(widths[one] for one in part))
        name = title if len(parts) == 1 else f"{title}（分 {len(parts)} 部分，第 {place} 部分）"
        yield Leaf(
            title=name,
            letters=tuple(get_column_letter(one) for one in part),
            widths=tuple(round(widths[one] * scale, 1) for one in part),
            rows=tuple(_lines(part, rows, frame, {one: widths[one] * scale for one in part})),
            is_wide=is_wide,
        )


def _lines(
    part: Sequence[int], rows: _Rows, frame: _Frame, widths: Mapping[int, float]
) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    beginnings: dict[tuple[int, int], tuple[int, bool]] = {}  # row, column → last column, goes on
    order = sorted(rows)
    for left, top, right, bottom in frame.merged:
        first = next((one for one in part if left <= one <= right), None)
        if first is not None:
            for line in order[bisect_left(order, top) : bisect_right(order, bottom)]:
                beginnings[line, first] = (right, line > top)
    for number, row in rows.items():
        cells, at = [], 0
        while at < len(part):
            column = part[at]
            last, goes_on = beginnings.get((number, column), (column, False))
            across = sum(column <= one <= last for one in part)
            said = row.get(column)
            if said is not None and said.may_spread and across == 1:
                taken = {*row, *(one for at_row, one in beginnings if at_row == number)}
                across = _spread(said.text, at, part, taken, widths)
            cells.append(
                Cell(
                    text=said.text if said is not None else "",
                    across=across,
                    goes_on=goes_on,
                    align=said.align if said is not None else "",
                    is_bold=said is not None and said.is_bold,
                )
            )
            at += across
        yield number, tuple(cells)


def _spread(
    text: str, at: int, part: Sequence[int], taken: Container[int], widths: Mapping[int, float]
) -> int:
    """Over how many columns a long text runs: as long as nothing stands beside it."""
    wanted = sum(_SIGN if ord(letter) > 0x2E7F else _LETTER for letter in text) + 2
    across, room = 1, widths[part[at]]
    while room < wanted and at + across < len(part) and part[at + across] not in taken:
        room += widths[part[at + across]]
        across += 1
    return across
