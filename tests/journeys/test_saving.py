"""Nothing typed is lost: a cut connection, a closed tab, two colleagues at once, a sign-in that ran out."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.actions import assessment as filing
from portal.actions.work import Door
from portal.core.answers import Measured
from portal.core.questionnaire import ItemId
from tests.cast import Person, make_colleague
from tests.journeys.conftest import Open

pytestmark = pytest.mark.browser
OUTPUT = ItemId("cement_output")


@pytest.fixture
def address(door: Door, manager: Person) -> str:
    """The section with the plant's output."""
    with door.writing() as work:
        id = filing.start(work, manager.account, manager.enterprise, filing.this_year(work.now))
        one = filing.open_(work, manager.account, id)
    return f"/assessments/{id}/sections/{one.questionnaire.section_of(OUTPUT).id}"


def kept(door: Door, who: Person, address: str) -> str:
    with door.reading() as work:
        stored = filing.open_(work, who.account, address.split("/")[2]).answers.get(OUTPUT)
    return format(stored.answer.value, "f") if stored and isinstance(stored.answer, Measured) else ""


def output(page: Page) -> object:
    return page.locator(f"#{OUTPUT}-value")


def state(page: Page) -> object:
    return page.locator("#save-state")


def test_typed_while_the_connection_is_cut(
    door: Door, open_page: Open, manager: Person, address: str
) -> None:
    page = open_page(who=manager)
    page.goto(address)
    page.context.set_offline(True)
    output(page).fill("800000")
    expect(state(page)).to_contain_text("内容已存在本机")
    assert kept(door, manager, address) == ""
    page.context.set_offline(False)
    expect(state(page)).to_contain_text("已自动保存")
    assert kept(door, manager, address) == "800000"


def test_a_tab_closed_while_the_connection_is_cut(
    door: Door, open_page: Open, manager: Person, address: str
) -> None:
    page = open_page(who=manager)
    page.goto(address)
    page.context.set_offline(True)
    output(page).fill("810000")
    page.close()
    assert kept(door, manager, address) == ""
    again = page.context.new_page()
    page.context.set_offline(False)
    again.goto(address)
    expect(output(again)).to_have_value("810000")
    expect(state(again)).to_contain_text("已自动保存")
    assert kept(door, manager, address) == "810000"


def test_leaving_at_once_still_saves(door: Door, open_page: Open, manager: Person, address: str) -> None:
    page = open_page(who=manager)
    page.goto(address)
    output(page).fill("820000")
    page.goto("/desk")
    page.goto(address)
    # As the server writes it, or as it was typed and kept here when the server's answer came too late to be seen.
    expect(output(page)).to_have_value(re.compile("^820,?000$"))
    assert kept(door, manager, address) == "820000"


def test_what_cannot_be_read_stays_in_the_field(open_page: Open, manager: Person, address: str) -> None:
    page = open_page(who=manager)
    page.goto(address)
    output(page).fill("约八十万")
    expect(page.locator(f"#{OUTPUT} .field-error")).to_contain_text("请填写数字")
    page.reload()
    expect(output(page)).to_have_value("约八十万")


@pytest.mark.parametrize(("choice", "value"), [("采用我的", "900000"), ("采用对方的", "700000")])
def test_two_colleagues_at_once(
    door: Door, open_page: Open, manager: Person, address: str, choice: str, value: str
) -> None:
    colleague = make_colleague(door, manager)
    mine, theirs = open_page(who=manager), open_page("phone", who=colleague)
    mine.goto(address)
    theirs.goto(address)
    output(theirs).fill("700000")
    expect(state(theirs)).to_contain_text("已自动保存")
    output(mine).fill("900000")
    conflict = mine.locator(f"#{OUTPUT} .conflict")
    expect(conflict).to_contain_text("赵示例")
    expect(conflict).to_contain_text("700,000")
    assert kept(door, manager, address) == "700000"
    conflict.get_by_role("button", name=choice).click()
    expect(conflict).to_have_count(0)
    expect(state(mine)).to_contain_text("已自动保存")
    assert kept(door, manager, address) == value


def test_a_sign_in_that_ran_out(door: Door, open_page: Open, manager: Person, address: str) -> None:
    from tests.cast import PASSWORD

    page = open_page(who=manager)
    page.goto(address)
    page.context.clear_cookies(name="sign_in")
    output(page).fill("830000")
    expect(state(page)).to_contain_text("登录已过期")
    page.get_by_role("link", name="重新登录").click()
    page.get_by_label("邮箱或手机号码").fill(manager.mail)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(output(page)).to_have_value("830000")
    expect(state(page)).to_contain_text("已自动保存")
    assert kept(door, manager, address) == "830000"


@pytest.mark.parametrize(("choice", "value"), [("采用我的", "900000"), ("采用另一处的", "700000")])
def test_two_tabs_of_one_person(
    door: Door, open_page: Open, manager: Person, address: str, choice: str, value: str
) -> None:
    mine = open_page(who=manager)
    mine.goto(address)
    other = mine.context.new_page()
    other.goto(address)
    output(other).fill("700000")
    expect(state(other)).to_contain_text("已自动保存")
    output(mine).fill("900000")
    conflict = mine.locator(f"#{OUTPUT} .conflict")
    expect(conflict).to_contain_text("您本人（另一个窗口或设备）")
    expect(conflict).to_contain_text("700,000")
    assert kept(door, manager, address) == "700000"
    # Opened anew, the other tab finds what was left behind here, and does not take it for its own.
    other.reload()
    expect(other.locator(f"#{OUTPUT} .conflict")).to_contain_text("700,000")
    assert kept(door, manager, address) == "700000"
    conflict.get_by_role("button", name=choice).click()
    expect(conflict).to_have_count(0)
    expect(state(mine)).to_have_attribute("data-state", "saved")
    assert kept(door, manager, address) == value


def test_one_tab_never_conflicts_with_itself(
    door: Door, open_page: Open, manager: Person, address: str
) -> None:
    page = open_page(who=manager)
    page.goto(address)
    for value in ("1", "12", "123", "1234"):
        output(page).fill(value)
        page.wait_for_timeout(750)  # so that saves overlap with typing
    page.reload()
    output(page).fill("12345")
    expect(state(page)).to_contain_text("已自动保存")
    expect(page.locator(".conflict")).to_have_count(0)
    assert kept(door, manager, address) == "12345"


def test_after_a_lost_sign_in_the_page_stops_asking(open_page: Open, manager: Person, address: str) -> None:
    page = open_page(who=manager)
    page.goto(address)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.context.clear_cookies(name="sign_in")
    output(page).fill("830000")
    expect(state(page)).to_contain_text("登录已过期，内容已存在本机")
    expect(page.get_by_role("link", name="重新登录")).to_be_visible()
    before = len(sent)
    page.wait_for_timeout(5000)  # more than the first wait before a second try
    assert len(sent) == before <= 2
    expect(output(page)).to_have_value("830000")
