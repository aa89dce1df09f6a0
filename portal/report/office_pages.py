"""An office file as a PDF: read and set in a child of its own, so that a prepared file costs its own pages and no more.

The child has its bounds before it opens the file: processor time, memory, and the size of what it writes.
"""

import gc
import os
import resource
import warnings
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import NoReturn

from docx.opc.exceptions import PackageNotFoundError

from portal.core.evidence import MediaType
from portal.report import html, office_sheets, office_text, pdf
from portal.report.office import SHOWN_OTHERWISE, Omitted, Setter

SECONDS = 100  # of processor time, for one file
MEBIBYTES = 2048
_LARGEST = 256 * 1024 * 1024
_OLD_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READERS = {MediaType.DOCX: office_text.read, MediaType.XLSX: office_sheets.read}


class Outcome(Enum):
    """What became of a file; the value is how the child ends."""

    SET = 0
    DAMAGED = 3
    ENCRYPTED = 4
    NOT_SET = 5  # too large for the bounds, or written in a way that is not known here


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What stands over the first page, and what makes the same file the same bytes."""

    owner: object  # the particulars of the enterprise, for the running head
    title: str
    note: str
    made_on: date
    identifier: bytes


def lay_out(path: Path, kind: MediaType, opening: Opening, target: Path, seconds: int = SECONDS) -> Outcome:
    """Write the file's pages to `target`; what became of it."""
    child = os.fork()
    if child == 0:
        _live_as_child(path, kind, opening, target, seconds)
    # No clock here: the child never waits for anything, so its time on the processor ends it.
    _, code = os.waitpid(child, 0)
    status = os.waitstatus_to_exitcode(code)
    return Outcome(status) if status in {one.value for one in Outcome} else Outcome.NOT_SET


def _live_as_child(path: Path, kind: MediaType, opening: Opening, target: Path, seconds: int) -> NoReturn:
    outcome = Outcome.NOT_SET
    try:
        gc.disable()
        warnings.simplefilter("ignore")  # what openpyxl finds unusual concerns nobody here
        for what, most in (
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_AS, MEBIBYTES * 1024 * 1024),
            (resource.RLIMIT_FSIZE, _LARGEST),
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(what)
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (bound, bound))
        outcome = set_here(path, kind, opening, target)
    except BaseException:  # noqa: BLE001 - the child's own door: whatever a file provokes, it is only not set
        outcome = Outcome.NOT_SET
    finally:
        os._exit(outcome.value)


def set_here(path: Path, kind: MediaType, opening: Opening, target: Path) -> Outcome:
    """The same in this process and without bounds; raises whatever the readers raise."""
    with path.open("rb") as file:
        head = file.read(len(_OLD_CONTAINER))
    # Office puts a file under a password into a container of the old kind.
    if head == _OLD_CONTAINER:
        return (
            Outcome.ENCRYPTED
            if "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
            else Outcome.DAMAGED
        )
    try:
        with zipfile.ZipFile(path) as archive:
            if any(entry.flag_bits & 1 for entry in archive.infolist()):
                return Outcome.ENCRYPTED
        reading = _READERS[kind](path, Setter())
    # SyntaxError: XML that does not parse, in lxml as in the standard library.
    except (zipfile.BadZipFile, zlib.error, EOFError, SyntaxError, PackageNotFoundError):
        return Outcome.DAMAGED
    text = html.fill(
        "office.html",
        given=opening.owner,
        title=opening.title,
        note=opening.note,
        omitted=told(reading.omitted),
        some=reading.pieces,
    )
    imprint = pdf.Imprint(made_on=opening.made_on, identifier=opening.identifier)
    target.write_bytes(pdf.write(text, imprint=imprint))
    return Outcome.SET


def told(omitted: Counter[Omitted]) -> list[str]:
    """没有显示：图表 1 处、批注 2 处。"""
    some = [one for one in Omitted if omitted[one]]
    left = [f"{one.value} {omitted[one]} 处" for one in some if one not in SHOWN_OTHERWISE]
    other = [f"{one.value} {omitted[one]} 处" for one in some if one in SHOWN_OTHERWISE]
    lines = [f"没有显示：{'、'.join(left)}。"] if left else []
    return [*lines, *([f"说明：{'；'.join(other)}。"] if other else [])]
