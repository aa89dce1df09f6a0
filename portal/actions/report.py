"""Asking for a report, fetching it, the public check, and the queue that workers empty."""

import base64
import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from portal import words
from portal.actions import (
    account,
    evidence,
    package,
    papers,
    printing_queue,
    result,
    scenario,
    statistics,
    white_paper,
    workbook,
)
from portal.actions import assessment as filing
from portal.actions.work import NotFound, Work
from portal.config import Settings
from portal.core.answers import to_json
from portal.core.errors import Problem
from portal.core.filing import OpenAssessment
from portal.core.mandate import Firm
from portal.core.plain_text import cleaned, is_printable, number_form
from portal.core.printing import Content, Job, JobKind, JobState, PublicRecord, ReportState
from portal.core.review import ReviewState
from portal.core.roles import Account, Role
from portal.report import document, html, plan
from portal.report.document import Particulars, ReportDocument
from portal.report.parcel import Printed, parts_of
from portal.report.peers import PeerPart
from portal.report.signing import Seal, SigningFault, load_seal
from portal.storage import account as stored_account
from portal.storage import assessment as stored_assessment
from portal.storage import firm as stored_firm
from portal.storage import report as stored
from portal.storage.files import CONTENT, FileGone, StoreUnreachable, open_store

GRACE = timedelta(seconds=30)  # a lease lasts longer than the longest printing by this
MOST_ATTEMPTS = 3
LEFT_AFTER = timedelta(hours=24)
LONGEST_WHY = 300  # characters of the reason for which a report is revoked
# Errors that are worded in `words.REPORT_ERRORS`.
ABANDONED = "abandoned"
CRASHED = "crashed"


def ask(work: Work, who: Account, assessment_id: str, *, frame: str = "") -> str:
    """Queue the report of a self-check; its id. With nothing changed since, it is the one printed already.

    With a `frame` it is an application package by that frame, which bears nobody's cover. One that failed, or whose
    file is gone, is queued again. A bureau gets what was submitted, without the enterprise's plan. Raises NotFound.
    """
    if stored_assessment.find(work.session, assessment_id, sight=who.printing_sight) is None:
        raise NotFound(assessment_id)
    shown = result.for_printing(work, assessment_id)
    kind = JobKind.PACKAGE if frame else JobKind.REPORT
    has_cover = who.role is Role.CONSULTANT and not frame
    firm = stored_firm.of_member(work.session, who.id) if has_cover else None
    has_plan = who.role is not Role.REVIEWER
    key = content_key(work, shown, firm, has_plan=has_plan)
    if frame:
        key = hashlib.sha256(f"{kind} {frame} {key}".encode()).hexdigest()
    subject = frame or _content(work, shown.open, firm, has_plan=has_plan)
    firm_id = firm.id if firm is not None else None
    queued = printing_queue.put(
        work, who, kind, key, assessment_id=assessment_id, subject=subject, firm_id=firm_id
    )
    # The enterprise's own wish stands, whatever becomes of the mandate of whoever asked first.
    is_theirs = who.role is Role.MANAGER and stored.take_over(work.session, queued.id, by=who.id)
    if queued.is_put or is_theirs:
        work.note(f"{kind}.ask", "assessment", assessment_id, after=queued.id)
    return queued.id


def _content(work: Work, open_: OpenAssessment, firm: Firm | None, *, has_plan: bool) -> Content:
    if not open_.number:
        return Content.DRAFT
    is_private = firm is not None or (has_plan and bool(scenario.plan_key(work, open_.id)))
    return Content.PRIVATE if is_private else Content.SUBMITTED


def content_key(work: Work, shown: result.Result, firm: Firm | None = None, *, has_plan: bool = True) -> str:
    """A hash of everything that the report shows: answers, score, content, profile, templates, its day."""
    open_ = shown.open
    parts = {
        "answers": {item: to_json(answer) for item, answer in shown.assessment.answers.items()},
        "assessment": open_.id,
        "receipt": shown.checksum,
        "checked": [
            (one.finding.check.id, one.explanation.text if one.explanation else "") for one in shown.checked
        ],
        "evidence": {
            item: [
                (one.sha256, one.title, one.kind, str(one.issued_on), str(one.valid_until)) for one in files
            ]
            for item, files in evidence.as_submitted(work, open_).items()
        },
        "library": work.library.checksum,
        "plan": scenario.plan_key(work, open_.id) if has_plan else [],
        "profile": asdict(open_.enterprise.profile),
        "firm": [asdict(firm), stored_firm.logo_key(work.session, firm.id)] if firm is not None else None,
        "on_behalf": _on_behalf(open_),
        "peers": _peers_told(statistics.peer_part(work, shown.assessment, open_)),
        "verified": _verified_told(shown),
        "number": open_.number,
        "address": work.settings.address,
        **({"signed_by": signed} if (signed := signed_by(work, open_)) else {}),
        "day": open_.submitted_at.isoformat() if open_.submitted_at else words.day(work.now),
        "print": html.version(work.settings.template_folder / "report"),
    }
    return hashlib.sha256(stored_assessment.canonical(parts).encode("ascii")).hexdigest()


def signed_by(work: Work, open_: OpenAssessment) -> str:
    """In whose name the report of a submitted self-check is signed."""
    try:
        seal = seal_of(work.settings) if open_.number else None
    except SigningFault:
        return ""  # the worker says what is wrong with the certificate, and prints nothing without it
    return seal.name if seal is not None else ""


def seal_of(settings: Settings) -> Seal | None:
    """The operator's certificate, if one was named; raises SigningFault when it cannot be used."""
    if settings.signing_certificate is None:
        return None
    return load_seal(settings.signing_certificate, settings.signing_password_file)


def _on_behalf(open_: OpenAssessment) -> dict[str, str]:
    """Item → the consulting firm that filled it in, where one did."""
    return {item: kept.on_behalf for item, kept in open_.answers.items() if kept.on_behalf}


def _peers_told(part: PeerPart | None) -> object:
    """What the report says of the sector: it changes as others submit, and the report with it."""
    return asdict(part) if part is not None else None


def _verified_told(shown: result.Result) -> object:
    """What the report says of the city's confirmation."""
    part = result.confirmed(shown)
    if part is None:
        return None
    lines = [(one.title, one.declared, one.counted, one.reason, one.objection) for one in part.lowered]
    opinions = (part.district_opinion, part.city_opinion, part.answered, part.answer_opinion)
    return [part.checksum, part.confirmed, part.note, *opinions, lines]


def state(work: Work, who: Account, report_id: str) -> ReportState:
    """Where the paper stands; raises NotFound."""
    found = stored.find(work.session, report_id)
    if found is None or not _PRINTABLES[found.kind].may_have(work, who, found):
        raise NotFound(report_id)
    return found


def may_read(who: Account, found: ReportState) -> bool:
    """Whether a paper within sight is handed out: a bureau reads what was submitted, and no enterprise's plans."""
    is_private = found.kind is JobKind.REPORT and found.subject != Content.SUBMITTED
    return not (is_private and who.role is Role.REVIEWER)


def newest(work: Work, who: Account, open_: OpenAssessment, *kinds: JobKind) -> Mapping[JobKind, ReportState]:
    """Of each kind the newest paper of the submission on show that the person may fetch now.

    What was asked for before tells of an earlier round.
    """
    printed = stored.of_kind(work.session, open_.id, *kinds, sight=who.printing_sight)
    since, found = open_.submitted_at, dict[JobKind, ReportState]()
    for one in printed:
        if one.kind not in found and since and one.asked_at >= since and _is_fetchable(work, who, one):
            found[one.kind] = one
    return found


def fetch(work: Work, who: Account, report_id: str) -> tuple[Path, str]:
    """The file and the name under which it is downloaded; raises NotFound while there is none."""
    found = state(work, who, report_id)
    if not _is_fetchable(work, who, found):
        raise NotFound(report_id)
    work.note("report.fetch", "report", report_id)
    return _path(work, found), _PRINTABLES[found.kind].file_name(work, who, found)


def _is_fetchable(work: Work, who: Account, found: ReportState) -> bool:
    is_valid = found.state is JobState.DONE and found.revoked_at is None
    return is_valid and may_read(who, found) and _path(work, found).is_file()


def _path(work: Work, found: ReportState) -> Path:
    return work.settings.report_folder / found.file


def may_revoke(who: Account, found: ReportState) -> bool:
    """Whether the person may revoke a report that is within sight: the enterprise itself, or the city."""
    is_theirs = who.role is Role.MANAGER or (who.role is Role.REVIEWER and who.is_city)
    is_valid = found.state is JobState.DONE and found.revoked_at is None
    return is_theirs and is_valid and found.kind in (JobKind.REPORT, JobKind.PACKAGE)


def revoke(work: Work, who: Account, report_id: str, why: str) -> tuple[Problem, ...]:
    """Say in public that a printed report is no longer valid, and why; raises NotFound.

    One that was revoked before stays as it is.
    """
    found = state(work, who, report_id)
    if found.revoked_at is not None and may_revoke(who, replace(found, revoked_at=None)):
        return ()
    if not may_revoke(who, found):
        raise NotFound(report_id)
    why = cleaned(why)
    if not why:
        return (Problem(place="why", code="missing"),)
    if len(why) > LONGEST_WHY or not is_printable(why):
        return (Problem(place="why", code="too_long" if len(why) > LONGEST_WHY else "unprintable"),)
    if stored.revoke(work.session, report_id, by=who.id, now=work.now, why=why):
        work.note("report.revoke", "report", report_id, after=why)
    return ()


def check(work: Work, number: str) -> PublicRecord | None:
    """What anybody may know about the self-check with that number."""
    record = stored_assessment.find_by_number(work.session, number_form(number))
    if record is None or record.submitted_at is None or record.receipt is None:
        return None
    case, confirmed = record.case, record.confirmed
    return PublicRecord(
        number=record.number,
        enterprise_name=record.enterprise.profile.name,
        year=record.year,
        submitted_at=record.submitted_at,
        points="" if record.points is None else str(record.points),
        grade=record.grade,
        is_provisional=record.is_provisional,
        is_valid=filing.checksum(record.receipt) == record.checksum,
        sha256=record.checksum,
        round=case.round if case is not None else 1,
        verified="" if confirmed is None or confirmed.points is None else str(confirmed.points),
        confirmed_at=confirmed.city_at if confirmed is not None else None,
        is_objected=case is not None and case.state is ReviewState.OBJECTED,
        revoked=stored.revocations(work.session, record.id),
    )


def compose(
    work: Work, shown: result.Result, firm: Firm | None = None, *, has_plan: bool = True
) -> ReportDocument:
    """The report in words. A submitted one bears the day of its submission, so that it always is the same."""
    open_ = shown.open
    made_on = words.local(open_.submitted_at or work.now).date()
    particulars = replace(
        Particulars.of(open_, made_on),
        check_url=f"{work.settings.address}/check/{open_.number}" if open_.number else "",
        signed_by=signed_by(work, open_),
        consultant=firm.name if firm is not None else "",
        consultant_notes=_cover_notes(firm),
        consultant_contact=f"{firm.address} {firm.phone}".strip() if firm is not None else "",
        consultant_logo=_logo(work, firm),
    )
    return document.compose(
        shown.assessment,
        shown.gaps,
        shown.recommendations,
        shown.steps,
        library=shown.library,
        particulars=particulars,
        receipt=shown.receipt,
        checked=tuple((one.finding, one.explanation) for one in shown.checked),
        links=evidence.as_submitted(work, open_),
        others=statistics.peers_of(work, shown.assessment, open_),
        confirmed=shown.verified,
        planned=_planned(work, shown, made_on) if has_plan else None,
        on_behalf=_on_behalf(open_),
    )


def _planned(work: Work, shown: result.Result, start: date) -> plan.PlanPart | None:
    """The chosen plan in words; bars begin on the day that the report bears."""
    chosen = scenario.plan_of(work, shown)
    if chosen is None:
        return None
    return plan.plan_part(chosen.scenario, chosen.outlook, chosen.ledger, shown.recommendations, start)


# ── Kinds of paper ───────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Printable:
    """What the queue must know of one kind of paper.

    `compose` words it for the worker, and raises NotFound when whoever asked for it may not have it any more;
    `may_have` says who may watch and fetch it, asked each time; `file_name` is the name for saving.
    """

    compose: Callable[[Work, Job], Printed]
    may_have: Callable[[Work, Account, ReportState], bool]
    file_name: Callable[[Work, Account, ReportState], str]


def _compose_report(work: Work, job: Job) -> ReportDocument:
    if not may_print(work, job.asked_by, job.assessment_id):
        raise NotFound(job.assessment_id)
    firm = stored_firm.find(work.session, job.firm_id) if job.firm_id else None
    # A plan that was chosen while the report waited does not get into one that the bureau may have.
    has_plan = job.subject != Content.SUBMITTED
    return compose(work, result.for_printing(work, job.assessment_id), firm, has_plan=has_plan)


def _cover_notes(firm: Firm | None) -> tuple[str, ...]:
    """What a consulting firm says of itself on the cover."""
    if firm is None:
        return ()
    return tuple(line for line in (words.signatory(firm.signatory), firm.cover_note) if line)


def _logo(work: Work, firm: Firm | None) -> str:
    """The firm's logo as an address that the printer can read; a store out of reach must not stop the report."""
    if firm is None or not firm.has_logo:
        return ""
    key = stored_firm.logo_key(work.session, firm.id)
    try:
        content = open_store(work.settings).get(f"{key}/{CONTENT}")
    except (FileGone, StoreUnreachable):
        return ""
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def may_print(work: Work, account_id: str, assessment_id: str) -> bool:
    """Whether somebody may have that report printed now: a mandate may have ended since it was asked for."""
    who = stored_account.find(work.session, account_id)
    if who is None or not who.is_active:
        return False
    sight = account.mandated(work, who).printing_sight
    return stored_assessment.find(work.session, assessment_id, sight=sight) is not None


def _sees_report(work: Work, who: Account, found: ReportState) -> bool:
    """Whoever may print it; of the bureau's people those who see the submission, and a draft's report never."""
    if who.role is Role.REVIEWER and found.subject == Content.DRAFT:
        return False
    return stored_assessment.find(work.session, found.assessment_id, sight=who.printing_sight) is not None


def _report_name(work: Work, who: Account, found: ReportState) -> str:
    open_ = filing.open_(work, who, found.assessment_id)
    return words.report_file(open_.year, open_.enterprise.profile.name, open_.number)


def _compose_package(work: Work, job: Job) -> Printed:
    if not may_print(work, job.asked_by, job.assessment_id):
        raise NotFound(job.assessment_id)
    shown = result.for_printing(work, job.assessment_id)
    start = words.local(shown.open.submitted_at or work.now).date()
    return package.compose(work, shown, job.subject, _planned(work, shown, start))


def _has_package(work: Work, who: Account, found: ReportState) -> bool:
    """The enterprise's people and whoever prints for it; a bureau gets it from the enterprise."""
    sees = stored_assessment.find(work.session, found.assessment_id, sight=who.printing_sight)
    return who.role is not Role.REVIEWER and sees is not None


def _package_name(work: Work, who: Account, found: ReportState) -> str:
    open_ = filing.open_(work, who, found.assessment_id)
    return words.package_file(open_.year, open_.enterprise.profile.name, open_.number)


_ON_A_SUBMISSION = Printable(compose=papers.compose_job, may_have=papers.may_have, file_name=papers.file_name)
_PRINTABLES: Mapping[JobKind, Printable] = {
    JobKind.NOTICE: _ON_A_SUBMISSION,
    JobKind.OPINION: _ON_A_SUBMISSION,
    JobKind.BLANK: Printable(
        compose=workbook.compose_blank, may_have=papers.may_have, file_name=workbook.blank_name
    ),
    JobKind.REPORT: Printable(compose=_compose_report, may_have=_sees_report, file_name=_report_name),
    JobKind.PACKAGE: Printable(compose=_compose_package, may_have=_has_package, file_name=_package_name),
    JobKind.WHITE_PAPER: Printable(
        compose=white_paper.compose_job, may_have=white_paper.may_have, file_name=white_paper.file_name
    ),
}


def compose_job(work: Work, job: Job) -> Printed:
    """What the worker is to print, in words; raises NotFound."""
    return _PRINTABLES[job.kind].compose(work, job)


# ── The worker's side ────────────────────────────────────────────────────────


def _lease(work: Work) -> datetime:
    return work.now + timedelta(seconds=work.settings.report_seconds) + GRACE


def claim(work: Work, worker: str) -> Job | None:
    """Take the oldest queued report under a lease; nobody else gets it meanwhile."""
    return stored.claim(work.session, worker, now=work.now, lease_until=_lease(work))


def note_progress(work: Work, job: Job, progress: int, step: str) -> bool:
    """Show how far it is and prolong the lease; False when the job was taken over meanwhile."""
    return stored.note_progress(work.session, job, progress=progress, step=step, lease_until=_lease(work))


def finish(work: Work, job: Job, printed: Path, *, is_signed: bool = False) -> bool:
    """The report is printed: its file moves to its place. False when the job was taken over meanwhile."""
    with printed.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    name = f"{job.id}-{job.attempt}{job.kind.suffix}"
    size = printed.stat().st_size
    if not stored.finish(
        work.session, job, file=name, sha256=digest, size=size, now=work.now, is_signed=is_signed
    ):
        return False
    if job.kind is JobKind.PACKAGE:
        stored.set_parts(work.session, job.id, parts_of(printed))
    printed.rename(work.settings.report_folder / name)
    return True


def fail(work: Work, job: Job, error: str) -> bool:
    """The report cannot be printed; `error` says why, in words or as one of `words.REPORT_ERRORS`."""
    return stored.fail(work.session, job, error=error, now=work.now)


def put_back(work: Work, job: Job) -> bool:
    """The worker stops: another may take the report at once."""
    return stored.put_back(work.session, job)


def has_queued(work: Work) -> bool:
    """Whether a report waits; reading is enough to know."""
    return stored.has_queued(work.session)


def workers(work: Work) -> tuple[str, ...]:
    """The workers that print something now."""
    return stored.workers(work.session)


def put_back_abandoned(work: Work, lost: Sequence[str] = ()) -> tuple[int, int]:
    """Reports whose lease ran out or whose worker is `lost`: how many were put back, how many failed for good."""
    return stored.put_back_abandoned(
        work.session, lost=lost, now=work.now, most_attempts=MOST_ATTEMPTS, error=ABANDONED
    )


def sweep(work: Work) -> int:
    """Take away what killed workers left half done in the folder of reports a day ago or earlier: how many.

    Drafts and the evidence laid out for a package bear a dot before their names. Reading is enough.
    """
    oldest, count = (work.now - LEFT_AFTER).timestamp(), 0
    for path in work.settings.report_folder.glob(".*"):
        if path.stat().st_mtime > oldest:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        count += 1
    return count
