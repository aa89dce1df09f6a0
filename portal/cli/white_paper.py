"""`portal white-paper`: the year's paper of the city or a district as PDF, and as Word when asked."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from portal import words
from portal.actions import white_paper
from portal.actions.work import Door
from portal.config import Settings
from portal.core.enterprise import DISTRICTS
from portal.report.press import print_report


def print_white_paper(
    settings: Settings, *, year: int | None, district: str, out: Path, word: Path | None, day: date | None
) -> None:
    """Print it, with progress on the terminal."""
    if district and district not in DISTRICTS:
        raise click.ClickException(f"没有代码为 {district} 的区县；可用：{'、'.join(DISTRICTS)}")
    door = Door.open(settings)
    with door.reading() as work:
        years = white_paper.years(work)
        chosen = year or (years[0] if years else None)
        if chosen is None or chosen not in years:
            told = "、".join(map(str, years)) or "没有任何年度"
            raise click.ClickException(f"没有 {year or ''} 年度的提交；有数据的年度：{told}")
        found = white_paper.composed(work, chosen, district, day or words.local(datetime.now(UTC)).date())
    door.database.close()
    print_report(
        white_paper.paper(found), out, lambda percent, step: click.echo(f"{percent:3d}% {step}", err=True)
    )
    click.echo(f"已打印：{out}（{out.stat().st_size:,} 字节）")
    if word is not None:
        word.parent.mkdir(parents=True, exist_ok=True)
        word.write_bytes(white_paper.in_word(found))
        click.echo(f"已写出：{word}（{word.stat().st_size:,} 字节）")
