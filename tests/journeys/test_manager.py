"""The manager's way from registration to the printed report, wide and narrow, with and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD, Person
from tests.journeys.conftest import Open, no_wider_than_the_screen
from tests.make import make_uscc

pytestmark = pytest.mark.browser


def register(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="注册并开始").click()
    page.get_by_label("姓名").fill("周示例")
    page.get_by_label("电子邮箱").fill("zhou@example.cn")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="注册").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登记企业")


def describe_enterprise(page: Page) -> None:
    code = make_uscc()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    page.get_by_label("统一社会信用代码").fill(wrong)
    page.get_by_label("企业名称").fill("示例水泥粉磨有限公司")
    page.get_by_label("所在区、县（市）").select_option("富阳区")
    page.get_by_label("企业规模").select_option("中型")
    page.get_by_label("行业").select_option("水泥")
    page.get_by_label("主要产品").fill("水泥")
    page.get_by_label("联系电话").fill("0571-87654321")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("#uscc-error")).to_contain_text(f"应为 {code[-1]}")
    page.get_by_label("统一社会信用代码").fill(code)
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("heading", name="示例水泥粉磨有限公司")).to_be_visible()


def fill_in(page: Page) -> None:
    """Answer the whole first section, then some practices, each saved as one goes."""
    page.get_by_role("button", name="自评价").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("基本要求与否决项")
    for box in page.locator(".item").all():
        box.get_by_text("是", exact=True).click()
    expect(page.locator("#save-state")).to_contain_text("已自动保存")
    page.get_by_role("button", name="保存，下一节").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("企业、工艺与产量")
    page.get_by_role("button", name="保存，下一节").click()
    page.goto(page.url.rpartition("/")[0] + "/management")
    boxes = page.locator(".item[data-kind=practice]:visible")
    boxes.nth(0).get_by_text("全面实施", exact=True).click()
    boxes.nth(1).get_by_text("部分实施", exact=True).click()
    boxes.nth(1).get_by_label("覆盖比例").fill("40")
    boxes.nth(2).get_by_text("不适用", exact=True).click()
    boxes.nth(2).get_by_label("不适用的理由").fill("本厂没有")
    expect(page.locator("#save-state")).to_contain_text("已自动保存")


def submit_and_order(page: Page) -> str:
    """Submit, ask for the report and see that it is on its way; the self-check's address."""
    assessment = page.url.partition("/sections/")[0]
    page.goto(f"{assessment}/check")
    page.get_by_role("button", name="提交").dblclick()
    expect(page.get_by_text("提交成功")).to_be_visible()
    expect(page.get_by_text("暂定").first).to_be_visible()
    page.get_by_role("button", name="生成改进报告").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    return assessment


def test_from_registration_to_the_order_of_a_report_on_a_desk(open_page: Open) -> None:
    page = open_page()
    for step in (register, describe_enterprise, fill_in):
        step(page)
        no_wider_than_the_screen(page)
    submit_and_order(page)


def test_from_registration_to_the_pdf_on_a_phone(open_page: Open, print_reports: Callable[[], None]) -> None:
    page = open_page("phone")
    register(page)
    describe_enterprise(page)
    fill_in(page)
    no_wider_than_the_screen(page)
    assessment = submit_and_order(page)
    print_reports()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载改进报告").click()
    assert download.value.suggested_filename.endswith(".pdf")
    assert "示例水泥粉磨有限公司" in download.value.suggested_filename
    page.goto(f"{assessment}/result")
    expect(page.get_by_role("link", name="下载改进报告")).to_be_visible()


def test_without_scripts_the_form_saves_by_its_buttons(open_page: Open, manager: Person) -> None:
    page = open_page(who=manager, scripts=False)
    page.get_by_role("button", name="自评价").click()
    first = page.locator(".item").first
    first.get_by_text("是", exact=True).click()
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_text("已保存")).to_be_visible()
    expect(first.get_by_role("radio").first).to_be_checked()


def test_with_the_keyboard_alone(open_page: Open, manager: Person) -> None:
    page = open_page(who=manager)
    page.get_by_role("button", name="自评价").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("基本要求与否决项")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    expect(page.locator("#save-state")).to_contain_text("已自动保存")
    page.keyboard.press("Tab")
    expect(page.locator("summary:focus")).to_have_text("说明与依据")
    page.keyboard.press("Enter")
    expect(page.locator("details.about[open]")).to_have_count(1)
