"""The confirmed result and when it is final."""

from datetime import UTC, datetime

import pytest

from portal.core.review import Confirmed, ReviewState
from portal.core.scoring import assess
from portal.core.verified import Verified
from tests.make import make_answers, make_questionnaire


@pytest.mark.parametrize(
    ("state", "is_final"),
    [(ReviewState.CONFIRMED, False), (ReviewState.OBJECTED, False), (ReviewState.CLOSED, True)],
)
def test_a_result_is_final_once_objections_are_answered(state: ReviewState, is_final: bool) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    confirmed = Confirmed(
        answers=make_answers(), points=None, grade="", checksum="ab" * 32,
        district_opinion="", district_at=None, city_opinion="", city_at=now,
    )  # fmt: skip
    found = Verified(
        assessment=assess(make_questionnaire(), make_answers()), lowered=(), confirmed=confirmed, state=state
    )
    assert found.is_final is is_final
    assert found.checksum == confirmed.checksum
