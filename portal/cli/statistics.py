"""Counting the statistics anew, from the command line."""

import click

from portal.actions import statistics
from portal.actions.work import Door
from portal.config import Settings


def rebuild(settings: Settings) -> None:
    """Count every submission anew, in one transaction, and say how many there are."""
    door = Door.open(settings)
    with door.writing() as work:
        count = statistics.rebuild(work)
    door.database.close()
    click.echo(f"已重新统计 {count} 份提交")
