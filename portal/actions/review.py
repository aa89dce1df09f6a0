"""A bureau's work on one submission: taking it, judging its items, sending back, passing on, confirming, deciding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from portal import words
from portal.actions import assessment as filing
from portal.actions import data_check, evidence, facts, outbox, statistics
from portal.actions.work import NotFound, Work
from portal.core.answers import Answer, Answers, to_json
from portal.core.assessment import Assessment, rounded
from portal.core.campaign import Channel
from portal.core.errors import Problem
from portal.core.evidence import Links
from portal.core.filing import OpenAssessment
from portal.core.judging import (
    changed,
    check_remark,
    check_verdict,
    items_to_judge,
    left_to_judge,
    sent_back,
)
from portal.core.panels import ItemLine
from portal.core.plain_text import cleaned
from portal.core.questionnaire import Activity, Indicator, Item, ItemId
from portal.core.receipt import receipt
from portal.core.review import (
    DAYS_TO_CORRECT,
    MOST_DAYS,
    Case,
    Confirmed,
    Decision,
    Deed,
    Earlier,
    Objection,
    Party,
    Reason,
    Reply,
    ReviewState,
    Stale,
    Submission,
    Verdict,
    VerdictKind,
    after_objections,
    deadline,
    deeds_of,
    may_see,
    move,
    standing,
    verified,
)
from portal.core.roles import Account
from portal.core.scoring import assess
from portal.storage import account as stored_account
from portal.storage import assessment as stored_assessment
from portal.storage import review as stored

Problems = tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A case with everything that the bureau looks at. `verdicts` are those that this reader may see."""

    open: OpenAssessment
    case: Case
    party: Party
    deeds: frozenset[Deed]
    declared: Assessment
    verified: Assessment
    verdicts: tuple[Verdict, ...]
    standing: Mapping[ItemId, Verdict]
    left: tuple[ItemId, ...]
    submissions: tuple[Submission, ...]
    before: Assessment | None  # the round before
    changed: frozenset[ItemId]  # since the round before
    earlier: Earlier | None
    checked: tuple[data_check.Checked, ...]
    evidence: Links
    evidence_before: Links
    decisions: tuple[Decision, ...]
    replies: tuple[Reply, ...]
    objections: tuple[Objection, ...]
    objected: Links  # the files beside the objections
    confirmed: Confirmed | None
    peers: Mapping[ItemId, ItemLine]  # what the sector declared this year, where there are enough

    @property
    def last_day(self) -> date:
        """The day on which evidence must still be valid."""
        return date(self.open.year, 12, 31)

    @property
    def wanted(self) -> tuple[ItemId, ...]:
        """The items that need a verdict of this reader's bureau."""
        return items_to_judge(self.declared, self.verdicts)

    @property
    def own(self) -> Mapping[ItemId, Verdict]:
        """What the reader's own party said in this round."""
        return {
            one.item: one
            for one in self.verdicts
            if (one.party, one.round) == (self.party, self.case.round) and one.issued_at is None
        }

    @property
    def sent_back(self) -> tuple[Verdict, ...]:
        """The drafts that ask for a correction."""
        return sent_back(self.standing, self.case.round, self.party)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a reviewer says to one item; no `kind` takes it back. `seen` is the time of the verdict that the page
    showed, empty for none.
    """

    item: ItemId
    kind: VerdictKind | None
    counted: Answer | None = None
    reason: Reason | None = None
    comment: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the city decides about one objection."""

    item: ItemId
    is_granted: bool | None
    answer: str


def party_of(who: Account) -> Party:
    """For which bureau a reviewer acts."""
    return Party.CITY if who.is_city else Party.DISTRICT


# ── Looking ──────────────────────────────────────────────────────────────────


def open_(work: Work, who: Account, id: str) -> Dossier:
    """A case within one's jurisdiction; raises NotFound."""
    record, case = _found(work, who, id)
    questionnaire = work.library.questionnaire(record.questionnaire_id, record.questionnaire_version)
    one = OpenAssessment(
        id=record.id,
        enterprise=record.enterprise,
        year=record.year,
        questionnaire=questionnaire,
        state=record.state,
        answers={},
        submitted_at=record.submitted_at,
        number=record.number,
        checksum=record.checksum,
        case=case,
    )
    party = party_of(who)
    rounds = stored.submissions(work.session, id)
    scored = {one.round: assess(questionnaire, one.answers, record.year) for one in rounds}
    declared = scored[rounds[-1].round]
    earlier_rounds = {number: then for number, then in scored.items() if number != rounds[-1].round}
    before = scored[rounds[-2].round] if len(rounds) > 1 else None
    seen = tuple(
        verdict
        for verdict in stored.verdicts(work.session, id, is_issued=False)
        if may_see(verdict, party, case.state)
    )
    stands = standing(seen, party)
    confirmed = stored.confirmed(work.session, id)
    is_objected = case.state in (ReviewState.OBJECTED, ReviewState.CLOSED)
    objections = stored.objections(work.session, id) if is_objected else ()
    counting = confirmed.answers if confirmed is not None else verified(declared.answers, stands)
    return Dossier(
        open=one,
        case=case,
        party=party,
        deeds=deeds_of(case, party, who.id, now=work.now),
        declared=declared,
        verified=assess(questionnaire, counting, record.year),
        verdicts=seen,
        standing=stands,
        left=left_to_judge(declared, stands, _since(earlier_rounds, declared)),
        submissions=rounds,
        before=before,
        changed=changed(before, declared) if before is not None else frozenset(),
        earlier=_earlier(work, who, one),
        checked=data_check.of(work, one, declared),
        evidence=evidence.of_assessment(work, who, id),
        evidence_before=evidence.of_round(work, who, id, rounds[-2].round) if before is not None else {},
        decisions=stored.decisions(work.session, id),
        replies=stored.replies(work.session, id) if len(rounds) > 1 else (),
        objections=objections,
        objected=evidence.with_objections(work, who, id, [one.item for one in objections]),
        confirmed=confirmed,
        peers=statistics.item_spread(work, record.questionnaire_id, record.year),
    )


def _since(earlier: Mapping[int, Assessment], declared: Assessment) -> Mapping[int, frozenset[ItemId]]:
    return {number: changed(then, declared) for number, then in earlier.items()}


def _found(
    work: Work, who: Account, id: str, *, is_locking: bool = False
) -> tuple[stored_assessment.AssessmentRecord, Case]:
    """The self-check and its case, within one's jurisdiction; raises NotFound."""
    if not who.sight.jurisdiction:
        raise NotFound(id)
    record = stored_assessment.find(work.session, id, sight=who.sight)
    case = stored.find(work.session, id, is_locking=is_locking) if record is not None else None
    if record is None or case is None:
        raise NotFound(id)
    return record, case


def _earlier(work: Work, who: Account, one: OpenAssessment) -> Earlier | None:
    """Last year's answers by this year's items; a figure in another unit would be another amount."""
    found = stored.earlier(work.session, one.enterprise.id, one.year, sight=who.sight)
    if found is None:
        return None
    then = work.library.questionnaire(*found.questionnaire)
    answers: dict[ItemId, Answer] = {}
    for name, answer in found.answers.items():
        item = one.questionnaire.items.get(one.questionnaire.renamed.get(name, name))
        old = then.items.get(name)
        if item is not None and old is not None and _unit(item) == _unit(old) and type(item) is type(old):
            answers[item.id] = answer
    return replace(found, answers=answers)


def _unit(item: Item) -> str:
    return item.unit if isinstance(item, Activity | Indicator) else ""


# ── Whose it is ──────────────────────────────────────────────────────────────


def take(work: Work, who: Account, id: str) -> Case:
    """Take a case; raises NotAllowed when another was faster."""
    _, case = _found(work, who, id, is_locking=True)
    after = move(case, Deed.TAKE, party_of(who), who.id, now=work.now)
    return _advance(work, who, case, after, Deed.TAKE, holder=who.id)


def release(work: Work, who: Account, id: str, revision: int) -> Case:
    """Give a case back into the queue; what was judged stays for whoever takes it next."""
    case, after = _begin(work, who, id, Deed.RELEASE, revision)
    return _advance(work, who, case, after, Deed.RELEASE, holder=None)


def hand_over(work: Work, who: Account, id: str, revision: int, to: str, remark: str) -> Problems:
    """Give a case to another active reviewer of the same bureau."""
    case, after = _begin(work, who, id, Deed.HAND_OVER, revision)
    remark = cleaned(remark)
    problems = check_remark(remark)
    if to not in {one.id for one in colleagues(work, who)}:
        problems = (Problem(place="to", code="not_an_option"), *problems)
    if problems:
        return problems
    _advance(work, who, case, after, Deed.HAND_OVER, remark=remark, towards=to, holder=to)
    return ()


def colleagues(work: Work, who: Account) -> tuple[Account, ...]:
    """The other active reviewers of one's bureau."""
    return tuple(one for one in stored.bureau(work.session, who.jurisdiction) if one.id != who.id)


def _begin(work: Work, who: Account, id: str, deed: Deed, revision: int) -> tuple[Case, ReviewState]:
    """The case, locked until the unit of work ends, and the state after the deed; raises NotAllowed and Stale."""
    _, case = _found(work, who, id, is_locking=True)
    if case.revision != revision:
        raise Stale(deed, party_of(who), case)
    return case, move(case, deed, party_of(who), who.id, now=work.now)


def _advance(
    work: Work,
    who: Account,
    case: Case,
    after: ReviewState,
    deed: Deed,
    *,
    remark: str = "",
    due_at: datetime | None = None,
    towards: str | None = None,
    **columns: object,
) -> Case:
    step = stored.Step(
        deed=deed,
        party=party_of(who),
        by=who.id,
        at=work.now,
        remark=remark,
        due_at=due_at,
        towards=towards,
    )
    if due_at is not None or deed is Deed.RECALL:
        columns["due_at"] = due_at
    if not stored.advance(work.session, case, after, step, **columns):
        raise Stale(deed, party_of(who), case)
    now = stored.find(work.session, case.assessment_id, is_locking=True)
    assert now is not None  # it was changed a moment ago
    work.note(
        f"review.{deed}", "assessment", case.assessment_id, before=_told(case), after=_told(now, remark)
    )
    return now


def _told(case: Case, remark: str = "") -> str:
    told = {"state": case.state.value, "round": case.round, "holder": case.holder_id}
    if case.due_at is not None:
        told["due_at"] = case.due_at.isoformat()
    if remark:
        told["remark"] = remark
    return stored_assessment.canonical(told)


# ── Judging ──────────────────────────────────────────────────────────────────


def judge(work: Work, who: Account, id: str, said: Judgement) -> Problems:
    """Keep what is said to one item as a draft; nothing is written when there are problems.

    Raises NotFound (also for an item that the questionnaire does not have) and NotAllowed.
    """
    record, case = _found(work, who, id, is_locking=True)
    party = party_of(who)
    after = move(case, Deed.JUDGE, party, who.id, now=work.now)
    questionnaire = work.library.questionnaire(record.questionnaire_id, record.questionnaire_version)
    if said.item not in questionnaire.items:
        raise NotFound(said.item)
    there = _draft(work, case, party, said.item)
    if said.seen != (there.at.isoformat() if there is not None else ""):
        return (Problem(place="kind", code="verdict_changed"),)
    if said.kind is None:
        stored.drop_verdict(work.session, id, said.item, round=case.round, party=party)
        return _noted(work, who, case, after, there, None)
    verdict = Verdict(
        item=said.item,
        round=case.round,
        party=party,
        kind=said.kind,
        counted=said.counted if said.kind is VerdictKind.LOWERED else None,
        reason=None if said.kind is VerdictKind.CONFIRMED else said.reason,
        comment=cleaned(said.comment),
        by=who.name,
        at=work.now,
    )
    declared = assess(questionnaire, stored_assessment.frozen_answers(work.session, id), record.year)
    problems = check_verdict(declared, verdict)
    if problems:
        return problems
    stored.keep_verdicts(work.session, id, (verdict,), by=who.id)
    return _noted(work, who, case, after, there, verdict)


def _draft(work: Work, case: Case, party: Party, item: ItemId) -> Verdict | None:
    found = stored.verdicts(work.session, case.assessment_id, is_issued=False)
    return next(
        (
            one
            for one in found
            if (one.item, one.round, one.party) == (item, case.round, party) and one.issued_at is None
        ),
        None,
    )


def _noted(
    work: Work, who: Account, case: Case, after: ReviewState, before: Verdict | None, now: Verdict | None
) -> Problems:
    step = stored.Step(deed=Deed.JUDGE, party=party_of(who), by=who.id, at=work.now)
    if not stored.advance(work.session, case, after, step):
        raise Stale(Deed.JUDGE, party_of(who), case)
    work.note("verdict.save", "assessment", case.assessment_id, before=_said(before), after=_said(now))
    return ()


def _said(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    told: dict[str, object] = {"item": verdict.item, "kind": verdict.kind.value, "comment": verdict.comment}
    if verdict.counted is not None:
        told["counted"] = to_json(verdict.counted)
    if verdict.reason is not None:
        told["reason"] = verdict.reason.value
    return stored_assessment.canonical(told)


def confirm_rest(work: Work, who: Account, id: str, revision: int) -> int:
    """Confirm as declared every item about which nothing was said yet; how many.

    What was sent back, or has changed since it was judged, wants a look of its own.
    """
    case, after = _begin(work, who, id, Deed.JUDGE, revision)
    dossier = open_(work, who, id)
    rest = rest_of(dossier)
    stored.keep_verdicts(
        work.session,
        id,
        [
            Verdict(
                item=item,
                round=case.round,
                party=dossier.party,
                kind=VerdictKind.CONFIRMED,
                counted=None,
                reason=None,
                comment="",
                by=who.name,
                at=work.now,
            )
            for item in rest
        ],
        by=who.id,
    )
    if rest:
        step = stored.Step(deed=Deed.JUDGE, party=dossier.party, by=who.id, at=work.now)
        stored.advance(work.session, case, after, step)
        told = stored_assessment.canonical({"items": list(rest)})
        work.note("verdict.confirm_rest", "assessment", id, after=told)
    return len(rest)


def rest_of(dossier: Dossier) -> tuple[ItemId, ...]:
    """The items that can be confirmed together."""
    return tuple(item for item in dossier.left if item not in dossier.standing)


# ── 补正 ─────────────────────────────────────────────────────────────────────


def send_for_correction(
    work: Work, who: Account, id: str, revision: int, *, days: int = DAYS_TO_CORRECT, remark: str = ""
) -> Problems:
    """Issue the verdicts that ask for a correction and open their items to the plant until the deadline."""
    case, after = _begin(work, who, id, Deed.RETURN, revision)
    dossier = open_(work, who, id)
    remark = cleaned(remark)
    problems = (*_check_days(days), *check_remark(remark))
    if not dossier.sent_back:
        problems = (Problem(place="remark", code="nothing_sent_back"), *problems)
    if problems:
        return problems
    due_at = deadline(work.now, days)
    stored.issue(work.session, id, dossier.sent_back, work.now)
    now = _advance(
        work, who, case, after, Deed.RETURN,
        remark=remark, due_at=due_at, is_extended=False, waiting_since=work.now,
    )  # fmt: skip
    _write(work, dossier, now, "returned", count=str(len(dossier.sent_back)), remark=remark or words.NOTHING)
    return ()


def extend(work: Work, who: Account, id: str, revision: int, *, days: int, remark: str = "") -> Problems:
    """Move the deadline once by so many days, counted from its last day, or from today once that is over."""
    case, after = _begin(work, who, id, Deed.EXTEND, revision)
    assert case.due_at is not None  # a case that is out has a deadline
    remark = cleaned(remark)
    problems = (*_check_days(days), *check_remark(remark))
    if problems:
        return problems
    last_moment = case.due_at - timedelta(seconds=1)
    due_at = deadline(max(last_moment, work.now), days)
    dossier = open_(work, who, id)
    now = _advance(work, who, case, after, Deed.EXTEND, remark=remark, due_at=due_at, is_extended=True)
    _write(work, dossier, now, "extended", remark=remark or words.NOTHING)
    return ()


def recall(work: Work, who: Account, id: str, revision: int, remark: str = "") -> Problems:
    """Take a case back after its deadline: what was submitted last counts as the next round."""
    case, after = _begin(work, who, id, Deed.RECALL, revision)
    remark = cleaned(remark)
    problems = check_remark(remark)
    if problems:
        return problems
    stored.repeat_submission(work.session, id, round=case.round + 1)
    _advance(
        work, who, case, after, Deed.RECALL,
        remark=remark, round=case.round + 1, due_at=None, is_extended=False, waiting_since=work.now,
    )  # fmt: skip
    return ()


def _check_days(days: int) -> Problems:
    if 1 <= days <= MOST_DAYS:
        return ()
    return (Problem(place="days", code="days_out_of_range", details=("1", str(MOST_DAYS))),)


# ── Passing on and deciding ──────────────────────────────────────────────────


def forward(work: Work, who: Account, id: str, revision: int, opinion: str) -> Problems:
    """初审意见: the district has judged every item and passes the case to the city."""
    case, after = _begin(work, who, id, Deed.FORWARD, revision)
    opinion = cleaned(opinion)
    problems = (*_check_judged(open_(work, who, id)), *check_remark(opinion, is_needed=True))
    if problems:
        return problems
    _advance(
        work, who, case, after, Deed.FORWARD, remark=opinion, holder=None, waiting_since=work.now,
        district_opinion=opinion, district_by=who.id, district_at=work.now,
    )  # fmt: skip
    return ()


def send_back(work: Work, who: Account, id: str, revision: int, remark: str) -> Problems:
    """The city gives a case back to the district, to whoever passed it on, with its own verdicts to be read."""
    case, after = _begin(work, who, id, Deed.SEND_BACK, revision)
    remark = cleaned(remark)
    problems = check_remark(remark, is_needed=True)
    if problems:
        return problems
    district = stored.forwarded_by(work.session, id)
    _advance(
        work, who, case, after, Deed.SEND_BACK,
        remark=remark, towards=district, holder=district, waiting_since=work.now,
    )  # fmt: skip
    return ()


def confirm(work: Work, who: Account, id: str, revision: int, opinion: str) -> Problems:
    """复核意见: the verified answers, their receipt, points and grade are kept for good, and all verdicts issued."""
    case, after = _begin(work, who, id, Deed.CONFIRM, revision)
    dossier = open_(work, who, id)
    opinion = cleaned(opinion)
    problems = (*_check_judged(dossier), *check_remark(opinion, is_needed=True))
    if problems:
        return problems
    stored.issue(work.session, id, tuple(dossier.standing.values()), work.now)
    counting = verified(dossier.declared.answers, dossier.standing)
    now = _advance(
        work, who, case, after, Deed.CONFIRM, remark=opinion, waiting_since=work.now,
        city_opinion=opinion, city_by=who.id, city_at=work.now,
        **_verified_columns(work, dossier, counting),
    )  # fmt: skip
    _write(work, dossier, now, "confirmed", opinion=opinion)
    return ()


def decide(
    work: Work, who: Account, id: str, revision: int, rulings: Sequence[Ruling], opinion: str
) -> Problems:
    """Answer every objection at once: granted, or kept, each with a reason. The result is final."""
    case, after = _begin(work, who, id, Deed.DECIDE, revision)
    dossier = open_(work, who, id)
    assert dossier.confirmed is not None  # only what was confirmed can be objected to
    ruled = {one.item: one for one in rulings}
    opinion = cleaned(opinion)
    problems = list(check_remark(opinion))
    decided: list[Objection] = []
    for one in dossier.objections:
        ruling = ruled.get(one.item)
        if ruling is None or ruling.is_granted is None:
            problems.append(Problem(place=one.item, code="ruling_wanted"))
            continue
        answer = cleaned(ruling.answer)
        problems += check_remark(answer, is_needed=True, place=one.item)
        decided.append(replace(one, is_granted=ruling.is_granted, answer=answer))
    if problems:
        return tuple(problems)
    for done in decided:
        stored.decide_objection(work.session, id, done, by=who.id, now=work.now)
    counting = after_objections(dossier.declared.answers, dossier.confirmed.answers, decided)
    now = _advance(
        work, who, case, after, Deed.DECIDE, remark=opinion, waiting_since=work.now,
        **_verified_columns(work, dossier, counting),
    )  # fmt: skip
    _write(work, dossier, now, "decided", count=str(len(decided)))
    return ()


def _check_judged(dossier: Dossier) -> Problems:
    problems = []
    if dossier.left:
        problems.append(Problem(place="remark", code="not_all_judged", details=(str(len(dossier.left)),)))
    if dossier.sent_back:
        problems.append(
            Problem(place="remark", code="still_sent_back", details=(str(len(dossier.sent_back)),))
        )
    return tuple(problems)


def _verified_columns(work: Work, dossier: Dossier, counting: Answers) -> dict[str, Any]:
    """What is kept of the verified answers, counted into the statistics as well."""
    one = dossier.open
    result = assess(one.questionnaire, counting, one.year)
    slip = receipt(result)
    points, grade = result.points.total, result.grade
    facts.keep(
        work,
        one.id,
        dossier.declared,
        year=one.year,
        district=dossier.case.district,
        scale=one.enterprise.profile.scale,
        verified=counting,
    )
    return {
        "verified_answers": stored_assessment.canonical(stored_assessment.answers_json(counting)),
        "verified_receipt": stored_assessment.canonical(slip),
        "verified_checksum": filing.checksum(slip),
        "verified_points": None if points is None else rounded(points),
        "verified_grade": grade.grade.value if grade is not None and grade.grade is not None else "",
    }


# ── Letters ──────────────────────────────────────────────────────────────────


def _write(work: Work, dossier: Dossier, case: Case, template: str, **fields: str) -> None:
    """A letter to everybody who acts for the enterprise; the revision keeps the same deed from writing twice."""
    one = dossier.open
    for member in stored_account.members(work.session, one.enterprise.id):
        outbox.put(
            work,
            occasion=f"review:{one.id}:{case.revision}:{member.id}",
            channel=Channel.MAIL,
            address=member.mail,
            template=template,
            enterprise_id=one.enterprise.id,
            name=member.name,
            enterprise=one.enterprise.profile.name,
            year=str(one.year),
            number=one.number,
            due=words.day(case.due_on),
            bureau=words.district(case.district),
            link=f"{work.settings.address}/assessments/{one.id}",
            **fields,
        )
