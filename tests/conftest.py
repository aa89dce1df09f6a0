"""What tests stand on: a fresh portal on SQLite and on PostgreSQL, with a small questionnaire and cheap passwords."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from portal.actions import passwords
from portal.actions.work import Door
from portal.config import HOME, Settings
from portal.storage.session import Database
from tests.cast import CHEAP, Person, make_colleague, make_manager, make_stranger
from tests.databases import Emptied, Files, migrate_all
from tests.make import make_library, make_settings
from tests.postgres_server import running_server


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first: two workers begin with a half each, and take from each other's end what is short.

    What browsers and prints share is then made by one worker only.
    """
    folders = {item: item.path.relative_to(HOME / "tests").parts[0] for item in items}
    browsing = [item for item in items if folders[item] == "journeys"]
    printing = [item for item in items if folders[item] in ("cli", "report")]
    others = [item for item in items if folders[item] not in ("journeys", "cli", "report")]
    filling = max(0, len(items) // 2 - len(browsing))
    items[:] = browsing + others[:filling] + printing + others[filling:]


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


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
    migrate_all(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_template(postgres: Callable[..., str]) -> str:
    """The same in PostgreSQL: the name of a database to be copied."""
    url = postgres()
    migrate_all(url)
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def files(migrated_file: Path) -> Files:
    """The databases of tests on SQLite."""
    return Files(migrated_file)


@pytest.fixture(scope="session")
def emptied(postgres: Callable[..., str], migrated_template: str) -> Iterator[Emptied]:
    """The database that tests on PostgreSQL share."""
    with closing(Emptied(lambda: postgres(migrated_template))) as found:
        yield found


@pytest.fixture
def database(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with the present tables."""
    if database_kind == "sqlite":
        files: Files = request.getfixturevalue("files")
        fresh = files.fresh(tmp_path)
    else:
        emptied: Emptied = request.getfixturevalue("emptied")
        fresh = emptied.fresh()
    with fresh as found:
        yield found


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
