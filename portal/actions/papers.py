"""The bureau's papers on one submission: which there are, who may have them, as Word at once and as PDF by the queue."""

import re
from dataclasses import dataclass

from portal import words, words_bureau
from portal.actions import printing_queue
from portal.actions import verified as reviewed
from portal.actions.assessment import opened
from portal.actions.work import NotFound, Work
from portal.core.filing import OpenAssessment
from portal.core.printing import Job, JobKind, ReportState
from portal.core.review import Deed, VerdictKind
from portal.core.roles import Account, Sight
from portal.core.scoring import assess
from portal.report import html, papers
from portal.report import verified as verified_words
from portal.report.html import Paper
from portal.report.papers import Head, Notice, NoticeLine, Opinion
from portal.report.results import answer_words
from portal.storage import assessment as stored_assessment
from portal.storage import review as stored_review

_NAME = re.compile(r"(notice)-([1-9][0-9]{0,2})|(opinion)")
_KINDS = {papers.NOTICE: JobKind.NOTICE, papers.OPINION: JobKind.OPINION}


@dataclass(frozen=True, slots=True)
class Available:
    """A paper that was issued; `name` is its part of an address, `title` what it is called."""

    name: str
    title: str


def available(work: Work, one: OpenAssessment) -> tuple[Available, ...]:
    """The papers on a submission that was opened within sight, oldest first."""
    if one.case is None:
        return ()
    steps = stored_review.decisions(work.session, one.id)
    found = [
        Available(f"notice-{step.round}", f"{papers.TITLES[papers.NOTICE]}（第 {step.round} 次提交）")
        for step in steps
        if step.deed is Deed.RETURN
    ]
    if one.confirmed is not None:
        found.append(Available("opinion", papers.TITLES[papers.OPINION]))
    return tuple(found)


def word(work: Work, who: Account, assessment_id: str, name: str) -> tuple[bytes, str]:
    """The Word file and the name for saving; raises NotFound, also for a paper that was not issued."""
    paper = _compose(work, assessment_id, name, sight=who.sight)
    own = work.settings.data_folder / "papers"
    made = papers.word(paper, (own, work.settings.template_folder / "papers"))
    work.note("paper.fetch", "assessment", assessment_id, after=f"{name}.docx")
    return made, _file_name(paper, "docx")


def ask(work: Work, who: Account, assessment_id: str, name: str) -> str:
    """Queue the PDF; its id. With nothing changed since, it is the one printed already. Raises NotFound."""
    paper = _compose(work, assessment_id, name, sight=who.sight)
    look = html.version(work.settings.template_folder / "report")
    key = papers.key(paper)[:32] + look[:32]
    subject = paper.head.round if isinstance(paper, Notice) else ""
    queued = printing_queue.put(
        work, who, _KINDS[paper.kind], key, assessment_id=assessment_id, subject=subject
    )
    if queued.is_put:
        work.note("paper.ask", "assessment", assessment_id, after=name)
    return queued.id


# ── For the printing queue ───────────────────────────────────────────────────


def compose_job(work: Work, job: Job) -> Paper:
    """The paper in print; raises NotFound."""
    return papers.printed(_compose(work, job.assessment_id, _name(job.kind, job.subject), sight=None))


def may_have(work: Work, who: Account, found: ReportState) -> bool:
    """The enterprise's people and the bureau within its jurisdiction."""
    return stored_assessment.find(work.session, found.assessment_id, sight=who.sight) is not None


def file_name(work: Work, who: Account, found: ReportState) -> str:
    """The name for saving."""
    paper = _compose(work, found.assessment_id, _name(found.kind, found.subject), sight=who.sight)
    return _file_name(paper, "pdf")


def _name(kind: JobKind, subject: str) -> str:
    return f"notice-{subject}" if kind is JobKind.NOTICE else papers.OPINION


def _file_name(paper: Notice | Opinion, ending: str) -> str:
    head = paper.head
    plain = re.sub(r'[\\/:*?"<>|\s]+', " ", head.enterprise).strip(" .")
    turn = f"_第{head.round}次" if isinstance(paper, Notice) else ""
    return f"{head.year}_{plain}_{papers.TITLES[paper.kind]}_{head.number}{turn}.{ending}"


# ── Their words ──────────────────────────────────────────────────────────────


def _compose(work: Work, id: str, name: str, *, sight: Sight | None) -> Notice | Opinion:
    record = stored_assessment.find(work.session, id, sight=sight)
    wanted = _NAME.fullmatch(name)
    if record is None or wanted is None:
        raise NotFound(id)
    one = opened(work, record, {})
    if one.case is None:
        raise NotFound(id)
    return _notice(work, one, int(wanted[2])) if wanted[1] else _opinion(work, one)


def _head(one: OpenAssessment, round: int) -> Head:
    profile = one.enterprise.profile
    return Head(
        enterprise=profile.name,
        uscc=profile.uscc,
        district=words.district(one.case.district if one.case is not None else profile.district),
        sector=one.questionnaire.sector,
        year=str(one.year),
        number=one.number,
        round=str(round),
    )


def _notice(work: Work, one: OpenAssessment, round: int) -> Notice:
    steps = [step for step in stored_review.decisions(work.session, one.id) if step.round == round]
    returned = next((step for step in steps if step.deed is Deed.RETURN), None)
    submission = next(
        (each for each in stored_review.submissions(work.session, one.id) if each.round == round), None
    )
    if returned is None or submission is None:
        raise NotFound(f"{one.id} {round}")
    declared = assess(one.questionnaire, submission.answers, one.year)
    sent = {
        verdict.item: verdict
        for verdict in stored_review.verdicts(work.session, one.id, is_issued=True)
        if verdict.round == round and verdict.kind is VerdictKind.RETURNED
    }
    lines: list[NoticeLine] = []
    for item in one.questionnaire.items.values():
        if item.id not in sent:
            continue
        verdict = sent[item.id]
        reason = f"{words_bureau.REASONS[verdict.reason]}：" if verdict.reason is not None else ""
        lines.append(
            NoticeLine(
                n=str(len(lines) + 1),
                section=one.questionnaire.section_of(item.id).title,
                title=item.title,
                declared=answer_words(declared, item),
                reason=reason,
                comment=verdict.comment,
            )
        )
    extended = next((step for step in steps if step.deed is Deed.EXTEND), None)
    assert one.case is not None  # something was sent back
    return Notice(
        head=_head(one, round),
        items=tuple(lines),
        remark=returned.remark,
        due=words.long_day(returned.due_on),
        extended=words.long_day(extended.due_on) if extended is not None else "",
        bureau=words_bureau.office(returned.party, one.case.district),
        issued=words.long_day(returned.at),
        issued_on=words.local(returned.at).date(),
    )


def _opinion(work: Work, one: OpenAssessment) -> Opinion:
    declared = assess(one.questionnaire, one.frozen, one.year)
    found = reviewed.of(work, one, declared)
    if found is None or found.confirmed.city_at is None or one.case is None:
        raise NotFound(one.id)
    part = verified_words.part(declared, found)
    answered = found.answered.at if found.answered is not None else None
    last = answered or found.confirmed.city_at
    return Opinion(
        head=_head(one, one.case.round),
        sides=part.sides,
        lowered=part.lowered,
        district_opinion=part.district_opinion or words.NOTHING,
        district_day=words.long_day(found.confirmed.district_at),
        city_opinion=part.city_opinion or words.NOTHING,
        city_day=words.long_day(found.confirmed.city_at),
        answer_opinion=part.answer_opinion,
        answer_day=words.long_day(answered) if answered is not None else "",
        note=part.note,
        checksum=part.checksum,
        issued=words.long_day(last),
        issued_on=words.local(last).date(),
    )
