"""What a Word or an Excel file says, as pieces that print: paragraphs, tables, pictures, and what is not shown."""

import base64
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from PIL import Image

from portal.report import pdf
from portal.report.pictures import plain

MOST_PICTURES = 150
MOST_PIXELS = 40_000_000
_WIDEST = 1400  # pixels: 200 dots an inch over the width of the text
_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF")
MISSING_GLYPH = "〓"
_A_PHOTO = 4096  # colours from which a picture is kept as JPEG


class Omitted(StrEnum):
    """What a file holds and its pages do not show, or show otherwise."""

    CHART = "图表"
    PICTURE = "门户不能显示的图片"
    LINKED = "从别处链接的图片"
    OBJECT = "嵌入的对象"
    SHAPE = "图形或文本框"
    COMMENT = "批注"
    DELETED = "修订中删去的文字"
    HIDDEN = "隐藏的文字"
    SHEET = "隐藏的工作表"
    LINE = "隐藏的行或列"
    FORMULA = "没有存下结果的公式"
    EQUATION = "公式排成了一行文字"
    NESTED = "嵌套过深的表格排成了文字"
    GLYPH = "门户字体没有的字符，印作“〓”"


# Said as they stand: nothing of them is left out.
SHOWN_OTHERWISE = frozenset({Omitted.EQUATION, Omitted.NESTED, Omitted.GLYPH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that the print holds in itself; `width` in millimetres."""

    address: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How letters look; `size` in points, 0 as around them."""

    is_bold: bool = False
    is_slanted: bool = False
    is_underlined: bool = False
    is_struck: bool = False
    is_hidden: bool = False
    size: float = 0
    raised: str = ""  # super, sub

    @property
    def classes(self) -> str:
        """The style sheet's names for it."""
        marks = {"b": self.is_bold, "i": self.is_slanted, "u": self.is_underlined, "x": self.is_struck}
        return " ".join([*(name for name, is_so in marks.items() if is_so), self.raised]).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Letters of one look, or a picture."""

    text: str = ""
    look: Look = Look()
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph; `mark` is its number as Word counts it, `level` that of a heading, from 1."""

    runs: tuple[Run, ...]
    level: int = 0
    align: str = ""
    mark: str = ""
    indent: int = 0  # millimetres
    is_indented: bool = False  # the first line by two letters
    starts_page: bool = False
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell over `across` columns; one that goes on from the row above has no line over it."""

    pieces: "tuple[Piece, ...]" = ()
    text: str = ""
    across: int = 1
    goes_on: bool = False
    align: str = ""
    is_bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table with its columns' shares in per cent; the first `heads` rows come again on every page."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heads: int = 0
    kind: str = "grid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """What stands in a frame of its own."""

    pieces: "tuple[Piece, ...]"
    kind: str = "box"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A worksheet, or the part of it that fits on a page's width; `letters` are its columns' names."""

    title: str
    letters: tuple[str, ...]
    widths: tuple[float, ...]  # millimetres
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    is_wide: bool
    kind: str = "leaf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What the portal says of the pages."""

    text: str
    kind: str = "remark"


Piece = Paragraph | Grid | Box | Leaf | Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of a file."""

    pieces: tuple[Piece, ...]
    omitted: Counter[Omitted] = field(default_factory=Counter)


class Setter:
    """Makes text and pictures fit for print, and counts what does not go."""

    def __init__(self) -> None:
        self.omitted: Counter[Omitted] = Counter()
        self._letters = pdf.letters()
        self._pictures = 0

    def text(self, text: str) -> str:
        """The text in letters that the typeface has; one that it lacks is replaced for all to see."""
        return "".join(letter if ord(letter) in self._letters else self._instead(letter) for letter in text)

    def _instead(self, letter: str) -> str:
        if letter in _INSTEAD:
            return _INSTEAD[letter]
        if letter in "\n\t":
            return letter
        if not letter.isprintable() and not "\ue000" <= letter <= "\uf8ff":
            return ""  # marks without a width
        self.omitted[Omitted.GLYPH] += 1
        return MISSING_GLYPH

    def picture(self, content: bytes, width: float, height: float) -> Picture | None:
        """A picture in millimetres, smaller where it has to be; None for one that cannot be shown."""
        self._pictures += 1
        if self._pictures > MOST_PICTURES:
            self.omitted[Omitted.PICTURE] += 1
            return None
        try:
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ValueError
                image.draft("RGB", (_WIDEST, _WIDEST * 2))
                image.load()
                shown = plain(image)
        except (OSError, ValueError, KeyError, SyntaxError, Image.DecompressionBombError):
            self.omitted[Omitted.PICTURE] += 1
            return None
        shown.thumbnail((_WIDEST, _WIDEST * 2))
        wide, high = (width, height) if width and height else (shown.width / 5, shown.height / 5)
        scale = min(1.0, _ROOM[0] / max(wide, 1), _ROOM[1] / max(high, 1))
        return Picture(
            address=_address(shown), width=max(round(wide * scale), 1), height=max(round(high * scale), 1)
        )


_ROOM = (165, 225)  # millimetres


def _address(image: Image.Image) -> str:
    stream = io.BytesIO()
    form = "JPEG" if image.mode == "RGB" and image.getcolors(_A_PHOTO) is None else "PNG"
    image.save(stream, form, **({"quality": 85} if form == "JPEG" else {}))
    return f"data:image/{form.lower()};base64,{base64.b64encode(stream.getvalue()).decode()}"


# Signs of other typefaces, Word's bullets and ticks from Symbol and Wingdings among them.
_INSTEAD = {
    "☐": "□", "☑": "〔√〕", "☒": "〔×〕", "✔": "✓", "✗": "×", "✘": "×", "➢": "▷", "➤": "▶", "₂": "2",
    "\uf0b7": "•", "\uf06c": "●", "\uf06e": "■", "\uf075": "◆", "\uf077": "◆", "\uf09f": "•", "\uf0a7": "▪",
    "\uf0d8": "▷", "\uf0fc": "✓", "\uf0fb": "×", "\uf0fe": "〔√〕", "\uf0fd": "〔×〕", "\uf0a8": "□", "\uf06f": "□",
    "\uf0a3": "□", "\uf052": "〔√〕", "\uf0a1": "○", "\uf0e0": "→", "\uf0b0": "°", "\uf0b1": "±", "\uf0b4": "×",
    "\uf06d": "μ", "\uf061": "α", "\uf062": "β", "\uf044": "Δ", "\uf053": "Σ",
}  # fmt: skip


def flat(pieces: Iterable[Piece]) -> str:
    """The letters of paragraphs, one line each."""
    return "\n".join(
        one.mark + "".join(run.text for run in one.runs) for one in pieces if isinstance(one, Paragraph)
    )
