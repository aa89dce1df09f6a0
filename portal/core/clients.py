"""The client desk: one line for each enterprise that has given a mandate, and what the table may be narrowed to."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from portal.core.enterprise import Enterprise
from portal.core.filing import AssessmentState
from portal.core.review import ReviewState


class Stage(StrEnum):
    """How far a client is, coarsely."""

    NONE = "none"  # nothing begun
    DRAFT = "draft"
    REVIEW = "review"  # with the bureau
    RETURNED = "returned"  # sent back for correction
    CONFIRMED = "confirmed"


class Step(StrEnum):
    """What is to be done next for a client."""

    START = "start"
    FILL = "fill"
    SUBMIT = "submit"  # complete; the enterprise submits
    CORRECT = "correct"
    PRINT = "print"
    LOOK = "look"


class Order(StrEnum):
    """How the table is sorted."""

    NAME = "name"
    STAGE = "stage"
    POINTS = "points"
    DUE = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the table is narrowed to."""

    year: int
    words: str = ""
    stage: Stage | None = None
    sector: str = ""
    order: Order = Order.NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One enterprise with its self-check of the year, as rows tell it; `points` only once submitted."""

    enterprise: Enterprise
    assessment_id: str
    state: AssessmentState | None
    review: ReviewState | None
    number: str
    points: Decimal | None
    submitted_at: datetime | None
    due_at: datetime | None  # of a correction

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if self.state is None:
            return Stage.NONE
        if self.state is AssessmentState.DRAFT:
            return Stage.DRAFT
        match self.review:
            case ReviewState.RETURNED | ReviewState.RETURNED_BY_CITY:
                return Stage.RETURNED
            case ReviewState.CONFIRMED | ReviewState.OBJECTED | ReviewState.CLOSED:
                return Stage.CONFIRMED
        return Stage.REVIEW


def fitting(clients: tuple[Client, ...], asked: Asked, deadlines: dict[str, date]) -> tuple[Client, ...]:
    """The clients that fit, sorted; `deadlines` by enterprise. Equal ones stand by name."""
    words = asked.words.casefold()
    found = [
        one
        for one in clients
        if (not words or words in f"{one.enterprise.profile.name} {one.enterprise.profile.uscc}".casefold())
        and (asked.stage is None or one.stage is asked.stage)
        and (not asked.sector or one.enterprise.profile.sector == asked.sector)
    ]
    found.sort(key=lambda one: (one.enterprise.profile.name, one.enterprise.id))
    match asked.order:
        case Order.STAGE:
            found.sort(key=lambda one: list(Stage).index(one.stage))
        case Order.POINTS:
            found.sort(key=lambda one: (one.points is None, -(one.points or Decimal(0))))
        case Order.DUE:
            found.sort(key=lambda one: deadlines.get(one.enterprise.id, date.max))
    return tuple(found)
