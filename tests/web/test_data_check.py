"""The page of the data check: findings, their fields, the manager's explanation."""

from dataclasses import replace

import pytest

from portal.actions.work import Door
from portal.core.formula import Formula
from portal.core.questionnaire import AtMost, DataCheck
from tests.cast import Person
from tests.make import COAL
from tests.web.conftest import Enter

CHECK = DataCheck(
    id="much_coal",
    title="原煤用量",
    look_at="核对煤的磅单",
    rule=AtMost(left=Formula.parse("coal"), right=Formula.parse("coal / 2"), unit="t"),
)


@pytest.fixture
def door(door: Door) -> Door:
    """Every questionnaire with one data check."""
    checked = {key: replace(one, data_checks=(CHECK,)) for key, one in door.library.questionnaires.items()}
    return replace(door, library=replace(door.library, questionnaires=checked))


def test_a_manager_explains_a_finding_and_sees_it_again(
    enter: Enter, manager: Person, assessment: str
) -> None:
    browser = enter(manager)
    assert "没有发现异常" in browser.get(f"{assessment}/data-check").text
    browser.post(f"{assessment}/sections/plant", **{COAL: "1000", "kiln": "kiln"})
    page = browser.get(f"{assessment}/data-check").text
    assert "1,000 t，不应大于 500 t" in page and f"/sections/plant#{COAL}" in page
    assert "原煤用量" in browser.get(f"{assessment}/check").text
    saved = browser.post(f"{assessment}/data-check", **{"explain-much_coal": "停窑检修"})
    assert saved.status_code == 302
    assert "停窑检修" in browser.get(f"{assessment}/data-check?saved=1").text
    assert "已说明" in browser.get(f"{assessment}/check").text


def test_an_explanation_that_is_too_long_is_shown_again_as_typed(
    enter: Enter, manager: Person, assessment: str
) -> None:
    browser = enter(manager)
    browser.post(f"{assessment}/sections/plant", **{COAL: "1000", "kiln": "kiln"})
    answer = browser.post(f"{assessment}/data-check", **{"explain-much_coal": "长" * 1001})
    assert answer.status_code == 422 and "内容太长" in answer.text and "长" * 1001 in answer.text


def test_a_stranger_gets_404(enter: Enter, stranger: Person, assessment: str) -> None:
    assert enter(stranger).get(f"{assessment}/data-check").status_code == 404
