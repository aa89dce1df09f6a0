"""The rows, nothing else: every constraint has a name, every id that people see is random."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from portal.core.filing import AssessmentState
from portal.core.printing import JobState
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
    """A report to print or printed. `content_key` is a hash of all that goes into it: the same is printed once."""

    __tablename__ = "report_job"
    __table_args__ = (Index(None, "state", "asked_at"),)
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    assessment_id: Mapped[str] = mapped_column(
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
