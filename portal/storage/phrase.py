"""Quick phrases: rows ↔ core objects."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.review import Phrase
from portal.storage.tables import PhraseRow


def of(session: Session, account_id: str) -> tuple[Phrase, ...]:
    """A reviewer's phrases, oldest first."""
    rows = session.scalars(
        select(PhraseRow)
        .where(PhraseRow.account_id == account_id)
        .order_by(PhraseRow.created_at, PhraseRow.id)
    )
    return tuple(Phrase(id=row.id, text=row.text) for row in rows)


def add(session: Session, id: str, *, account_id: str, text: str, now: datetime) -> None:
    """Keep a phrase."""
    session.add(PhraseRow(id=id, account_id=account_id, text=text, created_at=now))
    session.flush()


def remove(session: Session, id: str, *, account_id: str) -> str | None:
    """Drop the account's phrase; its text, None when there is none."""
    row = session.scalars(
        select(PhraseRow).where(PhraseRow.id == id, PhraseRow.account_id == account_id)
    ).one_or_none()
    if row is None:
        return None
    session.delete(row)
    session.flush()
    return row.text
