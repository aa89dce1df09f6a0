"""方案与整改台账: scenarios of measures, the plan that was chosen, and what became of each measure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import quantiles

from portal.core.errors import Problem
from portal.core.plain_text import cleaned, is_printable
from portal.core.technology import CostClass

LONGEST_TITLE = 60
LONGEST_OWNER = 50
LONGEST_NOTE = 500
LONGEST_UNIT = 20
MOST_SCENARIOS = 20
MOST_MONEY = Decimal(10_000_000)  # 万元; more is a slip of the unit
FEWEST_PLANTS = 5  # what fewer plants measured is nobody's to see
# When a measure is due unless somebody says otherwise: at once, within a year, within three (the road map's steps).
DUE = {CostClass.LOW: 90, CostClass.MEDIUM: 365, CostClass.HIGH: 3 * 365}


class MeasureState(StrEnum):
    """Where a planned measure stands; the values are stored."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


UNFINISHED = frozenset({MeasureState.PLANNED, MeasureState.RUNNING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A named choice of technologies for one self-check; the chosen one is the plan that the report prints.

    `quotes` are the plant's own figures of investment (万元, by technology), whether or not it is taken.
    """

    id: str
    assessment_id: str
    title: str
    technologies: tuple[str, ...]
    is_chosen: bool
    created_by: str
    changed_at: datetime
    quotes: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What it says in a few signs: whoever changes it sends the mark of what they saw."""
        return _mark(self.title, self.technologies, sorted(self.quotes.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a person says about a line of the ledger."""

    owner: str = ""
    state: MeasureState = MeasureState.PLANNED
    due_on: date | None = None
    started_on: date | None = None
    finished_on: date | None = None
    budget: Decimal | None = None
    spent: Decimal | None = None
    effect: Decimal | None = None
    effect_unit: str = ""
    saving: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One line of the ledger. Money in 万元, savings in 万元 a year; `effect` in `effect_unit` a year, measured."""

    id: str
    enterprise_id: str
    assessment_id: str
    technology: str
    owner: str
    state: MeasureState
    due_on: date | None
    started_on: date | None
    finished_on: date | None
    budget: Decimal | None
    spent: Decimal | None
    carrier: str
    effect: Decimal | None
    effect_unit: str
    saving: Decimal | None
    note: str
    changed_by: str
    changed_at: datetime

    def is_overdue(self, today: date) -> bool:
        """Whether it should be done by now and is not."""
        return self.state in UNFINISHED and self.due_on is not None and self.due_on < today

    @property
    def mark(self) -> str:
        """What it says in a few signs: whoever changes it sends the mark of what they saw."""
        return _mark(*(getattr(self, each.name) for each in fields(Entry)))

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has happened to it: a plan may still take it back."""
        told = (self.started_on, self.finished_on, self.spent, self.effect, self.saving)
        return self.state is MeasureState.PLANNED and not self.note and all(one is None for one in told)


def _mark(*said: object) -> str:
    return hashlib.sha256("\n".join(map(str, said)).encode()).hexdigest()[:16]


def check_title(title: str) -> tuple[Problem, ...]:
    """Whether a scenario may be called so."""
    title = cleaned(title)
    if not title:
        return (Problem(place="title", code="required"),)
    if len(title) > LONGEST_TITLE:
        return (Problem(place="title", code="too_long", details=(str(LONGEST_TITLE),)),)
    return () if is_printable(title) else (Problem(place="title", code="unprintable"),)


def check_money(place: str, amount: Decimal | None) -> tuple[Problem, ...]:
    """Whether 万元 are possible: not negative, not beyond any plant."""
    if amount is None:
        return ()
    if amount < 0:
        return (Problem(place=place, code="negative"),)
    return (Problem(place=place, code="too_much_money"),) if amount > MOST_MONEY else ()


def check_entry(entry: Entry, today: date) -> tuple[Problem, ...]:
    """Everything that stands against a line of the ledger at once."""
    problems = [
        *check_money("budget", entry.budget),
        *check_money("spent", entry.spent),
        *check_money("saving", entry.saving),
        *check_money("effect", entry.effect),
    ]
    for place, text, longest in (
        ("owner", entry.owner, LONGEST_OWNER),
        ("effect_unit", entry.effect_unit, LONGEST_UNIT),
        ("note", entry.note, LONGEST_NOTE),
    ):
        if len(text) > longest:
            problems.append(Problem(place=place, code="too_long", details=(str(longest),)))
        if not is_printable(text):
            problems.append(Problem(place=place, code="unprintable"))
    if entry.finished_on and entry.started_on and entry.finished_on < entry.started_on:
        problems.append(Problem(place="finished_on", code="finished_before_started"))
    if entry.finished_on and entry.finished_on > today:
        problems.append(Problem(place="finished_on", code="finished_ahead"))
    if entry.state is MeasureState.DONE and entry.finished_on is None:
        problems.append(Problem(place="finished_on", code="finished_missing"))
    if entry.effect is not None and not entry.effect_unit:
        problems.append(Problem(place="effect_unit", code="required"))
    return tuple(problems)


def due_on(cost_class: CostClass, today: date) -> date:
    """The day proposed for a measure that is planned today."""
    return today + timedelta(days=DUE[cost_class])


# ── What became of measures in the city ──────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """What one plant spent on a measure (万元) and saves by it (万元 a year)."""

    enterprise_id: str
    spent: Decimal | None
    saving: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A middle half with its median: never the extremes, for each of them is one plant's own figure."""

    low: Decimal
    median: Decimal
    high: Decimal
    plants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRecord:
    """本市实绩: spread of saving (万元/a), money spent (万元) and payback (years); None below FEWEST_PLANTS plants."""

    saving: Spread | None
    spent: Spread | None
    payback: Spread | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing may be shown."""
        return self.saving is None and self.spent is None and self.payback is None


def local_record(realised: Sequence[Realised]) -> LocalRecord:
    """The record of one technology, one figure for each plant: its last one counts."""
    last = {one.enterprise_id: one for one in realised}
    return LocalRecord(
        saving=_spread([one.saving for one in last.values() if one.saving is not None]),
        spent=_spread([one.spent for one in last.values() if one.spent is not None]),
        payback=_spread(
            [one.spent / one.saving for one in last.values() if one.spent is not None and one.saving]
        ),
    )


def _spread(figures: Sequence[Decimal]) -> Spread | None:
    if len(figures) < FEWEST_PLANTS:
        return None
    low, median, high = quantiles(figures, n=4, method="inclusive")
    return Spread(low=low, median=median, high=high, plants=len(figures))
