"""A YAML file as nodes, each with its file and line; scalars are text.

Named tuples, because a folder has tens of thousands of them and a frozen dataclass takes three times as long to make.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Place(NamedTuple):
    """A line of a file, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Scalar(NamedTuple):
    """Text, and the type YAML would have guessed for it ("" for none, as for everything in quotes)."""

    place: Place
    text: str
    guess: str = ""


class Series(NamedTuple):
    """A YAML list."""

    place: Place
    entries: tuple["Node", ...]


class Entry(NamedTuple):
    """One key of a YAML mapping with its value; the place is the key's."""

    place: Place
    node: "Node"


class Table(NamedTuple):
    """A YAML mapping, in the order of the file."""

    place: Place
    entries: Mapping[str, Entry]


Node = Scalar | Series | Table
