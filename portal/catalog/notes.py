"""What is wrong with the data files, and where every record that was read stands."""

from collections.abc import Iterator
from typing import TypeVar

from portal.catalog.nodes import Node, Place, Series, Table
from portal.core.errors import PortalError, Problem

T = TypeVar("T")


class CatalogError(PortalError):
    """The data files cannot be used; `problems` are all that is wrong, in the order of files and lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(*(f"{p.place}: {p.code} {' '.join(p.details)}".rstrip() for p in problems))
        self.problems = problems


class Notes:
    """Collects problems, remembers the YAML of each record, and which files were not read whole.

    A file is broken when a part of it had to be left out: rules about wholes (sums, names that must exist) keep quiet
    about it, so that one slip does not bring a flood of followers.
    """

    def __init__(self) -> None:
        self.broken: set[str] = set()
        self._found: dict[tuple[str, int, str, tuple[str, ...]], Problem] = {}
        # By identity, because records with mappings cannot be hashed; the record itself is kept, so no id is reused.
        self._tables: dict[int, tuple[object, Table]] = {}
        self._records: list[object] = []
        self._lost: set[tuple[int, str]] = set()

    def add(self, place: Place, code: str, *details: str) -> None:
        """Note a problem; the same one twice counts once."""
        self._found[place.file, place.line, code, details] = Problem(
            place=str(place), code=code, details=details
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems by file and line."""
        return tuple(self._found[key] for key in sorted(self._found))

    def keep(self, record: object, table: Table) -> None:
        """Remember that `record` was read from `table`."""
        self._tables[id(record)] = (record, table)
        self._records.append(record)

    def keep_copy(self, copy: object, original: object) -> None:
        """Remember that `copy` stands where `original` stands, without being a record of its own."""
        self._tables[id(copy)] = (copy, self._tables[id(original)][1])

    def lose(self, table: Table, key: str) -> None:
        """Remember that the value at `key` is missing or could not be read, which has been noted."""
        self._lost.add((id(table), key))

    def has_lost(self, record: object, key: str) -> bool:
        """Whether what `record` holds for `key` is only a stand-in."""
        return (id(self._tables[id(record)][1]), key) in self._lost

    def records(self, kind: type[T]) -> Iterator[T]:
        """Every record of that kind that was read, each once however often it is included."""
        return (record for record in self._records if isinstance(record, kind))

    def place(self, record: object, *path: str | int) -> Place:
        """Where `record` stands, or the value at `path` inside it: keys as the file writes them, indices of lists.

        A part of the path that the file does not have ends the walk at what holds it.
        """
        node: Node = self._tables[id(record)][1]
        place = node.place
        for step in path:
            if isinstance(node, Table) and step in node.entries:
                place, node = node.entries[str(step)]
            elif isinstance(node, Series) and isinstance(step, int):
                node = node.entries[step]
                place = node.place
            else:
                break
        return place
