"""The queue of reports: rows with a state and a lease, so that a killed worker loses nothing."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, Select, delete, select, update
from sqlalchemy.orm import Session

from portal.core.printing import Job, JobKind, JobState, ReportState, Revocation
from portal.core.roles import Sight
from portal.storage.sight import seen_by
from portal.storage.tables import AssessmentRow, PackedFileRow, ReportJobRow
from portal.storage.upsert import add_new


def add(
    session: Session,
    id: str,
    *,
    assessment_id: str,
    content_key: str,
    by: str,
    now: datetime,
    kind: JobKind = JobKind.REPORT,
    subject: str = "",
    firm_id: str | None = None,
) -> bool:
    """Queue a paper; False when one with the same content is there already."""
    return add_new(
        session,
        ReportJobRow,
        id=id,
        kind=kind,
        subject=subject,
        assessment_id=assessment_id or None,
        content_key=content_key,
        state=JobState.QUEUED,
        progress=0,
        step="",
        error="",
        attempt=0,
        asked_by=by,
        asked_at=now,
        worker="",
        file="",
        sha256="",
        size=0,
        firm_id=firm_id,
        is_signed=False,
    )


def find(session: Session, id: str) -> ReportState | None:
    """A paper, whosever it is: who may have it depends on its kind."""
    row = session.get(ReportJobRow, id, populate_existing=True)
    return _state(row) if row else None


def of_kind(
    session: Session, assessment_id: str, *kinds: JobKind, sight: Sight, limit: int | None = None
) -> tuple[ReportState, ...]:
    """The papers of those kinds of a self-check, newest first."""
    query = _seen_by(sight).where(ReportJobRow.assessment_id == assessment_id, ReportJobRow.kind.in_(kinds))
    rows = session.scalars(query.order_by(ReportJobRow.asked_at.desc(), ReportJobRow.id).limit(limit))
    return tuple(_state(row) for row in rows)


def find_by_content(session: Session, content_key: str) -> ReportState:
    """The report with that content."""
    query = select(ReportJobRow).where(ReportJobRow.content_key == content_key)
    return _state(session.scalars(query.with_for_update()).one())


@dataclass(frozen=True, slots=True)
class Known:
    """A file that the record knows: its paper, the number of the self-check, and its name inside a package."""

    paper: ReportState
    number: str
    part: str = ""


def find_by_digest(session: Session, sha256: str) -> Known | None:
    """The printed paper with that SHA-256, whosever it is, or the package that holds a file with it.

    Should the same bytes have been printed twice and once been revoked, they are revoked.
    """
    query = (
        select(ReportJobRow, AssessmentRow.number)
        .outerjoin(AssessmentRow, AssessmentRow.id == ReportJobRow.assessment_id)
        .where(ReportJobRow.state == JobState.DONE)
        .order_by(ReportJobRow.revoked_at.is_(None), ReportJobRow.finished_at, ReportJobRow.id)
        .limit(1)
    )
    found = session.execute(query.where(ReportJobRow.sha256 == sha256)).one_or_none()
    if found is not None:
        return Known(_state(found[0]), found[1] or "")
    inside = (
        query.add_columns(PackedFileRow.name)
        .join(PackedFileRow, PackedFileRow.job_id == ReportJobRow.id)
        .where(PackedFileRow.sha256 == sha256)
    )
    part = session.execute(inside).one_or_none()
    return Known(_state(part[0]), part[1] or "", part[2]) if part is not None else None


def set_parts(session: Session, id: str, parts: Iterable[tuple[str, str]]) -> None:
    """Write down the files in a package, by name and SHA-256; those of an earlier attempt go."""
    session.execute(delete(PackedFileRow).where(PackedFileRow.job_id == id))
    session.add_all(PackedFileRow(job_id=id, name=name, sha256=sha256) for name, sha256 in parts)
    session.flush()


def revoke(session: Session, id: str, *, by: str, now: datetime, why: str) -> bool:
    """Mark a printed paper as no longer valid; False when it was revoked before or is not printed.

    Its content key goes, so that who asks for the report again gets a new one.
    """
    statement = update(ReportJobRow).where(
        ReportJobRow.id == id, ReportJobRow.state == JobState.DONE, ReportJobRow.revoked_at.is_(None)
    )
    key = hashlib.sha256(f"revoked {id}".encode()).hexdigest()
    done = _count(session, statement.values(revoked_at=now, revoked_by=by, revoked_why=why, content_key=key))
    return done == 1


def revocations(session: Session, assessment_id: str) -> tuple[Revocation, ...]:
    """The reports and packages of a self-check that were revoked, in order."""
    query = select(ReportJobRow).where(
        ReportJobRow.assessment_id == assessment_id,
        ReportJobRow.kind.in_((JobKind.REPORT, JobKind.PACKAGE)),
        ReportJobRow.revoked_at.is_not(None),
    )
    return tuple(
        Revocation(
            kind=JobKind(row.kind),
            printed_at=row.finished_at,
            revoked_at=row.revoked_at,
            why=row.revoked_why,
        )
        for row in session.scalars(query.order_by(ReportJobRow.revoked_at, ReportJobRow.id))
        if row.finished_at is not None and row.revoked_at is not None
    )


def queue_again(session: Session, id: str, *, by: str, now: datetime) -> None:
    """Back to the start: after a failure that somebody wants to try again, or when the file is gone."""
    session.execute(
        update(ReportJobRow)
        .where(ReportJobRow.id == id)
        .values(
            state=JobState.QUEUED, progress=0, step="", error="", attempt=0, asked_by=by,
            asked_at=now, worker="", lease_until=None, finished_at=None, file="", sha256="", size=0,
            is_signed=False,
        )
    )  # fmt: skip


def take_over(session: Session, id: str, *, by: str) -> bool:
    """Let a waiting paper be somebody else's wish; False when it does not wait, or is theirs already."""
    waiting = update(ReportJobRow).where(
        ReportJobRow.id == id, ReportJobRow.state == JobState.QUEUED, ReportJobRow.asked_by != by
    )
    return _count(session, waiting.values(asked_by=by)) == 1


def claim(session: Session, worker: str, *, now: datetime, lease_until: datetime) -> Job | None:
    """Take the oldest queued report; two workers never get the same."""
    row = session.scalars(
        select(ReportJobRow)
        .where(ReportJobRow.state == JobState.QUEUED)
        .order_by(ReportJobRow.asked_at, ReportJobRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    row.state, row.worker, row.lease_until, row.attempt = (
        JobState.RUNNING,
        worker,
        lease_until,
        row.attempt + 1,
    )
    row.progress, row.step, row.error = 0, "", ""
    session.flush()
    return Job(
        id=row.id,
        kind=JobKind(row.kind),
        subject=row.subject,
        assessment_id=row.assessment_id or "",
        attempt=row.attempt,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        lease_until=lease_until,
        firm_id=row.firm_id or "",
    )


def note_progress(session: Session, job: Job, *, progress: int, step: str, lease_until: datetime) -> bool:
    """Write progress down and prolong the lease; False when the job belongs to another worker by now."""
    return _update_running(session, job, progress=progress, step=step[:100], lease_until=lease_until)


def finish(
    session: Session, job: Job, *, file: str, sha256: str, size: int, now: datetime, is_signed: bool = False
) -> bool:
    """The report is printed. Written once: False when the job belongs to another worker by now."""
    return _update_running(
        session, job, state=JobState.DONE, progress=100, step="", file=file, sha256=sha256, size=size,
        finished_at=now, lease_until=None, is_signed=is_signed,
    )  # fmt: skip


def fail(session: Session, job: Job, *, error: str, now: datetime) -> bool:
    """The report cannot be printed; `error` says why."""
    return _update_running(
        session, job, state=JobState.FAILED, error=error[:500], finished_at=now, lease_until=None
    )


def put_back(session: Session, job: Job) -> bool:
    """The worker stops before the report is printed: another may take it at once."""
    return _update_running(session, job, state=JobState.QUEUED, progress=0, step="", lease_until=None)


def has_queued(session: Session) -> bool:
    """Whether a report waits; asked without taking the writer's turn."""
    query = select(ReportJobRow.id).where(ReportJobRow.state == JobState.QUEUED).limit(1)
    return session.scalar(query) is not None


def workers(session: Session) -> tuple[str, ...]:
    """The workers that print something now."""
    query = select(ReportJobRow.worker).where(ReportJobRow.state == JobState.RUNNING)
    return tuple(session.scalars(query.distinct().order_by(ReportJobRow.worker)))


def put_back_abandoned(
    session: Session, *, lost: Sequence[str], now: datetime, most_attempts: int, error: str
) -> tuple[int, int]:
    """Put jobs back whose lease ran out or whose worker is lost; one that was tried too often fails.

    Returns (put back, failed).
    """
    abandoned = update(ReportJobRow).where(
        ReportJobRow.state == JobState.RUNNING,
        (ReportJobRow.lease_until < now) | ReportJobRow.worker.in_(lost),
    )
    failed = _count(
        session,
        abandoned.where(ReportJobRow.attempt >= most_attempts).values(
            state=JobState.FAILED, error=error, finished_at=now, lease_until=None
        ),
    )
    back = _count(session, abandoned.values(state=JobState.QUEUED, progress=0, step="", lease_until=None))
    return back, failed


def _update_running(session: Session, job: Job, **values: object) -> bool:
    # The attempt is the fence: a worker that was thought dead cannot write over its successor.
    statement = update(ReportJobRow).where(
        ReportJobRow.id == job.id,
        ReportJobRow.state == JobState.RUNNING,
        ReportJobRow.attempt == job.attempt,
    )
    return _count(session, statement.values(**values)) == 1


def _count(session: Session, statement: object) -> int:
    result = session.execute(statement.execution_options(synchronize_session=False))  # type: ignore[attr-defined]
    assert isinstance(result, CursorResult)
    return int(result.rowcount)


def _seen_by(sight: Sight) -> Select[ReportJobRow]:
    query = select(ReportJobRow).join(AssessmentRow, AssessmentRow.id == ReportJobRow.assessment_id)
    return seen_by(query, sight)


def _state(row: ReportJobRow) -> ReportState:
    return ReportState(
        id=row.id,
        kind=JobKind(row.kind),
        subject=row.subject,
        assessment_id=row.assessment_id or "",
        state=JobState(row.state),
        progress=row.progress,
        step=row.step,
        error=row.error,
        file=row.file,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        is_signed=row.is_signed,
        revoked_at=row.revoked_at,
        revoked_why=row.revoked_why,
    )
