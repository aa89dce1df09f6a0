"""The audit trail as the auditor reads it: searched, exported, checked; the only thing the auditor can open."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from portal import words, words_bureau
from portal.actions.work import NotFound, Work
from portal.core.audit import FIRST, Anchor, Line, first_break
from portal.core.campaign import midnight_after
from portal.core.roles import Account, Role
from portal.report import sheets
from portal.storage import audit as stored
from portal.storage.assessment import canonical

MOST_EXPORTED = 50_000
# Lines of these deeds hold answers of enterprises, or what they say beside them, which nobody of the administration
# reads; of the second kind only the words are sealed.
_SEALED = ("answer.", "data_check.")
_SEALED_WORDS = ("review.reply", "objection.")
_SEALED_FIELDS = frozenset({"counted", "answer", "answers"})
SEAL = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for; empty fields do not narrow. Both days belong to it, by Hangzhou's clock."""

    words: str = ""
    deed: str = ""
    who: str = ""
    kind: str = ""
    subject: str = ""
    outcome: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of the trail, newest first."""

    lines: tuple[Line, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What checking the chain came to. `broken` is the first line that does not hold; None: all of it does.

    `lost` is the number up to which lines were once there and are not any more.
    """

    checked: int
    broken: int | None
    lost: int | None
    head: Anchor

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, inserted or taken away."""
        return self.broken is None and self.lost is None


def listed(work: Work, who: Account, asked: Asked, *, offset: int = 0, limit: int = 50) -> Listing:
    """A page of the trail, with answers sealed."""
    _auditor_only(who)
    lines, count = _find(work, asked, offset=offset, limit=limit)
    return Listing(lines=tuple(_sealed(line) for line in lines), count=count)


def choices(work: Work, who: Account) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The deeds and the kinds of objects that occur."""
    _auditor_only(who)
    return stored.deeds(work.session), stored.kinds(work.session)


def _find(work: Work, asked: Asked, *, offset: int, limit: int) -> tuple[tuple[Line, ...], int]:
    return stored.find(
        work.session,
        words=asked.words,
        deed=asked.deed,
        who=asked.who,
        kind=asked.kind,
        subject=asked.subject,
        outcome=asked.outcome,
        since=_start(asked.first),
        until=midnight_after(asked.last) if asked.last is not None else None,
        offset=offset,
        limit=limit,
    )


def _start(day: date | None) -> datetime | None:
    return midnight_after(date.fromordinal(day.toordinal() - 1)) if day is not None else None


def _auditor_only(who: Account) -> None:
    if who.role is not Role.AUDITOR:
        raise NotFound("audit")


# ── Sealing ──────────────────────────────────────────────────────────────────


def _sealed(line: Line) -> Line:
    event = line.event
    is_all = event.deed.startswith(_SEALED)
    fields = _SEALED_FIELDS | ({"comment"} if event.deed.startswith(_SEALED_WORDS) else set())
    before, after = (_seal(text, fields, is_all=is_all) for text in (event.before, event.after))
    return replace(line, event=replace(event, before=before, after=after))


def _seal(text: str, fields: frozenset[str], *, is_all: bool) -> str:
    """The text without answers: which item changed remains, what was said does not."""
    try:
        value = json.loads(text)
    except ValueError:
        return SEAL if is_all and text else text
    if not isinstance(value, dict):
        return SEAL if is_all else text
    hidden = {key: SEAL if is_all or key in fields else one for key, one in value.items()}
    return json.dumps(hidden, ensure_ascii=False, sort_keys=True)


# ── Taking it away ───────────────────────────────────────────────────────────


def export_sheet(work: Work, who: Account, asked: Asked) -> bytes:
    """What is looked for as an Excel file, newest first."""
    lines = _exported(work, who, asked)
    columns = tuple(sheets.Column(title=title, width=width) for title, width in words_bureau.AUDIT_COLUMNS)
    sectors = sectors_of(work)
    rows = [words_bureau.audit_row(line, sectors) for line in lines]
    sheet = sheets.Sheet(title=words_bureau.AUDIT_SHEET, columns=columns, rows=rows)
    return sheets.workbook((sheet,), at=work.now)


def sectors_of(work: Work) -> dict[str, str]:
    """What the sectors are called, by id."""
    return {one.id: one.sector for one in work.library.newest()}


def export_lines(work: Work, who: Account, asked: Asked) -> bytes:
    """The same as JSON, one line each, with the hashes of the chain."""
    told = (json.dumps(_told(line), ensure_ascii=False) for line in _exported(work, who, asked))
    return "".join(line + "\n" for line in told).encode()


def _exported(work: Work, who: Account, asked: Asked) -> tuple[Line, ...]:
    _auditor_only(who)
    lines, _ = _find(work, asked, offset=0, limit=MOST_EXPORTED)
    work.note("audit.export", "audit", "", after=canonical({"lines": len(lines)}))
    return tuple(_sealed(line) for line in lines)


def _told(line: Line) -> dict[str, object]:
    event = line.event
    return {
        "number": line.number,
        "at": line.at.isoformat(timespec="microseconds"),
        "who": line.who,
        "name": line.name,
        "role": line.role,
        "origin": line.origin,
        "deed": event.deed,
        "subject_kind": event.subject_kind,
        "subject_id": event.subject_id,
        "before": event.before,
        "after": event.after,
        "outcome": event.outcome.value,
        "previous": line.previous,
        "hash": line.hash,
    }


# ── Checking ─────────────────────────────────────────────────────────────────


def check(work: Work, who: Account) -> Verification:
    """Check the whole chain for the auditor, and note that it was done."""
    _auditor_only(who)
    found = verify(work)
    told = {"checked": found.checked, "broken": found.broken, "lost": found.lost}
    work.note("audit.check", "audit", "", after=canonical(told))
    return found


def verify(work: Work, since: datetime | None = None) -> Verification:
    """Check the chain, all of it or from the first line at or after a moment on, and against the kept anchors."""
    start = stored.last_before(work.session, since) if since is not None else 0
    before = stored.get(work.session, start) if start else None
    anchors = {anchor.number: anchor.hash for anchor in _anchors(work)}
    seen = _Seen(anchors)
    broken = first_break(
        seen.watch(stored.read(work.session, start)),
        start=start + 1,
        previous=before.hash if before is not None else FIRST,
    )
    newest = max((number for number in anchors if number > start), default=0)
    return Verification(
        checked=seen.count,
        broken=min((one for one in (broken, seen.wrong) if one is not None), default=None),
        lost=newest if broken is None and newest > start + seen.count else None,
        head=Anchor(start + seen.count, seen.last or (before.hash if before else FIRST)),
    )


class _Seen:
    """Counts the lines as they pass, and compares them with the anchors."""

    def __init__(self, anchors: dict[int, str]) -> None:
        self._anchors = anchors
        self.count = 0
        self.last = ""
        self.wrong: int | None = None

    def watch(self, lines: Iterator[Line]) -> Iterator[Line]:
        for line in lines:
            self.count += 1
            self.last = line.hash
            if self.wrong is None and self._anchors.get(line.number, line.hash) != line.hash:
                self.wrong = line.number
            yield line


def anchor(work: Work) -> bool:
    """Keep the present end of the chain in a file beside the database; False when it is the one kept last."""
    head = stored.head(work.session)
    if head is None:
        return False
    kept = _anchors(work)
    if kept and kept[-1] == Anchor(head.number, head.hash):
        return False
    file = work.settings.audit_file
    file.parent.mkdir(parents=True, exist_ok=True)
    at = work.now.astimezone(UTC).isoformat(timespec="seconds")
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(f"{head.number} {head.hash} {at}\n")
        stream.flush()
        os.fsync(stream.fileno())
    return True


def _anchors(work: Work) -> list[Anchor]:
    file = work.settings.audit_file
    if not file.is_file():
        return []
    parts = (line.split() for line in file.read_text("ascii").splitlines())
    return [Anchor(int(one[0]), one[1]) for one in parts if len(one) == 3 and one[0].isdigit()]


def file_name(work: Work) -> str:
    """The name under which the trail is saved, without its ending."""
    return f"{words_bureau.AUDIT_SHEET}_{words.day(work.now)}"
