"""Rows by the thousand, for example data: the same rows as everywhere, without asking first whether they are there."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.core.statistics import Facts
from portal.storage import statistics
from portal.storage.tables import Row


def insert_rows(session: Session, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are known to be new into the table of that name."""
    if rows:
        session.execute(insert(Row.metadata.tables[table]), list(rows))


def count_all(session: Session, contributions: Mapping[str, Facts]) -> None:
    """Count submissions that nothing counted before: first the facts of all, for a year leans on the one before it,
    then each sum once.
    """
    for id, facts in contributions.items():
        statistics.add(session, id, facts)
        session.expunge_all()
    statistics.count(session, contributions)
