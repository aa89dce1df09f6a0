"""Starting the web: gunicorn as a process of its own, so that nothing here loads Flask."""

import os
import subprocess
import sys

import click

from portal.config import Settings
from portal.storage.migrations import pending
from portal.storage.session import Database


def web_command(settings: Settings, *, workers: int, threads: int) -> list[str]:
    """The command that serves the portal. Threads wait for the database; a report never runs in here."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--worker-class=gthread",
        "--limit-request-line=8190",  # a search for a long Chinese phrase is nine bytes a letter in the address
        f"--workers={workers}",
        f"--threads={threads}",
        f"--bind={settings.host}:{settings.port}",
        "--no-control-socket",
        "--timeout=60",
        "--graceful-timeout=10",
        "--log-level=warning",
        "portal.app:create_app()",
    ]


def environment(settings: Settings) -> dict[str, str]:
    """What a child process must be told so that it sees the same settings."""
    signing = {
        "PORTAL_SIGNING_CERTIFICATE": settings.signing_certificate,
        "PORTAL_SIGNING_PASSWORD_FILE": settings.signing_password_file,
    }
    named = {name: str(file) for name, file in signing.items() if file is not None}
    return (
        os.environ
        | named
        | {
            "PORTAL_DATA_FOLDER": str(settings.data_folder),
            "PORTAL_DATABASE_URL": settings.database_url,
            "PORTAL_HOST": settings.host,
            "PORTAL_PORT": str(settings.port),
            "PYTHONUNBUFFERED": "1",
        }
    )


def become_server(settings: Settings, *, workers: int, threads: int) -> None:
    """Replace this process by gunicorn; refuses a database that lacks migrations."""
    database = Database(settings.database_url)
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    lacking = pending(database, settings.migration_folder)
    database.close()
    if lacking:
        raise click.ClickException(f"数据库还缺少升级：{'、'.join(lacking)}。请先执行 portal migrate")
    click.echo(f"门户地址：{settings.address}")
    command = web_command(settings, workers=workers, threads=threads)
    os.execve(command[0], command, environment(settings))  # noqa: S606 - no shell is what we want


def print_routes(*, is_json: bool) -> int:
    """Let the web tell its routes."""
    command = [sys.executable, "-m", "portal.app", *(["--json"] if is_json else [])]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own program
