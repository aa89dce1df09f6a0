"""Rules that a record fulfils or breaks by itself: said once, however many questionnaires include it."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from portal.catalog.nodes import Place
from portal.catalog.notes import Notes
from portal.catalog.reader import Content
from portal.core.goals import Goal
from portal.core.levels import GRADES, Grade, Verification
from portal.core.package import Frame, Platform
from portal.core.questionnaire import (
    ALWAYS,
    Activity,
    Citation,
    Condition,
    Extent,
    Factor,
    Indicator,
    Level,
    Practice,
    Trait,
    UsualRange,
    Within,
)
from portal.core.rulebook import Benchmark
from portal.core.technology import Backing, Cost, Lowers, Payback, Reaches, Saves, SavesShare

# How closely a number was read, loosest first.
_TRUST = (Verification.UNVERIFIED, Verification.SECONDHAND, Verification.ORIGINAL)
_WORDED = ("question", "clauses", "evidence")
_PERCENT = SavesShare | Lowers


def check_records(content: Content, notes: Notes) -> None:
    """Every rule of this file."""
    for records in (content.sources, content.factors, content.carriers, content.technologies):
        check_unique(records, notes)
    _check_sources(content, notes)
    _check_ranges(notes)
    for practice in notes.records(Practice):
        _check_worded(practice, notes)
        for extent in Extent:
            if not practice.extents.get(extent):
                place = notes.place(practice, "extents", extent.value)
                notes.add(place, "extent_missing", practice.id, extent.value)
    for indicator in notes.records(Indicator):
        _check_worded(indicator, notes)
        _check_levels(indicator, notes)
    for trait in notes.records(Trait):
        check_unique(trait.options, notes)
        if len(trait.options) < 2:
            notes.add(notes.place(trait, "options"), "too_few_options", trait.id)
    for _, section in content.shared.values():
        for item in section.items:
            if isinstance(item, Practice | Indicator) and item.weight:
                notes.add(notes.place(item, "weight"), "weight_in_shared", item.id)


def check_unique(records: Iterable[object], notes: Notes) -> None:
    """Every id once; the later one is the one to mend, told with the place of the first."""
    seen: dict[str, Place] = {}
    for record in records:
        name: str = record.id  # type: ignore[attr-defined]  # all that come here have one
        place = notes.place(record)
        if name and name in seen:
            notes.add(place, "duplicate_id", name, str(seen[name]))
        seen.setdefault(name, place)


def _check_worded(item: Practice | Indicator, notes: Notes) -> None:
    for key in _WORDED:
        if not getattr(item, key) and not notes.has_lost(item, key):
            notes.add(notes.place(item, key), "nothing_said", item.id, key)


def _check_sources(content: Content, notes: Notes) -> None:
    """Every source cited is known, and no number claims to be read more closely than its source was."""
    if "sources" in content.broken:
        return
    sources = {str(source.id): source for source in content.sources}
    for record in notes.records(object):
        if (
            not isinstance(record, Citation | Level | Factor | Backing | Benchmark | Goal | Frame | Platform)
            or not record.source
        ):
            continue
        source = sources.get(record.source)
        if source is None:
            notes.add(notes.place(record, "source"), "unknown_source", record.source)
        elif not isinstance(record, Citation) and _TRUST.index(record.verification) > _TRUST.index(
            source.read
        ):
            place = notes.place(record, "verification")
            notes.add(place, "more_than_read", record.verification.value, source.id, source.read.value)


def _check_ranges(notes: Notes) -> None:
    """Low does not exceed high, a usual range is a range, per cents stay within 0–100."""
    for usual in notes.records(UsualRange):
        if _are_read(usual.low, usual.high) and usual.low >= usual.high:
            notes.add(notes.place(usual, "low"), "usual_not_a_range", str(usual.low), str(usual.high))
    for item in notes.records(object):
        if not isinstance(item, Activity | Indicator):
            continue
        if item.usual is None or item.most is None or not _are_read(item.usual.high, item.most):
            continue
        if item.usual.high > item.most:
            notes.add(notes.place(item, "most"), "usual_above_most", str(item.most), str(item.usual.high))
    for record in notes.records(object):
        if not isinstance(record, Saves | Reaches | Cost | Payback | Within | _PERCENT):
            continue
        if not _are_read(record.low, record.high):
            continue
        if record.low > record.high:
            notes.add(notes.place(record, "low"), "low_above_high", str(record.low), str(record.high))
        if isinstance(record, _PERCENT) and (record.low < 0 or record.high > 100):
            notes.add(notes.place(record, "high"), "not_percent", str(record.low), str(record.high))


def _are_read(*numbers: Decimal) -> bool:
    """Whether none of them is a stand-in for a number that could not be read."""
    return not any(number.is_nan() for number in numbers)


def _check_levels(indicator: Indicator, notes: Notes) -> None:
    """Every level can come to count, those of one kind of plant are in order, and a binding one may be used."""
    if indicator.binding is not None and not has_usable_level(indicator):
        notes.add(notes.place(indicator, "binding"), "binding_without_level", indicator.id)
    kinds = {_key(level.when): level.when for level in indicator.levels}
    for when in kinds.values():
        _check_order(indicator, when, notes)
    taken: set[tuple[Grade, object]] = set()
    for level in indicator.levels:
        # The first level of a grade whose condition holds is the one that counts: after an unconditional one, none.
        if (level.grade, _key(level.when)) in taken or (level.grade, _key(ALWAYS)) in taken:
            notes.add(notes.place(level, "value"), "equal_grades", indicator.id, level.grade.value)
        taken.add((level.grade, _key(level.when)))


def _key(condition: Condition) -> object:
    return tuple(sorted((trait, tuple(sorted(options))) for trait, options in condition.any_of.items()))


def _check_order(indicator: Indicator, when: Condition, notes: Notes) -> None:
    """For plants of which `when` holds no level is stricter than a better one."""
    counting = [
        next((one for one in indicator.levels if one.grade is grade and one.when in (when, ALWAYS)), None)
        for grade in GRADES
    ]
    there = [level for level in counting if level is not None and _are_read(level.value)]
    for strict, weak in pairwise(there):
        if not indicator.direction.is_reached(strict.value, weak.value):
            words = strict.grade.value, str(strict.value), weak.grade.value, str(weak.value)
            notes.add(notes.place(weak, "value"), "levels_out_of_order", *words)


def has_usable_level(indicator: Indicator) -> bool:
    """Whether at least one level may give points or close a gate."""
    return any(level.verification.is_usable for level in indicator.levels)
