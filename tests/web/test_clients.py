"""The client desk: who has given a mandate stands in the table, and nobody else."""

import io
from datetime import UTC, datetime

import pytest
from python_calamine import CalamineWorkbook

from portal.actions import assessment as filing
from portal.actions import outbox
from portal.actions.work import Door
from tests.cast import Person, make_consultant
from tests.make import make_answers, make_changes, make_uscc
from tests.web.browser import Browser, text_of
from tests.web.conftest import Enter
from tests.web.test_mandate import grant


@pytest.fixture
def theirs(door: Door, enter: Enter, manager: Person, assessment: str) -> Browser:
    """A consultant who may do everything for the manager's enterprise."""
    consultant = make_consultant(door)
    assert grant(enter(manager), manager.enterprise, consultant.mail, "read", "fill", "print") == 302
    return enter(consultant)


def test_the_desk_shows_clients_and_no_strangers(theirs: Browser, stranger: Person, assessment: str) -> None:
    page = text_of(theirs.get("/clients"))
    assert "示例水泥有限公司" in page
    assert "示例造纸有限公司" not in page
    assert "继续填报" in page
    assert "填报中" in page


def test_filters_stand_in_the_address(theirs: Browser) -> None:
    assert "没有符合条件的客户" in text_of(theirs.get("/clients?words=没有这家"))
    assert "示例水泥有限公司" in text_of(theirs.get("/clients?words=水泥&stage=draft&sort=points"))
    assert "没有符合条件的客户" in text_of(theirs.get("/clients?stage=confirmed"))
    for wrong in ("?year=x&stage=y&sort=z&page=99", "?year=9999", "?words=%00"):
        assert theirs.get("/clients" + wrong).status_code == 200


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("gates=undecided", True),
        ("gates=met", False),
        ("gates=open", False),
        ("grade=I", False),
        ("step=fill", True),
        ("step=print", False),
        ("gap=missing", False),
        ("lacks=1&sort=lacks", False),
        ("gates=x&grade=x&step=x", True),
    ],
)
def test_clients_are_found_by_their_result(theirs: Browser, query: str, *, is_there: bool) -> None:
    page = text_of(theirs.get(f"/clients?{query}"))
    assert ("示例水泥有限公司" in page) is is_there
    assert ("没有符合条件的客户" in page) is not is_there


def test_the_table_goes_to_excel_as_it_is_filtered(theirs: Browser) -> None:
    answer = theirs.get("/clients.xlsx?stage=draft")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert sheet[1][0] == "示例水泥有限公司"
    sheet = theirs.get("/clients.xlsx?stage=confirmed").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert "共 0 家" in rows[-1][0]


def test_a_client_is_written_to_once_a_day_and_no_stranger(
    theirs: Browser, manager: Person, stranger: Person, door: Door
) -> None:
    year = text_of(theirs.get("/clients")).split('name="year" value="')[1][:4]
    form = {"year": year, "client": [manager.enterprise, stranger.enterprise]}
    assert "nudged=1&spared=0" in theirs.post("/clients/letters", **form).headers["Location"]
    again = theirs.post("/clients/letters", **form).headers["Location"]
    assert "nudged=0&spared=1" in again
    assert "今天已经提醒过" in text_of(theirs.get(again))
    assert "nothing=1" in theirs.post("/clients/letters", year=year).headers["Location"]
    outbox.deliver(door)
    (letter,) = door.settings.mail_folder.glob("*client_nudge*")
    assert "还有" in letter.read_text("utf-8")


def test_a_reminder_goes_to_oneself(theirs: Browser, manager: Person, door: Door, stranger: Person) -> None:
    year = text_of(theirs.get("/clients")).split('name="year" value="')[1][:4]
    answer = theirs.post("/clients/reminders", year=year, client=[manager.enterprise, stranger.enterprise])
    assert answer.headers["Location"].endswith("reminded=1")
    (mail,) = door.settings.mail_folder.glob("*clients_reminder*")
    assert "示例水泥有限公司" in mail.read_text("utf-8")
    assert "nothing=1" in theirs.post("/clients/reminders", year=year).headers["Location"]


def test_chosen_clients_without_a_submission_are_named_by_their_number(
    door: Door, theirs: Browser, manager: Person, stranger: Person, assessment: str
) -> None:
    form = {"year": datetime.now(UTC).year, "client": [manager.enterprise, stranger.enterprise]}
    assert theirs.post("/batches", form).headers["Location"] == "/batches?nothing=1"
    with door.writing() as work:
        id = assessment.rsplit("/", 1)[1]
        filing.keep(work, manager.account, id, make_changes(make_answers()))
        filing.submit(work, manager.account, id)
    started = theirs.post("/batches", form).headers["Location"]
    assert started.endswith("?left=1")
    assert "所选客户中有 1 家没有打印" in text_of(theirs.get(started))


def test_two_sides_stand_beside_each_other(theirs: Browser, assessment: str) -> None:
    id = assessment.rsplit("/", 1)[1]
    page = text_of(theirs.get(f"/clients/compare?left={id}&right={id}"))
    assert "各部分" in page
    assert theirs.get(f"/clients/compare?left={id}&right=missing").status_code == 404


def test_a_firm_shares_its_mandates(door: Door, enter: Enter, manager: Person, assessment: str) -> None:
    first, second = make_consultant(door), make_consultant(door, "c2@example.cn", "周示例")
    one, other, mine = enter(first), enter(second), enter(manager)
    assert one.post("/firm", name="", uscc="1").status_code == 422
    assert one.post("/firm", name="示例咨询有限公司", uscc=make_uscc()).status_code == 302
    assert "示例咨询有限公司" in text_of(
        mine.get(f"/enterprises/{manager.enterprise}/mandates?firm=示例咨询")
    )
    code = text_of(one.get("/firm")).split('邀请码：<span class="code">')[1].split("<")[0]
    assert grant(mine, manager.enterprise, code, "fill") == 302
    assert other.get(assessment).status_code == 404
    assert one.post("/firm/members", mail=second.mail).status_code == 302
    assert other.get(assessment).status_code == 302
    theirs = other.save(assessment, [{"item": "coal", "values": ["5"], "value": "5", "revision": 0}])
    assert theirs.status_code == 200
    assert "由咨询机构“示例咨询有限公司”代填" in text_of(mine.get(f"{assessment}/sections/plant"))
    assert one.post("/firm/members", remove=second.account.id).status_code == 302
    assert other.get(assessment).status_code == 404
    assert one.post("/firm/members", remove=first.account.id).status_code == 422
    assert one.post("/firm/logo", remove="").status_code == 422
