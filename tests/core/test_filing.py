"""A self-check as it is kept."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from portal.core.answers import MISSING, Measured
from portal.core.enterprise import Enterprise
from portal.core.errors import Problem
from portal.core.filing import AssessmentState, Doubt, OpenAssessment, Readiness, StoredAnswer
from tests.make import COAL, HEAT, make_profile, make_questionnaire

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _open(state: AssessmentState) -> OpenAssessment:
    answers = {COAL: Measured(Decimal(1)), HEAT: MISSING}
    return OpenAssessment(
        id="x",
        enterprise=Enterprise(id="e", profile=make_profile(), created_at=NOW),
        year=2026,
        questionnaire=make_questionnaire(),
        state=state,
        answers={
            item: StoredAnswer(answer=answer, revision=1, saved_by="王示例", saved_at=NOW)
            for item, answer in answers.items()
        },
    )


def test_only_a_draft_can_be_edited() -> None:
    assert _open(AssessmentState.DRAFT).is_editable
    assert not _open(AssessmentState.SUBMITTED).is_editable


def test_after_submission_only_items_sent_back_may_be_written() -> None:
    draft, sent = _open(AssessmentState.DRAFT), _open(AssessmentState.SUBMITTED)
    returned = replace(sent, reopened=frozenset({HEAT}))
    assert [draft.may_write(COAL), sent.may_write(COAL)] == [True, False]
    assert [returned.may_write(COAL), returned.may_write(HEAT)] == [False, True]


def test_who_may_only_read_writes_neither_a_draft_nor_a_correction() -> None:
    draft = replace(_open(AssessmentState.DRAFT), may_fill=False)
    returned = replace(draft, state=AssessmentState.SUBMITTED, reopened=frozenset({HEAT}))
    assert not draft.may_write(HEAT)
    assert not returned.may_write(HEAT)


def test_an_answer_that_says_nothing_is_not_given() -> None:
    assert _open(AssessmentState.DRAFT).given == {COAL: Measured(Decimal(1))}


def test_only_problems_forbid_submission() -> None:
    warned = Problem(place="kiln_heat", code="unusual")
    item = make_questionnaire().items[HEAT]
    doubt = Doubt(item=item, value=Decimal("10350.50"), problem=warned)
    ready = Readiness(missing=(), unconfirmed=(), doubts=(doubt,), open_gates=(), problems=())
    assert ready.may_submit  # with a word that the value is right
    stopped = Readiness(missing=(), unconfirmed=(), doubts=(), open_gates=(), problems=(warned,))
    assert not stopped.may_submit


def test_a_doubt_is_about_one_value() -> None:
    item = make_questionnaire().items[HEAT]
    warned = Problem(place="kiln_heat", code="unusual")
    tokens = [Doubt(item=item, value=Decimal(text), problem=warned).token for text in ("10350.5", "1E+4")]
    assert tokens == ["kiln_heat:10350.5", "kiln_heat:10000"]
