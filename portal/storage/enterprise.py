"""Enterprises and who acts for them: rows ↔ core objects."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.enterprise import Enterprise, EnterpriseProfile
from portal.core.roles import Sight
from portal.storage.tables import EnterpriseRow, MembershipRow
from portal.storage.upsert import add_new

_FIELDS = tuple(EnterpriseProfile.__dataclass_fields__)


def add(session: Session, id: str, profile: EnterpriseProfile, now: datetime) -> bool:
    """Add an enterprise; False when its code is registered already."""
    return add_new(session, EnterpriseRow, id=id, created_at=now, changed_at=now, **asdict(profile))


def replace(session: Session, id: str, profile: EnterpriseProfile, now: datetime) -> bool:
    """Replace the profile; False when the code belongs to another enterprise. The transaction stays usable."""
    statement = update(EnterpriseRow).where(EnterpriseRow.id == id)
    try:
        with session.begin_nested():
            session.execute(statement.values(changed_at=now, **asdict(profile)))
    except IntegrityError:
        return False
    return True


def is_taken(session: Session, uscc: str, *, but: str = "") -> bool:
    """Whether the code belongs to an enterprise other than `but`."""
    found = select(EnterpriseRow.id).where(EnterpriseRow.uscc == uscc, EnterpriseRow.id != but)
    return session.scalar(found) is not None


def add_member(session: Session, account_id: str, enterprise_id: str, now: datetime) -> bool:
    """Let the account act for the enterprise; False when it may already."""
    return add_new(session, MembershipRow, account_id=account_id, enterprise_id=enterprise_id, created_at=now)


def find(session: Session, id: str, *, member: str) -> Enterprise | None:
    """One enterprise, if the account acts for it."""
    row = session.scalars(
        select(EnterpriseRow)
        .join(MembershipRow, MembershipRow.enterprise_id == EnterpriseRow.id)
        .where(EnterpriseRow.id == id, MembershipRow.account_id == member)
    ).one_or_none()
    return as_enterprise(row) if row else None


def seen(session: Session, id: str, *, sight: Sight) -> Enterprise | None:
    """One enterprise, for those who act for it and for a consultant whose mandate allows it."""
    if sight.clients is None:
        return find(session, id, member=sight.account_id)
    row = session.get(EnterpriseRow, id) if id in sight.clients else None
    return as_enterprise(row) if row else None


def of_member(session: Session, account_id: str) -> tuple[Enterprise, ...]:
    """The enterprises the account acts for, oldest first."""
    rows = session.scalars(
        select(EnterpriseRow)
        .join(MembershipRow, MembershipRow.enterprise_id == EnterpriseRow.id)
        .where(MembershipRow.account_id == account_id)
        .order_by(EnterpriseRow.created_at, EnterpriseRow.id)
    )
    return tuple(as_enterprise(row) for row in rows)


def as_enterprise(row: EnterpriseRow) -> Enterprise:
    """The row as a core object."""
    profile = EnterpriseProfile(**{field: getattr(row, field) for field in _FIELDS})
    return Enterprise(id=row.id, profile=profile, created_at=row.created_at)
