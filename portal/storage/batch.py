"""Batches of reports and their items: rows ↔ core objects. The printing itself is the queue's."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from portal.core.batch import Batch, Item
from portal.core.printing import BatchState, ItemState, JobState
from portal.storage.tables import AssessmentRow, BatchItemRow, BatchRow, EnterpriseRow, ReportJobRow


def add(
    session: Session,
    id: str,
    *,
    account_id: str,
    title: str,
    firm_id: str | None,
    assessments: Sequence[str],
    now: datetime,
) -> None:
    """Add a batch with one waiting item for each self-check."""
    session.add(
        BatchRow(
            id=id,
            account_id=account_id,
            title=title,
            firm_id=firm_id,
            state=BatchState.RUNNING,
            created_at=now,
            changed_at=now,
        )
    )
    session.flush()
    session.add_all(
        BatchItemRow(
            batch_id=id,
            position=position,
            assessment_id=assessment,
            state=ItemState.WAITING,
            error="",
            changed_at=now,
        )
        for position, assessment in enumerate(assessments, 1)
    )
    session.flush()


def find(session: Session, id: str, *, account_id: str = "", is_locking: bool = False) -> Batch | None:
    """One batch, of the account where one is given: nobody else looks into it."""
    query = select(BatchRow).where(BatchRow.id == id).execution_options(populate_existing=True)
    if account_id:
        query = query.where(BatchRow.account_id == account_id)
    if is_locking:
        query = query.with_for_update()
    row = session.scalars(query).one_or_none()
    return _batches(session, [row])[0] if row is not None else None


def of_account(session: Session, account_id: str, limit: int) -> tuple[Batch, ...]:
    """The account's batches, newest first."""
    rows = session.scalars(
        select(BatchRow)
        .where(BatchRow.account_id == account_id)
        .order_by(BatchRow.created_at.desc(), BatchRow.id)
        .limit(limit)
    ).all()
    return _batches(session, rows)


def _batches(session: Session, rows: Sequence[BatchRow]) -> tuple[Batch, ...]:
    counts: dict[str, dict[ItemState, int]] = {row.id: {} for row in rows}
    counted = session.execute(
        select(BatchItemRow.batch_id, BatchItemRow.state, func.count())
        .where(BatchItemRow.batch_id.in_(counts))
        .group_by(BatchItemRow.batch_id, BatchItemRow.state)
    )
    for id, state, count in counted:
        counts[id][ItemState(state)] = count
    return tuple(
        Batch(
            id=row.id,
            account_id=row.account_id,
            title=row.title,
            state=BatchState(row.state),
            created_at=row.created_at,
            changed_at=row.changed_at,
            finished_at=row.finished_at,
            counts=counts[row.id],
        )
        for row in rows
    )


def items(session: Session, batch_id: str) -> tuple[Item, ...]:
    """The items in order, each with what its name is made of and the file that was printed."""
    rows = session.execute(
        select(BatchItemRow, AssessmentRow.year, AssessmentRow.number, EnterpriseRow, ReportJobRow.file)
        .join(AssessmentRow, AssessmentRow.id == BatchItemRow.assessment_id)
        .join(EnterpriseRow, EnterpriseRow.id == AssessmentRow.enterprise_id)
        .outerjoin(ReportJobRow, ReportJobRow.id == BatchItemRow.job_id)
        .where(BatchItemRow.batch_id == batch_id)
        .order_by(BatchItemRow.position)
    )
    return tuple(
        Item(
            position=row.position,
            assessment_id=row.assessment_id,
            job_id=row.job_id or "",
            state=ItemState(row.state),
            error=row.error,
            changed_at=row.changed_at,
            year=year,
            number=number or "",
            enterprise=enterprise.name,
            enterprise_id=enterprise.id,
            uscc=enterprise.uscc,
            file=file or "",
        )
        for row, year, number, enterprise, file in rows
    )


def set_state(
    session: Session, id: str, state: BatchState, now: datetime, *, finished_at: datetime | None = None
) -> None:
    """Where the batch stands from now on."""
    session.execute(
        update(BatchRow).where(BatchRow.id == id).values(state=state, changed_at=now, finished_at=finished_at)
    )


def set_items(
    session: Session,
    batch_id: str,
    positions: Collection[int],
    state: ItemState,
    now: datetime,
    *,
    error: str = "",
    is_fresh: bool = False,
) -> None:
    """Where these items stand from now on; `is_fresh` forgets the job, so that they are asked for again."""
    values: dict[str, object] = {"state": state, "error": error[:500], "changed_at": now}
    if is_fresh:
        values["job_id"] = None
    session.execute(
        update(BatchItemRow)
        .where(BatchItemRow.batch_id == batch_id, BatchItemRow.position.in_(sorted(positions)))
        .values(**values)
    )


def set_job(session: Session, batch_id: str, position: int, job_id: str, now: datetime) -> None:
    """The item rides on that job of the queue."""
    session.execute(
        update(BatchItemRow)
        .where(BatchItemRow.batch_id == batch_id, BatchItemRow.position == position)
        .values(job_id=job_id, changed_at=now)
    )


# ── The worker's side ────────────────────────────────────────────────────────


def running(session: Session) -> tuple[tuple[str, BatchState], ...]:
    """The batches with something to do: printing, paused, or printed and not bundled yet; oldest first."""
    query = select(BatchRow.id, BatchRow.state).where(
        BatchRow.state.in_((BatchState.RUNNING, BatchState.PAUSED))
        | ((BatchRow.state == BatchState.DONE) & BatchRow.finished_at.is_(None))
    )
    rows = session.execute(query.order_by(BatchRow.created_at, BatchRow.id))
    return tuple((id, BatchState(state)) for id, state in rows)


def settled(session: Session, batch_id: str) -> tuple[tuple[int, JobState, str, str, str], ...]:
    """Waiting items whose job has come to an end: position, its state, error, file and self-check."""
    rows = session.execute(
        select(
            BatchItemRow.position,
            ReportJobRow.state,
            ReportJobRow.error,
            ReportJobRow.file,
            BatchItemRow.assessment_id,
        )
        .join(ReportJobRow, ReportJobRow.id == BatchItemRow.job_id)
        .where(
            BatchItemRow.batch_id == batch_id,
            BatchItemRow.state == ItemState.WAITING,
            ReportJobRow.state.in_((JobState.DONE, JobState.FAILED)),
        )
        .order_by(BatchItemRow.position)
    )
    return tuple((position, JobState(state), error, file, one) for position, state, error, file, one in rows)


def under_way(session: Session, batch_id: str) -> int:
    """How many items ride on a job that has not ended."""
    query = select(func.count()).where(
        BatchItemRow.batch_id == batch_id,
        BatchItemRow.state == ItemState.WAITING,
        BatchItemRow.job_id.is_not(None),
    )
    return session.scalar(query) or 0


def next_waiting(session: Session, batch_id: str) -> tuple[int, str] | None:
    """Position and self-check of the next item without a job."""
    row = session.execute(
        select(BatchItemRow.position, BatchItemRow.assessment_id)
        .where(
            BatchItemRow.batch_id == batch_id,
            BatchItemRow.state == ItemState.WAITING,
            BatchItemRow.job_id.is_(None),
        )
        .order_by(BatchItemRow.position)
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


def take_bundling(session: Session, id: str, *, seen: datetime, now: datetime) -> bool:
    """Become the one who bundles; False when somebody else was faster."""
    done = session.execute(
        update(BatchRow)
        .where(
            BatchRow.id == id,
            BatchRow.state == BatchState.DONE,
            BatchRow.finished_at.is_(None),
            BatchRow.changed_at == seen,
        )
        .values(changed_at=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return bool(done.rowcount)
