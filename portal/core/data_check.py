"""数据体检: whether the answers agree with each other, with physics, with last year, and practice with measurement.

The rules are data (`data_checks` in the questionnaire); a finding never refuses anything: it names the fields and what
to look at, and the manager may explain it. A rule stays silent while one of its quantities is unknown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from portal.core.answers import Answers, Practised
from portal.core.assessment import Assessment
from portal.core.formula import Formula
from portal.core.levels import Direction
from portal.core.plant import Plant, see
from portal.core.quantity import Quantity
from portal.core.questionnaire import (
    Agree,
    AtMost,
    Contradiction,
    DataCheck,
    ItemId,
    Jump,
    OfTheYear,
    Questionnaire,
    Within,
)

LONGEST_EXPLANATION = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What the manager says to a finding; reviewer and report show it beside the finding."""

    text: str
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule that the answers break: the fields concerned and the figures compared, each with its unit."""

    check: DataCheck
    fields: tuple[ItemId, ...]
    figures: tuple[tuple[Decimal, str], ...]


def find_irregularities(assessment: Assessment, last_year: Answers | None = None) -> tuple[Finding, ...]:
    """Every rule that the answers break, in the order of the questionnaire."""
    plant = assessment.plant
    before = see(assessment.questionnaire, last_year) if last_year is not None else None
    findings = []
    for check in assessment.questionnaire.data_checks:
        if check.when.holds(plant.chosen):
            figures = _figures(check, assessment, plant, before)
            if figures:
                findings.append(
                    Finding(check=check, fields=fields_of(assessment.questionnaire, check), figures=figures)
                )
    return tuple(findings)


def fields_of(questionnaire: Questionnaire, check: DataCheck) -> tuple[ItemId, ...]:
    """The items that a rule looks at, derived quantities traced back to the items they come from."""
    match check.rule:
        case Agree(left=left, right=right) | AtMost(left=left, right=right):
            names = [*left.names, *right.names]
        case Within(value=value):
            names = list(value.names)
        case Contradiction(practice=practice, item=item):
            names = [practice, item]
        case Jump(quantity=quantity):
            names = [quantity]
        case OfTheYear():
            names = []  # its items are known to whoever found it
        case _:
            assert_never(check.rule)
    return tuple(dict.fromkeys(_traced(questionnaire, names)))


def _traced(questionnaire: Questionnaire, names: Iterable[str]) -> Iterable[ItemId]:
    formulas: Mapping[str, Formula] = {derived.id: derived.formula for derived in questionnaire.derived}
    for name in names:
        if name in formulas:
            yield from _traced(questionnaire, formulas[name].names)
        else:
            yield from (item for item in questionnaire.items if item == name)


Figures = tuple[tuple[Decimal, str], ...]


def _figures(check: DataCheck, assessment: Assessment, plant: Plant, before: Plant | None) -> Figures:
    """The figures that break the rule; nothing when it holds or cannot be judged."""
    match check.rule:
        case Agree(left=left, right=right, unit=unit, tolerance=tolerance):
            return _apart(plant.value_of(left), plant.value_of(right), unit, tolerance)
        case AtMost(left=left, right=right, unit=unit):
            one, other = plant.value_of(left), plant.value_of(right)
            if one is None or other is None or one.to(unit) <= other.to(unit):
                return ()
            return ((one.to(unit), unit), (other.to(unit), unit))
        case Within(value=value, unit=unit, low=low, high=high):
            result = plant.value_of(value)
            if result is None or low <= result.to(unit) <= high:
                return ()
            return ((result.to(unit), unit), (low, unit), (high, unit))
        case Contradiction():
            return _contradiction(check.rule, assessment)
        case Jump(quantity=quantity, unit=unit, share=share):
            now, then = plant.known.get(quantity), before.known.get(quantity) if before else None
            if now is None or then is None or not then.amount:
                return ()
            return _apart(then, now, unit, share)
        case OfTheYear():
            return ()
        case _:
            assert_never(check.rule)


def _apart(one: Quantity | None, other: Quantity | None, unit: str, tolerance: Decimal) -> Figures:
    """Both figures when they differ by more than `tolerance` per cent of the first."""
    if one is None or other is None:
        return ()
    first, second = one.to(unit), other.to(unit)
    if abs(first - second) * 100 <= tolerance * abs(first):
        return ()
    return ((first, unit), (second, unit))


def _contradiction(rule: Contradiction, assessment: Assessment) -> Figures:
    answer = assessment.answers.get(rule.practice)
    reading = assessment.result_of(rule.item).reading
    if not isinstance(answer, Practised) or answer.extent not in rule.extents:
        return ()
    if reading is None or reading.value is None:
        return ()
    is_beyond = reading.value > rule.bound if rule.beyond is Direction.LARGER else reading.value < rule.bound
    return ((reading.value, rule.unit), (rule.bound, rule.unit)) if is_beyond else ()
