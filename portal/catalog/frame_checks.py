"""Whether every frame of an application has a place for every item, and only names what there is."""

from collections import Counter
from collections.abc import Iterable

from portal.catalog.editions import Edition
from portal.catalog.notes import Notes
from portal.catalog.reader import Content
from portal.catalog.record_checks import check_unique
from portal.core.package import Frame, unplaced
from portal.core.questionnaire import ItemId, Questionnaire
from portal.core.rulebook import AxesRulebook


def check_frames(content: Content, editions: Iterable[Edition], notes: Notes) -> None:
    """Every rule of this file; wholes are only judged where all questionnaires could be read."""
    check_unique(content.frames, notes)
    found = list(editions)
    is_whole = "questionnaire" not in content.broken and all(one.is_whole for one in found)
    for frame in content.frames:
        check_unique(frame.groups, notes)
        check_unique(frame.headings(), notes)
        _check_groups(frame, notes)
        if not is_whole:
            continue
        _check_names(frame, [one.questionnaire for one in found], notes)
        for edition in found:
            _check_places(frame, edition, notes)


def _check_groups(frame: Frame, notes: Notes) -> None:
    known = {group.id for group in frame.groups}
    for part in frame.headings():
        for index, name in enumerate(part.groups):
            if name not in known:
                notes.add(notes.place(part, "groups", index), "unknown_group", name, frame.id)
    counts = Counter(name for group in frame.groups for name in (*group.sections, *group.items))
    for group in frame.groups:
        for key, names in (("sections", group.sections), ("items", group.items)):
            for index, name in enumerate(names):
                if counts[name] > 1:
                    notes.add(notes.place(group, key, index), "placed_twice", name, frame.id)


def _check_names(frame: Frame, questionnaires: list[Questionnaire], notes: Notes) -> None:
    """Every section and item that is named stands in some questionnaire."""
    sections = {section.id for one in questionnaires for section in one.sections}
    items = {item for one in questionnaires for item in one.items}
    for group in frame.groups:
        for key, names, known in (("sections", group.sections, sections), ("items", group.items, items)):
            for index, name in enumerate(names):
                if name not in known:
                    notes.add(notes.place(group, key, index), "placed_nowhere", name)
    for line in frame.platform.lines if frame.platform is not None else ():
        for index, name in enumerate(line.takes):
            if name not in items | _members(questionnaires):
                notes.add(notes.place(line, "takes", index), "placed_nowhere", name)
    for index, name in enumerate(frame.left_out):
        if name not in sections:
            notes.add(notes.place(frame, "left_out", index), "placed_nowhere", name)


def _members(questionnaires: list[Questionnaire]) -> set[str]:
    """The ids of all indicators of the axes."""
    return {
        member.id
        for one in questionnaires
        for book in one.rulebooks
        if isinstance(book, AxesRulebook)
        for axis in book.axes
        for member in axis.members
    }


def _check_places(frame: Frame, edition: Edition, notes: Notes) -> None:
    """Every item has its place; an indicator of an axis stands under the heading that bears the axis's name."""
    questionnaire = edition.questionnaire
    for lost in unplaced(frame, questionnaire):
        notes.add(notes.place(frame, "groups"), "not_placed", frame.id, questionnaire.id, lost.id)
    titles = {group.title for group in frame.groups}
    for book in questionnaire.rulebooks:
        if not isinstance(book, AxesRulebook):
            continue
        for axis in book.axes:
            for member in axis.members:
                item = questionnaire.items.get(ItemId(member.item))
                if item is None or axis.title not in titles:
                    continue
                group = frame.group_of(questionnaire.section_of(item.id), item)
                if group is not None and group.title != axis.title:
                    notes.add(notes.place(group), "other_axis", item.id, group.title, axis.title)
