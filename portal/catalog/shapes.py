"""What a value of each type looks like in YAML: how it is read, and the JSON Schema that says the same to an editor.

Reading never stops at the first slip: what is wrong is noted with its line, text and numbers get a stand-in
("" and NaN, which the checks pass over), and only what has no sensible stand-in is left out (`LeftOut`).
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol

from portal.catalog.nodes import Node, Place, Scalar, Series, Table
from portal.catalog.notes import Notes
from portal.core.formula import Formula, FormulaError
from portal.core.questionnaire import Condition

UNREADABLE = Decimal("NaN")

_ID = r"[a-z][a-z0-9_]*"
_NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?"
# A space that YAML makes of a line break between two Chinese characters is not wanted in print.
_CJK = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef，。；：、！？（）《》“”]"
_BROKEN_LINE = re.compile(f"(?<={_CJK}) (?={_CJK})")

Schema = dict[str, Any]


class LeftOut(Exception):
    """The value cannot be read and nothing can stand in for it; the problem has been noted."""


class Shape(Protocol):
    """One kind of value."""

    def read(self, node: Node, notes: Notes) -> Any:
        """The value; notes what is wrong, raises LeftOut when nothing can stand in."""

    def schema(self, known: dict[str, Schema]) -> Schema:
        """JSON Schema of the value; schemas of records go to `known` under their name."""


def leave_out(notes: Notes, place: Place, code: str, *details: str) -> LeftOut:
    """Note a problem that breaks the file; to be raised."""
    notes.add(place, code, *details)
    notes.broken.add(place.file)
    return LeftOut()


def scalar(node: Node, notes: Notes) -> Scalar:
    """`node` as the scalar that it must be; nothing, ``~`` and ``null`` are not values."""
    if not isinstance(node, Scalar):
        raise leave_out(notes, node.place, "not_text")
    if node.guess == "null":
        notes.add(node.place, "empty")
        return Scalar(node.place, "")
    return node


@dataclasses.dataclass(frozen=True)
class Text:
    """Words; `pattern` and `code` where only some are allowed."""

    pattern: str = ""
    code: str = ""

    def read(self, node: Node, notes: Notes) -> str:
        found = scalar(node, notes)
        if found.guess not in ("", "null"):
            notes.add(found.place, "unquoted", found.text, found.guess)
        text = found.text.strip()
        if " " in text:
            text = _BROKEN_LINE.sub("", text)
        if self.pattern and text and not re.fullmatch(self.pattern, text):
            notes.add(found.place, self.code, text)
            return ""
        return text

    def schema(self, known: dict[str, Schema]) -> Schema:
        return {"type": "string"} | ({"pattern": f"^{self.pattern}$"} if self.pattern else {})


@dataclasses.dataclass(frozen=True)
class Number:
    """An exact decimal, in quotes."""

    def read(self, node: Node, notes: Notes) -> Decimal:
        found = scalar(node, notes)
        if re.fullmatch(_NUMBER, found.text):
            if found.guess:
                notes.add(found.place, "unquoted", found.text, found.guess)
            return Decimal(found.text)
        if found.text:
            notes.add(found.place, "not_a_number", found.text)
        elif isinstance(node, Scalar) and not node.guess:
            notes.add(found.place, "empty")
        return UNREADABLE

    def schema(self, known: dict[str, Schema]) -> Schema:
        return {"type": "string", "pattern": f"^{_NUMBER}$"}


@dataclasses.dataclass(frozen=True)
class Flag:
    """true or false, nothing else."""

    def read(self, node: Node, notes: Notes) -> bool:
        found = scalar(node, notes)
        if found.guess != "bool" or found.text not in ("true", "false"):
            notes.add(found.place, "not_a_flag", found.text)
        return found.text == "true"

    def schema(self, known: dict[str, Schema]) -> Schema:
        return {"type": "boolean"}


@dataclasses.dataclass(frozen=True)
class Choice:
    """One of a few words; `make` turns the word into the value."""

    words: tuple[str, ...]
    make: Callable[[str], Any] = str

    def read(self, node: Node, notes: Notes) -> Any:
        found = scalar(node, notes)
        if found.text not in self.words:
            raise leave_out(notes, found.place, "not_a_choice", found.text, " | ".join(self.words))
        return self.make(found.text)

    def schema(self, known: dict[str, Schema]) -> Schema:
        return {"enum": list(self.words)}


@dataclasses.dataclass(frozen=True)
class ListOf:
    """A list; entries that cannot be read are left out."""

    entry: Shape

    def read(self, node: Node, notes: Notes) -> tuple[Any, ...]:
        if not isinstance(node, Series):
            raise leave_out(notes, node.place, "not_a_list")
        values = []
        for entry in node.entries:
            try:
                values.append(self.entry.read(entry, notes))
            except LeftOut:
                continue
        return tuple(values)

    def schema(self, known: dict[str, Schema]) -> Schema:
        return {"type": "array", "items": self.entry.schema(known)}


@dataclasses.dataclass(frozen=True)
class MapOf:
    """A mapping whose keys the author chooses; keys are read like values."""

    key: Shape
    value: Shape

    def read(self, node: Node, notes: Notes) -> Mapping[Any, Any]:
        if not isinstance(node, Table):
            raise leave_out(notes, node.place, "not_a_mapping")
        values = {}
        for name, (place, entry) in node.entries.items():
            try:
                key = self.key.read(Scalar(place, name), notes)
                values[key] = self.value.read(entry, notes)
            except LeftOut:
                continue
        return values

    def schema(self, known: dict[str, Schema]) -> Schema:
        return {
            "type": "object",
            "propertyNames": self.key.schema(known),
            "additionalProperties": self.value.schema(known),
        }


@dataclasses.dataclass(frozen=True)
class FormulaText:
    """Plain arithmetic on names."""

    def read(self, node: Node, notes: Notes) -> Formula:
        text = TEXT.read(node, notes)
        try:
            return Formula.parse(text)
        except FormulaError:
            raise leave_out(notes, node.place, "not_a_formula", text) from None

    def schema(self, known: dict[str, Schema]) -> Schema:
        return TEXT.schema(known)


@dataclasses.dataclass(frozen=True)
class Conditions:
    """A condition written as trait: [options]."""

    def read(self, node: Node, notes: Notes) -> Condition:
        condition = Condition(any_of=_TRAITS.read(node, notes))
        assert isinstance(node, Table)
        notes.keep(condition, node)
        return condition

    def schema(self, known: dict[str, Schema]) -> Schema:
        return _TRAITS.schema(known)


TEXT = Text()
ID = Text(_ID, "not_an_id")
NUMBER = Number()
_TRAITS = MapOf(ID, ListOf(ID))
