"""A submission in a bureau's hands: everything that is looked at, and whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from portal.actions import assessment as filing
from portal.actions import data_check, evidence, statistics
from portal.actions.work import NotFound, Work
from portal.core.answers import Answer
from portal.core.assessment import Assessment
from portal.core.errors import Problem
from portal.core.evidence import Links
from portal.core.filing import OpenAssessment
from portal.core.judging import (
    changed,
    check_remark,
    items_to_judge,
    left_to_judge,
    sent_back,
)
from portal.core.panels import ItemLine
from portal.core.plain_text import cleaned
from portal.core.questionnaire import Activity, Indicator, Item, ItemId
from portal.core.review import (
    Case,
    Confirmed,
    Decision,
    Deed,
    Earlier,
    Objection,
    Party,
    Reply,
    ReviewState,
    Stale,
    Submission,
    Verdict,
    deeds_of,
    may_see,
    move,
    standing,
    verified,
)
from portal.core.roles import Account
from portal.core.scoring import assess
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

    def item(self, id: ItemId) -> Item:
        """The item of that id."""
        return self.open.questionnaire.items[id]

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


def party_of(who: Account) -> Party:
    """For which bureau a reviewer acts."""
    return Party.CITY if who.is_city else Party.DISTRICT


# ── Looking ──────────────────────────────────────────────────────────────────


def open_(work: Work, who: Account, id: str) -> Dossier:
    """A case within one's jurisdiction; raises NotFound."""
    record, case = found(work, who, id)
    one = filing.opened(work, record, {})
    party = party_of(who)
    rounds = stored.submissions(work.session, id)
    scored = {each.round: assess(one.questionnaire, each.answers, one.year) for each in rounds}
    declared = scored[rounds[-1].round]
    earlier_rounds = {number: then for number, then in scored.items() if number != rounds[-1].round}
    before = scored[rounds[-2].round] if len(rounds) > 1 else None
    seen = tuple(
        verdict
        for verdict in stored.verdicts(work.session, id, is_issued=False)
        if may_see(verdict, party, case.state)
    )
    stands = standing(seen, party)
    is_objected = case.state in (ReviewState.OBJECTED, ReviewState.CLOSED)
    objections = stored.objections(work.session, id) if is_objected else ()
    counting = one.confirmed.answers if one.confirmed is not None else verified(declared.answers, stands)
    files, files_before, objected = evidence.with_files(
        work,
        rounds[-1].evidence,
        rounds[-2].evidence if before is not None else {},
        evidence.for_objections(work, id, [each.item for each in objections]),
    )
    return Dossier(
        open=one,
        case=case,
        party=party,
        deeds=deeds_of(case, party, who.id, now=work.now),
        declared=declared,
        verified=assess(one.questionnaire, counting, one.year),
        verdicts=seen,
        standing=stands,
        left=left_to_judge(declared, stands, _since(earlier_rounds, declared)),
        submissions=rounds,
        before=before,
        changed=changed(before, declared) if before is not None else frozenset(),
        earlier=_earlier(work, who, one),
        checked=data_check.of(work, one, declared, files),
        evidence=files,
        evidence_before=files_before,
        decisions=stored.decisions(work.session, id),
        replies=stored.replies(work.session, id) if len(rounds) > 1 else (),
        objections=objections,
        objected=objected,
        confirmed=one.confirmed,
        peers=statistics.item_spread(work, one.questionnaire.id, one.year),
    )


def _since(earlier: Mapping[int, Assessment], declared: Assessment) -> Mapping[int, frozenset[ItemId]]:
    return {number: changed(then, declared) for number, then in earlier.items()}


def found(
    work: Work, who: Account, id: str, *, is_locking: bool = False
) -> tuple[stored_assessment.AssessmentRecord, Case]:
    """The self-check and its case, within one's jurisdiction; raises NotFound."""
    if not who.sight.jurisdiction:
        raise NotFound(id)
    record = stored_assessment.find(work.session, id, sight=who.sight)
    if record is None:
        raise NotFound(id)
    case = stored.find(work.session, id, is_locking=True) if is_locking else record.case
    if case is None:
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
    _, case = found(work, who, id, is_locking=True)
    after = move(case, Deed.TAKE, party_of(who), who.id, now=work.now)
    return advance(work, who, case, after, Deed.TAKE, holder=who.id)


def release(work: Work, who: Account, id: str, revision: int) -> Case:
    """Give a case back into the queue; what was judged stays for whoever takes it next."""
    case, after = begin(work, who, id, Deed.RELEASE, revision)
    return advance(work, who, case, after, Deed.RELEASE, holder=None)


def hand_over(work: Work, who: Account, id: str, revision: int, to: str, remark: str) -> Problems:
    """Give a case to another active reviewer of the same bureau."""
    case, after = begin(work, who, id, Deed.HAND_OVER, revision)
    remark = cleaned(remark)
    problems = check_remark(remark)
    if to not in {one.id for one in colleagues(work, who)}:
        problems = (Problem(place="to", code="not_an_option"), *problems)
    if problems:
        return problems
    advance(work, who, case, after, Deed.HAND_OVER, remark=remark, towards=to, holder=to)
    return ()


def colleagues(work: Work, who: Account) -> tuple[Account, ...]:
    """The other active reviewers of one's bureau."""
    return tuple(one for one in stored.bureau(work.session, who.jurisdiction) if one.id != who.id)


def begin(work: Work, who: Account, id: str, deed: Deed, revision: int) -> tuple[Case, ReviewState]:
    """The case, locked until the unit of work ends, and the state after the deed; raises NotAllowed and Stale."""
    _, case = found(work, who, id, is_locking=True)
    if case.revision != revision:
        raise Stale(deed, party_of(who), case)
    return case, move(case, deed, party_of(who), who.id, now=work.now)


def advance(
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
