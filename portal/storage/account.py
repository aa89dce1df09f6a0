"""Accounts, sign-ins, failed sign-ins and mailed tickets: rows ↔ core objects."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from portal.core.roles import Account, Role
from portal.storage.tables import (
    AccountRow,
    EnterpriseRow,
    FailureRow,
    MembershipRow,
    SignInRow,
    TicketRow,
)
from portal.storage.upsert import add_new, inserting


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A mailed link that has not been used: for an account (new password) or for an enterprise (join)."""

    mail: str
    account_id: str | None
    enterprise_id: str | None
    enterprise_name: str = ""
    invited_by: str = ""


def add(session: Session, account: Account, password_hash: str, now: datetime) -> bool:
    """Add an account; False when mail or mobile number belong to another."""
    return add_new(
        session,
        AccountRow,
        id=account.id,
        name=account.name,
        mail=account.mail,
        mobile=account.mobile or None,
        password_hash=password_hash,
        role=account.role,
        created_at=now,
        jurisdiction=account.jurisdiction,
        office=account.office,
        is_active=account.is_active,
    )


def find(session: Session, id: str) -> Account | None:
    """One account with the enterprises it acts for."""
    row = session.get(AccountRow, id)
    return _account(session, row) if row else None


def find_by_login(session: Session, login: str) -> Account | None:
    """The account with that mail or mobile number."""
    row = _row_of_login(session, login)
    return _account(session, row) if row else None


def is_taken(session: Session, *, mail: str, mobile: str) -> tuple[bool, bool]:
    """Whether mail and mobile number belong to an account."""
    return (
        session.scalar(select(AccountRow.id).where(AccountRow.mail == mail)) is not None,
        bool(mobile) and session.scalar(select(AccountRow.id).where(AccountRow.mobile == mobile)) is not None,
    )


def password_hash(session: Session, id: str) -> str:
    """The account's password hash."""
    return session.execute(select(AccountRow.password_hash).where(AccountRow.id == id)).scalar_one()


def set_password_hash(session: Session, id: str, value: str) -> None:
    """Replace the password hash."""
    session.execute(update(AccountRow).where(AccountRow.id == id).values(password_hash=value))


def members(session: Session, enterprise_id: str) -> tuple[Account, ...]:
    """Who acts for the enterprise, in the order of joining; each with this enterprise only."""
    rows = session.scalars(
        select(AccountRow)
        .join(MembershipRow, MembershipRow.account_id == AccountRow.id)
        .where(MembershipRow.enterprise_id == enterprise_id)
        .order_by(MembershipRow.created_at, AccountRow.id)
    )
    return tuple(_as_account(row, (enterprise_id,)) for row in rows)


def listed(
    session: Session, roles: Collection[Role], *, words: str, offset: int, limit: int
) -> tuple[tuple[Account, ...], int]:
    """Accounts with one of the roles, by role and name, without their enterprises; and how many there are."""
    query = select(AccountRow).where(AccountRow.role.in_(sorted(roles)))
    if words:
        query = query.where(
            AccountRow.name.contains(words, autoescape=True)
            | AccountRow.mail.contains(words.lower(), autoescape=True)
            | AccountRow.office.contains(words, autoescape=True)
        )
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(
        query.order_by(AccountRow.role, AccountRow.jurisdiction, AccountRow.name, AccountRow.id)
        .offset(offset)
        .limit(limit)
    )
    return tuple(_as_account(row, ()) for row in rows), count


def active_of(session: Session, role: Role) -> frozenset[str]:
    """The ids of the active accounts with that role, locked: two who disable each other must not both succeed."""
    query = select(AccountRow.id).where(AccountRow.role == role, AccountRow.is_active)
    return frozenset(session.scalars(query.order_by(AccountRow.id).with_for_update()))


def set_standing(session: Session, id: str, *, role: Role, jurisdiction: str, is_active: bool) -> None:
    """What the account is for, and whether it opens anything."""
    session.execute(
        update(AccountRow)
        .where(AccountRow.id == id)
        .values(role=role, jurisdiction=jurisdiction, is_active=is_active)
    )
    session.expire_all()


def _row_of_login(session: Session, login: str) -> AccountRow | None:
    column = AccountRow.mail if "@" in login else AccountRow.mobile
    return session.scalars(select(AccountRow).where(column == login)).one_or_none()


def _account(session: Session, row: AccountRow) -> Account:
    enterprises = session.scalars(
        select(MembershipRow.enterprise_id)
        .where(MembershipRow.account_id == row.id)
        .order_by(MembershipRow.created_at, MembershipRow.enterprise_id)
    )
    return _as_account(row, tuple(enterprises))


def _as_account(row: AccountRow, enterprises: tuple[str, ...]) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        mail=row.mail,
        mobile=row.mobile or "",
        role=Role(row.role),
        enterprises=enterprises,
        jurisdiction=row.jurisdiction,
        office=row.office,
        is_active=row.is_active,
    )


# ── Sign-ins ─────────────────────────────────────────────────────────────────


def add_sign_in(session: Session, token_hash: str, account_id: str, address: str, now: datetime) -> None:
    """Keep a new sign-in."""
    session.add(
        SignInRow(
            token_hash=token_hash, account_id=account_id, address=address[:64], created_at=now, seen_at=now
        )
    )
    session.flush()


# Every request asks it: put together once.
_SIGN_IN = (
    select(AccountRow, SignInRow.created_at, SignInRow.seen_at, MembershipRow.enterprise_id)
    .join(SignInRow, SignInRow.account_id == AccountRow.id)
    .outerjoin(MembershipRow, MembershipRow.account_id == AccountRow.id)
    .where(SignInRow.token_hash == bindparam("token_hash"))
    .order_by(MembershipRow.created_at, MembershipRow.enterprise_id)
)


def find_sign_in(session: Session, token_hash: str) -> tuple[Account, datetime, datetime] | None:
    """Whose sign-in it is, since when, and when it was last seen; one statement, for every request asks."""
    rows = session.execute(_SIGN_IN, {"token_hash": token_hash}).all()
    if not rows:
        return None
    row, created_at, seen_at, _ = rows[0]
    enterprises = tuple(enterprise for *_, enterprise in rows if enterprise)
    return _as_account(row, enterprises), created_at, seen_at


def touch_sign_in(session: Session, token_hash: str, now: datetime) -> None:
    """Note that the sign-in is in use."""
    session.execute(update(SignInRow).where(SignInRow.token_hash == token_hash).values(seen_at=now))


def end_sign_in(session: Session, token_hash: str) -> None:
    """Forget one sign-in."""
    session.execute(delete(SignInRow).where(SignInRow.token_hash == token_hash))


def end_sign_ins(session: Session, account_id: str, but: str = "") -> None:
    """Forget every sign-in of an account, but perhaps one."""
    session.execute(delete(SignInRow).where(SignInRow.account_id == account_id, SignInRow.token_hash != but))


def forget_old(session: Session, *, unseen_since: datetime, created_before: datetime) -> None:
    """Remove sign-ins and failures that no longer mean anything."""
    session.execute(
        delete(SignInRow).where((SignInRow.seen_at < unseen_since) | (SignInRow.created_at < created_before))
    )
    session.execute(delete(FailureRow).where(FailureRow.last_at < created_before))


# ── Failed sign-ins ──────────────────────────────────────────────────────────


def find_failures(session: Session, key: str) -> tuple[int, datetime | None]:
    """How many failures stand against the key, and until when it is locked."""
    row = session.get(FailureRow, key, with_for_update=True)
    return (row.failures, row.locked_until) if row else (0, None)


def set_failures(
    session: Session, key: str, failures: int, locked_until: datetime | None, now: datetime
) -> None:
    """Note the failures against the key."""
    values = {"failures": failures, "locked_until": locked_until, "last_at": now}
    statement = inserting(session.get_bind().dialect.name, FailureRow).values(key=key, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))


def clear_failures(session: Session, key: str) -> None:
    """Nothing stands against the key any more."""
    session.execute(delete(FailureRow).where(FailureRow.key == key))


# ── Tickets ──────────────────────────────────────────────────────────────────


def add_ticket(
    session: Session,
    token_hash: str,
    ticket: Ticket,
    *,
    invited_by: str | None,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep a new ticket; older unused ones for the same purpose and mail end."""
    session.execute(
        delete(TicketRow).where(
            TicketRow.mail == ticket.mail,
            TicketRow.account_id == ticket.account_id
            if ticket.account_id
            else TicketRow.enterprise_id == ticket.enterprise_id,
            TicketRow.used_at.is_(None),
        )
    )
    session.add(
        TicketRow(
            token_hash=token_hash,
            account_id=ticket.account_id,
            enterprise_id=ticket.enterprise_id,
            invited_by=invited_by,
            mail=ticket.mail,
            created_at=now,
            expires_at=expires_at,
            used_at=None,
        )
    )
    session.flush()


def find_ticket(session: Session, token_hash: str, now: datetime, *, is_locking: bool) -> Ticket | None:
    """The ticket, when it was neither used nor has expired; locked only where it may be used at once."""
    lock = {"of": TicketRow} if is_locking else None
    row = session.get(TicketRow, token_hash, with_for_update=lock)
    if row is None or row.used_at is not None or row.expires_at <= now:
        return None
    enterprise = session.get(EnterpriseRow, row.enterprise_id) if row.enterprise_id else None
    inviter = session.get(AccountRow, row.invited_by) if row.invited_by else None
    return Ticket(
        mail=row.mail,
        account_id=row.account_id,
        enterprise_id=row.enterprise_id,
        enterprise_name=enterprise.name if enterprise else "",
        invited_by=inviter.name if inviter else "",
    )


def use_ticket(session: Session, token_hash: str, now: datetime) -> None:
    """The ticket opens nothing any more."""
    session.execute(update(TicketRow).where(TicketRow.token_hash == token_hash).values(used_at=now))


def is_empty(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return session.scalar(select(AccountRow.id).limit(1)) is None
