"""A round through the bureau in real browsers: sent back, answered, confirmed, printed, objected to, decided."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.actions import assessment
from portal.actions.work import Door
from portal.core.answers import Practised, from_json
from portal.core.filing import Change
from portal.core.questionnaire import Extent, ItemId
from portal.core.roles import CITY, Account
from tests.cast import PASSWORD, Person, make_reviewer
from tests.journeys.conftest import Open, no_wider_than_the_screen

DEMO = Path(__file__).parents[2] / "demo" / "cement-grinding.json"


@pytest.fixture
def submitted(door: Door, manager: Person) -> str:
    """The address of a grinding station's submission."""
    answers = json.loads(DEMO.read_text(encoding="utf-8"))
    with door.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, assessment.this_year(work.now))
        questionnaire = assessment.open_(work, manager.account, id).questionnaire
        changes = [
            Change(ItemId(item), from_json(value), 0)
            for item, value in answers.items()
            if item in questionnaire.items
        ]
        assert not assessment.keep(work, manager.account, id, changes).problems
        doubts = assessment.readiness(work, manager.account, id).doubts
        assessment.submit(work, manager.account, id, [doubt.token for doubt in doubts])
    return f"/assessments/{id}"


def enter(page: Page, who: Account) -> None:
    """Sign a reviewer in."""
    page.goto("/sign-in")
    page.get_by_label("邮箱或手机号码").fill(who.mail)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url("**/reviews")


def send_back(page: Page, item: str, comment: str) -> None:
    """Ask for a correction of one item."""
    form = page.locator(f'[data-verdict="{item}"]')
    form.get_by_label("要求补正").check()
    form.locator("textarea").fill(comment)
    form.locator("textarea").blur()
    expect(form.locator(".verdict-state")).to_contain_text("已保存")


def test_from_the_queue_to_the_verified_report(
    door: Door,
    open_page: Open,
    manager: Person,
    submitted: str,
    print_reports: Callable[[], None],
) -> None:
    id = submitted.rsplit("/", 1)[1]
    district, city = make_reviewer(door), make_reviewer(door, CITY, "city@example.cn")
    with door.reading() as work:
        one = assessment.open_(work, manager.account, id)
    claims = (Practised(Extent.FULL), Practised(Extent.PLANNED))
    sent = [item for item, kept in one.answers.items() if kept.answer in claims][:3]

    # The district takes the case and sends three items back.
    bureau = open_page()
    enter(bureau, district)
    bureau.goto(f"/reviews/{id}")
    bureau.get_by_role("button", name="领取这份自评价").click()
    for item in sent:
        send_back(bureau, item, f"请补充“{one.questionnaire.items[item].title}”的佐证")
    bureau.reload()
    bureau.locator("#return-remark").fill("请按期补正")
    bureau.get_by_role("button", name="发出补正通知").click()
    expect(bureau.get_by_text("待补正").first).to_be_visible()

    # The plant answers each of them: another answer, a word, a word.
    plant = open_page("phone", who=manager)
    expect(plant.get_by_text("3 项需要补正")).to_be_visible()
    no_wider_than_the_screen(plant)
    plant.get_by_role("link", name="逐项补正").click()
    expect(plant.get_by_text("请按期补正")).to_be_visible()
    no_wider_than_the_screen(plant)
    plant.get_by_role("button", name="提交补正").click()
    expect(plant.get_by_text("还没有答复").first).to_be_visible()
    first = plant.locator(f'[data-item="{sent[0]}"]')
    first.get_by_text("未实施", exact=True).click()
    expect(plant.locator("#answered")).to_have_text("1")
    for item in sent[1:]:
        plant.locator(f"#{item}-reply").fill("运行记录已补充，见佐证。")
        plant.locator(f"#{item}-reply").blur()
    expect(plant.locator("#answered")).to_have_text("3")
    plant.goto(f"{submitted}/correction")
    expect(plant.locator(f"#{sent[1]}-reply")).to_have_value("运行记录已补充，见佐证。")
    plant.get_by_role("button", name="提交补正").dblclick()
    expect(plant.get_by_text("这是第 2 次提交")).to_be_visible()
    no_wider_than_the_screen(plant)

    # The district confirms what is left, lowers one item, and passes it on.
    bureau.goto(f"/reviews/{id}?show=all")
    lowered = sent[1]
    form = bureau.locator(f'[data-verdict="{lowered}"]')
    form.get_by_label("核减").check()
    form.get_by_label("核定为").select_option("none")
    form.get_by_label("理由").select_option("not_in_place")
    expect(form.locator(".verdict-state")).to_contain_text("已保存")
    for item in (sent[0], sent[2]):
        form = bureau.locator(f'[data-verdict="{item}"]')
        form.get_by_label("确认").check()
        expect(form.locator(".verdict-state")).to_contain_text("已保存")
    bureau.reload()
    bureau.get_by_role("button", name="项按填报值确认").click()
    bureau.locator("#forward-remark").fill("同意上报")
    bureau.get_by_role("button", name="报市级复核").click()
    expect(bureau.get_by_text("待复核").first).to_be_visible()

    # Nothing of it shows to the plant before the city has confirmed.
    plant.goto(f"{submitted}/result")
    expect(plant.get_by_text("等待杭州市主管部门复核")).to_be_visible()
    expect(plant.get_by_text("核减")).to_have_count(0)
    top = open_page()
    enter(top, city)
    top.goto(f"/reviews/{id}")
    top.get_by_role("button", name="领取这份自评价").click()
    top.locator("#confirm-remark").fill("同意核定")
    top.get_by_role("button", name="复核确认").click()
    expect(top.get_by_text("已确认").first).to_be_visible()

    # The plant sees both scores, prints the report, and objects.
    plant.goto(f"{submitted}/result")
    expect(plant.get_by_role("heading", name="审核结果")).to_be_visible()
    no_wider_than_the_screen(plant)
    plant.get_by_role("button", name="生成改进报告").click()
    print_reports()
    with plant.expect_download() as download:
        plant.get_by_role("link", name="下载改进报告").click()
    assert download.value.suggested_filename.endswith(".pdf")
    plant.goto(f"{submitted}/objection")
    plant.locator(f"#{lowered}-objection").fill("现场一直运行，见照片。")
    plant.get_by_role("button", name="提交异议").dblclick()
    expect(plant.get_by_text("异议已提交")).to_be_visible()
    no_wider_than_the_screen(plant)

    # The city decides; both sides see it.
    top.goto(f"/reviews/{id}")
    top.locator(f'input[name="{lowered}-ruling"][value="grant"]').check()
    top.locator(f'textarea[name="{lowered}-answer"]').fill("核实无误，予以采纳")
    top.get_by_role("button", name="答复全部异议").click()
    plant.reload()
    expect(plant.get_by_text("核实无误，予以采纳")).to_be_visible()
    plant.goto(f"{submitted}/result")
    expect(plant.get_by_text("为最终结果").first).to_be_visible()
