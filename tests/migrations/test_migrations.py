"""Migrations: equal to the tables, both directions, on a filled database, on both kinds of database."""

import importlib.util
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from portal.actions import assessment, report
from portal.actions.work import Door
from portal.config import HOME
from portal.storage import explanation
from portal.storage.migrations import migrate, pending
from portal.storage.session import Database
from portal.storage.tables import Row
from tests.cast import Person
from tests.make import make_answers, make_changes

FOLDER = HOME / "migrations"
VERSIONS = sorted(path.stem for path in (FOLDER / "versions").glob("*.py"))
TABLES = sorted(Row.metadata.tables)


def _counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {name: session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in TABLES}


def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []


def test_every_constraint_has_its_name(database: Database) -> None:
    names = {str(one.name) for table in Row.metadata.tables.values() for one in table.constraints}
    assert "None" not in names
    with database.reading() as session:
        if database.is_sqlite:
            made = " ".join(session.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'table'")))
            found = set(re.findall(r"CONSTRAINT (\w+)", made))
        else:
            found = set(session.scalars(text("SELECT conname FROM pg_constraint")))
    assert names <= found


def test_a_filled_database_stands_a_migration_back_and_forth(
    door: Door, manager: Person, colleague: Person
) -> None:
    database, folder = door.database, door.settings.migration_folder
    with door.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2025)
        assessment.keep(work, manager.account, id, make_changes(make_answers()))
    with door.writing() as work:
        assessment.submit(work, manager.account, id)
        report.ask(work, manager.account, id)
        explanation.keep(work.session, id, "rule", "检修", by=manager.account.id, now=work.now)
    before = _counts(database)
    filled = (
        "account", "membership", "answer", "answer_history", "report_job", "explanation", "submission", "review",
    )  # fmt: skip
    assert all(before[name] for name in filled)
    migrate(database, folder, "0002_assessments")
    later = tuple(VERSIONS[2:])
    assert pending(database, folder) == later
    assert migrate(database, folder) == later
    after = _counts(database)
    # What was submitted comes into the bureau's queue again; trail, papers and sums are gone with their tables.
    lost = ("report_job", "explanation", "audit", "standing", "outcome", "recommended", "tally")
    assert after == before | dict.fromkeys(lost, 0)


def test_down_to_nothing_and_up_again(database: Database) -> None:
    for target in reversed(VERSIONS[:-1]):
        migrate(database, FOLDER, target)
    assert migrate(database, FOLDER) == tuple(VERSIONS[1:])
    assert migrate(database, FOLDER) == ()
    assert pending(database, FOLDER) == ()


def test_an_empty_database_lacks_them_all(database_url: str) -> None:
    database = Database(database_url)
    assert pending(database, FOLDER) == tuple(VERSIONS)
    database.close()


def test_there_is_one_line_of_migrations_with_numbers() -> None:
    before = None
    for number, name in enumerate(VERSIONS, 1):
        module = _load(FOLDER / "versions" / f"{name}.py")
        assert (module.revision, module.down_revision) == (name, before)
        assert name.startswith(f"{number:04d}_")
        before = name


def test_a_failing_migration_changes_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(database_url)
    migrate(database, FOLDER, VERSIONS[0])
    with database.writing() as session:
        session.execute(text("CREATE TABLE answer (in_the_way INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(database, FOLDER)
    assert pending(database, FOLDER) == tuple(VERSIONS[1:])
    with database.connection() as connection:
        names = connection.dialect.get_table_names(connection)
    assert "assessment" not in names
    database.close()


def _load(path: Path):  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
