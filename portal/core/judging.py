"""Judging a submission item by item: what needs a verdict, what may be said, and what it does to the score."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from portal.core.answers import (
    MISSING,
    Answer,
    Declared,
    Measured,
    Missing,
    NotApplicable,
    Practised,
    check,
)
from portal.core.assessment import Assessment, ItemResult, Standing
from portal.core.errors import Problem
from portal.core.plain_text import is_printable
from portal.core.plant import Concern
from portal.core.questionnaire import Activity, Extent, Indicator, Item, ItemId, Practice, Requirement, Trait
from portal.core.review import LONGEST_REMARK, Party, Reason, Verdict, VerdictKind

ZERO = Decimal(0)


def items_to_judge(assessment: Assessment, verdicts: Iterable[Verdict] = ()) -> tuple[ItemId, ...]:
    """The items that need a verdict: what counts or is said not to apply, with a weight, every gate declared, and
    whatever the plant was asked to correct, according to `verdicts`.
    """
    weighed = {
        result.item.id
        for result in assessment.items
        if result.item.weight and result.standing in (Standing.COUNTED, Standing.NOT_APPLICABLE)
    }
    declared = {
        item.id
        for item in assessment.questionnaire.items.values()
        if isinstance(item, Requirement)
        and assessment.plant.concern_of(item) is not Concern.NO
        and isinstance(assessment.answers.get(item.id), Declared)
    }
    asked = {one.item for one in verdicts if one.kind is VerdictKind.RETURNED and one.issued_at is not None}
    return tuple(item for item in assessment.questionnaire.items if item in weighed | declared | asked)


def left_to_judge(
    assessment: Assessment,
    verdicts: Mapping[ItemId, Verdict],
    changed_since: Mapping[int, Collection[ItemId]],
) -> tuple[ItemId, ...]:
    """The items whose verdict cannot stand: there is none, it asked for a correction that is over, or it was made on
    something else; `changed_since` names for each earlier round what has changed from it to now.
    """
    return tuple(
        item
        for item in items_to_judge(assessment, verdicts.values())
        if item not in verdicts
        or item in changed_since.get(verdicts[item].round, ())
        or (
            verdicts[item].kind is VerdictKind.RETURNED
            and (verdicts[item].issued_at is not None or verdicts[item].round in changed_since)
        )
    )


def kinds_for(assessment: Assessment, item: Item) -> tuple[VerdictKind, ...]:
    """What may be said to an item: what is blank, and what earns nothing, cannot be lowered."""
    answer = assessment.answers.get(item.id, MISSING)
    value = None
    if isinstance(item, Indicator):
        reading = assessment.result_of(item.id).reading
        value = reading.value if reading is not None else None
    is_blank = isinstance(answer, Missing) and value is None
    is_lowest = answer == Declared(False) or (isinstance(answer, Practised) and answer.extent is Extent.NONE)
    if isinstance(item, Trait) or is_blank or is_lowest:
        return (VerdictKind.CONFIRMED, VerdictKind.RETURNED)
    return (VerdictKind.CONFIRMED, VerdictKind.LOWERED, VerdictKind.RETURNED)


def check_verdict(assessment: Assessment, verdict: Verdict) -> tuple[Problem, ...]:
    """All that stands against a verdict on an answer of `assessment`, the one declared."""
    item = assessment.questionnaire.items[verdict.item]
    answer = assessment.answers.get(item.id, MISSING)
    problems: list[Problem] = []
    if verdict.kind not in kinds_for(assessment, item):
        problems.append(Problem(place="kind", code="not_an_option"))
    if verdict.kind is VerdictKind.LOWERED:
        problems += _check_counted(assessment, item, answer, verdict.counted)
        if verdict.reason is None:
            problems.append(Problem(place="reason", code="reason_wanted"))
    needs_comment = verdict.kind is VerdictKind.RETURNED or (
        verdict.kind is VerdictKind.LOWERED and verdict.reason is Reason.OTHER
    )
    return (*problems, *check_remark(verdict.comment, is_needed=needs_comment, place="comment"))


def check_remark(text: str, *, is_needed: bool = False, place: str = "remark") -> tuple[Problem, ...]:
    """What stands against a remark of the bureau."""
    if is_needed and not text:
        return (Problem(place=place, code="remark_wanted"),)
    if len(text) > LONGEST_REMARK:
        return (Problem(place=place, code="too_long", details=(str(LONGEST_REMARK),)),)
    return () if is_printable(text) else (Problem(place=place, code="unprintable"),)


def _check_counted(
    assessment: Assessment, item: Item, answer: Answer, counted: Answer | None
) -> list[Problem]:
    is_missing = counted is None or isinstance(counted, Missing)
    if isinstance(answer, NotApplicable) and isinstance(counted, Missing):
        return []  # the reason does not hold, and what would apply is not known
    if is_missing or isinstance(counted, NotApplicable):
        return [Problem(place="counted", code="counted_wanted")]
    assert counted is not None
    problems = check(item, counted)
    if problems:
        return [Problem(place="counted", code=one.code, details=one.details) for one in problems]
    if not is_lower(assessment, item, answer, counted):
        return [Problem(place="counted", code="not_lower")]
    return []


def is_lower(assessment: Assessment, item: Item, answer: Answer, counted: Answer) -> bool:
    """Whether what shall count is less than what was declared; a corrected activity only has to differ."""
    match item, answer, counted:
        case _, NotApplicable(), _:
            return True
        case Practice(), Practised(), Practised():
            return _rank(counted) < _rank(answer)
        case Indicator(), _, Measured(value=value):
            reading = assessment.result_of(item.id).reading
            declared = reading.value if reading is not None else None
            return declared is None or not item.direction.is_reached(value, declared)
        case Requirement(), Declared(is_met=True), Declared(is_met=False):
            return True
        case Activity(), _, Measured():
            return counted != answer
    return False


def check_between(
    declared: Assessment, counting: Assessment, item: Item, counted: Answer
) -> tuple[Problem, ...]:
    """What stands against granting an objection in part: the level lies below the one declared and above the one
    that counts in `counting`.
    """
    now = counting.answers.get(item.id, MISSING)
    problems = _check_counted(declared, item, declared.answers.get(item.id, MISSING), counted)
    if not problems and not _is_higher(counting, item, now, counted):
        problems = [Problem(place="counted", code="not_between")]
    return tuple(problems)


def _is_higher(counting: Assessment, item: Item, now: Answer, counted: Answer) -> bool:
    match item, now, counted:
        case Practice(), Practised(), Practised():
            return _rank(counted) > _rank(now)
        case Indicator(), _, Measured(value=value):
            reading = counting.result_of(item.id).reading
            current = reading.value if reading is not None else None
            return current is None or not item.direction.is_reached(current, value)
    return counted != now


_ORDER = (Extent.NONE, Extent.PLANNED, Extent.PARTIAL, Extent.FULL)


def _rank(answer: Practised) -> tuple[int, Decimal]:
    return _ORDER.index(answer.extent), answer.share or ZERO


# ── What it does to the score ────────────────────────────────────────────────


def points_of(assessment: Assessment) -> dict[ItemId, Decimal]:
    """What each counted item brings to the total, unrounded; the sum of all is the total."""
    columns = [column for column in assessment.points.columns if column.counted]
    shares = sum((column.share for column in columns), ZERO)
    worth = {column.column: 100 * column.share / shares / column.counted for column in columns}
    return {
        result.item.id: result.earned * worth[result.item.column]
        for result in assessment.items
        if result.standing is Standing.COUNTED and result.item.column in worth
    }


def changed(before: Assessment, after: Assessment) -> frozenset[ItemId]:
    """The items whose answer, or the value computed for them, differs between two rounds."""
    answers = {
        item
        for item in after.questionnaire.items
        if before.answers.get(item, MISSING) != after.answers.get(item, MISSING)
    }
    values = {
        now.item.id
        for then, now in zip(before.items, after.items, strict=True)
        if _value(then) != _value(now) or then.standing is not now.standing
    }
    return frozenset(answers | values)


def _value(result: ItemResult) -> Decimal | None:
    return result.reading.value if result.reading is not None else None


def sent_back(verdicts: Mapping[ItemId, Verdict], round: int, party: Party) -> tuple[Verdict, ...]:
    """The drafts of this round and party that ask for a correction."""
    return tuple(
        one
        for one in verdicts.values()
        if one.kind is VerdictKind.RETURNED
        and (one.round, one.party) == (round, party)
        and one.issued_at is None
    )
