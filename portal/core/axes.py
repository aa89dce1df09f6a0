"""The green-factory standard's view of the same answers: five axes, scored linearly (GB/T 36132—2025, 5.1, 5.2, C.1)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from portal.core.assessment import Assessment, Gate, ItemResult, Standing
from portal.core.levels import Grade
from portal.core.plant import Plant
from portal.core.questionnaire import ItemId, Practice
from portal.core.rulebook import AxesRulebook, Axis, AxisMember, Benchmark

ZERO, ONE = Decimal(0), Decimal(1)


class MemberStanding(Enum):
    """How a member enters the rating."""

    COUNTED = "counted"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    UNPUBLISHED = "unpublished"  # no official value is known, or it is not verified


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRating:
    """One member: its value and benchmarks in its unit, and the share 0–1 of its weight that it earns."""

    member: AxisMember
    standing: MemberStanding
    value: Decimal | None = None
    base: Decimal | None = None
    lead: Decimal | None = None
    share: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisRating:
    """One axis: points earned, and the weight of what was counted."""

    axis: Axis
    members: tuple[MemberRating, ...]

    @property
    def counted(self) -> Decimal:
        """The weight of the members that count."""
        return sum((one.member.weight for one in self.members if one.share is not None), ZERO)

    @property
    def earned(self) -> Decimal:
        """What they earn of it."""
        return sum((one.member.weight * one.share for one in self.members if one.share is not None), ZERO)

    @property
    def points(self) -> Decimal | None:
        """0–100 over what was counted; None when nothing was."""
        return 100 * self.earned / self.counted if self.counted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AxesRating:
    """The whole rating: `total` over the weight `counted` (of 100), and the basic requirements as gates."""

    rulebook: AxesRulebook
    axes: tuple[AxisRating, ...]
    gates: tuple[Gate, ...]

    @property
    def counted(self) -> Decimal:
        """How much of the weight could be rated at all."""
        return sum((axis.counted for axis in self.axes), ZERO)

    @property
    def total(self) -> Decimal | None:
        """0–100 over what was counted; None when nothing was."""
        earned = sum((axis.earned for axis in self.axes), ZERO)
        return 100 * earned / self.counted if self.counted else None


def rate(assessment: Assessment, rulebook: AxesRulebook) -> AxesRating:
    """Rate the answers of `assessment` by another rulebook; nothing in it is rounded."""
    plant = assessment.plant
    return AxesRating(
        rulebook=rulebook,
        axes=tuple(
            AxisRating(axis=axis, members=tuple(_member(one, assessment, plant) for one in axis.members))
            for axis in rulebook.axes
        ),
        gates=tuple(gate for gate in assessment.gates if gate.item.id in rulebook.requirements),
    )


def ratings(assessment: Assessment) -> tuple[AxesRating, ...]:
    """The ratings by every such rulebook of the questionnaire."""
    books = assessment.questionnaire.rulebooks
    return tuple(rate(assessment, book) for book in books if isinstance(book, AxesRulebook))


def _member(member: AxisMember, assessment: Assessment, plant: Plant) -> MemberRating:
    if member.formula is not None:
        result = plant.value_of(member.formula)
        return _linear(member, None if result is None else result.to(member.unit), _stated(member))
    if not member.item:
        return MemberRating(member=member, standing=MemberStanding.UNPUBLISHED)
    result_of = assessment.result_of(ItemId(member.item))
    if result_of.standing in (Standing.NOT_APPLICABLE, Standing.NOT_CONCERNED):
        return MemberRating(member=member, standing=MemberStanding.NOT_APPLICABLE)
    if isinstance(result_of.item, Practice):
        is_missing = result_of.factor is None
        standing = MemberStanding.MISSING if is_missing else MemberStanding.COUNTED
        return MemberRating(member=member, standing=standing, share=result_of.factor)
    assert result_of.reading is not None  # an indicator that concerns the plant always has a reading
    span = _own_levels(result_of) if member.uses_levels else _stated(member)
    return _linear(member, result_of.reading.value, span)


Span = tuple[Decimal | None, Decimal | None]  # base and lead, None where nothing usable is known


def _stated(member: AxisMember) -> Span:
    return _usable(member.base), _usable(member.lead)


def _usable(benchmark: Benchmark | None) -> Decimal | None:
    return benchmark.value if benchmark is not None and benchmark.verification.is_usable else None


def _own_levels(result: ItemResult) -> Span:
    usable = {level.level.grade: level.value for level in result.levels if level.is_usable}
    return usable.get(Grade.II), usable.get(Grade.I)


def _linear(member: AxisMember, value: Decimal | None, span: Span) -> MemberRating:
    """Weight × clamp((value − base) ÷ (lead − base), 0, 1); the same for both directions (scoring-rules 2.1)."""
    base, lead = span
    if base is None or lead is None or base == lead:
        return MemberRating(member=member, standing=MemberStanding.UNPUBLISHED, value=value)
    share = None
    if value is not None:
        share = min(ONE, max(ZERO, (value - base) / (lead - base)))
    standing = MemberStanding.MISSING if share is None else MemberStanding.COUNTED
    return MemberRating(member=member, standing=standing, value=value, base=base, lead=lead, share=share)
