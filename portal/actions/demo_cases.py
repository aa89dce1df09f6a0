"""What becomes of an example plant's self-check: its rounds, what the bureau says to each item, and the result.

Computed apart from every database, because scoring and advising a city's plants takes minutes: several processes share
the work and hand back plain values, which `demo_large` writes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from portal.actions import facts
from portal.actions.assessment import checksum
from portal.actions.demo_plants import Plant, answers, chance
from portal.actions.facts import grade_of
from portal.core.answers import Answer, Answers, Measured, Practised
from portal.core.assessment import Assessment, rounded
from portal.core.data_check import find_irregularities
from portal.core.judging import check_verdict, items_to_judge, kinds_for
from portal.core.levels import Direction
from portal.core.library import Library
from portal.core.questionnaire import Extent, Indicator, ItemId
from portal.core.receipt import receipt
from portal.core.review import Party, Reason, ReviewState, Verdict, VerdictKind, verified
from portal.core.scoring import assess
from portal.core.statistics import Facts
from portal.storage.assessment import Frozen

# How this year's submissions stand, in per cent; earlier years are settled.
_NOW = {
    ReviewState.WAITING: 22,
    ReviewState.REVIEWING: 18,
    ReviewState.RETURNED: 12,
    ReviewState.FORWARDED: 8,
    ReviewState.RECHECKING: 7,
    ReviewState.CONFIRMED: 27,
    ReviewState.OBJECTED: 3,
    ReviewState.CLOSED: 3,
}
_THEN = {ReviewState.CONFIRMED: 96, ReviewState.CLOSED: 4}
_SOME_TIME = datetime(2020, 1, 1, tzinfo=UTC)
_SETTLED = frozenset({ReviewState.CONFIRMED, ReviewState.OBJECTED, ReviewState.CLOSED})
_FORWARDED = _SETTLED | {ReviewState.FORWARDED, ReviewState.RECHECKING, ReviewState.RETURNED_BY_CITY}
_ASKED_BY_CITY = 0.25  # of the cases that the city works on wait for the plant


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a bureau says to one item, without who and when."""

    item: ItemId
    kind: VerdictKind
    counted: Answer | None = None
    reason: Reason | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One self-check from its first field to where it stands now.

    `rounds` are the submissions with the plant's profile but no number yet; `findings` are the data check's in the
    first of them, `findings_after` in the last. `returned` was sent back after the first round, `judged` stands at the
    end, `asked` is what the city wants corrected; `verified_columns` keep the answers that count, `decided_columns` those after the objections.
    """

    year: int
    given: Answers
    findings: int = 0
    findings_after: int = 0
    rounds: tuple[Frozen, ...] = ()
    state: ReviewState | None = None
    returned: tuple[Said, ...] = ()
    judged: tuple[Said, ...] = ()
    asked: tuple[Said, ...] = ()
    objected: tuple[Said, ...] = ()
    is_granted: bool = False
    verified_columns: Mapping[str, Any] | None = None
    decided_columns: Mapping[str, Any] | None = None
    contribution: Facts | None = None


def stories(
    words: Mapping[str, Any], folder: Path, library: Library, plant: Plant, this_year: int
) -> tuple[Story, ...]:
    """Every self-check of the plant, oldest first: those submitted, and in half of the other cases a draft."""
    found = [_story(words, folder, library, plant, year, this_year) for year in plant.years]
    begun = chance(words["seed"], "draft", plant.number).random() < 0.5
    if this_year not in plant.years and begun:
        questionnaire = library.questionnaire(plant.profile.sector)
        whole = answers(words, folder, plant, questionnaire, this_year)
        share = chance(words["seed"], "share", plant.number).uniform(0.2, 0.9)
        found.append(Story(year=this_year, given=dict(list(whole.items())[: int(len(whole) * share)])))
    return tuple(found)


def meant_state(words: Mapping[str, Any], plant: Plant, year: int, this_year: int) -> ReviewState:
    """Where the plant's submission of that year shall stand."""
    weights = _NOW if year == this_year else _THEN
    draw = chance(words["seed"], "state", plant.number, year)
    state = draw.choices(list(weights), list(weights.values()))[0]
    is_asked = state is ReviewState.RECHECKING and draw.random() < _ASKED_BY_CITY
    return ReviewState.RETURNED_BY_CITY if is_asked else state


def _story(
    words: Mapping[str, Any], folder: Path, library: Library, plant: Plant, year: int, this_year: int
) -> Story:
    questionnaire = library.questionnaire(plant.profile.sector)
    state = meant_state(words, plant, year, this_year)
    draw = chance(words["seed"], "case", plant.number, year)
    has_correction = state is ReviewState.RETURNED or (
        state is not ReviewState.WAITING and draw.random() < 0.25
    )
    final = answers(words, folder, plant, questionnaire, year)
    last = assess(questionnaire, final, year)
    returned: tuple[Said, ...] = ()
    rounds = [last]
    if has_correction:
        returned = tuple(_sent_back(words, last, draw))
        if state is not ReviewState.RETURNED:
            rounds.insert(0, assess(questionnaire, _before(final, returned, draw), year))
    needs_lowered = state in (ReviewState.OBJECTED, ReviewState.CLOSED)
    judged = tuple(_judged(words, last, plant.quality, draw, needs_lowered=needs_lowered))
    if needs_lowered and not any(one.kind is VerdictKind.LOWERED for one in judged):
        state = ReviewState.CONFIRMED  # nothing to object to: all is at its lowest already
    judged = _so_far(judged, state, returned, draw)
    asked: tuple[Said, ...] = ()
    if state is ReviewState.RETURNED_BY_CITY:
        asked = tuple(_sent_back(words, last, chance(words["seed"], "city", plant.number, year)))
    objected = tuple(one for one in judged if one.kind is VerdictKind.LOWERED)[:2]
    settled = state in _SETTLED
    is_granted = draw.random() < 0.4
    counting = verified(final, {one.item: _verdict(one) for one in judged}) if settled else None
    decided = counting
    if counting is not None and state is ReviewState.CLOSED and is_granted:
        decided = {**counting, **{one.item: final[one.item] for one in objected[:1]}}
    return Story(
        year=year,
        given=final,
        findings=len(find_irregularities(rounds[0])),
        findings_after=len(find_irregularities(last)),
        rounds=tuple(_frozen(one, plant) for one in rounds),
        state=state,
        returned=returned,
        judged=judged,
        asked=asked,
        objected=objected if state in (ReviewState.OBJECTED, ReviewState.CLOSED) else (),
        is_granted=is_granted,
        verified_columns=_columns(assess(questionnaire, counting, year)) if counting is not None else None,
        decided_columns=_columns(assess(questionnaire, decided, year)) if decided is not None else None,
        contribution=facts.of(
            library,
            last,
            year=year,
            district=plant.profile.district,
            scale=plant.profile.scale,
            verified=decided,
        ),
    )


def _frozen(assessment: Assessment, plant: Plant) -> Frozen:
    slip = receipt(assessment)
    points = assessment.points
    return Frozen(
        number="",
        answers=assessment.answers,
        evidence={},
        profile=plant.profile,
        receipt=slip,
        checksum=checksum(slip),
        points=None if points.total is None else rounded(points.total),
        completeness=rounded(points.completeness),
        grade=grade_of(assessment),
        is_provisional=points.is_provisional,
    )


def _columns(assessment: Assessment) -> dict[str, Any]:
    slip = receipt(assessment)
    total = assessment.points.total
    return {
        "answers": assessment.answers,
        "receipt": slip,
        "checksum": checksum(slip),
        "points": None if total is None else rounded(total),
        "grade": grade_of(assessment),
    }


# ── What the bureau says ─────────────────────────────────────────────────────


def _sent_back(words: Mapping[str, Any], declared: Assessment, draw: Random) -> Iterator[Said]:
    """Two to four items that ask for a correction."""
    items = [
        item
        for item in items_to_judge(declared)
        if isinstance(declared.answers.get(item), Practised | Measured)
    ]
    for item in sorted(draw.sample(items, min(draw.randint(2, 4), len(items))), key=items.index):
        yield Said(
            item=item,
            kind=VerdictKind.RETURNED,
            reason=draw.choice((Reason.NO_EVIDENCE, Reason.EVIDENCE_UNCLEAR, Reason.WRONG_FIGURE)),
            comment=draw.choice(words["comments"]["returned"]),
        )


def _before(final: Answers, returned: Sequence[Said], draw: Random) -> Answers:
    """What had been answered before the correction: somewhat better than it was."""
    changed = dict(final)
    for one in returned:
        match final[one.item]:
            case Practised(extent=extent) if extent is not Extent.FULL:
                changed[one.item] = Practised(Extent.FULL)
            case Measured(value=value) if (
                draw.random() < 0.5 and value * 10 == (value * 10).to_integral_value()
            ):
                changed[one.item] = Measured(value * Decimal("0.9"))
    return changed


def _judged(
    words: Mapping[str, Any], declared: Assessment, quality: float, draw: Random, *, needs_lowered: bool
) -> Iterator[Said]:
    """A verdict for every item: confirmed, or lowered here and there, oftener where less is in place."""
    lowered = 0
    for item in items_to_judge(declared):
        said = None
        if draw.random() < 0.03 + 0.05 * (1 - quality) or (needs_lowered and not lowered):
            said = _lowered(words, declared, item, draw)
        lowered += said is not None
        yield said or Said(item=item, kind=VerdictKind.CONFIRMED)


def _lowered(words: Mapping[str, Any], declared: Assessment, item: ItemId, draw: Random) -> Said | None:
    meant = declared.questionnaire.items[item]
    if VerdictKind.LOWERED not in kinds_for(declared, meant):
        return None
    counted: Answer
    match declared.answers.get(item):
        case Practised(extent=Extent.FULL):
            counted = Practised(Extent.PARTIAL, Decimal(draw.randrange(30, 85, 5)))
        case Practised(extent=Extent.PARTIAL):
            counted = Practised(Extent.PLANNED)
        case Measured(value=value) if isinstance(meant, Indicator) and value > 0:
            factor = Decimal("1.1") if meant.direction is Direction.SMALLER else Decimal("0.9")
            counted = Measured(round(value * factor, 3))
        case _:
            return None
    said = Said(
        item=item,
        kind=VerdictKind.LOWERED,
        counted=counted,
        reason=draw.choice((Reason.NOT_COVERED, Reason.NOT_IN_PLACE, Reason.WRONG_PERIOD)),
        comment=draw.choice(words["comments"]["lowered"]),
    )
    return said if not check_verdict(declared, _verdict(said)) else None


def _so_far(
    judged: tuple[Said, ...], state: ReviewState, returned: Sequence[Said], draw: Random
) -> tuple[Said, ...]:
    """How much of the verdicts there is by now; what is sent back has no other verdict beside it."""
    out = {one.item for one in returned} if state is ReviewState.RETURNED else set()
    kept = tuple(one for one in judged if one.item not in out)
    if state in _FORWARDED:
        return kept
    if state is ReviewState.WAITING:
        return ()
    return kept[: int(len(kept) * draw.uniform(0.1, 0.8))]


def _verdict(said: Said) -> Verdict:
    return Verdict(
        item=said.item,
        round=1,
        party=Party.DISTRICT,
        kind=said.kind,
        counted=said.counted,
        reason=said.reason,
        comment=said.comment,
        by="",
        at=_SOME_TIME,
    )
