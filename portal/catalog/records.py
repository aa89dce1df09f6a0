"""Records: mappings with fixed keys that make the core's dataclasses, and the choice between several of them.

Which keys a record has follows from the dataclass itself (`record`), so a field added in the core is read here without
a second list.
"""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from portal.catalog.nodes import Node, Scalar, Table
from portal.catalog.notes import Notes
from portal.catalog.shapes import (
    ID,
    NUMBER,
    TEXT,
    UNREADABLE,
    Choice,
    Conditions,
    Flag,
    FormulaText,
    LeftOut,
    ListOf,
    MapOf,
    Number,
    Schema,
    Shape,
    Text,
    leave_out,
)
from portal.core.formula import Formula
from portal.core.questionnaire import Condition, ItemId, SourceId


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
    name: str = ""  # in the schema, where one dataclass is written in several ways

    def read(self, node: Node, notes: Notes) -> Any:
        if not isinstance(node, Table):
            raise leave_out(notes, node.place, "not_a_mapping")
        if not node.entries.keys() <= self.known:
            for key, entry in node.entries.items():
                if key not in self.known:
                    notes.add(entry.place, "unknown_key", key, "、".join(self.keys))
        return self._make(node, notes)

    @cached_property
    def known(self) -> frozenset[str]:
        """The same keys, to look one up."""
        return frozenset(self.keys)

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
                    notes.lose(node, key)
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
                notes.lose(node, key)
                is_whole = is_whole and not field.is_required
                continue
            if field.is_required and value == "" and _is_blank(node.entries[key].node):
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
        name = self.name or self.make.__name__
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


def _is_blank(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text.strip()


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
                Choice(tuple(self.records)).read(node.entries[self.kind].node, notes)
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
    name: str = "",
) -> Record:
    """The record that makes `make`: a key per field, required when the field has no default.

    `renamed` gives attribute → key, `shapes` a shape per attribute where the type does not say enough, `parts` the
    attributes whose own keys stand among this record's, `defaults` values of attributes that a file may leave out
    although the core asks for them, `constants` keys that only tell kinds apart, `name` tells apart the records that
    make the same dataclass.
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
    return Record(make, fields, parts, frozenset(constants), name)


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
