"""A self-check from its first field to its submission; what is saved is never lost, what is submitted never changes."""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from portal.actions import campaign, enterprise, evidence, facts
from portal.actions.work import NotFound, Work, new_id
from portal.core.answers import (
    MISSING,
    Answer,
    Answers,
    Measured,
    Missing,
    NotApplicable,
    check,
    to_json,
    usual_range_warning,
)
from portal.core.assessment import Assessment, GateState, rounded
from portal.core.audit import Outcome
from portal.core.campaign import check_submission
from portal.core.data_check import find_irregularities
from portal.core.errors import PortalError, Problem
from portal.core.filing import (
    AssessmentState,
    AssessmentSummary,
    Change,
    Conflict,
    Doubt,
    KeepResult,
    OpenAssessment,
    Readiness,
    StoredAnswer,
)
from portal.core.plain_text import cleaned, is_printable
from portal.core.plant import Concern
from portal.core.questionnaire import Activity, Indicator, Item, ItemId, Questionnaire, Section
from portal.core.receipt import receipt
from portal.core.review import Case
from portal.core.roles import Account, Sight
from portal.core.scoring import assess, is_asked
from portal.storage import assessment as stored
from portal.storage import review as stored_review

FIRST_YEAR = 2020
MOST_CHANGES = 500
# Hangzhou's clock decides which year it is.
_LOCAL = timedelta(hours=8)
# Crockford's digits: nothing that is read for something else on paper.
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class NotEditable(PortalError):
    """A submitted self-check does not change."""


class NotReady(PortalError):
    """It cannot be submitted yet; `problems` say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(*(problem.code for problem in problems))
        self.problems = problems


def this_year(now: datetime) -> int:
    """The year by Hangzhou's clock."""
    return (now.astimezone(UTC) + _LOCAL).year


def start(work: Work, who: Account, enterprise_id: str, year: int) -> str:
    """The enterprise's self-check of that year, begun if there is none: its id.

    It is pinned to the newest questionnaire of the sector; answers of the newest earlier year are carried over,
    each to be confirmed. Raises NotFound for a stranger's enterprise and for a year that has not begun.
    """
    found = enterprise.filled(work, who, enterprise_id)
    if not FIRST_YEAR <= year <= this_year(work.now):
        raise NotFound(str(year))
    questionnaire = work.library.questionnaire(found.profile.sector)
    id = new_id()
    pinned = (questionnaire.id, questionnaire.version)
    if not stored.add(
        work.session,
        id,
        enterprise_id=enterprise_id,
        year=year,
        questionnaire=pinned,
        by=who.id,
        now=work.now,
    ):
        there = stored.id_of(work.session, enterprise_id, year)
        assert there is not None
        return there
    work.note("assessment.start", "assessment", id, after=f"{enterprise_id} {year}")
    before = stored.latest_before(work.session, enterprise_id, year)
    if before is not None:
        _carry_over(work, who, before, id, questionnaire)
    return id


def _carry_over(work: Work, who: Account, before: str, id: str, questionnaire: Questionnaire) -> None:
    savings = []
    earlier = stored.find(work.session, before, sight=None)
    assert earlier is not None  # it was found a moment ago
    pinned = work.library.questionnaire(earlier.questionnaire_id, earlier.questionnaire_version)
    for name, old in stored.answers(work.session, before).items():
        item = questionnaire.items.get(questionnaire.renamed.get(name, name))
        if item is None or isinstance(old.answer, Missing) or check(item, old.answer):
            continue
        if _unit(item) == _unit(pinned.items.get(name)):  # a number in another unit would be another amount
            savings.append(stored.Saving(item=item.id, answer=old.answer, revision=1, is_carried_over=True))
    stored.save(work.session, id, savings, by=who.id, now=work.now)
    work.note("assessment.carry_over", "assessment", id, before=before, after=str(len(savings)))


def _unit(item: Item | None) -> str:
    return item.unit if isinstance(item, Activity | Indicator) else ""


def mine(work: Work, who: Account) -> tuple[AssessmentSummary, ...]:
    """Every self-check of one's enterprises, newest year first."""
    return stored.of_member(work.session, who.id)


def open_(work: Work, who: Account, id: str) -> OpenAssessment:
    """One self-check with its answers; raises NotFound."""
    record = _find(work, who, id)
    found = opened(work, record, answers_for(work, who.sight, id))
    return replace(found, may_fill=who.may_fill(found.enterprise.id))


def answers_for(work: Work, sight: Sight | None, id: str) -> dict[ItemId, StoredAnswer]:
    """The answers as they stand, for those who fill them in; a bureau reads what was submitted, nothing later."""
    if sight is not None and sight.jurisdiction:
        return {}
    return stored.answers(work.session, id)


def opened(
    work: Work, record: stored.AssessmentRecord, answers: Mapping[ItemId, StoredAnswer]
) -> OpenAssessment:
    """The record with its pinned questionnaire and answers, in the questionnaire's order."""
    questionnaire = work.library.questionnaire(record.questionnaire_id, record.questionnaire_version)
    reopened = writable(work, record.case)
    if record.state is not AssessmentState.DRAFT and answers:
        answers = _as_submitted(answers, record.frozen, reopened)
    return OpenAssessment(
        id=record.id,
        enterprise=record.enterprise,
        year=record.year,
        questionnaire=questionnaire,
        state=record.state,
        answers={item: answers[item] for item in questionnaire.items if item in answers},
        submitted_at=record.submitted_at,
        number=record.number,
        checksum=record.checksum,
        frozen=record.frozen,
        case=record.case,
        confirmed=record.confirmed,
        reopened=reopened,
    )


def writable(work: Work, case: Case | None) -> frozenset[ItemId]:
    """The items sent back for correction, as long as there is time for it."""
    if case is None or case.is_overdue(work.now):
        return frozenset()
    return stored_review.reopened(work.session, case)


def _as_submitted(
    answers: Mapping[ItemId, StoredAnswer], frozen: Answers, reopened: frozenset[ItemId]
) -> dict[ItemId, StoredAnswer]:
    """What was submitted, but for the items that are open: a correction that came too late is not in it."""
    return {
        item: kept if item in reopened else replace(kept, answer=frozen.get(item, MISSING))
        for item, kept in answers.items()
    }


def _find(work: Work, who: Account, id: str) -> stored.AssessmentRecord:
    record = stored.find(work.session, id, sight=who.sight)
    if record is None:
        raise NotFound(id)
    return record


def own(work: Work, who: Account, id: str) -> stored.AssessmentRecord:
    """A self-check that the person may write into, locked until the unit of work ends; raises NotFound."""
    record = stored.find(work.session, id, sight=who.writing_sight, is_locking=True)
    if record is None:
        raise NotFound(id)
    return record


# ── Saving ───────────────────────────────────────────────────────────────────


def keep(work: Work, who: Account, id: str, changes: Sequence[Change]) -> KeepResult:
    """Save answers; each stands for itself, so that one that is refused does not hold up the others.

    Not written: an answer with a problem, and one whose `revision` is older than what has been saved since by
    somebody else, or by the same person in another tab (a conflict). Raises NotEditable, NotFound.
    """
    record = own(work, who, id)
    case = stored_review.find(work.session, id, is_locking=True) if record.number else None
    reopened = writable(work, case)
    if record.state is not AssessmentState.DRAFT and not reopened:
        raise NotEditable(id)
    questionnaire = work.library.questionnaire(record.questionnaire_id, record.questionnaire_version)
    latest = {change.item: _tidied(change) for change in changes[:MOST_CHANGES]}
    problems = _problems(questionnaire, latest.values())
    if len(changes) > MOST_CHANGES:
        problems += (Problem(place=id, code="too_many_changes"),)
    if record.state is not AssessmentState.DRAFT:
        problems += tuple(Problem(place=item, code="not_reopened") for item in latest if item not in reopened)
    refused = {problem.place for problem in problems}
    there = stored.answers_and_authors(work.session, id, tuple(latest))
    saved: dict[ItemId, int] = {}
    savings: list[stored.Saving] = []
    conflicts: list[Conflict] = []
    for item, change in latest.items():
        if item in refused:
            continue
        old, author = there.get(item, (None, who.id))
        is_own = author == who.id
        if old is not None and _conflicts(old, is_own, change):
            conflicts.append(Conflict(item, old, change.answer, is_own))
        elif old is not None and old.answer == change.answer and not old.is_carried_over:
            saved[item] = old.revision
        else:
            saved[item] = old.revision + 1 if old else 1
            savings.append(
                stored.Saving(item=item, answer=change.answer, revision=saved[item], saved_from=change.tab)
            )
    stored.save(work.session, id, savings, by=who.id, now=work.now)
    _note_savings(work, id, there, savings)
    return KeepResult(
        saved=saved,
        conflicts=tuple(conflicts),
        problems=problems,
        warnings=_warnings(questionnaire, {item: latest[item].answer for item in saved}),
        state=record.state,
        saved_at=work.now,
    )


def _note_savings(
    work: Work, id: str, there: Mapping[ItemId, tuple[StoredAnswer, str]], savings: Sequence[stored.Saving]
) -> None:
    if not savings:
        return
    before = {one.item: to_json(there[one.item][0].answer) for one in savings if one.item in there}
    after = {one.item: to_json(one.answer) for one in savings}
    work.note("answer.save", "assessment", id, before=stored.canonical(before), after=stored.canonical(after))


def _conflicts(old: StoredAnswer, is_own: bool, change: Change) -> bool:
    is_stale = change.revision is not None and change.revision != old.revision
    # One tab sends what is typed in a row without waiting for the revision of the save before.
    is_same_tab = is_own and change.tab != "" and change.tab == old.saved_from
    return is_stale and not is_same_tab and old.answer != change.answer


def _tidied(change: Change) -> Change:
    if isinstance(change.answer, NotApplicable):
        return replace(change, answer=NotApplicable(cleaned(change.answer.reason)))
    return change


def _problems(questionnaire: Questionnaire, changes: Iterable[Change]) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    for change in changes:
        item = questionnaire.items.get(change.item)
        if item is None:
            problems.append(Problem(place=change.item, code="unknown_item"))
            continue
        problems += check(item, change.answer)
        if isinstance(change.answer, NotApplicable) and not is_printable(change.answer.reason):
            problems.append(Problem(place=change.item, code="unprintable"))
    return tuple(problems)


def _warnings(questionnaire: Questionnaire, answers: Answers) -> tuple[Problem, ...]:
    found = (usual_range_warning(questionnaire.items[item], answer) for item, answer in answers.items())
    return tuple(warning for warning in found if warning is not None)


# ── Submission ───────────────────────────────────────────────────────────────


def readiness(work: Work, who: Account, id: str) -> Readiness:
    """What is missing, carried over but not confirmed, unusual or open, before submission; raises NotFound."""
    draft = open_(work, who, id)
    found = ready(draft)
    closed = _check_campaign(work, draft) if draft.is_editable else ()
    return replace(found, problems=found.problems + closed)


def _check_campaign(work: Work, draft: OpenAssessment) -> tuple[Problem, ...]:
    """Whether the year's campaign lets it be submitted now; filling in is possible at any time."""
    return check_submission(campaign.applying(work, draft.year, draft.enterprise.profile), work.now)


def ready(draft: OpenAssessment) -> Readiness:
    """The same for a self-check that is open already."""
    questionnaire, answers = draft.questionnaire, draft.given
    assessment = assess(questionnaire, answers, draft.year)
    unconfirmed = tuple(
        (section, item)
        for section, item in _items(questionnaire)
        if item.id in answers and draft.answers[item.id].is_carried_over
    )
    problems = [Problem(place=item.id, code="to_confirm") for _, item in unconfirmed]
    if assessment.points.total is None:
        problems.append(Problem(place=draft.id, code="nothing_counted"))
    return Readiness(
        missing=unanswered(questionnaire, answers, assessment),
        unconfirmed=unconfirmed,
        doubts=doubts_of(assessment),
        open_gates=tuple(gate.item for gate in assessment.gates if gate.state is GateState.OPEN),
        problems=tuple(problems),
    )


def doubts_of(assessment: Assessment) -> tuple[Doubt, ...]:
    """The values, entered or computed from entered ones, that are probably slips."""
    computed = {
        result.item.id: result.reading.computed
        for result in assessment.items
        if result.reading is not None and result.reading.entered is None
    }
    doubts = []
    for item in assessment.questionnaire.items.values():
        answer = assessment.answers.get(item.id, MISSING)
        value = answer.value if isinstance(answer, Measured) else computed.get(item.id)
        if value is None or assessment.plant.concern_of(item) is Concern.NO:
            continue
        warning = usual_range_warning(item, Measured(value))
        if warning is not None:
            doubts.append(Doubt(item=item, value=value, problem=warning))
    return tuple(doubts)


def _items(questionnaire: Questionnaire) -> tuple[tuple[Section, Item], ...]:
    return tuple((section, item) for section in questionnaire.sections for item in section.items)


def unanswered(
    questionnaire: Questionnaire, answers: Answers, assessment: Assessment
) -> tuple[tuple[Section, Item], ...]:
    """The items that the plant is asked and that have neither an answer nor a computed value."""
    plant = assessment.plant
    has_value = {
        result.item.id
        for result in assessment.items
        if result.reading is not None and result.reading.value is not None
    }
    return tuple(
        (section, item)
        for section, item in _items(questionnaire)
        if is_asked(item, plant) and item.id not in has_value and _says_nothing(answers.get(item.id, MISSING))
    )


def _says_nothing(answer: Answer) -> bool:
    return isinstance(answer, Missing)


def submit(work: Work, who: Account, id: str, confirmed: Collection[str] = ()) -> str:
    """Freeze answers, profile, questionnaire version and result; the number under which it is known.

    `confirmed` are the tokens of the doubtful values that the person says are right; every doubt needs one.
    Submitting again gives the same number and changes nothing. Raises NotReady, NotFound.
    """
    record = own(work, who, id)
    if record.state is AssessmentState.SUBMITTED:
        return record.number
    draft = opened(work, record, stored.answers(work.session, id))
    found = ready(draft)
    problems = (*found.problems, *_check_campaign(work, draft))
    problems += tuple(
        Problem(place=doubt.item.id, code="value_unconfirmed")
        for doubt in found.doubts
        if doubt.token not in confirmed
    )
    if problems:
        codes = sorted({problem.code for problem in problems})
        work.note("assessment.submit", "assessment", id, after=" ".join(codes), outcome=Outcome.REFUSED)
        raise NotReady(problems)
    number = _new_number(record.year)
    assessment = freeze(work, who, draft, number=number, round=1)
    stored_review.add(
        work.session,
        id,
        district=record.enterprise.profile.district,
        findings=len(find_irregularities(assessment)),
        now=work.now,
    )
    work.note("assessment.submit", "assessment", id, after=number)
    return number


def freeze(work: Work, who: Account, draft: OpenAssessment, *, number: str, round: int) -> Assessment:
    """Keep the answers as they stand as the submission of that round, with its score; the assessment of them."""
    assessment = assess(draft.questionnaire, draft.given, draft.year)
    slip = receipt(assessment)
    points, grade = assessment.points, assessment.grade
    frozen = stored.Frozen(
        number=number,
        answers=draft.given,
        evidence=evidence.frozen_links(work, draft.id),
        profile=draft.enterprise.profile,
        receipt=slip,
        checksum=checksum(slip),
        points=None if points.total is None else rounded(points.total),
        completeness=rounded(points.completeness),
        grade=grade.grade.value if grade is not None and grade.grade is not None else "",
        is_provisional=points.is_provisional,
    )
    stored.freeze(work.session, draft.id, frozen, round=round, by=who.id, now=work.now)
    profile = draft.enterprise.profile
    facts.keep(work, draft.id, assessment, year=draft.year, district=profile.district, scale=profile.scale)
    return assessment


def checksum(slip: Mapping[str, object]) -> str:
    """SHA-256 of the receipt's canonical JSON: sorted keys, no blanks, ASCII."""
    return hashlib.sha256(stored.canonical(slip).encode("ascii")).hexdigest()


def _new_number(year: int) -> str:
    """Random, so that nobody finds other enterprises' by counting."""
    return f"HZ{year}-" + "".join(secrets.choice(_DIGITS) for _ in range(8))
