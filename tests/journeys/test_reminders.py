"""A reminder run: the city sees who is missing and reminds them, the letters leave over SMTP, their link leads to the form."""

import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import expect

from portal.actions import assessment, campaign
from portal.actions import work as door_of_work
from portal.actions.work import Door
from portal.cli import rounds
from portal.core.campaign import TypedPlan
from portal.core.roles import CITY
from tests.cast import PASSWORD, Person, make_reviewer
from tests.journeys.conftest import Open
from tests.journeys.test_review_round import enter

pytestmark = pytest.mark.browser


class _Conversation(socketserver.StreamRequestHandler):
    """What a mail server says, and the letters that it takes."""

    def handle(self) -> None:
        self._say("220 mail.example.cn")
        while line := self.rfile.readline().decode().strip():
            word = line.partition(" ")[0].upper()
            if word == "DATA":
                self._say("354 go on")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                self.server.letters.append(text)  # type: ignore[attr-defined]
            self._say("221 bye" if word == "QUIT" else "250 mail.example.cn" if word == "EHLO" else "250 ok")
            if word == "QUIT":
                return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server of one's own network."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[bytes] = []

    def taken(self) -> list[tuple[str, str, str]]:
        """Address, subject and text of every letter, oldest first."""
        found = [message_from_bytes(one, policy=policy.default) for one in self.letters]
        return [(str(one["To"]), str(one["Subject"]), one.get_content()) for one in found]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Running until the test is over."""
    server = MailServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def worker(door: Door, mail_server: MailServer) -> Door:
    """The portal as the worker knows it: with a mail server."""
    port = mail_server.server_address[1]
    assert isinstance(port, int)
    settings = replace(
        door.settings,
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        mail_sender="portal@example.cn",
    )
    return replace(door, settings=settings)


def _publish(door: Door, closes: datetime) -> str:
    city = make_reviewer(door, CITY, "city@example.cn")
    year = closes.year
    plan = TypedPlan(
        year=str(year),
        title=f"{year} 年度示例批次",
        sectors=("cement",),
        opens_on=f"{year}-01-01",
        closes_on=closes.date().isoformat(),
        rungs=(),
        notice="",
    )
    with door.writing() as work:
        id, problems = campaign.create(work, city, plan)
        assert id is not None, problems
        campaign.publish(work, city, id)
    return id


def test_a_reminder_leads_from_the_list_of_who_is_missing_to_the_questionnaire(
    door: Door, worker: Door, mail_server: MailServer, open_page: Open, manager: Person
) -> None:
    with door.reading() as work:
        year = assessment.this_year(work.now)
    with worker.writing() as work:
        assessment.start(work, manager.account, manager.enterprise, year)
    _publish(worker, datetime(year, 12, 31, tzinfo=UTC))
    rounds.deliver(worker)
    before = len(mail_server.letters)
    top = open_page()
    enter(top, make_reviewer(door, CITY, "second@example.cn"))
    top.goto("/campaigns")
    top.get_by_role("link", name="示例批次").first.click()
    top.get_by_role("link", name="未提交的企业").click()
    expect(top.get_by_text("示例水泥有限公司")).to_be_visible()
    top.get_by_role("link", name="提醒名单中未提交的").click()
    top.get_by_role("button", name="发出 1 封提醒").dblclick()
    expect(top.get_by_text("封提醒，正在陆续发出")).to_be_visible()

    assert rounds.deliver(worker) == (1, 0)
    ((address, subject, text),) = mail_server.taken()[before:]
    assert address == manager.mail and subject == f"提醒：请完成{year} 年度示例批次"
    assert "当前进度：填报中" in text
    link = re.search(rf"{re.escape(door.settings.address)}(/\S+)", text)
    assert link

    plant = open_page("phone")
    plant.goto(link[1])
    plant.get_by_label("邮箱或手机号码").fill(manager.mail)
    plant.get_by_label("密码").fill(PASSWORD)
    plant.get_by_role("main").get_by_role("button", name="登录").click()
    expect(plant.locator("form#questionnaire")).to_be_visible()


def test_thirty_seven_and_one_days_before_the_end_the_worker_reminds_once(
    door: Door,
    worker: Door,
    mail_server: MailServer,
    manager: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [datetime(2026, 10, 1, 1, tzinfo=UTC)]
    monkeypatch.setattr(door_of_work, "_now", lambda: clock[0])
    _publish(worker, datetime(2026, 11, 30, tzinfo=UTC))
    rounds.deliver(worker)
    mail_server.letters.clear()
    reminded = []
    clock[0] = datetime(2026, 10, 30, 20, tzinfo=UTC)
    while clock[0] < datetime(2026, 12, 2, tzinfo=UTC):
        rounds.remind(worker)
        rounds.deliver(worker)
        while mail_server.letters:
            ((address, subject, _),) = mail_server.taken()
            mail_server.letters.clear()
            reminded.append((f"{clock[0] + timedelta(hours=8):%m-%d %H}", address, subject))
        clock[0] += timedelta(hours=1)
    title = "2026 年度示例批次"
    assert reminded == [
        ("10-31 09", manager.mail, f"还有 30 天截止：{title}"),
        ("11-23 09", manager.mail, f"还有 7 天截止：{title}"),
        ("11-29 09", manager.mail, f"还有 1 天截止：{title}"),
    ]
