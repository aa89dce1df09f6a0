"""Engine, sessions, units of work: one reading and one writing door to SQLite or PostgreSQL."""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pysqlite3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.core.errors import PortalError

# SQLite 3.7.0–3.51.2 can damage a WAL database when two writers meet; the driver bundles a newer one.
LEAST_SQLITE = (3, 51, 3)
BUSY_MILLISECONDS = 15_000
# Name, what to set, what must then be read back.
PRAGMAS = (
    ("busy_timeout", str(BUSY_MILLISECONDS), BUSY_MILLISECONDS),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("foreign_keys", "ON", 1),
)


_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
_MEMORY = "asked"


def asked_once(
    ask: Callable[Concatenate[Session, _Asked], _Answer],
) -> Callable[Concatenate[Session, _Asked], _Answer]:
    """A query that a reading unit asks once, however many actions want to know: it sees one state of the database.

    A writing unit asks each time. The arguments are hashable, and nobody changes the answer.
    """

    @wraps(ask)
    def asked(session: Session, /, *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
        memory: dict[Hashable, _Answer] | None = session.info.get(_MEMORY)
        if memory is None:
            return ask(session, *args, **kwargs)
        key = (ask, args, tuple(sorted(kwargs.items())))
        if key not in memory:
            memory[key] = ask(session, *args, **kwargs)
        return memory[key]

    return asked


class StorageError(PortalError):
    """The database cannot be used as it is; the message says why."""


class StorageFull(StorageError):
    """Nothing more fits on the disk; the unit of work was rolled back."""


class StorageBusy(StorageError):
    """Another writer did not finish in time; trying again helps."""


class Database:
    """One database. `reading()` refuses to write; `writing()` commits at a clean exit, else rolls back."""

    def __init__(self, url: str) -> None:
        """Take an SQLAlchemy URL; connects at first use."""
        self.url = make_url(url)
        if self.url.drivername in {"postgres", "postgresql"}:
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # Many writing threads queue badly in SQLite's busy handler: one at a time, in the process already.
        self._turn = threading.Lock() if self.is_sqlite else None
        if self.is_sqlite:
            _assert_sqlite_version()
            self._writing = _sqlite_engine(self.url, is_writing=True)
            self._reading = _sqlite_engine(self.url, is_writing=False)
        else:
            self._writing = create_engine(self.url, pool_pre_ping=True)
            self._reading = self._writing.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @property
    def file(self) -> Path | None:
        """The database's file, if it has one."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and cannot change it."""
        with _translated(), Session(self._reading, expire_on_commit=False, info={_MEMORY: {}}) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are on the disk when the block has ended without an exception."""
        with self._exclusive(), _translated(), Session(self._writing, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=2 * BUSY_MILLISECONDS / 1000):
            raise StorageBusy("another thread of this process is writing")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A bare connection outside every transaction, for migrations and backups."""
        with _translated(), self._writing.connect().execution_options(isolation_level="AUTOCOMMIT") as bare:
            yield bare

    def check(self) -> dict[str, str]:
        """Version and, for SQLite, pragmas as they are in force; raises StorageError when they are not as meant."""
        with self.reading() as session:
            ask = session.connection().exec_driver_sql
            if not self.is_sqlite:
                return {"PostgreSQL": str(ask("SHOW server_version").scalar())}
            found = {"SQLite": pysqlite3.dbapi2.sqlite_version}
            return found | {name: str(ask(f"PRAGMA {name}").scalar()) for name, _, _ in PRAGMAS}

    def close(self) -> None:
        """Give every connection back."""
        self._reading.dispose()
        self._writing.dispose()

    def forget(self) -> None:
        """Drop connections without closing them: a forked child must not speak on its parent's."""
        self._reading.dispose(close=False)
        self._writing.dispose(close=False)


def _assert_sqlite_version() -> None:
    if pysqlite3.dbapi2.sqlite_version_info < LEAST_SQLITE:
        least = ".".join(map(str, LEAST_SQLITE))
        raise StorageError(
            f"SQLite {pysqlite3.dbapi2.sqlite_version} is older than {least}: upgrade pysqlite3"
        )


def _sqlite_engine(url: Any, *, is_writing: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StorageError("SQLite needs a file: sqlite:///data/portal.sqlite")
    engine = create_engine(url, module=pysqlite3.dbapi2)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        # The driver must not open transactions by itself: it would begin them as readers, and a reader that
        # turns writer after another one wrote loses the other's update or fails.
        connection.isolation_level = None
        _set_pragmas(connection)
        if not is_writing:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")

    return engine


def _set_pragmas(connection: Any) -> None:
    for name, value, expected in PRAGMAS:
        connection.execute(f"PRAGMA {name}={value}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != expected:
            raise StorageError(f"PRAGMA {name} is {found!r} instead of {expected!r}")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig)
        if "disk is full" in reason or type(error.orig).__name__ == "DiskFull":
            raise StorageFull(reason) from error
        if "database is locked" in reason:
            raise StorageBusy(reason) from error
        raise
