"""A self-check as it is kept."""

from datetime import UTC, datetime
from decimal import Decimal

from portal.core.answers import MISSING, Measured
from portal.core.enterprise import Enterprise
from portal.core.errors import Problem
from portal.core.filing import AssessmentState, OpenAssessment, Readiness, StoredAnswer
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


def test_an_answer_that_says_nothing_is_not_given() -> None:
    assert _open(AssessmentState.DRAFT).given == {COAL: Measured(Decimal(1))}


def test_only_problems_forbid_submission() -> None:
    none: tuple[Problem, ...] = ()
    warned = Problem(place="kiln_heat", code="unusual")
    ready = Readiness(missing=(), unconfirmed=(), warnings=(warned,), open_gates=(), problems=none)
    assert ready.may_submit
    stopped = Readiness(missing=(), unconfirmed=(), warnings=(), open_gates=(), problems=(warned,))
    assert not stopped.may_submit
