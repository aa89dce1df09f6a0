"""Letters about a case: to the plant, to the bureau that has it, and to the district when the city acts past it."""

from portal import words, words_bureau
from portal.actions import outbox
from portal.actions.work import Work
from portal.core.campaign import Channel
from portal.core.filing import OpenAssessment
from portal.core.review import Case, Party
from portal.core.roles import CITY, Account
from portal.storage import account as stored_account
from portal.storage import review as stored


def to_enterprise(work: Work, one: OpenAssessment, case: Case, template: str, **fields: str) -> None:
    """To everybody who acts for the enterprise."""
    for member in stored_account.members(work.session, one.enterprise.id):
        _put(work, one, case, template, member, f"/assessments/{one.id}", fields)


def to_bureau(work: Work, one: OpenAssessment, case: Case, template: str, **fields: str) -> None:
    """To whoever holds the case, or to everybody of that bureau."""
    place = CITY if case.bureau is Party.CITY else case.district
    _to_reviewers(work, one, case, template, place, case.holder_id, fields)


def to_district(work: Work, one: OpenAssessment, case: Case, template: str, **fields: str) -> None:
    """To whoever passed the case to the city, or to everybody of that district once they are gone."""
    passed_on = stored.forwarded_by(work.session, one.id)
    _to_reviewers(work, one, case, template, case.district, passed_on or "", fields)


def _to_reviewers(
    work: Work, one: OpenAssessment, case: Case, template: str, place: str, id: str, fields: dict[str, str]
) -> None:
    bureau = stored.bureau(work.session, place)
    for reviewer in [reviewer for reviewer in bureau if reviewer.id == id] or bureau:
        _put(work, one, case, template, reviewer, f"/reviews/{one.id}", fields)


def _put(
    work: Work,
    one: OpenAssessment,
    case: Case,
    template: str,
    to: Account,
    path: str,
    fields: dict[str, str],
) -> None:
    """The case's revision keeps the same deed from writing twice."""
    outbox.put(
        work,
        occasion=f"review:{one.id}:{case.revision}:{to.id}",
        channel=Channel.MAIL,
        address=to.mail,
        template=template,
        enterprise_id=one.enterprise.id,
        name=to.name,
        enterprise=one.enterprise.profile.name,
        year=str(one.year),
        number=one.number,
        due=words.day(case.due_on),
        bureau=words_bureau.office(case.bureau, case.district),
        link=f"{work.settings.address}{path}",
        **fields,
    )
