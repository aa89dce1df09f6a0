"""The database as `pitfalls.md` wants it: durable, one writer at a time, no lost update, a clear word when it is full."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pysqlite3.dbapi2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from portal.storage import session as session_module
from portal.storage.session import Database, StorageError, StorageFull, asked_once


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with database.writing() as session:
        session.execute(text("CREATE TABLE counter (n INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))
    yield database
    database.close()


def test_the_pragmas_are_in_force(sqlite: Database) -> None:
    found = sqlite.check()
    assert found["journal_mode"] == "wal"
    assert found["synchronous"] == "2"
    assert found["foreign_keys"] == "1"
    assert int(found["busy_timeout"]) >= 10_000


def test_the_sqlite_is_one_without_the_wal_reset_bug() -> None:
    assert pysqlite3.dbapi2.sqlite_version_info >= (3, 51, 3)


def test_an_older_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "LEAST_SQLITE", (99, 0, 0))
    with pytest.raises(StorageError, match="older than"):
        Database("sqlite:///x.sqlite")


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(StorageError, match="file"):
        Database("sqlite://")


def test_postgres_addresses_get_the_installed_driver() -> None:
    assert Database("postgresql://x@/y").url.drivername == "postgresql+psycopg"


def test_no_update_is_lost_between_threads(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE counter (n INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))
    failures: list[Exception] = []

    def add() -> None:
        try:
            for _ in range(25):
                with database.writing() as session:
                    (n,) = session.execute(text(f"SELECT n FROM counter{lock}")).one()
                    session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})
        except Exception as error:  # noqa: BLE001 - told to the test below
            failures.append(error)

    lock = "" if database.is_sqlite else " FOR UPDATE"
    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with database.reading() as session:
        assert session.scalar(text("SELECT n FROM counter")) == 200


def test_two_processes_lose_no_update_either(sqlite: Database) -> None:
    script = """
import sys
from sqlalchemy import text
from portal.storage.session import Database
database = Database(sys.argv[1])
for _ in range(40):
    with database.writing() as session:
        n = session.scalar(text("SELECT n FROM counter"))
        session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})
"""
    running = [subprocess.Popen([sys.executable, "-c", script, str(sqlite.url)]) for _ in range(2)]
    assert [process.wait(240) for process in running] == [0, 0]
    with sqlite.reading() as session:
        assert session.scalar(text("SELECT n FROM counter")) == 80


def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"), database.reading() as session:
        session.execute(text("DELETE FROM account"))


def test_a_reading_unit_asks_once_and_a_writing_one_each_time(sqlite: Database) -> None:
    asked: list[int] = []

    @asked_once
    def number(session: Session, more: int) -> int:
        asked.append(more)
        return int(session.scalar(text("SELECT n FROM counter")) or 0) + more

    with sqlite.reading() as session:
        assert (number(session, 1), number(session, 1), number(session, 2)) == (1, 1, 2)
    assert asked == [1, 2]
    with sqlite.writing() as session:
        assert number(session, 1) == 1
        session.execute(text("UPDATE counter SET n = 5"))
        assert number(session, 1) == 6
    with sqlite.reading() as session:
        assert number(session, 1) == 6


def test_an_exception_rolls_back(sqlite: Database) -> None:
    def fail() -> None:
        with sqlite.writing() as session:
            session.execute(text("UPDATE counter SET n = 9"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with sqlite.reading() as session:
        assert session.scalar(text("SELECT n FROM counter")) == 0


def test_a_full_disk_is_told_and_nothing_is_lost(sqlite: Database) -> None:
    def write_much() -> None:
        with sqlite.writing() as session:
            session.execute(text("UPDATE counter SET n = 5"))
            session.execute(text("PRAGMA max_page_count=1"))  # SQLite's own way to play a full disk
            session.execute(text("CREATE TABLE large (t TEXT)"))
            session.execute(text("INSERT INTO large VALUES (randomblob(1000000))"))

    with pytest.raises(StorageFull):
        write_much()
    with sqlite.writing() as session:
        session.execute(text("PRAGMA max_page_count=1000000"))
        assert session.scalar(text("SELECT n FROM counter")) == 0
        session.execute(text("UPDATE counter SET n = 6"))


def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(
            text("INSERT INTO membership (account_id, enterprise_id, created_at) VALUES ('a', 'b', :t)"),
            {"t": "2026-01-01 00:00:00"},
        )


def test_acknowledged_writes_survive_kill_9(tmp_path: Path) -> None:
    """A process commits, says so, and is killed in the middle of the next; what it said stands afterwards."""
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    script = """
import sys
from sqlalchemy import text
from portal.storage.session import Database
database = Database(sys.argv[1])
with database.writing() as session:
    session.execute(text("CREATE TABLE said (n INTEGER)"))
for n in range(100000):
    with database.writing() as session:
        session.execute(text("INSERT INTO said VALUES (:n)"), {"n": n})
    print(n, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", script, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [int(process.stdout.readline()) for _ in range(60)]
    process.kill()
    said += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    process.wait()
    process.stdout.close()
    database = Database(url)
    with database.reading() as session:
        kept = set(session.scalars(text("SELECT n FROM said")))
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    database.close()
    assert set(said) <= kept
