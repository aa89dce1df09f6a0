"""The queue of prints: what has one content is printed once, and anew when that failed or its file is gone."""

from dataclasses import dataclass

from portal.actions.work import Work, new_id
from portal.core.printing import JobKind, JobState
from portal.core.roles import Account
from portal.storage import report as stored


@dataclass(frozen=True, slots=True)
class Queued:
    """A print that was asked for, and whether it was put into the queue now: that wants a line in the trail."""

    id: str
    is_put: bool


def put(
    work: Work,
    who: Account,
    kind: JobKind,
    content_key: str,
    *,
    assessment_id: str = "",
    subject: str = "",
    firm_id: str | None = None,
) -> Queued:
    """Queue a print, or find the one of the same content."""
    id = new_id()
    if stored.add(
        work.session, id, assessment_id=assessment_id, content_key=content_key, by=who.id, now=work.now,
        kind=kind, subject=subject, firm_id=firm_id,
    ):  # fmt: skip
        return Queued(id, is_put=True)
    there = stored.find_by_content(work.session, content_key)
    is_gone = there.state is JobState.DONE and not (work.settings.report_folder / there.file).is_file()
    is_wanted = there.state is JobState.FAILED or is_gone
    if is_wanted:
        stored.queue_again(work.session, there.id, by=who.id, now=work.now)
    return Queued(there.id, is_put=is_wanted)
