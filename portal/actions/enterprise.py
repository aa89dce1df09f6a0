"""Registering an enterprise and keeping its profile."""

from dataclasses import asdict

from portal.actions.work import NotFound, Work, new_id
from portal.core.enterprise import Enterprise, EnterpriseProfile, check_profile, check_uscc, tidied
from portal.core.errors import Problem
from portal.core.roles import Account, Sight
from portal.storage import account as stored_account
from portal.storage import enterprise as stored
from portal.storage.assessment import canonical

Outcome = tuple[str | None, tuple[Problem, ...]]


def create(work: Work, who: Account, profile: EnterpriseProfile) -> Outcome:
    """Register an enterprise that `who` then acts for; its id, or problems.

    A code that is registered already is refused with `uscc_taken`: a colleague must send an invitation.
    """
    profile, problems = _checked(work, profile)
    if problems:
        return None, problems
    id = new_id()
    if not stored.add(work.session, id, profile, work.now):
        return None, (Problem(place="uscc", code="uscc_taken"),)
    stored.add_member(work.session, who.id, id, work.now)
    work.note("enterprise.create", "enterprise", id, after=canonical(asdict(profile)))
    return id, ()


def change(work: Work, who: Account, id: str, profile: EnterpriseProfile) -> tuple[Problem, ...]:
    """Replace the profile; nothing changes when there are problems. What was submitted keeps the old one."""
    before = of_mine(work, who, id).profile
    profile, problems = _checked(work, profile, id)
    if problems:
        return problems
    if not stored.replace(work.session, id, profile, work.now):
        return (Problem(place="uscc", code="uscc_taken"),)
    changed = {name for name, value in asdict(profile).items() if value != getattr(before, name)}
    if changed:
        told = [canonical({name: getattr(one, name) for name in changed}) for one in (before, profile)]
        work.note("enterprise.change", "enterprise", id, before=told[0], after=told[1])
    return ()


def get(work: Work, who: Account, id: str) -> Enterprise:
    """One enterprise of one's own; raises NotFound."""
    return of_mine(work, who, id)


def mine(work: Work, who: Account) -> tuple[Enterprise, ...]:
    """The enterprises one acts for, oldest first."""
    return stored.of_member(work.session, who.id)


def colleagues(work: Work, who: Account, id: str) -> tuple[Account, ...]:
    """Everybody who acts for the enterprise, in the order of joining; raises NotFound."""
    of_mine(work, who, id)
    return stored_account.members(work.session, id)


def of_mine(work: Work, who: Account, id: str) -> Enterprise:
    """The one scoped query of this noun: the membership is read again, not taken from `who`."""
    found = stored.find(work.session, id, member=who.id)
    if found is None:
        raise NotFound(id)
    return found


def seen(work: Work, who: Account, id: str) -> Enterprise:
    """One enterprise that one may read, by membership or mandate; raises NotFound."""
    return _within(work, id, who.sight)


def filled(work: Work, who: Account, id: str) -> Enterprise:
    """One enterprise that one may fill in for, by membership or mandate; raises NotFound."""
    return _within(work, id, who.writing_sight)


def _within(work: Work, id: str, sight: Sight) -> Enterprise:
    found = stored.seen(work.session, id, sight=sight)
    if found is None:
        raise NotFound(id)
    return found


def _checked(
    work: Work, profile: EnterpriseProfile, id: str = ""
) -> tuple[EnterpriseProfile, tuple[Problem, ...]]:
    """The profile of enterprise `id` as it is kept, and all that stands against it at once."""
    profile = tidied(profile)
    problems = check_profile(profile)
    # A code that is none belongs to nobody, and a database refuses some of what can be typed.
    if not check_uscc(profile.uscc) and stored.is_taken(work.session, profile.uscc, but=id):
        problems = (Problem(place="uscc", code="uscc_taken"), *problems)
    known = {questionnaire.id for questionnaire in work.library.newest()}
    if profile.sector and profile.sector not in known:
        problems += (Problem(place="sector", code="not_an_option"),)
    return profile, problems
