"""Commands for those who run the portal: the first administrators, reminders by hand, checking the audit trail."""

from datetime import UTC, datetime

import click

from portal import words
from portal.actions import audit, staff
from portal.actions.work import Door
from portal.cli import rounds
from portal.config import Settings
from portal.core.roles import Role


def add_first(settings: Settings, role: str, *, name: str, mail: str, office: str) -> int:
    """Make the first account of one of the three powers; 0 when it is made."""
    door = Door.open(settings)
    with door.writing("portal staff") as work:
        link, problems = staff.bootstrap(work, Role(role), name=name, mail=mail, office=office)
    door.database.close()
    for problem in problems:
        click.echo(words.problem(problem), err=True)
    if link is None:
        return 1
    click.echo(f"账号已建立：{mail}。请本人在 7 天内打开下面的链接设置密码（也已写成邮件）：")
    click.echo(link)
    return 0


def remind_now(settings: Settings) -> int:
    """Write and send what is due, as the worker does; 0 when every letter left."""
    door = Door.open(settings)
    written = rounds.remind(door)
    sent, failed = rounds.deliver(door)
    door.database.close()
    click.echo(f"新写提醒 {written} 封；发出 {sent} 封，未能发出 {failed} 封")
    return 1 if failed else 0


def verify_trail(settings: Settings, since: datetime | None) -> int:
    """Check the chain; 0 when it is whole, 1 when a line does not hold or lines are gone."""
    door = Door.open(settings)
    moment = since.replace(tzinfo=words.BEIJING).astimezone(UTC) if since is not None else None
    with door.reading() as work:
        found = audit.verify(work, moment)
    door.database.close()
    click.echo(f"已校验 {found.checked:,} 行；末行 {found.head.number:,}，校验值 {found.head.hash}")
    if found.broken is not None:
        click.echo(f"从第 {found.broken:,} 行起不符：此行或它之前有内容被改动、插入或删除", err=True)
    if found.lost is not None:
        click.echo(f"曾有 {found.lost:,} 行，之后的部分已被删去", err=True)
    if found.is_whole:
        click.echo("审计日志完整")
    return 0 if found.is_whole else 1
