"""Explanations of data-check findings: rows ↔ core objects."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.core.data_check import Explanation
from portal.storage.tables import AccountRow, ExplanationRow
from portal.storage.upsert import inserting


def of(session: Session, assessment_id: str) -> Mapping[str, Explanation]:
    """What was said to the findings of one self-check, by rule."""
    rows = session.execute(
        select(ExplanationRow, AccountRow.name)
        .join(AccountRow, AccountRow.id == ExplanationRow.saved_by)
        .where(ExplanationRow.assessment_id == assessment_id)
        .order_by(ExplanationRow.rule)
    )
    return {row.rule: Explanation(text=row.text, saved_by=name, saved_at=row.saved_at) for row, name in rows}


def keep(session: Session, assessment_id: str, rule: str, text: str, *, by: str, now: datetime) -> None:
    """Keep what is said to a finding; an empty text takes it back."""
    if not text:
        session.execute(
            delete(ExplanationRow).where(
                ExplanationRow.assessment_id == assessment_id, ExplanationRow.rule == rule
            )
        )
        return
    values = {"text": text, "saved_by": by, "saved_at": now}
    statement = inserting(session.get_bind().dialect.name, ExplanationRow).values(
        assessment_id=assessment_id, rule=rule, **values
    )
    session.execute(statement.on_conflict_do_update(index_elements=["assessment_id", "rule"], set_=values))
