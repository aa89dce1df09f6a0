"""What every action works with, and the door that opens and closes it: one unit of work, one commit."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from portal.catalog.library import load
from portal.config import Settings
from portal.core.audit import Event, Outcome
from portal.core.errors import PortalError
from portal.core.library import Library
from portal.core.roles import Account
from portal.storage import audit
from portal.storage.session import Database, StorageBusy, StorageFull

# Pages word these two; they may not look into storage themselves.
__all__ = ["Door", "NotFound", "StorageBusy", "StorageFull", "Work", "new_id"]


class NotFound(PortalError):
    """It does not exist, or it is a stranger's: nobody shall learn which."""


@dataclass(slots=True)
class Trail:
    """What a unit of work leaves in the audit trail, and who did it from where."""

    origin: str = ""
    who: Account | None = None
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of work. Actions never commit; the door does, once, when the action has ended well."""

    session: Session
    library: Library
    settings: Settings
    now: datetime  # aware, UTC
    is_writing: bool = False
    trail: Trail = field(default_factory=Trail)

    def note(
        self,
        deed: str,
        kind: str,
        id: str,
        *,
        before: str = "",
        after: str = "",
        outcome: Outcome = Outcome.DONE,
    ) -> None:
        """One line for the audit trail, written with the commit: `deed` is "<noun>.<verb>", `kind` the noun of `id`."""
        event = Event(
            deed=deed, subject_kind=kind, subject_id=id, before=before, after=after, outcome=outcome
        )
        self.trail.events.append(event)


@dataclass(frozen=True, slots=True)
class Door:
    """Opens units of work on one database: `reading()` for pages that show, `writing()` for those that change."""

    database: Database
    library: Library
    settings: Settings

    @classmethod
    def open(cls, settings: Settings) -> "Door":
        """Load the content and reach for the database; raises CatalogError or StorageError."""
        settings.data_folder.mkdir(parents=True, exist_ok=True)
        return cls(Database(settings.database_url), load(settings.content_folder), settings)

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """Sees one state of the database and cannot change it."""
        with self.database.reading() as session:
            yield Work(session, self.library, self.settings, _now())

    @contextmanager
    def writing(self, origin: str = "") -> Iterator[Work]:
        """Commits at a clean exit, rolls back on an exception. Build the response after the block.

        `origin` is the network address of whoever asks, for the audit trail, which is written last: its chain
        has one writer at a time, and nobody shall wait for a slow action.
        """
        with self.database.writing() as session:
            work = Work(
                session, self.library, self.settings, _now(), is_writing=True, trail=Trail(origin=origin)
            )
            yield work
            keep_trail(work)


def keep_trail(work: Work) -> None:
    """Write what was noted so far under the name of whoever acts; the door does it, and the demo when it changes hats."""
    trail = work.trail
    if not trail.events:
        return
    work.session.flush()
    audit.append(
        work.session,
        trail.events,
        now=work.now,
        who=trail.who.id if trail.who else "",
        name=trail.who.name if trail.who else "",
        role=trail.who.role.value if trail.who else "",
        origin=trail.origin[:64],
    )
    trail.events.clear()


def _now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """A random public id: 12 characters, safe in addresses, 72 bits."""
    return secrets.token_urlsafe(9)
