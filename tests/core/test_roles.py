"""Who a person is to the portal."""

from dataclasses import replace

import pytest

from portal.core.mandate import Scope
from portal.core.roles import CITY, Account, Role, Sight, check_grant


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


def test_a_consultant_does_for_each_client_what_its_mandate_allows() -> None:
    who = Account(
        id="a",
        name="顾问示例",
        mail="a@b.cn",
        mobile="",
        role=Role.CONSULTANT,
        enterprises=(),
        mandates={
            "e2": frozenset({Scope.READ, Scope.FILL}),
            "e1": frozenset({Scope.READ, Scope.PRINT}),
        },
    )
    assert who.sight == Sight("a", clients=("e1", "e2"))
    assert who.writing_sight == Sight("a", clients=("e2",))
    assert who.printing_sight == Sight("a", clients=("e1",))
    assert [who.may_fill(one) for one in ("e1", "e2", "e3")] == [False, True, False]
    assert [who.may_print(one) for one in ("e1", "e2", "e3")] == [True, False, False]


def test_a_manager_sees_writes_and_prints_what_is_his_own() -> None:
    who = Account(id="a", name="王示例", mail="a@b.cn", mobile="", role=Role.MANAGER, enterprises=("e1",))
    assert who.sight == who.writing_sight == who.printing_sight == Sight("a")
    assert who.may_fill("e1") and who.may_print("e1")


def test_a_bureau_reads_and_prints_its_district_and_fills_in_nowhere() -> None:
    who = Account(
        id="a",
        name="审核示例",
        mail="a@b.cn",
        mobile="",
        role=Role.REVIEWER,
        enterprises=(),
        jurisdiction=CITY,
    )
    assert who.sight == who.printing_sight == Sight("a", jurisdiction=CITY)
    assert who.writing_sight == Sight("a")


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
