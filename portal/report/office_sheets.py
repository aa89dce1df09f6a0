"""An Excel file as pieces to print: every visible sheet as Excel last showed it, wide ones turned or split.

Cells come as a stream, so that a sheet of a million rows costs no more than the rows that are shown. What lies around
them (widths, merged and hidden cells) the stream keeps back; it is read from the same XML beside it.
"""

import posixpath
import re
from collections.abc import Iterator, Sequence
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
from portal.report.office import Omitted, Paragraph, Piece, Reading, Remark, Run, Setter
from portal.report.office_leaves import USUAL, Frame, Rows, Said, leaves

MOST_SHEETS = 40
MOST_ROWS = 1000  # of a sheet
MOST_COLUMNS = 80
MOST_CELLS = 12_000  # of a file: what is set in half a minute
_MOST_LETTERS = 1500  # of a cell
_IN_CELLS = "xl/cellimages.xml"
_PICTURE_FORMULA = re.compile(r'=@?(?:_xlfn\.)?DISPIMG\("([^"]+)",\s*1\)')


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
            yield from leaves(title, [one for one in between if one not in frame.hidden_columns], rows, frame)
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

    def _rows(self, sheet: Any, frame: Frame, visible: Sequence[int]) -> Rows:
        """The rows that fit."""
        found: dict[int, dict[int, Said]] = {}
        wanted = set(visible[:MOST_ROWS])
        if not wanted or self.left <= 0:
            return found
        sheet.reset_dimensions()  # what the file says of them may be wrong
        widest, hidden = 1, set[int]()
        for number, row in enumerate(sheet.iter_rows(max_row=max(wanted), max_col=MOST_COLUMNS), 1):
            if number not in wanted:
                continue
            if self.left <= 0:
                break
            said = {
                column: Said(text="〔无结果〕", align="left") for column in frame.unsolved.get(number, ())
            }
            said |= {cell.column: self._said(cell) for cell in row if cell.value is not None}
            hidden |= said.keys() & frame.hidden_columns
            found[number] = {
                column: one for column, one in said.items() if column not in frame.hidden_columns
            }
            self.setter.omitted[Omitted.FORMULA] += len(frame.unsolved.get(number, ()))
            widest = max([widest, *found[number]])
            self.left -= widest
        self.setter.omitted[Omitted.LINE] += len(hidden)
        return found

    def _said(self, cell: Any) -> Said:
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
        return Said(
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


def _frame_of(source: IO[bytes]) -> Frame:
    frame, number = Frame(), 0
    for _, element in iterparse(source):
        match _local(element.tag):
            case "sheetFormatPr":
                frame.usual = float(element.get("defaultColWidth") or USUAL)
            case "col":
                _note_column(frame, element)
            case "row":
                number = int(element.get("r") or number + 1)
                _note_row(frame, number, element)
                element.clear()
            case "mergeCell":
                frame.merged.append(range_boundaries(element.get("ref")))
    return frame


def _note_column(frame: Frame, element: Any) -> None:
    for column in range(int(element.get("min")), min(int(element.get("max")), MOST_COLUMNS + 1) + 1):
        if element.get("hidden") in {"1", "true"}:
            frame.hidden_columns.add(column)
        elif width := element.get("width"):
            frame.widths[column] = float(width)


def _note_row(frame: Frame, number: int, row: Any) -> None:
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
