"""The cells of a worksheet onto paper: on one width, turned, or in parts beside each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from portal.report.office import Cell, Leaf

_MILLIMETRES = 1.7  # for each letter of a column's width, in the size of print
_LETTER, _SIGN = 1.5, 2.7  # a digit's width and a Chinese letter's, in millimetres
USUAL = 8.43  # letters, where a file does not say
_NARROW, _BROAD, _LONGEST_FIGURE = 8.0, 60.0, 32.0
_UPRIGHT, _ACROSS = 158.0, 244.0  # for the columns of a page, beside the rows' numbers
# What is wider by no more is narrowed, not split; what is narrower may grow so much.
_SQUEEZE, _STRETCH = 1.25, 1.4


@dataclass(slots=True)
class Frame:
    """What lies around the cells of one sheet."""

    widths: dict[int, float] = field(default_factory=dict)
    usual: float = USUAL
    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # left, top, right, bottom
    filled: list[int] = field(default_factory=list)  # rows that say something, hidden ones too
    unsolved: dict[int, list[int]] = field(default_factory=dict)  # row → columns of formulas without a result
    is_cut: bool = False  # something stands beyond the last column that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one cell says."""

    text: str
    align: str
    is_bold: bool = False
    is_figure: bool = False
    may_spread: bool = False  # over empty cells beside it, as Excel lets a long text


Rows = Mapping[int, Mapping[int, Said]]


def leaves(title: str, columns: Sequence[int], rows: Rows, frame: Frame) -> Iterator[Leaf]:
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
    part: Sequence[int], rows: Rows, frame: Frame, widths: Mapping[int, float]
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
