"""A consultant's clients with their self-check of one year: one query however many there are."""

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal.core.clients import Client
from portal.core.filing import AssessmentState
from portal.core.review import ReviewState
from portal.core.roles import Sight
from portal.storage.enterprise import as_enterprise
from portal.storage.tables import AssessmentRow, EnterpriseRow, ReviewRow


def of_year(session: Session, sight: Sight, year: int) -> tuple[Client, ...]:
    """Every client within sight, with or without a self-check of that year."""
    rows = session.execute(
        select(EnterpriseRow, AssessmentRow, ReviewRow)
        .outerjoin(
            AssessmentRow,
            and_(AssessmentRow.enterprise_id == EnterpriseRow.id, AssessmentRow.year == year),
        )
        .outerjoin(ReviewRow, ReviewRow.assessment_id == AssessmentRow.id)
        .where(EnterpriseRow.id.in_(sight.clients or ()))
        .order_by(EnterpriseRow.name, EnterpriseRow.id)
    )
    return tuple(_client(*row) for row in rows)


def _client(enterprise: EnterpriseRow, one: AssessmentRow | None, review: ReviewRow | None) -> Client:
    return Client(
        enterprise=as_enterprise(enterprise),
        assessment_id=one.id if one is not None else "",
        state=AssessmentState(one.state) if one is not None else None,
        review=ReviewState(review.state) if review is not None else None,
        number=(one.number or "") if one is not None else "",
        points=one.points if one is not None else None,
        submitted_at=one.submitted_at if one is not None else None,
        due_at=review.due_at if review is not None else None,
    )


def years(session: Session, sight: Sight) -> tuple[int, ...]:
    """The years in which a client has a self-check, newest first."""
    query = select(AssessmentRow.year).where(AssessmentRow.enterprise_id.in_(sight.clients or ()))
    return tuple(session.scalars(query.distinct().order_by(AssessmentRow.year.desc())))


def assessments(session: Session, sight: Sight) -> tuple[tuple[str, str, int], ...]:
    """Id, enterprise's name and year of every self-check within sight, by name and year: what can be compared."""
    rows = session.execute(
        select(AssessmentRow.id, EnterpriseRow.name, AssessmentRow.year)
        .join(EnterpriseRow, EnterpriseRow.id == AssessmentRow.enterprise_id)
        .where(AssessmentRow.enterprise_id.in_(sight.clients or ()))
        .order_by(EnterpriseRow.name, AssessmentRow.year.desc(), AssessmentRow.id)
    )
    return tuple((id, name, year) for id, name, year in rows)
