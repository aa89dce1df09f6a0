"""How Word numbers paragraphs: 第一条, （二）, 1.2.1 — counted from the file's own definitions, as Word counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.report.word_xml import W, value_of

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_PLACES, _LEGAL_PLACES = ("", "十", "百", "千"), ("", "拾", "佰", "仟")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def numeral(number: int, form: str) -> str:
    """A number in one of Word's forms (17.18.59 of ECMA-376 Part 1); an unknown form counts in figures."""
    match form:
        case "none":
            return ""
        case (
            "chineseCounting"
            | "chineseCountingThousand"
            | "japaneseCounting"
            | "taiwaneseCounting"
            | "taiwaneseCountingThousand"
            | "koreanDigital2"
        ):
            return _counted(number, "零" + _DIGITS[1:], _PLACES)
        case "chineseLegalSimplified" | "ideographLegalTraditional":
            return _counted(number, _LEGAL, _LEGAL_PLACES)
        case "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital":
            return "".join(_DIGITS[int(digit)] for digit in str(number))
        case "decimalZero":
            return f"{number:02}"
        case "decimalFullWidth" | "decimalFullWidth2":
            return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if 1 <= number <= 20:
            return chr(0x2460 + number - 1)
        case "lowerLetter" | "upperLetter" if number > 0:
            letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
            return letter.upper() if form == "upperLetter" else letter
        case "lowerRoman" | "upperRoman" if number > 0:
            said = _roman(number)
            return said.upper() if form == "upperRoman" else said
        case "ideographTraditional" if 1 <= number <= 10:
            return _STEMS[number - 1]
        case "ideographZodiac" if 1 <= number <= 12:
            return _BRANCHES[number - 1]
    return str(number)


def _roman(number: int) -> str:
    said = ""
    for value, letters in _ROMAN:
        said += letters * (min(number, 9999) // value)
        number = min(number, 9999) % value
    return said


def _counted(number: int, digits: str, places: tuple[str, ...]) -> str:
    if not 0 < number < 10_000:
        return str(number)
    said, has_gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            said += (digits[0] if has_gap and said else "") + digits[digit] + places[power]
        has_gap = not digit
    # Ten to nineteen begin with the ten itself.
    return said.removeprefix("一") if said.startswith("一十") else said


@dataclass(slots=True)
class _Level:
    form: str
    text: str
    start: int
    style: str


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the numbered paragraphs of one document, in order."""

    def __init__(self, root: Any | None) -> None:
        self._lists: dict[str, _List] = {}
        if root is None:
            return
        shapes: dict[str, _List] = {}
        for one in root.findall(f"{W}abstractNum"):
            shapes[str(one.get(f"{W}abstractNumId"))] = _List(
                {_whole(level.get(f"{W}ilvl")): _level(level) for level in one.findall(f"{W}lvl")}
            )
        for one in root.findall(f"{W}num"):
            shape = shapes.get(value_of(one, "abstractNumId"))
            if shape is not None:
                self._lists[str(one.get(f"{W}numId"))] = _overridden(shape, one)

    def mark(self, list_id: str, depth: int | None, style: str) -> str:
        """The number of the next paragraph of a list, with what stands around it."""
        found = self._lists.get(list_id)
        if found is None:
            return ""
        if depth is None:  # a style's own place in the list
            depth = next((at for at, level in found.levels.items() if level.style == style), 0)
        level = found.levels.get(depth)
        if level is None:
            return ""
        found.counts[depth] = found.counts.get(depth, level.start - 1) + 1
        found.counts = {at: count for at, count in found.counts.items() if at <= depth}
        if level.form == "bullet":
            return level.text
        said = level.text
        for at, inner in found.levels.items():
            count = found.counts.get(at, inner.start)
            said = said.replace(f"%{at + 1}", numeral(count, inner.form))
        return said


def _overridden(shape: _List, one: Any) -> _List:
    changes: Mapping[int, Any] = {
        _whole(change.get(f"{W}ilvl")): change for change in one.findall(f"{W}lvlOverride")
    }
    if not changes:
        return shape  # lists of one shape count on
    levels = dict(shape.levels)
    for at, change in changes.items():
        own = change.find(f"{W}lvl")
        if own is not None:
            levels[at] = _level(own)
        elif at in levels:
            start = _whole(value_of(change, "startOverride"), levels[at].start)
            old = levels[at]
            levels[at] = _Level(old.form, old.text, start, old.style)
    return _List(levels)


def _level(element: Any) -> _Level:
    return _Level(
        form=value_of(element, "numFmt") or "decimal",
        text=value_of(element, "lvlText"),
        start=_whole(value_of(element, "start"), 1),
        style=value_of(element, "pStyle"),
    )


def _whole(text: str | None, usual: int = 0) -> int:
    return int(text) if text and text.lstrip("-").isdigit() else usual
