"""The offline workbook of a self-check: out with the answers as they stand, in again cell by cell, all or nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from portal import words
from portal.actions import assessment, printing_queue
from portal.actions.assessment import NotEditable
from portal.actions.work import NotFound, Work
from portal.core.answers import Answer, check
from portal.core.campaign import local_day
from portal.core.errors import Problem
from portal.core.filing import Change, OpenAssessment
from portal.core.printing import Job, JobKind, ReportState
from portal.core.questionnaire import ItemId
from portal.core.roles import Account
from portal.core.workbook import Cells, Difference, WorkbookRefused, check_origin, compare
from portal.report import html
from portal.report import workbook as written
from portal.storage import assessment as stored_assessment
from portal.storage import workbook as stored
from portal.storage.assessment import canonical
from portal.storage.intake import Refused

LARGEST = stored.LARGEST


@dataclass(frozen=True, slots=True)
class Wanted:
    """A changed answer that the person chose, and the revision of the stored one beside which it was shown."""

    item: ItemId
    answer: Answer
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """How many answers were written; with `stale` items (changed since they were shown) or problems, none."""

    count: int = 0
    stale: tuple[ItemId, ...] = ()
    problems: tuple[Problem, ...] = ()


def open_(work: Work, who: Account, id: str) -> OpenAssessment:
    """The self-check, for those who may fill it in; raises NotFound, also where a mandate only allows reading."""
    one = assessment.open_(work, who, id)
    if not one.may_fill:
        raise NotFound(id)
    return one


def export(work: Work, one: OpenAssessment) -> bytes:
    """Its workbook with the answers as they stand."""
    origin = written.Origin(assessment=one.id, enterprise=one.enterprise.profile.name, year=str(one.year))
    work.note("workbook.export", "assessment", one.id)
    return written.write(one.questionnaire, work.library, one.given, origin, at=work.now)


def blank(work: Work, one: OpenAssessment) -> bytes:
    """An empty workbook of its questionnaire, for any enterprise of the sector."""
    return written.write(one.questionnaire, work.library, {}, written.Origin(), at=work.now)


def ask_blank(work: Work, who: Account, id: str) -> str:
    """Queue the questionnaire as a PDF to fill in by hand; the id of its print. Raises NotFound."""
    one = open_(work, who, id)
    look = html.version(work.settings.template_folder / "report")
    told = canonical(["blank", one.id, one.questionnaire.version, work.library.checksum, look])
    key = hashlib.sha256(told.encode("ascii")).hexdigest()
    queued = printing_queue.put(work, who, JobKind.BLANK, key, assessment_id=id)
    if queued.is_put:
        work.note("workbook.print", "assessment", id, after=queued.id)
    return queued.id


def compose_blank(work: Work, job: Job) -> html.Paper:
    """The form in words, for the worker; raises NotFound."""
    record = stored_assessment.find(work.session, job.assessment_id, sight=None)
    if record is None:
        raise NotFound(job.assessment_id)
    asked = work.library.questionnaire(record.questionnaire_id, record.questionnaire_version)
    # The styles and fonts of print take their time to load: not in the web.
    from portal.report import blank

    return blank.paper(blank.compose(asked, work.library, ()), local_day(work.now))


def blank_name(work: Work, who: Account, found: ReportState) -> str:
    """The form's name for saving."""
    return words.blank_form_file(assessment.open_(work, who, found.assessment_id).questionnaire.sector)


def read(content: bytes) -> Cells | tuple[Problem, ...]:
    """The cells of an upload, or why it cannot be opened."""
    try:
        return stored.read(content)
    except Refused as error:
        return (Problem(place="", code=error.code, details=error.details),)


def differences(one: OpenAssessment, cells: Cells) -> tuple[Difference, ...]:
    """Every cell that was changed, beside what is stored; raises WorkbookRefused with all problems at once."""
    stamp = written.stamp_of(cells)
    problems = check_origin(stamp, one.questionnaire, one.id)
    if problems:
        raise WorkbookRefused(problems)
    filled = written.understand(cells, stamp, one.questionnaire)
    return compare(filled, one.answers, {item: one.may_write(item) for item in one.questionnaire.items})


def apply(work: Work, who: Account, id: str, wanted: Sequence[Wanted]) -> Applied:
    """Write all that was chosen or nothing: each only over the very answer beside which it was shown.

    Raises NotFound, NotEditable.
    """
    assessment.own(work, who, id)  # locked from here on: what is compared now is what is written over
    one = open_(work, who, id)
    if not one.is_editable and not one.reopened:
        raise NotEditable(id)
    problems = _problems(one, wanted)
    stale = tuple(each.item for each in wanted if each.revision != _revision(one, each.item))
    if problems or stale or not wanted:
        return Applied(stale=stale, problems=problems)
    kept = assessment.keep(work, who, id, [Change(each.item, each.answer, each.revision) for each in wanted])
    if kept.conflicts or kept.problems:
        raise WorkbookRefused(kept.problems)  # nothing of it may stay: the door rolls back
    work.note("workbook.apply", "assessment", id, after=str(len(kept.saved)))
    return Applied(count=len(kept.saved))


def _problems(one: OpenAssessment, wanted: Sequence[Wanted]) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    for each in wanted:
        item = one.questionnaire.items.get(each.item)
        if item is None:
            problems.append(Problem(place=each.item, code="unknown_item"))
        elif not one.may_write(each.item):
            problems.append(Problem(place=each.item, code="not_reopened"))
        else:
            problems += check(item, each.answer)
    return tuple(problems)


def _revision(one: OpenAssessment, item: ItemId) -> int:
    kept = one.answers.get(item)
    return kept.revision if kept else 0
