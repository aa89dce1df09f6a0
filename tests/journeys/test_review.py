"""A reviewer at work in a real browser: by keyboard alone, saving by itself, on a bad network too."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.actions import assessment, phrase, review
from portal.actions.work import Door
from portal.config import HOME
from portal.core.answers import read_answers
from portal.core.filing import Change
from tests.cast import PASSWORD, Person, make_reviewer
from tests.journeys.conftest import Open

pytestmark = pytest.mark.browser
ANSWERS = Path(HOME / "demo" / "cement-clinker.json")


@pytest.fixture
def reviewer(door: Door) -> Person:
    """A reviewer of the manager's district, with a quick phrase."""
    who = make_reviewer(door)
    with door.writing() as work:
        phrase.add(work, who, "请补充评价年度内的检测报告。")
    return Person(account=who, enterprise="")


@pytest.fixture
def case(door: Door, manager: Person, reviewer: Person) -> str:
    """A submission that the reviewer has taken."""
    with door.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, assessment.this_year(work.now))
        questionnaire = assessment.open_(work, manager.account, id).questionnaire
        answers = read_answers(questionnaire, json.loads(ANSWERS.read_text("utf-8")))
        assessment.keep(work, manager.account, id, [Change(item, one, None) for item, one in answers.items()])
        doubts = assessment.readiness(work, manager.account, id).doubts
        assessment.submit(work, manager.account, id, [one.token for one in doubts])
        review.take(work, reviewer.account, id)
    return id


def _sign_in(page: Page, who: Person, path: str) -> None:
    page.goto(f"/sign-in?next={path}")
    page.get_by_label("邮箱或手机号码").fill(who.mail)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url(f"**{path}")


def test_a_reviewer_judges_by_keyboard_and_everything_saves_itself(
    open_page: Open, door: Door, case: str, reviewer: Person
) -> None:
    page = open_page()
    _sign_in(page, reviewer, f"/reviews/{case}")
    practice = page.locator(".review-item:has(select[name=counted])").first
    practice.focus()
    before = page.locator("#review-panel .compare-total td").nth(1).inner_text()
    page.keyboard.press("2")
    expect(practice.locator("select[name=counted]")).to_be_focused()
    practice.locator("select[name=counted]").select_option("none")
    practice.locator("select[name=reason]").select_option("no_evidence")
    expect(practice.locator(".verdict-state")).to_contain_text("已保存")
    expect(page.locator("#review-panel .compare-total td").nth(1)).not_to_have_text(before)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("3")
    page.keyboard.press("Alt+1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#review-panel .panel-note")).to_contain_text("要求补正 1 项")
    page.keyboard.press("n")
    expect(page.locator(".review-item:focus.is-left")).to_have_count(1)
    with door.reading() as work:
        own = review.open_(work, reviewer.account, case).own
    assert sorted(one.kind.value for one in own.values()) == ["lowered", "returned"]
    assert "请补充评价年度内的检测报告。" in {one.comment for one in own.values()}
    page.get_by_role("button", name="发出补正通知").click()
    expect(page.locator("main")).to_contain_text("补正截止")


def test_a_verdict_typed_without_network_is_saved_once_it_is_back(
    open_page: Open, door: Door, case: str, reviewer: Person
) -> None:
    page = open_page()
    _sign_in(page, reviewer, f"/reviews/{case}")
    item = page.locator(".review-item").first
    page.context.set_offline(True)
    item.locator("input[value=returned]").check()
    item.locator("textarea").fill("请补充营业执照")
    expect(item.locator(".verdict-state")).to_contain_text("网络已断开")
    page.context.set_offline(False)
    expect(item.locator(".verdict-state")).to_contain_text("已保存")
    with door.reading() as work:
        assert "请补充营业执照" in {
            one.comment for one in review.open_(work, reviewer.account, case).own.values()
        }


def test_a_verdict_is_kept_without_scripts_on_a_phone(open_page: Open, case: str, reviewer: Person) -> None:
    page = open_page("phone", scripts=False)
    _sign_in(page, reviewer, f"/reviews/{case}")
    item = page.locator(".review-item").first
    item.locator("input[value=confirmed]").check()
    item.get_by_role("button", name="保存").click()
    expect(page.locator("#review-panel .panel-note")).to_contain_text("已审 1")
