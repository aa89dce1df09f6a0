"""委托授权: what may be granted, for how long, and when it holds."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from portal.core.mandate import Mandate, Scope, Wish, check_wish, described, latest_end, widened

TODAY = date(2026, 11, 22)
WISH = Wish(holder="sun@example.cn", scopes=("read",), starts_on="2026-11-22", ends_on="2027-11-22")


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"holder": "  "}, ["required"]),
        ({"scopes": ()}, ["scopes_missing"]),
        ({"scopes": ("read", "own")}, ["not_an_option"]),
        ({"starts_on": "", "ends_on": "bald"}, ["day_form", "day_form"]),
        ({"ends_on": "2026-11-21"}, ["mandate_ended"]),
        ({"starts_on": "2025-01-01", "ends_on": "2026-11-21"}, ["mandate_ended"]),
        ({"starts_on": "2026-11-22", "ends_on": "2028-11-21"}, []),
        ({"starts_on": "2026-11-22", "ends_on": "2028-11-22"}, ["mandate_too_long"]),
        ({"holder": "", "scopes": (), "ends_on": ""}, ["required", "scopes_missing", "day_form"]),
    ],
)
def test_everything_wrong_with_a_wish_is_told_at_once(changes: dict[str, object], codes: list[str]) -> None:
    assert [one.code for one in check_wish(replace(WISH, **changes), TODAY)] == codes  # type: ignore[arg-type]


def test_a_term_from_a_leap_day_ends_with_february() -> None:
    assert latest_end(date(2028, 2, 29)) == date(2030, 2, 28)
    assert latest_end(date(2026, 1, 1)) == date(2027, 12, 31)


def test_filling_and_printing_include_reading() -> None:
    assert widened([Scope.PRINT]) == {Scope.READ, Scope.PRINT}
    assert widened([]) == frozenset()
    assert described([Scope.PRINT, Scope.READ]) == "read print"


def test_a_mandate_holds_from_its_first_day_to_its_last_until_it_is_revoked() -> None:
    one = Mandate(
        id="m",
        enterprise_id="e",
        enterprise_name="示例水泥有限公司",
        account_id="a",
        firm_id="",
        holder="孙示例",
        scopes=frozenset({Scope.READ}),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        granted_by="王示例",
        granted_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [one.is_in_force(day) for day in days] == [False, True, True, False]
    assert not replace(one, revoked_at=one.granted_at).is_in_force(days[1])
