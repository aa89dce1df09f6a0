"""The consultant's own firm: what its reports bear on the cover, its logo, and who works for it."""

import secrets

from portal.actions.work import NotFound, StorageFull, Work, new_id
from portal.core.enterprise import check_uscc, is_mail
from portal.core.errors import Problem
from portal.core.evidence import MediaType
from portal.core.mandate import Firm
from portal.core.plain_text import cleaned, code_form, is_printable
from portal.core.roles import Account
from portal.storage import firm as stored
from portal.storage import mandate as stored_mandate
from portal.storage.assessment import canonical
from portal.storage.files import CONTENT, StoreUnreachable, open_store
from portal.storage.intake import Refused, take_in

LONGEST = {"name": 100, "address": 200, "phone": 30, "signatory": 50, "cover_note": 120}
LARGEST_LOGO = 2 * 1024**2


def mine(work: Work, who: Account) -> Firm | None:
    """The firm one works for."""
    return stored.of_member(work.session, who.id)


def members(work: Work, who: Account) -> tuple[tuple[str, str, str], ...]:
    """Id, name and mail of everybody in one's firm."""
    firm = mine(work, who)
    return stored.members(work.session, firm.id) if firm is not None else ()


def keep(work: Work, who: Account, typed: dict[str, str]) -> tuple[Problem, ...]:
    """Register one's firm, or change what is said about it."""
    fields = {name: cleaned(typed.get(name, "")) for name in LONGEST}
    fields["uscc"] = code_form(typed.get("uscc", "")).upper()
    problems = _check(fields)
    if problems:
        return problems
    there = mine(work, who)
    if there is not None:
        if not stored.change(work.session, there.id, **fields):
            return (Problem(place="uscc", code="firm_taken"),)
        work.note("firm.change", "firm", there.id, after=canonical(fields))
        return ()
    id = new_id()
    if not stored.add(work.session, id, now=work.now, **fields):
        return (Problem(place="uscc", code="firm_taken"),)
    stored.add_member(work.session, who.id, id, work.now)
    work.note("firm.create", "firm", id, after=canonical(fields))
    return ()


def _check(fields: dict[str, str]) -> tuple[Problem, ...]:
    problems = [Problem(place="name", code="required")] if not fields["name"] else []
    problems += [
        Problem(place=name, code="too_long", details=(str(most),))
        for name, most in LONGEST.items()
        if len(fields[name]) > most
    ]
    problems += [
        Problem(place=name, code="unprintable") for name in LONGEST if not is_printable(fields[name])
    ]
    found = check_uscc(fields["uscc"])
    return (*problems, *found)


def receive_logo(work: Work, content: bytes) -> tuple[str, tuple[Problem, ...]]:
    """Look at a picture and put it into the store, written anew; its key. Reading is enough."""
    if len(content) > LARGEST_LOGO:
        return "", (Problem(place="logo", code="file_too_large", details=("2",)),)
    try:
        taken = take_in(content)
    except Refused as error:
        return "", (Problem(place="logo", code=error.code, details=error.details),)
    if taken.media_type not in (MediaType.PNG, MediaType.JPEG):
        return "", (Problem(place="logo", code="logo_kind"),)
    key = secrets.token_hex(16)
    try:
        open_store(work.settings).put(f"{key}/{CONTENT}", taken.content)
    except StorageFull:
        return "", (Problem(place="logo", code="store_full"),)
    except StoreUnreachable:
        return "", (Problem(place="logo", code="store_unreachable"),)
    return key, ()


def set_logo(work: Work, who: Account, key: str) -> None:
    """Let the firm bear the picture, or none with an empty key; raises NotFound without a firm."""
    firm = mine(work, who)
    if firm is None:
        raise NotFound(who.id)
    stored.change(work.session, firm.id, logo_key=key)
    work.note("firm.change", "firm", firm.id, after=canonical({"logo": key}))


def logo(work: Work, firm_id: str) -> bytes | None:
    """The firm's picture."""
    key = stored.logo_key(work.session, firm_id)
    return open_store(work.settings).get(f"{key}/{CONTENT}") if key else None


def invite(work: Work, who: Account, mail: str) -> tuple[Problem, ...]:
    """Take a colleague with exactly that mail into the firm: with it come the firm's mandates."""
    firm = mine(work, who)
    if firm is None:
        raise NotFound(who.id)
    address = code_form(mail).lower()
    if not is_mail(address) or not is_printable(address):
        return (Problem(place="mail", code="mail_form"),)
    holder = stored_mandate.holder(work.session, mail=address)
    if holder is None:
        return (Problem(place="mail", code="holder_unknown"),)
    if not stored.add_member(work.session, holder.account_id, firm.id, work.now):
        return (Problem(place="mail", code="in_a_firm"),)
    work.note("firm.join", "firm", firm.id, after=holder.account_id)
    return ()


def dismiss(work: Work, who: Account, account_id: str) -> tuple[Problem, ...]:
    """Somebody leaves the firm, oneself included; the last one stays. Raises NotFound."""
    firm = mine(work, who)
    if firm is None or account_id not in {id for id, _, _ in stored.members(work.session, firm.id)}:
        raise NotFound(account_id)
    if stored.count_members(work.session, firm.id) == 1:
        return (Problem(place="members", code="last_of_firm"),)
    stored.remove_member(work.session, account_id, firm.id)
    work.note("firm.leave", "firm", firm.id, before=account_id)
    return ()
