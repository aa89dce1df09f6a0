"""A year's campaign: what may be typed, the second at which it opens and closes, rungs and reminders."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.core.campaign import (
    Campaign,
    CampaignState,
    Channel,
    LetterState,
    Rung,
    TypedPlan,
    TypedRung,
    check_submission,
    checked,
    days_left,
    local_day,
    midnight_after,
    reminder_due,
    standings,
)
from portal.core.letter import MOST_ATTEMPTS, PAUSES, Letter
from portal.core.levels import Grade
from portal.core.scoring import assess
from tests.make import make_answers, make_questionnaire

OPENS, CLOSES = date(2026, 9, 1), date(2026, 11, 30)


def make_campaign(**changes: object) -> Campaign:
    """A published campaign from September to November."""
    campaign = Campaign(
        id="c",
        year=2026,
        title="示例批次",
        sectors=("cement",),
        opens_on=OPENS,
        closes_on=CLOSES,
        rungs=(),
        notice="",
        state=CampaignState.PUBLISHED,
    )
    return replace(campaign, **changes)  # type: ignore[arg-type]


def _typed(**changes: object) -> TypedPlan:
    typed = TypedPlan(
        year="2026",
        title=" 示例批次 ",
        sectors=("cement",),
        opens_on="2026-09-01",
        closes_on="2026/11/30",
        rungs=(TypedRung(title="市级", points="80", grade="II"), TypedRung(title="", points="", grade="")),
        notice="正文",
    )
    return replace(typed, **changes)  # type: ignore[arg-type]


def _codes(typed: TypedPlan, published: Campaign | None = None) -> set[tuple[str, str]]:
    plan, problems = checked(typed, {"cement", "paper"}, published)
    assert (plan is None) == bool(problems)
    return {(one.place, one.code) for one in problems}


def test_what_was_typed_becomes_a_plan() -> None:
    plan, problems = checked(_typed(), {"cement"})
    assert problems == ()
    assert plan is not None
    assert (plan.year, plan.title, plan.opens_on, plan.closes_on) == (2026, "示例批次", OPENS, CLOSES)
    assert plan.rungs == (Rung(id="rung1", title="市级", points=Decimal("80.0"), grade=Grade.II),)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"year": "26"}, ("year", "year_form")),
        ({"year": "1999"}, ("year", "year_form")),
        ({"title": "  "}, ("title", "required")),
        ({"title": "长" * 121}, ("title", "too_long")),
        ({"title": "a\0"}, ("title", "unprintable")),
        ({"notice": "长" * 5001}, ("notice", "too_long")),
        ({"sectors": ()}, ("sectors", "sectors_missing")),
        ({"sectors": ("bakery",)}, ("sectors", "not_an_option")),
        ({"opens_on": ""}, ("opens_on", "required")),
        ({"closes_on": "2026-02-30"}, ("closes_on", "day_form")),
        ({"closes_on": "2026-08-31"}, ("closes_on", "closes_before_opens")),
        ({"rungs": (TypedRung(title="", points="80", grade=""),)}, ("rung_title_0", "required")),
        ({"rungs": (TypedRung(title="", points="", grade="I"),)}, ("rung_title_0", "required")),
        ({"rungs": (TypedRung(title="长" * 31, points="80", grade=""),)}, ("rung_title_0", "too_long")),
        ({"rungs": (TypedRung(title="市级", points="", grade=""),)}, ("rung_points_0", "rung_points")),
        ({"rungs": (TypedRung(title="市级", points="NaN", grade=""),)}, ("rung_points_0", "rung_points")),
        ({"rungs": (TypedRung(title="市级", points="101", grade=""),)}, ("rung_points_0", "rung_points")),
        ({"rungs": (TypedRung(title="市级", points="80.55", grade=""),)}, ("rung_points_0", "rung_points")),
        ({"rungs": (TypedRung(title="市级", points="80", grade="IV"),)}, ("rung_grade_0", "not_an_option")),
        ({"rungs": (TypedRung(title="市级", points="80", grade=""),) * 2}, ("rung_title_0", "rung_twice")),
    ],
)
def test_what_cannot_be_kept_is_named_at_its_place(
    changes: dict[str, object], expected: tuple[str, str]
) -> None:
    assert expected in _codes(_typed(**changes))


def test_once_published_the_days_can_only_be_extended() -> None:
    there = make_campaign()
    assert _codes(_typed(opens_on="2026-08-01", closes_on="2026-12-31"), there) == set()
    assert _codes(_typed(opens_on="2026-09-02", closes_on="2026-11-29"), there) == {
        ("opens_on", "opens_later"),
        ("closes_on", "closes_earlier"),
    }
    assert _codes(_typed(year="2027", sectors=("paper",)), there) == {
        ("year", "published_fixed"),
        ("sectors", "published_fixed"),
    }


# ── To the second ────────────────────────────────────────────────────────────

# Hangzhou is eight hours ahead: its days begin and end at 16:00 UTC.
FIRST, LAST = datetime(2026, 8, 31, 16, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (FIRST - SECOND, "campaign_not_open"),
        (FIRST, ""),
        (LAST - SECOND, ""),
        (LAST, "campaign_closed"),
    ],
)
def test_submission_opens_and_closes_to_the_second_by_hangzhous_clock(now: datetime, code: str) -> None:
    problems = check_submission(make_campaign(), now)
    assert [one.code for one in problems] == ([code] if code else [])
    assert make_campaign().closes_at == LAST


def test_a_draft_or_no_campaign_forbids_nothing() -> None:
    assert check_submission(None, LAST) == ()
    assert check_submission(make_campaign(state=CampaignState.DRAFT), LAST) == ()


def test_days_are_counted_by_hangzhous_clock() -> None:
    assert local_day(LAST - SECOND) == CLOSES
    assert local_day(LAST) == date(2026, 12, 1)
    assert days_left(make_campaign(), LAST - SECOND) == 0
    assert days_left(make_campaign(), LAST) == -1
    assert midnight_after(CLOSES) == LAST


@pytest.mark.parametrize("days", [30, 7, 1])
def test_a_reminder_is_due_from_nine_until_its_day_has_ended(days: int) -> None:
    nine = datetime(2026, 11, 30, 1, tzinfo=UTC) - timedelta(days=days)
    campaign = make_campaign()
    assert reminder_due(campaign, nine - SECOND) is None
    assert reminder_due(campaign, nine) == days
    assert reminder_due(campaign, nine + timedelta(hours=15) - SECOND) == days
    assert reminder_due(campaign, nine + timedelta(hours=15)) is None


def test_nobody_is_reminded_of_a_draft_or_before_it_opens() -> None:
    nine = datetime(2026, 11, 29, 1, tzinfo=UTC)
    assert reminder_due(make_campaign(state=CampaignState.DRAFT), nine) is None
    assert reminder_due(make_campaign(opens_on=CLOSES), nine) is None


# ── Rungs ────────────────────────────────────────────────────────────────────


def test_a_rung_asks_for_points_grade_and_gates_together() -> None:
    assessment = assess(make_questionnaire(), make_answers(), 2026)
    points = assessment.points.total
    assert points is not None
    low = Rung(id="low", title="低", points=Decimal(1))
    high = Rung(id="high", title="高", points=Decimal(100), grade=Grade.I)
    reached, missed = standings((high, low), assessment)
    assert (reached.rung, reached.is_reached) == (low, True)
    assert missed.lacking_points == Decimal(100) - points
    assert not missed.is_grade_reached
    assert not missed.is_reached


def test_nothing_counted_reaches_no_rung() -> None:
    (one,) = standings(
        (Rung(id="low", title="低", points=Decimal(0)),), assess(make_questionnaire(), {}, 2026)
    )
    assert one.lacking_points is None
    assert not one.is_reached


# ── Letters ──────────────────────────────────────────────────────────────────


def test_a_letter_is_tried_again_after_growing_pauses_and_given_up_after_the_fifth() -> None:
    tried = datetime(2026, 11, 1, tzinfo=UTC)
    letter = Letter(
        id="l",
        occasion="o",
        channel=Channel.MAIL,
        address="a@example.cn",
        template="t",
        fields={},
        enterprise_id="",
        campaign_id="",
        state=LetterState.WAITING,
        attempts=0,
        error="",
        created_at=tried,
        tried_at=None,
    )
    assert letter.is_due(tried)
    for attempts, pause in enumerate(PAUSES, start=1):
        waiting = replace(letter, attempts=attempts, tried_at=tried)
        assert not waiting.is_due(tried + pause - SECOND)
        assert waiting.is_due(tried + pause)
    assert not replace(letter, attempts=MOST_ATTEMPTS, tried_at=tried).is_due(tried + timedelta(days=9))
    assert not replace(letter, state=LetterState.SENT).is_due(tried)
