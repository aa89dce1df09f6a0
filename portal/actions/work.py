"""What every action works with, and the door that opens and closes it: one unit of work, one commit."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from portal.catalog.library import load
from portal.config import Settings
from portal.core.errors import PortalError
from portal.core.library import Library
from portal.storage.session import Database, StorageBusy, StorageFull

# Pages word these two; they may not look into storage themselves.
__all__ = ["Door", "NotFound", "StorageBusy", "StorageFull", "Work", "new_id"]


class NotFound(PortalError):
    """It does not exist, or it is a stranger's: nobody shall learn which."""


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of work. Actions never commit; the door does, once, when the action has ended well."""

    session: Session
    library: Library
    settings: Settings
    now: datetime  # aware, UTC
    is_writing: bool = False


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
    def writing(self) -> Iterator[Work]:
        """Commits at a clean exit, rolls back on an exception. Build the response after the block."""
        with self.database.writing() as session:
            yield Work(session, self.library, self.settings, _now(), is_writing=True)


def _now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """A random public id: 12 characters, safe in addresses, 72 bits."""
    return secrets.token_urlsafe(9)
