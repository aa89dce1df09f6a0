"""Who a person is to the portal."""

from dataclasses import replace

import pytest

from portal.core.roles import CITY, Account, Role, check_grant


def test_an_account_acts_for_its_enterprises_only() -> None:
    who = Account(id="a", name="王示例", mail="a@b.cn", mobile="", role=Role.MANAGER, enterprises=("e1",))
    assert who.acts_for("e1")
    assert not who.acts_for("e2")


def test_a_new_account_of_the_staff_is_a_reviewer_of_nowhere_and_sees_nothing() -> None:
    new = Account(id="a", name="新示例", mail="a@b.cn", mobile="", role=Role.REVIEWER, enterprises=())
    assert not new.is_granted
    assert new.sight.jurisdiction == ""
    assert replace(new, jurisdiction="330111").is_granted
    assert replace(new, role=Role.AUDITOR).is_granted
    assert replace(new, jurisdiction=CITY).is_city


@pytest.mark.parametrize(
    ("role", "jurisdiction", "code"),
    [
        ("reviewer", "330111", ""),
        ("reviewer", CITY, ""),
        ("auditor", "", ""),
        ("reviewer", "", "jurisdiction_missing"),
        ("reviewer", "310000", "not_an_option"),
        ("operator", "330111", "jurisdiction_unwanted"),
        ("manager", "", "not_an_option"),
        ("", "", "not_an_option"),
    ],
)
def test_reviewers_have_a_jurisdiction_and_nobody_else(role: str, jurisdiction: str, code: str) -> None:
    assert [one.code for one in check_grant(role, jurisdiction)] == ([code] if code else [])
