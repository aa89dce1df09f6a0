"""Rules that a record fulfils or breaks by itself: said once, however many questionnaires include it."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations

from portal.catalog.nodes import Place
from portal.catalog.notes import Notes
from portal.catalog.reader import Content
from portal.core.levels import Verification
from portal.core.questionnaire import (
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
        if not getattr(item, key):
            notes.add(notes.place(item, key), "nothing_said", item.id, key)


def _check_sources(content: Content, notes: Notes) -> None:
    """Every source cited is known, and no number claims to be read more closely than its source was."""
    if "sources" in content.broken:
        return
    sources = {str(source.id): source for source in content.sources}
    for record in notes.records(object):
        if not isinstance(record, Citation | Level | Factor | Backing | Benchmark) or not record.source:
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
    """Levels that can hold together are in order; weight and binding need a level that may be used."""
    for one, other in combinations(indicator.levels, 2):
        if not _hold_together(one.when, other.when) or not _are_read(one.value, other.value):
            continue
        place = notes.place(other, "value")
        if one.grade is other.grade:
            if one.when == other.when:
                notes.add(place, "equal_grades", indicator.id, one.grade.value)
            continue
        strict, weak = sorted((one, other), key=lambda level: level.grade.rank)
        if not indicator.direction.is_reached(strict.value, weak.value):
            notes.add(
                place,
                "levels_out_of_order",
                strict.grade.value,
                str(strict.value),
                weak.grade.value,
                str(weak.value),
            )
    if indicator.binding is not None and not has_usable_level(indicator):
        notes.add(notes.place(indicator, "binding"), "binding_without_level", indicator.id)


def _hold_together(one: Condition, other: Condition) -> bool:
    """Whether both conditions speak of the same plants: they are equal, or one always holds."""
    return one == other or not one.any_of or not other.any_of


def has_usable_level(indicator: Indicator) -> bool:
    """Whether at least one level may give points or close a gate."""
    return any(level.verification.is_usable for level in indicator.levels)
