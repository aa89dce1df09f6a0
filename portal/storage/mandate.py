"""Mandates: rows ↔ core objects, and which of them are in force."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import CursorResult, Select, or_, select, update
from sqlalchemy.orm import Session, aliased

from portal.core.mandate import Holder, Mandate, Scope, described, widened
from portal.core.roles import Role
from portal.storage.tables import AccountRow, EnterpriseRow, FirmMemberRow, FirmRow, MandateRow


def in_force(session: Session, account_id: str, today: date) -> dict[str, frozenset[Scope]]:
    """What a consultant may do for which enterprise on that day, by own mandates and the firm's."""
    firm = select(FirmMemberRow.firm_id).where(FirmMemberRow.account_id == account_id)
    rows = session.execute(
        select(MandateRow.enterprise_id, MandateRow.scopes)
        .where(
            or_(MandateRow.account_id == account_id, MandateRow.firm_id.in_(firm)),
            MandateRow.revoked_at.is_(None),
            MandateRow.starts_on <= today,
            MandateRow.ends_on >= today,
        )
        .order_by(MandateRow.enterprise_id, MandateRow.id)
    )
    found: dict[str, frozenset[Scope]] = {}
    for enterprise_id, scopes in rows:
        granted = widened(Scope(scope) for scope in scopes.split())
        found[enterprise_id] = found.get(enterprise_id, frozenset()) | granted
    return found


# ── Granting and revoking ────────────────────────────────────────────────────


def add(
    session: Session,
    id: str,
    *,
    enterprise_id: str,
    holder: Holder,
    scopes: Iterable[Scope],
    starts_on: date,
    ends_on: date,
    by: str,
    now: datetime,
) -> None:
    """Add a mandate."""
    session.add(
        MandateRow(
            id=id,
            enterprise_id=enterprise_id,
            account_id=holder.account_id or None,
            firm_id=holder.firm_id or None,
            scopes=described(scopes),
            starts_on=starts_on,
            ends_on=ends_on,
            granted_by=by,
            granted_at=now,
        )
    )
    session.flush()


def revoke(session: Session, id: str, enterprise_id: str, *, by: str, now: datetime) -> bool:
    """End a mandate of the enterprise; False when there is none, or it was revoked before."""
    done = session.execute(
        update(MandateRow)
        .where(
            MandateRow.id == id, MandateRow.enterprise_id == enterprise_id, MandateRow.revoked_at.is_(None)
        )
        .values(revoked_at=now, revoked_by=by)
    )
    assert isinstance(done, CursorResult)
    return bool(done.rowcount)


def find(session: Session, id: str, enterprise_id: str) -> Mandate | None:
    """One mandate of the enterprise."""
    query = _select().where(MandateRow.id == id, MandateRow.enterprise_id == enterprise_id)
    return next(iter(_mandates(session, query)), None)


def of_enterprise(session: Session, enterprise_id: str) -> tuple[Mandate, ...]:
    """Every mandate the enterprise ever granted, newest first."""
    return _mandates(session, _select().where(MandateRow.enterprise_id == enterprise_id))


def of_holder(session: Session, account_id: str) -> tuple[Mandate, ...]:
    """Every mandate the person ever had, own ones and the firm's, newest first."""
    firm = select(FirmMemberRow.firm_id).where(FirmMemberRow.account_id == account_id)
    mine = or_(MandateRow.account_id == account_id, MandateRow.firm_id.in_(firm))
    return _mandates(session, _select().where(mine))


_Granter = aliased(AccountRow)
_Revoker = aliased(AccountRow)


def _select() -> Select[MandateRow, str, str | None, str | None, str, str | None]:
    return (
        select(MandateRow, EnterpriseRow.name, AccountRow.name, FirmRow.name, _Granter.name, _Revoker.name)
        .join(EnterpriseRow, EnterpriseRow.id == MandateRow.enterprise_id)
        .join(_Granter, _Granter.id == MandateRow.granted_by)
        .outerjoin(_Revoker, _Revoker.id == MandateRow.revoked_by)
        .outerjoin(AccountRow, AccountRow.id == MandateRow.account_id)
        .outerjoin(FirmRow, FirmRow.id == MandateRow.firm_id)
        .order_by(MandateRow.granted_at.desc(), MandateRow.id)
    )


def _mandates(
    session: Session, query: Select[MandateRow, str, str | None, str | None, str, str | None]
) -> tuple[Mandate, ...]:
    return tuple(
        Mandate(
            id=row.id,
            enterprise_id=row.enterprise_id,
            enterprise_name=enterprise,
            account_id=row.account_id or "",
            firm_id=row.firm_id or "",
            holder=person or firm or "",
            scopes=frozenset(Scope(scope) for scope in row.scopes.split()),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            granted_by=granter,
            granted_at=row.granted_at,
            revoked_at=row.revoked_at,
            revoked_by=revoker or "",
        )
        for row, enterprise, person, firm, granter, revoker in session.execute(query)
    )


# ── Holders ──────────────────────────────────────────────────────────────────


def holder(session: Session, *, mail: str = "", code: str = "") -> Holder | None:
    """The consultant with exactly that mail, or the consultant or firm with that invitation code."""
    query = (
        select(AccountRow.id, AccountRow.name, FirmRow.name)
        .outerjoin(FirmMemberRow, FirmMemberRow.account_id == AccountRow.id)
        .outerjoin(FirmRow, FirmRow.id == FirmMemberRow.firm_id)
        .where(AccountRow.role == Role.CONSULTANT, AccountRow.is_active)
    )
    query = query.where(AccountRow.mail == mail) if mail else query.where(AccountRow.id == code)
    found = session.execute(query).one_or_none()
    if found is not None:
        id, name, firm_name = found
        return Holder(account_id=id, firm_id="", name=name, firm=firm_name or "")
    firm = session.get(FirmRow, code) if code else None
    return Holder(account_id="", firm_id=firm.id, name=firm.name) if firm is not None else None


def firms_named(session: Session, part: str, limit: int) -> tuple[Holder, ...]:
    """Firms whose name contains the words, by name."""
    rows = session.scalars(
        select(FirmRow)
        .where(FirmRow.name.contains(part, autoescape=True))
        .order_by(FirmRow.name, FirmRow.id)
        .limit(limit)
    )
    return tuple(Holder(account_id="", firm_id=row.id, name=row.name, uscc=row.uscc) for row in rows)
