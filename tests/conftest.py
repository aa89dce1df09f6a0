"""What tests stand on: a fresh portal on SQLite and on PostgreSQL, with a small questionnaire and cheap passwords."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from portal.actions import passwords
from portal.actions.work import Door
from portal.config import HOME, Settings
from portal.storage.migrations import migrate
from portal.storage.session import Database
from tests.cast import Person, make_colleague, make_manager, make_stranger
from tests.make import make_library, make_settings
from tests.postgres_server import running_server


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[..., str]]:
    """A throw-away server; each call makes a database, empty or like another, and gives its URL."""
    with running_server() as make:
        yield make


# ── A portal ─────────────────────────────────────────────────────────────────


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Every test that stands on a database runs on both kinds; a folder may override this."""
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path / 'portal.sqlite'}"
    url: str = request.getfixturevalue("postgres")()
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the present tables, to be copied: migrating for every test would take most of the time."""
    file = tmp_path_factory.mktemp("migrated") / "portal.sqlite"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_template(postgres: Callable[..., str]) -> str:
    """The same in PostgreSQL: the name of a database to be copied."""
    url = postgres()
    _migrate(url)
    return str(make_url(url).database)


_TABLES = text(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
)


class Emptied:
    """One database of the server for test after test, emptied before each: copying a template takes far longer."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make
        self._url = ""
        self._tables: list[str] = []

    def url(self) -> str:
        """Its address, all tables empty; a new one when the last test left other tables or an open transaction."""
        if not self._url or not self._empty():
            self._url = self._make()
            with closing(Database(self._url)) as database, database.reading() as session:
                self._tables = list(session.scalars(_TABLES))
        return self._url

    def _empty(self) -> bool:
        with closing(Database(self._url)) as database:
            try:
                with database.writing() as session:
                    if list(session.scalars(_TABLES)) != self._tables:
                        return False
                    # Without foreign keys no order has to be kept.
                    session.execute(text("SET LOCAL session_replication_role = replica"))
                    session.execute(text("SET LOCAL lock_timeout = '2s'"))
                    session.execute(text(";".join(f'DELETE FROM "{table}"' for table in self._tables)))
            except OperationalError:
                return False
        return True


@pytest.fixture(scope="session")
def emptied(postgres: Callable[..., str], migrated_template: str) -> Emptied:
    """The database that tests on PostgreSQL share."""
    return Emptied(lambda: postgres(migrated_template))


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database, HOME / "migrations")
    database.close()


@pytest.fixture
def database(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with the present tables."""
    if database_kind == "sqlite":
        file = tmp_path / "portal.sqlite"
        shutil.copyfile(request.getfixturevalue("migrated_file"), file)
        url = f"sqlite:///{file}"
    else:
        url = request.getfixturevalue("emptied").url()
    found = Database(url)
    yield found
    found.close()


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """Settings on an empty data folder."""
    url = database.url.render_as_string(hide_password=False)
    return make_settings(tmp_path / "data", database_url=url)


@pytest.fixture
def door(database: Database, settings: Settings) -> Door:
    """A portal with the small questionnaire, on both kinds of database."""
    settings.data_folder.mkdir(exist_ok=True)
    return Door(database, make_library(), settings)


@pytest.fixture
def manager(door: Door) -> Person:
    """The manager of one plant."""
    return make_manager(door)


@pytest.fixture
def stranger(door: Door) -> Person:
    """The manager of another plant."""
    return make_stranger(door)


@pytest.fixture
def colleague(door: Door, manager: Person) -> Person:
    """A second person of the manager's plant."""
    return make_colleague(door, manager)
