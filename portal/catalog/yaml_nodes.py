"""YAML with file:line on every value; refuses equal keys, guessed types, anchors, aliases and tags.

Scalars stay text: what YAML would guess (``no`` as false, ``010`` as 8, ``1:30`` as 90) is only remembered in `guess`,
so that whoever reads the value can ask for quotes.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from portal.catalog.nodes import Entry, Node, Place, Scalar, Series, Table
from portal.catalog.notes import Notes

DEEPEST = 20  # levels of nesting; the format needs eight


class _Stop(Exception):
    """The rest of the file cannot be understood; what is wrong has been noted."""


def read_yaml(path: Path, notes: Notes) -> Node | None:
    """The file's one document; None when it cannot be read, which is noted and marks the file as broken."""
    file = str(path)
    try:
        return _Builder(path.read_text("utf-8-sig"), file, notes).document()
    except UnicodeDecodeError as error:
        notes.add(Place(file, error.object[: error.start].count(b"\n") + 1), "not_utf8")
    except OSError as error:
        notes.add(Place(file, 1), "no_file", error.strerror or "")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        notes.add(Place(file, mark.line + 1 if mark else 1), "not_yaml", error.problem or "")
    except yaml.YAMLError as error:
        notes.add(Place(file, 1), "not_yaml", str(error).splitlines()[0])
    except _Stop:
        pass
    notes.broken.add(file)
    return None


class _Builder:
    """Turns libyaml's events into nodes; events, because only they still know anchors and tags."""

    def __init__(self, text: str, file: str, notes: Notes) -> None:
        self._next: Callable[[], Any] = yaml.CSafeLoader(text).get_event
        self._file = file
        self._notes = notes

    def document(self) -> Node:
        """The first and only document of the file."""
        self._next()  # start of stream
        event = self._next()
        if not isinstance(event, yaml.DocumentStartEvent):
            self._notes.add(self._place(event), "no_document")
            raise _Stop
        node = self._node(self._next(), 1)
        self._next()  # end of document
        event = self._next()
        if isinstance(event, yaml.DocumentStartEvent):
            self._notes.add(self._place(event), "second_document")
        return node

    def _place(self, event: Any) -> Place:
        return Place(self._file, event.start_mark.line + 1)

    def _node(self, event: Any, depth: int) -> Node:
        place = Place(self._file, event.start_mark.line + 1)
        if event.anchor is not None:
            self._notes.add(place, "anchor", event.anchor)
        if isinstance(event, yaml.AliasEvent):
            return Scalar(place, "")
        if event.tag is not None:
            self._notes.add(place, "tag", event.tag)
        if isinstance(event, yaml.ScalarEvent):
            text: str = event.value
            return Scalar(
                place, text, "" if event.style else _guess(text)
            )  # libyaml calls the plain style ""
        if depth > DEEPEST:
            self._notes.add(place, "too_deep", str(DEEPEST))
            raise _Stop
        if isinstance(event, yaml.SequenceStartEvent):
            return Series(place, tuple(self._entries(depth)))
        return self._table(place, depth)

    def _entries(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _table(self, place: Place, depth: int) -> Table:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(self._next(), depth + 1)
            if not isinstance(key, Scalar):
                self._notes.add(key.place, "key_not_text")
            elif key.text in entries:
                self._notes.add(key.place, "equal_keys", key.text, str(entries[key.text].place.line))
            else:
                if key.guess:
                    self._notes.add(key.place, "unquoted", key.text, key.guess)
                entries[key.text] = Entry(key.place, value)
        return Table(place, entries)


_GUESSES = yaml.SafeLoader.yaml_implicit_resolvers


def _guess(text: str) -> str:
    """The type that YAML 1.1 would guess for a plain scalar, such as ``bool`` or ``int``."""
    for tag, pattern in _GUESSES.get(text[:1], ()):
        if pattern.match(text):
            return str(tag).rpartition(":")[2]
    return ""
