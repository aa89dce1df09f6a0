"""What a city may learn from all self-checks together: the facts of one submission, and sums over many.

Every panel reads these sums, kept by one upsert per submission; a scan over the facts gives the same sums, always.
Which of them may be shown is decided in `disclosure`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from portal.core.advice import Range, Recommendation
from portal.core.assessment import Assessment, Standing, rounded
from portal.core.gaps import Gap
from portal.core.questionnaire import ItemId

BIN = 10  # points a column of the distribution
BINS = tuple(f"{low:02d}" for low in range(0, 100, BIN))
GRADE_KEYS = ("I", "II", "III", "-")  # of the sums; "-": no level reached, or nothing to rate

Sums = dict[tuple[str, str], tuple[int, int]]  # kind, key → count, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One scored item of a submission: thousandths of its weight, declared and verified; None: did not count."""

    item: ItemId
    declared: int | None
    verified: int | None
    is_gap: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A technology recommended to a plant: yuan, yuan a year, kilograms of CO₂ a year; None where unknown.

    An investment that only the source's own plant had is unknown here.
    """

    technology: str
    rank: int
    investment: tuple[int, int] | None
    saving: tuple[int, int] | None
    co2: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one submission contributes. Points in hundredths; `verified` is None until the city has confirmed.

    `earlier` are the points that the same enterprise declared a year before in the same district and sector. It is not
    kept but looked up, so that it follows when the earlier submission changes.
    """

    year: int
    district: str
    sector: str
    scale: str
    points: int | None
    verified: int | None
    grade: str
    verified_grade: str
    outcomes: tuple[Outcome, ...]
    offers: tuple[Offer, ...]
    earlier: int | None = None


def outcomes(assessment: Assessment, gaps: Iterable[Gap], verified: Assessment | None) -> tuple[Outcome, ...]:
    """The scored items of a submission in the order of the questionnaire; those that did not count are left out."""
    behind = {gap.result.item.id for gap in gaps}
    after = {result.item.id: _thousandths(result.factor) for result in verified.items} if verified else {}
    return tuple(
        Outcome(
            item=result.item.id,
            declared=_thousandths(result.factor),
            verified=after.get(result.item.id),
            is_gap=result.item.id in behind,
        )
        for result in assessment.items
        if result.standing is Standing.COUNTED or result.item.id in behind
    )


def _thousandths(factor: Decimal | None) -> int | None:
    return None if factor is None else int((factor * 1000).to_integral_value())


def offers(recommendations: Iterable[Recommendation]) -> tuple[Offer, ...]:
    """The recommendations with their money and CO₂ in whole yuan and kilograms."""
    return tuple(
        Offer(
            technology=one.technology.id,
            rank=rank,
            investment=_whole(one.investment, 10_000) if one.is_investment_scaled else None,
            saving=_whole(one.money, 10_000),
            co2=_whole(one.co2, 1000),
        )
        for rank, one in enumerate(recommendations, start=1)
    )


def _whole(range: Range | None, factor: int) -> tuple[int, int] | None:
    if range is None:
        return None
    return int((range.low * factor).to_integral_value()), int((range.high * factor).to_integral_value())


def hundredths(points: Decimal | None) -> int | None:
    """Points as whole hundredths, rounded by the one rule."""
    return None if points is None else int(rounded(points) * 100)


# ── Sums ─────────────────────────────────────────────────────────────────────


def sums(facts: Facts) -> Sums:
    """What one submission adds to the sums of its year, district and sector."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for kind, key, total in _contributions(facts):
        cell = found[kind, key]
        cell[0] += 1
        cell[1] += total
    return {place: (count, total) for place, (count, total) in found.items()}


def _contributions(facts: Facts) -> Iterator[tuple[str, str, int]]:
    yield "submitted", "", facts.points or 0
    yield "scale", facts.scale, facts.points or 0
    yield "grade", facts.grade or "-", 0
    if facts.points is not None:
        yield "points", bin_of(facts.points), facts.points
    if facts.verified is not None:
        yield "verified", "", facts.verified
        yield "declared_of_verified", "", facts.points or 0
        yield "verified_grade", facts.verified_grade or "-", 0
        yield "verified_points", bin_of(facts.verified), facts.verified
    if facts.earlier is not None and facts.points is not None:
        yield "again", "", facts.points
        yield "earlier", "", facts.earlier
    for outcome in facts.outcomes:
        if outcome.declared is None:
            continue
        yield "item", outcome.item, outcome.declared
        if outcome.declared == 1000:
            yield "in_place", outcome.item, 0
        if outcome.is_gap:
            yield "gap", outcome.item, 0
        if facts.verified is not None:
            kept = outcome.verified or 0  # an answer that was taken away counts for nothing
            yield "inflation", outcome.item, outcome.declared - kept
            if kept < outcome.declared:
                yield "lowered", outcome.item, 0
    for offer in facts.offers:
        yield "technology", offer.technology, 0
        for name, range in (("investment", offer.investment), ("saving", offer.saving), ("co2", offer.co2)):
            if range is not None:
                yield f"{name}_low", offer.technology, range[0]
                yield f"{name}_high", offer.technology, range[1]


def bin_of(points: int) -> str:
    """The column of the distribution that points (hundredths) fall into: its lower bound, two digits."""
    return f"{min(points // (BIN * 100) * BIN, 100 - BIN):02d}"


def changed(before: Sums, after: Sums) -> Sums:
    """What must be added to the sums when one submission's contribution changes."""
    places = before.keys() | after.keys()
    moved = {
        place: (
            after.get(place, (0, 0))[0] - before.get(place, (0, 0))[0],
            after.get(place, (0, 0))[1] - before.get(place, (0, 0))[1],
        )
        for place in places
    }
    return {place: step for place, step in moved.items() if step != (0, 0)}
