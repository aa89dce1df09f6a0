"""Accounts: registering, signing in and out, passwords, and bringing in colleagues."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from portal.actions import enterprise, mail
from portal.actions.passwords import check_password, fits, hash_of, is_dated, new_token, token_hash
from portal.actions.work import Work, new_id
from portal.core.audit import Outcome
from portal.core.campaign import local_day
from portal.core.enterprise import is_mail, is_mobile
from portal.core.errors import Problem
from portal.core.plain_text import cleaned, code_form, is_printable
from portal.core.roles import Account, Role
from portal.storage import account as stored
from portal.storage import enterprise as stored_enterprise
from portal.storage import mandate

LONGEST_NAME = 50
MOST_FAILURES = 5
LOCKED = timedelta(minutes=15)
IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
TOUCH = timedelta(minutes=5)  # how exactly `seen_at` is kept: not every save needs to write it
RESET_ENDS = timedelta(hours=2)
INVITATION_ENDS = timedelta(days=7)
SELF_MADE = frozenset({Role.MANAGER, Role.CONSULTANT})

# Verified against when the login is unknown, so that the answer takes as long as for a known one.
_NOBODY: dict[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What the page behind an invitation's link shows."""

    enterprise_id: str
    enterprise_name: str
    mail: str
    invited_by: str


def register(
    work: Work,
    *,
    name: str,
    mail: str,
    mobile: str,
    password: str,
    join_token: str = "",
    role: Role = Role.MANAGER,
) -> tuple[Account | None, tuple[Problem, ...]]:
    """Make an account, which with `join_token` acts for the inviting enterprise at once.

    People register as managers or consultants; whoever was invited by an enterprise is a manager.
    """
    if role not in SELF_MADE or join_token:
        role = Role.MANAGER
    problems = check_registration(
        work, name=name, mail=mail, mobile=mobile, password=password, join_token=join_token
    )
    if problems:
        return None, problems
    name, address, mobile = cleaned(name), code_form(mail).lower(), code_form(mobile)
    account = Account(id=new_id(), name=name, mail=address, mobile=mobile, role=role, enterprises=())
    if not stored.add(work.session, account, hash_of(password), work.now):
        # Somebody else registered the same address since the check.
        return None, check_taken(work, address, mobile)
    _is_doing(work, account)
    work.note("account.register", "account", account.id, after=address)
    ticket = _open_invitation(work, join_token) if join_token else None
    if ticket is not None:
        _join(work, join_token, ticket, account)
    made = stored.find(work.session, account.id)
    return (mandated(work, made) if made is not None else None), ()


def check_registration(
    work: Work, *, name: str, mail: str, mobile: str, password: str, join_token: str = ""
) -> tuple[Problem, ...]:
    """All that stands against the account at once, taken addresses included."""
    name, address, mobile = cleaned(name), code_form(mail).lower(), code_form(mobile)
    problems = check_person(name, address, mobile)
    problems += check_password(password, "password", (address, mobile, name))
    # What is no address belongs to nobody, and a database refuses some of what can be typed.
    wrong = {problem.place for problem in problems}
    problems += check_taken(work, "" if "mail" in wrong else address, "" if "mobile" in wrong else mobile)
    if join_token and _open_invitation(work, join_token) is None:
        problems += (Problem(place="join_token", code="invitation_invalid"),)
    return problems


def check_taken(work: Work, mail: str, mobile: str) -> tuple[Problem, ...]:
    """Whether another account has the mail or the mobile number."""
    mail_taken, mobile_taken = stored.is_taken(work.session, mail=mail, mobile=mobile)
    taken = (("mail", mail_taken), ("mobile", mobile_taken))
    return tuple(Problem(place=place, code=f"{place}_taken") for place, is_taken in taken if is_taken)


def check_person(name: str, mail: str, mobile: str) -> tuple[Problem, ...]:
    """All that stands against a person's name and addresses, apart from being taken."""
    problems = []
    if not name:
        problems.append(Problem(place="name", code="required"))
    elif len(name) > LONGEST_NAME:
        problems.append(Problem(place="name", code="too_long", details=(str(LONGEST_NAME),)))
    elif not is_printable(name):
        problems.append(Problem(place="name", code="unprintable"))
    if not is_mail(mail) or not is_printable(mail):
        problems.append(Problem(place="mail", code="mail_form"))
    if mobile and not is_mobile(mobile):
        problems.append(Problem(place="mobile", code="mobile_form"))
    return tuple(problems)


# ── Signing in and out ───────────────────────────────────────────────────────


def sign_in(work: Work, login: str, password: str, address: str) -> tuple[str | None, tuple[Problem, ...]]:
    """A token for the cookie, or `sign_in_failed` or `locked`, the same for known and unknown logins.

    Five failures lock the account for 15 minutes, whichever of its logins was used.
    """
    login = code_form(login).lower()
    account = stored.find_by_login(work.session, login) if is_printable(login) else None
    key = account.id if account else token_hash(login)
    failures, locked_until = stored.find_failures(work.session, key)
    if locked_until is not None and locked_until > work.now:
        _note_refusal(work, account, "locked")
        return None, (Problem(place="login", code="locked"),)
    kept = stored.password_hash(work.session, account.id) if account else _nobodys_hash()
    if not fits(kept, password) or account is None:
        _note_failure(work, key, 0 if locked_until else failures)
        _note_refusal(work, account, "password")
        return None, (Problem(place="login", code="sign_in_failed"),)
    if not account.is_active:
        # Only somebody with the right password learns it.
        _note_refusal(work, account, "inactive")
        return None, (Problem(place="login", code="account_disabled"),)
    stored.clear_failures(work.session, key)
    if is_dated(kept):
        stored.set_password_hash(work.session, account.id, hash_of(password))
    _is_doing(work, account)
    work.note("account.sign_in", "account", account.id)
    return enter(work, account, address), ()


def _is_doing(work: Work, account: Account) -> None:
    """Whoever has just proved who he is did what the trail tells of this unit of work."""
    work.trail.who = account


def _note_refusal(work: Work, account: Account | None, reason: str) -> None:
    """A failed sign-in; of an unknown login not even the login is kept, for it may be a mistyped password."""
    id = account.id if account is not None else ""
    work.note("account.sign_in", "account", id, after=reason, outcome=Outcome.REFUSED)


def _nobodys_hash() -> str:
    return _NOBODY.setdefault("hash", hash_of(new_token()))


def _note_failure(work: Work, key: str, before: int) -> None:
    failures = before + 1
    locked_until = work.now + LOCKED if failures >= MOST_FAILURES else None
    stored.set_failures(work.session, key, failures, locked_until, work.now)


def enter(work: Work, account: Account, address: str) -> str:
    """Open a sign-in for somebody who has just proved who he is; the token for the cookie."""
    stored.forget_old(work.session, unseen_since=work.now - IDLE, created_before=work.now - ABSOLUTE)
    token = new_token()
    stored.add_sign_in(work.session, token_hash(token), account.id, address, work.now)
    return token


def account_of(work: Work, token: str) -> Account | None:
    """Who is signed in with the token; None after 12 hours without use, or 7 days.

    In a writing unit of work it also notes the use; every autosave is one.
    """
    found = stored.find_sign_in(work.session, token_hash(token)) if token else None
    if found is None:
        return None
    account, created_at, seen_at = found
    if not account.is_active or not _is_open(work.now, created_at, seen_at):
        return None
    if work.is_writing and work.now - seen_at > TOUCH:
        stored.touch_sign_in(work.session, token_hash(token), work.now)
    return mandated(work, account)


def mandated(work: Work, account: Account) -> Account:
    """The account with the mandates that are in force now: what was revoked is gone with the next request."""
    if account.role is not Role.CONSULTANT:
        return account
    in_force = mandate.in_force(work.session, account.id, local_day(work.now))
    return replace(account, mandates=in_force)


def _is_open(now: datetime, created_at: datetime, seen_at: datetime) -> bool:
    return now - seen_at < IDLE and now - created_at < ABSOLUTE


def sign_out(work: Work, token: str) -> None:
    """The token opens nothing any more."""
    found = stored.find_sign_in(work.session, token_hash(token)) if token else None
    if found is not None:
        work.note("account.sign_out", "account", found[0].id)
    stored.end_sign_in(work.session, token_hash(token))


# ── Passwords ────────────────────────────────────────────────────────────────


def ask_reset(work: Work, login: str) -> None:
    """Mail a link {address}/reset/<token> to the account, if there is one; the caller's answer is always the same."""
    login = code_form(login).lower()
    account = stored.find_by_login(work.session, login) if is_printable(login) else None
    if account is None or not account.is_active:
        return
    work.note("account.ask_reset", "account", account.id)
    link = reset_link(work, account, work.now + RESET_ENDS)
    mail.write(work, "reset", account.mail, name=account.name, link=link)


def reset_link(work: Work, account: Account, expires_at: datetime) -> str:
    """A link that sets a new password, once; earlier ones end."""
    token = new_token()
    ticket = stored.Ticket(mail=account.mail, account_id=account.id, enterprise_id=None)
    stored.add_ticket(
        work.session, token_hash(token), ticket, invited_by=None, now=work.now, expires_at=expires_at
    )
    return f"{work.settings.address}/reset/{token}"


def may_reset(work: Work, token: str) -> bool:
    """Whether the link still works: for the page that it opens."""
    ticket = stored.find_ticket(work.session, token_hash(token), work.now, is_locking=work.is_writing)
    return ticket is not None and ticket.account_id is not None


def reset(work: Work, token: str, password: str) -> tuple[Problem, ...]:
    """Set a new password by a mailed link; ends the link, every sign-in and a lock."""
    ticket = stored.find_ticket(work.session, token_hash(token), work.now, is_locking=work.is_writing)
    account = stored.find(work.session, ticket.account_id) if ticket and ticket.account_id else None
    if account is None or not account.is_active:
        return (Problem(place="token", code="token_invalid"),)
    problems = check_password(password, "password", (account.mail, account.mobile, account.name))
    if problems:
        return problems
    stored.set_password_hash(work.session, account.id, hash_of(password))
    stored.use_ticket(work.session, token_hash(token), work.now)
    stored.end_sign_ins(work.session, account.id)
    stored.clear_failures(work.session, account.id)
    _is_doing(work, account)
    work.note("account.reset", "account", account.id)
    return ()


def change_password(work: Work, who: Account, old: str, new: str, token: str = "") -> tuple[Problem, ...]:
    """Replace the password; every sign-in but the one of `token` ends."""
    problems = check_password(new, "password", (who.mail, who.mobile, who.name))
    if not fits(stored.password_hash(work.session, who.id), old):
        problems = (Problem(place="old", code="password_wrong"), *problems)
    if problems:
        return problems
    stored.set_password_hash(work.session, who.id, hash_of(new))
    stored.end_sign_ins(work.session, who.id, but=token_hash(token))
    work.note("account.change_password", "account", who.id)
    return ()


# ── Colleagues ───────────────────────────────────────────────────────────────


def invite_colleague(work: Work, who: Account, enterprise_id: str, address: str) -> tuple[Problem, ...]:
    """Mail a link {address}/join/<token>; raises NotFound for a stranger's enterprise."""
    found = enterprise.of_mine(work, who, enterprise_id)
    address = code_form(address).lower()
    if not is_mail(address) or not is_printable(address):
        return (Problem(place="mail", code="mail_form"),)
    if any(member.mail == address for member in stored.members(work.session, enterprise_id)):
        return (Problem(place="mail", code="already_colleague"),)
    token = new_token()
    ticket = stored.Ticket(mail=address, account_id=None, enterprise_id=enterprise_id)
    stored.add_ticket(
        work.session,
        token_hash(token),
        ticket,
        invited_by=who.id,
        now=work.now,
        expires_at=work.now + INVITATION_ENDS,
    )
    mail.write(
        work,
        "invitation",
        address,
        name=who.name,
        enterprise=found.profile.name,
        link=f"{work.settings.address}/join/{token}",
    )
    work.note("account.invite", "enterprise", enterprise_id, after=address)
    return ()


def invitation(work: Work, token: str) -> Invitation | None:
    """What the invitation is about; None when it was used or has expired."""
    ticket = _open_invitation(work, token)
    if ticket is None or ticket.enterprise_id is None:
        return None
    return Invitation(
        enterprise_id=ticket.enterprise_id,
        enterprise_name=ticket.enterprise_name,
        mail=ticket.mail,
        invited_by=ticket.invited_by,
    )


def join(work: Work, token: str, who: Account) -> tuple[str | None, tuple[Problem, ...]]:
    """Act for the inviting enterprise from now on; its id."""
    ticket = _open_invitation(work, token)
    if ticket is None:
        return None, (Problem(place="token", code="invitation_invalid"),)
    return _join(work, token, ticket, who), ()


def _open_invitation(work: Work, token: str) -> stored.Ticket | None:
    ticket = stored.find_ticket(work.session, token_hash(token), work.now, is_locking=work.is_writing)
    return ticket if ticket is not None and ticket.enterprise_id is not None else None


def _join(work: Work, token: str, ticket: stored.Ticket, who: Account) -> str:
    assert ticket.enterprise_id is not None
    stored_enterprise.add_member(work.session, who.id, ticket.enterprise_id, work.now)
    stored.use_ticket(work.session, token_hash(token), work.now)
    work.note("account.join", "enterprise", ticket.enterprise_id, after=who.id)
    return ticket.enterprise_id
