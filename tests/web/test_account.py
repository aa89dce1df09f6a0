"""Registering, signing in and out, passwords."""

import re
from pathlib import Path

from flask import Flask

from portal.actions.work import Door
from tests.cast import PASSWORD, Person
from tests.web.browser import Browser, text_of, text_without_token
from tests.web.conftest import Enter

NEW = {"name": "孙示例", "mail": "sun@example.cn", "mobile": "", "password": PASSWORD, "repeat": PASSWORD}


def test_registering_signs_in_and_leads_to_the_enterprise(enter: Enter) -> None:
    browser = enter(None)
    assert browser.post("/register", NEW).headers["Location"] == "/enterprises/new"
    assert "孙示例" in text_of(browser.get("/enterprises/new"))


def test_what_is_wrong_stands_beside_the_field_and_the_rest_is_kept(enter: Enter) -> None:
    answer = enter(None).post("/register", NEW | {"mail": "no-mail", "password": "short", "repeat": "short"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'id="mail-error"' in page
    assert 'value="孙示例"' in page
    assert "short" not in page


def test_all_that_is_wrong_is_said_at_once(enter: Enter, manager: Person) -> None:
    wrong = {"name": "", "mail": "no-mail", "mobile": "123", "password": "short", "repeat": "other"}
    page = text_of(enter(None).post("/register", wrong))
    for field in wrong:
        assert f'id="{field}-error"' in page, field
    assert "有 5 处需要修改" in page
    taken = text_of(enter(None).post("/register", NEW | {"mail": manager.mail, "repeat": "other"}))
    assert "这个邮箱已经注册" in taken
    assert "两次输入的密码不一样" in taken


def test_two_different_passwords_are_refused(enter: Enter) -> None:
    assert "两次输入的密码不一样" in text_of(enter(None).post("/register", NEW | {"repeat": "another-one-1"}))


def test_a_wrong_password_says_no_more_than_that(enter: Enter, manager: Person) -> None:
    browser = enter(None)
    known = text_without_token(browser.post("/sign-in", login=manager.mail, password="wrong-wrong"))
    unknown = text_without_token(browser.post("/sign-in", login="nobody@example.cn", password="wrong-wrong"))
    assert known.replace(manager.mail, "") == unknown.replace("nobody@example.cn", "")


def test_signing_in_leads_back_but_never_elsewhere(enter: Enter, manager: Person) -> None:
    for target, expected in (
        ("/history", "/history"),
        ("//evil.example", "/desk"),
        ("https://evil.example", "/desk"),
        ("/\\evil.example", "/desk"),
    ):
        answer = enter(None).post("/sign-in", login=manager.mail, password=PASSWORD, next=target)
        assert answer.headers["Location"] == expected


def test_signing_out_ends_the_sign_in_on_the_server(app: Flask, enter: Enter, manager: Person) -> None:
    browser = enter(manager)
    stolen = browser.client.get_cookie("sign_in").value
    browser.post("/sign-out")
    thief = Browser(app)
    thief.client.set_cookie("sign_in", stolen)
    assert thief.get("/desk").status_code == 302


def test_the_cookie_cannot_be_read_by_scripts(enter: Enter, manager: Person) -> None:
    answer = enter(None).post("/sign-in", login=manager.mail, password=PASSWORD)
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("sign_in="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_forgotten_password_is_reset_by_mail(door: Door, enter: Enter, manager: Person) -> None:
    browser = enter(None)
    told = text_without_token(browser.post("/forgot-password", login=manager.mail))
    assert text_without_token(browser.post("/forgot-password", login="nobody@example.cn")) == told
    (mail,) = Path(door.settings.mail_folder).glob("*.eml")
    from email import message_from_bytes, policy

    text = message_from_bytes(mail.read_bytes(), policy=policy.default).get_body().get_content()
    path = re.search(r"/reset/\S+", text)[0]
    assert browser.get(path).status_code == 200
    assert browser.post(path, password="new-example-9", repeat="other").status_code == 422
    assert browser.post(path, password="new-example-9", repeat="new-example-9").status_code == 302
    assert browser.post("/sign-in", login=manager.mail, password="new-example-9").status_code == 302
    assert browser.get(path).status_code == 410
    assert "已失效" in text_of(browser.post(path, password="new-example-9", repeat="new-example-9"))


def test_changing_the_password_needs_the_old_one(enter: Enter, manager: Person) -> None:
    browser = enter(manager)
    new = {"password": "new-example-9", "repeat": "new-example-9"}
    assert "当前密码不对" in text_of(browser.post("/account", new, old="wrong"))
    assert browser.post("/account", new, old=PASSWORD).status_code == 302
    assert "密码已修改" in text_of(browser.get("/account?changed=1"))


def test_many_attempts_from_one_address_are_stopped(enter: Enter) -> None:
    browser = enter(None)
    codes = [browser.post("/sign-in", login="a@example.cn", password="wrong").status_code for _ in range(31)]
    assert codes[0] == 422
    assert codes[-1] == 429
