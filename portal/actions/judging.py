"""A reviewer's word on single items: kept as a draft until the bureau decides."""

from dataclasses import dataclass

from portal.actions import review
from portal.actions.review import Dossier
from portal.actions.work import NotFound, Work
from portal.core.answers import Answer, to_json
from portal.core.errors import Problem
from portal.core.judging import check_verdict
from portal.core.plain_text import cleaned
from portal.core.questionnaire import ItemId
from portal.core.review import Case, Deed, Party, Reason, ReviewState, Stale, Verdict, VerdictKind, move
from portal.core.roles import Account
from portal.core.scoring import assess
from portal.storage import assessment as stored_assessment
from portal.storage import review as stored

Problems = tuple[Problem, ...]


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


def judge(work: Work, who: Account, id: str, said: Judgement) -> Problems:
    """Keep what is said to one item as a draft; nothing is written when there are problems.

    Raises NotFound (also for an item that the questionnaire does not have) and NotAllowed.
    """
    record, case = review.found(work, who, id, is_locking=True)
    party = review.party_of(who)
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
    declared = assess(questionnaire, record.frozen, record.year)
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
    step = stored.Step(deed=Deed.JUDGE, party=review.party_of(who), by=who.id, at=work.now)
    if not stored.advance(work.session, case, after, step):
        raise Stale(Deed.JUDGE, review.party_of(who), case)
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
    case, after = review.begin(work, who, id, Deed.JUDGE, revision)
    dossier = review.open_(work, who, id)
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
