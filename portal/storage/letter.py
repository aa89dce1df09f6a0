"""The outbox: letters written with the deed that they tell of, sent afterwards: rows ↔ core objects."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from portal.core.campaign import Channel, LetterState
from portal.core.letter import MOST_ATTEMPTS, PAUSES, Letter
from portal.storage.tables import LetterRow
from portal.storage.upsert import add_new

LONGEST_ERROR = 300


def add(
    session: Session,
    id: str,
    *,
    occasion: str,
    channel: Channel,
    address: str,
    template: str,
    fields: Mapping[str, str],
    enterprise_id: str,
    campaign_id: str,
    now: datetime,
) -> bool:
    """Put a letter into the outbox; False when there is one for the occasion already."""
    return add_new(
        session,
        LetterRow,
        id=id,
        occasion=occasion,
        channel=channel,
        address=address,
        template=template,
        fields=json.dumps(fields, ensure_ascii=True),
        enterprise_id=enterprise_id or None,
        campaign_id=campaign_id or None,
        state=LetterState.WAITING,
        attempts=0,
        error="",
        created_at=now,
    )


def has_occasion(session: Session, beginning: str) -> bool:
    """Whether a letter for an occasion that begins so was ever written; `beginning` holds no wildcards."""
    query = select(LetterRow.id).where(LetterRow.occasion.startswith(beginning, autoescape=True)).limit(1)
    return session.scalar(query) is not None


def due(session: Session, now: datetime, *, limit: int) -> tuple[Letter, ...]:
    """Letters whose time has come, oldest first."""
    is_time = or_(
        LetterRow.attempts == 0,
        *(
            (LetterRow.attempts == attempts) & (LetterRow.sent_at <= now - pause)
            for attempts, pause in enumerate(PAUSES, start=1)
        ),
    )
    rows = session.scalars(
        select(LetterRow)
        .where(LetterRow.state == LetterState.WAITING, is_time)
        .order_by(LetterRow.created_at, LetterRow.id)
        .limit(limit)
    )
    return tuple(_letter(row) for row in rows)


def claim(session: Session, letter: Letter, now: datetime) -> bool:
    """Count an attempt; False when another worker was quicker. The attempt before the pause is over is nobody's."""
    statement = (
        update(LetterRow)
        .where(
            LetterRow.id == letter.id,
            LetterRow.state == LetterState.WAITING,
            LetterRow.attempts == letter.attempts,
        )
        .values(attempts=letter.attempts + 1, sent_at=now)
    )
    return session.execute(statement.returning(LetterRow.id)).one_or_none() is not None


def note_sent(session: Session, id: str, now: datetime) -> None:
    """It has left."""
    session.execute(
        update(LetterRow).where(LetterRow.id == id).values(state=LetterState.SENT, sent_at=now, error="")
    )


def note_failure(session: Session, letter: Letter, error: str) -> None:
    """It could not be delivered; after the last attempt it is given up."""
    is_last = letter.attempts + 1 >= MOST_ATTEMPTS
    state = LetterState.FAILED if is_last else LetterState.WAITING
    session.execute(
        update(LetterRow).where(LetterRow.id == letter.id).values(state=state, error=error[:LONGEST_ERROR])
    )


def retry(session: Session, id: str, now: datetime) -> bool:
    """Begin again with one that failed; False when it did not fail."""
    statement = (
        update(LetterRow)
        .where(LetterRow.id == id, LetterRow.state == LetterState.FAILED)
        .values(state=LetterState.WAITING, attempts=0, created_at=now)
    )
    return session.execute(statement.returning(LetterRow.id)).one_or_none() is not None


def find(session: Session, id: str) -> Letter | None:
    """One letter."""
    row = session.get(LetterRow, id)
    return _letter(row) if row is not None else None


def listed(
    session: Session, *, state: LetterState | None, campaign_id: str, words: str, offset: int, limit: int
) -> tuple[tuple[Letter, ...], int]:
    """A page of the outbox, newest first, with how many there are."""
    query = select(LetterRow)
    if state is not None:
        query = query.where(LetterRow.state == state)
    if campaign_id:
        query = query.where(LetterRow.campaign_id == campaign_id)
    if words:
        query = query.where(
            LetterRow.address.contains(words.lower(), autoescape=True)
            # The words of a letter are kept as ASCII JSON.
            | LetterRow.fields.contains(json.dumps(words, ensure_ascii=True)[1:-1], autoescape=True)
        )
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(
        query.order_by(LetterRow.created_at.desc(), LetterRow.id).offset(offset).limit(limit)
    )
    return tuple(_letter(row) for row in rows), count


def tally(session: Session, campaign_id: str) -> dict[LetterState, int]:
    """How many letters of a campaign stand where."""
    query = (
        select(LetterRow.state, func.count())
        .where(LetterRow.campaign_id == campaign_id)
        .group_by(LetterRow.state)
        .order_by(LetterRow.state)
    )
    return {LetterState(state): count for state, count in session.execute(query)}


def written_since(session: Session, campaign_id: str, since: datetime) -> frozenset[str]:
    """The addresses to which a letter of the campaign was written since then."""
    query = select(LetterRow.address).where(
        LetterRow.campaign_id == campaign_id, LetterRow.created_at >= since
    )
    return frozenset(session.scalars(query.distinct().order_by(LetterRow.address)))


def _letter(row: LetterRow) -> Letter:
    return Letter(
        id=row.id,
        occasion=row.occasion,
        channel=Channel(row.channel),
        address=row.address,
        template=row.template,
        fields=json.loads(row.fields),
        enterprise_id=row.enterprise_id or "",
        campaign_id=row.campaign_id or "",
        state=LetterState(row.state),
        attempts=row.attempts,
        error=row.error,
        created_at=row.created_at,
        tried_at=row.sent_at,
    )
