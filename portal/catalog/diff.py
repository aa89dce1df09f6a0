"""Two versions of a questionnaire side by side: what changed, and which of last year's answers go where."""

import dataclasses
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from portal.catalog.editions import Edition, editions
from portal.catalog.formats import FORMATS
from portal.catalog.notes import CatalogError, Notes
from portal.catalog.reader import read_file, read_folder
from portal.core.answers import Answer, Chosen, Declared, Measured, NotApplicable, Practised, check
from portal.core.errors import PortalError
from portal.core.formula import Formula
from portal.core.questionnaire import (
    Activity,
    Citation,
    Condition,
    Extent,
    Indicator,
    Item,
    ItemId,
    Level,
    Questionnaire,
    Trait,
    UsualRange,
)

# Said as one thing: a change inside is told as the whole before and after.
_WHOLE = Condition | Citation | UsualRange | Formula


class NoSuchEdition(PortalError):
    """The folder has no questionnaire with that id and version."""


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """A value before and after; `path` leads to it: names of fields, keys of mappings, and records in lists.

    None stands for what was not there.
    """

    path: tuple[object, ...]
    before: object
    after: object


@dataclasses.dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that both versions ask, perhaps by another id or in another section."""

    before: Item
    after: Item
    changes: tuple[Change, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Dropped:
    """An answer of the old item that is not carried over, and the code of the rule that refuses it."""

    answer: Answer
    code: str


@dataclasses.dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of the answers to one old item: where they go, which of them are dropped.

    `units` are old and new unit where they differ: the number is carried as it is, nothing converts it. `rival` is
    another old item whose answer would go to the same place.
    """

    before: Item
    after: Item | None
    dropped: tuple[Dropped, ...] = ()
    is_lost: bool = False
    units: tuple[str, str] | None = None
    rival: ItemId | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All differences of two versions."""

    before: Questionnaire
    after: Questionnaire
    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    renamed: tuple[ItemChange, ...]
    changed: tuple[ItemChange, ...]
    general: tuple[Change, ...]
    carried: tuple[Carried, ...]


def of_versions(folder: Path, id: str, old: str, new: str) -> Difference:
    """Two versions in the folder; raises NoSuchEdition, or CatalogError when a file cannot be read whole."""
    notes = Notes()
    found = {(one.file.id, one.file.version): one for one in editions(read_folder(folder, notes), notes)}
    chosen = []
    for version in (old, new):
        if (id, version) not in found:
            if notes.problems:  # perhaps it is there and could not be read
                raise CatalogError(notes.problems)
            raise NoSuchEdition(id, version)
        chosen.append(found[id, version])
    return _of_editions(chosen, notes)


def of_files(folder: Path, old: Path, new: Path) -> Difference:
    """Two files, wherever they lie; what they include is taken from the folder. Raises CatalogError."""
    notes = Notes()
    content = read_folder(folder, notes)
    files = [(path, read_file(path, FORMATS["questionnaire"], notes)) for path in (old, new)]
    if any(file is None for _, file in files):
        raise CatalogError(notes.problems)
    return _of_editions(editions(dataclasses.replace(content, questionnaires=tuple(files)), notes), notes)


def _of_editions(chosen: "tuple[Edition, ...] | list[Edition]", notes: Notes) -> Difference:
    files = {str(path) for one in chosen for path in one.paths}
    faults = tuple(one for one in notes.problems if one.place.rpartition(":")[0] in files)
    if faults:
        raise CatalogError(faults)
    before, after = chosen
    return compare(before.questionnaire, after.questionnaire)


def compare(before: Questionnaire, after: Questionnaire) -> Difference:
    """Everything that differs, and what the carry-over of answers gives."""
    goes_to = {id: after.renamed.get(id, id) for id in before.items}
    pairs = [
        (item, after.items[goes_to[id]]) for id, item in before.items.items() if goes_to[id] in after.items
    ]
    both = [ItemChange(old, new, _item_changes(before, after, old, new)) for old, new in pairs]
    kept = {new.id for _, new in pairs}
    return Difference(
        before=before,
        after=after,
        added=tuple(item for id, item in after.items.items() if id not in kept),
        removed=tuple(item for id, item in before.items.items() if goes_to[id] not in after.items),
        renamed=tuple(one for one in both if one.before.id != one.after.id),
        changed=tuple(one for one in both if one.changes),
        general=tuple(_general(before, after)),
        carried=tuple(_carried(before, after)),
    )


def _item_changes(before: Questionnaire, after: Questionnaire, old: Item, new: Item) -> tuple[Change, ...]:
    found = []
    sections = before.section_of(old.id), after.section_of(new.id)
    if sections[0].id != sections[1].id:
        found.append(Change(("section",), sections[0].title, sections[1].title))
    if type(old) is not type(new):
        found.append(Change(("kind",), type(old), type(new)))
        names = [one.name for one in dataclasses.fields(old) if hasattr(new, one.name)]
    else:
        names = [one.name for one in dataclasses.fields(old)]
    for name in names:
        if name != "id":
            found += changes(getattr(old, name), getattr(new, name), (name,))
    return tuple(found)


_APART = {"id", "version", "sections", "renamed"}  # told otherwise


def _general(before: Questionnaire, after: Questionnaire) -> Iterator[Change]:
    """What differs outside the items: the whole, its sections, rules, factors, data checks."""
    for field in dataclasses.fields(Questionnaire):
        if field.name not in _APART:
            yield from changes(getattr(before, field.name), getattr(after, field.name), (field.name,))
    olds, news = ({one.id: one for one in each.sections} for each in (before, after))
    for id in dict.fromkeys((*olds, *news)):
        old, new = olds.get(id), news.get(id)
        if old is None or new is None:
            yield Change(("sections",), old and old.title, new and new.title)
        else:
            yield from changes(old.title, new.title, ("sections", old, "title"))
            yield from changes(old.guide, new.guide, ("sections", old, "guide"))


def changes(before: object, after: object, path: tuple[object, ...] = ()) -> Iterator[Change]:
    """Every single value that differs: records field by field, mappings and lists of records key by key."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _keyed(before, after, path)
    elif type(before) is type(after) and dataclasses.is_dataclass(before) and not isinstance(before, _WHOLE):
        for field in dataclasses.fields(before):
            yield from changes(getattr(before, field.name), getattr(after, field.name), (*path, field.name))
    elif isinstance(before, tuple) and isinstance(after, tuple) and _are_records((*before, *after)):
        yield from _keyed(_by_key(before), _by_key(after), path)
    else:
        yield Change(path, before, after)


def _keyed(
    before: Mapping[object, object], after: Mapping[object, object], path: tuple[object, ...]
) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        # A record says better than its key what is meant.
        step = next((one for one in (old, new) if _is_record(one)), key)
        yield from changes(old, new, (*path, step))


def _is_record(value: object) -> bool:
    return dataclasses.is_dataclass(value) and hasattr(
        value, "id" if not isinstance(value, Level) else "grade"
    )


def _are_records(values: tuple[object, ...]) -> bool:
    return all(_is_record(value) for value in values)


def _by_key(records: tuple[object, ...]) -> dict[object, object]:
    return {_key(one): one for one in records}


def _key(record: object) -> object:
    """A level is known by its grade and the plants for which it holds, everything else by its id."""
    if isinstance(record, Level):
        return record.grade, tuple(sorted(record.when.any_of.items()))
    return record.id  # type: ignore[attr-defined] # `_is_record` has looked


# ── answers ──────────────────────────────────────────────────────────────────


def _carried(before: Questionnaire, after: Questionnaire) -> Iterator[Carried]:
    """As a new year begins (`actions.assessment.start`): renamed ids go over, what the new item refuses is dropped."""
    taken: dict[ItemId, ItemId] = {}
    for id, old in before.items.items():
        new = after.items.get(after.renamed.get(id, id))
        if new is None:
            yield Carried(old, None, is_lost=True)
            continue
        accepted, dropped = _tried(old, new)
        units = _units(old, new)
        yield Carried(
            old,
            new,
            dropped=dropped,
            is_lost=not accepted,
            units=units if accepted and units[0] != units[1] else None,
            rival=taken.get(new.id),
        )
        taken[new.id] = id


def _tried(old: Item, new: Item) -> tuple[tuple[Answer, ...], tuple[Dropped, ...]]:
    """One answer of every sort that the old item accepts, tried on the new one by the rule that decides in earnest."""
    accepted: list[Answer] = []
    dropped: list[Dropped] = []
    for answer in _sorts(old):
        if check(old, answer):
            continue
        problems = check(new, answer)
        if problems:
            dropped.append(Dropped(answer, problems[0].code))
        else:
            accepted.append(answer)
    options = [one.options[0] for one in accepted if isinstance(one, Chosen)]
    if isinstance(old, Trait) and old.is_many and len(options) > 1:
        several = Chosen(tuple(options))
        dropped += [Dropped(several, problem.code) for problem in check(new, several)]
    return tuple(accepted), tuple(dropped)


def _sorts(item: Item) -> Iterator[Answer]:
    """Answers of every sort; the item's own rule sorts out those that it does not take."""
    yield Measured(Decimal(1))
    yield Measured(Decimal(-1))
    for extent in Extent:
        yield Practised(extent, Decimal(50) if extent is Extent.PARTIAL else None)
    if isinstance(item, Trait):
        for option in item.options:
            yield Chosen((option.id,))
    yield Declared(is_met=True)
    yield NotApplicable("–")


def _units(old: Item, new: Item) -> tuple[str, str]:
    """The units of two items that take numbers; equal for all others."""
    if isinstance(old, Activity | Indicator) and isinstance(new, Activity | Indicator):
        return old.unit, new.unit
    return "", ""
