"""Inserting what may be there already: the same statement for SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.storage.tables import Row


def inserting(dialect: str, row: type[Row]) -> Any:
    """An INSERT of that dialect, which knows ON CONFLICT."""
    module = sqlite if dialect == "sqlite" else postgresql
    return module.insert(row.__table__)


def add_new(session: Session, row: type[Row], **values: Any) -> bool:
    """Insert; False when a unique constraint says that it is there already. The transaction stays usable."""
    statement = inserting(session.get_bind().dialect.name, row).values(**values).on_conflict_do_nothing()
    # RETURNING tells on both databases whether there is a new row; the count of rows does not.
    first = next(iter(row.__table__.primary_key))
    return session.execute(statement.returning(first)).one_or_none() is not None
