"""批量打印: many reports at once. Items ride on the queue of reports, so that nothing is printed twice.

Rights are asked three times: when a report is asked for, when it is printed, and when files are fetched.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from portal import words
from portal.actions import account, clients, firm, report
from portal.actions.work import Door, NotFound, Work, new_id
from portal.core.batch import Batch, Item, Pace, file_names, pace
from portal.core.clients import Asked
from portal.core.filing import AssessmentState
from portal.core.printing import BatchState, ItemState, JobState
from portal.core.roles import Account
from portal.report.bundle import BundlingFailed, Entry, bundle
from portal.storage import account as stored_account
from portal.storage import batch as stored

MOST = 500
WINDOW = 8  # items in the queue at a time: pausing and cancelling take effect soon, and others get their turn
LEASE = timedelta(minutes=3)
TWICE = timedelta(seconds=10)  # asked for again within it: the same press of the button
SHOWN = 50
# Errors that are worded in `words.REPORT_ERRORS`.
REFUSED = "mandate_over"
GONE = "file_gone"
KINDS = ("zip", "pdf", "xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A batch as its page shows it; `is_whole` says that every printed report may still be fetched."""

    batch: Batch
    items: tuple[Item, ...]
    pace: Pace | None
    is_whole: bool


# ── Asking ───────────────────────────────────────────────────────────────────


def start(work: Work, who: Account, asked: Asked, chosen: Collection[str] | None) -> str | None:
    """A batch of the submitted reports of the chosen clients, or of all that fit; None when there is nothing to print.

    The one that was started just now with the same reports is the same batch: the button was pressed twice.
    """
    printable = set(who.printing_sight.clients or ())
    found = [
        one.assessment_id
        for one in clients.table(work, who, asked).found
        if one.state is AssessmentState.SUBMITTED
        and one.enterprise.id in printable
        and (chosen is None or one.enterprise.id in chosen)
    ][:MOST]
    if not found:
        return None
    for newest in stored.of_account(work.session, who.id, 1):
        is_new = work.now - newest.created_at < TWICE and newest.state is BatchState.RUNNING
        if is_new and [one.assessment_id for one in stored.items(work.session, newest.id)] == found:
            return newest.id
    id, own = new_id(), firm.mine(work, who)
    stored.add(
        work.session,
        id,
        account_id=who.id,
        title=f"{asked.year}",
        firm_id=own.id if own is not None else None,
        assessments=found,
        now=work.now,
    )
    work.note("batch.start", "batch", id, after=" ".join(found))
    return id


def mine(work: Work, who: Account) -> tuple[Batch, ...]:
    """One's batches, newest first."""
    return stored.of_account(work.session, who.id, SHOWN)


def progress(work: Work, who: Account, id: str) -> Progress:
    """How far one's batch is; raises NotFound."""
    batch = _own(work, who, id)
    items = stored.items(work.session, id)
    is_whole = not _lost(who, items)
    printable = who.printing_sight.clients or ()
    # The number of a self-check opens its public record: whose mandate ended reads it here no more.
    items = tuple(one if one.enterprise_id in printable else replace(one, number="") for one in items)
    return Progress(batch=batch, items=items, pace=pace(items), is_whole=is_whole)


def _own(work: Work, who: Account, id: str, *, is_locking: bool = False) -> Batch:
    batch = stored.find(work.session, id, account_id=who.id, is_locking=is_locking)
    if batch is None:
        raise NotFound(id)
    return batch


def _lost(who: Account, items: Sequence[Item]) -> list[int]:
    """The printed items that one may not have any more."""
    printable = set(who.printing_sight.clients or ())
    return [
        one.position for one in items if one.state is ItemState.PRINTED and one.enterprise_id not in printable
    ]


def pause(work: Work, who: Account, id: str) -> None:
    """Ask for no further reports; what is in the queue already comes out. Raises NotFound."""
    if _own(work, who, id, is_locking=True).state is BatchState.RUNNING:
        stored.set_state(work.session, id, BatchState.PAUSED, work.now)
        work.note("batch.pause", "batch", id)


def resume(work: Work, who: Account, id: str) -> None:
    """Go on; raises NotFound."""
    if _own(work, who, id, is_locking=True).state is BatchState.PAUSED:
        stored.set_state(work.session, id, BatchState.RUNNING, work.now)
        work.note("batch.resume", "batch", id)


def cancel(work: Work, who: Account, id: str) -> None:
    """Give up what has not come out; raises NotFound."""
    batch = _own(work, who, id, is_locking=True)
    if batch.state not in (BatchState.RUNNING, BatchState.PAUSED):
        return
    waiting = [one.position for one in stored.items(work.session, id) if one.state is ItemState.WAITING]
    stored.set_items(work.session, id, waiting, ItemState.CANCELLED, work.now)
    # What came out until now is bundled all the same.
    stored.set_state(work.session, id, BatchState.DONE, work.now - LEASE)
    work.note("batch.cancel", "batch", id, after=str(len(waiting)))


def retry(work: Work, who: Account, id: str) -> None:
    """Ask again for what failed or was cancelled, leave out what one may not have any more, and bundle anew."""
    _own(work, who, id, is_locking=True)
    items = stored.items(work.session, id)
    again = [one.position for one in items if one.state in (ItemState.FAILED, ItemState.CANCELLED)]
    stored.set_items(work.session, id, again, ItemState.WAITING, work.now, is_fresh=True)
    stored.set_items(work.session, id, _lost(who, items), ItemState.REFUSED, work.now, error=REFUSED)
    stored.set_state(work.session, id, BatchState.RUNNING, work.now)
    work.note("batch.retry", "batch", id, after=str(len(again)))


def fetch(work: Work, who: Account, id: str, kind: str) -> tuple[Path, str]:
    """One of the files and its name for saving; raises NotFound, also when a mandate behind it is over."""
    batch = _own(work, who, id)
    if kind not in KINDS or batch.finished_at is None or _lost(who, stored.items(work.session, id)):
        raise NotFound(id)
    path = work.settings.report_folder / f"{_stem(id)}.{kind}"
    if not path.is_file():
        raise NotFound(id)
    work.note("batch.fetch", "batch", id, after=kind)
    return path, words.batch_file(batch.title, batch.total, kind)


def _stem(id: str) -> str:
    return f"batch-{id}"


# ── The worker's side ────────────────────────────────────────────────────────


def walk(door: Door) -> bool:
    """Do the next thing for every batch: note what came out, ask for more, bundle. Whether a batch is under way."""
    with door.reading() as work:
        found = stored.running(work.session)
    for id, _ in found:
        with door.writing() as work:
            is_ready = _advance(work, id)
        if is_ready:
            _bundle(door, id)
    return any(state is not BatchState.PAUSED for _, state in found)


def _advance(work: Work, id: str) -> bool:
    """Note what came out and ask for more; whether all has come out and the files wait to be bundled by us."""
    batch = stored.find(work.session, id, is_locking=True)
    if batch is None or batch.finished_at is not None:
        return False
    who = stored_account.find(work.session, batch.account_id)
    who = account.mandated(work, who) if who is not None and who.is_active else None
    if batch.state is BatchState.PAUSED:
        _settle(work, batch)
        return False
    if batch.state is BatchState.RUNNING:
        _settle(work, batch)
        _feed(work, id, who)
        left = stored.find(work.session, id)
        if left is None or left.counts.get(ItemState.WAITING, 0):
            return False
        stored.set_state(work.session, id, BatchState.DONE, work.now - LEASE)
        batch = stored.find(work.session, id)
    if batch is None or batch.state is not BatchState.DONE or work.now - batch.changed_at < LEASE:
        return False
    return stored.take_bundling(work.session, id, seen=batch.changed_at, now=work.now)


def _settle(work: Work, batch: Batch) -> None:
    for position, state, error, file, assessment in stored.settled(work.session, batch.id):
        if not report.may_print(work, batch.account_id, assessment):
            outcome, why = ItemState.REFUSED, REFUSED
        elif state is JobState.FAILED:
            outcome, why = ItemState.FAILED, error
        elif not (work.settings.report_folder / file).is_file():
            outcome, why = ItemState.FAILED, GONE
        else:
            outcome, why = ItemState.PRINTED, ""
        stored.set_items(work.session, batch.id, [position], outcome, work.now, error=why)


def _feed(work: Work, id: str, who: Account | None) -> None:
    """Ask for one more report while there is room: wording its key takes a while, and others want to write too."""
    if stored.under_way(work.session, id) >= WINDOW:
        return
    found = stored.next_waiting(work.session, id)
    if found is None:
        return
    position, assessment = found
    try:
        if who is None:
            raise NotFound(assessment)
        stored.set_job(work.session, id, position, report.ask(work, who, assessment), work.now)
    except NotFound:
        stored.set_items(work.session, id, [position], ItemState.REFUSED, work.now, error=REFUSED)


def _bundle(door: Door, id: str) -> None:
    """Put the files together outside of any unit of work; whoever dies at it is followed after the lease."""
    with door.reading() as work:
        items = stored.items(work.session, id)
        folder, at = work.settings.report_folder, work.now
    names = file_names(items)
    entries = [_entry(one, names[one.position], folder) for one in items]
    try:
        bundle(entries, folder, _stem(id), at)
    except BundlingFailed:
        return  # the lease runs out, and it is tried again
    with door.writing() as work:
        batch = stored.find(work.session, id, is_locking=True)
        if batch is not None and batch.state is BatchState.DONE and batch.finished_at is None:
            stored.set_state(work.session, id, BatchState.DONE, work.now, finished_at=work.now)


def _entry(one: Item, name: str, folder: Path) -> Entry:
    is_printed = one.state is ItemState.PRINTED
    return Entry(
        position=one.position,
        enterprise=one.enterprise,
        uscc=one.uscc,
        year=one.year,
        number=one.number,
        state=words.ITEM_STATES[one.state],
        reason=words.report_error(one.error) if one.error else "",
        name=name,
        path=folder / one.file if is_printed else None,
    )
