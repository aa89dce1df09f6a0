"""The result of a self-check, with every step that led to it; types only, `scoring.assess` makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from portal.core.answers import Answers
from portal.core.levels import Grade
from portal.core.plant import EffectiveLevel, Plant
from portal.core.questionnaire import Column, Indicator, ItemId, Questionnaire, Requirement, Scored

ROUNDING = "ROUND_HALF_UP"
CENT = Decimal("0.01")


def rounded(value: Decimal) -> Decimal:
    """The one rounding rule of the house: two decimals, half up, applied once at the end."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


class Standing(Enum):
    """How an item enters the score."""

    COUNTED = "counted"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"  # the manager says so, with a reason
    NOT_CONCERNED = "not_concerned"  # the plant's traits say so
    UNRATED = "unrated"  # no usable level: 待核实 or 未公布


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An indicator's value: what was entered, what the activity data give, and which of them counts (the entered)."""

    entered: Decimal | None
    computed: Decimal | None
    lacking: tuple[str, ...] = ()

    @property
    def value(self) -> Decimal | None:
        """The value that counts, in the indicator's unit."""
        return self.entered if self.entered is not None else self.computed


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """One scored item: how it stands, the factor 0–1 that its answer earns, its weight in the column."""

    item: Scored
    standing: Standing
    factor: Decimal | None
    reading: Reading | None = None
    levels: tuple[EffectiveLevel, ...] = ()
    reached: Grade | None = None

    @property
    def earned(self) -> Decimal:
        """Weight × factor, unrounded; nothing unless counted."""
        return self.item.weight * self.factor if self.factor is not None else Decimal(0)

    @property
    def lost(self) -> Decimal:
        """The weight that the answer does not earn."""
        return self.item.weight - self.earned if self.standing is Standing.COUNTED else Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnResult:
    """Points of one column: 100 × earned ÷ counted weight; None when nothing was counted."""

    column: Column
    share: Decimal
    earned: Decimal
    counted: Decimal
    applicable: Decimal
    points: Decimal | None

    @property
    def completeness(self) -> Decimal:
        """Per cent of the applicable weight that was answered; 100 when nothing applies."""
        return 100 * self.counted / self.applicable if self.applicable else Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionResult:
    """One section: points over its counted items (column shares ignored) and how many items are answered."""

    id: str
    title: str
    points: Decimal | None
    earned: Decimal
    counted: Decimal
    answered: int
    asked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsResult:
    """Points per column and together, unrounded; `rounded()` is for showing."""

    columns: tuple[ColumnResult, ...]
    total: Decimal | None
    completeness: Decimal
    is_provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberResult:
    """One indicator in the index: its weights and, for each level, whether it takes part and reaches it."""

    item: ItemId
    weight: Decimal
    is_binding: bool
    takes_part: Mapping[Grade, bool]
    reaches: Mapping[Grade, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResult:
    """A first-level group of the index."""

    id: str
    title: str
    weight: Decimal
    members: tuple[MemberResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeResult:
    """The cleaner-production grade: index Y per level, what blocks each level, and the level reached (None: 未达Ⅲ级).

    `is_rated` is False when no indicator with a usable level applies: there is nothing to grade then.
    """

    index: Mapping[Grade, Decimal | None]
    thresholds: Mapping[Grade, Decimal]
    groups: tuple[GroupResult, ...]
    blockers: Mapping[Grade, tuple[ItemId, ...]]
    grade: Grade | None
    is_rated: bool
    is_official: bool
    title: str
    basis: str


class GateState(Enum):
    """How a gate stands."""

    PASSED = "passed"
    OPEN = "open"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A veto, a basic requirement or a binding indicator's weakest usable level."""

    item: Requirement | Indicator
    state: GateState


class Verdict(Enum):
    """What the gates say together; only the last two may be shown in green."""

    OPEN = "open"  # a gate is not met
    UNDECIDED = "undecided"  # a gate or the data that decide it are missing
    PROVISIONAL = "provisional"  # every gate is met, but too little is answered for a conclusion
    MET = "met"
    MET_WITHOUT_LIMITS = (
        "met_without_limits"  # the questionnaire has no binding indicator that could be judged
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """The gates together: how many are not met, and the items that must be answered before all can be judged."""

    verdict: Verdict
    open: int
    lacking: tuple[ItemId, ...]

    @property
    def is_met(self) -> bool:
        """Whether a green badge may be shown."""
        return self.verdict in (Verdict.MET, Verdict.MET_WITHOUT_LIMITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything computed from one questionnaire and one set of answers; `plant` is what they say about the plant.

    `unsaid` are the traits and activity data that the plant is asked for and has not given.
    """

    questionnaire: Questionnaire
    answers: Answers
    plant: Plant
    items: tuple[ItemResult, ...]
    sections: tuple[SectionResult, ...]
    points: PointsResult
    grade: GradeResult | None
    gates: tuple[Gate, ...]
    unsaid: tuple[ItemId, ...]

    @property
    def chosen(self) -> Mapping[ItemId, tuple[str, ...]]:
        """The options chosen, by trait."""
        return self.plant.chosen

    def result_of(self, item: ItemId) -> ItemResult:
        """The result of one scored item."""
        found = self.result_if_scored(item)
        assert found is not None  # whoever asks knows that the item is scored
        return found

    def result_if_scored(self, item: ItemId) -> ItemResult | None:
        """The result of an item; None for one that is not scored."""
        return next((result for result in self.items if result.item.id == item), None)

    @property
    def gate_verdict(self) -> GateVerdict:
        """What the gates say together; the one place that decides about red, neutral and green."""
        unjudged = [gate.item.id for gate in self.gates if gate.state is GateState.UNANSWERED]
        lacking = tuple(dict.fromkeys((*unjudged, *self.unsaid)))
        count = sum(gate.state is GateState.OPEN for gate in self.gates)
        if count:
            verdict = Verdict.OPEN
        elif lacking:
            verdict = Verdict.UNDECIDED
        elif self.points.is_provisional:
            verdict = Verdict.PROVISIONAL
        else:
            verdict = Verdict.MET if self.questionnaire.has_limits else Verdict.MET_WITHOUT_LIMITS
        return GateVerdict(verdict=verdict, open=count, lacking=lacking)

    @property
    def may_show_badge(self) -> bool:
        """Whether a green badge may be shown: every gate judged and met, nothing asked for missing or provisional."""
        return self.gate_verdict.is_met
