"""申报包: what one would hold, and putting together what the worker packs. Queued and fetched like any other paper."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from portal import words
from portal.actions import assessment as filing
from portal.actions import evidence, result
from portal.actions.work import NotFound, Work
from portal.config import Settings
from portal.core.evidence import Evidence, Lack, MediaType, coverage
from portal.core.filing import OpenAssessment
from portal.core.package import Frame, Load, UnknownFrame, exhibits, frame_for, load
from portal.core.printing import JobKind, ReportState
from portal.core.roles import Account
from portal.report.application import Dossier
from portal.report.document import Particulars
from portal.report.parcel import Package, Printed
from portal.report.plan import PlanPart
from portal.storage import assessment as stored_assessment
from portal.storage import evidence as stored_evidence
from portal.storage import report as stored
from portal.storage.files import CONTENT, FileGone, open_store

SHOWN = 20
_OFFICE = (MediaType.DOCX, MediaType.XLSX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a package of a submission would hold, told before it is ordered."""

    open: OpenAssessment
    frames: tuple[Frame, ...]
    proposed: Frame
    load: Load
    lacks: tuple[Lack, ...]
    expired: tuple[Evidence, ...]
    office: tuple[Evidence, ...]
    unread: tuple[Evidence, ...]  # of which no page could be read when they came in
    made: tuple[ReportState, ...]


def offer(work: Work, who: Account, assessment_id: str) -> Offer:
    """What a package would hold; raises NotFound, also for a draft: only what was submitted is handed in."""
    if stored_assessment.find(work.session, assessment_id, sight=who.printing_sight) is None:
        raise NotFound(assessment_id)
    open_ = filing.open_(work, who, assessment_id)
    if open_.is_editable:
        raise NotFound(assessment_id)
    proposed = frame_for(work.library.frames, open_.year)
    links = evidence.as_submitted(work, open_)
    found = exhibits(proposed, open_.questionnaire, links)
    files = [one.evidence for one in found]
    day = evidence.day_needed(work, open_)
    return Offer(
        open=open_,
        frames=work.library.frames,
        proposed=proposed,
        load=load(found),
        lacks=coverage(result.assess_open(work, open_), links, day).lacks,
        expired=tuple(one for one in files if one.is_expired(day)),
        office=tuple(one for one in files if one.media_type in _OFFICE),
        unread=tuple(one for one in files if one.media_type is MediaType.PDF and not one.pages),
        made=stored.of_kind(
            work.session, assessment_id, JobKind.PACKAGE, sight=who.printing_sight, limit=SHOWN
        ),
    )


def frame_of(work: Work, id: str) -> Frame:
    """A frame by its id; raises NotFound."""
    try:
        return work.library.frame(id)
    except UnknownFrame:
        raise NotFound(id) from None


# ── For the printing queue ───────────────────────────────────────────────────


def compose(work: Work, shown: result.Result, frame_id: str, planned: PlanPart | None) -> Package:
    """What the worker packs; raises NotFound for a draft or a frame that is gone."""
    open_, frame = shown.open, frame_of(work, frame_id)
    if open_.is_editable or open_.submitted_at is None:
        raise NotFound(open_.id)
    links = evidence.as_submitted(work, open_)
    day = evidence.day_needed(work, open_)
    found = exhibits(frame, open_.questionnaire, links)
    dossier = Dossier(
        frame=frame,
        source=work.library.sources[frame.source],
        assessment=shown.assessment,
        particulars=Particulars.of(open_, words.local(open_.submitted_at).date()),
        profile=open_.enterprise.profile,
        lacks=coverage(shown.assessment, links, day).lacks,
        day=day,
        planned=planned,
    )
    return Package(
        dossier=dossier,
        exhibits=found,
        store_keys=stored_evidence.store_keys(work.session, [one.evidence.id for one in found]),
    )


@contextmanager
def gathered(settings: Settings, document: Printed) -> Iterator[Printed]:
    """A package with its evidence laid out on this machine while it is packed; any other paper as it is.

    The child that packs must not speak to the store by itself: the store's threads do not survive a fork.
    Raises StoreUnreachable; a file that is gone is left out, and named in the package.
    """
    if not isinstance(document, Package):
        yield document
        return
    with TemporaryDirectory(prefix=".evidence-", dir=settings.report_folder) as name:
        yield replace(document, files=_fetched(settings, document, Path(name)))


def _fetched(settings: Settings, package: Package, folder: Path) -> dict[str, Path]:
    store, files = open_store(settings), {}
    for id in (one.evidence.id for one in package.exhibits):
        path = folder / id
        try:
            path.write_bytes(store.get(f"{package.store_keys[id]}/{CONTENT}"))
        except FileGone:
            continue
        files[id] = path
    return files
