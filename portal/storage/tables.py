"""The rows, nothing else: every constraint has a name, every id that people see is random."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from portal.core.campaign import CampaignState, Channel, LetterState
from portal.core.evidence import EvidenceKind, MediaType
from portal.core.filing import AssessmentState
from portal.core.planning import MeasureState
from portal.core.printing import BatchState, ItemState, JobKind, JobState
from portal.core.review import Deed, Party, Reason, ReviewState, VerdictKind
from portal.core.roles import Role


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes, kept as naive UTC: SQLite would lose the offset and PostgreSQL turn it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: nobody could tell what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say again that it is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class DecimalText(TypeDecorator[Decimal]):
    """Decimals as text: NUMERIC is a float on SQLite."""

    impl = String(64)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Plain digits, no exponent."""
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """The same digits again."""
        return None if value is None else Decimal(value)


def by_value(kind: type[StrEnum], name: str) -> EnumType:
    """An enum column that holds the values; the database refuses others."""
    return EnumType(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


class Row(DeclarativeBase):
    """Root of all rows, with the one naming rule for constraints."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: dict[Any, Any] = {  # noqa: RUF012 - SQLAlchemy's own way
        datetime: UtcDateTime,
        Decimal: DecimalText,
        Role: by_value(Role, "role"),
        AssessmentState: by_value(AssessmentState, "state"),
        JobState: by_value(JobState, "state"),
        JobKind: by_value(JobKind, "kind"),
        BatchState: by_value(BatchState, "state"),
        ItemState: by_value(ItemState, "state"),
        MeasureState: by_value(MeasureState, "state"),
        EvidenceKind: by_value(EvidenceKind, "kind"),
        MediaType: by_value(MediaType, "media_type"),
        ReviewState: by_value(ReviewState, "state"),
        VerdictKind: by_value(VerdictKind, "kind"),
        Party: by_value(Party, "party"),
        Deed: by_value(Deed, "deed"),
        Reason: by_value(Reason, "reason"),
        CampaignState: by_value(CampaignState, "state"),
        Channel: by_value(Channel, "channel"),
        LetterState: by_value(LetterState, "state"),
    }


PublicId = String(16)
TokenHash = String(64)


class AccountRow(Row):
    """A person's account. `mail` in small letters; `mobile` is NULL when none was given, for it is unique."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    mail: Mapped[str] = mapped_column(String(254), unique=True)
    mobile: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role]
    created_at: Mapped[datetime]
    jurisdiction: Mapped[str] = mapped_column(String(6), server_default="")
    office: Mapped[str] = mapped_column(String(100), server_default="")
    is_active: Mapped[bool] = mapped_column(server_default=true())


class SignInRow(Row):
    """A sign-in that is still open. Only the hash of its token is kept: a copied database opens nothing."""

    __tablename__ = "sign_in"
    token_hash: Mapped[str] = mapped_column(TokenHash, primary_key=True)
    account_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    address: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class FailureRow(Row):
    """Failed sign-ins of one login since the last success, known login or not."""

    __tablename__ = "sign_in_failure"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]


class TicketRow(Row):
    """A link in a mail that may be used once: to set a new password, or to join an enterprise."""

    __tablename__ = "ticket"
    __table_args__ = (CheckConstraint("(account_id IS NULL) <> (enterprise_id IS NULL)", name="one_purpose"),)
    token_hash: Mapped[str] = mapped_column(TokenHash, primary_key=True)
    account_id: Mapped[str | None] = mapped_column(
        PublicId, ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    enterprise_id: Mapped[str | None] = mapped_column(
        PublicId, ForeignKey("enterprise.id", ondelete="CASCADE"), index=True
    )
    invited_by: Mapped[str | None] = mapped_column(PublicId, ForeignKey("account.id", ondelete="CASCADE"))
    mail: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class EnterpriseRow(Row):
    """An enterprise's profile; one row for a 统一社会信用代码."""

    __tablename__ = "enterprise"
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    district: Mapped[str] = mapped_column(String(6), index=True)
    sector: Mapped[str] = mapped_column(String(40))
    scale: Mapped[str] = mapped_column(String(10))
    products: Mapped[str] = mapped_column(String(500))
    address: Mapped[str] = mapped_column(String(200))
    contact_name: Mapped[str] = mapped_column(String(50))
    contact_phone: Mapped[str] = mapped_column(String(30))
    contact_mail: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class MembershipRow(Row):
    """Who may act for which enterprise."""

    __tablename__ = "membership"
    account_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    enterprise_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("enterprise.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime]


class AssessmentRow(Row):
    """One enterprise's self-check of one year, pinned to a questionnaire version.

    `frozen_answers`, `receipt` and what follows are written once, at submission, and never change.
    """

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("enterprise_id", "year"),)
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(PublicId, ForeignKey("enterprise.id"))
    year: Mapped[int]
    questionnaire_id: Mapped[str] = mapped_column(String(40))
    questionnaire_version: Mapped[str] = mapped_column(String(20))
    state: Mapped[AssessmentState]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None] = mapped_column(PublicId, ForeignKey("account.id"))
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    frozen_profile: Mapped[str | None] = mapped_column(Text)
    frozen_answers: Mapped[str | None] = mapped_column(Text)
    receipt: Mapped[str | None] = mapped_column(Text)
    checksum: Mapped[str | None] = mapped_column(String(64))
    points: Mapped[Decimal | None]
    completeness: Mapped[Decimal | None]
    grade: Mapped[str | None] = mapped_column(String(3))
    is_provisional: Mapped[bool | None]


class AnswerRow(Row):
    """The answer to one item as it stands; `value` is the JSON of `core.answers.to_json`."""

    __tablename__ = "answer"
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    saved_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    saved_at: Mapped[datetime]
    is_carried_over: Mapped[bool]
    # The browser tab that saved it: one person in two tabs is as two persons.
    saved_from: Mapped[str] = mapped_column(String(32), server_default="")


class AnswerHistoryRow(Row):
    """Every answer that was ever saved; rows are only added."""

    __tablename__ = "answer_history"
    __table_args__ = (Index(None, "assessment_id", "saved_at"),)
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    saved_at: Mapped[datetime]


class ExplanationRow(Row):
    """What the manager says to one finding of the data check (数据体检)."""

    __tablename__ = "explanation"
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    rule: Mapped[str] = mapped_column(String(80), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    saved_at: Mapped[datetime]


class ReportJobRow(Row):
    """A paper to print or printed; `kind` says which, `subject` what a paper without self-check is about. `content_key` is a hash of all that goes into it: the same is printed once."""

    __tablename__ = "report_job"
    __table_args__ = (Index(None, "state", "asked_at"),)
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    kind: Mapped[JobKind] = mapped_column(server_default=JobKind.REPORT.value)
    subject: Mapped[str] = mapped_column(String(200), server_default="")
    assessment_id: Mapped[str | None] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), index=True
    )
    content_key: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[JobState]
    progress: Mapped[int]
    step: Mapped[str] = mapped_column(String(100))
    error: Mapped[str] = mapped_column(String(500))
    attempt: Mapped[int]
    asked_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    worker: Mapped[str] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    file: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    firm_id: Mapped[str | None] = mapped_column(PublicId, ForeignKey("firm.id"))  # whose cover it bears
    is_signed: Mapped[bool] = mapped_column(server_default=false())
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(PublicId, ForeignKey("account.id"))
    revoked_why: Mapped[str] = mapped_column(String(300), server_default="")


class PackedFileRow(Row):
    """A file that the portal made inside an application package, known by its checksum like the package itself."""

    __tablename__ = "packed_file"
    job_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("report_job.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)


# ── Evidence ─────────────────────────────────────────────────────────────────


class EvidenceRow(Row):
    """A file of an enterprise's library. The content lies in the store under `store_key` and is never overwritten;
    `removed_at` takes it out of the library, not out of what was submitted with it.
    """

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("enterprise_id", "sha256"),)
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(PublicId, ForeignKey("enterprise.id"), index=True)
    kind: Mapped[EvidenceKind]
    title: Mapped[str] = mapped_column(String(120))
    original_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[MediaType]
    size: Mapped[int]
    pages: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(String(64))
    store_key: Mapped[str] = mapped_column(String(100), unique=True)
    has_thumbnail: Mapped[bool]
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    uploaded_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    uploaded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class EvidenceLinkRow(Row):
    """Which file supports which item of which self-check."""

    __tablename__ = "evidence_link"
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("evidence.id"), primary_key=True, index=True
    )
    linked_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    linked_at: Mapped[datetime]


# ── Review ───────────────────────────────────────────────────────────────────


class SubmissionRow(Row):
    """What was submitted in each round; rows are only added. The assessment's row holds the newest round's."""

    __tablename__ = "submission"
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    round: Mapped[int] = mapped_column(primary_key=True)
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    profile: Mapped[str] = mapped_column(Text)
    answers: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)  # JSON: item → [evidence ids]
    receipt: Mapped[str] = mapped_column(Text)
    checksum: Mapped[str] = mapped_column(String(64))
    points: Mapped[Decimal | None]
    completeness: Mapped[Decimal]
    grade: Mapped[str] = mapped_column(String(3))
    is_provisional: Mapped[bool]


class ReviewRow(Row):
    """A submission in the bureau's hands, from its first submission on. `verified_…` is written at confirmation."""

    __tablename__ = "review"
    __table_args__ = (Index(None, "district", "state"),)
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[ReviewState]
    round: Mapped[int]
    district: Mapped[str] = mapped_column(String(6))
    holder: Mapped[str | None] = mapped_column(PublicId, ForeignKey("account.id"), index=True)
    waiting_since: Mapped[datetime]
    due_at: Mapped[datetime | None]
    is_extended: Mapped[bool]
    findings: Mapped[int]  # of the data check, at submission
    revision: Mapped[int]
    district_opinion: Mapped[str] = mapped_column(Text)
    district_by: Mapped[str | None] = mapped_column(PublicId, ForeignKey("account.id"))
    district_at: Mapped[datetime | None]
    city_opinion: Mapped[str] = mapped_column(Text)
    city_by: Mapped[str | None] = mapped_column(PublicId, ForeignKey("account.id"))
    city_at: Mapped[datetime | None]
    verified_answers: Mapped[str | None] = mapped_column(Text)
    verified_receipt: Mapped[str | None] = mapped_column(Text)
    verified_checksum: Mapped[str | None] = mapped_column(String(64))
    verified_points: Mapped[Decimal | None]
    verified_grade: Mapped[str | None] = mapped_column(String(3))


class VerdictRow(Row):
    """What a party of the bureau says to one item in one round; nobody else sees it while `issued_at` is NULL."""

    __tablename__ = "verdict"
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    party: Mapped[Party] = mapped_column(primary_key=True)
    kind: Mapped[VerdictKind]
    counted: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[Reason | None]
    comment: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    made_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]


class ReplyRow(Row):
    """What the plant says beside an item that was sent back."""

    __tablename__ = "reply"
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    made_at: Mapped[datetime]


class ObjectionRow(Row):
    """The plant's one objection to a lowered item, and what the city decided."""

    __tablename__ = "objection"
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    made_at: Mapped[datetime]
    is_granted: Mapped[bool | None]
    counted: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(PublicId, ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]


class DecisionRow(Row):
    """One step of a case's way through the bureau; rows are only added. `revision` is the case's after it."""

    __tablename__ = "decision"
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    revision: Mapped[int] = mapped_column(primary_key=True)
    deed: Mapped[Deed]
    party: Mapped[Party]
    round: Mapped[int]
    remark: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None]
    made_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    made_at: Mapped[datetime]
    towards: Mapped[str | None] = mapped_column(PublicId, ForeignKey("account.id"))


class PhraseRow(Row):
    """A quick phrase of a reviewer."""

    __tablename__ = "phrase"
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    account_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]


# ── Campaigns and letters ────────────────────────────────────────────────────


class CampaignRow(Row):
    """A year's campaign (年度自评批次). `sectors` and `rungs` are JSON; the days are Hangzhou's, both included."""

    __tablename__ = "campaign"
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(120))
    sectors: Mapped[str] = mapped_column(Text)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    rungs: Mapped[str] = mapped_column(Text)
    notice: Mapped[str] = mapped_column(Text)
    state: Mapped[CampaignState]
    created_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class LetterRow(Row):
    """A letter in the outbox. `occasion` is unique: the same reminder leaves once however often it is asked for.

    `sent_at` is when it left, or while it waits and after it failed when it was tried last.
    """

    __tablename__ = "letter"
    __table_args__ = (Index(None, "state", "created_at"),)
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    occasion: Mapped[str] = mapped_column(String(120), unique=True)
    channel: Mapped[Channel]
    address: Mapped[str] = mapped_column(String(254))
    template: Mapped[str] = mapped_column(String(40))
    fields: Mapped[str] = mapped_column(Text)  # JSON: the words that the template wants
    enterprise_id: Mapped[str | None] = mapped_column(PublicId, ForeignKey("enterprise.id"), index=True)
    campaign_id: Mapped[str | None] = mapped_column(PublicId, ForeignKey("campaign.id"), index=True)
    state: Mapped[LetterState]
    attempts: Mapped[int]
    error: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class InviteeRow(Row):
    """An enterprise that a campaign wants to hear from, registered or not; known by its code."""

    __tablename__ = "invitee"
    campaign_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True
    )
    uscc: Mapped[str] = mapped_column(String(18), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    district: Mapped[str] = mapped_column(String(6), index=True)
    sector: Mapped[str] = mapped_column(String(40))
    mail: Mapped[str] = mapped_column(String(254))
    mobile: Mapped[str] = mapped_column(String(20))


# ── Audit trail ──────────────────────────────────────────────────────────────


class AuditRow(Row):
    """One line of the audit trail, chained to the one before: a fork would need the same `previous` twice."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "subject_kind", "subject_id"), Index(None, "at"))
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(
        String(16), index=True
    )  # an account's id, empty for commands and strangers
    name: Mapped[str] = mapped_column(String(50))
    role: Mapped[str] = mapped_column(String(20))
    origin: Mapped[str] = mapped_column(String(64))
    deed: Mapped[str] = mapped_column(String(60), index=True)
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(80))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(20))
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)


# ── Statistics ───────────────────────────────────────────────────────────────


class StandingRow(Row):
    """What a submission counts as in the sums: points in hundredths; `verified` is NULL until confirmed."""

    __tablename__ = "standing"
    __table_args__ = (Index(None, "year", "sector", "district"),)
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    year: Mapped[int]
    district: Mapped[str] = mapped_column(String(6))
    sector: Mapped[str] = mapped_column(String(40))
    scale: Mapped[str] = mapped_column(String(10))
    points: Mapped[int | None]
    verified: Mapped[int | None]
    grade: Mapped[str] = mapped_column(String(3))
    verified_grade: Mapped[str] = mapped_column(String(3))


class OutcomeRow(Row):
    """What one item came to in one submission: thousandths of its points, as declared and as verified.

    NULL: not applicable or missing. Kept beside the submission, because reading receipts of a whole city is slow.
    """

    __tablename__ = "outcome"
    __table_args__ = (Index(None, "item"),)
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    declared: Mapped[int | None]
    verified: Mapped[int | None]
    is_gap: Mapped[bool]


class RecommendedRow(Row):
    """A technology recommended to a plant: yuan, yuan a year, kilograms of CO2 a year; NULL where unknown."""

    __tablename__ = "recommended"
    __table_args__ = (Index(None, "technology"),)
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    technology: Mapped[str] = mapped_column(String(80), primary_key=True)
    rank: Mapped[int]
    investment_low: Mapped[int | None] = mapped_column(BigInteger)
    investment_high: Mapped[int | None] = mapped_column(BigInteger)
    saving_low: Mapped[int | None] = mapped_column(BigInteger)
    saving_high: Mapped[int | None] = mapped_column(BigInteger)
    co2_low: Mapped[int | None] = mapped_column(BigInteger)
    co2_high: Mapped[int | None] = mapped_column(BigInteger)


class TallyRow(Row):
    """Sums over all submissions of a year, district, sector: one upsert per submission keeps every panel cheap."""

    __tablename__ = "tally"
    # It covers every query of a panel: the rows themselves are never read.
    __table_args__ = (Index(None, "year", "kind", "key", "sector", "district", "count", "total"),)
    year: Mapped[int] = mapped_column(primary_key=True)
    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    sector: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)


# ── Consultants ──────────────────────────────────────────────────────────────


class FirmRow(Row):
    """A consulting firm; its logo lies in the store under `logo_key`."""

    __tablename__ = "firm"
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    address: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(30))
    signatory: Mapped[str] = mapped_column(String(50))
    cover_note: Mapped[str] = mapped_column(String(300))
    logo_key: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class FirmMemberRow(Row):
    """Who works for which firm; nobody for two."""

    __tablename__ = "firm_member"
    account_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    firm_id: Mapped[str] = mapped_column(PublicId, ForeignKey("firm.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class MandateRow(Row):
    """What an enterprise lets a person or a firm do; `scopes` are words set apart by blanks."""

    __tablename__ = "mandate"
    __table_args__ = (CheckConstraint("(account_id IS NULL) <> (firm_id IS NULL)", name="one_holder"),)
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(PublicId, ForeignKey("enterprise.id"), index=True)
    account_id: Mapped[str | None] = mapped_column(PublicId, ForeignKey("account.id"), index=True)
    firm_id: Mapped[str | None] = mapped_column(PublicId, ForeignKey("firm.id"), index=True)
    scopes: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    granted_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(PublicId, ForeignKey("account.id"))


class ScenarioRow(Row):
    """A named choice of measures; `technologies` and `target` are JSON."""

    __tablename__ = "scenario"
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(120))
    technologies: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    is_chosen: Mapped[bool]
    created_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class MeasureRow(Row):
    """One line of an enterprise's ledger of measures (整改台账)."""

    __tablename__ = "measure"
    __table_args__ = (UniqueConstraint("enterprise_id", "assessment_id", "technology"),)
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(PublicId, ForeignKey("enterprise.id"))
    assessment_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("assessment.id", ondelete="CASCADE"), index=True
    )
    technology: Mapped[str] = mapped_column(String(80), index=True)
    owner: Mapped[str] = mapped_column(String(50))
    state: Mapped[MeasureState]
    due_on: Mapped[date | None]
    started_on: Mapped[date | None]
    finished_on: Mapped[date | None]
    budget: Mapped[Decimal | None]
    spent: Mapped[Decimal | None]
    carrier: Mapped[str] = mapped_column(String(40))
    effect: Mapped[Decimal | None]
    effect_unit: Mapped[str] = mapped_column(String(20))
    saving: Mapped[Decimal | None]
    note: Mapped[str] = mapped_column(String(500))
    changed_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class MeasureEvidenceRow(Row):
    """Which file of the library proves that a measure was done."""

    __tablename__ = "measure_evidence"
    measure_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("measure.id", ondelete="CASCADE"), primary_key=True
    )
    evidence_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("evidence.id"), primary_key=True, index=True
    )
    linked_by: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"))
    linked_at: Mapped[datetime]


class BatchRow(Row):
    """Many reports asked for at once."""

    __tablename__ = "batch"
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    account_id: Mapped[str] = mapped_column(PublicId, ForeignKey("account.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    firm_id: Mapped[str | None] = mapped_column(PublicId, ForeignKey("firm.id"))
    state: Mapped[BatchState]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class BatchItemRow(Row):
    """One report of a batch; the printing itself is the job's."""

    __tablename__ = "batch_item"
    batch_id: Mapped[str] = mapped_column(
        PublicId, ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[str] = mapped_column(PublicId, ForeignKey("assessment.id", ondelete="CASCADE"))
    job_id: Mapped[str | None] = mapped_column(PublicId, ForeignKey("report_job.id"), index=True)
    state: Mapped[ItemState]
    error: Mapped[str] = mapped_column(String(500))
    changed_at: Mapped[datetime]
