"""What a city may learn from all self-checks together: facts of one submission, sums over many, and which sums stay hidden.

Every panel reads `Tally` sums, kept by one upsert per submission; a scan over the facts gives the same sums, always.
A group under five enterprises is never shown, nor is one that could be worked out from those that are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.core.advice import Range, Recommendation
from portal.core.assessment import Assessment, Standing, rounded
from portal.core.gaps import Gap
from portal.core.questionnaire import ItemId

LEAST = 5  # fewer enterprises than this are no statistics but a portrait
BIN = 10  # points a column of the distribution

Place = tuple[str, str]  # district, sector
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
    """What one submission contributes. Points in hundredths; `verified` is None until the city has confirmed."""

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
    for outcome in facts.outcomes:
        if outcome.declared is not None:
            yield "item", outcome.item, outcome.declared
            if outcome.declared == 1000:
                yield "in_place", outcome.item, 0
            if outcome.verified is not None:
                yield "inflation", outcome.item, outcome.declared - outcome.verified
                if outcome.verified < outcome.declared:
                    yield "lowered", outcome.item, 0
        if outcome.is_gap:
            yield "gap", outcome.item, 0
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


# ── What may be shown ────────────────────────────────────────────────────────


def shown(counts: Mapping[Place, int]) -> frozenset[Place]:
    """The cells (district, sector) of a table with sums at its edges that may be shown; "" stands for "all".

    Hidden are groups under LEAST, and as many more that no hidden cell follows from the shown ones by any
    addition or subtraction, and that the hidden cells of a row or column are at least LEAST enterprises together.
    """
    table = _with_sums(counts)
    hidden = {place for place, count in table.items() if 0 < count < LEAST}
    while True:
        weak = [place for place in sorted(hidden) if _is_given_away(place, hidden, table)]
        more = [one for place in weak if (one := _smallest_shown(place, hidden, table)) is not None]
        if not more:
            return frozenset(table.keys() - hidden)
        hidden.add(more[0])


def _with_sums(counts: Mapping[Place, int]) -> dict[Place, int]:
    table: dict[Place, int] = defaultdict(int)
    for (district, sector), count in counts.items():
        for place in ((district, sector), (district, ""), ("", sector), ("", "")):
            table[place] += count
    return dict(table)


def _is_given_away(place: Place, hidden: Collection[Place], table: Mapping[Place, int]) -> bool:
    """Whether the cell follows from the shown ones: exactly when no ring of hidden cells leads through it.

    Rows and columns are knots, hidden cells are threads between them: a thread whose cut parts the net carries a
    number that the sums at both sides determine. (Gusfield, "A graph theoretic approach to statistical data
    security", SIAM J. Comput. 17, 1988.)
    """
    for line in (0, 1):
        if sum(table[one] for one in hidden if one[line] == place[line]) < LEAST:
            return True
    start, goal = _knots(place)
    return goal not in _reached(start, [one for one in hidden if one != place])


def _knots(place: Place) -> tuple[tuple[int, str], tuple[int, str]]:
    return (0, place[0]), (1, place[1])


def _reached(start: tuple[int, str], threads: Collection[Place]) -> set[tuple[int, str]]:
    reached, ahead = {start}, [start]
    while ahead:
        knot = ahead.pop()
        for thread in threads:
            if thread[knot[0]] == knot[1]:
                new = set(_knots(thread)) - reached
                reached |= new
                ahead += new
    return reached


def _smallest_shown(place: Place, hidden: Collection[Place], table: Mapping[Place, int]) -> Place | None:
    """The smallest shown cell beside it in its row or column, or else beside its net; None when there is none left."""
    rest = [one for one, count in table.items() if count and one not in hidden]
    beside = [one for one in rest if one[0] == place[0] or one[1] == place[1]]
    if not beside:
        net = _reached(_knots(place)[0], hidden)
        beside = [one for one in rest if net & set(_knots(one))]
    return min(beside, key=lambda one: (table[one], one), default=None)
