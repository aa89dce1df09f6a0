"""The client desk's lines: what fits, and in which order."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.core.assessment import GateVerdict, Verdict
from portal.core.clients import (
    NO_GRADE,
    Asked,
    Client,
    Gates,
    Line,
    Order,
    Score,
    Stage,
    Step,
    fitting,
    narrowed,
)
from portal.core.enterprise import Enterprise
from portal.core.filing import AssessmentState
from portal.core.levels import Grade
from portal.core.questionnaire import Activity, ItemId
from portal.core.review import ReviewState
from tests.make import make_profile

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GAP = Activity(id=ItemId("coal"), title="原煤", unit="t")


def _client(name: str, **changes: object) -> Client:
    fields: dict[str, object] = {
        "enterprise": Enterprise(id=name, profile=make_profile(name=name), created_at=NOW),
        "assessment_id": f"a-{name}",
        "state": AssessmentState.DRAFT,
        "review": None,
        "number": "",
        "points": None,
        "submitted_at": None,
        "due_at": None,
    }
    return Client(**(fields | changes))  # type: ignore[arg-type]


def _score(**changes: object) -> Score:
    fields: dict[str, object] = {
        "points": Decimal(50),
        "grade": None,
        "is_rated": True,
        "verdict": GateVerdict(verdict=Verdict.UNDECIDED, open=0, lacking=()),
        "gap": GAP,
        "to_prove": (),
        "missing": 3,
    }
    return Score(**(fields | changes))  # type: ignore[arg-type]


def _line(client: Client, score: Score | None, **changes: object) -> Line:
    fields: dict[str, object] = {
        "client": client,
        "deadline": None,
        "score": score,
        "lacks": 0,
        "step": Step.FILL,
        "may_fill": True,
        "may_print": True,
    }
    return Line(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "review", "stage"),
    [
        (None, None, Stage.NONE),
        (AssessmentState.DRAFT, None, Stage.DRAFT),
        (AssessmentState.SUBMITTED, ReviewState.WAITING, Stage.REVIEW),
        (AssessmentState.SUBMITTED, ReviewState.RETURNED, Stage.RETURNED),
        (AssessmentState.SUBMITTED, ReviewState.RETURNED_BY_CITY, Stage.RETURNED),
        (AssessmentState.SUBMITTED, ReviewState.OBJECTED, Stage.CONFIRMED),
    ],
)
def test_a_stage_is_told_from_state_and_review(
    state: AssessmentState | None, review: ReviewState | None, stage: Stage
) -> None:
    assert _client("甲", state=state, review=review).stage is stage


def test_clients_are_found_by_words_stage_and_sector_and_sorted() -> None:
    clients = (_client("乙"), _client("甲", state=None), _client("丙"))

    def names(**asked: object) -> list[str]:
        found = fitting(clients, Asked(year=2026, **asked), {"丙": date(2026, 1, 1)})  # type: ignore[arg-type]
        return [one.enterprise.profile.name for one in found]

    assert names() == sorted(["甲", "乙", "丙"])
    assert names(words="甲") == ["甲"]
    assert names(stage=Stage.NONE) == ["甲"]
    assert names(sector="paper") == []
    assert names(order=Order.STAGE)[0] == "甲"
    assert names(order=Order.DUE)[0] == "丙"


def test_only_computed_filters_and_orders_want_every_score() -> None:
    assert not Asked(year=2026, words="甲", stage=Stage.DRAFT, order=Order.DUE).needs_scores
    for asked in (
        Asked(year=2026, gates=Gates.MET),
        Asked(year=2026, grade="I"),
        Asked(year=2026, step=Step.FILL),
        Asked(year=2026, gap="coal"),
        Asked(year=2026, has_lacks=True),
        Asked(year=2026, order=Order.LACKS),
    ):
        assert asked.needs_scores


def test_lines_are_narrowed_by_their_result() -> None:
    met = GateVerdict(verdict=Verdict.MET, open=0, lacking=())
    shut = GateVerdict(verdict=Verdict.OPEN, open=2, lacking=())
    good = _line(_client("甲"), _score(grade=Grade.I, verdict=met, gap=None), step=Step.PRINT)
    bad = _line(_client("乙"), _score(verdict=shut), lacks=4)
    unrated = _line(_client("丙"), _score(is_rated=False, points=None))
    none = _line(_client("丁", state=None, assessment_id=""), None, step=Step.START)
    lines = (good, bad, unrated, none)

    def found(**asked: object) -> tuple[Line, ...]:
        return narrowed(lines, Asked(year=2026, **asked))  # type: ignore[arg-type]

    assert found() == lines
    assert found(gates=Gates.MET) == (good,)
    assert found(gates=Gates.OPEN) == (bad,)
    assert found(gates=Gates.UNDECIDED) == (unrated,)
    assert found(grade="I") == (good,)
    assert found(grade=NO_GRADE) == (bad,)
    assert found(step=Step.START) == (none,)
    assert found(gap="coal") == (bad, unrated)
    assert found(has_lacks=True) == (bad,)
    assert found(order=Order.LACKS)[0] is bad
    assert found(order=Order.POINTS)[2:] == (unrated, none)


def test_submitted_points_stand_before_computed_ones() -> None:
    assert _line(_client("甲", points=Decimal(60)), _score()).points == 60
    assert _line(_client("甲"), _score()).points == 50
    assert _line(_client("甲"), None).points is None
