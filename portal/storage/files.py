"""Where files lie: a folder on this machine or a bucket (S3), behind one API that never overwrites."""

import errno
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal.config import Settings
from portal.storage.session import StorageError, StorageFull

CONTENT, THUMBNAIL = "content", "thumbnail.jpg"
_NO_SPACE = (f"os error {errno.ENOSPC})", f"os error {errno.EDQUOT})")


class StoreUnreachable(StorageError):
    """The folder or bucket cannot be used now; the message says why."""


class FileGone(StorageError):
    """The database knows the file, the store does not have it."""


@dataclass(frozen=True, slots=True)
class Lying:
    """One file as the store lists it."""

    path: str
    size: int
    changed_at: datetime


class FileStore:
    """Files by path: `<random key>/content`, and beside it pictures made from it."""

    def __init__(self, store: Any, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder  # None: not on this machine

    def put(self, path: str, content: bytes) -> bool:
        """Keep the content for good; False when there is something under that path already, which stays.

        When this returns it is on the disk. A bucket whose answer got lost was asked again, and says False of what it
        has just taken. Raises StorageFull, StoreUnreachable; what is there then all the same, nobody knows of.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError

        try:
            obstore.put(self._store, path, content, mode="create")
        except AlreadyExistsError:
            return False
        except Exception as error:
            raise _translated(error) from error
        if self._folder is not None:
            _to_disk(self._folder / path)
        return True

    def get(self, path: str) -> bytes:
        """The content; raises FileGone, StoreUnreachable."""
        import obstore

        try:
            return bytes(obstore.get(self._store, path).bytes())
        except FileNotFoundError as error:
            raise FileGone(path) from error
        except Exception as error:
            raise _translated(error) from error

    def remove(self, paths: Iterable[str]) -> None:
        """Take files away; what is not there is no error."""
        import obstore

        for path in paths:
            try:
                obstore.delete(self._store, path)
            except FileNotFoundError:
                continue
            except Exception as error:
                raise _translated(error) from error

    def everything(self) -> Iterator[Lying]:
        """Every file, in no order."""
        import obstore

        try:
            for some in obstore.list(self._store):
                for one in some:
                    yield Lying(one["path"], one["size"], one["last_modified"])
        except Exception as error:
            raise _translated(error) from error


def _translated(error: Exception) -> StorageError:
    """The store's own errors, of which only the text tells a full disk from an absent one."""
    reason = str(error).partition("\n")[0]
    kind = StorageFull if any(mark in reason for mark in _NO_SPACE) else StoreUnreachable
    return kind(reason)


def _to_disk(file: Path) -> None:
    """The file and its name survive a power cut: what a row will point to must be there before the row."""
    try:
        for path in (file, file.parent, file.parent.parent):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    except OSError as error:
        raise _translated(error) from error


def open_store(settings: Settings) -> FileStore:
    """The store that the settings name; raises StoreUnreachable when the folder cannot be made."""
    return _opened(
        settings.evidence_store or str(settings.evidence_folder),
        settings.s3_endpoint,
        settings.s3_region,
        settings.s3_key,
        settings.s3_secret,
    )


@lru_cache(maxsize=8)
def _opened(place: str, endpoint: str, region: str, key: str, secret: str) -> FileStore:
    from obstore.store import LocalStore, MemoryStore, S3Store

    scheme, _, rest = place.partition("://")
    if scheme == "memory":  # tests; the same name is the same store
        return FileStore(MemoryStore())
    if scheme == "s3":
        bucket, _, prefix = rest.partition("/")
        given = {
            "endpoint": endpoint,
            "region": region,
            "access_key_id": key,
            "secret_access_key": secret,
        }
        known: Any = {name: value for name, value in given.items() if value}
        plain: Any = {"allow_http": True} if endpoint.startswith("http://") else {}
        return FileStore(
            S3Store(bucket, prefix=prefix or None, client_options=plain, retry_config=_PATIENCE, **known)
        )
    folder = Path(place)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return FileStore(LocalStore(str(folder)), folder)
    except OSError as error:
        raise _translated(error) from error


# A person waits for the answer: give up long before the three minutes that the library takes by itself.
_PATIENCE: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=15)}
