"""How a questionnaire weighs its items: columns, groups and axes sum to 100, members exist and can be rated."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from portal.catalog.editions import Edition
from portal.catalog.formats import GRADE_NAMES, RATED_EXTENTS
from portal.catalog.nodes import Place
from portal.catalog.notes import Notes
from portal.catalog.record_checks import check_unique, has_usable_level
from portal.core.questionnaire import Column, Indicator, ItemId, Questionnaire, Requirement, Scored
from portal.core.rulebook import AxesRulebook, GradesRulebook, PointsRulebook

HUNDRED = Decimal(100)


def check_rulebooks(edition: Edition, notes: Notes) -> None:
    """Every rule of this file: one points rulebook, at most one of each other kind, each right in itself."""
    questionnaire = edition.questionnaire
    books = questionnaire.rulebooks
    points = [book for book in books if isinstance(book, PointsRulebook)]
    grades = [book for book in books if isinstance(book, GradesRulebook)]
    if (len(points) != 1 or len(grades) > 1) and not notes.has_lost(edition.file, "rulebooks"):
        place = notes.place(edition.file, "rulebooks")
        notes.add(place, "rulebooks_wrong", str(len(points)), str(len(grades)))
    check_unique(books, notes)
    for book in books:
        if isinstance(book, PointsRulebook):
            _check_points(book, notes)
        elif isinstance(book, GradesRulebook):
            _check_grades(book, questionnaire, notes)
        else:
            _check_axes(book, questionnaire, notes)


def check_sum(weights: Iterable[Decimal], place: Place, name: str, notes: Notes) -> None:
    """The weights make 100; nothing is said when one of them could not be read."""
    total = sum(weights, Decimal(0))
    if not total.is_nan() and total != HUNDRED:
        notes.add(place, "sum_not_100", name, format(total.normalize(), "f"))


def _check_points(points: PointsRulebook, notes: Notes) -> None:
    """All columns, levels and extents have their share or factor; a better level never earns less."""
    _check_complete(points, "columns", points.columns, [column.value for column in Column], notes)
    check_sum(points.columns.values(), notes.place(points, "columns"), points.id, notes)
    for key, factors, words in (
        ("levels", points.levels, GRADE_NAMES),
        ("extents", points.extents, RATED_EXTENTS),
    ):
        _check_complete(points, key, factors, words, notes)
        order = [factors[word] for word in words if word in factors]
        if any(factor.is_nan() for factor in order):
            continue
        if order != sorted(order, reverse=True) or any(not 0 <= factor <= 1 for factor in order):
            notes.add(notes.place(points, key), "factors_wrong", key)


def _check_grades(grades: GradesRulebook, questionnaire: Questionnaire, notes: Notes) -> None:
    """Groups and the members of each sum to 100; members are indicators that can be rated."""
    _check_complete(grades, "thresholds", grades.thresholds, GRADE_NAMES, notes)
    check_unique(grades.groups, notes)
    check_sum([group.weight for group in grades.groups], notes.place(grades, "groups"), grades.id, notes)
    for group in grades.groups:
        check_sum(group.members.values(), notes.place(group, "members"), group.id, notes)
        for name in group.members:
            item = questionnaire.items.get(ItemId(name))
            if not isinstance(item, Indicator):
                notes.add(notes.place(group, "members", name), "member_not_indicator", name)
            elif not has_usable_level(item):
                notes.add(notes.place(group, "members", name), "member_without_level", name)


def _check_axes(axes: AxesRulebook, questionnaire: Questionnaire, notes: Notes) -> None:
    """All members together weigh 100; each is taken from an item or computed, never both."""
    members = [member for axis in axes.axes for member in axis.members]
    check_unique(axes.axes, notes)
    check_unique(members, notes)
    check_sum([member.weight for member in members], notes.place(axes, "axes"), axes.id, notes)
    for member in members:
        if bool(member.item) == (member.formula is not None):
            notes.add(notes.place(member), "item_or_formula", member.id)
        elif member.item and not isinstance(questionnaire.items.get(ItemId(member.item)), Scored):
            notes.add(notes.place(member, "item"), "unknown_item", member.item)
    for index, name in enumerate(axes.requirements):
        if name and not isinstance(questionnaire.items.get(ItemId(name)), Requirement):
            notes.add(notes.place(axes, "requirements", index), "unknown_requirement", name)


def _check_complete(
    record: object, key: str, found: Mapping[str, Decimal], words: Iterable[str], notes: Notes
) -> None:
    missing = [word for word in words if word not in found]
    if missing:
        notes.add(notes.place(record, key), "words_missing", key, "、".join(missing))
