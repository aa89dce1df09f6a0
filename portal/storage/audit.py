"""The audit trail: rows ↔ core objects. Lines are only added, one writer at a time."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, text
from sqlalchemy.orm import Session

from portal.core.audit import FIRST, Event, Line, Outcome, hash_of
from portal.storage.tables import AuditRow

# Any number, always the same: writers of the trail wait for each other on it (PostgreSQL).
_TURN = 7_405_511
_CHUNK = 1000
# Lines of these deeds hold answers, what is said beside them, or what the bureau counts instead.
SEALED = ("answer.", "data_check.", "objection.", "verdict.", "review.")


def append(
    session: Session,
    events: Sequence[Event],
    *,
    now: datetime,
    who: str,
    name: str,
    role: str,
    origin: str,
) -> None:
    """Add lines at the end of the chain; holds off other writers until the transaction ends."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":  # SQLite has one writer anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
    last = connection.execute(
        select(AuditRow.number, AuditRow.hash).order_by(AuditRow.number.desc()).limit(1)
    ).one_or_none()
    number, previous = (last.number, last.hash) if last else (0, FIRST)
    lines = []
    for event in events:
        number += 1
        hash = hash_of(number, now, who, name, role, origin, event, previous)
        lines.append(
            {
                "number": number, "at": now, "who": who, "name": name, "role": role, "origin": origin,
                "deed": event.deed, "subject_kind": event.subject_kind, "subject_id": event.subject_id,
                "before": event.before, "after": event.after, "outcome": event.outcome.value,
                "previous": previous, "hash": hash,
            }
        )  # fmt: skip
        previous = hash
    connection.execute(insert(AuditRow), lines)


def read(session: Session, after: int = 0) -> Iterator[Line]:
    """The lines after that number, oldest first, without holding them in memory."""
    last = after
    while True:
        rows = session.scalars(
            select(AuditRow).where(AuditRow.number > last).order_by(AuditRow.number).limit(_CHUNK)
        ).all()
        for row in rows:
            yield as_line(row)
        if len(rows) < _CHUNK:
            return
        last = rows[-1].number
        session.expunge_all()


def last_before(session: Session, moment: datetime) -> int:
    """The number of the newest line of which all up to it are older than the moment; 0 when there is none."""
    first = session.scalar(select(func.min(AuditRow.number)).where(AuditRow.at >= moment))
    if first is not None:
        return first - 1
    return session.scalar(select(func.max(AuditRow.number))) or 0


def get(session: Session, number: int) -> Line | None:
    """One line."""
    row = session.get(AuditRow, number)
    return as_line(row) if row is not None else None


def head(session: Session) -> Line | None:
    """The newest line."""
    row = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).one_or_none()
    return as_line(row) if row is not None else None


def find(
    session: Session,
    *,
    words: str = "",
    deed: str = "",
    who: str = "",
    kind: str = "",
    subject: str = "",
    outcome: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[tuple[Line, ...], int]:
    """Newest first, with how many there are in all."""
    query = select(AuditRow)
    if words:
        query = query.where(_mentions(words))
    for column, value in (
        (AuditRow.deed, deed),
        (AuditRow.who, who),
        (AuditRow.subject_kind, kind),
        (AuditRow.subject_id, subject),
        (AuditRow.outcome, outcome),
    ):
        if value:
            query = query.where(column == value)
    if since is not None:
        query = query.where(AuditRow.at >= since)
    if until is not None:
        query = query.where(AuditRow.at < until)
    count = session.scalar(_counted(query)) or 0
    rows = session.scalars(query.order_by(AuditRow.number.desc()).offset(offset).limit(limit))
    return tuple(as_line(row) for row in rows), count


def _mentions(words: str) -> ColumnElement[bool]:
    """Lines whose person or content holds the words; contents with answers are not searched, for a hit would tell."""
    # Most contents are JSON in ASCII: Chinese stands in them as escapes.
    spellings = {words, json.dumps(words, ensure_ascii=True)[1:-1]}
    contents = or_(
        *(
            column.contains(spelling, autoescape=True)
            for column in (AuditRow.before, AuditRow.after)
            for spelling in sorted(spellings)
        )
    )
    sealed = or_(*(AuditRow.deed.startswith(beginning, autoescape=True) for beginning in SEALED))
    return AuditRow.name.contains(words, autoescape=True) | (contents & ~sealed)


def _counted(query: Select[AuditRow]) -> Select[int]:
    return select(func.count()).select_from(query.subquery())


def kinds(session: Session) -> tuple[str, ...]:
    """Every kind of object that occurs, for the filter."""
    return tuple(session.scalars(select(AuditRow.subject_kind).distinct().order_by(AuditRow.subject_kind)))


def deeds(session: Session) -> tuple[str, ...]:
    """Every deed that occurs, for the filter."""
    return tuple(session.scalars(select(AuditRow.deed).distinct().order_by(AuditRow.deed)))


def as_line(row: AuditRow) -> Line:
    """The row as a core object."""
    return Line(
        number=row.number,
        at=row.at,
        who=row.who,
        name=row.name,
        role=row.role,
        origin=row.origin,
        event=Event(
            deed=row.deed,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            before=row.before,
            after=row.after,
            outcome=Outcome(row.outcome),
        ),
        previous=row.previous,
        hash=row.hash,
    )
