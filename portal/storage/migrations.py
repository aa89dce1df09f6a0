"""Bringing a database to the present tables: Alembic without an ini file, usable from commands and tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from portal.storage.session import Database, StorageError

HEAD = "head"


def migrate(database: Database, folder: Path, target: str = HEAD) -> tuple[str, ...]:
    """Upgrade, or downgrade to an older `target`; what was applied, in order. All or nothing."""
    scripts = ScriptDirectory.from_config(_config(folder))
    wanted = scripts.get_current_head() if target == HEAD else target
    with _quiet(database) as connection:
        before = _current(connection)
        if before == wanted:
            return ()
        order = [script.revision for script in scripts.walk_revisions()][::-1]
        is_up = before is None or (wanted in order and order.index(wanted) > order.index(before))
        config = _config(folder)
        config.attributes["connection"] = connection
        (command.upgrade if is_up else command.downgrade)(config, wanted or "base")
        steps = order[_place(order, before) : _place(order, wanted)] if is_up else (before or "",)
        return tuple(steps)


def _place(order: list[str], revision: str | None) -> int:
    return order.index(revision) + 1 if revision in order else 0


def pending(database: Database, folder: Path) -> tuple[str, ...]:
    """The migrations that the database still lacks; raises StorageError when it is newer than this program."""
    scripts = ScriptDirectory.from_config(_config(folder))
    order = [script.revision for script in scripts.walk_revisions()][::-1]
    with database.connection() as connection:
        current = _current(connection)
    if current is not None and current not in order:
        raise StorageError(
            f"the database stands at {current}, which this version of the portal does not know"
        )
    return tuple(order[_place(order, current) :])


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


@contextmanager
def _quiet(database: Database) -> Iterator[Connection]:
    """A connection with one transaction around everything, and SQLite's foreign keys asleep until the end.

    Batch mode copies a table and drops the old one: with foreign keys awake that empties every child.
    """
    with database.connection() as connection:
        if not database.is_sqlite:
            with database.writing() as session:
                bound = session.connection()
                # Two that migrate at once wait for each other; the number is arbitrary, but always the same.
                bound.exec_driver_sql("SELECT pg_advisory_xact_lock(330100)")
                yield bound
            return
        run = connection.exec_driver_sql
        run("PRAGMA foreign_keys=OFF")
        run("BEGIN IMMEDIATE")
        try:
            yield connection
            broken = run("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise StorageError(f"foreign keys are broken after the migration: {broken[:5]}")
            run("COMMIT")
        except BaseException:
            run("ROLLBACK")
            raise
        finally:
            run("PRAGMA foreign_keys=ON")
