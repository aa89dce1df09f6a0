"""The bureau's list: what it has to work on, and how long each case has waited."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from portal.core.review import OUT, Party, ReviewState, bureau_of
from portal.core.review_queue import DONE, TO_DO, Line
from tests.core.test_review import make_case

EVENING = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)  # 23:59 in Hangzhou


def _line(state: ReviewState) -> Line:
    return Line(
        case=make_case(state, waiting_since=EVENING),
        number="HZ2026-00000001",
        year=2026,
        enterprise="示例",
        uscc="",
        sector="cement",
        points=Decimal("61.5"),
        is_provisional=False,
        verified=None,
        findings=0,
        submitted_at=EVENING,
    )


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (EVENING, 0),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), 1),  # one minute later it is the next day in Hangzhou
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), 1),
        (datetime(2026, 12, 2, 4, 0, tzinfo=UTC), 10),
    ],
)
def test_a_case_waits_by_the_calendar_of_hangzhou(now: datetime, days: int) -> None:
    assert _line(ReviewState.WAITING).waiting_days(now) == days


@pytest.mark.parametrize("state", ReviewState)
def test_only_what_is_done_waits_for_nobody(state: ReviewState) -> None:
    waits = _line(state).waiting_days(EVENING) is not None
    assert waits == (state not in {ReviewState.CONFIRMED, ReviewState.CLOSED})


@pytest.mark.parametrize("party", [Party.DISTRICT, Party.CITY])
def test_a_bureau_works_on_what_is_in_its_hands_and_neither_out_nor_done(party: Party) -> None:
    assert set(TO_DO[party]) == {one for one in ReviewState if bureau_of(one) is party} - OUT - DONE
