"""Consulting firms and who works for them: rows ↔ core objects."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.mandate import Firm
from portal.storage.tables import AccountRow, FirmMemberRow, FirmRow
from portal.storage.upsert import add_new


def find(session: Session, id: str) -> Firm | None:
    """One firm."""
    row = session.get(FirmRow, id)
    return _firm(row) if row is not None else None


def of_member(session: Session, account_id: str) -> Firm | None:
    """The firm the person works for."""
    row = session.scalars(
        select(FirmRow)
        .join(FirmMemberRow, FirmMemberRow.firm_id == FirmRow.id)
        .where(FirmMemberRow.account_id == account_id)
    ).one_or_none()
    return _firm(row) if row is not None else None


def add(session: Session, id: str, *, now: datetime, **fields: str) -> bool:
    """Add a firm; False when its code is registered already."""
    return add_new(session, FirmRow, id=id, logo_key="", created_at=now, **fields)


def change(session: Session, id: str, **fields: str) -> bool:
    """Replace what is said about the firm; False when the code belongs to another."""
    try:
        with session.begin_nested():
            session.execute(update(FirmRow).where(FirmRow.id == id).values(**fields))
    except IntegrityError:
        return False
    return True


def logo_key(session: Session, id: str) -> str:
    """Where the logo lies in the store; empty without one."""
    return session.scalar(select(FirmRow.logo_key).where(FirmRow.id == id)) or ""


def add_member(session: Session, account_id: str, firm_id: str, now: datetime) -> bool:
    """Let the person work for the firm; False when he works for one."""
    return add_new(session, FirmMemberRow, account_id=account_id, firm_id=firm_id, created_at=now)


def members(session: Session, firm_id: str) -> tuple[tuple[str, str, str], ...]:
    """Id, name and mail of everybody who works for the firm, in the order of joining."""
    rows = session.execute(
        select(AccountRow.id, AccountRow.name, AccountRow.mail)
        .join(FirmMemberRow, FirmMemberRow.account_id == AccountRow.id)
        .where(FirmMemberRow.firm_id == firm_id)
        .order_by(FirmMemberRow.created_at, AccountRow.id)
    )
    return tuple((id, name, mail) for id, name, mail in rows)


def count_members(session: Session, firm_id: str) -> int:
    """How many work for the firm."""
    query = select(func.count()).select_from(FirmMemberRow).where(FirmMemberRow.firm_id == firm_id)
    return session.scalar(query) or 0


def remove_member(session: Session, account_id: str, firm_id: str) -> None:
    """The person works for the firm no more."""
    session.execute(
        delete(FirmMemberRow).where(FirmMemberRow.account_id == account_id, FirmMemberRow.firm_id == firm_id)
    )


def _firm(row: FirmRow) -> Firm:
    return Firm(
        id=row.id,
        name=row.name,
        uscc=row.uscc,
        address=row.address,
        phone=row.phone,
        signatory=row.signatory,
        cover_note=row.cover_note,
        has_logo=bool(row.logo_key),
    )
