"""The library of evidence: taking files in, labelling, linking to items, showing to whoever may see them.

A file goes into the store before its row is written: what a row points to is there. What never got its row is swept.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from portal.actions.work import NotFound, Work, new_id
from portal.core.assessment import Assessment
from portal.core.campaign import local_day
from portal.core.errors import PortalError, Problem
from portal.core.evidence import (
    Coverage,
    Evidence,
    EvidenceKind,
    Label,
    Links,
    Listed,
    MediaType,
    Particulars,
    Use,
    Wanted,
    checked,
    coverage,
    kept_name,
    last_day_needed,
    linked,
    takes_evidence,
    title_of,
)
from portal.core.filing import AssessmentState, OpenAssessment
from portal.core.questionnaire import ItemId
from portal.core.review import Deed, Party, ReviewState, VerdictKind, deeds_of, prevailing
from portal.core.roles import Account
from portal.storage import assessment as stored_assessment
from portal.storage import enterprise as stored_enterprise
from portal.storage import evidence as stored
from portal.storage import review as stored_review
from portal.storage.files import CONTENT, THUMBNAIL, FileGone, StoreUnreachable, open_store
from portal.storage.intake import LARGEST_FILE, Refused, page_picture, take_in
from portal.storage.session import StorageFull

# Pages word these; they may not look into storage themselves.
__all__ = ["LARGEST_FILE", "FileGone", "StoreUnreachable"]

MOST_AT_ONCE = 20
MOST_PER_ITEM = 30
MOST_PAGES_SHOWN = 60
# What lies in the store without a row is either on its way or was left by a crash.
ORPHAN_AFTER = timedelta(hours=24)
_OBJECTING = {ReviewState.CONFIRMED, ReviewState.OBJECTED, ReviewState.CLOSED}


class NotOpen(PortalError):
    """The item cannot be changed now: submitted, and not sent back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as a browser sent it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file that was looked at and lies in the store, without a row yet; or `known`, when it was there already."""

    name: str
    media_type: MediaType
    size: int
    pages: int | None
    sha256: str
    has_thumbnail: bool
    store_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What became of one upload: a file on its way in, or why not."""

    name: str
    received: Received | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of one upload in the end. `is_known`: the library had this content, under `evidence`'s title."""

    name: str
    evidence: Evidence | None
    is_known: bool = False
    problem: Problem | None = None


# ── Taking in ────────────────────────────────────────────────────────────────


def receive(work: Work, who: Account, enterprise_id: str, uploads: Sequence[Upload]) -> tuple[Arrival, ...]:
    """Look at uploads and put them into the store; reading is enough, so that nobody waits for it to write.

    Each stands for itself. Raises NotFound for a stranger's enterprise before anything is opened.
    """
    own_enterprise(work, who, enterprise_id)
    arrivals = []
    free = work.settings.evidence_mebibytes * 1024**2 - stored.used_bytes(work.session, enterprise_id)
    for one in uploads[:MOST_AT_ONCE]:
        name = kept_name(one.name)
        try:
            received = _received(work, enterprise_id, name, one.content, free)
        except Refused as error:
            problem = Problem(place=name, code=error.code, details=error.details)
            arrivals.append(Arrival(name=name, received=None, problem=problem))
        except StorageFull:
            arrivals.append(Arrival(name=name, received=None, problem=Problem(place=name, code="store_full")))
        except StoreUnreachable:
            problem = Problem(place=name, code="store_unreachable")
            arrivals.append(Arrival(name=name, received=None, problem=problem))
        else:
            free -= received.size
            arrivals.append(Arrival(name=name, received=received))
    for left in uploads[MOST_AT_ONCE:]:
        name = kept_name(left.name)
        problem = Problem(place=name, code="too_many_files", details=(str(MOST_AT_ONCE),))
        arrivals.append(Arrival(name=name, received=None, problem=problem))
    return tuple(arrivals)


def _received(work: Work, enterprise_id: str, name: str, content: bytes, free: int) -> Received:
    taken = take_in(content)
    digest = hashlib.sha256(taken.content).hexdigest()
    same = stored.find_same(work.session, enterprise_id, digest)
    if same is None:
        if len(taken.content) > free:
            raise Refused("quota_reached", str(work.settings.evidence_mebibytes))
        key = secrets.token_hex(16)
        store = open_store(work.settings)
        store.put(f"{key}/{CONTENT}", taken.content)
        if taken.thumbnail is not None:
            store.put(f"{key}/{THUMBNAIL}", taken.thumbnail)
    else:
        key = same.store_key
    return Received(
        name=name,
        media_type=taken.media_type,
        size=len(taken.content),
        pages=taken.pages,
        sha256=digest,
        has_thumbnail=taken.thumbnail is not None,
        store_key=key,
    )


def add(
    work: Work, who: Account, enterprise_id: str, arrivals: Sequence[Arrival], typed: Particulars
) -> tuple[Added, ...]:
    """Write the rows of what was received; the same content twice is one file, which says so.

    A title is only taken for a single file; several are called by their names. Raises NotFound.
    """
    own_enterprise(work, who, enterprise_id)
    is_single = len(arrivals) == 1 and bool(typed.title.strip())
    outcome = []
    for one in arrivals:
        if one.received is None:
            outcome.append(Added(name=one.name, evidence=None, problem=one.problem))
            continue
        label, problems = checked(
            Particulars(
                title=typed.title if is_single else title_of(one.name),
                kind=typed.kind or guessed_kind(one.received.media_type),
                issued_on=typed.issued_on,
                valid_until=typed.valid_until,
            )
        )
        if label is None:
            outcome.append(Added(name=one.name, evidence=None, problem=problems[0]))
            continue
        outcome.append(_add(work, who, enterprise_id, one.received, label))
    return tuple(outcome)


def guessed_kind(media_type: MediaType) -> EvidenceKind:
    """What a file is, as long as nobody has said it: a picture is a photograph, a sheet a ledger."""
    match media_type:
        case MediaType.JPEG | MediaType.PNG:
            return EvidenceKind.PHOTO
        case MediaType.XLSX:
            return EvidenceKind.LEDGER
    return EvidenceKind.OTHER


def _add(work: Work, who: Account, enterprise_id: str, received: Received, label: Label) -> Added:
    id = new_id()
    is_new = stored.add(
        work.session,
        id,
        enterprise_id=enterprise_id,
        label=label,
        original_name=received.name,
        media_type=received.media_type,
        size=received.size,
        pages=received.pages,
        sha256=received.sha256,
        store_key=received.store_key,
        has_thumbnail=received.has_thumbnail,
        by=who.id,
        now=work.now,
    )
    same = stored.find_same(work.session, enterprise_id, received.sha256)
    assert same is not None  # it was there, or has just been added
    if is_new:
        work.note("evidence.add", "evidence", id, after=_described(same.evidence))
    elif same.evidence.is_removed:
        stored.remove(work.session, same.evidence.id, None)
        stored.change(work.session, same.evidence.id, label)
        work.note("evidence.restore", "evidence", same.evidence.id, after=label.title)
        again = stored.find_same(work.session, enterprise_id, received.sha256)
        assert again is not None
        return Added(name=received.name, evidence=again.evidence)
    return Added(name=received.name, evidence=same.evidence, is_known=not is_new)


def _described(one: Evidence) -> str:
    return json.dumps(
        {
            "enterprise": one.enterprise_id,
            "title": one.title,
            "kind": one.kind.value,
            "issued_on": one.issued_on.isoformat() if one.issued_on else "",
            "valid_until": one.valid_until.isoformat() if one.valid_until else "",
            "name": one.original_name,
            "sha256": one.sha256,
        },
        ensure_ascii=False,
        sort_keys=True,
    )


# ── The library ──────────────────────────────────────────────────────────────


def own_enterprise(work: Work, who: Account, enterprise_id: str) -> None:
    """Raises NotFound unless the person may fill in for the enterprise."""
    if stored_enterprise.seen(work.session, enterprise_id, sight=who.writing_sight) is None:
        raise NotFound(enterprise_id)


def library(work: Work, who: Account, enterprise_id: str, wanted: Wanted) -> Listed:
    """A page of an enterprise's library; raises NotFound."""
    if stored_enterprise.seen(work.session, enterprise_id, sight=who.sight) is None:
        raise NotFound(enterprise_id)
    found, total, page = stored.listed(work.session, enterprise_id, wanted, local_day(work.now))
    return Listed(
        found=found,
        uses=stored.uses(work.session, [one.id for one in found]),
        total=total,
        page=page,
        pages=max(1, -(-total // stored.PAGE)),
        used=stored.used_bytes(work.session, enterprise_id),
        quota=work.settings.evidence_mebibytes * 1024**2,
    )


def get(work: Work, who: Account, id: str) -> Evidence:
    """One file's particulars within sight; raises NotFound."""
    return _found(work, who, id).evidence


def uses_of(work: Work, who: Account, id: str) -> tuple[Use, ...]:
    """What a file of one's own supports; a bureau sees it beside the items instead. Raises NotFound."""
    one = _found(work, who, id).evidence
    return () if who.sight.jurisdiction else stored.uses(work.session, [one.id]).get(one.id, ())


def file_of(work: Work, who: Account, id: str) -> tuple[Evidence, bytes]:
    """A file with its content; raises NotFound, FileGone, StoreUnreachable."""
    found = _found(work, who, id)
    return found.evidence, open_store(work.settings).get(f"{found.store_key}/{CONTENT}")


def thumbnail_of(work: Work, who: Account, id: str) -> bytes:
    """Its small picture, a JPEG; raises NotFound where there is none."""
    found = _found(work, who, id)
    if not found.evidence.has_thumbnail:
        raise NotFound(id)
    return open_store(work.settings).get(f"{found.store_key}/{THUMBNAIL}")


def page_of(work: Work, who: Account, id: str, number: int) -> bytes:
    """A page as a picture to read, a JPEG: drawn at first sight and then kept. Raises NotFound."""
    found = _found(work, who, id)
    one = found.evidence
    if not one.has_thumbnail or not 1 <= number <= min(one.pages or 1, MOST_PAGES_SHOWN):
        raise NotFound(id)
    store, path = open_store(work.settings), f"{found.store_key}/page-{number}.jpg"
    try:
        return store.get(path)
    except FileGone:
        picture = page_picture(one.media_type, store.get(f"{found.store_key}/{CONTENT}"), number)
    if picture is None:
        raise NotFound(id)
    with suppress(StorageFull, StoreUnreachable):  # it can be seen all the same, and is drawn again next time
        store.put(path, picture)
    return picture


def _found(work: Work, who: Account, id: str, *, is_locking: bool = False) -> stored.Stored:
    found = stored.find(work.session, id, sight=who.sight, is_locking=is_locking)
    if found is None:
        raise NotFound(id)
    return found


def _own(work: Work, who: Account, id: str) -> Evidence:
    """A file that the person may change, locked until the unit of work ends; raises NotFound."""
    found = stored.find(work.session, id, sight=who.writing_sight, is_locking=True)
    if found is None or found.evidence.is_removed:
        raise NotFound(id)
    return found.evidence


def relabel(work: Work, who: Account, id: str, typed: Particulars) -> tuple[Problem, ...]:
    """Change title, kind and dates; raises NotFound."""
    before = _own(work, who, id)
    label, problems = checked(typed)
    if label is None:
        return problems
    stored.change(work.session, id, label)
    work.note(
        "evidence.change", "evidence", id, before=_described(before), after=_described(get(work, who, id))
    )
    return ()


def remove(work: Work, who: Account, id: str) -> None:
    """Take a file out of the library; what was submitted with it keeps it. Raises NotFound."""
    one = _own(work, who, id)
    stored.remove(work.session, id, work.now)
    work.note("evidence.remove", "evidence", id, before=_described(one))


# ── Beside the items ─────────────────────────────────────────────────────────


def of_assessment(work: Work, who: Account, assessment_id: str) -> Links:
    """Item → its files. A draft's, or what is being corrected, as it stands; otherwise as it was submitted.

    A bureau sees what was submitted, nothing later. Raises NotFound.
    """
    record = stored_assessment.find(work.session, assessment_id, sight=who.sight)
    if record is None:
        raise NotFound(assessment_id)
    return _files(work, record, is_bureau=bool(who.sight.jurisdiction))


def of_open(work: Work, open_: OpenAssessment) -> Links:
    """The same for a self-check that whoever fills it in has open."""
    return _files(work, open_, is_bureau=False)


def as_submitted(work: Work, open_: OpenAssessment) -> Links:
    """Item → its files: a draft's as they stand, otherwise those of the newest submission, whoever looks."""
    return _files(work, open_, is_bureau=True)


def _files(work: Work, one: OpenAssessment | stored_assessment.AssessmentRecord, *, is_bureau: bool) -> Links:
    ids: Mapping[ItemId, Sequence[str]]
    if one.state is AssessmentState.DRAFT:
        ids = stored.links(work.session, one.id)
    elif not is_bureau and one.case is not None and one.case.is_out:
        ids = frozen_links(work, one.id)
    else:
        ids = stored_review.submissions(work.session, one.id)[-1].evidence
    (found,) = with_files(work, ids)
    return found


def with_files(work: Work, *several: Mapping[ItemId, Sequence[str]]) -> tuple[Links, ...]:
    """Item → its files, for each of several, within one's sight already: read together."""
    there = stored.by_id(work.session, {id for ids in several for some in ids.values() for id in some})
    return tuple(linked(ids, there) for ids in several)


def for_objections(work: Work, assessment_id: str, items: Collection[ItemId]) -> dict[ItemId, list[str]]:
    """Item → the ids of the files that now stand beside it, submitted or added for an objection.

    Of a self-check that was opened within sight.
    """
    there = stored.links(work.session, assessment_id) if items else {}
    return {item: there.get(item, []) for item in items}


def frozen_links(work: Work, assessment_id: str) -> dict[ItemId, list[str]]:
    """What the next submission would freeze: item → ids of its files.

    In a later round only the items sent back are read anew; the others keep what they were submitted with, even if
    the file has left the library since.
    """
    now = stored.links(work.session, assessment_id)
    rounds = stored_review.submissions(work.session, assessment_id)
    if not rounds:
        return now
    reopened = {
        one.item
        for one in stored_review.verdicts(work.session, assessment_id, is_issued=True)
        if one.kind is VerdictKind.RETURNED and one.round == rounds[-1].round
    }
    kept = {item: list(ids) for item, ids in rounds[-1].evidence.items() if item not in reopened}
    return kept | {item: ids for item, ids in now.items() if item in reopened}


def attach(
    work: Work, who: Account, assessment_id: str, item: ItemId, ids: Collection[str]
) -> tuple[Problem, ...]:
    """Put files of the same enterprise's library beside an item; again changes nothing.

    Ids are read again through the owner's scope: a stranger's file is not found. Raises NotFound, NotOpen.
    """
    record = _open_item(work, who, assessment_id, item)
    there = stored.links(work.session, assessment_id).get(item, [])
    fresh = [id for id in dict.fromkeys(ids) if id not in there]
    if len(there) + len(fresh) > MOST_PER_ITEM:
        return (Problem(place=item, code="too_many_links", details=(str(MOST_PER_ITEM),)),)
    for id in fresh:
        if _own(work, who, id).enterprise_id != record.enterprise.id:
            raise NotFound(id)
        if stored.link(work.session, assessment_id, item, id, by=who.id, now=work.now):
            work.note("evidence.link", "assessment", assessment_id, after=f"{item} {id}")
    return ()


def detach(work: Work, who: Account, assessment_id: str, item: ItemId, id: str) -> None:
    """Take a file from an item; it stays in the library. Raises NotFound, NotOpen."""
    _open_item(work, who, assessment_id, item)
    if stored.unlink(work.session, assessment_id, item, id):
        work.note("evidence.unlink", "assessment", assessment_id, before=f"{item} {id}")


def _open_item(
    work: Work, who: Account, assessment_id: str, item: ItemId
) -> stored_assessment.AssessmentRecord:
    record = stored_assessment.find(work.session, assessment_id, sight=who.writing_sight, is_locking=True)
    if record is None:
        raise NotFound(assessment_id)
    questionnaire = work.library.questionnaire(record.questionnaire_id, record.questionnaire_version)
    found = questionnaire.items.get(item)
    if found is None or not takes_evidence(found):
        raise NotFound(item)
    if record.state is not AssessmentState.DRAFT and item not in _writable(work, assessment_id):
        raise NotOpen(item)
    return record


def _writable(work: Work, assessment_id: str) -> frozenset[ItemId]:
    """Of a submitted self-check: the items sent back while they are out, the lowered ones until it was objected."""
    case = stored_review.find(work.session, assessment_id, is_locking=work.is_writing)
    deeds = deeds_of(case, Party.ENTERPRISE, now=work.now) if case is not None else frozenset()
    if Deed.CORRECT in deeds:
        return stored_review.reopened(work.session, case)
    if Deed.OBJECT in deeds:
        verdicts = prevailing(stored_review.verdicts(work.session, assessment_id, is_issued=True))
        return frozenset(item for item, one in verdicts.items() if one.kind is VerdictKind.LOWERED)
    return frozenset()


def may_attach(work: Work, open_: OpenAssessment, item: ItemId) -> bool:
    """Whether the plant may put files beside the item now, or take them away."""
    return open_.is_editable or item in _writable(work, open_.id)


def beside(work: Work, who: Account, open_: OpenAssessment, item: ItemId) -> tuple[Evidence, ...]:
    """The files beside one item as its own page shows them: with those for an objection, not yet submitted."""
    files = of_assessment(work, who, open_.id).get(item, ())
    if open_.case is None or open_.case.state not in _OBJECTING:
        return files
    known = {one.id for one in files}
    (added,) = with_files(work, for_objections(work, open_.id, [item]))
    return files + tuple(one for one in added.get(item, ()) if one.id not in known)


def day_needed(work: Work, open_: OpenAssessment) -> date:
    """The day on which the evidence of a self-check must still be valid."""
    return last_day_needed(open_.year, local_day(work.now), is_draft=open_.is_editable)


def coverage_of(work: Work, open_: OpenAssessment, assessment: Assessment) -> Coverage:
    """Which items that claim something have valid evidence; for a self-check that is open and scored already."""
    return coverage(assessment, of_open(work, open_), day_needed(work, open_))


# ── Upkeep ───────────────────────────────────────────────────────────────────


def sweep(work: Work) -> int:
    """Take away what lies in the store without a row for a day: left by a crash between file and row. How many.

    Reading is enough. Raises StoreUnreachable.
    """
    store = open_store(work.settings)
    old: dict[str, list[str]] = {}
    for one in store.everything():
        if work.now - one.changed_at > ORPHAN_AFTER:
            old.setdefault(one.path.partition("/")[0], []).append(one.path)
    keys = sorted(old)
    known: set[str] = set()
    for start in range(0, len(keys), 500):
        known |= stored.known_keys(work.session, keys[start : start + 500])
    orphans = [path for key in keys if key not in known for path in old[key]]
    store.remove(orphans)
    return len(orphans)
