"""Batches: many reports asked for at once, how far they are, and what the files in them are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.plain_text import file_part
from portal.core.printing import BatchState, ItemState

RECENT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One report of a batch; `file` is the printed one in the folder of reports."""

    position: int
    assessment_id: str
    job_id: str
    state: ItemState
    error: str
    changed_at: datetime
    year: int
    number: str
    enterprise: str
    enterprise_id: str
    uscc: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch with how many of its items stand where; `finished_at` is when its files were bundled."""

    id: str
    account_id: str
    title: str
    state: BatchState
    created_at: datetime
    changed_at: datetime
    finished_at: datetime | None
    counts: Mapping[ItemState, int]

    @property
    def total(self) -> int:
        """All items."""
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        """Items that will not change by themselves."""
        return self.total - self.counts.get(ItemState.WAITING, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Reports a minute over the last ones, and how long the rest will take at that."""

    a_minute: float
    left: timedelta


def pace(items: Sequence[Item]) -> Pace | None:
    """None until three reports have come out at different times."""
    times = sorted(one.changed_at for one in items if one.state is ItemState.PRINTED)[-RECENT:]
    waiting = sum(one.state is ItemState.WAITING for one in items)
    if len(times) < 3 or times[-1] == times[0]:
        return None
    seconds = (times[-1] - times[0]).total_seconds() / (len(times) - 1)
    return Pace(a_minute=60 / seconds, left=timedelta(seconds=seconds * waiting))


def file_names(items: Sequence[Item]) -> dict[int, str]:
    """Position → 2026_企业名_报告编号.pdf: no sign that a file system refuses, and no name twice."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for one in items:
        stem = f"{one.year}_{file_part(one.enterprise)}_{one.number}"
        unique, count = stem, 1
        while unique.casefold() in taken:
            count += 1
            unique = f"{stem}_{count}"
        taken.add(unique.casefold())
        found[one.position] = f"{unique}.pdf"
    return found
