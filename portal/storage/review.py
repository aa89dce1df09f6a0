"""Submissions in the bureau's hands, verdicts and what was sent back: rows ↔ core objects."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, select, tuple_, update
from sqlalchemy.orm import Session, aliased, defer

from portal.core.answers import Answer, from_json, to_json
from portal.core.filing import AssessmentState
from portal.core.questionnaire import ItemId
from portal.core.review import (
    Case,
    Decision,
    Deed,
    Earlier,
    Objection,
    Party,
    Reason,
    Reply,
    ReviewState,
    Submission,
    Verdict,
    VerdictKind,
)
from portal.core.roles import Account, Role, Sight
from portal.storage.assessment import canonical, read_answers_json
from portal.storage.case import as_case
from portal.storage.session import asked_once
from portal.storage.sight import seen_by
from portal.storage.tables import (
    AccountRow,
    AssessmentRow,
    DecisionRow,
    ObjectionRow,
    ReplyRow,
    ReviewRow,
    SubmissionRow,
    VerdictRow,
)
from portal.storage.upsert import inserting


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A deed on its way into the history of a case; `by` and `towards` are ids of accounts."""

    deed: Deed
    party: Party
    by: str
    at: datetime
    remark: str = ""
    due_at: datetime | None = None
    towards: str | None = None


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


@asked_once
def find(session: Session, assessment_id: str, *, is_locking: bool = False) -> Case | None:
    """The case of a self-check; None before its first submission. Scope: whoever may see the self-check."""
    if is_locking:
        # Locked by a query of its own: one that waited would join the new row with the holder of the old one.
        session.execute(
            select(ReviewRow.assessment_id).where(ReviewRow.assessment_id == assessment_id).with_for_update()
        )
    query = (
        select(ReviewRow, AccountRow)
        .outerjoin(AccountRow, AccountRow.id == ReviewRow.holder)
        .where(ReviewRow.assessment_id == assessment_id)
        .execution_options(populate_existing=is_locking)
    )
    found = session.execute(query).one_or_none()
    return as_case(*found) if found else None


def advance(session: Session, case: Case, state: ReviewState, step: Step, **columns: Any) -> bool:
    """Bring a case into a state and write the step down; False when it was changed since `case` was read.

    `columns` are further columns of the review's row, such as `holder` or `due_at`.
    """
    statement = (
        update(ReviewRow)
        .where(ReviewRow.assessment_id == case.assessment_id, ReviewRow.revision == case.revision)
        .values(state=state, revision=case.revision + 1, **columns)
        .execution_options(synchronize_session=False)
    )
    result = session.execute(statement)
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        return False
    if step.deed not in (Deed.JUDGE, Deed.CORRECT):  # single items have a history of their own
        session.add(
            DecisionRow(
                assessment_id=case.assessment_id,
                revision=case.revision + 1,
                deed=step.deed,
                party=step.party,
                round=columns.get("round", case.round),
                remark=step.remark,
                due_at=step.due_at,
                made_by=step.by,
                made_at=step.at,
                towards=step.towards,
            )
        )
        session.flush()
    return True


@asked_once
def decisions(session: Session, assessment_id: str) -> tuple[Decision, ...]:
    """The steps of a case, oldest first."""
    towards = aliased(AccountRow)
    rows = session.execute(
        select(DecisionRow, AccountRow.name, towards.name)
        .join(AccountRow, AccountRow.id == DecisionRow.made_by)
        .outerjoin(towards, towards.id == DecisionRow.towards)
        .where(DecisionRow.assessment_id == assessment_id)
        .order_by(DecisionRow.revision)
    )
    return tuple(
        Decision(
            revision=row.revision,
            deed=Deed(row.deed),
            party=Party(row.party),
            round=row.round,
            remark=row.remark,
            due_at=row.due_at,
            by=name,
            at=row.made_at,
            towards=other or "",
        )
        for row, name, other in rows
    )


def forwarded_by(session: Session, assessment_id: str) -> str | None:
    """The account that passed the case to the city last."""
    return session.scalar(select(ReviewRow.district_by).where(ReviewRow.assessment_id == assessment_id))


def bureau(session: Session, jurisdiction: str) -> tuple[Account, ...]:
    """The active reviewers of a jurisdiction, by name."""
    rows = session.scalars(
        select(AccountRow)
        .where(
            AccountRow.role == Role.REVIEWER,
            AccountRow.jurisdiction == jurisdiction,
            AccountRow.is_active.is_(True),
        )
        .order_by(AccountRow.name, AccountRow.id)
    )
    return tuple(
        Account(
            id=row.id,
            name=row.name,
            mail=row.mail,
            mobile=row.mobile or "",
            role=Role(row.role),
            enterprises=(),
            jurisdiction=row.jurisdiction,
            office=row.office,
            is_active=row.is_active,
        )
        for row in rows
    )


# ── Verdicts ─────────────────────────────────────────────────────────────────


def keep_verdicts(session: Session, assessment_id: str, verdicts: Iterable[Verdict], *, by: str) -> None:
    """Write drafts; one that this party made in this round is replaced. What was issued never changes."""
    statement = inserting(session.get_bind().dialect.name, VerdictRow)
    changed = ("kind", "counted", "reason", "comment", "made_by", "made_at")
    upsert = statement.on_conflict_do_update(
        index_elements=["assessment_id", "item", "round", "party"],
        set_={name: statement.excluded[name] for name in changed},
        where=VerdictRow.issued_at.is_(None),
    )
    rows = [
        {
            "assessment_id": assessment_id,
            "item": one.item,
            "round": one.round,
            "party": one.party,
            "kind": one.kind,
            "counted": _answer_text(one.counted),
            "reason": one.reason,
            "comment": one.comment,
            "made_by": by,
            "made_at": one.at,
        }
        for one in verdicts
    ]
    if rows:
        session.execute(upsert, rows)


def drop_verdict(session: Session, assessment_id: str, item: ItemId, *, round: int, party: Party) -> None:
    """Take a draft back; what was issued stays."""
    session.execute(
        delete(VerdictRow).where(
            VerdictRow.assessment_id == assessment_id,
            VerdictRow.item == item,
            VerdictRow.round == round,
            VerdictRow.party == party,
            VerdictRow.issued_at.is_(None),
        )
    )


def issue(session: Session, assessment_id: str, verdicts: Collection[Verdict], now: datetime) -> None:
    """From now on the plant sees these verdicts; those it sees already keep their time."""
    keys = [(one.item, one.round, one.party) for one in verdicts if one.issued_at is None]
    if not keys:
        return
    session.execute(
        update(VerdictRow)
        .where(
            VerdictRow.assessment_id == assessment_id,
            VerdictRow.issued_at.is_(None),
            tuple_(VerdictRow.item, VerdictRow.round, VerdictRow.party).in_(keys),
        )
        .values(issued_at=now)
        .execution_options(synchronize_session=False)
    )


def _answer_text(answer: Answer | None) -> str | None:
    return None if answer is None else canonical(to_json(answer))


def _answer(text: str | None) -> Answer | None:
    return None if text is None else from_json(json.loads(text))


@asked_once
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
    return Verdict(
        item=ItemId(row.item),
        round=row.round,
        party=row.party,
        kind=VerdictKind(row.kind),
        counted=_answer(row.counted),
        reason=Reason(row.reason) if row.reason else None,
        comment=row.comment,
        by=name,
        at=row.made_at,
        issued_at=row.issued_at,
    )


@asked_once
def reopened(session: Session, case: Case | None) -> frozenset[ItemId]:
    """The items that the plant may change now: those sent back in this round, while they are out."""
    if case is None or not case.is_out:
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


# ── What was submitted, and what became of it ────────────────────────────────


@asked_once
def submissions(session: Session, assessment_id: str) -> tuple[Submission, ...]:
    """What was submitted in each round, oldest first."""
    rows = session.execute(
        select(SubmissionRow, AccountRow.name)
        .options(defer(SubmissionRow.profile), defer(SubmissionRow.receipt))
        .join(AccountRow, AccountRow.id == SubmissionRow.submitted_by)
        .where(SubmissionRow.assessment_id == assessment_id)
        .order_by(SubmissionRow.round)
    )
    return tuple(
        Submission(
            round=row.round,
            at=row.submitted_at,
            by=name,
            answers=read_answers_json(row.answers),
            evidence={ItemId(item): ids for item, ids in json.loads(row.evidence).items()},
            checksum=row.checksum,
            points=row.points,
            grade=row.grade,
            is_provisional=row.is_provisional,
        )
        for row, name in rows
    )


def receipt(session: Session, assessment_id: str, round: int) -> Mapping[str, Any]:
    """The receipt of what was submitted in that round."""
    query = select(SubmissionRow.receipt).where(
        SubmissionRow.assessment_id == assessment_id, SubmissionRow.round == round
    )
    return dict(json.loads(session.execute(query).scalar_one()))


def verified_receipt(session: Session, assessment_id: str) -> Mapping[str, Any] | None:
    """The receipt of the answers that count; None before the city has confirmed."""
    text = session.scalar(select(ReviewRow.verified_receipt).where(ReviewRow.assessment_id == assessment_id))
    return dict(json.loads(text)) if text else None


def repeat_submission(session: Session, assessment_id: str, *, round: int) -> None:
    """The newest submission once more as that of the next round: corrections that never came change nothing."""
    newest = session.scalars(
        select(SubmissionRow)
        .where(SubmissionRow.assessment_id == assessment_id)
        .order_by(SubmissionRow.round.desc())
        .limit(1)
    ).one()
    columns = {one.key: getattr(newest, one.key) for one in SubmissionRow.__table__.columns}
    session.add(SubmissionRow(**(columns | {"round": round})))
    session.flush()


def earlier(session: Session, enterprise_id: str, year: int, *, sight: Sight) -> Earlier | None:
    """What the enterprise submitted for the newest earlier year, if it may be seen."""
    query = (
        select(
            AssessmentRow.year,
            AssessmentRow.questionnaire_id,
            AssessmentRow.questionnaire_version,
            AssessmentRow.frozen_answers,
        )
        .where(
            AssessmentRow.enterprise_id == enterprise_id,
            AssessmentRow.year < year,
            AssessmentRow.state == AssessmentState.SUBMITTED,
        )
        .order_by(AssessmentRow.year.desc())
        .limit(1)
    )
    found = session.execute(seen_by(query, sight)).one_or_none()
    if found is None:
        return None
    then, id, version, text = found
    return Earlier(year=then, questionnaire=(id, version), answers=read_answers_json(text))


@asked_once
def replies(session: Session, assessment_id: str) -> tuple[Reply, ...]:
    """What the plant said beside the items sent back, by item and round."""
    rows = session.execute(
        select(ReplyRow, AccountRow.name)
        .join(AccountRow, AccountRow.id == ReplyRow.made_by)
        .where(ReplyRow.assessment_id == assessment_id)
        .order_by(ReplyRow.item, ReplyRow.round)
    )
    return tuple(
        Reply(item=ItemId(row.item), round=row.round, text=row.text, by=name, at=row.made_at)
        for row, name in rows
    )


@asked_once
def objections(session: Session, assessment_id: str) -> tuple[Objection, ...]:
    """The plant's objections, by item."""
    decider = aliased(AccountRow)
    rows = session.execute(
        select(ObjectionRow, AccountRow.name, decider.name)
        .join(AccountRow, AccountRow.id == ObjectionRow.made_by)
        .outerjoin(decider, decider.id == ObjectionRow.decided_by)
        .where(ObjectionRow.assessment_id == assessment_id)
        .order_by(ObjectionRow.item)
    )
    return tuple(
        Objection(
            item=ItemId(row.item),
            text=row.text,
            by=name,
            at=row.made_at,
            is_granted=row.is_granted,
            counted=_answer(row.counted),
            answer=row.answer,
            decided_by=decided_by or "",
            decided_at=row.decided_at,
        )
        for row, name, decided_by in rows
    )


def decide_objection(
    session: Session, assessment_id: str, decided: Objection, *, by: str, now: datetime
) -> None:
    """Write down what the city decided about one item."""
    session.execute(
        update(ObjectionRow)
        .where(ObjectionRow.assessment_id == assessment_id, ObjectionRow.item == decided.item)
        .values(
            is_granted=decided.is_granted,
            counted=_answer_text(decided.counted),
            answer=decided.answer,
            decided_by=by,
            decided_at=now,
        )
        .execution_options(synchronize_session=False)
    )
