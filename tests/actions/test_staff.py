"""Accounts of the staff: made by one person, granted by another, closed at once; nobody locks everybody out."""

import re
import threading
from pathlib import Path

import pytest

from portal.actions import account, staff
from portal.actions.work import Door, NotFound
from portal.core.errors import Problem
from portal.core.roles import CITY, Account, Role
from portal.storage import account as stored
from tests.cast import PASSWORD, Person, make_staff


@pytest.fixture
def operator(door: Door) -> Account:
    return make_staff(door, Role.OPERATOR, "operator@example.cn")


@pytest.fixture
def security(door: Door) -> Account:
    return make_staff(door, Role.SECURITY, "security@example.cn")


def _create(door: Door, operator: Account, mail: str = "new@example.cn") -> str:
    with door.writing() as work:
        id, problems = staff.create(work, operator, name="新示例", mail=mail, mobile="", office="示例局")
    assert id is not None, problems
    return id


def _codes(problems: tuple[Problem, ...]) -> list[str]:
    return [one.code for one in problems]


def _sign_in(door: Door, mail: str, word: str = PASSWORD) -> tuple[str | None, list[str]]:
    with door.writing() as work:
        token, problems = account.sign_in(work, mail, word, "127.0.0.1")
    return token, _codes(problems)


def _link(folder: Path) -> str:
    newest = max(folder.glob("*.eml")).read_text("utf-8")
    found = re.search(r"/reset/(\S+)", newest)
    assert found is not None
    return found[1]


def test_a_new_account_opens_nothing_until_a_second_person_grants_a_role(
    door: Door, operator: Account, security: Account
) -> None:
    id = _create(door, operator)
    assert _sign_in(door, "new@example.cn")[0] is None
    with door.writing() as work:
        assert _codes(staff.enable(work, operator, id)) == ["not_granted"]
        assert _codes(staff.reset(work, operator, id)) == ["account_disabled"]
        with pytest.raises(NotFound):
            staff.grant(work, operator, id, "reviewer", "330111")
        with pytest.raises(NotFound):
            staff.create(work, security, name="某", mail="x@example.cn", mobile="", office="示例局")
    assert not list(door.settings.mail_folder.glob("*.eml"))
    with door.writing() as work:
        assert staff.grant(work, security, id, "reviewer", "330111") == ()
    with door.writing() as work:
        assert account.reset(work, _link(door.settings.mail_folder), PASSWORD) == ()
    token, _ = _sign_in(door, "new@example.cn")
    assert token is not None
    with door.reading() as work:
        who = account.account_of(work, token)
    assert who is not None
    assert (who.role, who.jurisdiction, who.is_active) == (Role.REVIEWER, "330111", True)


def test_all_that_is_wrong_with_a_new_account_is_said_at_once(door: Door, operator: Account) -> None:
    with door.writing() as work:
        _, problems = staff.create(work, operator, name="", mail="x", mobile="1", office="")
        assert _codes(problems) == ["required", "mail_form", "mobile_form", "office_missing"]
        _, problems = staff.create(
            work, operator, name="某", mail=operator.mail, mobile="", office="长" * 101
        )
        assert _codes(problems) == ["too_long", "mail_taken"]


def test_nobody_touches_his_own_account(door: Door, operator: Account, security: Account) -> None:
    with door.writing() as work:
        assert _codes(staff.disable(work, operator, operator.id)) == ["own_account"]
        assert _codes(staff.grant(work, security, security.id, "auditor", "")) == ["own_account"]
        assert _codes(staff.revoke(work, security, security.id)) == ["own_account"]


def test_a_disabled_account_loses_its_sessions_at_once_and_comes_back_with_its_role(
    door: Door, operator: Account
) -> None:
    reviewer = make_staff(door, Role.REVIEWER, "r@example.cn", CITY)
    token, _ = _sign_in(door, "r@example.cn")
    assert token is not None
    with door.writing() as work:
        assert staff.disable(work, operator, reviewer.id) == ()
        assert account.account_of(work, token) is None
        assert staff.disable(work, operator, reviewer.id) == ()
    # Only the right password learns that it is closed, and no link opens it.
    assert _sign_in(door, "r@example.cn") == (None, ["account_disabled"])
    assert _sign_in(door, "r@example.cn", "wrong password") == (None, ["sign_in_failed"])
    with door.writing() as work:
        account.ask_reset(work, "r@example.cn")
    assert not list(door.settings.mail_folder.glob("*.eml"))
    with door.writing() as work:
        assert staff.enable(work, operator, reviewer.id) == ()
        assert staff.get(work, operator, reviewer.id).jurisdiction == CITY
    assert _sign_in(door, "r@example.cn")[0] is not None


def test_a_session_does_not_outlive_a_row_that_was_closed_by_hand(door: Door) -> None:
    reviewer = make_staff(door, Role.REVIEWER, "r@example.cn", CITY)
    token, _ = _sign_in(door, "r@example.cn")
    assert token is not None
    with door.writing() as work:
        stored.set_standing(work.session, reviewer.id, role=Role.REVIEWER, jurisdiction=CITY, is_active=False)
    with door.reading() as work:
        assert account.account_of(work, token) is None


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SECURITY])
def test_the_last_of_each_power_stays(door: Door, operator: Account, security: Account, role: Role) -> None:
    second = make_staff(door, role, "second@example.cn")
    first = operator if role is Role.OPERATOR else security
    with door.writing() as work:
        if role is Role.OPERATOR:
            assert staff.disable(work, second, first.id) == ()
            assert _codes(staff.revoke(work, security, second.id)) == ["last_of_role"]
            assert _codes(staff.grant(work, security, second.id, "auditor", "")) == ["last_of_role"]
        else:
            assert staff.disable(work, operator, first.id) == ()
            assert _codes(staff.disable(work, operator, second.id)) == ["last_of_role"]


def test_two_operators_who_disable_each_other_do_not_both_succeed(door: Door, operator: Account) -> None:
    second = make_staff(door, Role.OPERATOR, "second@example.cn")
    start, said = threading.Barrier(2), []

    def disable(who: Account, other: Account) -> None:
        start.wait()
        with door.writing() as work:
            said.append(_codes(staff.disable(work, who, other.id)))

    both = [threading.Thread(target=disable, args=pair) for pair in ((operator, second), (second, operator))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(said) == [[], ["last_of_role"]]
    with door.writing() as work:
        assert len(stored.active_of(work.session, Role.OPERATOR)) == 1


def test_a_change_of_role_ends_what_was_open_with_the_old_one(door: Door, security: Account) -> None:
    reviewer = make_staff(door, Role.REVIEWER, "r@example.cn", "330111")
    token, _ = _sign_in(door, "r@example.cn")
    assert token is not None
    with door.writing() as work:
        assert staff.grant(work, security, reviewer.id, "reviewer", "330111") == ()
        assert account.account_of(work, token) is not None
        assert staff.grant(work, security, reviewer.id, "reviewer", CITY) == ()
        assert account.account_of(work, token) is None
        assert staff.revoke(work, security, reviewer.id) == ()
        assert staff.revoke(work, security, reviewer.id) == ()
        assert not staff.get(work, security, reviewer.id).is_granted
        assert _codes(staff.grant(work, security, reviewer.id, "manager", "")) == ["not_an_option"]


def test_enterprises_people_are_disabled_but_never_granted(
    door: Door, operator: Account, security: Account, manager: Person
) -> None:
    with door.writing() as work:
        assert [one.id for one in staff.listed(work, operator, role=Role.MANAGER).found] == [
            manager.account.id
        ]
        with pytest.raises(NotFound):
            staff.grant(work, security, manager.account.id, "auditor", "")
        assert staff.disable(work, operator, manager.account.id) == ()
    assert _sign_in(door, manager.mail) == (None, ["account_disabled"])


def test_the_list_is_searched_and_holds_the_staff_only(
    door: Door, operator: Account, security: Account, manager: Person
) -> None:
    with door.reading() as work:
        assert staff.listed(work, security).count == 2
        assert [one.id for one in staff.listed(work, security, words="OPERATOR@").found] == [operator.id]
        for missing in (manager.account, make_reviewerless(manager.account)):
            with pytest.raises(NotFound):
                staff.listed(work, missing)
        with pytest.raises(NotFound):
            staff.get(work, operator, "missing")


def make_reviewerless(who: Account) -> Account:
    """Another who is neither operator nor security officer."""
    from dataclasses import replace

    return replace(who, role=Role.AUDITOR)


def test_the_command_line_makes_the_first_of_each_and_no_second(door: Door) -> None:
    with door.writing() as work:
        link, problems = staff.bootstrap(
            work, Role.OPERATOR, name="卫示例", mail="first@example.cn", office="示例中心"
        )
        assert problems == ()
        assert link is not None
        token = link.rsplit("/", 1)[1]
        assert account.reset(work, token, PASSWORD) == ()
        _, problems = staff.bootstrap(
            work, Role.OPERATOR, name="另示例", mail="second@example.cn", office="示例中心"
        )
        assert _codes(problems) == ["staff_there"]
        _, problems = staff.bootstrap(
            work, Role.AUDITOR, name="某示例", mail="first@example.cn", office="示例中心"
        )
        assert _codes(problems) == ["mail_taken"]
    assert _sign_in(door, "first@example.cn")[0] is not None
