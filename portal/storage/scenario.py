"""Scenarios of measures: rows ↔ core objects."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from portal.core.planning import Scenario
from portal.storage.assessment import canonical
from portal.storage.tables import AccountRow, ScenarioRow


def of_assessment(session: Session, assessment_id: str) -> tuple[Scenario, ...]:
    """The scenarios of a self-check, oldest first; scope: whoever may see the self-check."""
    rows = session.execute(
        select(ScenarioRow, AccountRow.name)
        .join(AccountRow, AccountRow.id == ScenarioRow.created_by)
        .where(ScenarioRow.assessment_id == assessment_id)
        .order_by(ScenarioRow.created_at, ScenarioRow.id)
    )
    return tuple(_scenario(row, by) for row, by in rows)


def find(session: Session, assessment_id: str, id: str) -> Scenario | None:
    """One scenario of a self-check."""
    found = session.execute(
        select(ScenarioRow, AccountRow.name)
        .join(AccountRow, AccountRow.id == ScenarioRow.created_by)
        .where(ScenarioRow.id == id, ScenarioRow.assessment_id == assessment_id)
    ).one_or_none()
    return None if found is None else _scenario(*found)


def chosen(session: Session, assessment_id: str) -> Scenario | None:
    """The scenario that is the plan."""
    return next((one for one in of_assessment(session, assessment_id) if one.is_chosen), None)


def _scenario(row: ScenarioRow, by: str) -> Scenario:
    quotes = json.loads(row.target).get("quotes", {})
    return Scenario(
        id=row.id,
        assessment_id=row.assessment_id,
        title=row.title,
        technologies=tuple(json.loads(row.technologies)),
        is_chosen=row.is_chosen,
        created_by=by,
        changed_at=row.changed_at,
        quotes={name: Decimal(amount) for name, amount in quotes.items()},
    )


def count(session: Session, assessment_id: str) -> int:
    """How many there are."""
    query = select(func.count()).select_from(ScenarioRow).where(ScenarioRow.assessment_id == assessment_id)
    return session.scalar(query) or 0


def _quotes(quotes: Mapping[str, Decimal]) -> str:
    return canonical({"quotes": {name: format(amount, "f") for name, amount in quotes.items()}})


def add(
    session: Session,
    id: str,
    *,
    assessment_id: str,
    title: str,
    technologies: tuple[str, ...],
    quotes: Mapping[str, Decimal],
    by: str,
    now: datetime,
) -> None:
    """Add a scenario that is not the plan."""
    session.execute(
        insert(ScenarioRow).values(
            id=id,
            assessment_id=assessment_id,
            title=title,
            technologies=canonical(technologies),
            target=_quotes(quotes),
            is_chosen=False,
            created_by=by,
            created_at=now,
            changed_at=now,
        )
    )


def change(
    session: Session,
    id: str,
    *,
    title: str,
    technologies: tuple[str, ...],
    quotes: Mapping[str, Decimal],
    now: datetime,
) -> None:
    """Replace what it says."""
    session.execute(
        update(ScenarioRow)
        .where(ScenarioRow.id == id)
        .values(title=title, technologies=canonical(technologies), target=_quotes(quotes), changed_at=now)
    )


def choose(session: Session, assessment_id: str, id: str) -> None:
    """Make it the plan, and no other; an empty id leaves none."""
    session.execute(
        update(ScenarioRow)
        .where(ScenarioRow.assessment_id == assessment_id)
        .values(is_chosen=ScenarioRow.id == id)
    )


def remove(session: Session, id: str) -> None:
    """Take it away."""
    session.execute(delete(ScenarioRow).where(ScenarioRow.id == id))
