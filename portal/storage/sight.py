"""How far a query reaches: the one place that turns a person's sight into joins and conditions."""

from typing import TypeVarTuple

from sqlalchemy import Select

from portal.core.filing import AssessmentState
from portal.core.roles import CITY, Sight
from portal.storage.tables import AssessmentRow, MembershipRow, ReviewRow

_Columns = TypeVarTuple("_Columns")


def seen_by(query: Select[*_Columns], sight: Sight | None) -> Select[*_Columns]:
    """A query on AssessmentRow, narrowed to what may be seen; None is for the worker, which acts for nobody.

    A jurisdiction sees submissions of the district at the time of submission: an enterprise that moves takes no
    running case with it.
    """
    if sight is None:
        return query
    if sight.clients is not None:
        return query.where(AssessmentRow.enterprise_id.in_(sight.clients))
    if not sight.jurisdiction:
        return query.join(MembershipRow, MembershipRow.enterprise_id == AssessmentRow.enterprise_id).where(
            MembershipRow.account_id == sight.account_id
        )
    query = query.join(ReviewRow, ReviewRow.assessment_id == AssessmentRow.id).where(
        AssessmentRow.state == AssessmentState.SUBMITTED
    )
    return query if sight.jurisdiction == CITY else query.where(ReviewRow.district == sight.jurisdiction)
