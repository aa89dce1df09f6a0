"""Chinese typesetting of plain text: real subscripts, standard numbers that stay on one line, units beside figures."""

import re

from markupsafe import Markup, escape

# "GB/T 36132—2025", "HJ 434—2008", "DB33/T 2310-2021", "工信部节〔2024〕13 号": never broken between lines.
_KEPT = re.compile(
    r"""(?:GB|GBZ|DB|HJ|JC|JB|QB|FZ|HG|NB|AQ|SH|YD|YY|CJ|CJJ|DL|SL|RB|ISO|IEC|T(?=/))\d{0,2}(?:/[A-Z]{1,6})?
        \ ?\d{2,6}(?:\.\d+)?(?:\ ?[—–-]\ ?(?:19|20)\d\d)?
      | 〔\d{4}〕\ ?\d+\ ?号
      | \d{4}-\d\d-\d\d""",
    re.VERBOSE,
)
_CO2 = re.compile(r"CO(?:2|₂)(?!\d)|(?<=[SN])O(?:2|₂)(?!\d)|NO(?:x|X)(?![A-Za-z])|PM2\.5|H2O|N2O|CaCO3|NH3")
_SUBSCRIPTS = {
    "CO2": "CO<sub>2</sub>", "CO₂": "CO<sub>2</sub>", "O2": "O<sub>2</sub>", "O₂": "O<sub>2</sub>",
    "NOx": "NO<sub>x</sub>", "NOX": "NO<sub>x</sub>", "PM2.5": "PM<sub>2.5</sub>",
    "H2O": "H<sub>2</sub>O", "N2O": "N<sub>2</sub>O", "CaCO3": "CaCO<sub>3</sub>", "NH3": "NH<sub>3</sub>",
}  # fmt: skip
_UNIT = re.compile(r"(?<=\d) (?=[A-Za-z%‰℃元万亿千百吨年月日号项页张条个章节])")


def typeset(text: str) -> Markup:
    """`text` escaped and set: CO2 gets its subscript, standards keep together, a figure keeps its unit."""
    if isinstance(text, Markup):
        return text
    safe = str(escape(text))
    safe = _KEPT.sub(lambda found: f'<span class="k">{found.group().replace(" ", chr(0xA0))}</span>', safe)
    safe = _UNIT.sub("\u00a0", safe)
    safe = _CO2.sub(lambda found: _SUBSCRIPTS[found.group()], safe)
    return Markup(safe)  # noqa: S704 - escaped above, only fixed tags were added


_MEETING = re.compile(r"(?<=[一-鿿])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?=[一-鿿])")


def spaced(text: str) -> str:
    """A sentence put together from parts, with a space where Chinese meets Latin letters and figures."""
    return _MEETING.sub(" ", text)


def finalize(value: object) -> object:
    """What Jinja puts out for any expression: every text is typeset, so that no template can forget it."""
    return typeset(value) if isinstance(value, str) else value


def plain(text: str) -> Markup:
    """`text` escaped and nothing else, for attributes and titles."""
    return escape(str(text))
