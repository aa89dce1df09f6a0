"""The ledger of measures (整改台账): rows ↔ core objects. Every query says whose lines it may touch."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session

from portal.core.enterprise import Enterprise
from portal.core.planning import Entry, Measure, MeasureState, Realised
from portal.core.roles import Sight
from portal.storage.enterprise import as_enterprise
from portal.storage.sight import seen_by
from portal.storage.tables import AccountRow, AssessmentRow, EnterpriseRow, MeasureRow, MembershipRow

_FIELDS = tuple(name for name in Measure.__dataclass_fields__ if name != "changed_by")


def _select() -> Select[MeasureRow, str]:
    return (
        select(MeasureRow, AccountRow.name)
        .join(AccountRow, AccountRow.id == MeasureRow.changed_by)
        .join(AssessmentRow, AssessmentRow.id == MeasureRow.assessment_id)
        .order_by(MeasureRow.created_at, MeasureRow.id)
    )


def _measure(row: MeasureRow, by: str) -> Measure:
    return Measure(changed_by=by, **{name: getattr(row, name) for name in _FIELDS})


def enterprise(session: Session, id: str, *, sight: Sight) -> Enterprise | None:
    """The enterprise, for those who act for it and for a consultant whose mandate allows it."""
    query = select(EnterpriseRow).where(EnterpriseRow.id == id)
    if sight.clients is not None:
        query = query.where(EnterpriseRow.id.in_(sight.clients))
    else:
        query = query.join(MembershipRow, MembershipRow.enterprise_id == EnterpriseRow.id).where(
            MembershipRow.account_id == sight.account_id
        )
    row = session.scalars(query).one_or_none()
    return as_enterprise(row) if row else None


def of_enterprise(session: Session, enterprise_id: str, *, sight: Sight) -> tuple[Measure, ...]:
    """An enterprise's lines within sight, oldest first."""
    query = seen_by(_select().where(MeasureRow.enterprise_id == enterprise_id), sight)
    return tuple(_measure(row, by) for row, by in session.execute(query))


def find(session: Session, id: str, *, sight: Sight) -> Measure | None:
    """One line within sight."""
    found = session.execute(seen_by(_select().where(MeasureRow.id == id), sight)).one_or_none()
    return None if found is None else _measure(*found)


def of_assessment(session: Session, assessment_id: str) -> tuple[Measure, ...]:
    """The lines that came from one self-check's plan; scope: whoever may see the self-check."""
    query = _select().where(MeasureRow.assessment_id == assessment_id)
    return tuple(_measure(row, by) for row, by in session.execute(query))


def done_before(session: Session, enterprise_id: str, year: int) -> tuple[Measure, ...]:
    """The lines of earlier years' plans that are done; scope: whoever may see the enterprise's self-check."""
    query = _select().where(
        MeasureRow.enterprise_id == enterprise_id,
        MeasureRow.state == MeasureState.DONE,
        AssessmentRow.year < year,
    )
    return tuple(_measure(row, by) for row, by in session.execute(query))


def realised(session: Session, technology: str) -> tuple[Realised, ...]:
    """What plants spent on a technology and save by it, in the order of finishing; for sums only, never to be shown."""
    rows = session.execute(
        select(MeasureRow.enterprise_id, MeasureRow.spent, MeasureRow.saving)
        .where(MeasureRow.technology == technology, MeasureRow.state == MeasureState.DONE)
        .order_by(MeasureRow.finished_on, MeasureRow.changed_at, MeasureRow.id)
    )
    return tuple(Realised(enterprise_id=id, spent=spent, saving=saving) for id, spent, saving in rows)


def add(
    session: Session,
    id: str,
    *,
    enterprise_id: str,
    assessment_id: str,
    technology: str,
    carrier: str,
    entry: Entry,
    by: str,
    now: datetime,
) -> None:
    """Add a line."""
    session.execute(
        insert(MeasureRow).values(
            id=id,
            enterprise_id=enterprise_id,
            assessment_id=assessment_id,
            technology=technology,
            carrier=carrier,
            changed_by=by,
            created_at=now,
            changed_at=now,
            **asdict(entry),
        )
    )


def change(session: Session, id: str, entry: Entry, *, by: str, now: datetime) -> None:
    """Replace what is said in a line."""
    values = {**asdict(entry), "changed_by": by, "changed_at": now}
    session.execute(update(MeasureRow).where(MeasureRow.id == id).values(**values))


def remove(session: Session, ids: Sequence[str]) -> None:
    """Take lines away."""
    session.execute(delete(MeasureRow).where(MeasureRow.id.in_(ids)))
