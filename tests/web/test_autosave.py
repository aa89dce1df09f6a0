"""Saving by script: JSON changes with revisions; refusals stand beside their item, conflicts are answered 409."""

import pytest

from portal.actions.work import Door
from portal.core.answers import Measured
from portal.storage.session import StorageFull
from tests.cast import Person
from tests.make import COAL, HEAT, KILN, SNCR
from tests.web.conftest import Enter
from tests.web.test_questionnaire import answers, filing_decimal


def test_a_change_is_saved_with_its_new_revision(
    door: Door, enter: Enter, manager: Person, assessment: str
) -> None:
    answer = enter(manager).save(assessment, [{"item": "coal", "value": "120000", "revision": 0}])
    body = answer.get_json()
    assert answer.status_code == 200
    assert body["saved"] == {"coal": 1}
    assert body["problems"] == body["warnings"] == {}
    assert len(body["clock"]) == 5
    assert body["progress"]["plant"] == "1/3"
    assert "当前得分" in body["panel"]
    assert answers(door, manager, assessment)[COAL] == Measured(filing_decimal("120000"))


def test_one_refused_change_does_not_hold_up_the_others(
    enter: Enter, manager: Person, assessment: str
) -> None:
    body = enter(manager).save(assessment, [
        {"item": COAL, "value": "many", "revision": 0},
        {"item": SNCR, "value": "partial", "share": "120", "revision": 0},
        {"item": "unknown", "value": "1", "revision": 0},
        {"item": KILN, "value": ["kiln"], "revision": 0},
    ]).get_json()  # fmt: skip
    assert body["saved"] == {"kiln": 1}
    assert set(body["problems"]) == {"coal", "sncr", "unknown"}
    assert body["problems"]["coal"][0].startswith("请填写数字")


def test_an_unusual_value_is_saved_with_a_warning(enter: Enter, manager: Person, assessment: str) -> None:
    body = enter(manager).save(assessment, [{"item": HEAT, "value": "1.1", "revision": 0}]).get_json()
    assert body["saved"] == {"kiln_heat": 1}
    assert "80–150" in body["warnings"]["kiln_heat"]


def test_a_stale_save_gets_theirs_with_name_and_time(
    door: Door, enter: Enter, manager: Person, colleague: Person, assessment: str
) -> None:
    enter(colleague).save(assessment, [{"item": "coal", "value": "200", "revision": 0}])
    browser = enter(manager)
    answer = browser.save(assessment, [{"item": "coal", "value": "100", "revision": 0}])
    assert answer.status_code == 409
    (conflict,) = answer.get_json()["conflicts"]
    assert conflict["theirs"]["by"] == "赵示例"
    assert conflict["theirs"]["text"] == "200 t"
    assert conflict["theirs"]["value"] == ["200"]
    assert conflict["yours"]["text"] == "100 t"
    assert answers(door, manager, assessment)[COAL] == Measured(filing_decimal("200"))
    mine = [{"item": "coal", "value": "100", "revision": conflict["theirs"]["revision"]}]
    assert browser.save(assessment, mine).status_code == 200
    assert answers(door, manager, assessment)[COAL] == Measured(filing_decimal("100"))


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"changes": 1},
        {"changes": [1]},
        {"changes": [{"item": 5}]},
        {"changes": [{"item": "coal", "revision": "1"}]},
    ],
)
def test_a_body_that_is_no_list_of_changes_is_refused(
    enter: Enter, manager: Person, assessment: str, body: object
) -> None:
    browser = enter(manager)
    sent = browser.client.post(f"{assessment}/answers", json=body, headers={"X-CSRFToken": browser.token})
    assert sent.status_code == 400


def test_without_the_token_nothing_is_saved(enter: Enter, manager: Person, assessment: str) -> None:
    browser = enter(manager)
    sent = browser.client.post(f"{assessment}/answers", json={"changes": [{"item": "coal", "value": "1"}]})
    assert sent.status_code == 400
    assert sent.is_json


def test_when_the_sign_in_ran_out_the_script_is_told(enter: Enter, manager: Person, assessment: str) -> None:
    browser = enter(manager)
    browser.client.delete_cookie("sign_in")
    assert browser.save(assessment, [{"item": "coal", "value": "1", "revision": 0}]).status_code == 401


def test_after_submission_nothing_changes(enter: Enter, manager: Person, assessment: str) -> None:
    browser = enter(manager)
    browser.save(assessment, [{"item": "sncr", "value": "full", "revision": 0}])
    assert browser.post(f"{assessment}/submit").status_code == 302
    sent = browser.save(assessment, [{"item": "coal", "value": "1", "revision": 0}])
    assert sent.status_code == 409
    assert "conflicts" not in sent.get_json()
    assert browser.post(f"{assessment}/sections/plant", coal="1").status_code == 409


def test_a_full_disk_is_said_and_the_text_comes_back(
    enter: Enter, manager: Person, assessment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.actions import assessment as filing
    from tests.web.browser import text_of

    def full(*_: object) -> None:
        raise StorageFull("disk is full")

    browser = enter(manager)
    monkeypatch.setattr(filing, "keep", full)
    assert browser.save(assessment, [{"item": "coal", "value": "1", "revision": 0}]).status_code == 503
    answer = browser.post(f"{assessment}/sections/plant", coal="123")
    assert answer.status_code == 503
    assert "磁盘已满" in text_of(answer)
    assert 'name="coal" value="123"' in text_of(answer)


def test_the_live_panel_can_be_asked_for(enter: Enter, manager: Person, assessment: str) -> None:
    body = enter(manager).get(f"{assessment}/live").get_json()
    assert body["points"] is None
    assert body["hidden"] == []
