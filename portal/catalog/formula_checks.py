"""Formulas of a questionnaire: every name is known, units go together, and the result is what its unit says."""

from collections.abc import Mapping
from decimal import Decimal

from portal.catalog.editions import Edition
from portal.catalog.nodes import Place
from portal.catalog.notes import Notes
from portal.catalog.unit_checks import dimension, parsed_unit
from portal.core.formula import Formula
from portal.core.quantity import ONE, Quantity, UnitError
from portal.core.questionnaire import (
    Activity,
    Agree,
    AtMost,
    Contradiction,
    DataCheck,
    Indicator,
    ItemId,
    Jump,
    Practice,
    Questionnaire,
    Within,
)
from portal.core.rulebook import AxesRulebook

UNKNOWN_UNIT = Quantity(Decimal("NaN"), ONE)  # told where the unit is written
Known = dict[str, Quantity]


def check_formulas(edition: Edition, notes: Notes) -> None:
    """Every rule of this file. What a formula may name: activities, derived quantities written above it, factors."""
    questionnaire = edition.questionnaire
    known: Known = {}
    for item in questionnaire.items.values():
        if isinstance(item, Activity):
            _learn(known, item.id, item.unit)
    for factor in questionnaire.factors.values():
        _learn(known, factor.id, factor.unit)
    for item in questionnaire.items.values():
        if isinstance(item, Activity):
            _check_replaced(item, questionnaire, known, notes)
    for derived in questionnaire.derived:
        _check(derived.formula, derived.unit, known, notes.place(derived, "formula"), notes)
        _learn(known, derived.id, derived.unit)
    for item in questionnaire.items.values():
        if isinstance(item, Indicator):
            _check_indicator(item, known, notes)
    for book in questionnaire.rulebooks:
        for axis in book.axes if isinstance(book, AxesRulebook) else ():
            for member in axis.members:
                if member.formula is not None:
                    _check(member.formula, member.unit, known, notes.place(member, "formula"), notes)
    for check in questionnaire.data_checks:
        _check_data_check(check, questionnaire, known, notes)


def _learn(known: Known, name: str, unit: str) -> None:
    """Any amount will do to try units; all different, so that no difference happens to be zero."""
    parsed = parsed_unit(unit)
    known[name] = UNKNOWN_UNIT if parsed is None else Quantity(Decimal(len(known) + 2) ** 2, parsed)


def _check_replaced(item: Activity, questionnaire: Questionnaire, known: Known, notes: Notes) -> None:
    """A plant's own figure gives a factor in the factor's unit, from itself and published factors alone."""
    own = {name: known[name] for name in (item.id, *questionnaire.factors)}
    for name, formula in item.replaces.items():
        place = notes.place(item, "replaces", name)
        if name not in questionnaire.factors:
            notes.add(place, "unknown_factor", name)
        else:
            _check(formula, questionnaire.factors[name].unit, own, place, notes)


def _check_indicator(item: Indicator, known: Known, notes: Notes) -> None:
    if item.formula is not None:
        _check(item.formula, item.unit, known, notes.place(item, "formula"), notes)
    for level in item.levels:
        if level.adjust is not None and level.adjust.quantity and level.adjust.quantity not in known:
            notes.add(notes.place(level.adjust, "quantity"), "unknown_name", level.adjust.quantity)


def _check(formula: Formula, unit: str, known: Mapping[str, Quantity], place: Place, notes: Notes) -> None:
    unknown = [name for name in formula.names if name not in known]
    for name in unknown:
        notes.add(place, "unknown_name", name)
    if unknown or any(known[name].amount.is_nan() for name in formula.names):
        return
    wanted = parsed_unit(unit)
    if wanted is None:
        return  # told where the unit is written
    try:
        result = formula.value(known)
    except UnitError as error:
        notes.add(place, "units_do_not_add", formula.text, str(error))
        return
    if result is None:
        notes.add(place, "divides_by_zero", formula.text)
    elif result.unit.dimension != wanted.dimension:
        notes.add(place, "wrong_dimension", unit, dimension(result.unit))


def _check_data_check(check: DataCheck, questionnaire: Questionnaire, known: Known, notes: Notes) -> None:
    rule = check.rule
    if isinstance(rule, Agree | AtMost):
        _check(rule.left, rule.unit, known, notes.place(rule, "left"), notes)
        _check(rule.right, rule.unit, known, notes.place(rule, "right"), notes)
    elif isinstance(rule, Within):
        _check(rule.value, rule.unit, known, notes.place(rule, "value"), notes)
    elif isinstance(rule, Jump):
        place = notes.place(rule, "quantity")
        if rule.quantity not in known:
            notes.add(place, "unknown_name", rule.quantity)
        else:
            _check(Formula.parse(rule.quantity), rule.unit, known, place, notes)
    else:
        assert isinstance(rule, Contradiction)  # the rule on evidence stands in no file
        _check_contradiction(rule, questionnaire, notes)


def _check_contradiction(rule: Contradiction, questionnaire: Questionnaire, notes: Notes) -> None:
    if not isinstance(questionnaire.items.get(ItemId(rule.practice)), Practice):
        notes.add(notes.place(rule, "practice"), "unknown_practice", rule.practice)
    indicator = questionnaire.items.get(ItemId(rule.item))
    if not isinstance(indicator, Indicator):
        notes.add(notes.place(rule, "item"), "member_not_indicator", rule.item)
    elif indicator.unit != rule.unit:
        notes.add(notes.place(rule, "unit"), "other_unit", rule.unit, indicator.id, indicator.unit)
