"""Submissions in the bureau's hands, verdicts and what was sent back: rows ↔ core objects."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.answers import from_json
from portal.core.questionnaire import ItemId
from portal.core.review import Case, Reason, ReviewState, Verdict, VerdictKind
from portal.storage.tables import AccountRow, ReviewRow, VerdictRow


def add(session: Session, assessment_id: str, *, district: str, findings: int, now: datetime) -> None:
    """A first submission comes into the district's queue."""
    session.add(
        ReviewRow(
            assessment_id=assessment_id,
            state=ReviewState.WAITING,
            round=1,
            district=district,
            waiting_since=now,
            is_extended=False,
            findings=findings,
            revision=1,
            district_opinion="",
            city_opinion="",
        )
    )
    session.flush()


def find(session: Session, assessment_id: str, *, is_locking: bool = False) -> Case | None:
    """The case of a self-check; None before its first submission. Scope: whoever may see the self-check."""
    query = (
        select(ReviewRow, AccountRow.name)
        .outerjoin(AccountRow, AccountRow.id == ReviewRow.holder)
        .where(ReviewRow.assessment_id == assessment_id)
    )
    if is_locking:
        query = query.with_for_update(of=ReviewRow).execution_options(populate_existing=True)
    found = session.execute(query).one_or_none()
    return _case(*found) if found else None


def _case(row: ReviewRow, holder: str | None) -> Case:
    return Case(
        assessment_id=row.assessment_id,
        state=ReviewState(row.state),
        round=row.round,
        district=row.district,
        holder_id=row.holder or "",
        holder=holder or "",
        waiting_since=row.waiting_since,
        due_at=row.due_at,
        is_extended=row.is_extended,
        revision=row.revision,
    )


def verdicts(session: Session, assessment_id: str, *, is_issued: bool) -> tuple[Verdict, ...]:
    """The verdicts by item, round and party; with `is_issued` only what the plant may see."""
    query = (
        select(VerdictRow, AccountRow.name)
        .join(AccountRow, AccountRow.id == VerdictRow.made_by)
        .where(VerdictRow.assessment_id == assessment_id)
        .order_by(VerdictRow.item, VerdictRow.round, VerdictRow.party)
    )
    if is_issued:
        query = query.where(VerdictRow.issued_at.is_not(None))
    return tuple(_verdict(row, name) for row, name in session.execute(query))


def _verdict(row: VerdictRow, name: str) -> Verdict:
    counted: Any = json.loads(row.counted) if row.counted else None
    return Verdict(
        item=ItemId(row.item),
        round=row.round,
        party=row.party,
        kind=VerdictKind(row.kind),
        counted=from_json(counted) if counted is not None else None,
        reason=Reason(row.reason) if row.reason else None,
        comment=row.comment,
        by=name,
        at=row.made_at,
        issued_at=row.issued_at,
    )


def reopened(session: Session, case: Case | None) -> frozenset[ItemId]:
    """The items that the plant may change now: those sent back in this round, while they are out."""
    if case is None or case.state is not ReviewState.RETURNED:
        return frozenset()
    return frozenset(
        ItemId(item)
        for item in session.scalars(
            select(VerdictRow.item).where(
                VerdictRow.assessment_id == case.assessment_id,
                VerdictRow.round == case.round,
                VerdictRow.kind == VerdictKind.RETURNED,
                VerdictRow.issued_at.is_not(None),
            )
        )
    )
