"""The staff: 系统管理员 makes, disables and resets accounts, 安全管理员 grants what they may do; never one person both.

Nobody changes his own account here, and the last active account of either kind stays.
"""

from dataclasses import dataclass
from datetime import timedelta

from portal import words_bureau
from portal.actions import account, mail
from portal.actions.passwords import hash_of, new_token
from portal.actions.work import NotFound, Work, new_id
from portal.core.errors import Problem
from portal.core.plain_text import cleaned, code_form, is_printable
from portal.core.roles import INDISPENSABLE, STAFF, Account, Role, check_grant
from portal.storage import account as stored
from portal.storage.assessment import canonical

LONGEST_OFFICE = 100
WELCOME_ENDS = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of accounts."""

    found: tuple[Account, ...]
    count: int


def listed(
    work: Work, who: Account, *, role: Role | None = None, words: str = "", offset: int = 0, limit: int = 50
) -> Listing:
    """Accounts by role and name: the staff, or with `role` those with it, enterprises' people too."""
    _only(who, Role.OPERATOR, Role.SECURITY)
    roles = frozenset({role}) if role is not None else STAFF
    found, count = stored.listed(work.session, roles, words=words, offset=offset, limit=limit)
    return Listing(found=found, count=count)


def get(work: Work, who: Account, id: str) -> Account:
    """One account; raises NotFound."""
    _only(who, Role.OPERATOR, Role.SECURITY)
    return _find(work, id)


# ── 系统管理员 ───────────────────────────────────────────────────────────────


def create(
    work: Work, who: Account, *, name: str, mail: str, mobile: str, office: str
) -> tuple[str | None, tuple[Problem, ...]]:
    """A new account of the staff, which opens nothing until a role is granted: its id, or problems."""
    _only(who, Role.OPERATOR)
    made, problems = _made(name=name, mail=mail, mobile=mobile, office=office)
    wrong = {problem.place for problem in problems}
    problems += account.check_taken(
        work, "" if "mail" in wrong else made.mail, "" if "mobile" in wrong else made.mobile
    )
    if problems:
        return None, problems
    if not stored.add(work.session, made, hash_of(new_token()), work.now):
        return None, account.check_taken(work, made.mail, made.mobile)
    told = {"name": made.name, "mail": made.mail, "office": made.office}
    work.note("staff.create", "account", made.id, after=canonical(told))
    return made.id, ()


def _made(*, name: str, mail: str, mobile: str, office: str) -> tuple[Account, tuple[Problem, ...]]:
    made = Account(
        id=new_id(),
        name=cleaned(name),
        mail=code_form(mail).lower(),
        mobile=code_form(mobile),
        role=Role.REVIEWER,
        enterprises=(),
        office=cleaned(office),
        is_active=False,
    )
    problems = account.check_person(made.name, made.mail, made.mobile)
    if not made.office:
        problems += (Problem(place="office", code="office_missing"),)
    elif len(made.office) > LONGEST_OFFICE:
        problems += (Problem(place="office", code="too_long", details=(str(LONGEST_OFFICE),)),)
    elif not is_printable(made.office):
        problems += (Problem(place="office", code="unprintable"),)
    return made, problems


def disable(work: Work, who: Account, id: str) -> tuple[Problem, ...]:
    """The account opens nothing from this moment on; every sign-in of it ends."""
    _only(who, Role.OPERATOR)
    found = _find(work, id)
    problems = _check_other(who, found) or _check_last(work, found)
    if problems or not found.is_active:
        return problems
    _set(work, found, is_active=False)
    stored.end_sign_ins(work.session, id)
    work.note("staff.disable", "account", id)
    return ()


def enable(work: Work, who: Account, id: str) -> tuple[Problem, ...]:
    """The account opens again what it was granted."""
    _only(who, Role.OPERATOR)
    found = _find(work, id)
    problems = _check_other(who, found)
    if not found.is_granted:
        problems += (Problem(place="account", code="not_granted"),)
    if problems or found.is_active:
        return problems
    _set(work, found, is_active=True)
    work.note("staff.enable", "account", id)
    return ()


def reset(work: Work, who: Account, id: str) -> tuple[Problem, ...]:
    """Mail a link to set a new password; the operator never knows one."""
    _only(who, Role.OPERATOR)
    found = _find(work, id)
    if not found.is_active:
        return (Problem(place="account", code="account_disabled"),)
    link = account.reset_link(work, found, work.now + account.RESET_ENDS)
    mail.write(work, "reset", found.mail, name=found.name, link=link)
    work.note("staff.reset", "account", id)
    return ()


# ── 安全管理员 ───────────────────────────────────────────────────────────────


def grant(work: Work, who: Account, id: str, role: str, jurisdiction: str) -> tuple[Problem, ...]:
    """Say what a member of the staff is for. The first grant opens the account and mails a link for the password."""
    _only(who, Role.SECURITY)
    found = _member(work, id)
    problems = _check_other(who, found) or check_grant(role, jurisdiction)
    if not problems and role != found.role:
        problems = _check_last(work, found)
    if problems or (found.is_granted and (role, jurisdiction) == (found.role, found.jurisdiction)):
        return problems
    is_first = not found.is_granted
    stored.set_standing(
        work.session,
        id,
        role=Role(role),
        jurisdiction=jurisdiction,
        is_active=is_first or found.is_active,
    )
    # What is open in a browser was opened with other powers.
    stored.end_sign_ins(work.session, id)
    after = {"role": role, "jurisdiction": jurisdiction}
    before = canonical(_standing(found)) if not is_first else ""
    work.note("staff.grant", "account", id, before=before, after=canonical(after))
    if is_first:
        _welcome(work, _find(work, id))
    return ()


def revoke(work: Work, who: Account, id: str) -> tuple[Problem, ...]:
    """Take the role away: the account opens nothing until another is granted."""
    _only(who, Role.SECURITY)
    found = _member(work, id)
    problems = _check_other(who, found) or _check_last(work, found)
    if problems or not found.is_granted:
        return problems
    stored.set_standing(work.session, id, role=Role.REVIEWER, jurisdiction="", is_active=False)
    stored.end_sign_ins(work.session, id)
    work.note("staff.revoke", "account", id, before=canonical(_standing(found)))
    return ()


def _standing(found: Account) -> dict[str, str]:
    return {"role": found.role.value, "jurisdiction": found.jurisdiction}


def _welcome(work: Work, found: Account) -> str:
    link = account.reset_link(work, found, work.now + WELCOME_ENDS)
    role = words_bureau.standing(found.role, found.jurisdiction)
    mail.write(work, "staff_welcome", found.mail, name=found.name, role=role, link=link)
    return link


# ── The first of each, from the command line ─────────────────────────────────


def bootstrap(
    work: Work, role: Role, *, name: str, mail: str, office: str
) -> tuple[str | None, tuple[Problem, ...]]:
    """The first active account with one of the three powers: the link that sets its password, or problems.

    With one there already, accounts are made by two persons, on the pages.
    """
    assert role in STAFF and role is not Role.REVIEWER
    if stored.active_of(work.session, role):
        return None, (Problem(place="role", code="staff_there", details=(words_bureau.ROLES[role],)),)
    made, problems = _made(name=name, mail=mail, mobile="", office=office)
    problems += account.check_taken(work, made.mail, "") if not problems else ()
    if problems:
        return None, problems
    if not stored.add(work.session, made, hash_of(new_token()), work.now):
        return None, account.check_taken(work, made.mail, "")
    stored.set_standing(work.session, made.id, role=role, jurisdiction="", is_active=True)
    told = {"name": made.name, "mail": made.mail, "role": role.value}
    work.note("staff.bootstrap", "account", made.id, after=canonical(told))
    return _welcome(work, _find(work, made.id)), ()


# ── What holds for everybody ─────────────────────────────────────────────────


def _only(who: Account, *roles: Role) -> None:
    if who.role not in roles:
        raise NotFound("staff")


def _find(work: Work, id: str) -> Account:
    found = stored.find(work.session, id)
    if found is None:
        raise NotFound(id)
    return found


def _member(work: Work, id: str) -> Account:
    found = _find(work, id)
    if found.role not in STAFF:
        raise NotFound(id)
    return found


def _set(work: Work, found: Account, *, is_active: bool) -> None:
    stored.set_standing(
        work.session, found.id, role=found.role, jurisdiction=found.jurisdiction, is_active=is_active
    )


def _check_other(who: Account, found: Account) -> tuple[Problem, ...]:
    return (Problem(place="account", code="own_account"),) if who.id == found.id else ()


def _check_last(work: Work, found: Account) -> tuple[Problem, ...]:
    if found.role not in INDISPENSABLE or not found.is_active:
        return ()
    if stored.active_of(work.session, found.role) - {found.id}:
        return ()
    return (Problem(place="account", code="last_of_role", details=(words_bureau.ROLES[found.role],)),)
