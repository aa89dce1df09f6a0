"""A consultant's clients with their self-check of one year: one query however many there are."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal.core.answers import Answers, from_json
from portal.core.clients import Client
from portal.core.filing import AssessmentState
from portal.core.questionnaire import ItemId
from portal.core.review import OUT, ReviewState, VerdictKind
from portal.core.roles import Sight
from portal.storage.assessment import read_answers_json
from portal.storage.enterprise import as_enterprise
from portal.storage.tables import (
    AccountRow,
    AnswerRow,
    AssessmentRow,
    EnterpriseRow,
    EvidenceLinkRow,
    EvidenceRow,
    InviteeRow,
    MembershipRow,
    ReviewRow,
    SubmissionRow,
    VerdictRow,
)

Links = dict[ItemId, list[str]]


def of_year(session: Session, sight: Sight, year: int) -> tuple[Client, ...]:
    """Every client within sight, with or without a self-check of that year."""
    rows = session.execute(
        select(EnterpriseRow, AssessmentRow, ReviewRow)
        .outerjoin(
            AssessmentRow,
            and_(AssessmentRow.enterprise_id == EnterpriseRow.id, AssessmentRow.year == year),
        )
        .outerjoin(ReviewRow, ReviewRow.assessment_id == AssessmentRow.id)
        .where(EnterpriseRow.id.in_(sight.clients or ()))
        .order_by(EnterpriseRow.name, EnterpriseRow.id)
    )
    return tuple(_client(*row) for row in rows)


def _client(enterprise: EnterpriseRow, one: AssessmentRow | None, review: ReviewRow | None) -> Client:
    return Client(
        enterprise=as_enterprise(enterprise),
        assessment_id=one.id if one is not None else "",
        state=AssessmentState(one.state) if one is not None else None,
        review=ReviewState(review.state) if review is not None else None,
        number=(one.number or "") if one is not None else "",
        points=one.points if one is not None else None,
        submitted_at=one.submitted_at if one is not None else None,
        due_at=review.due_at if review is not None else None,
        year=one.year if one is not None else 0,
        questionnaire=(one.questionnaire_id, one.questionnaire_version) if one is not None else ("", ""),
    )


def years(session: Session, sight: Sight) -> tuple[int, ...]:
    """The years in which a client has a self-check, newest first."""
    query = select(AssessmentRow.year).where(AssessmentRow.enterprise_id.in_(sight.clients or ()))
    return tuple(session.scalars(query.distinct().order_by(AssessmentRow.year.desc())))


def assessments(session: Session, sight: Sight) -> tuple[tuple[str, str, int], ...]:
    """Id, enterprise's name and year of every self-check within sight, by name and year: what can be compared."""
    rows = session.execute(
        select(AssessmentRow.id, EnterpriseRow.name, AssessmentRow.year)
        .join(EnterpriseRow, EnterpriseRow.id == AssessmentRow.enterprise_id)
        .where(AssessmentRow.enterprise_id.in_(sight.clients or ()))
        .order_by(EnterpriseRow.name, AssessmentRow.year.desc(), AssessmentRow.id)
    )
    return tuple((id, name, year) for id, name, year in rows)


# ── What many clients' results are computed from; scope: whoever came by the ids through something within sight ──


@dataclass(frozen=True, slots=True)
class Given:
    """The answers of one self-check, and how many of a draft's were carried over and not confirmed yet."""

    answers: Answers
    carried: int


def answers(session: Session, ids: Collection[str]) -> dict[str, Given]:
    """By self-check: a draft's answers as they stand, a submitted one's as they were submitted."""
    found: dict[str, Given] = {}
    rows = session.execute(
        select(AssessmentRow.id, AssessmentRow.frozen_answers)
        .where(AssessmentRow.id.in_(ids), AssessmentRow.state != AssessmentState.DRAFT)
        .order_by(AssessmentRow.id)
    )
    for id, text in rows:
        found[id] = Given(read_answers_json(text), 0)
    drafts: dict[str, dict[ItemId, str]] = {id: {} for id in ids if id not in found}
    carried = dict.fromkeys(drafts, 0)
    kept = session.execute(
        select(AnswerRow.assessment_id, AnswerRow.item, AnswerRow.value, AnswerRow.is_carried_over)
        .where(AnswerRow.assessment_id.in_(drafts))
        .order_by(AnswerRow.assessment_id, AnswerRow.item)
    )
    for id, item, value, is_carried in kept:
        drafts[id][ItemId(item)] = value
        carried[id] += is_carried
    for id, texts in drafts.items():
        given = {item: from_json(json.loads(value)) for item, value in texts.items()}
        found[id] = Given(given, carried[id])
    return found


def links(session: Session, clients: Collection[Client]) -> dict[str, Mapping[ItemId, list[str]]]:
    """By self-check: item → ids of its files. A draft's as they stand, a submitted one's as they were submitted; of
    one that is out for correction the items sent back as they stand."""
    now = _links_now(session, [one.assessment_id for one in clients])
    newest: dict[str, tuple[int, Links]] = {}
    rows = session.execute(
        select(SubmissionRow.assessment_id, SubmissionRow.round, SubmissionRow.evidence)
        .where(SubmissionRow.assessment_id.in_([one.assessment_id for one in clients]))
        .order_by(SubmissionRow.assessment_id, SubmissionRow.round)
    )
    for id, round, text in rows:
        newest[id] = (round, {ItemId(item): ids for item, ids in json.loads(text).items()})
    out = {one.assessment_id for one in clients if one.review in OUT}
    back: dict[str, set[ItemId]] = {id: set() for id in out}
    verdicts = session.execute(
        select(VerdictRow.assessment_id, VerdictRow.round, VerdictRow.item)
        .where(
            VerdictRow.assessment_id.in_(out),
            VerdictRow.kind == VerdictKind.RETURNED,
            VerdictRow.issued_at.is_not(None),
        )
        .order_by(VerdictRow.assessment_id, VerdictRow.item)
    )
    for id, round, item in verdicts:
        if id in newest and round == newest[id][0]:
            back[id].add(ItemId(item))
    found: dict[str, Mapping[ItemId, list[str]]] = {}
    for one in clients:
        id = one.assessment_id
        if one.state is AssessmentState.DRAFT or id not in newest:
            found[id] = now.get(id, {})
            continue
        reopened = back.get(id, set())
        kept = {item: ids for item, ids in newest[id][1].items() if item not in reopened}
        found[id] = kept | {item: ids for item, ids in now.get(id, {}).items() if item in reopened}
    return found


def _links_now(session: Session, ids: Collection[str]) -> dict[str, Links]:
    rows = session.execute(
        select(EvidenceLinkRow.assessment_id, EvidenceLinkRow.item, EvidenceLinkRow.evidence_id)
        .join(EvidenceRow, EvidenceRow.id == EvidenceLinkRow.evidence_id)
        .where(EvidenceLinkRow.assessment_id.in_(ids), EvidenceRow.removed_at.is_(None))
        .order_by(EvidenceLinkRow.assessment_id, EvidenceLinkRow.item, EvidenceRow.id)
    )
    found: dict[str, Links] = {}
    for id, item, evidence_id in rows:
        found.setdefault(id, {}).setdefault(ItemId(item), []).append(evidence_id)
    return found


def managers(session: Session, enterprises: Collection[str]) -> dict[str, list[tuple[str, str, str]]]:
    """By enterprise: id, name and mail of everybody who acts for it and can sign in."""
    rows = session.execute(
        select(MembershipRow.enterprise_id, AccountRow.id, AccountRow.name, AccountRow.mail)
        .join(AccountRow, AccountRow.id == MembershipRow.account_id)
        .where(MembershipRow.enterprise_id.in_(enterprises), AccountRow.is_active)
        .order_by(MembershipRow.enterprise_id, AccountRow.id)
    )
    found: dict[str, list[tuple[str, str, str]]] = {}
    for enterprise_id, id, name, mail in rows:
        found.setdefault(enterprise_id, []).append((id, name, mail))
    return found


def invited(session: Session, campaign_id: str, codes: Collection[str]) -> frozenset[str]:
    """Those of the codes that stand on a campaign's list."""
    query = select(InviteeRow.uscc).where(InviteeRow.campaign_id == campaign_id, InviteeRow.uscc.in_(codes))
    return frozenset(session.scalars(query.order_by(InviteeRow.uscc)))
