"""Rules within one questionnaire: its name and place, unique ids, weights of the columns, conditions."""

from portal.catalog.editions import Edition
from portal.catalog.formats import Include
from portal.catalog.formula_checks import check_formulas
from portal.catalog.nodes import Place
from portal.catalog.notes import Notes
from portal.catalog.reader import Content
from portal.catalog.record_checks import check_unique, has_usable_level
from portal.catalog.rulebook_checks import check_rulebooks, check_sum
from portal.core.questionnaire import Activity, Column, Condition, Indicator, Item, Questionnaire, Trait


def check_questionnaire(edition: Edition, content: Content, notes: Notes) -> None:
    """Every rule of this file; names are only looked for when everything that could bear them was read."""
    _check_name(edition, notes)
    _check_ids(edition.questionnaire, notes)
    _check_weights(edition, notes)
    if not edition.is_whole:
        return
    for column in Column:
        weights = [item.weight for item in edition.questionnaire.scored() if item.column is column]
        check_sum(weights, notes.place(edition.file, "sections"), column.value, notes)
    check_rulebooks(edition, notes)
    if "factors" not in content.broken:
        check_formulas(edition, notes)
    _check_conditions(edition.questionnaire, notes)
    _check_output(edition, notes)


def _check_name(edition: Edition, notes: Notes) -> None:
    file, path = edition.file, edition.paths[0]
    if file.id and file.id != path.parent.name:
        notes.add(notes.place(file, "id"), "not_its_folder", file.id, path.parent.name)
    if file.version and file.version != path.stem:
        notes.add(notes.place(file, "version"), "not_its_name", file.version, path.stem)


def _check_ids(questionnaire: Questionnaire, notes: Notes) -> None:
    """Items, derived quantities and factors share one set of names, because formulas use them all."""
    check_unique(questionnaire.sections, notes)
    items = [item for section in questionnaire.sections for item in section.items]
    check_unique((*items, *questionnaire.derived, *questionnaire.factors.values()), notes)
    check_unique(questionnaire.data_checks, notes)


def _check_weights(edition: Edition, notes: Notes) -> None:
    """No weight is negative, and none stands on an indicator that nothing can rate."""
    for item in edition.questionnaire.scored():
        if item.weight.is_nan() or not item.weight:
            continue
        if item.weight < 0:
            notes.add(_weight_place(edition, item, notes), "negative_weight", item.id, str(item.weight))
        elif isinstance(item, Indicator) and not has_usable_level(item):
            notes.add(_weight_place(edition, item, notes), "weight_without_level", item.id, str(item.weight))


def _weight_place(edition: Edition, item: Item, notes: Notes) -> Place:
    """Where the weight of an item is written: at its include, or at the item itself."""
    for part in edition.file.sections:
        if isinstance(part, Include) and item.id in part.weights:
            return notes.place(part, "weights", item.id)
    return notes.place(item, "weight")


def _check_conditions(questionnaire: Questionnaire, notes: Notes) -> None:
    for item in questionnaire.items.values():
        _check_condition(item.when, questionnaire, notes)
        for level in item.levels if isinstance(item, Indicator) else ():
            _check_condition(level.when, questionnaire, notes)
    for check in questionnaire.data_checks:
        _check_condition(check.when, questionnaire, notes)


def _check_condition(condition: Condition, questionnaire: Questionnaire, notes: Notes) -> None:
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


def _check_output(edition: Edition, notes: Notes) -> None:
    """What the plant's size is told by: an activity, or a quantity derived from activities."""
    questionnaire = edition.questionnaire
    output = questionnaire.output
    if not output or output in {derived.id for derived in questionnaire.derived}:
        return
    if not isinstance(questionnaire.items.get(output), Activity):
        notes.add(notes.place(edition.file, "output"), "unknown_activity", output)
