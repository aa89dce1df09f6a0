"""What tests stand on: a fresh portal on SQLite and on PostgreSQL, with a small questionnaire and cheap passwords."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine

from portal.actions import passwords
from portal.actions.work import Door
from portal.config import Settings
from portal.storage.migrations import migrate
from portal.storage.session import Database
from tests.cast import Person, make_colleague, make_manager, make_stranger
from tests.make import make_library, make_settings


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


# ── PostgreSQL ───────────────────────────────────────────────────────────────


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def unavailable(reason: str) -> None:
    """Skip, saying why; where everything must be there (CI=true) that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A throw-away server on a Unix socket; each call makes an empty database and gives its URL."""
    programs = _programs()
    if programs is None:
        unavailable("PostgreSQL's programs are missing: ./run test installs them")
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a short path: a socket's name has room for 100 characters
    as_user: dict[str, str] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            unavailable("PostgreSQL cannot run as root, and there is no user postgres")
        shutil.chown(folder, "postgres")
        as_user = {"user": "postgres"}
    cluster = folder / "data"
    env = os.environ | {"LC_ALL": "C"}
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder, "env": env}
    subprocess.run(
        [programs / "initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", cluster],
        **quiet,
        **as_user,
    )
    options = (
        f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c max_connections=60"
    )
    control = [programs / "pg_ctl", "-D", cluster, "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], **quiet, **as_user)
    address = "postgresql+psycopg://postgres@/{}?host=" + str(folder)
    engine = create_engine(address.format("postgres"), isolation_level="AUTOCOMMIT")

    def empty() -> str:
        name = f"t_{secrets.token_hex(6)}"
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return address.format(name)

    try:
        yield empty
    finally:
        engine.dispose()
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet, **as_user)
        shutil.rmtree(folder, ignore_errors=True)


# ── A portal ─────────────────────────────────────────────────────────────────


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'portal.sqlite'}"
    url: str = request.getfixturevalue("postgres")()
    return url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings on an empty data folder."""
    return make_settings(tmp_path / "data", database_url=database_url)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A database with the present tables."""
    found = Database(settings.database_url)
    migrate(found, settings.migration_folder)
    yield found
    found.close()


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
