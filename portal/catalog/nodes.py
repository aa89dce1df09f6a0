"""A YAML file as nodes, each with its file and line; scalars are text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """A line of a file, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, and the type YAML would have guessed for it ("" for none, as for everything in quotes)."""

    place: Place
    text: str
    guess: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A YAML list."""

    place: Place
    entries: tuple["Node", ...]


class Entry(NamedTuple):
    """One key of a YAML mapping with its value; the place is the key's."""

    place: Place
    node: "Node"


@dataclass(frozen=True, slots=True)
class Table:
    """A YAML mapping, in the order of the file."""

    place: Place
    entries: Mapping[str, Entry]


Node = Scalar | Series | Table
