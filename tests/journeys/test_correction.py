"""Correcting what was sent back: without scripts, by keyboard alone, and nothing that a screen reader stumbles over."""

import json

import pytest
from playwright.sync_api import Page, expect

from portal.actions import assessment, decision, judging, review
from portal.actions.judging import Judgement
from portal.actions.work import Door
from portal.config import HOME
from portal.core.answers import Practised, from_json
from portal.core.filing import Change
from portal.core.questionnaire import Extent, ItemId
from portal.core.review import VerdictKind
from portal.core.roles import Account
from tests.cast import Person, make_reviewer
from tests.journeys.conftest import Open, no_wider_than_the_screen
from tests.journeys.test_accessibility import serious
from tests.journeys.test_review_round import enter

pytestmark = pytest.mark.browser


@pytest.fixture
def district(door: Door) -> Account:
    """A reviewer of the manager's district."""
    return make_reviewer(door)


@pytest.fixture
def returned(door: Door, manager: Person, district: Account) -> str:
    """A grinding station's submission of which one practice was sent back."""
    answers = json.loads((HOME / "demo" / "cement-grinding.json").read_text(encoding="utf-8"))
    with door.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, assessment.this_year(work.now))
        items = assessment.open_(work, manager.account, id).questionnaire.items
        changes = [Change(ItemId(one), from_json(value), 0) for one, value in answers.items() if one in items]
        assessment.keep(work, manager.account, id, changes)
        doubts = assessment.readiness(work, manager.account, id).doubts
        assessment.submit(work, manager.account, id, [doubt.token for doubt in doubts])
        case = review.take(work, district, id)
        declared = review.open_(work, district, id).declared.answers
        item = next(one for one, answer in declared.items() if answer == Practised(Extent.FULL))
        said = Judgement(item=item, kind=VerdictKind.RETURNED, comment="请说明运行情况")
        assert judging.judge(work, district, id, said) == ()
        assert decision.send_for_correction(work, district, id, case.revision + 1) == ()
    return id


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the field has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def test_items_are_corrected_by_keyboard_without_scripts_on_a_phone(
    open_page: Open, manager: Person, returned: str
) -> None:
    page = open_page("phone", who=manager, scripts=False)
    page.goto(f"/assessments/{returned}/correction")
    _tab_to(page, "textarea[name$='-reply']")
    page.keyboard.type("照片和台账已补充")
    _tab_to(page, "button[value=resubmit]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("这是第 2 次提交")).to_be_visible()
    page.get_by_role("link", name="查看提交回执").click()
    expect(page.get_by_role("heading", name="提交回执（第 2 次）")).to_be_visible()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_pages_of_a_review_are_free_of_barriers(
    open_page: Open, manager: Person, district: Account, returned: str, width: str
) -> None:
    plant, bureau = open_page(width, who=manager), open_page(width)
    enter(bureau, district)
    found = {}
    for page, path in (
        (plant, f"/assessments/{returned}/correction"),
        (plant, f"/assessments/{returned}/submissions/1"),
        (bureau, "/reviews?state=all"),
        (bureau, f"/reviews/{returned}?show=findings"),
        (bureau, "/campaigns"),
        (bureau, "/statistics"),
    ):
        page.goto(path)
        no_wider_than_the_screen(page)
        if problems := serious(page):
            found[path] = problems
    assert not found
