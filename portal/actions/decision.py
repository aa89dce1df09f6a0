"""What a bureau decides about a submission as a whole: sending back, passing on, confirming, answering objections."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from portal import words
from portal.actions import assessment as filing
from portal.actions import facts, review, review_letter
from portal.actions.review import Dossier
from portal.actions.work import Work
from portal.core.answers import Answer, Answers
from portal.core.assessment import rounded
from portal.core.errors import Problem
from portal.core.judging import check_between, check_remark
from portal.core.plain_text import cleaned
from portal.core.questionnaire import ItemId
from portal.core.receipt import receipt
from portal.core.review import (
    DAYS_TO_CORRECT,
    MOST_DAYS,
    Deed,
    Objection,
    Party,
    after_objections,
    deadline,
    verified,
)
from portal.core.roles import Account
from portal.core.scoring import assess
from portal.storage import assessment as stored_assessment
from portal.storage import review as stored

Problems = tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the city decides about one objection; `counted` is a level between the two, None for the plant's own."""

    item: ItemId
    is_granted: bool | None
    answer: str
    counted: Answer | None = None


# ── 补正 ─────────────────────────────────────────────────────────────────────


def send_for_correction(
    work: Work, who: Account, id: str, revision: int, *, days: int = DAYS_TO_CORRECT, remark: str = ""
) -> Problems:
    """Issue the verdicts that ask for a correction and open their items to the plant until the deadline."""
    case, after = review.begin(work, who, id, Deed.RETURN, revision)
    dossier = review.open_(work, who, id)
    remark = cleaned(remark)
    problems = (*_check_days(days), *check_remark(remark))
    if not dossier.sent_back:
        problems = (Problem(place="remark", code="nothing_sent_back"), *problems)
    if problems:
        return problems
    due_at = deadline(work.now, days)
    stored.issue(work.session, id, dossier.sent_back, work.now)
    now = review.advance(
        work, who, case, after, Deed.RETURN,
        remark=remark, due_at=due_at, is_extended=False, waiting_since=work.now,
    )  # fmt: skip
    told = {"count": str(len(dossier.sent_back)), "remark": remark or words.NOTHING}
    review_letter.to_enterprise(work, dossier.open, now, "returned", **told)
    if dossier.party is Party.CITY:
        review_letter.to_district(work, dossier.open, now, "returned_by_city", **told)
    return ()


def extend(work: Work, who: Account, id: str, revision: int, *, days: int, remark: str = "") -> Problems:
    """Move the deadline once by so many days, counted from its last day, or from today once that is over."""
    case, after = review.begin(work, who, id, Deed.EXTEND, revision)
    assert case.due_at is not None  # a case that is out has a deadline
    remark = cleaned(remark)
    problems = (*_check_days(days), *check_remark(remark))
    if problems:
        return problems
    last_moment = case.due_at - timedelta(seconds=1)
    due_at = deadline(max(last_moment, work.now), days)
    dossier = review.open_(work, who, id)
    now = review.advance(work, who, case, after, Deed.EXTEND, remark=remark, due_at=due_at, is_extended=True)
    review_letter.to_enterprise(work, dossier.open, now, "extended", remark=remark or words.NOTHING)
    return ()


def recall(work: Work, who: Account, id: str, revision: int, remark: str = "") -> Problems:
    """Take a case back after its deadline: what was submitted last counts as the next round."""
    case, after = review.begin(work, who, id, Deed.RECALL, revision)
    remark = cleaned(remark)
    problems = check_remark(remark)
    if problems:
        return problems
    stored.repeat_submission(work.session, id, round=case.round + 1)
    review.advance(
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
    case, after = review.begin(work, who, id, Deed.FORWARD, revision)
    opinion = cleaned(opinion)
    problems = (*_check_judged(review.open_(work, who, id)), *check_remark(opinion, is_needed=True))
    if problems:
        return problems
    review.advance(
        work, who, case, after, Deed.FORWARD, remark=opinion, holder=None, waiting_since=work.now,
        district_opinion=opinion, district_by=who.id, district_at=work.now,
    )  # fmt: skip
    return ()


def send_back(work: Work, who: Account, id: str, revision: int, remark: str) -> Problems:
    """The city gives a case back to the district, to whoever passed it on, with its own verdicts to be read."""
    case, after = review.begin(work, who, id, Deed.SEND_BACK, revision)
    remark = cleaned(remark)
    problems = check_remark(remark, is_needed=True)
    if problems:
        return problems
    district = stored.forwarded_by(work.session, id)
    review.advance(
        work, who, case, after, Deed.SEND_BACK,
        remark=remark, towards=district, holder=district, waiting_since=work.now,
    )  # fmt: skip
    return ()


def confirm(work: Work, who: Account, id: str, revision: int, opinion: str) -> Problems:
    """复核意见: the verified answers, their receipt, points and grade are kept for good, and all verdicts issued."""
    case, after = review.begin(work, who, id, Deed.CONFIRM, revision)
    dossier = review.open_(work, who, id)
    opinion = cleaned(opinion)
    problems = (*_check_judged(dossier), *check_remark(opinion, is_needed=True))
    if problems:
        return problems
    stored.issue(work.session, id, tuple(dossier.standing.values()), work.now)
    counting = verified(dossier.declared.answers, dossier.standing)
    now = review.advance(
        work, who, case, after, Deed.CONFIRM, remark=opinion, waiting_since=work.now,
        city_opinion=opinion, city_by=who.id, city_at=work.now,
        **_verified_columns(work, dossier, counting),
    )  # fmt: skip
    review_letter.to_enterprise(work, dossier.open, now, "confirmed", opinion=opinion)
    return ()


def decide(
    work: Work, who: Account, id: str, revision: int, rulings: Sequence[Ruling], opinion: str
) -> Problems:
    """Answer every objection at once: granted, in full or in part, or kept, each with a reason. That is final."""
    case, after = review.begin(work, who, id, Deed.DECIDE, revision)
    dossier = review.open_(work, who, id)
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
        counted = ruling.counted if ruling.is_granted else None
        if counted is not None:
            found = check_between(dossier.declared, dossier.verified, dossier.item(one.item), counted)
            problems += [replace(problem, place=one.item) for problem in found]
        decided.append(replace(one, is_granted=ruling.is_granted, counted=counted, answer=answer))
    if problems:
        return tuple(problems)
    for done in decided:
        stored.decide_objection(work.session, id, done, by=who.id, now=work.now)
    counting = after_objections(dossier.declared.answers, dossier.confirmed.answers, decided)
    now = review.advance(
        work, who, case, after, Deed.DECIDE, remark=opinion, waiting_since=work.now,
        **_verified_columns(work, dossier, counting),
    )  # fmt: skip
    review_letter.to_enterprise(
        work, dossier.open, now, "decided", count=str(len(decided)), opinion=opinion or words.NOTHING
    )
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
