"""axe finds nothing serious on any kind of page, and nothing is wider than a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from portal.actions import assessment as filing
from portal.actions.work import Door
from tests.cast import Person
from tests.journeys.conftest import Open

pytestmark = pytest.mark.browser
PUBLIC = ("/", "/register", "/sign-in", "/forgot-password", "/technologies", "/check", "/sources", "/nowhere")


def serious(page: Page) -> list[str]:
    found = Axe().run(page)
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_nothing_serious_and_nothing_too_wide(
    door: Door, open_page: Open, manager: Person, width: str
) -> None:
    with door.writing() as work:
        id = filing.start(work, manager.account, manager.enterprise, filing.this_year(work.now))
        sections = filing.open_(work, manager.account, id).questionnaire.sections
    own = [
        "/desk", "/account", "/history", "/enterprises/new", f"/enterprises/{manager.enterprise}",
        *(f"/assessments/{id}/sections/{section.id}" for section in sections[:5]),
        *(f"/assessments/{id}/{page}" for page in ("check", "result", "receipt")),
    ]  # fmt: skip
    nobody, page = open_page(width), open_page(width, who=manager)
    found = {}
    for browser, paths in ((nobody, PUBLIC), (page, own)):
        for path in paths:
            browser.goto(path)
            wide = browser.evaluate("document.documentElement.scrollWidth")
            problems = serious(browser) + (
                [f"{wide} px wide"] if wide > browser.viewport_size["width"] else []
            )
            if problems:
                found[path] = problems
    assert not found
