"""The green-factory standard's view of the same answers: five axes, scored linearly (GB/T 36132—2025, 5.1, 5.2, C.1)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from portal.core.assessment import Assessment, Gate, Standing
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
    """One member: its value in its unit and the share 0–1 of its weight that it earns."""

    member: AxisMember
    standing: MemberStanding
    value: Decimal | None = None
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
        return _linear(member, None if result is None else result.to(member.unit))
    if not member.item:
        return MemberRating(member=member, standing=MemberStanding.UNPUBLISHED)
    result_of = assessment.result_of(ItemId(member.item))
    if result_of.standing in (Standing.NOT_APPLICABLE, Standing.NOT_CONCERNED):
        return MemberRating(member=member, standing=MemberStanding.NOT_APPLICABLE)
    if not isinstance(result_of.item, Practice):
        assert result_of.reading is not None  # an indicator that concerns the plant always has a reading
        return _linear(member, result_of.reading.value)
    if result_of.factor is None:
        return MemberRating(member=member, standing=MemberStanding.MISSING)
    return MemberRating(member=member, standing=MemberStanding.COUNTED, share=result_of.factor)


def _linear(member: AxisMember, value: Decimal | None) -> MemberRating:
    """Weight × clamp((value − base) ÷ (lead − base), 0, 1); the same for both directions (scoring-rules 2.1)."""
    base, lead = member.base, member.lead
    if not (_is_usable(base) and _is_usable(lead)):
        return MemberRating(member=member, standing=MemberStanding.UNPUBLISHED, value=value)
    assert base is not None and lead is not None
    if value is None:
        return MemberRating(member=member, standing=MemberStanding.MISSING)
    share = min(ONE, max(ZERO, (value - base.value) / (lead.value - base.value)))
    return MemberRating(member=member, standing=MemberStanding.COUNTED, value=value, share=share)


def _is_usable(benchmark: Benchmark | None) -> bool:
    return benchmark is not None and benchmark.verification.is_usable
