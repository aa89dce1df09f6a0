"""The score receipt: every figure that a score came from, as plain JSON.

Recomputing the points, the grade and the gates from a receipt alone gives the same numbers (`docs/receipt.md` says
how); decimals are strings, nothing in it is rounded but what is called `rounded`.
"""

from decimal import Decimal
from typing import Any

from portal.core.answers import MISSING, to_json
from portal.core.assessment import (
    ROUNDING,
    Assessment,
    ColumnResult,
    GradeResult,
    ItemResult,
    Standing,
    rounded,
)
from portal.core.axes import AxesRating, MemberRating, ratings
from portal.core.levels import GRADES
from portal.core.plant import EffectiveLevel
from portal.core.questionnaire import Factor, Indicator
from portal.core.rulebook import PointsRulebook

FORMAT = 1


def receipt(assessment: Assessment) -> dict[str, Any]:
    """The receipt of one assessment."""
    questionnaire = assessment.questionnaire
    rules = next(book for book in questionnaire.rulebooks if isinstance(book, PointsRulebook))
    points = assessment.points
    return {
        "format": FORMAT,
        "questionnaire": {"id": questionnaire.id, "version": questionnaire.version},
        "rounding": {"rule": ROUNDING, "decimals": 2, "when": "once, on each figure that is shown"},
        "rules": {
            "id": rules.id,
            "columns": {name: text(share) for name, share in rules.columns.items()},
            "levels": {name: text(factor) for name, factor in rules.levels.items()},
            "extents": {name: text(factor) for name, factor in rules.extents.items()},
            "partial": "share / 100",
            "provisional_below": text(rules.provisional_below),
        },
        "year": assessment.plant.year,
        "factors": [_factor(factor, assessment) for factor in questionnaire.factors.values()],
        "quantities": {name: text(amount) for name, amount in assessment.plant.amounts.items()},
        "items": [_item(result, assessment) for result in assessment.items],
        "columns": [_column(column) for column in points.columns],
        "points": {
            "total": _both(points.total),
            "completeness": _both(points.completeness),
            "is_provisional": points.is_provisional,
        },
        "grade": _grade(assessment.grade) if assessment.grade else None,
        "gates": [
            {"item": gate.item.id, "title": gate.item.title, "state": gate.state.value}
            for gate in assessment.gates
        ],
        "unsaid": list(assessment.unsaid),
        "may_show_badge": assessment.may_show_badge,
        "ratings": [_rating(rating) for rating in ratings(assessment)],
    }


def _factor(factor: Factor, assessment: Assessment) -> dict[str, Any]:
    """The factor as the formulas used it: the published one, or the plant's own figure."""
    plant = assessment.plant
    return {
        "id": factor.id,
        "title": factor.title,
        "value": text(plant.known[factor.id].to(factor.unit)),
        "unit": factor.unit,
        "published": text(factor.value),
        "source": factor.source,
        "replaced_by": plant.replaced.get(factor.id),
    }


def text(value: Decimal) -> str:
    """A decimal as JSON carries it: plain digits, no exponent."""
    return format(value, "f")


def _both(value: Decimal | None) -> dict[str, str] | None:
    return None if value is None else {"exact": text(value), "rounded": text(rounded(value))}


def _item(result: ItemResult, assessment: Assessment) -> dict[str, Any]:
    item = result.item
    is_counted = result.standing is Standing.COUNTED
    line: dict[str, Any] = {
        "id": item.id,
        "title": item.title,
        "column": item.column.value,
        "weight": text(item.weight),
        "standing": result.standing.value,
        "answer": to_json(assessment.answers.get(item.id, MISSING)),
        "factor": None if result.factor is None else text(result.factor),
        "earned": text(result.earned) if is_counted else None,
    }
    if isinstance(item, Indicator):
        reading = result.reading
        value = reading.value if reading else None
        line |= {
            "unit": item.unit,
            "direction": item.direction.value,
            "is_binding": item.binding is not None,
            "value": None if value is None else text(value),
            "is_computed": bool(reading and reading.entered is None and reading.computed is not None),
            "levels": [_level(level) for level in result.levels],
            "reached": result.reached.value if result.reached else None,
        }
    return line


def _level(level: EffectiveLevel) -> dict[str, Any]:
    return {
        "grade": level.level.grade.value,
        "value": text(level.value),
        "source": level.level.source,
        "verification": level.level.verification.value,
        "since": level.level.since or None,
        "is_usable": level.is_usable,
    }


def _column(column: ColumnResult) -> dict[str, Any]:
    return {
        "column": column.column.value,
        "share": text(column.share),
        "counted": text(column.counted),
        "applicable": text(column.applicable),
        "earned": text(column.earned),
        "points": _both(column.points),
        "completeness": _both(column.completeness),
    }


def _grade(result: GradeResult) -> dict[str, Any]:
    return {
        "title": result.title,
        "is_official": result.is_official,
        "thresholds": _by_grade({grade: text(value) for grade, value in result.thresholds.items()}),
        "groups": [
            {
                "id": group.id,
                "weight": text(group.weight),
                "members": [
                    {
                        "item": member.item,
                        "weight": text(member.weight),
                        "is_binding": member.is_binding,
                        "takes_part": _by_grade(member.takes_part),
                        "reaches": _by_grade(member.reaches),
                    }
                    for member in group.members
                ],
            }
            for group in result.groups
        ],
        "index": _by_grade({grade: _both(value) for grade, value in result.index.items()}),
        "blockers": _by_grade({grade: list(items) for grade, items in result.blockers.items()}),
        "grade": result.grade.value if result.grade else None,
        "is_rated": result.is_rated,
    }


def _rating(rating: AxesRating) -> dict[str, Any]:
    return {
        "id": rating.rulebook.id,
        "title": rating.rulebook.title,
        "axes": [
            {
                "id": axis.axis.id,
                "title": axis.axis.title,
                "members": [_member(member) for member in axis.members],
                "counted": text(axis.counted),
                "earned": text(axis.earned),
                "points": _both(axis.points),
            }
            for axis in rating.axes
        ],
        "counted": text(rating.counted),
        "total": _both(rating.total),
        "gates": [{"item": gate.item.id, "state": gate.state.value} for gate in rating.gates],
    }


def _member(rating: MemberRating) -> dict[str, Any]:
    member = rating.member
    return {
        "id": member.id,
        "title": member.title,
        "weight": text(member.weight),
        "standing": rating.standing.value,
        "unit": member.unit,
        "value": None if rating.value is None else text(rating.value),
        "base": None if rating.base is None else text(rating.base),
        "lead": None if rating.lead is None else text(rating.lead),
        "share": None if rating.share is None else text(rating.share),
    }


def _by_grade(values: Any) -> dict[str, Any]:
    return {grade.value: values[grade] for grade in GRADES}
