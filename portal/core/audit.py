"""The audit trail: who did what to which object, each line chained to the one before by its hash.

A line's hash covers its own stored text and the hash of the line before it, so that a changed, removed or inserted line
breaks the chain from there on. `previous` is unique in the table: two writers cannot fork it.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FIRST = "0" * 64  # what the first line follows


class Outcome(StrEnum):
    """Whether it was done; the values are stored."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line before it has its place in the chain. `before` and `after` are text, usually JSON."""

    deed: str
    subject_kind: str
    subject_id: str
    before: str = ""
    after: str = ""
    outcome: Outcome = Outcome.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it is kept; `number` counts from 1 without holes."""

    number: int
    at: datetime
    who: str
    name: str
    role: str
    origin: str
    event: Event
    previous: str
    hash: str


def hash_of(
    number: int, at: datetime, who: str, name: str, role: str, origin: str, event: Event, previous: str
) -> str:
    """SHA-256 of the line's canonical JSON. `at` in whole microseconds of UTC: more the database does not keep."""
    parts = [
        number, at.isoformat(timespec="microseconds"), who, name, role, origin,
        event.deed, event.subject_kind, event.subject_id, event.before, event.after, event.outcome.value, previous,
    ]  # fmt: skip
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def first_break(lines: Iterable[Line], *, start: int = 1, previous: str = FIRST) -> int | None:
    """The number of the first line at which the chain does not hold; None when all of it does.

    A part of the chain is checked from line `start` on, which follows the line with the hash `previous`.
    """
    for number, line in enumerate(lines, start=start):
        expected = hash_of(number, line.at, line.who, line.name, line.role, line.origin, line.event, previous)
        if line.number != number or line.previous != previous or line.hash != expected:
            return number
        previous = line.hash
    return None


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of the chain as it was at some moment, kept outside the database.

    A chain alone does not tell that its last lines were taken away; the anchor does.
    """

    number: int
    hash: str
