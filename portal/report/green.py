"""The green-factory standard's view of the answers, worded: axes, their indicators, what could not be rated."""

from dataclasses import dataclass
from decimal import Decimal

from portal import words
from portal.core.assessment import Assessment, GateState
from portal.core.axes import AxesRating, AxisRating, MemberRating, ratings
from portal.core.questionnaire import Citation, SourceId
from portal.report.citing import Citer


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisPart:
    """One axis: what it earns, the indicators behind it, and those that could not be rated."""

    title: str
    points: str
    counted: str
    rated: str
    unrated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingPart:
    """One rating by a further rulebook."""

    title: str
    basis: str
    source: str
    total: str
    counted: str
    gates: str
    axes: tuple[AxisPart, ...]


def rating_parts(assessment: Assessment, citer: Citer) -> tuple[RatingPart, ...]:
    """Every further rating of the questionnaire."""
    return tuple(_part(rating, citer) for rating in ratings(assessment))


def _part(rating: AxesRating, citer: Citer) -> RatingPart:
    passed = sum(gate.state is GateState.PASSED for gate in rating.gates)
    return RatingPart(
        title=rating.rulebook.title,
        basis=rating.rulebook.basis,
        source=citer.place(Citation(source=SourceId(rating.rulebook.source))),
        total=words.points(rating.total),
        counted=words.number(rating.counted),
        gates=f"{passed} / {len(rating.gates)}",
        axes=tuple(_axis(axis) for axis in rating.axes),
    )


def _axis(axis: AxisRating) -> AxisPart:
    weight = sum((one.member.weight for one in axis.members), Decimal(0))
    return AxisPart(
        title=axis.axis.title,
        points=words.points(axis.points),
        counted=f"{words.number(axis.counted)} / {words.number(weight)}",
        rated="；".join(_rated(one) for one in axis.members if one.share is not None),
        unrated="；".join(
            f"{one.member.title}（{words.label(one.standing)}）" for one in axis.members if one.share is None
        ),
    )


def _rated(rating: MemberRating) -> str:
    """单位产品能耗 108.5 kgce/t（基准 107、引领 100）得 0 / 8."""
    member, share = rating.member, rating.share
    assert share is not None
    earned = f"得 {words.number(share * member.weight, 2)} / {words.number(member.weight)}"
    if rating.value is None or rating.base is None or rating.lead is None:
        return f"{member.title} {earned}"
    value = words.quantity(round(rating.value, 2), member.unit)
    span = f"基准 {words.number(rating.base)}、引领 {words.number(rating.lead)}"
    return f"{member.title} {value}（{span}）{earned}"
