"""The ledger of measures (整改台账): rows ↔ core objects. Every query says whose lines it may touch."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session

from portal.core.enterprise import Enterprise
from portal.core.planning import Entry, Measure, MeasureState, Realised
from portal.core.roles import Sight
from portal.storage.enterprise import as_enterprise
from portal.storage.sight import seen_by
from portal.storage.tables import (
    AccountRow,
    AssessmentRow,
    EnterpriseRow,
    EvidenceRow,
    MeasureEvidenceRow,
    MeasureRow,
    MembershipRow,
)
from portal.storage.upsert import add_new

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


def find(session: Session, id: str, *, sight: Sight, is_locking: bool = False) -> Measure | None:
    """One line within sight; `is_locking` holds it until the unit of work ends."""
    query = seen_by(_select().where(MeasureRow.id == id), sight)
    if is_locking:
        query = query.with_for_update(of=MeasureRow).execution_options(populate_existing=True)
    found = session.execute(query).one_or_none()
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


def files(session: Session, ids: Collection[str]) -> dict[str, list[str]]:
    """By line of the ledger the ids of its files, in the order of linking; removed ones are left out."""
    rows = session.execute(
        select(MeasureEvidenceRow.measure_id, MeasureEvidenceRow.evidence_id)
        .join(EvidenceRow, EvidenceRow.id == MeasureEvidenceRow.evidence_id)
        .where(MeasureEvidenceRow.measure_id.in_(ids), EvidenceRow.removed_at.is_(None))
        .order_by(MeasureEvidenceRow.measure_id, MeasureEvidenceRow.linked_at, MeasureEvidenceRow.evidence_id)
    )
    found: dict[str, list[str]] = {}
    for measure_id, evidence_id in rows:
        found.setdefault(measure_id, []).append(evidence_id)
    return found


def link(session: Session, id: str, evidence_id: str, *, by: str, now: datetime) -> bool:
    """Let a file prove a line; False when it does already."""
    return add_new(
        session, MeasureEvidenceRow, measure_id=id, evidence_id=evidence_id, linked_by=by, linked_at=now
    )


def unlink(session: Session, id: str, evidence_id: str) -> bool:
    """Let it prove the line no longer; False when it did not."""
    gone = session.execute(
        delete(MeasureEvidenceRow)
        .where(MeasureEvidenceRow.measure_id == id, MeasureEvidenceRow.evidence_id == evidence_id)
        .returning(MeasureEvidenceRow.evidence_id)
    )
    return gone.one_or_none() is not None


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
