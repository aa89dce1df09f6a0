"""The enterprise's pages: registering, the check digit, colleagues."""

import re
from dataclasses import asdict
from email import message_from_bytes, policy

import pytest

from portal.actions.work import Door
from tests.cast import PASSWORD, Person
from tests.make import make_profile
from tests.web.browser import text_of
from tests.web.conftest import Enter


def test_an_enterprise_is_registered_and_stands_on_the_desk(enter: Enter, manager: Person) -> None:
    browser = enter(manager)
    assert browser.get("/enterprises/new").status_code == 200
    assert (
        browser.post("/enterprises/new", asdict(make_profile(name="示例二厂"))).headers["Location"] == "/desk"
    )
    assert "示例二厂" in text_of(browser.get("/desk"))


def test_a_wrong_check_digit_names_the_right_one_beside_the_field(enter: Enter, manager: Person) -> None:
    profile = asdict(make_profile())
    right = profile["uscc"][-1]
    wrong = profile["uscc"][:-1] + ("0" if right != "0" else "1")
    answer = enter(manager).post("/enterprises/new", profile | {"uscc": wrong})
    error = re.search(r'id="uscc-error">([^<]+)', text_of(answer))
    assert answer.status_code == 422
    assert f"应为 {right}" in error[1]
    assert f'value="{wrong}"' in text_of(answer)


@pytest.mark.parametrize("field", ["name", "products", "contact_name", "contact_phone", "district", "scale"])
def test_what_is_left_out_is_asked_for(enter: Enter, manager: Person, field: str) -> None:
    page = text_of(enter(manager).post("/enterprises/new", asdict(make_profile()) | {field: ""}))
    assert f'id="{field}-error"' in page


def test_a_second_registration_points_to_the_colleague(enter: Enter, manager: Person) -> None:
    browser = enter(manager)
    profile = asdict(make_profile())
    browser.post("/enterprises/new", profile)
    assert "索取邀请" in text_of(browser.post("/enterprises/new", profile))


def test_all_that_is_wrong_is_said_at_once(enter: Enter, manager: Person) -> None:
    browser = enter(manager)
    profile = asdict(make_profile())
    browser.post("/enterprises/new", profile)
    wrong = {
        "name": "",
        "products": "",
        "contact_phone": "x",
        "contact_mail": "x",
        "district": "",
        "scale": "",
    }
    page = text_of(browser.post("/enterprises/new", profile | wrong))
    for field in ("uscc", *wrong):
        assert f'id="{field}-error"' in page, field


def test_the_profile_can_be_changed(enter: Enter, manager: Person) -> None:
    browser, path = enter(manager), f"/enterprises/{manager.enterprise}"
    assert browser.post(path, asdict(make_profile(products="熟料"))).headers["Location"] == f"{path}?saved=1"
    assert "熟料" in text_of(browser.get(path + "?saved=1"))
    assert browser.post(path, asdict(make_profile(products=""))).status_code == 422


def test_a_colleague_joins_by_the_mail(door: Door, enter: Enter, manager: Person) -> None:
    browser, path = enter(manager), f"/enterprises/{manager.enterprise}/colleagues"
    assert browser.post(path, mail="no-mail").status_code == 422
    assert browser.post(path, mail="new@example.cn").status_code == 302
    (mail,) = door.settings.mail_folder.glob("*.eml")
    text = message_from_bytes(mail.read_bytes(), policy=policy.default).get_body().get_content()
    link = re.search(r"/join/\S+", text)[0]
    new = enter(None)
    assert "示例水泥有限公司" in text_of(new.get(link))
    sent = {"name": "钱示例", "mail": "new@example.cn", "password": PASSWORD, "repeat": PASSWORD}
    assert new.post(link, sent).headers["Location"] == "/desk"
    assert "示例水泥有限公司" in text_of(new.get("/desk"))
    assert "钱示例" in text_of(browser.get(f"/enterprises/{manager.enterprise}"))


def test_a_stranger_with_an_account_joins_by_one_click(
    door: Door, enter: Enter, manager: Person, stranger: Person
) -> None:
    enter(manager).post(f"/enterprises/{manager.enterprise}/colleagues", mail=stranger.mail)
    (mail,) = door.settings.mail_folder.glob("*.eml")
    text = message_from_bytes(mail.read_bytes(), policy=policy.default).get_body().get_content()
    link = re.search(r"/join/\S+", text)[0]
    other = enter(stranger)
    assert other.get(link).status_code == 200
    assert other.post(link).status_code == 302
    assert other.get(f"/enterprises/{manager.enterprise}").status_code == 200


def test_starting_the_year_twice_leads_to_the_same_self_check(
    enter: Enter, manager: Person, assessment: str
) -> None:
    again = enter(manager).post(f"/enterprises/{manager.enterprise}/assessments")
    assert again.headers["Location"] == assessment
