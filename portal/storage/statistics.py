"""Facts and sums for the statistics: rows ↔ core objects. The sums move with every submission, in its transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from portal.core.questionnaire import ItemId
from portal.core.statistics import Facts, Offer, Outcome, Sums, changed, sums
from portal.storage.tables import OutcomeRow, RecommendedRow, StandingRow, TallyRow
from portal.storage.upsert import inserting

_RANGES = ("investment", "saving", "co2")
_PLACE = ("year", "district", "sector", "kind", "key")


def keep(session: Session, assessment_id: str, facts: Facts) -> None:
    """Replace what the submission contributes; the sums follow."""
    before = find(session, assessment_id)
    if before is not None:
        for row in (OutcomeRow, RecommendedRow, StandingRow):
            session.execute(delete(row).where(row.assessment_id == assessment_id))
    _add(session, assessment_id, facts)
    if before is None:
        _move(session, facts, sums(facts))
    elif _place(before) == _place(facts):
        _move(session, facts, changed(sums(before), sums(facts)))
    else:
        _move(session, before, changed(sums(before), {}))
        _move(session, facts, sums(facts))


def _place(facts: Facts) -> tuple[int, str, str]:
    return facts.year, facts.district, facts.sector


def _add(session: Session, id: str, facts: Facts) -> None:
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
    )


def _offer(row: RecommendedRow) -> Offer:
    ranges: dict[str, Any] = {}
    for name in _RANGES:
        low, high = getattr(row, f"{name}_low"), getattr(row, f"{name}_high")
        ranges[name] = None if low is None or high is None else (low, high)
    return Offer(technology=row.technology, rank=row.rank, **ranges)


def _move(session: Session, facts: Facts, steps: Sums) -> None:
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
        keep(session, id, facts)


def tallies(
    session: Session, year: int, *, kinds: tuple[str, ...], district: str = "", sector: str = ""
) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """The sums of a year: (district, sector, kind, key) → count, total; empty sums are left out."""
    query = select(TallyRow).where(TallyRow.year == year, TallyRow.kind.in_(kinds), TallyRow.count != 0)
    if district:
        query = query.where(TallyRow.district == district)
    if sector:
        query = query.where(TallyRow.sector == sector)
    rows = session.scalars(query.order_by(TallyRow.district, TallyRow.sector, TallyRow.kind, TallyRow.key))
    return {(row.district, row.sector, row.kind, row.key): (row.count, row.total) for row in rows}


def years(session: Session) -> tuple[int, ...]:
    """Every year with submissions, newest first."""
    return tuple(
        session.scalars(
            select(TallyRow.year).where(TallyRow.kind == "submitted").group_by(TallyRow.year)
            .having(func.sum(TallyRow.count) > 0).order_by(TallyRow.year.desc())
        )
    )  # fmt: skip
