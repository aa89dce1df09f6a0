"""Fresh databases for test after test, one engine a kind: opening, migrating and compiling queries anew costs most."""

import copy
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url, text
from sqlalchemy.exc import OperationalError

from portal.config import HOME
from portal.storage.migrations import migrate
from portal.storage.session import Database

_TABLES = text(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
)


def migrate_all(url: str) -> None:
    """Make the present tables."""
    with closing(Database(url)) as database:
        migrate(database, HOME / "migrations")


class Files:
    """SQLite: each test has a copy of the migrated file; all share the engines, which know the queries already."""

    def __init__(self, migrated: Path) -> None:
        self._migrated = migrated
        self._kept = Database(f"sqlite:///{migrated}")
        self._file = migrated
        for engine in (self._kept._writing, self._kept._reading):
            event.listen(engine, "do_connect", self._aim)
            # Of the portal's pragmas only this one is left out: no test pulls the plug.
            event.listen(
                engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF")
            )

    def _aim(self, _dialect: object, _record: object, given: list[Any], _named: object) -> None:
        given[0] = str(self._file)

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[Database]:
        """A database of its own in that folder, all tables empty."""
        self._file = folder / "portal.sqlite"
        shutil.copyfile(self._migrated, self._file)
        database = _twin(self._kept)
        database.url = make_url(f"sqlite:///{self._file}")
        yield database
        self._kept.close()


class Emptied:
    """PostgreSQL: one database of the server for test after test, emptied before each; copying takes far longer."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make
        self._kept: Database | None = None
        self._tables: list[str] = []

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        """All tables empty; a new one when the last test left other tables or an open transaction."""
        if self._kept is None or not self._empty(self._kept):
            self.close()
            self._kept = Database(self._make())
            with self._kept.reading() as session:
                self._tables = list(session.scalars(_TABLES))
        yield _twin(self._kept)

    def _empty(self, kept: Database) -> bool:
        try:
            with kept.writing() as session:
                if list(session.scalars(_TABLES)) != self._tables:
                    return False
                # Without foreign keys no order has to be kept.
                session.execute(text("SET LOCAL session_replication_role = replica"))
                session.execute(text("SET LOCAL lock_timeout = '2s'"))
                session.execute(text(";".join(f'DELETE FROM "{table}"' for table in self._tables)))
        except OperationalError:
            return False
        return True

    def close(self) -> None:
        """Give every connection back."""
        if self._kept is not None:
            self._kept.close()


def _twin(kept: Database) -> Database:
    """The same engines under another roof: whoever listens to a test's database is gone with the test."""
    database = copy.copy(kept)
    database._writing = kept._writing.execution_options()
    database._reading = kept._reading.execution_options()
    if kept.is_sqlite:
        database._turn = threading.Lock()
    return database
