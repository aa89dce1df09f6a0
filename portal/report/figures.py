"""Charts as SVG text: radar, bars, gauge, level ruler and points staircase, the same on pages and in print.

Each figure is one deterministic string that begins with its `<title>`. Looks are presentation attributes, never
`style`, so that a strict content security policy lets them through; the font is the one around them. Lengths are
floats: they are drawn, not scored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from math import cos, pi, sin
from unicodedata import east_asian_width

from markupsafe import escape

from portal import words

INK = "#1c2b26"
QUIET = "#5c6b65"
LINE = "#c9d5cf"
TRACK = "#e6eeea"
GREEN = "#2f7d62"
DEEP = "#1d5b47"
PALE = "#cfe3d9"
BLUE = "#3c6e8f"
AMBER = "#b26a00"
RED = "#a63d32"
# How wide a figure is drawn: for paper and screens, and for a phone, where its letters would become too small.
WIDE, NARROW = 520, 344


class Tone(Enum):
    """What a colour means; the same meaning everywhere."""

    CLEAN = GREEN
    CIRCULAR = BLUE
    WARNING = AMBER
    ALARM = RED
    QUIET = "#93a39c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """One axis of the radar: 0–100, or None where nothing was counted."""

    label: str
    value: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One horizontal bar; `note` stands behind the value in quiet type."""

    label: str
    value: Decimal | None
    tone: Tone = Tone.CLEAN
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A level on the ruler, for example Ⅱ级 at 107."""

    label: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Stair:
    """One step of the staircase: the points reached once it is done, and what it consists of."""

    label: str
    value: Decimal | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """One column of a distribution: what it holds, and how many."""

    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two bars one below the other, such as declared and verified; None is written as `hidden` of the figure."""

    label: str
    first: Decimal | None
    second: Decimal | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One field of a heat map: a share in whole per cent and what it is about."""

    label: str
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One bar of the timeline, both days included; `note` stands behind its label in quiet type."""

    label: str
    start: date
    end: date
    tone: Tone = Tone.CLEAN
    note: str = ""


def radar(title: str, spokes: Sequence[Spoke]) -> str:
    """A web of three or more axes from 0 to 100; fewer are drawn as bars, which read better."""
    if len(spokes) < 3:
        return bars(title, [Bar(label=spoke.label, value=spoke.value) for spoke in spokes])
    middle_x, middle_y, reach = 220.0, 158.0, 104.0
    directions = [-pi / 2 + 2 * pi * place / len(spokes) for place in range(len(spokes))]

    def at(angle: float, share: float) -> tuple[float, float]:
        return middle_x + reach * share * cos(angle), middle_y + reach * share * sin(angle)

    def ring(share: float) -> str:
        return " ".join(f"{_n(x)},{_n(y)}" for x, y in (at(angle, share) for angle in directions))

    parts = [
        f'<polygon points="{ring(share)}" fill="{fill}" stroke="{LINE}" stroke-width="0.8"/>'
        for share, fill in ((1.0, "#f6faf8"), (0.8, "none"), (0.6, "none"), (0.4, "none"), (0.2, "none"))
    ]
    for angle in directions:
        x, y = at(angle, 1)
        parts.append(
            f'<line x1="{_n(middle_x)}" y1="{_n(middle_y)}" x2="{_n(x)}" y2="{_n(y)}" '
            f'stroke="{LINE}" stroke-width="0.8"/>'
        )
    corners = [
        at(angle, float(spoke.value or 0) / 100) for angle, spoke in zip(directions, spokes, strict=True)
    ]
    shape = " ".join(f"{_n(x)},{_n(y)}" for x, y in corners)
    parts.append(
        f'<polygon points="{shape}" fill="{GREEN}" fill-opacity="0.22" '
        f'stroke="{GREEN}" stroke-width="2" stroke-linejoin="round"/>'
    )
    for (x, y), spoke in zip(corners, spokes, strict=True):
        if spoke.value is not None:
            parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3.2" fill="{DEEP}"/>')
    for angle, spoke in zip(directions, spokes, strict=True):
        parts.extend(_spoke_label(spoke, at(angle, 1.09), cos(angle), sin(angle)))
    return _svg(title, 440, 316, parts)


def _spoke_label(spoke: Spoke, point: tuple[float, float], across: float, down: float) -> Iterator[str]:
    x, y = point
    anchor = "middle" if abs(across) < 0.2 else "start" if across > 0 else "end"
    lines = [*_wrapped(spoke.label, 14), _points(spoke.value)]
    # Labels above the web end at its tip, those below begin there, those beside it are centred.
    top = (
        y + 11 - 8 * (len(lines) - 1) * (1 - down)
        if abs(down) < 0.9
        else y + (-15 * (len(lines) - 1) if down < 0 else 11)
    )
    for number, line in enumerate(lines):
        is_value = number == len(lines) - 1
        yield _text(
            x,
            top + 15 * number,
            line,
            size=12.5,
            anchor=anchor,
            fill=DEEP if is_value else INK,
            weight=700 if is_value else 400,
        )


def bars(
    title: str, rows: Sequence[Bar], *, most: Decimal = Decimal(100), unit: str = "", wide: int = WIDE
) -> str:
    """Horizontal bars from 0 to `most`, one below the other; a value of None is written 未计."""
    labels = [_wrapped(row.label, 18) for row in rows]
    left = min(max((7.1 * _width(line) for lines in labels for line in lines), default=60) + 14, 160)
    right = 62 + max((6.2 * _width(row.note) for row in rows), default=0)
    length = wide - left - right
    parts: list[str] = []
    y = 4.0
    for row, lines in zip(rows, labels, strict=True):
        height = 30 if len(lines) == 1 else 38
        middle = y + height / 2
        for number, line in enumerate(lines):
            parts.append(_text(0, middle + 4.5 + 15 * (number - (len(lines) - 1) / 2), line, size=13))
        parts.append(_bar(left, middle, length, Decimal(1), TRACK))
        if row.value is not None and row.value > 0 and most:
            parts.append(_bar(left, middle, length, min(row.value / most, Decimal(1)), row.tone.value))
        parts.append(
            _text(
                left + length + 9,
                middle + 4.5,
                _points(row.value) + (unit if row.value is not None else ""),
                size=13,
                weight=700,
                fill=INK if row.value is not None else QUIET,
            )
        )
        if row.note:
            parts.append(_text(wide, middle + 4.5, row.note, size=12, fill=QUIET, anchor="end"))
        y += height
    return _svg(title, wide, y + 4, parts)


def _bar(x: float, middle: float, length: float, share: Decimal, fill: str) -> str:
    wide = max(length * float(share), 3)
    return f'<rect x="{_n(x)}" y="{_n(middle - 5)}" width="{_n(wide)}" height="10" rx="3" fill="{fill}"/>'


def gauge(title: str, value: Decimal | None, *, caption: str = "", tone: Tone = Tone.CLEAN) -> str:
    """A half ring from 0 to 100 with the value in the middle."""
    parts = [_arc(0, 1, TRACK)]
    if value is not None and value > 0:
        parts.append(_arc(0, float(min(value, Decimal(100))) / 100, tone.value))
    for share, label in ((0.0, "0"), (1.0, "100")):
        parts.append(_text(20 + 180 * share, 128, label, size=11, fill=QUIET, anchor="middle"))
    parts.append(_text(110, 100, _points(value), size=40, weight=700, anchor="middle", fill=DEEP))
    if caption:
        parts.append(_text(110, 126, caption, size=13, fill=QUIET, anchor="middle"))
    return _svg(title, 220, 136, parts)


def _arc(start: float, end: float, stroke: str) -> str:
    def at(share: float) -> str:
        return f"{_n(110 - 90 * cos(pi * share))} {_n(110 - 90 * sin(pi * share))}"

    return (
        f'<path d="M {at(start)} A 90 90 0 0 1 {at(end)}" fill="none" stroke="{stroke}" '
        'stroke-width="15" stroke-linecap="butt"/>'
    )


def ruler(title: str, value: Decimal, marks: Sequence[Mark], *, is_smaller_better: bool) -> str:
    """Where a value stands among the levels; better is always to the right."""
    numbers = [value, *(mark.value for mark in marks)]
    low, high = min(numbers), max(numbers)
    margin = (high - low) * Decimal("0.12") or abs(high) * Decimal("0.1") or Decimal(1)
    low, high = low - margin, high + margin

    def at(number: Decimal) -> float:
        share = float((number - low) / (high - low))
        return 4 + 192 * (1 - share if is_smaller_better else share)

    places = sorted((at(mark.value), mark.label) for mark in marks)
    weakest = places[0][0] if places else 196.0
    parts = [
        f'<rect x="4" y="11" width="192" height="5" rx="2.5" fill="{TRACK}"/>',
        f'<rect x="{_n(weakest)}" y="11" width="{_n(196 - weakest)}" height="5" rx="2.5" fill="{PALE}"/>',
    ]
    for (x, label), label_x in zip(places, _apart([x for x, _ in places]), strict=True):
        parts.append(f'<path d="M {_n(x)} 8.5 V 18.5" stroke="{DEEP}" stroke-width="1.2"/>')
        parts.append(_text(label_x, 28, label, size=8.6, fill=QUIET, anchor="middle"))
    x = at(value)
    parts.append(f'<path d="M {_n(x)} 10.5 l -4.5 -8 h 9 z" fill="{DEEP if x >= weakest else AMBER}"/>')
    return _svg(title, 200, 30, parts)


def _apart(places: Sequence[float]) -> list[float]:
    """Where labels stand so that none touches its neighbour or leaves the picture: pushed right, then left."""
    wide, first, last = 47.0, 22.0, 178.0
    moved: list[float] = []
    for place in places:
        moved.append(max(place, first, moved[-1] + wide if moved else first))
    limit = last
    for number in range(len(moved) - 1, -1, -1):
        moved[number] = min(moved[number], limit)
        limit = moved[number] - wide
    return moved


def staircase(title: str, stairs: Sequence[Stair], *, wide: int = WIDE) -> str:
    """Points today and after each step, as rising columns with the gain between them."""
    foot, tall = 216.0, 170.0
    pitch = wide / max(len(stairs), 1)
    thick = min(pitch - 46, 64)  # the gain is written between two
    parts: list[str] = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = foot - tall * share
        parts.append(
            f'<line x1="0" y1="{_n(y)}" x2="{_n(wide)}" y2="{_n(y)}" stroke="{LINE}" '
            f'stroke-width="{0.5 if share else 1}"/>'
        )
    tops = [
        None if stair.value is None else foot - tall * float(min(stair.value, Decimal(100))) / 100
        for stair in stairs
    ]
    for number, (stair, top) in enumerate(zip(stairs, tops, strict=True)):
        middle = pitch * (number + 0.5)
        if top is not None:
            fill = QUIET if number == 0 else GREEN if number < len(stairs) - 1 else DEEP
            parts.append(
                f'<rect x="{_n(middle - thick / 2)}" y="{_n(top)}" width="{_n(thick)}" height="{_n(foot - top)}" '
                f'rx="2" fill="{fill}" fill-opacity="{0.45 if number == 0 else 0.9}"/>'
            )
        # On white, or a line behind it would cross the figure out.
        figure = (top or foot) - 7
        parts.append(_blank(middle - 22, figure - 13, 44, 15))
        parts.append(
            _text(
                middle,
                figure,
                _points(stair.value),
                size=16,
                weight=700,
                anchor="middle",
                fill=DEEP,
            )
        )
        parts.append(_text(middle, foot + 19, stair.label, size=13, weight=700, anchor="middle"))
        parts.append(_text(middle, foot + 37, stair.note, size=11.5, fill=QUIET, anchor="middle"))
    for number, (before, after) in enumerate(pairwise(stairs)):
        if before.value is not None and after.value is not None:
            gain = words.points_between(before.value, after.value)
            x = pitch * (number + 1)
            y = foot - 14
            parts.append(_text(x, y, gain, size=12.5, weight=700, fill=GREEN, anchor="middle"))
    return _svg(title, wide, 262, parts)


def columns(title: str, piles: Sequence[Pile], *, tone: Tone = Tone.CLEAN, unit: str = "") -> str:
    """A distribution as upright columns, each with its count above and what it holds below."""
    wide, foot, tall = 520.0, 186.0, 150.0
    most = max((pile.count for pile in piles), default=0) or 1
    pitch = wide / max(len(piles), 1)
    thick = min(pitch * 0.72, 84.0)
    parts = [f'<line x1="0" y1="{_n(foot)}" x2="{_n(wide)}" y2="{_n(foot)}" stroke="{LINE}"/>']
    for number, pile in enumerate(piles):
        middle = pitch * (number + 0.5)
        height = tall * pile.count / most
        if pile.count:
            parts.append(
                f'<rect x="{_n(middle - thick / 2)}" y="{_n(foot - height)}" width="{_n(thick)}" '
                f'height="{_n(max(height, 1))}" rx="2" fill="{tone.value}" fill-opacity="0.9"/>'
            )
        said = f"{pile.count:,}{unit}"
        parts.append(_text(middle, foot - height - 7, said, size=14, weight=700, anchor="middle", fill=DEEP))
        parts.append(_text(middle, foot + 20, pile.label, size=13, anchor="middle"))
    return _svg(title, wide, 216, parts)


def pairs(title: str, rows: Sequence[Pair], *, names: tuple[str, str], hidden: str) -> str:
    """Two horizontal bars from 0 to 100 for each row, with a legend above."""
    left = min(max((7.1 * _width(row.label) for row in rows), default=60) + 14, 120)
    length = 520 - left - 118
    parts: list[str] = []
    x = left
    for name, tone in zip(names, (Tone.QUIET, Tone.CLEAN), strict=True):
        parts.append(f'<rect x="{_n(x)}" y="5" width="12" height="10" rx="2" fill="{tone.value}"/>')
        parts.append(_text(x + 17, 14, name, size=12.5, fill=QUIET))
        x += 34 + 7 * _width(name)
    y = 26.0
    for row in rows:
        parts.append(_text(0, y + 18, row.label, size=13))
        for value, tone, middle in (
            (row.first, Tone.QUIET, y + 8),
            (row.second, Tone.CLEAN, y + 22),
        ):
            if value is None:
                continue
            parts.append(_bar(left, middle, length, Decimal(1), TRACK))
            parts.append(_bar(left, middle, length, min(value / 100, Decimal(1)), tone.value))
            parts.append(_text(left + length + 8, middle + 4.5, _points(value), size=12.5, weight=700))
        if row.first is None and row.second is None:
            parts.append(_text(left, y + 18, hidden, size=12.5, fill=QUIET))
        if row.note:
            parts.append(_text(520, y + 18, row.note, size=12, fill=QUIET, anchor="end"))
        y += 36
    return _svg(title, 520, y + 2, parts)


def heat(title: str, rows: Sequence[tuple[str, Sequence[Tile]]]) -> str:
    """One row of tiles for each name; the deeper the colour the larger the share among those shown."""
    most = max((len(tiles) for _, tiles in rows), default=0) or 1
    left = max((6.6 * _width(name) for name, _ in rows), default=40) + 12
    wide, tall = (720 - left) / most, 62.0
    shares = [tile.share for _, tiles in rows for tile in tiles]
    low, high = min(shares, default=0), max(shares, default=100)
    parts: list[str] = []
    for number, (name, tiles) in enumerate(rows):
        y = number * (tall + 3)
        parts.append(_text(0, y + tall / 2 + 4, name, size=13, weight=700))
        for place, tile in enumerate(tiles):
            x = left + wide * place
            depth = 0.15 + 0.85 * (tile.share - low) / max(high - low, 1)
            ink = "#ffffff" if depth > 0.62 else INK
            parts.append(
                f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide - 3)}" height="{_n(tall)}" rx="3" '
                f'fill="#ffffff"/><rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide - 3)}" height="{_n(tall)}" '
                f'rx="3" fill="{RED}" fill-opacity="{depth:.2f}"/>'
            )
            parts.append(_text(x + 8, y + 20, f"{tile.share}%", size=15, weight=700, fill=ink))
            lines = _wrapped(tile.label, int((wide - 16) / 5.6))
            for line, text in enumerate(lines[:2]):
                parts.append(_text(x + 8, y + 37 + 14 * line, _cut(text, wide - 16), size=10.8, fill=ink))
    return _svg(title, 720, len(rows) * (tall + 3), parts)


def _cut(text: str, room: float) -> str:
    """The text as far as there is room for it."""
    while _width(text) * 5.6 > room and len(text) > 1:
        text = text[:-2] + "…" if text.endswith("…") else text[:-1] + "…"
    return text


def timeline(title: str, tracks: Sequence[Track]) -> str:
    """When each thing is done: a bar from its first to its last day over years and quarters."""
    quarters = _quarters(min(track.start for track in tracks), max(track.end for track in tracks))
    first, last = quarters[0], quarters[-1]
    wide, left, head = 640.0, 236.0, 24.0
    span = (last - first).days
    pitch = 34.0
    foot = head + pitch * len(tracks)

    def at(day: date) -> float:
        return left + (wide - left) * (day - first).days / span

    parts: list[str] = []
    for day in quarters[:-1]:
        x, is_new = at(day), day.month == 1
        parts.append(
            f'<line x1="{_n(x)}" y1="{_n(4 if is_new else head)}" x2="{_n(x)}" y2="{_n(foot)}" '
            f'stroke="{LINE}" stroke-width="{1 if is_new else 0.5}"/>'
        )
        # The first year may begin late: its name then has no room before the next one's.
        has_room = at(min(date(day.year + 1, 1, 1), last)) - x > 55
        if (is_new or day == first) and has_room:
            parts.append(_text(x + 5, 15, f"{day.year} 年", size=12.5, fill=QUIET))
    for number, track in enumerate(tracks):
        middle = head + pitch * (number + 0.5)
        lines = _wrapped(track.label, 36)
        for row, line in enumerate(lines):
            y = middle + 4.3 + 14.5 * (row - (len(lines) - 1) / 2)
            parts.append(_text(0, y, _clipped(line, 36), size=12))
        x, end = at(track.start), at(track.end)
        parts.append(
            f'<rect x="{_n(x)}" y="{_n(middle - 7)}" width="{_n(max(end - x, 4))}" height="14" rx="3" '
            f'fill="{track.tone.value}"/>'
        )
        said = f"{track.end:%Y-%m-%d}" + (f" {track.note}" if track.note else "")
        room = 6.1 * _width(said) + 6
        # Behind the bar while there is room, else on it, else before it, else cut.
        if end + room <= wide:
            # On white, or the quarters' lines would cross it out.
            parts.append(_blank(end + 4, middle - 8, room - 4, 16))
            parts.append(_text(end + 6, middle + 4.3, said, size=11.5))
        elif end - x >= room:
            parts.append(_text(end - 6, middle + 4.3, said, size=11.5, fill="#ffffff", anchor="end"))
        elif x - room >= left:
            parts.append(_blank(x - room, middle - 8, room - 4, 16))
            parts.append(_text(x - 6, middle + 4.3, said, size=11.5, anchor="end"))
        else:
            kept = _clipped(said, int((wide - end - 6) / 6.1))
            parts.append(_text(end + 6, middle + 4.3, kept, size=11.5))
    return _svg(title, wide, foot + 4, parts)


def _quarters(start: date, end: date) -> list[date]:
    """The first days of the quarters from that of `start` to the one after that of `end`."""
    place = start.year * 4 + (start.month - 1) // 3
    until = end.year * 4 + (end.month - 1) // 3 + 1
    return [date(number // 4, number % 4 * 3 + 1, 1) for number in range(place, until + 1)]


def _clipped(line: str, widest: int) -> str:
    """The line, cut with an ellipsis where it is wider than `widest` half characters."""
    if _width(line) <= widest:
        return line
    kept = line
    while kept and _width(kept) > widest - 2:
        kept = kept[:-1]
    return f"{kept}…"


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_n(width)} {_n(height)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _blank(x: float, y: float, wide: float, tall: float) -> str:
    """A white ground for a figure that lines would cross out."""
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(tall)}" fill="#ffffff"/>'


def _text(
    x: float, y: float, text: str, *, size: float, fill: str = INK, weight: int = 400, anchor: str = "start"
) -> str:
    heavy = ' font-weight="700"' if weight == 700 else ""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}"{heavy}{where} fill="{fill}">{escape(text)}</text>'


def _n(length: float) -> str:
    """A length with at most one decimal; minus zero is zero."""
    return f"{round(length, 1) + 0.0:.1f}".removesuffix(".0")


def _points(value: Decimal | None) -> str:
    return "未计" if value is None else words.points(value)


def _width(text: str) -> int:
    """Width in half characters: a Chinese character counts two."""
    return sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)


def _wrapped(text: str, widest: int) -> list[str]:
    """One line, or two of nearly equal length when it is wider than `widest` half characters."""
    if _width(text) <= widest:
        return [text]
    cut = next(place for place in range(1, len(text)) if _width(text[:place]) * 2 >= _width(text))
    # Better between words: after a comma, before 与 or an opening bracket, if that is not far from the middle.
    seams = [
        place
        for place in range(1, len(text))
        if (text[place - 1] in "、，·" or text[place] in "与和及（") and _fits(text, place, widest)
    ]
    if seams:
        cut = min(seams, key=lambda place: abs(place - cut))
    return [text[:cut], text[cut:]]


def _fits(text: str, cut: int, widest: int) -> bool:
    return max(_width(text[:cut]), _width(text[cut:])) <= widest
