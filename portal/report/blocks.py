"""What papers of chapters consist of: text, headings, tables and charts. The same blocks go to print and into Word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph; `kind` is lead, body, note or sign (a line to be signed)."""

    text: str
    kind: str = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A heading inside a chapter."""

    anchor: str
    number: str
    text: str
    kind: str = "heading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table; `width` in millimetres, 0 takes what is left."""

    title: str
    width: int = 0
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its caption; a dense one keeps many lines on one page."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    is_dense: bool = False
    kind: str = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart as SVG; everything it shows stands in a table or in the text too."""

    svg: str
    caption: str
    kind: str = "chart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the reader is to write by hand, with room for it."""

    text: str
    kind: str = "room"


Block = Text | Head | Table | Chart | Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A chapter; `number` is empty for an annex that carries its letter in the title."""

    anchor: str
    number: str
    title: str
    blocks: tuple[Block, ...]
    is_flowing: bool = False

    @property
    def heads(self) -> tuple[Head, ...]:
        """Its headings."""
        return tuple(one for one in self.blocks if isinstance(one, Head))
