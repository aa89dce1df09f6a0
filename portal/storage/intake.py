"""What comes in from outside: told by its content, bounded before it is opened, refused by name.

Office files are looked through here; PDF and pictures are opened in a child with bounded memory and time
(`portal.storage.pictures`), so that a prepared file can neither stop nor fill the web process.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.core.errors import PortalError
from portal.core.evidence import MediaType

LARGEST_FILE = 20 * 1024 * 1024
MOST_ENTRIES = 2_000
LARGEST_UNPACKED = 200 * 1024 * 1024
# A sheet of equal rows packs 1:50 and more; beyond this, and once it is large, it is a bomb.
STEEPEST = 120
STEEP_FROM = 20 * 1024 * 1024
CHILD_SECONDS = 40
# Two cores: more children at once only make each of them late.
_TURN = threading.BoundedSemaphore(2)


class Refused(PortalError):
    """The content is not taken in; `code` names the reason, worded in `words`."""

    def __init__(self, code: str, *details: str) -> None:
        super().__init__(code, *details)
        self.code, self.details = code, details


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file as it is kept: pictures newly written without metadata, everything else as it came."""

    media_type: MediaType
    content: bytes
    pages: int | None
    thumbnail: bytes | None


def take_in(content: bytes) -> Taken:
    """Look at an upload; raises Refused."""
    if not content:
        raise Refused("file_empty")
    if len(content) > LARGEST_FILE:
        raise Refused("file_too_large", str(LARGEST_FILE // 1024**2))
    kind = sniffed(content)
    if kind in (MediaType.DOCX, MediaType.XLSX):
        return Taken(media_type=kind, content=content, pages=None, thumbnail=None)
    with tempfile.TemporaryDirectory(prefix="intake-") as name:
        folder = Path(name)
        (folder / "in").write_bytes(content)
        said = _child(folder, "take", kind.value)
        if "refused" in said:
            raise Refused(said["refused"], *said["details"])
        kept = (folder / "out").read_bytes() if said.get("is_rewritten") else content
        picture = folder / "thumbnail.jpg"
        return Taken(
            media_type=kind,
            content=kept,
            pages=said.get("pages"),
            thumbnail=picture.read_bytes() if picture.is_file() else None,
        )


def page_picture(media_type: MediaType, content: bytes, number: int) -> bytes | None:
    """A page of a PDF (from 1), or a picture, as a JPEG to look at; None when it cannot be drawn."""
    with tempfile.TemporaryDirectory(prefix="intake-") as name:
        folder = Path(name)
        (folder / "in").write_bytes(content)
        _child(folder, "page", media_type.value, str(number))
        picture = folder / "page.jpg"
        return picture.read_bytes() if picture.is_file() else None


def _child(folder: Path, *arguments: str) -> dict[str, Any]:
    """Run the child on the folder; what it wrote in `said.json`. One that died is a damaged file."""
    command = [sys.executable, "-I", "-m", "portal.storage.pictures", *arguments]
    # An environment of its own: a decoder that is taken over finds no secrets in it.
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    # One that takes too long has said nothing, like one that died.
    with _TURN, suppress(subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 - our own program
            command, cwd=folder, env=environment, check=False, timeout=CHILD_SECONDS,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    said = folder / "said.json"
    if not said.is_file():
        return {"refused": "file_damaged", "details": []}
    found: dict[str, Any] = json.loads(said.read_text("utf-8"))
    return found


# ── Telling what it is ───────────────────────────────────────────────────────

_HEIC = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
_OTHER_PICTURES = (b"GIF8", b"BM", b"II*\0", b"MM\0*")


def sniffed(content: bytes) -> MediaType:
    """What the content is, whatever its name says; raises Refused with the nearest advice."""
    head = content[:16]
    if content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return MediaType.PDF
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head.startswith(b"PK\x03\x04"):
        return _office(content)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # Word and Excel put an encrypted docx into an old container with this name in it.
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise Refused("file_encrypted" if is_encrypted else "file_old_office")
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        raise Refused("file_heic")
    if head.startswith(_OTHER_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        raise Refused("file_other_picture")
    raise Refused("file_unknown")


# ── Office files ─────────────────────────────────────────────────────────────

_MAIN = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": MediaType.DOCX,
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": MediaType.XLSX,
}


def _office(content: bytes) -> MediaType:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_bounds(entries)
            names = {entry.filename.lower() for entry in entries}
            if "ofd.xml" in names:
                raise Refused("file_ofd")
            kind = _main_part(archive, names)
            _check_parts(archive, names)
            _read_through(archive, entries)
            return kind
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
    ) as error:
        raise Refused("file_damaged") from error
    except Exception as error:
        if isinstance(error, Refused) or type(error).__module__ not in {"zlib", "_lzma", "struct"}:
            raise
        raise Refused("file_damaged") from error


def _check_bounds(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("file_encrypted")
    unpacked, packed = sum(one.file_size for one in entries), sum(one.compress_size for one in entries)
    is_steep = unpacked > STEEP_FROM and unpacked > STEEPEST * max(packed, 1)
    if len(entries) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED or is_steep:
        raise Refused("file_unpacks_too_large")
    if len({entry.filename for entry in entries}) != len(entries):
        raise Refused("file_damaged")


def _main_part(archive: zipfile.ZipFile, names: set[str]) -> MediaType:
    if "[content_types].xml" not in names:
        raise Refused("file_archive")
    types = _part(archive, "[content_types].xml")
    if b"macroEnabled" in types or any("vbaproject" in name for name in names):
        raise Refused("file_macros")
    found = [kind for mark, kind in _MAIN.items() if mark in types]
    if len(found) != 1:
        raise Refused("file_unknown")
    return found[0]


def _check_parts(archive: zipfile.ZipFile, names: set[str]) -> None:
    """Controls that run, and a template that Word would fetch from elsewhere at opening."""
    if any("/activex/" in name for name in names):
        raise Refused("file_macros")
    for name in names:
        if name.endswith(".rels") and "settings.xml" in name:
            text = _part(archive, name)
            if b"attachedTemplate" in text and b"External" in text:
                raise Refused("file_macros")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    entry = next(one for one in archive.infolist() if one.filename.lower() == name)
    with archive.open(entry) as stream:
        return stream.read(4 * 1024 * 1024)


def _read_through(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """What the directory says of sizes may be a lie; reading checks every sum, within the bounds."""
    total = 0
    for entry in entries:
        with archive.open(entry) as stream:
            while some := stream.read(1024 * 1024):
                total += len(some)
                if total > LARGEST_UNPACKED:
                    raise Refused("file_unpacks_too_large")
