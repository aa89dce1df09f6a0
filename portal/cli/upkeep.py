"""Migrating the database, and backing it up with the files of evidence."""

import hashlib
import os
from pathlib import Path

import click
import pysqlite3.dbapi2

from portal.config import Settings
from portal.storage.files import CONTENT, THUMBNAIL, FileGone, open_store
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
        copied, lost = back_up_files(settings, draft, file.parent / "evidence")
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
        database.close()
    click.echo(f"已备份到 {file}（{file.stat().st_size:,} 字节，SHA-256 {digest}）")
    click.echo("已打开备份并检查：结构完整，外键一致，版本为最新")
    click.echo("各表行数：" + "，".join(f"{name} {count}" for name, count in counts.items()))
    if settings.evidence_store:
        click.echo(f"佐证文件在 {settings.evidence_store}，请用对象存储自己的版本或复制功能备份")
    else:
        click.echo(f"佐证文件：新复制 {copied} 个到 {file.parent / 'evidence'}，校验值全部一致")
    if lost:
        raise click.ClickException(f"{len(lost)} 个佐证文件在存储中找不到或已损坏：{'、'.join(lost[:10])}")


def back_up_files(settings: Settings, copy: Path, folder: Path) -> tuple[int, tuple[str, ...]]:
    """Copy the files that the database's copy knows and the folder does not have yet: how many, and what is lost.

    Files never change, so that every backup in one place shares one folder. A bucket backs itself up.
    """
    bare = pysqlite3.dbapi2.connect(f"file:{copy.resolve().as_posix()}?immutable=1", uri=True)
    try:
        rows = bare.execute(
            "SELECT store_key, sha256, has_thumbnail FROM evidence ORDER BY store_key"
        ).fetchall()
    finally:
        bare.close()
    if settings.evidence_store or not rows:
        return 0, ()
    store, copied, lost = open_store(settings), 0, []
    for key, digest, has_thumbnail in rows:
        if (folder / key / CONTENT).is_file():
            continue
        try:
            content = store.get(f"{key}/{CONTENT}")
            picture = store.get(f"{key}/{THUMBNAIL}") if has_thumbnail else None
        except FileGone as error:
            lost.append(str(error))
            continue
        if hashlib.sha256(content).hexdigest() != digest:
            lost.append(f"{key}/{CONTENT}")
            continue
        if picture is not None:
            _keep(folder / key / THUMBNAIL, picture)
        _keep(folder / key / CONTENT, content)  # last: it is what says that the whole is there
        copied += 1
    return copied, tuple(lost)


def _keep(file: Path, content: bytes) -> None:
    """Whole or not at all, on the disk when this returns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(file)


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
