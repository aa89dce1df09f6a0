"""The offline workbook (离线填报表): what a spreadsheet says, compared three ways with what is stored.

A workbook remembers every answer as it was when it was written (its base). Only a cell that differs from its base is
a change; where the stored answer moved away from the base as well, the two stand against each other as a conflict.
So the workbooks of two departments that were written from one state merge, one after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from portal.core.answers import MISSING, Answer, Answers
from portal.core.errors import PortalError, Problem
from portal.core.filing import StoredAnswer
from portal.core.questionnaire import ItemId, Questionnaire


class CellKind(Enum):
    """What a cell of a spreadsheet holds."""

    NUMBER = "number"
    PERCENT = "percent"  # a number that is shown as per cent: 0.4 reads 40 %
    TEXT = "text"
    DAY = "day"
    ERROR = "error"
    MERGED = "merged"  # swallowed by a neighbour: nobody can tell what was meant to stand here


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; numbers as the decimal text of what was typed."""

    kind: CellKind
    text: str


# Sheet → address ("E12") → cell; empty cells are not there. Sheets in the file's order.
Cells = Mapping[str, Mapping[str, Cell]]


class WorkbookRefused(PortalError):
    """The workbook is not taken in; `problems` name every sheet and cell at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(*(f"{problem.place} {problem.code}" for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Where a workbook comes from: questionnaire, version, self-check (none: a blank one), when, and the base."""

    questionnaire: str
    version: str
    assessment: str
    made_at: str
    base: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the workbook says about one item, and in which cell."""

    item: ItemId
    place: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A workbook that was read without a problem."""

    stamp: Stamp
    entries: tuple[Entry, ...]


class Standing(Enum):
    """How a changed cell stands to what is stored."""

    CHANGE = "change"
    CONFLICT = "conflict"  # what is stored was changed too since the workbook was written
    CLOSED = "closed"  # the item may not be written now


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One changed cell beside what is stored."""

    entry: Entry
    base: Answer
    present: StoredAnswer | None
    standing: Standing

    @property
    def revision(self) -> int:
        """The revision of what is stored, 0 when there is nothing."""
        return self.present.revision if self.present else 0


def check_origin(stamp: Stamp, questionnaire: Questionnaire, assessment: str) -> tuple[Problem, ...]:
    """Whether the workbook belongs to this self-check: its questionnaire, its version, and not another self-check."""
    if stamp.questionnaire != questionnaire.id:
        return (Problem(place="", code="workbook_other_questionnaire"),)
    if stamp.version != questionnaire.version:
        return (
            Problem(place="", code="workbook_other_version", details=(stamp.version, questionnaire.version)),
        )
    if stamp.assessment not in ("", assessment):
        return (Problem(place="", code="workbook_other_assessment"),)
    return ()


def compare(
    filled: Filled, stored: Mapping[ItemId, StoredAnswer], writable: Mapping[ItemId, bool]
) -> tuple[Difference, ...]:
    """Every cell that was changed and says something else than what is stored, in the workbook's order."""
    found = []
    for entry in filled.entries:
        base = filled.stamp.base.get(entry.item, MISSING)
        present = stored.get(entry.item)
        now = present.answer if present else MISSING
        if entry.answer in (base, now):
            continue
        if not writable.get(entry.item, False):
            standing = Standing.CLOSED
        else:
            standing = Standing.CHANGE if now == base else Standing.CONFLICT
        found.append(Difference(entry=entry, base=base, present=present, standing=standing))
    return tuple(found)
