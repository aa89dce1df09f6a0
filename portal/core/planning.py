"""方案与整改台账: scenarios of measures, the plan that was chosen, and what became of each measure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class MeasureState(StrEnum):
    """Where a planned measure stands; the values are stored."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A named choice of technologies for one self-check; the chosen one is the plan that the report prints."""

    id: str
    assessment_id: str
    title: str
    technologies: tuple[str, ...]
    is_chosen: bool
    created_by: str
    changed_at: datetime


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
