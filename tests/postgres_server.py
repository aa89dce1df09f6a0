"""A throw-away PostgreSQL from Debian's programs: a Unix socket in a temporary folder, nothing kept, nothing shared."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def unavailable(reason: str) -> None:
    """Skip, saying why; where everything must be there (CI=true) that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def running_server() -> Iterator[Callable[..., str]]:
    """Start it; what it gives makes a database, empty or like another, and returns its URL."""
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

    def make(template: str = "template0") -> str:
        name = f"t_{secrets.token_hex(6)}"
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return address.format(name)

    try:
        yield make
    finally:
        engine.dispose()
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet, **as_user)
        shutil.rmtree(folder, ignore_errors=True)
