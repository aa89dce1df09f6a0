"""The outbox: letters leave as files or over SMTP, are tried again with pauses, and are given up after the fifth."""

import json
import smtplib
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from portal.actions import mail, outbox
from portal.actions.work import Door, NotFound
from portal.core.campaign import Channel, LetterState
from portal.core.letter import MOST_ATTEMPTS
from portal.core.roles import CITY, Account
from tests.cast import make_reviewer

FIELDS = {
    "name": "示例企业",
    "title": "示例批次",
    "closes_on": "2026-11-30",
    "days": "7",
    "stage": "未开始",
    "link": "http://127.0.0.1/desk",
}


@pytest.fixture
def city(door: Door) -> Account:
    return make_reviewer(door, CITY, "city@example.cn")


def _put(
    door: Door, occasion: str = "o", channel: Channel = Channel.MAIL, address: str = "a@example.cn"
) -> bool:
    with door.writing() as work:
        return outbox.put(
            work, occasion=occasion, channel=channel, address=address, template="campaign_call", **FIELDS
        )


def _state(door: Door, city: Account) -> list[tuple[LetterState, int]]:
    with door.reading() as work:
        return [(one.state, one.attempts) for one in outbox.listed(work, city).letters]


def _let_time_pass(door: Door) -> None:
    """As if the pause after the last attempt were over."""
    with door.writing() as work:
        work.session.execute(text("UPDATE letter SET sent_at = '2020-01-01'"))


def test_one_occasion_is_one_letter_and_it_leaves_as_a_file_once(door: Door, city: Account) -> None:
    assert _put(door)
    assert not _put(door)
    assert outbox.deliver(door) == (1, 0)
    assert outbox.deliver(door) == (0, 0)
    (file,) = door.settings.mail_folder.glob("*.eml")
    written = file.read_text("utf-8")
    assert "Subject: 提醒：请完成示例批次" in written
    assert "还有 7 天" in written
    assert file.stat().st_mode & 0o077 == 0
    assert _state(door, city) == [(LetterState.SENT, 1)]


def test_a_short_message_goes_into_a_file_and_says_that_it_is_a_demonstration(door: Door) -> None:
    _put(door, channel=Channel.SMS, address="13800000000")
    assert outbox.deliver(door) == (1, 0)
    (line,) = (door.settings.data_folder / "sms" / "sms.jsonl").read_text("utf-8").splitlines()
    told = json.loads(line)
    assert (told["to"], told["is_demo"]) == ("13800000000", True)
    assert "演示" in told["text"]


def test_a_letter_that_cannot_leave_is_tried_five_times_and_can_be_begun_again(
    door: Door, city: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("the folder is gone")

    _put(door)
    with monkeypatch.context() as broken:
        broken.setattr(mail, "_lay_down", refuse)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            assert outbox.deliver(door) == (0, 1)
            assert outbox.deliver(door) == (0, 0)  # the pause
            expected = LetterState.FAILED if attempt == MOST_ATTEMPTS else LetterState.WAITING
            assert _state(door, city) == [(expected, attempt)]
            _let_time_pass(door)
        assert outbox.deliver(door) == (0, 0)
    with door.writing() as work:
        (letter,) = outbox.listed(work, city, state=LetterState.FAILED, words="示例企业").letters
        assert "the folder is gone" in letter.error
        assert outbox.retry(work, city, letter.id)
        assert not outbox.retry(work, city, letter.id)
        with pytest.raises(NotFound):
            outbox.retry(work, city, "missing")
    assert outbox.deliver(door) == (1, 0)
    assert _state(door, city) == [(LetterState.SENT, 1)]


def test_two_workers_send_a_letter_once(door: Door, city: Account) -> None:
    for number in range(8):
        _put(door, occasion=str(number))
    workers = [threading.Thread(target=outbox.deliver, args=(door,)) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len(list(door.settings.mail_folder.glob("*.eml"))) == 8
    assert set(_state(door, city)) == {(LetterState.SENT, 1)}


def test_only_the_city_reads_the_outbox(door: Door) -> None:
    district = make_reviewer(door)
    with door.reading() as work, pytest.raises(NotFound):
        outbox.listed(work, district)


# ── SMTP ─────────────────────────────────────────────────────────────────────


class Server:
    """What a mail server is to smtplib."""

    taken: list[Any]
    refused: set[str]

    def __init__(self, *_: object, **__: object) -> None:
        Server.connected += 1
        if Server.is_down:
            raise ConnectionRefusedError("no server")

    connected = 0
    is_down = False

    def send_message(self, message: Any) -> None:
        if message["To"] in Server.refused:
            raise smtplib.SMTPRecipientsRefused({message["To"]: (550, b"no such user")})
        Server.taken.append(message)

    def quit(self) -> None:
        pass


@pytest.fixture
def smtp(door: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    """The portal with a mail server."""
    Server.taken, Server.refused, Server.is_down, Server.connected = [], set(), False, 0
    monkeypatch.setattr(mail.smtplib, "SMTP_SSL", Server)
    settings = replace(door.settings, smtp_host="mail.example.cn", mail_sender="portal@example.cn")
    return replace(door, settings=settings)


def test_letters_leave_over_one_connection_in_plain_ascii(smtp: Door, city: Account) -> None:
    for number in range(3):
        _put(smtp, occasion=str(number))
    assert outbox.deliver(smtp) == (3, 0)
    assert Server.connected == 1
    message = Server.taken[0]
    assert message["From"] == "portal@example.cn"
    assert message.as_bytes().isascii()
    assert "还有 7 天" in message.get_content()
    assert len({one["Message-ID"] for one in Server.taken}) == 3


def test_a_server_that_is_down_costs_every_letter_one_attempt(smtp: Door, city: Account) -> None:
    _put(smtp, "1")
    _put(smtp, "2")
    Server.is_down = True
    assert outbox.deliver(smtp) == (0, 2)
    assert _state(smtp, city) == [(LetterState.WAITING, 1)] * 2
    Server.is_down = False
    _let_time_pass(smtp)
    assert outbox.deliver(smtp) == (2, 0)


def test_one_address_that_is_refused_holds_up_no_other(smtp: Door, city: Account) -> None:
    _put(smtp, "1", address="gone@example.cn")
    _put(smtp, "2")
    Server.refused = {"gone@example.cn"}
    assert outbox.deliver(smtp) == (1, 1)
    assert sorted(_state(smtp, city)) == [(LetterState.SENT, 1), (LetterState.WAITING, 1)]


def test_mails_with_links_are_forwarded_from_the_folder_and_taken_away(smtp: Door) -> None:
    with smtp.writing() as work:
        mail.write(work, "reset", "a@example.cn", name="王示例", link="http://127.0.0.1/reset/secret")
        mail.write(work, "reset", "gone@example.cn", name="王示例", link="http://127.0.0.1/reset/other")
    Server.refused = {"gone@example.cn"}
    assert outbox.deliver(smtp) == (1, 1)
    (message,) = Server.taken
    assert "reset/secret" in message.get_content()
    assert message.as_bytes().isascii()
    folder = smtp.settings.mail_folder
    assert list(folder.glob("*.eml")) == []
    assert len(list((folder / "failed").glob("*.eml"))) == 1


def test_a_mail_that_lay_too_long_is_put_aside(smtp: Door) -> None:
    import os

    with smtp.writing() as work:
        mail.write(work, "reset", "a@example.cn", name="王示例", link="http://127.0.0.1/reset/secret")
        old = (work.now - timedelta(days=3)).timestamp()
    file: Path = next(smtp.settings.mail_folder.glob("*.eml"))
    os.utime(file, (old, old))
    assert outbox.deliver(smtp) == (0, 0)
    assert not file.exists()
