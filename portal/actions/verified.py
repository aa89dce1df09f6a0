"""What the city confirmed beside what the plant declared: for the result page, the report and the opinion paper."""

from portal.actions.work import Work
from portal.core.answers import MISSING
from portal.core.assessment import Assessment
from portal.core.filing import OpenAssessment
from portal.core.review import Deed, ReviewState, VerdictKind, prevailing
from portal.core.scoring import assess
from portal.core.verified import LoweredItem, Verified
from portal.storage import review as stored_review


def of(work: Work, one: OpenAssessment, declared: Assessment) -> Verified | None:
    """The confirmed result of a self-check that was opened within sight; None before the city has confirmed.

    Only verdicts that were issued are read, and objections only once they were sent.
    """
    kept = one.confirmed
    if one.case is None or kept is None:
        return None
    state = one.case.state
    is_objected = state in (ReviewState.OBJECTED, ReviewState.CLOSED)
    objections = {
        given.item: given for given in (stored_review.objections(work.session, one.id) if is_objected else ())
    }
    steps = stored_review.decisions(work.session, one.id) if is_objected else ()
    verdicts = prevailing(stored_review.verdicts(work.session, one.id, is_issued=True))
    return Verified(
        assessment=assess(one.questionnaire, kept.answers, one.year),
        lowered=tuple(
            LoweredItem(
                item=item,
                declared=declared.answers.get(item.id, MISSING),
                counted=kept.answers.get(item.id, MISSING),
                verdict=verdicts[item.id],
                objection=objections.get(item.id),
            )
            for item in one.questionnaire.items.values()
            if item.id in verdicts and verdicts[item.id].kind is VerdictKind.LOWERED
        ),
        confirmed=kept,
        state=state,
        answered=next((step for step in steps if step.deed is Deed.DECIDE), None),
    )
