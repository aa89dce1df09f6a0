"""The bureau's queue: one query for a page of it, one for the counts; long texts of the rows stay in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Numeric, case, cast, func, select
from sqlalchemy.orm import Session, load_only

from portal.core.review import OUT, ReviewState
from portal.core.review_queue import DONE, Asked, Holding, Line, Order
from portal.core.roles import Sight
from portal.storage.case import as_case
from portal.storage.sight import seen_by
from portal.storage.tables import AccountRow, AssessmentRow, EnterpriseRow, ReviewRow

_ORDERS: dict[Order, tuple[Any, ...]] = {
    Order.WAITING: (ReviewRow.state.in_(DONE), ReviewRow.waiting_since),
    Order.DUE: (ReviewRow.due_at.is_(None), ReviewRow.due_at),
    Order.POINTS: (AssessmentRow.points.is_(None), cast(AssessmentRow.points, Numeric(9, 2))),
    Order.FINDINGS: (ReviewRow.findings.desc(), ReviewRow.waiting_since),
    Order.NAME: (EnterpriseRow.name,),
    Order.NEWEST: (AssessmentRow.submitted_at.desc(),),
}


def listed(
    session: Session, asked: Asked, *, sight: Sight, now: datetime, offset: int, limit: int
) -> tuple[Line, ...]:
    """The submissions that fit, within sight."""
    query = (
        select(ReviewRow, AssessmentRow, EnterpriseRow, AccountRow)
        .select_from(AssessmentRow)
        .join(EnterpriseRow, EnterpriseRow.id == AssessmentRow.enterprise_id)
        .options(
            load_only(
                ReviewRow.state,
                ReviewRow.round,
                ReviewRow.district,
                ReviewRow.holder,
                ReviewRow.waiting_since,
                ReviewRow.due_at,
                ReviewRow.is_extended,
                ReviewRow.findings,
                ReviewRow.revision,
                ReviewRow.verified_points,
            ),
            load_only(
                AssessmentRow.number,
                AssessmentRow.year,
                AssessmentRow.questionnaire_id,
                AssessmentRow.submitted_at,
                AssessmentRow.points,
                AssessmentRow.is_provisional,
            ),
            load_only(EnterpriseRow.name, EnterpriseRow.uscc),
        )
    )
    query = seen_by(query, sight).outerjoin(AccountRow, AccountRow.id == ReviewRow.holder)
    query = query.where(*_conditions(asked, sight, now)).order_by(*_ORDERS[asked.order], AssessmentRow.id)
    return tuple(
        Line(
            case=as_case(review, holder),
            number=row.number or "",
            year=row.year,
            enterprise=enterprise.name,
            uscc=enterprise.uscc,
            sector=row.questionnaire_id,
            points=row.points,
            is_provisional=bool(row.is_provisional),
            verified=review.verified_points,
            findings=review.findings,
            submitted_at=row.submitted_at or review.waiting_since,
        )
        for review, row, enterprise, holder in session.execute(query.offset(offset).limit(limit))
    )


def counts(
    session: Session, asked: Asked, *, sight: Sight, now: datetime
) -> tuple[dict[ReviewState, int], dict[ReviewState, int]]:
    """How many submissions there are in each state that fit all else that is asked for, and how many of them are
    overdue.
    """
    is_overdue = ReviewRow.state.in_(OUT) & (ReviewRow.due_at <= now)
    query = (
        select(ReviewRow.state, func.count(), func.count(case((is_overdue, 1))))
        .select_from(AssessmentRow)
        .join(EnterpriseRow, EnterpriseRow.id == AssessmentRow.enterprise_id)
        .group_by(ReviewRow.state)
        .order_by(ReviewRow.state)
    )
    fitting = seen_by(query, sight).where(*_conditions(asked, sight, now, without_states=True))
    found = session.execute(fitting).all()
    everything = {ReviewState(state): count for state, count, _ in found}
    return everything, {ReviewState(state): overdue for state, _, overdue in found if overdue}


def offered(session: Session, *, sight: Sight) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The sectors and the years that occur, for the filters."""
    query = select(AssessmentRow.questionnaire_id, AssessmentRow.year).distinct()
    found = session.execute(seen_by(query, sight)).all()
    return tuple(sorted({sector for sector, _ in found})), tuple(
        sorted({year for _, year in found}, reverse=True)
    )


def _conditions(
    asked: Asked, sight: Sight, now: datetime, *, without_states: bool = False
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.states and not without_states:
        found.append(ReviewRow.state.in_(asked.states))
    if asked.sector:
        found.append(AssessmentRow.questionnaire_id == asked.sector)
    if asked.district:
        found.append(ReviewRow.district == asked.district)
    if asked.year is not None:
        found.append(AssessmentRow.year == asked.year)
    if asked.holding is Holding.MINE:
        found.append(ReviewRow.holder == sight.account_id)
    elif asked.holding is Holding.NOBODY:
        found.append(ReviewRow.holder.is_(None))
    if asked.is_overdue and not without_states:
        found += [ReviewRow.state.in_(OUT), ReviewRow.due_at <= now]
    for word in asked.words.split():
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found.append(
            EnterpriseRow.name.ilike(pattern, escape="\\")
            | EnterpriseRow.uscc.ilike(pattern, escape="\\")
            | AssessmentRow.number.ilike(pattern, escape="\\")
        )
    return found
