"""委托授权: the enterprise grants and revokes, both sides read the list with its history."""

from dataclasses import replace

from portal.actions import enterprise
from portal.actions.work import NotFound, Work, new_id
from portal.core.campaign import local_day
from portal.core.enterprise import is_mail
from portal.core.errors import Problem
from portal.core.evidence import day_of
from portal.core.mandate import Holder, Mandate, Scope, Wish, check_wish, described, widened
from portal.core.plain_text import cleaned, code_form, is_printable
from portal.core.roles import Account
from portal.storage import mandate as stored

MOST_FOUND = 20
SHORTEST_SEARCH = 2


def grant(work: Work, who: Account, enterprise_id: str, wish: Wish) -> tuple[str | None, tuple[Problem, ...]]:
    """Let a consultant or a firm act for the enterprise; its id, or problems. Raises NotFound."""
    enterprise.of_mine(work, who, enterprise_id)
    problems = check_wish(wish, local_day(work.now))
    holder = find_holder(work, wish.holder) if wish.holder.strip() else None
    if holder is None and wish.holder.strip():
        problems = (Problem(place="holder", code="holder_unknown"), *problems)
    first, last = day_of(wish.starts_on), day_of(wish.ends_on)
    if problems or holder is None or first is None or last is None:
        return None, problems
    id, scopes = new_id(), widened(Scope(scope) for scope in wish.scopes)
    stored.add(
        work.session,
        id,
        enterprise_id=enterprise_id,
        holder=holder,
        scopes=scopes,
        starts_on=first,
        ends_on=last,
        by=who.id,
        now=work.now,
    )
    told = f"{id} {holder.name} {described(scopes)} {first} {last}"
    work.note("mandate.grant", "enterprise", enterprise_id, after=told)
    return id, ()


def find_holder(work: Work, typed: str) -> Holder | None:
    """Whoever has exactly that mail or invitation code; a code keeps its case."""
    if not is_printable(typed):
        return None
    given = code_form(typed)
    if is_mail(given.lower()):
        return stored.holder(work.session, mail=given.lower())
    return stored.holder(work.session, code=given) if given else None


def search_firms(work: Work, words: str) -> tuple[Holder, ...]:
    """Firms by a part of their name; persons stand in no directory."""
    words = cleaned(words)
    if len(words) < SHORTEST_SEARCH or not is_printable(words):
        return ()
    return stored.firms_named(work.session, words, MOST_FOUND)


def revoke(work: Work, who: Account, enterprise_id: str, mandate_id: str) -> None:
    """End a mandate from the next request on; once more changes nothing. Raises NotFound."""
    enterprise.of_mine(work, who, enterprise_id)
    there = stored.find(work.session, mandate_id, enterprise_id)
    if there is None:
        raise NotFound(mandate_id)
    if stored.revoke(work.session, mandate_id, enterprise_id, by=who.id, now=work.now):
        work.note("mandate.revoke", "enterprise", enterprise_id, before=f"{mandate_id} {there.holder}")


def granted(work: Work, who: Account, enterprise_id: str) -> tuple[Mandate, ...]:
    """The enterprise's list, newest first; raises NotFound."""
    enterprise.of_mine(work, who, enterprise_id)
    return stored.of_enterprise(work.session, enterprise_id)


def received(work: Work, who: Account) -> tuple[Mandate, ...]:
    """The consultant's list with its history, the firm's mandates included.

    Of one that has ended only the enterprise and the term are told: who works there is its own affair again.
    """
    today = local_day(work.now)
    return tuple(
        one if one.revoked_at is None and today <= one.ends_on else replace(one, granted_by="", revoked_by="")
        for one in stored.of_holder(work.session, who.id)
    )
