"""Rules within one questionnaire: ids, weights, conditions, rulebooks, formulas and their units."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from portal.catalog.editions import Edition
from portal.catalog.nodes import Place
from portal.catalog.notes import Notes
from portal.catalog.reader import GRADE_NAMES, RATED_EXTENTS, Content, Include
from portal.catalog.record_checks import check_unique, has_usable_level
from portal.catalog.unit_checks import dimension
from portal.core.formula import Formula
from portal.core.quantity import Quantity, UnitError, parse_unit
from portal.core.questionnaire import (
    Activity,
    Column,
    Condition,
    Indicator,
    Item,
    ItemId,
    Questionnaire,
    Trait,
)
from portal.core.rulebook import GradesRulebook, PointsRulebook

HUNDRED = Decimal(100)


def check_questionnaire(edition: Edition, content: Content, notes: Notes) -> None:
    """Every rule of this file; names are only looked for when everything that could bear them was read."""
    questionnaire, file = edition.questionnaire, edition.file
    path = edition.paths[0]
    if file.id and file.id != path.parent.name:
        notes.add(notes.place(file, "id"), "not_its_folder", file.id, path.parent.name)
    if file.version and file.version != path.stem:
        notes.add(notes.place(file, "version"), "not_its_name", file.version, path.stem)
    check_unique(questionnaire.sections, notes)
    _check_items(questionnaire, notes)
    for indicator in questionnaire.scored():
        if isinstance(indicator, Indicator) and indicator.weight > 0 and not has_usable_level(indicator):
            place = weight_place(edition, indicator, notes)
            notes.add(place, "weight_without_level", indicator.id, str(indicator.weight))
    if edition.is_whole:
        _check_weights(edition, notes)
        _check_rulebooks(edition, notes)
        if "factors" not in content.broken:
            _check_formulas(edition, content, notes)
        for item in questionnaire.items.values():
            check_condition(item.when, questionnaire, notes)
            for level in item.levels if isinstance(item, Indicator) else ():
                check_condition(level.when, questionnaire, notes)
        output = questionnaire.output
        quantities = {derived.id for derived in questionnaire.derived}
        if output and output not in quantities and not isinstance(questionnaire.items.get(output), Activity):
            notes.add(notes.place(file, "output"), "unknown_activity", output)


def _check_items(questionnaire: Questionnaire, notes: Notes) -> None:
    """Items, derived quantities and factors share one set of names, because formulas use them all."""
    items = [item for section in questionnaire.sections for item in section.items]
    check_unique((*items, *questionnaire.derived, *questionnaire.factors.values()), notes)


def weight_place(edition: Edition, item: Item, notes: Notes) -> Place:
    """Where the weight of an item is written: at its include, or at the item itself."""
    for part in edition.file.sections:
        if isinstance(part, Include) and item.id in part.weights:
            return notes.place(part, "weights", item.id)
    return notes.place(item, "weight")


def _check_weights(edition: Edition, notes: Notes) -> None:
    for item in edition.questionnaire.scored():
        if item.weight < 0:
            notes.add(weight_place(edition, item, notes), "negative_weight", item.id, str(item.weight))
    for column in Column:
        weights = [item.weight for item in edition.questionnaire.scored() if item.column is column]
        _check_sum(weights, notes.place(edition.file, "sections"), column.value, notes)


def _check_sum(weights: list[Decimal], place: Place, name: str, notes: Notes) -> None:
    total = sum(weights, Decimal(0))
    if not total.is_nan() and total != HUNDRED:
        notes.add(place, "sum_not_100", name, format(total.normalize(), "f"))


def _check_rulebooks(edition: Edition, notes: Notes) -> None:
    rulebooks = edition.questionnaire.rulebooks
    points = [rulebook for rulebook in rulebooks if isinstance(rulebook, PointsRulebook)]
    grades = [rulebook for rulebook in rulebooks if isinstance(rulebook, GradesRulebook)]
    if len(points) != 1 or len(grades) > 1:
        place = notes.place(edition.file, "rulebooks")
        notes.add(place, "rulebooks_wrong", str(len(points)), str(len(grades)))
    check_unique(rulebooks, notes)
    for by_points in points:
        _check_points(by_points, notes)
    for by_grades in grades:
        _check_grades(by_grades, edition.questionnaire, notes)


def _check_points(points: PointsRulebook, notes: Notes) -> None:
    """All columns, levels and extents have their share or factor; a better level never earns less."""
    _check_complete(points, "columns", points.columns, [column.value for column in Column], notes)
    _check_complete(points, "levels", points.levels, GRADE_NAMES, notes)
    _check_complete(points, "extents", points.extents, RATED_EXTENTS, notes)
    _check_sum(list(points.columns.values()), notes.place(points, "columns"), points.id, notes)
    for key, factors in (("levels", points.levels), ("extents", points.extents)):
        order = [
            factors[word] for word in (GRADE_NAMES if key == "levels" else RATED_EXTENTS) if word in factors
        ]
        if any(factor.is_nan() for factor in order):
            continue
        if order != sorted(order, reverse=True) or any(not 0 <= factor <= 1 for factor in order):
            notes.add(notes.place(points, key), "factors_wrong", key)


def _check_grades(grades: GradesRulebook, questionnaire: Questionnaire, notes: Notes) -> None:
    """Groups and the members of each sum to 100; members are indicators that can be rated."""
    _check_complete(grades, "thresholds", grades.thresholds, GRADE_NAMES, notes)
    check_unique(grades.groups, notes)
    _check_sum([group.weight for group in grades.groups], notes.place(grades, "groups"), grades.id, notes)
    for group in grades.groups:
        _check_sum(list(group.members.values()), notes.place(group, "members"), group.id, notes)
        for name in group.members:
            item = questionnaire.items.get(ItemId(name))
            if not isinstance(item, Indicator):
                notes.add(notes.place(group, "members", name), "member_not_indicator", name)
            elif not has_usable_level(item):
                notes.add(notes.place(group, "members", name), "member_without_level", name)


def _check_complete(
    record: object, key: str, found: Mapping[str, Decimal], words: Iterable[str], notes: Notes
) -> None:
    missing = [word for word in words if word not in found]
    if missing:
        notes.add(notes.place(record, key), "words_missing", key, "、".join(missing))


def check_condition(condition: Condition, questionnaire: Questionnaire, notes: Notes) -> None:
    """Every trait that a condition names exists in the questionnaire, with the options named."""
    for name, options in condition.any_of.items():
        trait = questionnaire.items.get(name)
        if not isinstance(trait, Trait):
            notes.add(notes.place(condition, name), "unknown_trait", name, questionnaire.id)
            continue
        known = {option.id for option in trait.options}
        if not options:
            notes.add(notes.place(condition, name), "no_option", name)
        for index, option in enumerate(options):
            if option and option not in known:
                notes.add(
                    notes.place(condition, name, index), "unknown_option", option, name, questionnaire.id
                )


def _check_formulas(edition: Edition, content: Content, notes: Notes) -> None:
    """Formulas use known names only, and give what their unit says."""
    questionnaire = edition.questionnaire
    known: dict[str, Quantity] = {}
    for item in questionnaire.items.values():
        if isinstance(item, Activity):
            _learn(known, item.id, item.unit)
    for factor in questionnaire.factors.values():
        _learn(known, factor.id, factor.unit)
    for derived in questionnaire.derived:
        _check_formula(derived.formula, derived.unit, known, notes.place(derived, "formula"), notes)
        _learn(known, derived.id, derived.unit)
    for item in questionnaire.items.values():
        if not isinstance(item, Indicator):
            continue
        if item.formula is not None:
            _check_formula(item.formula, item.unit, known, notes.place(item, "formula"), notes)
        for level in item.levels:
            if level.adjust is not None and level.adjust.quantity not in known:
                place = notes.place(level.adjust, "quantity")
                notes.add(place, "unknown_name", level.adjust.quantity)


def _learn(known: dict[str, Quantity], name: str, unit: str) -> None:
    """Any amount will do to try units; all different, so that no difference happens to be zero."""
    try:
        known[name] = Quantity.of(Decimal(len(known) + 2) ** 2, unit)
    except UnitError:
        known[name] = Quantity.of(Decimal("NaN"), "")  # told where the unit is written


def _check_formula(
    formula: Formula, unit: str, known: Mapping[str, Quantity], place: Place, notes: Notes
) -> None:
    unknown = [name for name in formula.names if name not in known]
    for name in unknown:
        notes.add(place, "unknown_name", name)
    if unknown or any(known[name].amount.is_nan() for name in formula.names):
        return
    try:
        result = formula.value(known)
        wanted = parse_unit(unit)
    except UnitError as error:
        notes.add(place, "units_do_not_add", formula.text, str(error))
        return
    if result is None:
        notes.add(place, "divides_by_zero", formula.text)
    elif result.unit.dimension != wanted.dimension:
        notes.add(place, "wrong_dimension", unit, dimension(result.unit))
