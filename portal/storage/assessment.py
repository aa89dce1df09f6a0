"""Self-checks and their answers: rows ↔ core objects. Saving is one prepared upsert."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Executable, Select, case, func, insert, select, update
from sqlalchemy.orm import Session, aliased, defer

from portal.core.answers import Answer, Answers, from_json, to_json
from portal.core.enterprise import Enterprise, EnterpriseProfile
from portal.core.filing import AssessmentState, AssessmentSummary, StoredAnswer
from portal.core.questionnaire import ItemId
from portal.core.review import Case, Confirmed
from portal.core.roles import Role, Sight
from portal.storage.case import as_case
from portal.storage.enterprise import as_enterprise
from portal.storage.session import asked_once
from portal.storage.sight import seen_by
from portal.storage.tables import (
    AccountRow,
    AnswerHistoryRow,
    AnswerRow,
    AssessmentRow,
    EnterpriseRow,
    FirmMemberRow,
    FirmRow,
    MembershipRow,
    ReviewRow,
    SubmissionRow,
)
from portal.storage.upsert import add_new, inserting


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRecord:
    """A self-check without the answers as they stand. What submission froze is empty while it is a draft.

    `case` is where it stands with the bureau, `confirmed` what the city confirmed; None before.
    """

    id: str
    enterprise: Enterprise
    year: int
    questionnaire_id: str
    questionnaire_version: str
    state: AssessmentState
    submitted_at: datetime | None
    frozen: Answers
    number: str
    receipt: Mapping[str, Any] | None
    checksum: str
    points: Decimal | None
    grade: str
    is_provisional: bool
    case: Case | None
    confirmed: Confirmed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """One answer on its way into its row, which it may overwrite."""

    item: ItemId
    answer: Answer
    revision: int
    is_carried_over: bool = False
    saved_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What submission keeps for good."""

    number: str
    answers: Answers
    evidence: Mapping[ItemId, Sequence[str]]  # item → ids of its files
    profile: EnterpriseProfile
    receipt: Mapping[str, Any]
    checksum: str
    points: Decimal | None
    completeness: Decimal
    grade: str
    is_provisional: bool


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted, no blanks, ASCII only, so that every database keeps it unchanged."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def add(
    session: Session,
    id: str,
    *,
    enterprise_id: str,
    year: int,
    questionnaire: tuple[str, str],
    by: str,
    now: datetime,
) -> bool:
    """Add a self-check; False when the enterprise has one for that year."""
    return add_new(
        session,
        AssessmentRow,
        id=id,
        enterprise_id=enterprise_id,
        year=year,
        questionnaire_id=questionnaire[0],
        questionnaire_version=questionnaire[1],
        state=AssessmentState.DRAFT,
        created_at=now,
        created_by=by,
    )


def id_of(session: Session, enterprise_id: str, year: int) -> str | None:
    """The enterprise's self-check of that year."""
    return session.scalar(
        select(AssessmentRow.id).where(
            AssessmentRow.enterprise_id == enterprise_id, AssessmentRow.year == year
        )
    )


def latest_before(session: Session, enterprise_id: str, year: int) -> str | None:
    """The enterprise's self-check of the newest earlier year, submitted or not."""
    return session.scalar(
        select(AssessmentRow.id)
        .where(
            AssessmentRow.enterprise_id == enterprise_id,
            AssessmentRow.year < year,
        )
        .order_by(AssessmentRow.year.desc())
        .limit(1)
    )


_CASE, _HOLDER = aliased(ReviewRow), aliased(AccountRow)  # a sight joins reviews and accounts of its own


def _records() -> Select[AssessmentRow, EnterpriseRow, ReviewRow, AccountRow]:
    return (
        select(AssessmentRow, EnterpriseRow, _CASE, _HOLDER)
        .join(EnterpriseRow, EnterpriseRow.id == AssessmentRow.enterprise_id)
        .outerjoin(_CASE, _CASE.assessment_id == AssessmentRow.id)
        .outerjoin(_HOLDER, _HOLDER.id == _CASE.holder)
        .options(defer(_CASE.verified_receipt))
        .execution_options(populate_existing=True)
    )


@asked_once
def find(
    session: Session, id: str, *, sight: Sight | None, is_locking: bool = False
) -> AssessmentRecord | None:
    """One self-check within sight (None: for the worker, which acts for nobody).

    `is_locking` holds the row until the unit of work ends: SQLite has one writer anyway, PostgreSQL has many.
    """
    query = seen_by(_records().where(AssessmentRow.id == id), sight)
    if is_locking:
        # Not the key: whoever adds a row that points here, such as a step of its case, need not wait.
        query = query.with_for_update(of=AssessmentRow, key_share=True)
    found = session.execute(query).one_or_none()
    return _record(*found) if found else None


def find_by_number(session: Session, number: str) -> AssessmentRecord | None:
    """The submitted self-check with that number."""
    found = session.execute(_records().where(AssessmentRow.number == number)).one_or_none()
    return _record(*found) if found else None


def _record(
    row: AssessmentRow, enterprise_row: EnterpriseRow, case_row: ReviewRow | None, holder: AccountRow | None
) -> AssessmentRecord:
    enterprise = as_enterprise(enterprise_row)
    if row.frozen_profile:
        frozen = EnterpriseProfile(**json.loads(row.frozen_profile))
        enterprise = Enterprise(id=enterprise.id, profile=frozen, created_at=enterprise.created_at)
    return AssessmentRecord(
        id=row.id,
        enterprise=enterprise,
        year=row.year,
        questionnaire_id=row.questionnaire_id,
        questionnaire_version=row.questionnaire_version,
        state=AssessmentState(row.state),
        submitted_at=row.submitted_at,
        frozen=read_answers_json(row.frozen_answers),
        number=row.number or "",
        receipt=json.loads(row.receipt) if row.receipt else None,
        checksum=row.checksum or "",
        points=row.points,
        grade=row.grade or "",
        is_provisional=bool(row.is_provisional),
        case=as_case(case_row, holder) if case_row is not None else None,
        confirmed=_confirmed(case_row) if case_row is not None else None,
    )


def _confirmed(row: ReviewRow) -> Confirmed | None:
    if row.verified_answers is None:
        return None
    return Confirmed(
        answers=read_answers_json(row.verified_answers),
        points=row.verified_points,
        grade=row.verified_grade or "",
        checksum=row.verified_checksum or "",
        district_opinion=row.district_opinion,
        district_at=row.district_at,
        city_opinion=row.city_opinion,
        city_at=row.city_at,
    )


def of_member(session: Session, account_id: str) -> tuple[AssessmentSummary, ...]:
    """Every self-check the account may see, newest year first; one query however many there are."""
    saved = (
        select(
            AnswerRow.assessment_id,
            func.max(AnswerRow.saved_at).label("saved_at"),
            func.count().filter(AnswerRow.value != canonical({"kind": "missing"})).label("answered"),
        )
        .group_by(AnswerRow.assessment_id)
        .subquery()
    )
    rows = session.execute(
        select(AssessmentRow, EnterpriseRow.name, saved.c.saved_at, saved.c.answered)
        .join(EnterpriseRow, EnterpriseRow.id == AssessmentRow.enterprise_id)
        .join(MembershipRow, MembershipRow.enterprise_id == AssessmentRow.enterprise_id)
        .outerjoin(saved, saved.c.assessment_id == AssessmentRow.id)
        .where(MembershipRow.account_id == account_id)
        .order_by(AssessmentRow.year.desc(), EnterpriseRow.name, AssessmentRow.id)
    )
    return tuple(
        AssessmentSummary(
            id=row.id,
            enterprise_id=row.enterprise_id,
            enterprise_name=name,
            year=row.year,
            questionnaire_id=row.questionnaire_id,
            questionnaire_version=row.questionnaire_version,
            state=AssessmentState(row.state),
            created_at=row.created_at,
            saved_at=saved_at,
            answered=answered or 0,
            submitted_at=row.submitted_at,
            number=row.number or "",
            points=str(row.points) if row.points is not None else "",
        )
        for row, name, saved_at, answered in rows
    )


# ── Answers ──────────────────────────────────────────────────────────────────


@asked_once
def answers(session: Session, assessment_id: str) -> dict[ItemId, StoredAnswer]:
    """The answers of a self-check, by item id in order of id."""
    return {item: stored for item, (stored, _) in answers_and_authors(session, assessment_id).items()}


def answers_and_authors(
    session: Session, assessment_id: str, items: Sequence[ItemId] | None = None
) -> dict[ItemId, tuple[StoredAnswer, str]]:
    """As `answers`, each with the id of the account that saved it."""
    query = (
        select(
            AnswerRow.item,
            AnswerRow.value,
            AnswerRow.revision,
            AccountRow.name,
            AnswerRow.saved_at,
            AnswerRow.is_carried_over,
            AnswerRow.saved_from,
            AnswerRow.saved_by,
            case(
                (AccountRow.role == Role.CONSULTANT, func.coalesce(FirmRow.name, AccountRow.name)), else_=""
            ),
        )
        .join(AccountRow, AccountRow.id == AnswerRow.saved_by)
        .outerjoin(FirmMemberRow, FirmMemberRow.account_id == AccountRow.id)
        .outerjoin(FirmRow, FirmRow.id == FirmMemberRow.firm_id)
        .where(AnswerRow.assessment_id == assessment_id)
        .order_by(AnswerRow.item)
    )
    if items is not None:
        query = query.where(AnswerRow.item.in_(items))
    return {
        ItemId(item): (
            StoredAnswer(
                answer=from_json(json.loads(value)),
                revision=revision,
                saved_by=name,
                saved_at=saved_at,
                is_carried_over=is_carried_over,
                saved_from=saved_from,
                on_behalf=on_behalf,
            ),
            author,
        )
        for item, value, revision, name, saved_at, is_carried_over, saved_from, author, on_behalf in (
            session.execute(query)
        )
    }


def save(session: Session, assessment_id: str, savings: Sequence[Saving], *, by: str, now: datetime) -> None:
    """Write answers and their history in two prepared statements, however many they are."""
    if not savings:
        return
    history = [
        {
            "assessment_id": assessment_id,
            "item": saving.item,
            "value": canonical(to_json(saving.answer)),
            "revision": saving.revision,
            "saved_by": by,
            "saved_at": now,
        }
        for saving in savings
    ]
    rows = [
        row | {"is_carried_over": saving.is_carried_over, "saved_from": saving.saved_from}
        for row, saving in zip(history, savings, strict=True)
    ]
    connection = session.connection()
    for statement, values in zip(_saving(connection.dialect.name), (rows, history), strict=True):
        connection.execute(statement, values)


@cache
def _saving(dialect: str) -> tuple[Executable, Executable]:
    """The upsert of answers and the insert of their history, made once: building them costs as much as running."""
    statement = inserting(dialect, AnswerRow)
    changed = ("value", "revision", "saved_by", "saved_at", "is_carried_over", "saved_from")
    upsert = statement.on_conflict_do_update(
        index_elements=["assessment_id", "item"],
        set_={name: statement.excluded[name] for name in changed},
    )
    return upsert, insert(AnswerHistoryRow.__table__)  # type: ignore[arg-type]


# ── Submission ───────────────────────────────────────────────────────────────


def freeze(session: Session, id: str, frozen: Frozen, *, round: int, by: str, now: datetime) -> None:
    """Keep a submission for good, and make it the one that the self-check shows."""
    profile, given = canonical(asdict(frozen.profile)), canonical(answers_json(frozen.answers))
    slip = canonical(frozen.receipt)
    session.add(
        SubmissionRow(
            assessment_id=id,
            round=round,
            submitted_at=now,
            submitted_by=by,
            profile=profile,
            answers=given,
            evidence=canonical(frozen.evidence),
            receipt=slip,
            checksum=frozen.checksum,
            points=frozen.points,
            completeness=frozen.completeness,
            grade=frozen.grade,
            is_provisional=frozen.is_provisional,
        )
    )
    session.execute(
        update(AssessmentRow)
        .where(AssessmentRow.id == id)
        .values(
            state=AssessmentState.SUBMITTED,
            submitted_at=now,
            submitted_by=by,
            number=frozen.number,
            frozen_profile=profile,
            frozen_answers=given,
            receipt=slip,
            checksum=frozen.checksum,
            points=frozen.points,
            completeness=frozen.completeness,
            grade=frozen.grade,
            is_provisional=frozen.is_provisional,
        )
    )
    session.flush()


def answers_json(answers: Answers) -> dict[str, Any]:
    """Answers as they are frozen: item → JSON of its answer."""
    return {item: to_json(answer) for item, answer in answers.items()}


def read_answers_json(text: str | None) -> Answers:
    """The answers out of the text of `answers_json`."""
    return {ItemId(item): from_json(value) for item, value in json.loads(text or "{}").items()}


@asked_once
def submitted_before(session: Session, enterprise_id: str, year: int) -> Answers:
    """What the enterprise submitted in the newest earlier year with a self-check; nothing where that is a draft."""
    query = select(AssessmentRow.frozen_answers).where(
        AssessmentRow.enterprise_id == enterprise_id, AssessmentRow.year < year
    )
    return read_answers_json(session.scalar(query.order_by(AssessmentRow.year.desc()).limit(1)))
