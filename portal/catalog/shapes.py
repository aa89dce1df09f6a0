"""What a value of each type looks like in YAML: how it is read, and the JSON Schema that says the same to an editor.

Shapes follow from the core's own dataclasses (`record`), so a field added there is read here without a second list.
Reading never stops at the first slip: what is wrong is noted with its line, text and numbers get a stand-in
("" and NaN, which the checks pass over), and only what has no sensible stand-in is left out (`LeftOut`).
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Protocol, Union, get_args, get_origin, get_type_hints

from portal.catalog.nodes import Node, Place, Scalar, Series, Table
from portal.catalog.notes import Notes
from portal.core.formula import Formula, FormulaError
from portal.core.questionnaire import Condition, ItemId, SourceId

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
        text = _BROKEN_LINE.sub("", found.text.strip())
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


@dataclasses.dataclass(frozen=True)
class Field:
    """One key of a record: the attribute that it fills, and whether it must stand there."""

    attribute: str
    shape: Shape
    is_required: bool
    default: Any = dataclasses.MISSING  # where the file may leave out what the core asks for


@dataclasses.dataclass(frozen=True)
class Record:
    """A mapping with fixed keys that makes a dataclass; `parts` are records written among the same keys."""

    make: type[Any]
    fields: Mapping[str, Field]
    parts: Mapping[str, "Record"]
    constants: frozenset[str] = frozenset()

    def read(self, node: Node, notes: Notes) -> Any:
        if not isinstance(node, Table):
            raise leave_out(notes, node.place, "not_a_mapping")
        for key, entry in node.entries.items():
            if key not in self.keys:
                notes.add(entry.place, "unknown_key", key, "、".join(self.keys))
        return self._make(node, notes)

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that may stand here."""
        own = (*self.constants, *self.fields)
        return own + tuple(key for part in self.parts.values() for key in part.keys)

    def _make(self, node: Table, notes: Notes) -> Any:
        values = {}
        is_whole = True
        for key, field in self.fields.items():
            if key not in node.entries:
                if field.is_required:
                    notes.add(node.place, "missing_key", key)
                    stand_in = _stand_in(field.shape)
                    if stand_in is None:
                        notes.broken.add(node.place.file)
                        is_whole = False
                    values[field.attribute] = stand_in
                elif field.default is not dataclasses.MISSING:
                    values[field.attribute] = field.default
                continue
            try:
                value = field.shape.read(node.entries[key].node, notes)
            except LeftOut:
                is_whole = is_whole and not field.is_required
                continue
            if field.is_required and value == "":
                notes.add(node.entries[key].place, "empty")
            values[field.attribute] = value
        for attribute, part in self.parts.items():
            try:
                values[attribute] = part._make(node, notes)
            except LeftOut:
                is_whole = False
        if not is_whole:
            raise LeftOut
        record = self.make(**values)
        notes.keep(record, node)
        return record

    def schema(self, known: dict[str, Schema]) -> Schema:
        name = self.make.__name__
        if name not in known:
            known[name] = {}  # stands for itself while its fields are asked
            known[name] = {
                "type": "object",
                "properties": self.properties(known),
                "required": self.required,
                "additionalProperties": False,
            }
        return {"$ref": f"#/$defs/{name}"}

    def properties(self, known: dict[str, Schema]) -> Schema:
        """JSON Schema of every key."""
        found = {key: field.shape.schema(known) for key, field in self.fields.items()}
        for part in self.parts.values():
            found |= part.properties(known)
        return {key: {} for key in sorted(self.constants)} | found

    @property
    def required(self) -> list[str]:
        """The keys that must stand here."""
        own = [key for key, field in self.fields.items() if field.is_required]
        return own + [key for part in self.parts.values() for key in part.required]


def _stand_in(shape: Shape) -> Any:
    """What keeps a record readable when a required key is missing; None when nothing does."""
    if isinstance(shape, Text):
        return ""
    if isinstance(shape, Number):
        return UNREADABLE
    return () if isinstance(shape, ListOf) else None


@dataclasses.dataclass(frozen=True)
class OneOf:
    """Several records, told apart by the key that stands there, or by the word under `kind`."""

    records: Mapping[str, Record]
    kind: str = ""
    otherwise: Record | None = None

    def read(self, node: Node, notes: Notes) -> Any:
        if not isinstance(node, Table):
            raise leave_out(notes, node.place, "not_a_mapping")
        if self.kind:
            word = (
                CHOICES(self.records).read(node.entries[self.kind].node, notes)
                if self.kind in node.entries
                else ""
            )
            found = [word] if word else []
        else:
            found = [key for key in self.records if key in node.entries]
        if len(found) == 1:
            return self.records[found[0]].read(node, notes)
        if not found and self.otherwise:
            return self.otherwise.read(node, notes)
        raise leave_out(notes, node.place, "which_kind", " | ".join(self.records))

    def schema(self, known: dict[str, Schema]) -> Schema:
        every = [*self.records.values(), *([self.otherwise] if self.otherwise else [])]
        return {"anyOf": [record.schema(known) for record in every]}


def CHOICES(words: Mapping[str, Any]) -> Choice:
    """A choice between the keys of `words`."""
    return Choice(tuple(words))


TEXT = Text()
ID = Text(_ID, "not_an_id")
NUMBER = Number()
_TRAITS = MapOf(ID, ListOf(ID))

# Types whose shape does not follow from their definition; the reader adds its own.
Special = Mapping[Any, Shape]
_PLAIN: Special = {
    str: TEXT,
    ItemId: ID,
    SourceId: ID,
    Decimal: NUMBER,
    bool: Flag(),
    Formula: FormulaText(),
    Condition: Conditions(),
}


def record(
    make: type[Any],
    *,
    special: Special | None = None,
    renamed: Mapping[str, str] | None = None,
    shapes: Mapping[str, Shape] | None = None,
    parts: Mapping[str, Record] | None = None,
    defaults: Mapping[str, Any] | None = None,
    constants: tuple[str, ...] = (),
) -> Record:
    """The record that makes `make`: a key per field, required when the field has no default.

    `renamed` gives attribute → key, `shapes` a shape per attribute where the type does not say enough, `parts` the
    attributes whose own keys stand among this record's, `defaults` values of attributes that a file may leave out
    although the core asks for them, `constants` keys that only tell kinds apart.
    """
    renamed, shapes, parts, defaults = renamed or {}, shapes or {}, parts or {}, defaults or {}
    hints = get_type_hints(make)
    fields = {}
    for field in dataclasses.fields(make):
        if field.name in parts:
            continue
        shape = shapes.get(field.name) or shape_of(hints[field.name], special or {})
        if field.name == "id" and shape is TEXT:
            shape = ID
        default = defaults.get(field.name, dataclasses.MISSING)
        has_default = (
            field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        )
        is_required = default is dataclasses.MISSING and not has_default
        fields[renamed.get(field.name, field.name)] = Field(field.name, shape, is_required, default)
    return Record(make, fields, parts, frozenset(constants))


def shape_of(hint: Any, special: Special) -> Shape:
    """The shape of a type as dataclasses declare it."""
    if (known := special.get(hint) or _PLAIN.get(hint)) is not None:
        return known
    if get_origin(hint) in (UnionType, Union):  # X | None
        (inner,) = (arg for arg in get_args(hint) if arg is not NoneType)
        return shape_of(inner, special)
    if get_origin(hint) is tuple:
        return ListOf(shape_of(get_args(hint)[0], special))
    if get_origin(hint) is Mapping:
        key, value = get_args(hint)
        return MapOf(shape_of(key, special), shape_of(value, special))
    if issubclass(hint, Enum):
        return Choice(tuple(member.value for member in hint), hint)
    return record(hint, special=special)
