"""From a questionnaire and answers to an assessment: points, cleaner-production grade and gates.

Points are the portal's own rule (the questionnaire's points rulebook). The grade follows the national index
(清洁生产评价指标体系编制通则: membership 100/0, weighted, re-normalised over what applies; scoring-rules 1.3, 1.4).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from portal.core.answers import MISSING, Answers, Declared, Measured, NotApplicable, Practised
from portal.core.assessment import (
    Assessment,
    ColumnResult,
    Gate,
    GateState,
    GradeResult,
    GroupResult,
    ItemResult,
    MemberResult,
    PointsResult,
    Reading,
    SectionResult,
    Standing,
)
from portal.core.levels import GRADES, Grade
from portal.core.plant import Concern, EffectiveLevel, Plant, see
from portal.core.questionnaire import (
    Activity,
    Column,
    Extent,
    Indicator,
    Item,
    ItemId,
    Practice,
    Questionnaire,
    Requirement,
    Scored,
    Section,
    Trait,
)
from portal.core.rulebook import GradeGroup, GradesRulebook, PointsRulebook

ZERO = Decimal(0)


def assess(questionnaire: Questionnaire, answers: Answers, year: int | None = None) -> Assessment:
    """Score `answers`; every step stands in the result, nothing in it is rounded.

    A limit that comes into force after `year` is shown, gives no points and closes no gate.
    """
    plant = see(questionnaire, answers, year)
    rules = next(book for book in questionnaire.rulebooks if isinstance(book, PointsRulebook))
    grades = next((book for book in questionnaire.rulebooks if isinstance(book, GradesRulebook)), None)
    results = {item.id: _item_result(item, plant, rules) for item in questionnaire.scored()}
    return Assessment(
        questionnaire=questionnaire,
        answers=answers,
        plant=plant,
        items=tuple(results.values()),
        sections=tuple(_section(section, plant, results) for section in questionnaire.sections),
        points=_points(results.values(), rules),
        grade=_grade(results, grades) if grades else None,
        gates=tuple(_gates(plant, results)),
        unsaid=tuple(_unsaid(plant)),
    )


def reassess(before: Assessment, answers: Answers) -> Assessment:
    """What `assess` gives for `answers`, reusing of `before` whatever the changed ones do not touch.

    For trying many small changes on one plant. Traits and requirements decide what counts: with them all is done anew.
    """
    questionnaire = before.questionnaire
    changed = {
        id: item
        for id, item in questionnaire.items.items()
        if answers.get(id, MISSING) != before.answers.get(id, MISSING)
    }
    if any(isinstance(item, Trait | Requirement) for item in changed.values()):
        return assess(questionnaire, answers, before.plant.year)
    has_amounts = any(isinstance(item, Activity) for item in changed.values())
    plant = (
        see(questionnaire, answers, before.plant.year)
        if has_amounts
        else replace(before.plant, answers=answers)
    )
    rules = next(book for book in questionnaire.rulebooks if isinstance(book, PointsRulebook))
    grades = next((book for book in questionnaire.rulebooks if isinstance(book, GradesRulebook)), None)
    results = {one.item.id: one for one in before.items}
    anew = {
        id for id, one in results.items() if id in changed or (has_amounts and _leans_on_amounts(one.item))
    }
    results |= {id: _item_result(results[id].item, plant, rules) for id in anew}
    has_values = any(isinstance(results[id].item, Indicator) for id in anew)
    touched = anew | set(changed)
    return Assessment(
        questionnaire=questionnaire,
        answers=answers,
        plant=plant,
        items=tuple(results.values()),
        sections=tuple(
            _section(section, plant, results) if any(item.id in touched for item in section.items) else there
            for section, there in zip(questionnaire.sections, before.sections, strict=True)
        ),
        points=_points(results.values(), rules),
        grade=_grade(results, grades) if grades and has_values else before.grade,
        gates=tuple(_gates(plant, results)) if has_values else before.gates,
        unsaid=tuple(_unsaid(plant)) if has_amounts else before.unsaid,
    )


def _leans_on_amounts(item: Scored) -> bool:
    """Whether activity data may move the item's value or its levels."""
    return isinstance(item, Indicator) and (
        item.formula is not None or any(level.adjust is not None for level in item.levels)
    )


# ── one item ─────────────────────────────────────────────────────────────────


def _item_result(item: Scored, plant: Plant, rules: PointsRulebook) -> ItemResult:
    concern = plant.concern_of(item)
    answer = plant.answers.get(item.id, MISSING)
    if concern is Concern.NO:
        return ItemResult(item=item, standing=Standing.NOT_CONCERNED, factor=None)
    if isinstance(answer, NotApplicable):
        return ItemResult(item=item, standing=Standing.NOT_APPLICABLE, factor=None)
    if isinstance(item, Practice):
        if concern is Concern.UNDECIDED or not isinstance(answer, Practised):
            return ItemResult(item=item, standing=Standing.MISSING, factor=None)
        return ItemResult(item=item, standing=Standing.COUNTED, factor=_extent_factor(answer, rules))
    return _indicator_result(item, plant, rules)


def _extent_factor(answer: Practised, rules: PointsRulebook) -> Decimal:
    if answer.extent is Extent.PARTIAL:
        assert answer.share is not None  # answers.check refuses a partial extent without its share
        return answer.share / 100
    return rules.extents[answer.extent.value]


def _indicator_result(item: Indicator, plant: Plant, rules: PointsRulebook) -> ItemResult:
    reading = _reading(item, plant)
    levels = plant.levels_of(item)
    usable = [level for level in levels or () if level.is_usable]
    standing, factor, reached = Standing.MISSING, None, None
    if reading.value is not None and usable:
        reached = _reached(item, reading.value, usable)
    if levels is not None and (not usable or not item.weight):
        standing = Standing.UNRATED
    elif reading.value is not None and usable and plant.concern_of(item) is Concern.YES:
        standing = Standing.COUNTED
        factor = _level_factor(reached, usable, rules)
    return ItemResult(
        item=item, standing=standing, factor=factor, reading=reading, levels=levels or (), reached=reached
    )


def _reading(item: Indicator, plant: Plant) -> Reading:
    answer = plant.answers.get(item.id, MISSING)
    entered = answer.value if isinstance(answer, Measured) else None
    if item.formula is None:
        return Reading(entered=entered, computed=None)
    result = plant.value_of(item.formula)
    return Reading(
        entered=entered,
        computed=None if result is None else result.to(item.unit),
        lacking=plant.lacking(item.formula),
    )


def _reached(item: Indicator, value: Decimal, usable: Iterable[EffectiveLevel]) -> Grade | None:
    reached = [level.level.grade for level in usable if item.direction.is_reached(value, level.value)]
    return min(reached, key=lambda grade: grade.rank, default=None)


def _level_factor(reached: Grade | None, usable: Iterable[EffectiveLevel], rules: PointsRulebook) -> Decimal:
    """The factor of the level reached, relative to the strictest level that anyone has published and we verified.

    So meeting the strictest known level earns the full weight, and every lost point has a level still to reach.
    """
    if reached is None:
        return ZERO
    strictest = min((level.level.grade for level in usable), key=lambda grade: grade.rank)
    return rules.levels[reached.value] / rules.levels[strictest.value]


# ── points ───────────────────────────────────────────────────────────────────


def _points(results: Iterable[ItemResult], rules: PointsRulebook) -> PointsResult:
    results = tuple(results)
    columns = tuple(_column(column, results, rules.columns[column.value]) for column in Column)
    total = _weighted((c.share, c.points) for c in columns)
    completeness = _weighted((c.share, c.completeness if c.applicable else None) for c in columns)
    completeness = Decimal(100) if completeness is None else completeness
    return PointsResult(
        columns=columns,
        total=total,
        completeness=completeness,
        is_provisional=total is None or completeness < rules.provisional_below,
    )


def _column(column: Column, results: tuple[ItemResult, ...], share: Decimal) -> ColumnResult:
    mine = [result for result in results if result.item.column is column]
    counted = [result for result in mine if result.standing is Standing.COUNTED]
    weight = sum((result.item.weight for result in counted), ZERO)
    earned = sum((result.earned for result in counted), ZERO)
    missing = sum((r.item.weight for r in mine if r.standing is Standing.MISSING), ZERO)
    return ColumnResult(
        column=column,
        share=share,
        earned=earned,
        counted=weight,
        applicable=weight + missing,
        points=100 * earned / weight if weight else None,
    )


def _weighted(parts: Iterable[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """The weighted mean over the parts that have a value; None when none has."""
    there = [(weight, value) for weight, value in parts if value is not None]
    total = sum((weight for weight, _ in there), ZERO)
    return sum((weight * value for weight, value in there), ZERO) / total if total else None


def _section(section: Section, plant: Plant, results: Mapping[ItemId, ItemResult]) -> SectionResult:
    counted = [
        results[item.id]
        for item in section.items
        if item.id in results and results[item.id].standing is Standing.COUNTED
    ]
    weight = sum((result.item.weight for result in counted), ZERO)
    earned = sum((result.earned for result in counted), ZERO)
    asked = [item for item in section.items if is_asked(item, plant)]
    return SectionResult(
        id=section.id,
        title=section.title,
        points=100 * earned / weight if weight else None,
        earned=earned,
        counted=weight,
        answered=sum(_is_answered(item, plant, results) for item in asked),
        asked=len(asked),
    )


def is_asked(item: Item, plant: Plant) -> bool:
    """Whether a plant is expected to answer: what concerns it, less what is optional, blank-is-zero or unrated."""
    if plant.concern_of(item) is not Concern.YES:
        return False
    if isinstance(item, Activity):
        return not (item.is_optional or item.is_zero_when_blank)
    if isinstance(item, Indicator):
        return any(
            level.verification.is_usable and not level.is_ahead(plant.year) and level.when.holds(plant.chosen)
            for level in item.levels
        )
    return True


def _is_answered(item: Item, plant: Plant, results: Mapping[ItemId, ItemResult]) -> bool:
    if plant.answers.get(item.id, MISSING) != MISSING:
        return True
    reading = results[item.id].reading if item.id in results else None
    return reading is not None and reading.value is not None


# ── grade ────────────────────────────────────────────────────────────────────


def _grade(results: Mapping[ItemId, ItemResult], rules: GradesRulebook) -> GradeResult:
    groups = tuple(_group(group, results) for group in rules.groups)
    index = {grade: _index(grade, groups) for grade in GRADES}
    thresholds = {grade: rules.thresholds[grade.value] for grade in GRADES}
    blockers = {grade: _blockers(grade, results.values()) for grade in GRADES}
    reached = (grade for grade in GRADES if _holds(grade, index, thresholds) and not blockers[grade])
    return GradeResult(
        index=index,
        thresholds=thresholds,
        groups=groups,
        blockers=blockers,
        grade=next(reached, None),
        is_rated=any(y is not None for y in index.values()),
        is_official=rules.is_official,
        title=rules.title,
        basis=rules.basis,
    )


def _holds(grade: Grade, index: Mapping[Grade, Decimal | None], thresholds: Mapping[Grade, Decimal]) -> bool:
    """Whether the index reaches the grade's threshold at its own level and at every weaker one.

    Where every indicator has all three levels the weaker ones follow by themselves (a level reached includes the
    weaker); where some lack a level this keeps a few indicators from carrying a grade that the others contradict.
    """
    if index[grade] is None:
        return False
    known = (index[one] for one in GRADES if one.rank >= grade.rank)
    return all(y is None or y >= thresholds[grade] for y in known)


def _group(group: GradeGroup, results: Mapping[ItemId, ItemResult]) -> GroupResult:
    members = tuple(_member(results[ItemId(id)], weight) for id, weight in group.members.items())
    return GroupResult(id=group.id, title=group.title, weight=group.weight, members=members)


def _member(result: ItemResult, weight: Decimal) -> MemberResult:
    assert isinstance(result.item, Indicator)  # the catalog admits nothing else into a group
    applies = result.standing not in (Standing.NOT_APPLICABLE, Standing.NOT_CONCERNED)
    usable = {level.level.grade: level.value for level in result.levels if level.is_usable}
    value = result.reading.value if result.reading else None
    return MemberResult(
        item=result.item.id,
        weight=weight,
        is_binding=result.item.binding is not None,
        takes_part={grade: applies and grade in usable for grade in GRADES},
        reaches={
            grade: value is not None
            and grade in usable
            and result.item.direction.is_reached(value, usable[grade])
            for grade in GRADES
        },
    )


def _index(grade: Grade, groups: tuple[GroupResult, ...]) -> Decimal | None:
    """Y_g = Σ w_i · Σ ω_ij · Y_g(x_ij), both sums re-normalised over what takes part at this level."""
    return _weighted(
        (
            group.weight,
            _weighted(
                (member.weight, Decimal(100) if member.reaches[grade] else ZERO)
                for member in group.members
                if member.takes_part[grade]
            ),
        )
        for group in groups
    )


def _blockers(grade: Grade, results: Iterable[ItemResult]) -> tuple[ItemId, ...]:
    """Binding indicators that miss the level, or, where it has no value, the nearest weaker one that has."""
    blockers = []
    for result in results:
        if not _is_binding_here(result):
            continue
        required = [
            level for level in result.levels if level.is_usable and level.level.grade.rank >= grade.rank
        ]
        if required:
            nearest = min(required, key=lambda level: level.level.grade.rank)
            if result.reached is None or result.reached.rank > nearest.level.grade.rank:
                blockers.append(result.item.id)
    return tuple(blockers)


def _is_binding_here(result: ItemResult) -> bool:
    return (
        isinstance(result.item, Indicator)
        and result.item.binding is not None
        and result.standing not in (Standing.NOT_APPLICABLE, Standing.NOT_CONCERNED)
    )


# ── gates ────────────────────────────────────────────────────────────────────


def _gates(plant: Plant, results: Mapping[ItemId, ItemResult]) -> Iterable[Gate]:
    for item in plant.questionnaire.items.values():
        if isinstance(item, Requirement) and plant.concern_of(item) is not Concern.NO:
            answer = plant.answers.get(item.id, MISSING)
            met = answer.is_met if isinstance(answer, Declared) else None
            yield Gate(item=item, state=_state(met))
        elif isinstance(item, Indicator) and _is_binding_here(results[item.id]):
            result = results[item.id]
            if plant.levels_of(item) is None:  # the limit itself waits for activity data
                yield Gate(item=item, state=GateState.UNANSWERED)
            elif any(level.is_usable for level in result.levels):
                has_value = result.reading is not None and result.reading.value is not None
                yield Gate(item=item, state=_state(result.reached is not None if has_value else None))


def _unsaid(plant: Plant) -> Iterable[ItemId]:
    """Traits and activity data that are asked and not given: while one lacks, what applies is not known for sure."""
    for item in plant.questionnaire.items.values():
        if (
            isinstance(item, Trait | Activity)
            and is_asked(item, plant)
            and plant.answers.get(item.id, MISSING) == MISSING
        ):
            yield item.id


def _state(met: bool | None) -> GateState:
    if met is None:
        return GateState.UNANSWERED
    return GateState.PASSED if met else GateState.OPEN
