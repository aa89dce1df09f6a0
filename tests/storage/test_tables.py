"""Column types that mean the same on every database."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from portal.core.filing import AssessmentState
from portal.core.roles import Role
from portal.storage.session import Database
from portal.storage.tables import AccountRow, AssessmentRow, EnterpriseRow

NOON_IN_HANGZHOU = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))


def _account(created_at: datetime = NOON_IN_HANGZHOU, mobile: str | None = None) -> AccountRow:
    return AccountRow(
        id="a1",
        name="王",
        mail="a@b.cn",
        mobile=mobile,
        password_hash="-",
        role=Role.MANAGER,
        created_at=created_at,
    )


def _assessment(session: Session, points: Decimal | None) -> None:
    session.add(_account())
    blank = dict.fromkeys(("name", "sector", "scale", "products", "address"), "x")
    blank |= dict.fromkeys(("contact_name", "contact_phone", "contact_mail"), "x")
    session.add(
        EnterpriseRow(
            id="e1",
            uscc="u",
            district="330102",
            created_at=NOON_IN_HANGZHOU,
            changed_at=NOON_IN_HANGZHOU,
            **blank,
        )
    )
    session.flush()
    session.add(
        AssessmentRow(
            id="x1", enterprise_id="e1", year=2025, questionnaire_id="q", questionnaire_version="v",
            state=AssessmentState.DRAFT, created_at=NOON_IN_HANGZHOU, created_by="a1", points=points,
        )
    )  # fmt: skip


def test_times_come_back_as_the_same_moment_in_utc(database: Database) -> None:
    with database.writing() as session:
        session.add(_account())
    with database.reading() as session:
        found = session.scalars(select(AccountRow.created_at)).one()
    assert found == NOON_IN_HANGZHOU
    assert found.tzinfo is UTC
    assert found.hour == 4


def test_a_time_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="zone"), database.writing() as session:
        session.add(_account(datetime(2026, 1, 1)))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    "digits", ["0.1", "62.00", "123456789012345678901234567890.123456789", "-0.005", "1E+3"]
)
def test_decimals_keep_every_digit(database: Database, digits: str) -> None:
    with database.writing() as session:
        _assessment(session, Decimal(digits))
    with database.reading() as session:
        found = session.scalars(select(AssessmentRow.points)).one()
    assert found is not None
    assert format(found, "f") == format(Decimal(digits), "f")


def test_enums_are_kept_by_value_and_others_are_refused(database: Database) -> None:
    with database.writing() as session:
        session.add(_account())
    with database.reading() as session:
        assert session.scalar(text("SELECT role FROM account")) == "manager"
        assert session.scalars(select(AccountRow.role)).one() is Role.MANAGER
    with pytest.raises(IntegrityError, match="ck_account_role"), database.writing() as session:
        session.execute(text("UPDATE account SET role = 'king'"))


def test_several_accounts_may_have_no_mobile_number(database: Database) -> None:
    with database.writing() as session:
        session.add(_account())
        other = _account()
        other.id, other.mail = "a2", "c@d.cn"
        session.add(other)
