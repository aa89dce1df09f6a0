"""The worker's rounds beside printing: letters leave, reminders are written, the audit trail is anchored, orphans go."""

import time

import click

from portal.actions import audit, campaign, evidence, outbox, report
from portal.actions.work import Door
from portal.core.errors import PortalError

LETTERS = 3.0  # seconds between looks into the outbox
REMINDERS = 60.0
ANCHORS = 60.0
ORPHANS = 3600.0


class Rounds:
    """What is due is done when `walk` is called; a round that fails is told, and tried again at its next time."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._next = {"letters": 0.0, "reminders": 0.0, "anchors": 0.0, "orphans": 0.0}

    def walk(self) -> None:
        """Do what is due now."""
        for name, pause, round in (
            ("reminders", REMINDERS, remind),
            ("letters", LETTERS, deliver),
            ("anchors", ANCHORS, anchor),
            ("orphans", ORPHANS, sweep_orphans),
        ):
            if time.monotonic() < self._next[name]:
                continue
            self._next[name] = time.monotonic() + pause
            try:
                round(self._door)
            except (PortalError, OSError) as error:
                click.echo(f"{type(error).__name__}: {error}", err=True)


def remind(door: Door) -> int:
    """Write today's reminders, if they have not been written yet: how many."""
    with door.reading() as work:
        if not campaign.has_due(work):
            return 0
    with door.writing() as work:
        return campaign.remind_due(work)


def deliver(door: Door) -> tuple[int, int]:
    """Send what is due: how many letters left, how many did not."""
    sent, failed = outbox.deliver(door)
    if failed:
        click.echo(f"{failed} 封信件未能发出，稍后再试；原因见网页“信件”", err=True)
    return sent, failed


def anchor(door: Door) -> bool:
    """Keep the end of the audit trail beside the database."""
    with door.reading() as work:
        return audit.anchor(work)


def sweep_orphans(door: Door) -> int:
    """Take away files that never got their row, and what a killed worker left half printed: how many."""
    with door.reading() as work:
        return evidence.sweep(work) + report.sweep(work)
