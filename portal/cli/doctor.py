"""The doctor: looks at everything the portal stands on, and says what to do about what is wrong."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import click

from portal.catalog.library import CatalogError, load
from portal.config import Settings
from portal.core.errors import PortalError
from portal.report.typeface import FAMILY as FONT
from portal.report.typeface import FONT_SETTINGS, cuts
from portal.storage import evidence as stored_evidence
from portal.storage.files import CONTENT, open_store
from portal.storage.migrations import pending
from portal.storage.session import Database

LEAST_FREE = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` says what to do when it is not well."""

    what: str
    is_well: bool
    detail: str
    remedy: str = ""


def examine(settings: Settings) -> int:
    """Print every finding; 0 when all is well, 1 otherwise."""
    findings = [finding for look in _LOOKS for finding in look(settings)]
    for finding in findings:
        click.echo(f"{'✓' if finding.is_well else '✗'} {finding.what}：{finding.detail}")
        if not finding.is_well:
            click.echo(f"    → {finding.remedy}")
    ill = sum(not finding.is_well for finding in findings)
    click.echo(f"共检查 {len(findings)} 项，{f'{ill} 项需要处理' if ill else '全部正常'}")
    return 1 if ill else 0


def _python(_: Settings) -> Iterator[Finding]:
    running = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), running, "需要 Python 3.11 或更高版本")


def _fonts(_: Settings) -> Iterator[Finding]:
    what = "中文字体"
    remedy = "安装字体：apt-get install fonts-noto-cjk fontconfig"
    program = shutil.which("fc-list")
    if program is None:
        yield Finding(what, is_well=False, detail="缺少 fc-list，无法检查字体", remedy=remedy)
        return
    env = os.environ | {"FONTCONFIG_FILE": str(FONT_SETTINGS)}
    # The family's whole name: the cut's begins with it.
    command = [program, FONT, "family", "style"]
    listed = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    mine = [line for line in listed.stdout.splitlines() if FONT in line]
    is_whole = all(any(style in line for line in mine) for style in ("Regular", "Bold"))
    yield Finding(what, is_whole, f"{FONT} 常规与粗体{'' if is_whole else '不全'}", remedy)
    made = "，".join(cuts()) or "没有制作：报告照常打印，文件约大 200 KB；执行 portal fonts 即可"
    yield Finding("精简字体", is_well=True, detail=made)


def _printing(_: Settings) -> Iterator[Finding]:
    what, remedy = "PDF 组件", "安装：apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    try:
        import portal.report.pdf  # noqa: F401 - loads the libraries that it prints with
    except (ImportError, OSError) as error:
        yield Finding(what, is_well=False, detail=str(error).splitlines()[0], remedy=remedy)
        return
    yield Finding(what, is_well=True, detail="WeasyPrint " + version("weasyprint"))


def _folders(settings: Settings) -> Iterator[Finding]:
    for what, folder in (
        ("数据目录", settings.data_folder),
        ("邮件目录", settings.mail_folder),
        ("报告目录", settings.report_folder),
    ):
        there = _nearest(folder)
        is_well = os.access(there, os.W_OK | os.X_OK) and there.is_dir()
        detail = f"{folder}{'' if folder.exists() else '（首次使用时创建）'}"
        remedy = f"让运行门户的用户可以写入 {there}，或用 PORTAL_DATA_FOLDER 指定别的目录"
        yield Finding(what, is_well, detail if is_well else f"{there} 不可写", remedy)
    free = shutil.disk_usage(_nearest(settings.data_folder)).free
    yield Finding(
        "磁盘空间", free >= LEAST_FREE, f"剩余 {free // 1024**2:,} MiB", "清理磁盘，至少留出 500 MiB"
    )


def _nearest(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _secret(settings: Settings) -> Iterator[Finding]:
    what, file = "密钥", settings.data_folder / "secret_key"
    if settings.secret:
        yield Finding(what, is_well=True, detail="由环境变量 PORTAL_SECRET 提供")
    elif not file.exists():
        yield Finding(what, is_well=True, detail="首次启动时生成")
    else:
        mode = file.stat().st_mode & 0o777
        is_well = not mode & 0o077 and len(file.read_text().strip()) >= 32
        remedy = f"执行 chmod 600 {file}；若怀疑泄露，停止门户后删除此文件，下次启动会重新生成"
        yield Finding(what, is_well, f"{file}，权限 {mode:o}", remedy)


def _database(settings: Settings) -> Iterator[Finding]:
    what = "数据库"
    try:
        database = Database(settings.database_url)
        if database.file is not None and not database.file.exists():
            yield Finding(what, is_well=False, detail="尚未建立", remedy="执行 portal migrate")
            return
        detail = "，".join(f"{name} {value}" for name, value in database.check().items())
        yield Finding(what, is_well=True, detail=detail)
        lacking = pending(database, settings.migration_folder)
        database.close()
    except Exception as error:  # noqa: BLE001 - whatever it is, the doctor has to say it and go on
        remedy = "检查 PORTAL_DATABASE_URL、数据库服务和文件权限；SQLite 版本过旧时重新执行 ./run setup"
        yield Finding(what, is_well=False, detail=str(error).splitlines()[0], remedy=remedy)
        return
    said = f"缺少 {'、'.join(lacking)}" if lacking else "已是最新"
    yield Finding("数据库升级", not lacking, said, "先执行 portal backup 备份，再执行 portal migrate")


def _evidence(settings: Settings) -> Iterator[Finding]:
    what = "佐证存储"
    remedy = "检查 PORTAL_EVIDENCE_STORE、PORTAL_S3_… 和数据目录的权限"
    place = settings.evidence_store or str(settings.evidence_folder)
    try:
        if not settings.evidence_store and not settings.evidence_folder.exists():
            yield Finding(what, is_well=True, detail=f"{place}（首次使用时创建）")
            return
        store, probe = open_store(settings), f"probe-{secrets.token_hex(8)}/{CONTENT}"
        store.put(probe, b"doctor")
        # A bucket that does not know If-None-Match would overwrite what was submitted.
        is_kept = not store.put(probe, b"another") and store.get(probe) == b"doctor"
        store.remove([probe])
        there = {one.path for one in store.everything()}
    except PortalError as error:
        yield Finding(what, is_well=False, detail=str(error).splitlines()[0], remedy=remedy)
        return
    lacking = "" if is_kept else "，会被覆盖：须支持 If-None-Match"
    yield Finding(what, is_kept, f"{place}，{len(there):,} 个文件{lacking}", remedy)
    try:
        database = Database(settings.database_url)
        if database.file is not None and not database.file.exists():
            return
        with database.reading() as session:
            keys = stored_evidence.all_keys(session)
        database.close()
    except Exception:  # noqa: BLE001 - what ails the database has been said already
        return
    lost = [f"{key}/{CONTENT}" for key in keys if f"{key}/{CONTENT}" not in there]
    said = f"{len(keys):,} 条记录，{len(lost)} 条找不到文件" + (f"：{lost[0]}" if lost else "")
    yield Finding("佐证文件", not lost, said, "从备份的 evidence 目录恢复这些文件")


def _content(settings: Settings) -> Iterator[Finding]:
    try:
        library = load(settings.content_folder)
    except (PortalError, OSError) as error:
        count = f"{len(error.problems)} 处问题" if isinstance(error, CatalogError) else str(error)
        remedy = f"执行 python -m portal.catalog {settings.content_folder} 查看每一处"
        yield Finding("问卷数据", is_well=False, detail=count, remedy=remedy)
        return
    sectors = "、".join(f"{one.sector} {one.version}" for one in library.newest())
    detail = f"{sectors}；技术 {len(library.technologies)} 项"
    yield Finding("问卷数据", bool(library.newest()), detail, "检查 PORTAL_CONTENT_FOLDER")


_LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _python,
    _fonts,
    _printing,
    _folders,
    _secret,
    _database,
    _evidence,
    _content,
)
