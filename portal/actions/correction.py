"""补正 and 异议, the plant's side of a review: answering what was sent back, asking for time, objecting to what was lowered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.actions import assessment as filing
from portal.actions import evidence, review_letter
from portal.actions.work import NotFound, Work
from portal.core.answers import MISSING
from portal.core.assessment import Assessment
from portal.core.campaign import local_day
from portal.core.data_check import find_irregularities
from portal.core.errors import Problem
from portal.core.evidence import Evidence
from portal.core.filing import Doubt, OpenAssessment
from portal.core.judging import check_remark
from portal.core.plain_text import cleaned
from portal.core.questionnaire import Item, ItemId
from portal.core.review import (
    Case,
    Confirmed,
    Decision,
    Deed,
    Objection,
    Party,
    Reply,
    ReviewState,
    Stale,
    Verdict,
    VerdictKind,
    deeds_of,
    move,
    prevailing,
)
from portal.core.roles import Account
from portal.core.scoring import assess
from portal.storage import assessment as stored_assessment
from portal.storage import correction as stored
from portal.storage import review as stored_review

Problems = tuple[Problem, ...]
OBJECTED = frozenset({ReviewState.OBJECTED, ReviewState.CLOSED})
NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    """An item sent back, with what the plant has done about it so far."""

    item: Item
    verdict: Verdict
    reply: Reply | None
    is_changed: bool  # the answer or its files are others than were submitted

    @property
    def is_answered(self) -> bool:
        """Whether the bureau will find something new."""
        return self.is_changed or self.reply is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A submission that was sent back. `remark` is the bureau's; `doubts` are new values that are probably slips."""

    open: OpenAssessment
    case: Case
    items: tuple[SentBack, ...]
    deeds: frozenset[Deed]
    remark: str
    asked: Decision | None
    granted: Decision | None
    doubts: tuple[Doubt, ...]

    @property
    def answered(self) -> int:
        """How many items are answered."""
        return sum(one.is_answered for one in self.items)

    @property
    def may_ask(self) -> bool:
        """Whether more time can be asked for: once, and before it was granted."""
        return Deed.ASK_EXTENSION in self.deeds and self.asked is None and not self.case.is_extended


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a submission stands, told in one line; days are counted to the last one, 0 is today."""

    case: Case
    until: date | None = None
    days_left: int | None = None
    sent_back: int = 0
    is_overdue: bool = False
    may_object: bool = False
    lowered: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a reply or of the draft of an objection.

    `seen` names the text as it stands now; `theirs` is set when somebody else wrote another one meanwhile.
    """

    seen: str
    problems: Problems = ()
    theirs: Reply | Objection | None = None


# ── Looking ──────────────────────────────────────────────────────────────────


def standing(work: Work, one: OpenAssessment) -> Standing | None:
    """Where a self-check that was opened within sight stands with the bureau; None for a draft."""
    case = one.case
    if case is None:
        return None
    if case.is_out:
        return Standing(
            case=case,
            until=case.due_on,
            days_left=_days_left(case.due_on, work),
            sent_back=len(stored_review.reopened(work.session, case)),
            is_overdue=case.is_overdue(work.now),
        )
    deeds = deeds_of(case, Party.ENTERPRISE, now=work.now)
    ends = case.objection_ends
    lowered = len(_lowered(work, one.id)) if ends is not None else 0
    until = local_day(ends - timedelta(seconds=1)) if ends is not None and lowered else None
    return Standing(
        case=case,
        until=until,
        days_left=_days_left(until, work),
        may_object=Deed.OBJECT in deeds and lowered > 0,
        lowered=lowered,
    )


def _days_left(day: date | None, work: Work) -> int | None:
    return None if day is None else (day - local_day(work.now)).days


def sent_back(work: Work, one: OpenAssessment) -> Mapping[ItemId, SentBack]:
    """What stands beside the items of a self-check that was opened within sight, while it is sent back."""
    if one.case is None or not one.case.is_out:
        return {}
    return {sent.item.id: sent for sent in _correction(work, one, one.case).items}


def open_(work: Work, who: Account, id: str) -> Correction:
    """What was sent back in this round, in the questionnaire's order; raises NotFound, also while nothing is out."""
    one = filing.open_(work, who, id)
    if one.case is None or not one.case.is_out:
        raise NotFound(id)
    return _correction(work, one, one.case)


def _correction(work: Work, one: OpenAssessment, case: Case) -> Correction:
    sent = {
        verdict.item: verdict
        for verdict in stored_review.verdicts(work.session, one.id, is_issued=True)
        if verdict.kind is VerdictKind.RETURNED and verdict.round == case.round
    }
    replies = {
        reply.item: reply
        for reply in stored_review.replies(work.session, one.id)
        if reply.round == case.round
    }
    frozen, files = one.frozen, evidence.frozen_links(work, one.id)
    files_before = stored_review.submissions(work.session, one.id)[-1].evidence
    steps = [step for step in stored_review.decisions(work.session, one.id) if step.round == case.round]
    returned = _last(steps, Deed.RETURN)
    before = {doubt.token for doubt in filing.doubts_of(assess(one.questionnaire, frozen, one.year))}
    doubts = filing.doubts_of(assess(one.questionnaire, one.given, one.year))
    return Correction(
        open=one,
        case=case,
        items=tuple(
            SentBack(
                item=item,
                verdict=sent[item.id],
                reply=replies.get(item.id),
                is_changed=one.given.get(item.id, MISSING) != frozen.get(item.id, MISSING)
                or set(files.get(item.id, ())) != set(files_before.get(item.id, ())),
            )
            for item in one.questionnaire.items.values()
            if item.id in sent
        ),
        deeds=deeds_of(case, Party.ENTERPRISE, now=work.now),
        remark=returned.remark if returned is not None else "",
        asked=_last(steps, Deed.ASK_EXTENSION),
        granted=_last(steps, Deed.EXTEND),
        doubts=tuple(doubt for doubt in doubts if doubt.token not in before),
    )


def _last(steps: Collection[Decision], deed: Deed) -> Decision | None:
    return next((step for step in reversed(list(steps)) if step.deed is deed), None)


# ── 补正 ─────────────────────────────────────────────────────────────────────


def reply(work: Work, who: Account, id: str, item: ItemId, text: str, seen: str) -> Kept:
    """Keep what is said beside an item that was sent back; an empty text takes it back.

    `seen` names the text that the page showed: another one that somebody wrote meanwhile is never overwritten.
    Raises NotFound, and NotAllowed once it is too late.
    """
    case = _locked(work, who, id)
    move(case, Deed.CORRECT, Party.ENTERPRISE, who.id, now=work.now)
    text = cleaned(text)
    there = next(
        (
            one
            for one in stored_review.replies(work.session, id)
            if (one.item, one.round) == (item, case.round)
        ),
        None,
    )
    problems = check_remark(text, place=item)
    if item not in stored_review.reopened(work.session, case):
        problems = (Problem(place=item, code="not_reopened"),)
    if problems:
        return Kept(seen, problems)
    if text == (there.text if there else ""):
        return Kept(_mark(there))
    if seen != _mark(there):
        return Kept(_mark(there), theirs=there)
    stored.keep_reply(work.session, id, item, round=case.round, text=text, by=who.id, now=work.now)
    work.note(
        "review.reply",
        "assessment",
        id,
        before=_told(item=item, comment=there.text) if there else "",
        after=_told(item=item, comment=text),
    )
    return Kept(work.now.isoformat() if text else NOBODY)


def _mark(one: Reply | Objection | None) -> str:
    return one.at.isoformat() if one is not None else NOBODY


def mark_of(one: Reply | Objection | None) -> str:
    """What names a text that the page shows; empty for none."""
    return _mark(one)


def resubmit(work: Work, who: Account, id: str, round: int, confirmed: Collection[str] = ()) -> Problems:
    """Freeze the corrections as the next round, under the same number; the case goes back to whoever holds it.

    `round` is the one that the page showed: pressing twice is one submission. Every item wants an answer: another
    figure, another file, or a word. `confirmed` are the tokens of doubtful new values. Raises NotFound, NotAllowed.
    """
    case = _locked(work, who, id)
    if _is_answered(work, id, round):
        return ()
    if case.round != round:
        raise Stale(Deed.RESUBMIT, Party.ENTERPRISE, case)
    after = move(case, Deed.RESUBMIT, Party.ENTERPRISE, who.id, now=work.now)
    one = filing.open_(work, who, id)
    correction = _correction(work, one, case)
    problems = [
        Problem(place=sent.item.id, code="reply_wanted") for sent in correction.items if not sent.is_answered
    ]
    problems += [
        Problem(place=doubt.item.id, code="value_unconfirmed")
        for doubt in correction.doubts
        if doubt.token not in confirmed
    ]
    if assess(one.questionnaire, one.given, one.year).points.total is None:
        problems.append(Problem(place=id, code="nothing_counted"))
    if problems:
        return tuple(problems)
    next_round = case.round + 1
    result: Assessment = filing.freeze(work, who, one, number=one.number, round=next_round)
    now = _advance(
        work, who, case, after, Deed.RESUBMIT,
        round=next_round, waiting_since=work.now, due_at=None, is_extended=False,
        findings=len(find_irregularities(result)),
    )  # fmt: skip
    review_letter.to_bureau(
        work, one, now, "resubmitted", count=str(len(correction.items)), round=str(next_round)
    )
    return ()


def was_resubmitted(work: Work, one: OpenAssessment, round: int) -> bool:
    """Whether that round of a self-check opened within sight was answered, not ended by the bureau."""
    return _is_answered(work, one.id, round)


def _is_answered(work: Work, id: str, round: int) -> bool:
    steps = stored_review.decisions(work.session, id)
    return any(step.deed is Deed.RESUBMIT and step.round == round + 1 for step in steps)


def ask_extension(work: Work, who: Account, id: str, round: int, text: str) -> Problems:
    """Ask for more time, once a round, with a reason; the bureau may grant it. Raises NotFound, NotAllowed."""
    case = _locked(work, who, id)
    if case.round != round:
        raise Stale(Deed.ASK_EXTENSION, Party.ENTERPRISE, case)
    after = move(case, Deed.ASK_EXTENSION, Party.ENTERPRISE, who.id, now=work.now)
    steps = [step for step in stored_review.decisions(work.session, id) if step.round == case.round]
    text = cleaned(text)
    if _last(steps, Deed.ASK_EXTENSION) is not None:
        return (Problem(place="extension", code="extension_asked"),)
    if case.is_extended:
        return (Problem(place="extension", code="extension_granted"),)
    problems = check_remark(text, is_needed=True, place="extension")
    if problems:
        return problems
    one = filing.open_(work, who, id)
    now = _advance(work, who, case, after, Deed.ASK_EXTENSION, remark=text)
    review_letter.to_bureau(work, one, now, "extension_asked", remark=text)
    return ()


# ── 异议 ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """An item that was lowered, with the plant's objection, drafted or sent."""

    item: Item
    verdict: Verdict
    objection: Objection | None
    files: tuple[Evidence, ...]  # submitted, or added for the objection


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """What was lowered, and what the plant says to it; `until` is the last day for saying it."""

    open: OpenAssessment
    case: Case
    items: tuple[Lowered, ...]
    until: date | None
    may_object: bool
    confirmed: Confirmed
    answered: Decision | None  # the step that answered the objections

    @property
    def drafted(self) -> int:
        """How many objections have words."""
        return sum(one.objection is not None for one in self.items)


def dispute(work: Work, who: Account, id: str) -> Dispute:
    """The lowered items of what was confirmed; raises NotFound before, and where nothing was lowered."""
    one = filing.open_(work, who, id)
    lowered = _lowered(work, id) if one.confirmed is not None else {}
    if one.case is None or one.confirmed is None or not lowered:
        raise NotFound(id)
    objections = {given.item: given for given in stored_review.objections(work.session, id)}
    ends = one.case.objection_ends
    return Dispute(
        open=one,
        case=one.case,
        items=tuple(
            Lowered(
                item=item,
                verdict=lowered[item.id],
                objection=objections.get(item.id),
                files=evidence.beside(work, who, one, item.id),
            )
            for item in one.questionnaire.items.values()
            if item.id in lowered
        ),
        until=local_day(ends - timedelta(seconds=1)) if ends is not None else None,
        may_object=Deed.OBJECT in deeds_of(one.case, Party.ENTERPRISE, now=work.now),
        confirmed=one.confirmed,
        answered=_last(stored_review.decisions(work.session, id), Deed.DECIDE),
    )


def _lowered(work: Work, id: str) -> Mapping[ItemId, Verdict]:
    """The items that were lowered in the end, of those that the plant may see."""
    standing = prevailing(stored_review.verdicts(work.session, id, is_issued=True))
    return {item: one for item, one in standing.items() if one.kind is VerdictKind.LOWERED}


def draft_objection(work: Work, who: Account, id: str, item: ItemId, text: str, seen: str) -> Kept:
    """Keep an objection without sending it; an empty text takes it back. As `reply`; raises NotFound, NotAllowed."""
    case = _locked(work, who, id)
    move(case, Deed.OBJECT, Party.ENTERPRISE, who.id, now=work.now)
    if item not in _lowered(work, id):
        raise NotFound(item)
    there = next((one for one in stored_review.objections(work.session, id) if one.item == item), None)
    text = cleaned(text)
    problems = check_remark(text, place=item)
    if problems:
        return Kept(seen, problems)
    if text == (there.text if there else ""):
        return Kept(_mark(there))
    if seen != _mark(there):
        return Kept(_mark(there), theirs=there)
    stored.keep_objection(work.session, id, item, text=text, by=who.id, now=work.now)
    work.note(
        "objection.draft",
        "assessment",
        id,
        before=_told(item=item, comment=there.text) if there else "",
        after=_told(item=item, comment=text),
    )
    return Kept(work.now.isoformat() if text else NOBODY)


def object_(work: Work, who: Account, id: str) -> Problems:
    """Send the objections that have words, all at once and for good; again changes nothing.

    Raises NotFound, and NotAllowed when it is too late or was decided already.
    """
    case = _locked(work, who, id)
    objections = stored_review.objections(work.session, id)
    if case.state in OBJECTED and objections:
        return ()
    after = move(case, Deed.OBJECT, Party.ENTERPRISE, who.id, now=work.now)
    if not objections:
        return (Problem(place=id, code="objection_wanted"),)
    one = filing.open_(work, who, id)
    now = _advance(work, who, case, after, Deed.OBJECT, waiting_since=work.now)
    review_letter.to_bureau(work, one, now, "objected", count=str(len(objections)))
    return ()


# ── Steps ────────────────────────────────────────────────────────────────────


def _locked(work: Work, who: Account, id: str) -> Case:
    """The case of one's own self-check, both rows locked until the unit of work ends; raises NotFound."""
    filing.own(work, who, id)
    case = stored_review.find(work.session, id, is_locking=True)
    if case is None:
        raise NotFound(id)
    return case


def _advance(
    work: Work,
    who: Account,
    case: Case,
    after: ReviewState,
    deed: Deed,
    *,
    remark: str = "",
    **columns: object,
) -> Case:
    step = stored_review.Step(deed=deed, party=Party.ENTERPRISE, by=who.id, at=work.now, remark=remark)
    if not stored_review.advance(work.session, case, after, step, **columns):
        raise Stale(deed, Party.ENTERPRISE, case)
    now = stored_review.find(work.session, case.assessment_id, is_locking=True)
    assert now is not None  # it was changed a moment ago
    work.note(
        f"review.{deed}",
        "assessment",
        case.assessment_id,
        before=_told(state=case.state.value, round=case.round),
        after=_told(state=now.state.value, round=now.round, **({"remark": remark} if remark else {})),
    )
    return now


def _told(**fields: object) -> str:
    return stored_assessment.canonical(fields)
