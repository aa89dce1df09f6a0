"""The client desk: one line for each enterprise that has given a mandate, and what the table may be narrowed to."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from portal.core.assessment import GateVerdict, Verdict
from portal.core.enterprise import Enterprise
from portal.core.filing import AssessmentState
from portal.core.levels import Grade
from portal.core.questionnaire import Item, ItemId
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


class Gates(StrEnum):
    """What the gates say together, coarsely."""

    OPEN = "open"
    UNDECIDED = "undecided"
    MET = "met"

    def holds(self, verdict: GateVerdict) -> bool:
        """Whether the verdict is of this sort."""
        match self:
            case Gates.OPEN:
                return verdict.verdict is Verdict.OPEN
            case Gates.MET:
                return verdict.is_met
        return verdict.verdict is not Verdict.OPEN and not verdict.is_met


class Order(StrEnum):
    """How the table is sorted."""

    NAME = "name"
    STAGE = "stage"
    POINTS = "points"
    DUE = "due"
    LACKS = "lacks"


NO_GRADE = "none"  # beside the grades' own values: rated, and below Ⅲ


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the table is narrowed to."""

    year: int
    words: str = ""
    stage: Stage | None = None
    sector: str = ""
    order: Order = Order.NAME
    gates: Gates | None = None
    grade: str = ""  # a grade's value, or NO_GRADE
    step: Step | None = None
    gap: str = ""  # the item that is the largest gap
    has_lacks: bool = False

    @property
    def needs_scores(self) -> bool:
        """Whether every client must be scored to tell who fits and in which order."""
        is_narrowed = self.gates is not None or self.step is not None or self.grade or self.gap
        return bool(is_narrowed or self.has_lacks or self.order in (Order.POINTS, Order.LACKS))


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
    year: int = 0
    questionnaire: tuple[str, str] = ("", "")  # id and version of the self-check's

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the table says of a self-check's result."""

    points: Decimal | None
    grade: Grade | None
    is_rated: bool
    verdict: GateVerdict
    gap: Item | None  # the largest
    to_prove: tuple[ItemId, ...]
    missing: int  # items that are asked and not answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A client as the table shows it; `score` is None where there is no self-check."""

    client: Client
    deadline: date | None
    score: Score | None
    lacks: int  # items without evidence, or with expired evidence only
    step: Step
    may_fill: bool
    may_print: bool

    @property
    def points(self) -> Decimal | None:
        """The points; while it is a draft as things stand."""
        if self.client.points is not None or self.score is None:
            return self.client.points
        return self.score.points


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
        case Order.DUE:
            found.sort(key=lambda one: deadlines.get(one.enterprise.id, date.max))
    return tuple(found)


def narrowed(lines: tuple[Line, ...], asked: Asked) -> tuple[Line, ...]:
    """The lines whose result fits too, sorted by what is computed; otherwise in the order in which they come."""
    found = [one for one in lines if _fits(one, asked)]
    if asked.order is Order.POINTS:
        found.sort(key=lambda one: (one.points is None, -(one.points or Decimal(0))))
    elif asked.order is Order.LACKS:
        found.sort(key=lambda one: -one.lacks)
    return tuple(found)


def _fits(line: Line, asked: Asked) -> bool:
    if asked.step is not None and line.step is not asked.step:
        return False
    score = line.score
    if score is None:
        return not (asked.gates or asked.grade or asked.gap or asked.has_lacks)
    grade = (score.grade.value if score.grade else NO_GRADE) if score.is_rated else ""
    return (
        (asked.gates is None or asked.gates.holds(score.verdict))
        and (not asked.grade or grade == asked.grade)
        and (not asked.gap or (score.gap is not None and score.gap.id == asked.gap))
        and (not asked.has_lacks or line.lacks > 0)
    )
