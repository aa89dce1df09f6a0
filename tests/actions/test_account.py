"""Accounts: registering, signing in, locks, resets, colleagues."""

import email
import email.policy
import errno
import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import text

from portal import words
from portal.actions import account, enterprise
from portal.actions.work import Door, NotFound, StorageFull, Work
from portal.core.roles import Account, Role
from tests.cast import PASSWORD, Person
from tests.make import make_profile


def _register(work: Work, **changes: str) -> tuple[Account | None, tuple[Any, ...]]:
    given = {"name": "孙示例", "mail": "new@example.cn", "mobile": "13900000000", "password": PASSWORD}
    return account.register(work, **(given | changes))


def _mails(door: Door) -> list[EmailMessage]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.SMTPUTF8)  # type: ignore[misc]
        for path in sorted(door.settings.mail_folder.glob("*.eml"))
    ]


def _link(door: Door, kind: str) -> str:
    body = _mails(door)[-1].get_content()
    found = re.search(rf"{re.escape(door.settings.address)}/{kind}/(\S+)", body)
    assert found is not None
    return found[1]


def _later(work: Work, **span: int) -> Work:
    return replace(work, now=work.now + timedelta(**span))


def test_a_new_account_can_sign_in_by_mail_and_by_mobile(door: Door) -> None:
    with door.writing() as work:
        who, problems = _register(work, mail=" New@Example.CN ", mobile="139 0000 0000")
    assert problems == ()
    assert who is not None
    assert (who.mail, who.mobile, who.role, who.enterprises) == (
        "new@example.cn", "13900000000", Role.MANAGER, (),
    )  # fmt: skip
    for login in ("NEW@example.cn", "13900000000"):
        with door.writing() as work:
            token, problems = account.sign_in(work, login, PASSWORD, "127.0.0.1")
        assert token is not None
        with door.reading() as work:
            assert account.account_of(work, token) == who


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": " "}, [("name", "required")]),
        ({"name": "字" * 51}, [("name", "too_long")]),
        ({"name": "a\0b"}, [("name", "unprintable")]),
        ({"mail": "nobody"}, [("mail", "mail_form")]),
        ({"mail": "a@b.cn\nBcc: c@d.cn"}, [("mail", "mail_form")]),
        ({"mobile": "12345678901"}, [("mobile", "mobile_form")]),
        ({"password": "short"}, [("password", "password_short")]),
        ({"password": "x" * 201}, [("password", "password_long"), ("password", "password_common")]),
        ({"password": "aaaaaaaaaaaa"}, [("password", "password_common")]),
        ({"password": "new@example.cn"}, [("password", "password_is_login")]),
        ({"password": "NEW@EXAMPLE.CN"}, [("password", "password_is_login")]),
        ({"join_token": "nonsense"}, [("join_token", "invitation_invalid")]),
        ({"name": "", "mail": "x", "password": ""}, [
            ("name", "required"), ("mail", "mail_form"), ("password", "password_short"), ("password", "password_common"),
        ]),
    ],
)  # fmt: skip
def test_everything_wrong_is_said_at_once(
    door: Door, changes: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    with door.writing() as work:
        who, problems = _register(work, **changes)
        assert work.session.scalar(text("SELECT count(*) FROM account")) == 0
    assert who is None
    assert [(problem.place, problem.code) for problem in problems] == expected
    assert all(words.knows(problem.code) for problem in problems)


def test_mail_and_mobile_belong_to_one_account(door: Door) -> None:
    with door.writing() as work:
        _register(work)
        _, problems = _register(work, mail="NEW@example.cn")
        assert [problem.code for problem in problems] == ["mail_taken", "mobile_taken"]
        _, problems = _register(work, mail="other@example.cn")
        assert [problem.code for problem in problems] == ["mobile_taken"]
        _, problems = _register(work, name="", mail="no-mail", password="x")
        assert [problem.place for problem in problems] == ["name", "mail", "password", "password", "mobile"]
        _, problems = _register(work, mail="other@example.cn", mobile="")
        assert problems == ()
        _, problems = _register(work, mail="third@example.cn", mobile="")  # several may have none
        assert problems == ()


def test_passwords_and_tokens_are_not_kept(door: Door, manager: Person) -> None:
    with door.writing() as work:
        token, _ = account.sign_in(work, manager.mail, PASSWORD, "127.0.0.1")
        assert token is not None
        kept = str(work.session.execute(text("SELECT * FROM sign_in")).all())
        kept += str(work.session.execute(text("SELECT * FROM account")).all())
    assert token not in kept
    assert PASSWORD not in kept
    assert "$argon2id$" in kept


@pytest.mark.parametrize("login", ["manager@example.cn", "nobody@example.cn", "13911112222", "a\0b", ""])
def test_five_failures_lock_for_a_quarter_of_an_hour_known_or_not(
    door: Door, manager: Person, login: str
) -> None:
    for _ in range(5):
        with door.writing() as work:
            _, problems = account.sign_in(work, login, "wrong password", "127.0.0.1")
        assert [problem.code for problem in problems] == ["sign_in_failed"]
    with door.writing() as work:
        _, problems = account.sign_in(work, login, PASSWORD, "127.0.0.1")
        assert [problem.code for problem in problems] == ["locked"]
        later = _later(work, minutes=15, seconds=1)
        token, problems = account.sign_in(later, login, PASSWORD, "127.0.0.1")
    assert (token is not None) == (login == manager.mail)


def test_both_logins_share_one_count(door: Door, manager: Person, colleague: Person) -> None:
    for login in (
        "13800000000",
        "colleague@example.cn",
        "13800000000",
        "colleague@example.cn",
        "13800000000",
    ):
        with door.writing() as work:
            account.sign_in(work, login, "wrong password", "127.0.0.1")
    with door.writing() as work:
        _, problems = account.sign_in(work, colleague.mail, PASSWORD, "127.0.0.1")
    assert [problem.code for problem in problems] == ["locked"]


def test_a_success_forgets_the_failures(door: Door, manager: Person) -> None:
    for password in ["wrong password"] * 4 + [PASSWORD] + ["wrong password"] * 4 + [PASSWORD]:
        with door.writing() as work:
            token, _ = account.sign_in(work, manager.mail, password, "127.0.0.1")
    assert token is not None


def test_an_unknown_login_costs_the_same_hash(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(account, "fits", lambda kept, password: asked.append(kept) or False)
    with door.writing() as work:
        account.sign_in(work, "nobody@example.cn", PASSWORD, "127.0.0.1")
    assert asked and asked[0].startswith("$argon2id$")


def test_a_sign_in_ends_after_twelve_idle_hours_or_seven_days(door: Door, manager: Person) -> None:
    with door.writing() as work:
        token, _ = account.sign_in(work, manager.mail, PASSWORD, "127.0.0.1")
        assert token is not None
        assert account.account_of(_later(work, hours=11, minutes=59), token) is not None
        assert account.account_of(_later(work, hours=23), token) is not None  # it was used in between
        assert account.account_of(_later(work, hours=35, minutes=1), token) is None
        for hours in range(0, 168, 11):
            account.account_of(_later(work, hours=hours), token)
        assert account.account_of(_later(work, hours=168), token) is None


def test_reading_does_not_prolong_a_sign_in(door: Door, manager: Person) -> None:
    with door.writing() as work:
        token, _ = account.sign_in(work, manager.mail, PASSWORD, "127.0.0.1")
        assert token is not None
    with door.reading() as work:
        assert account.account_of(_later(work, hours=11), token) is not None
        assert account.account_of(_later(work, hours=13), token) is None


def test_signing_out_ends_the_sign_in(door: Door, manager: Person) -> None:
    with door.writing() as work:
        token, _ = account.sign_in(work, manager.mail, PASSWORD, "127.0.0.1")
        assert token is not None
        account.sign_out(work, token)
        assert account.account_of(work, token) is None
        assert account.account_of(work, "") is None


def test_old_sign_ins_and_failures_are_swept_away(door: Door, manager: Person) -> None:
    with door.writing() as work:
        account.sign_in(work, manager.mail, PASSWORD, "127.0.0.1")
        account.sign_in(work, "nobody@example.cn", PASSWORD, "127.0.0.1")
        account.sign_in(_later(work, days=8), manager.mail, PASSWORD, "127.0.0.1")
        assert work.session.scalar(text("SELECT count(*) FROM sign_in")) == 1
        assert work.session.scalar(text("SELECT count(*) FROM sign_in_failure")) == 0


# ── Passwords ────────────────────────────────────────────────────────────────


def test_a_reset_comes_by_mail_works_once_and_ends_every_sign_in(door: Door, manager: Person) -> None:
    with door.writing() as work:
        before, _ = account.sign_in(work, manager.mail, PASSWORD, "127.0.0.1")
        account.ask_reset(work, manager.mail)
    mail = _mails(door)[-1]
    assert mail["To"] == manager.mail
    assert "重置密码" in mail["Subject"]
    token = _link(door, "reset")
    with door.writing() as work:
        assert account.may_reset(work, token)
        assert [p.code for p in account.reset(work, token, "short")] == ["password_short"]
        assert account.reset(work, token, "another-password") == ()
        assert [p.code for p in account.reset(work, token, "third-password")] == ["token_invalid"]
        assert not account.may_reset(work, token)
        assert before is not None
        assert account.account_of(work, before) is None
        assert account.sign_in(work, manager.mail, "another-password", "")[0] is not None
        assert account.sign_in(work, manager.mail, PASSWORD, "")[0] is None


def test_a_reset_opens_a_lock(door: Door, manager: Person) -> None:
    with door.writing() as work:
        for _ in range(5):
            account.sign_in(work, manager.mail, "wrong password", "")
        account.ask_reset(work, manager.mail)
        assert account.reset(work, _link(door, "reset"), "another-password") == ()
        assert account.sign_in(work, manager.mail, "another-password", "")[0] is not None


def test_a_reset_link_ends_after_two_hours_and_by_the_next_one(door: Door, manager: Person) -> None:
    with door.writing() as work:
        account.ask_reset(work, manager.mail)
        first = _link(door, "reset")
        assert not account.may_reset(_later(work, hours=2), first)
        account.ask_reset(_later(work, seconds=1), manager.mail)
        assert not account.may_reset(work, first)


def test_a_full_disk_stops_the_mail_and_its_link_together(
    door: Door, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(account.mail, "_lay_down", full)
    with pytest.raises(StorageFull), door.writing() as work:
        account.ask_reset(work, manager.mail)
    with door.reading() as work:
        assert work.session.scalar(text("SELECT count(*) FROM ticket")) == 0


def test_nobody_gets_no_mail_and_no_error(door: Door) -> None:
    with door.writing() as work:
        account.ask_reset(work, "nobody@example.cn")
        account.ask_reset(work, "a\0b")
    assert _mails(door) == []


def test_changing_the_password_ends_the_other_sign_ins(door: Door, manager: Person) -> None:
    with door.writing() as work:
        here, _ = account.sign_in(work, manager.mail, PASSWORD, "")
        there, _ = account.sign_in(work, manager.mail, PASSWORD, "")
        assert here is not None and there is not None
        wrong = account.change_password(work, manager.account, "wrong password", "another-password", here)
        assert [problem.code for problem in wrong] == ["password_wrong"]
        short = account.change_password(work, manager.account, PASSWORD, "x", here)
        assert short[0].place == "password"
        both = account.change_password(work, manager.account, "wrong password", "x", here)
        assert {problem.place for problem in both} == {"old", "password"}
        assert account.change_password(work, manager.account, PASSWORD, "another-password", here) == ()
        assert account.account_of(work, here) is not None
        assert account.account_of(work, there) is None


def test_a_dated_hash_is_renewed_at_sign_in(
    door: Door, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "is_dated", lambda kept: True)
    with door.writing() as work:
        before = account.stored.password_hash(work.session, manager.account.id)
        assert account.sign_in(work, manager.mail, PASSWORD, "")[0] is not None
        assert account.stored.password_hash(work.session, manager.account.id) != before


# ── Colleagues ───────────────────────────────────────────────────────────────


def test_a_colleague_is_invited_registers_and_sees_the_enterprise(door: Door, manager: Person) -> None:
    with door.writing() as work:
        assert account.invite_colleague(work, manager.account, manager.enterprise, "New@example.cn") == ()
    mail = _mails(door)[-1]
    assert mail["To"] == "new@example.cn"
    assert "示例水泥有限公司" in mail["Subject"]
    token = _link(door, "join")
    with door.writing() as work:
        shown = account.invitation(work, token)
        assert shown is not None
        assert (shown.enterprise_name, shown.mail, shown.invited_by) == (
            "示例水泥有限公司", "new@example.cn", "王示例",
        )  # fmt: skip
        who, problems = _register(work, join_token=token)
        assert problems == ()
        assert who is not None
        assert who.enterprises == (manager.enterprise,)
        assert [one.name for one in enterprise.colleagues(work, who, manager.enterprise)] == [
            "王示例",
            "孙示例",
        ]
        assert account.invitation(work, token) is None
        assert account.join(work, token, who) == (None, account.join(work, token, who)[1])


def test_somebody_with_an_account_joins_by_the_link(door: Door, manager: Person, stranger: Person) -> None:
    with door.writing() as work:
        account.invite_colleague(work, manager.account, manager.enterprise, stranger.mail)
        joined, problems = account.join(work, _link(door, "join"), stranger.account)
        assert (joined, problems) == (manager.enterprise, ())
        assert enterprise.get(work, stranger.account, manager.enterprise).id == manager.enterprise


def test_a_reset_link_does_not_join_and_an_invitation_does_not_reset(door: Door, manager: Person) -> None:
    with door.writing() as work:
        account.ask_reset(work, manager.mail)
        reset = _link(door, "reset")
        assert account.invitation(work, reset) is None
    with door.writing() as work:
        account.invite_colleague(work, manager.account, manager.enterprise, "new@example.cn")
    with door.writing() as work:
        assert account.reset(work, _link(door, "join"), "another-password")[0].code == "token_invalid"


@pytest.mark.parametrize(
    ("mail", "code"), [("nobody", "mail_form"), ("colleague@example.cn", "already_colleague")]
)
def test_an_invitation_needs_a_mail_that_is_not_there_yet(
    door: Door, manager: Person, colleague: Person, mail: str, code: str
) -> None:
    with door.writing() as work:
        problems = account.invite_colleague(work, manager.account, manager.enterprise, mail)
    assert [problem.code for problem in problems] == [code]
    assert _mails(door) == []


def test_a_stranger_cannot_invite_into_another_enterprise(
    door: Door, manager: Person, stranger: Person
) -> None:
    with pytest.raises(NotFound), door.writing() as work:
        account.invite_colleague(work, stranger.account, manager.enterprise, "friend@example.cn")


# ── Enterprises ──────────────────────────────────────────────────────────────


def test_a_second_registration_of_a_code_is_refused(door: Door, manager: Person, stranger: Person) -> None:
    with door.writing() as work:
        code = enterprise.get(work, manager.account, manager.enterprise).profile.uscc
        id, problems = enterprise.create(work, stranger.account, make_profile(uscc=f" {code.lower()} "))
        assert id is None
        assert [problem.code for problem in problems] == ["uscc_taken"]
        problems = enterprise.change(work, stranger.account, stranger.enterprise, make_profile(uscc=code))
        assert [problem.code for problem in problems] == ["uscc_taken"]
        assert len(enterprise.mine(work, stranger.account)) == 1


def test_a_profile_is_changed_as_a_whole_or_not_at_all(door: Door, manager: Person) -> None:
    with door.writing() as work:
        old = enterprise.get(work, manager.account, manager.enterprise).profile
        problems = enterprise.change(
            work, manager.account, manager.enterprise, replace(old, name="新名字", district="110101")
        )
        assert [problem.place for problem in problems] == ["district"]
        problems = enterprise.change(
            work, manager.account, manager.enterprise, replace(old, name="新名字", sector="nothing")
        )
        assert [problem.place for problem in problems] == ["sector"]
        assert enterprise.get(work, manager.account, manager.enterprise).profile == old
        assert (
            enterprise.change(work, manager.account, manager.enterprise, replace(old, name=" 新名字 ")) == ()
        )
        assert enterprise.get(work, manager.account, manager.enterprise).profile.name == "新名字"


@pytest.mark.parametrize("call", [enterprise.get, enterprise.colleagues])
def test_a_strangers_enterprise_is_as_if_it_were_not_there(
    door: Door, manager: Person, stranger: Person, call: Any
) -> None:
    for id in (manager.enterprise, "nothing"):
        with pytest.raises(NotFound), door.reading() as work:
            call(work, stranger.account, id)
    with pytest.raises(NotFound), door.writing() as work:
        enterprise.change(work, stranger.account, manager.enterprise, make_profile())


def test_somebody_with_an_out_of_date_list_of_enterprises_gets_nothing(door: Door, manager: Person) -> None:
    """The membership is read again: what an old page or object claims does not count."""
    with door.writing() as work:
        work.session.execute(text("DELETE FROM membership"))
    with pytest.raises(NotFound), door.reading() as work:
        enterprise.get(work, manager.account, manager.enterprise)


def test_ids_are_random(door: Door, manager: Person, stranger: Person) -> None:
    assert len({manager.enterprise, stranger.enterprise, manager.account.id, stranger.account.id}) == 4
    assert all(re.fullmatch(r"[\w-]{12}", id) for id in (manager.enterprise, stranger.account.id))
