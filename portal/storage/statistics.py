"""Facts and sums for the statistics: rows ↔ core objects. The sums move with every submission, in its transaction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, case, cast, delete, func, insert, select, true
from sqlalchemy.orm import Session, aliased

from portal.core.disclosure import Place
from portal.core.filing import AssessmentState
from portal.core.questionnaire import ItemId
from portal.core.roles import Sight
from portal.core.statistics import Facts, Offer, Outcome, Sums, changed, sums
from portal.storage.session import asked_once
from portal.storage.sight import seen_by
from portal.storage.tables import (
    AssessmentRow,
    EnterpriseRow,
    OutcomeRow,
    RecommendedRow,
    StandingRow,
    TallyRow,
)
from portal.storage.upsert import inserting

_RANGES = ("investment", "saving", "co2")
_PLACE = ("year", "district", "sector", "kind", "key")


def keep(session: Session, assessment_id: str, facts: Facts) -> None:
    """Replace what the submission contributes; the sums follow, those of the enterprise's next year too."""
    moved = (assessment_id, _next(session, assessment_id))
    before = [find(session, id) for id in moved]
    if before[0] is not None:
        for row in (OutcomeRow, RecommendedRow, StandingRow):
            session.execute(delete(row).where(row.assessment_id == assessment_id))
    add(session, assessment_id, facts)
    for id, was in zip(moved, before, strict=True):
        _follow(session, was, find(session, id))


def _next(session: Session, assessment_id: str) -> str:
    """The same enterprise's self-check of the year after; empty when there is none."""
    mine, other = aliased(AssessmentRow), aliased(AssessmentRow)
    query = (
        select(other.id)
        .join(mine, (mine.enterprise_id == other.enterprise_id) & (other.year == mine.year + 1))
        .where(mine.id == assessment_id)
    )
    return session.scalar(query) or ""


def _earlier(session: Session, assessment_id: str) -> int | None:
    """The points that the same enterprise declared a year before in the same district and sector."""
    mine, other = aliased(AssessmentRow), aliased(AssessmentRow)
    here, there = aliased(StandingRow), aliased(StandingRow)
    query = (
        select(there.points)
        .select_from(mine)
        .join(here, here.assessment_id == mine.id)
        .join(other, (other.enterprise_id == mine.enterprise_id) & (other.year == mine.year - 1))
        .join(there, there.assessment_id == other.id)
        .where(mine.id == assessment_id, there.district == here.district, there.sector == here.sector)
    )
    return session.scalar(query)


def _follow(session: Session, before: Facts | None, after: Facts | None) -> None:
    if before is not None and after is not None and _place(before) == _place(after):
        move(session, after, changed(sums(before), sums(after)))
        return
    if before is not None:
        move(session, before, changed(sums(before), {}))
    if after is not None:
        move(session, after, sums(after))


def _place(facts: Facts) -> tuple[int, str, str]:
    return facts.year, facts.district, facts.sector


def add(session: Session, id: str, facts: Facts) -> None:
    """Keep the facts of a submission that has none yet; the sums do not move with them."""
    session.add(
        StandingRow(
            assessment_id=id,
            year=facts.year,
            district=facts.district,
            sector=facts.sector,
            scale=facts.scale,
            points=facts.points,
            verified=facts.verified,
            grade=facts.grade,
            verified_grade=facts.verified_grade,
        )
    )
    session.flush()
    if facts.outcomes:
        session.execute(
            insert(OutcomeRow.__table__),  # type: ignore[arg-type]
            [
                {
                    "assessment_id": id, "item": one.item, "declared": one.declared,
                    "verified": one.verified, "is_gap": one.is_gap,
                }
                for one in facts.outcomes
            ],
        )  # fmt: skip
    if facts.offers:
        session.execute(insert(RecommendedRow.__table__), [_offer_row(id, one) for one in facts.offers])  # type: ignore[arg-type]


def _offer_row(id: str, offer: Offer) -> dict[str, Any]:
    row: dict[str, Any] = {"assessment_id": id, "technology": offer.technology, "rank": offer.rank}
    for name in _RANGES:
        range = getattr(offer, name)
        row[f"{name}_low"], row[f"{name}_high"] = range if range is not None else (None, None)
    return row


def find(session: Session, assessment_id: str) -> Facts | None:
    """What the submission contributes now."""
    row = session.get(StandingRow, assessment_id, populate_existing=True)
    if row is None:
        return None
    outcomes = session.scalars(
        select(OutcomeRow).where(OutcomeRow.assessment_id == assessment_id).order_by(OutcomeRow.item)
    )
    offers = session.scalars(
        select(RecommendedRow)
        .where(RecommendedRow.assessment_id == assessment_id)
        .order_by(RecommendedRow.rank)
    )
    return Facts(
        year=row.year,
        district=row.district,
        sector=row.sector,
        scale=row.scale,
        points=row.points,
        verified=row.verified,
        grade=row.grade,
        verified_grade=row.verified_grade,
        outcomes=tuple(
            Outcome(item=ItemId(one.item), declared=one.declared, verified=one.verified, is_gap=one.is_gap)
            for one in outcomes
        ),
        offers=tuple(_offer(one) for one in offers),
        earlier=_earlier(session, assessment_id),
    )


def _offer(row: RecommendedRow) -> Offer:
    ranges: dict[str, Any] = {}
    for name in _RANGES:
        low, high = getattr(row, f"{name}_low"), getattr(row, f"{name}_high")
        ranges[name] = None if low is None or high is None else (low, high)
    return Offer(technology=row.technology, rank=row.rank, **ranges)


def move(session: Session, facts: Facts, steps: Sums) -> None:
    """Add the steps to the sums; rows in one order, so that two submissions never wait for each other in a ring."""
    if not steps:
        return
    year, district, sector = _place(facts)
    statement = inserting(session.get_bind().dialect.name, TallyRow)
    statement = statement.on_conflict_do_update(
        index_elements=list(_PLACE),
        set_={
            "count": TallyRow.count + statement.excluded["count"],
            "total": TallyRow.total + statement.excluded.total,
        },
    )
    rows = [
        {
            "year": year, "district": district, "sector": sector, "kind": kind, "key": key,
            "count": count, "total": total,
        }
        for (kind, key), (count, total) in sorted(steps.items())
    ]  # fmt: skip
    session.connection().execute(statement, rows)


def rebuild(session: Session, contributions: Mapping[str, Facts]) -> None:
    """Count everything anew: for content that changed, and for what was submitted before there were statistics."""
    for row in (TallyRow, OutcomeRow, RecommendedRow, StandingRow):
        session.execute(delete(row))
    for id, facts in contributions.items():
        add(session, id, facts)
    count(session, contributions)


def count(session: Session, contributions: Mapping[str, Facts]) -> None:
    """Move the sums by many submissions at once, whose facts were all added before."""
    together: dict[tuple[int, str, str], tuple[Facts, dict[tuple[str, str], tuple[int, int]]]] = {}
    for id, facts in contributions.items():
        _, found = together.setdefault(_place(facts), (facts, {}))
        for key, (size, total) in sums(replace(facts, earlier=_earlier(session, id))).items():
            had = found.get(key, (0, 0))
            found[key] = (had[0] + size, had[1] + total)
    for place in sorted(together):
        facts, steps = together[place]
        move(session, facts, steps)


@asked_once
def tallies(
    session: Session,
    year: int,
    *,
    kinds: tuple[str, ...],
    district: str = "",
    sector: str = "",
) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """The sums of a year: (district, sector, kind, key) → count, total; empty sums are left out."""
    row = TallyRow
    query = select(row.district, row.sector, row.kind, row.key, row.count, row.total).where(
        row.year == year, row.kind.in_(kinds), row.count != 0
    )
    if district:
        query = query.where(row.district == district)
    if sector:
        query = query.where(row.sector == sector)
    found = session.connection().execute(query.order_by(row.kind, row.key, row.district, row.sector))
    return {(d, s, k, key): (size, total) for d, s, k, key, size, total in found.all()}


def largest(
    session: Session, year: int, kind: str, *, district: str = "", sector: str = "", limit: int = 0
) -> tuple[tuple[str, int], ...]:
    """The keys of a kind with their counts over the district and sector, largest first."""
    count = func.sum(TallyRow.count)
    query = select(TallyRow.key, count).where(TallyRow.year == year, TallyRow.kind == kind)
    if district:
        query = query.where(TallyRow.district == district)
    if sector:
        query = query.where(TallyRow.sector == sector)
    query = query.group_by(TallyRow.key).having(count > 0).order_by(count.desc(), TallyRow.key)
    return tuple(
        (key, int(found))
        for key, found in session.connection().execute(query.limit(limit) if limit else query)
    )


def totals(
    session: Session,
    year: int,
    kinds: tuple[str, ...],
    *,
    district: str = "",
    sector: str = "",
    keys: tuple[str, ...] = (),
) -> dict[tuple[str, str, str], tuple[int, int]]:
    """The sums of a year over the district or all of them: (sector, kind, key) → count, total."""
    row = TallyRow
    count = func.sum(row.count)
    query = select(row.sector, row.kind, row.key, count, func.sum(row.total)).where(
        row.year == year, row.kind.in_(kinds)
    )
    if district:
        query = query.where(row.district == district)
    if sector:
        query = query.where(row.sector == sector)
    if keys:
        query = query.where(row.key.in_(keys))
    query = query.group_by(row.kind, row.key, row.sector).having(count != 0)
    found = session.connection().execute(query.order_by(row.kind, row.key, row.sector))
    return {(its, kind, key): (int(size), int(total)) for its, kind, key, size, total in found.all()}


# "330110:5,330111:7": what a group's districts have. One row a group is read in half the time of one a district.
_PART = TallyRow.district + ":" + cast(TallyRow.count, String)
_EACH = func.aggregate_strings(_PART, ",")


def _split(each: str) -> Iterator[tuple[str, int]]:
    for one in sorted(each.split(",")):  # databases put a group's parts together in any order
        district, _, count = one.partition(":")
        yield district, int(count)


@asked_once
def by_item(
    session: Session, year: int, kinds: tuple[str, ...], *, district: str = "", sector: str = ""
) -> tuple[dict[tuple[str, str], dict[str, int]], dict[tuple[str, str, str], tuple[int, int]]]:
    """What stands behind each key, in one question.

    Of the first kind in every district, (sector, key) → district → count; of all kinds as `totals` has them.
    """
    row = TallyRow
    here = row.district == district if district else true()
    query = select(
        row.sector,
        row.kind,
        row.key,
        func.sum(case((here, row.count), else_=0)),
        func.sum(case((here, row.total), else_=0)),
        func.aggregate_strings(case((row.kind == kinds[0], _PART)), ","),
    ).where(row.year == year, row.kind.in_(kinds), row.count != 0)
    if sector:
        query = query.where(row.sector == sector)
    query = query.group_by(row.kind, row.key, row.sector).order_by(row.kind, row.key, row.sector)
    counts, sums = {}, {}
    for its, kind, key, count, total, each in session.connection().execute(query).all():
        if count:
            sums[its, kind, key] = int(count), int(total)
        if each:
            counts[its, key] = dict(_split(each))
    return counts, sums


def counts_by_place(
    session: Session, year: int, kinds: tuple[str, ...], keys: tuple[str, ...]
) -> dict[tuple[str, str], dict[tuple[str, str], int]]:
    """How many submissions stand behind each of the keys: (kind, key) → (district, sector) → count."""
    row = TallyRow
    query = select(row.kind, row.key, row.sector, _EACH).where(
        row.year == year, row.kind.in_(kinds), row.key.in_(keys), row.count != 0
    )
    query = query.group_by(row.kind, row.key, row.sector).order_by(row.kind, row.key, row.sector)
    counts: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
    for kind, key, sector, each in session.connection().execute(query).all():
        places = counts.setdefault((kind, key), {})
        places.update(((district, sector), count) for district, count in _split(each))
    return counts


@asked_once
def years(session: Session) -> tuple[int, ...]:
    """Every year with submissions, newest first."""
    return tuple(
        session.scalars(
            select(TallyRow.year).where(TallyRow.kind == "submitted").group_by(TallyRow.year)
            .having(func.sum(TallyRow.count) > 0).order_by(TallyRow.year.desc())
        )
    )  # fmt: skip


# ── Who is behind a number ───────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which submissions to list; empty means any. `lowest` and `below` are hundredths of points."""

    year: int
    district: str = ""
    sector: str = ""
    item: str = ""  # with a gap in it
    technology: str = ""  # recommended to them
    grades: tuple[str, ...] = ()
    is_verified: bool = False
    lowest: int | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One submission of a list; points in hundredths."""

    assessment_id: str
    name: str
    district: str
    sector: str
    points: int | None
    verified: int | None
    grade: str
    verified_grade: str


def listed(
    session: Session, sight: Sight, wanted: Wanted, *, offset: int = 0, limit: int = 0
) -> tuple[tuple[Listed, ...], int]:
    """The submissions looked for that may be seen, lowest points first, and how many there are in all."""
    query = (
        select(StandingRow, EnterpriseRow.name)
        .select_from(AssessmentRow)
        .join(StandingRow, StandingRow.assessment_id == AssessmentRow.id)
        .join(EnterpriseRow, EnterpriseRow.id == AssessmentRow.enterprise_id)
        .where(StandingRow.year == wanted.year)
    )
    query = seen_by(_narrowed(query, wanted), sight)
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    query = query.order_by(StandingRow.points, StandingRow.assessment_id).offset(offset)
    rows = session.execute(query.limit(limit) if limit else query)
    return tuple(
        Listed(
            assessment_id=row.assessment_id,
            name=name,
            district=row.district,
            sector=row.sector,
            points=row.points,
            verified=row.verified,
            grade=row.grade,
            verified_grade=row.verified_grade,
        )
        for row, name in rows
    ), count


def _narrowed(query: Select[*tuple[StandingRow, str]], wanted: Wanted) -> Select[*tuple[StandingRow, str]]:
    points = StandingRow.verified if wanted.is_verified else StandingRow.points
    grade = StandingRow.verified_grade if wanted.is_verified else StandingRow.grade
    if wanted.is_verified:
        query = query.where(StandingRow.verified.is_not(None))
    if wanted.district:
        query = query.where(StandingRow.district == wanted.district)
    if wanted.sector:
        query = query.where(StandingRow.sector == wanted.sector)
    if wanted.grades:
        query = query.where(grade.in_(wanted.grades))
    if wanted.lowest is not None:
        query = query.where(points >= wanted.lowest)
    if wanted.below is not None:
        query = query.where(points < wanted.below)
    if wanted.item:
        query = query.join(OutcomeRow, OutcomeRow.assessment_id == AssessmentRow.id).where(
            OutcomeRow.item == wanted.item, OutcomeRow.is_gap.is_(True), OutcomeRow.declared.is_not(None)
        )
    if wanted.technology:
        query = query.join(RecommendedRow, RecommendedRow.assessment_id == AssessmentRow.id).where(
            RecommendedRow.technology == wanted.technology
        )
    return query


# ── Who takes part ───────────────────────────────────────────────────────────


def registered(session: Session) -> dict[Place, int]:
    """How many enterprises are registered, by district and sector."""
    row = EnterpriseRow
    query = select(row.district, row.sector, func.count()).group_by(row.district, row.sector)
    found = session.execute(query.order_by(row.district, row.sector))
    return {(district, sector): count for district, sector, count in found}


def begun(session: Session, year: int) -> dict[Place, int]:
    """How many of them have begun the year's self-check, submitted or not."""
    row = EnterpriseRow
    query = (
        select(row.district, row.sector, func.count())
        .join(AssessmentRow, AssessmentRow.enterprise_id == row.id)
        .where(AssessmentRow.year == year)
        .group_by(row.district, row.sector)
    )
    found = session.execute(query.order_by(row.district, row.sector))
    return {(district, sector): count for district, sector, count in found}


def reaching(session: Session, year: int, points: int, grades: tuple[str, ...]) -> int:
    """How many verified submissions of a year have at least these points (hundredths) and one of these grades."""
    query = select(func.count()).where(StandingRow.year == year, StandingRow.verified >= points)
    if grades:
        query = query.where(StandingRow.verified_grade.in_(grades))
    return session.scalar(query) or 0


def above(session: Session, year: int, sector: str, points: int) -> tuple[int, datetime | None]:
    """How many submissions of the sector have declared more points (hundredths); when the last of all came in."""
    query = (
        select(func.count().filter(StandingRow.points > points), func.max(AssessmentRow.submitted_at))
        .join(AssessmentRow, AssessmentRow.id == StandingRow.assessment_id)
        .where(StandingRow.year == year, StandingRow.sector == sector)
    )
    count, last = session.execute(query).one()
    return count, last


def newest(session: Session, year: int, sector: str) -> datetime | None:
    """When the last submission of the sector that is counted came in."""
    query = (
        select(func.max(AssessmentRow.submitted_at))
        .join(StandingRow, StandingRow.assessment_id == AssessmentRow.id)
        .where(StandingRow.year == year, StandingRow.sector == sector)
    )
    return session.scalar(query)


def submissions(session: Session) -> tuple[str, ...]:
    """Every submitted self-check, oldest year first, for counting anew."""
    query = (
        select(AssessmentRow.id)
        .where(AssessmentRow.state == AssessmentState.SUBMITTED)
        .order_by(AssessmentRow.year, AssessmentRow.id)
    )
    return tuple(session.scalars(query))
