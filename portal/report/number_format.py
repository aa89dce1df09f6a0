"""A cell's value as Excel shows it: number formats of ECMA-376 Part 1, 18.8.30 and 18.8.31, as far as ledgers use them.

Fractions and what no rule here knows are shown as plain numbers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

GENERAL = "General"
# The codes of a Chinese Excel for the numbers that a file only names (18.8.30, zh-cn).
_MONTH, _DAY, _FULL = "yyyy年m月", "m月d日", "yyyy年m月d日"
BUILT_IN = {
    14: "yyyy/m/d", 22: "yyyy/m/d h:mm",
    27: _MONTH, 28: _DAY, 29: _DAY, 30: "m-d-yy", 31: _FULL, 32: "h时mm分", 33: "h时mm分ss秒",
    34: "上午/下午h时mm分", 35: "上午/下午h时mm分ss秒", 36: _MONTH,
    50: _MONTH, 51: _DAY, 52: _MONTH, 53: _DAY, 54: _DAY, 55: "上午/下午h时mm分", 56: "上午/下午h时mm分ss秒",
    57: _MONTH, 58: _DAY,
}  # fmt: skip
_MOST_DIGITS = 27  # within the precision of the sums
_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*"?)|\\(?P<escaped>.)|_(?P<room>.)|\*(?P<filled>.)|\[(?P<bracket>[^\]]*)\]|(?P<general>General)
      |(?P<noon>AM/PM|A/P|上午/下午)|(?P<clock>y+|m+|d+|h+|s+|aaaa?)|(?P<power>E[+-])|(?P<place>[0#?])
      |(?P<text>@)|(?P<other>.)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_WEEK = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # literal, place, point, comma, percent, power, clock, elapsed, noon, general, text
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    tokens: tuple[_Token, ...]
    condition: tuple[str, Decimal] | None

    def has(self, kind: str) -> bool:
        return any(one.kind == kind for one in self.tokens)


def shown(value: object, code: str) -> str:
    """The value by its format code."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return _worded(value, code)
        case int() | float() | Decimal():
            return _number(Decimal(str(value)), code)
        case datetime() | date() | time() | timedelta():
            return _moment(value, code)
    return str(value)


def _worded(text: str, code: str) -> str:
    sections = _sections(code)
    chosen = sections[3] if len(sections) > 3 else sections[-1]
    if not chosen.has("text"):
        return text
    return "".join(text if one.kind == "text" else one.text for one in chosen.tokens).strip()


def general(value: Decimal) -> str:
    """A number without a format: all digits of a whole one, ten significant ones of any other."""
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value() and abs(value) < Decimal(10) ** 15:
        return str(int(value))
    return f"{float(value):.10g}".replace("e", "E")


# ── Numbers ──────────────────────────────────────────────────────────────────


def _number(value: Decimal, code: str) -> str:
    if not value.is_finite():
        return str(value)
    section, value = _chosen(_sections(code), value)
    kinds = {one.kind for one in section.tokens}
    if not section.tokens:
        return ""  # a section that is left empty hides its numbers
    if kinds & {"general", "text"} or any(
        one.kind == "literal" and one.text == "/" for one in section.tokens
    ):
        sign = "-" if value < 0 else ""
        plain = general(abs(value))
        if "general" in kinds or "text" in kinds:
            said = "".join(plain if one.kind in {"general", "text"} else one.text for one in section.tokens)
            return sign + said
        return sign + plain
    if "place" not in kinds:
        sign = "-" if value < 0 and not kinds else ""
        return sign + "".join(one.text for one in section.tokens)
    if "power" in kinds:
        return _scientific(value, section.tokens)
    return _placed(value, section.tokens)


def _chosen(sections: Sequence[_Section], value: Decimal) -> tuple[_Section, Decimal]:
    """The section for a value; one that is only for negative numbers shows them without a sign."""
    if any(one.condition for one in sections):
        for place, one in enumerate(sections[:3]):
            if one.condition is None or _holds(value, *one.condition):
                is_negative_only = place == 1 and value < 0
                return one, abs(value) if is_negative_only else value
        return sections[-1], value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _holds(value: Decimal, sign: str, bound: Decimal) -> bool:
    return {
        "<": value < bound, ">": value > bound, "=": value == bound,
        "<=": value <= bound, ">=": value >= bound, "<>": value != bound,
    }[sign]  # fmt: skip


def _placed(value: Decimal, tokens: Sequence[_Token]) -> str:
    places = [at for at, one in enumerate(tokens) if one.kind == "place"]
    points = [at for at, one in enumerate(tokens) if one.kind == "point"]
    point = points[0] if points else len(tokens)
    whole = [at for at in places if at < point]
    broken = [at for at in places if at > point]
    commas = [at for at, one in enumerate(tokens) if one.kind == "comma"]
    last = max(whole, default=-1)
    is_grouped = any(whole and whole[0] < at < last for at in commas)
    end = max(places)
    thousands = sum(1 for at in commas if last < at and (at < point or at > end))
    scaled = value * 100 ** sum(one.kind == "percent" for one in tokens) / Decimal(1000) ** thousands
    if abs(scaled) >= Decimal(10) ** (_MOST_DIGITS - len(broken)):
        return general(value)
    rounded = scaled.copy_abs().quantize(Decimal(1).scaleb(-len(broken)), ROUND_HALF_UP)
    digits, _, decimals = format(rounded, "f").partition(".")
    filled = _whole(digits.lstrip("0"), tokens, whole, is_grouped) | _broken(decimals, tokens, broken)
    sign = "-" if value < 0 and rounded else ""
    parts = [
        filled.get(at, "") if one.kind == "place" else "" if one.kind == "comma" else one.text
        for at, one in enumerate(tokens)
    ]
    if not whole:
        parts[point] = digits.lstrip("0") + "."
    return sign + "".join(parts).strip()


def _whole(digits: str, tokens: Sequence[_Token], places: Sequence[int], is_grouped: bool) -> dict[int, str]:
    """Each place of the whole part, filled from the right; the leftmost takes what is left over."""
    found, left, count = {}, digits, 0
    for at in reversed(places):
        is_first = at == places[0]
        taken = left if is_first else left[-1:]
        left = "" if is_first else left[:-1]
        if not taken:
            taken = {"0": "0", "?": " "}.get(tokens[at].text, "")
        said = ""
        for digit in reversed(taken):
            if is_grouped and count and count % 3 == 0 and digit != " ":
                said = "," + said
            said = digit + said
            count += 1
        found[at] = said
    return found


def _broken(decimals: str, tokens: Sequence[_Token], places: Sequence[int]) -> dict[int, str]:
    found = dict(zip(places, decimals, strict=True))
    for at in reversed(places):
        if found[at] != "0" or tokens[at].text == "0":
            break
        found[at] = ""
    return found


def _scientific(value: Decimal, tokens: Sequence[_Token]) -> str:
    at = next(place for place, one in enumerate(tokens) if one.kind == "power")
    point = next((place for place, one in enumerate(tokens[:at]) if one.kind == "point"), at)
    decimals = sum(one.kind == "place" for one in tokens[point:at])
    digits = sum(one.kind == "place" for one in tokens[at:])
    mantissa, _, power = f"{value:.{decimals}E}".partition("E")
    sign = "-" if power.startswith("-") else "+" if tokens[at].text.endswith("+") else ""
    return f"{mantissa}E{sign}{power.lstrip('+-').zfill(digits)}"


# ── Dates and times ──────────────────────────────────────────────────────────


def is_moment(code: str) -> bool:
    """Whether the format shows a number as a day or a time."""
    return _sections(code)[0].has("clock") or _sections(code)[0].has("elapsed")


def _moment(value: date | time | timedelta, code: str) -> str:
    section = _sections(code)[0]
    if not (section.has("clock") or section.has("elapsed")):
        return _plainly(value)
    at, seconds = _taken(value)
    has_noon = section.has("noon")
    said = []
    for place, one in enumerate(section.tokens):
        if one.kind == "clock":
            said.append(_part(at, one.text.lower(), _is_minute(section.tokens, place), has_noon))
        elif one.kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[one.text[0].lower()]
            said.append(str(seconds // unit).zfill(len(one.text)))
        elif one.kind == "noon":
            names = ("上午", "下午") if "午" in one.text else ("AM", "PM")
            said.append(names[at.hour >= 12])
        elif one.kind == "place":
            said.append("0")
        else:
            said.append(one.text)
    return "".join(said).strip()


def _taken(value: date | time | timedelta) -> tuple[datetime, int]:
    """As a moment of a day, and as seconds that have passed."""
    if isinstance(value, datetime):
        at = value
    elif isinstance(value, date):
        at = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - Excel knows no zones
    elif isinstance(value, time):
        at = datetime(1900, 1, 1, value.hour, value.minute, value.second)  # noqa: DTZ001
    else:
        whole = int(value.total_seconds())
        at = datetime(1900, 1, 1) + timedelta(seconds=whole % 86400)  # noqa: DTZ001
        return at, whole
    return at, at.hour * 3600 + at.minute * 60 + at.second


def _plainly(value: date | time | timedelta) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def _is_minute(tokens: Sequence[_Token], place: int) -> bool:
    """An m means minutes beside hours or seconds."""
    if tokens[place].text[0].lower() != "m" or len(tokens[place].text) > 2:
        return False
    kinds = {"clock", "elapsed"}
    before = next((one.text.lower() for one in reversed(tokens[:place]) if one.kind in kinds), "")
    after = next((one.text.lower() for one in tokens[place + 1 :] if one.kind in kinds), "")
    return before.startswith("h") or after.startswith("s")


def _part(at: datetime, letters: str, is_minute: bool, has_noon: bool) -> str:
    width = min(len(letters), 2)
    match letters[0]:
        case "y":
            return f"{at.year:04}" if len(letters) > 2 else f"{at.year % 100:02}"
        case "m" if is_minute:
            return str(at.minute).zfill(width)
        case "m":
            return _named(at.month, f"{at:%B}", letters)
        case "d":
            return _named(at.day, f"{at:%A}", letters)
        case "a":
            return ("星期" if len(letters) == 4 else "") + _WEEK[at.weekday()]
        case "h":
            return str((at.hour % 12 or 12) if has_noon else at.hour).zfill(width)
        case _:
            return str(at.second).zfill(width)


def _named(number: int, name: str, letters: str) -> str:
    """A month or a day of the week: m and mm by its number, mmm by the first three letters of its name, mmmm by all."""
    if len(letters) <= 2:
        return str(number).zfill(len(letters))
    return name[:3] if len(letters) == 3 else name


# ── Reading a code ───────────────────────────────────────────────────────────


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    tokens: list[_Token] = []
    condition: tuple[str, Decimal] | None = None
    for found in _TOKEN.finditer(code[:500] or GENERAL):
        kind, text = str(found.lastgroup), found[0]
        match kind:
            case "other" if text == ";":
                sections.append(_Section(tuple(tokens), condition))
                tokens, condition = [], None
            case "other":
                names = {".": "point", ",": "comma", "%": "percent"}
                tokens.append(_Token(names.get(text, "literal"), text))
            case "quoted":
                tokens.append(_Token("literal", text.strip('"')))
            case "escaped":
                tokens.append(_Token("literal", text[1:]))
            case "room":
                tokens.append(_Token("literal", " "))
            case "filled":
                pass
            case "bracket":
                inside = str(found["bracket"])
                if _ELAPSED.fullmatch(inside):
                    tokens.append(_Token("elapsed", inside))
                elif inside.startswith("$"):
                    tokens.append(_Token("literal", inside[1:].partition("-")[0]))
                elif bound := _CONDITION.fullmatch(inside):
                    condition = bound[1], Decimal(bound[2])
            case _:
                tokens.append(_Token(kind, text))
    return (*sections, _Section(tuple(tokens), condition))
