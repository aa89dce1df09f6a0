"""The confirmed result and when it is final."""

from datetime import UTC, datetime

import pytest

from portal.core.review import ReviewState
from portal.core.scoring import assess
from portal.core.verified import Opinions, Verified
from tests.make import make_answers, make_questionnaire


@pytest.mark.parametrize(
    ("state", "is_final"),
    [(ReviewState.CONFIRMED, False), (ReviewState.OBJECTED, False), (ReviewState.CLOSED, True)],
)
def test_a_result_is_final_once_objections_are_answered(state: ReviewState, is_final: bool) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    opinions = Opinions(
        district="", district_by="", district_at=None, city="", city_by="", city_at=now, receipt=None
    )
    found = Verified(
        assessment=assess(make_questionnaire(), make_answers()),
        checksum="",
        lowered=(),
        opinions=opinions,
        state=state,
    )
    assert found.is_final is is_final
