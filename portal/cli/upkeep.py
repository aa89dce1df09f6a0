"""Migrating and backing up the database."""

import hashlib
import os
from pathlib import Path

import click
import pysqlite3.dbapi2

from portal.config import Settings
from portal.storage.migrations import migrate, pending
from portal.storage.session import Database, StorageError


def migrate_database(settings: Settings) -> None:
    """Bring the database to the present tables, and say what was done."""
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    applied = migrate(database, settings.migration_folder)
    database.close()
    click.echo(f"已升级：{'、'.join(applied)}" if applied else "数据库已是最新，无需升级")


def back_up(settings: Settings, file: Path) -> None:
    """Copy with VACUUM INTO, which sees one state of the database while others write, then try the copy out."""
    database = Database(settings.database_url)
    if not database.is_sqlite:
        raise click.ClickException("PostgreSQL 请用 pg_dump --format=custom 备份，做法见 docs/operations.md")
    if database.file is None or not database.file.is_file():
        raise click.ClickException(f"没有找到数据库文件：{database.file}")
    if file.exists():
        raise click.ClickException(f"{file} 已存在，不会覆盖，请换一个文件名")
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with database.connection() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(draft),))
        counts = check_copy(draft, settings)
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
        database.close()
    click.echo(f"已备份到 {file}（{file.stat().st_size:,} 字节，SHA-256 {digest}）")
    click.echo("已打开备份并检查：结构完整，外键一致，版本为最新")
    click.echo("各表行数：" + "，".join(f"{name} {count}" for name, count in counts.items()))


def check_copy(copy: Path, settings: Settings) -> dict[str, int]:
    """Open the copy as a restore would and look at all of it; raises StorageError. The rows of every table."""
    bare = pysqlite3.dbapi2.connect(f"file:{copy.resolve().as_posix()}?mode=ro", uri=True)
    try:
        (answer,) = bare.execute("PRAGMA integrity_check").fetchone()
        if answer != "ok":
            raise StorageError(f"the copy is damaged: {answer}")
        if bare.execute("PRAGMA foreign_key_check").fetchone():
            raise StorageError("the copy has broken foreign keys")
        names = [
            n for (n,) in bare.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        counts = {n: bare.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}  # noqa: S608
    finally:
        bare.close()
    restored = Database(f"sqlite:///{copy.resolve()}")
    try:
        lacking = pending(restored, settings.migration_folder)
    finally:
        restored.close()
        for rest in ("-wal", "-shm"):
            copy.with_name(copy.name + rest).unlink(missing_ok=True)
    if lacking:
        raise StorageError(f"the copy lacks migrations: {', '.join(lacking)}")
    return counts
