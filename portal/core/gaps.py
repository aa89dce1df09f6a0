"""Where a plant falls short: item, where it stands, the next level, the distance and who set the level."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from portal.core.answers import Practised
from portal.core.assessment import Assessment, GateState, ItemResult
from portal.core.plant import EffectiveLevel
from portal.core.questionnaire import Extent, Indicator, Practice


class Urgency(Enum):
    """How pressing a gap is; the order of the members is the order of rank."""

    GATE = "gate"  # a binding indicator below its weakest usable level
    LARGE = "large"
    SMALL = "small"


LARGE_GAP = Decimal(2)  # points of the total from which a gap counts as large


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One item that does not earn its full weight.

    `lost_points` are points of the total (0–100) that closing it fully would bring; for an indicator `next_level` is
    the nearest usable level not reached and `distance` how far away it is, in the indicator's unit and in per cent.
    """

    result: ItemResult
    urgency: Urgency
    lost_points: Decimal
    next_level: EffectiveLevel | None = None
    best_level: EffectiveLevel | None = None
    distance: Decimal | None = None
    distance_percent: Decimal | None = None
    extent: Extent | None = None
    share: Decimal | None = None


def find_gaps(assessment: Assessment) -> tuple[Gap, ...]:
    """Every item that loses weight or leaves a gate open, most urgent first.

    A practice fully in place is never a gap. `lost_points` follows the rulebook: 100 × lost weight ÷ counted weight of
    the column × the column's share, over the columns that count.
    """
    columns = [column for column in assessment.points.columns if column.counted]
    shares = sum((column.share for column in columns), Decimal(0))
    worth = {column.column: 100 * column.share / shares / column.counted for column in columns}
    open_gates = {gate.item.id for gate in assessment.gates if gate.state is GateState.OPEN}
    gaps = []
    for result in assessment.items:
        is_gate = result.item.id in open_gates
        if not is_gate and not result.lost:
            continue
        lost_points = result.lost * worth[result.item.column] if result.lost else Decimal(0)
        if is_gate:
            urgency = Urgency.GATE
        else:
            urgency = Urgency.LARGE if lost_points >= LARGE_GAP else Urgency.SMALL
        if isinstance(result.item, Practice):
            gaps.append(_practice_gap(assessment, result, urgency, lost_points))
        else:
            gaps.append(_indicator_gap(result, result.item, urgency, lost_points))
    order = list(Urgency)
    return tuple(sorted(gaps, key=lambda gap: (order.index(gap.urgency), -gap.lost_points)))


def _practice_gap(assessment: Assessment, result: ItemResult, urgency: Urgency, lost_points: Decimal) -> Gap:
    answer = assessment.answers[result.item.id]
    assert isinstance(answer, Practised)  # only a practised answer makes a practice count
    return Gap(
        result=result, urgency=urgency, lost_points=lost_points, extent=answer.extent, share=answer.share
    )


def _indicator_gap(result: ItemResult, item: Indicator, urgency: Urgency, lost_points: Decimal) -> Gap:
    assert result.reading is not None and result.reading.value is not None  # else it would not count
    value = result.reading.value
    missed = [
        level
        for level in result.levels
        if level.is_usable and not item.direction.is_reached(value, level.value)
    ]
    nearest = max(missed, key=lambda level: level.level.grade.rank)
    distance = item.direction.distance(value, nearest.value)
    return Gap(
        result=result,
        urgency=urgency,
        lost_points=lost_points,
        next_level=nearest,
        best_level=min(missed, key=lambda level: level.level.grade.rank),
        distance=distance,
        distance_percent=100 * distance / abs(nearest.value) if nearest.value else None,
    )
