"""Pages of campaigns: planning, inviting, who is behind, reminding, the outbox; and what the factory sees of it."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from portal.actions import outbox
from portal.actions.work import Door
from portal.core.campaign import local_day
from portal.core.roles import CITY
from tests.cast import Person, make_reviewer
from tests.make import make_answers, make_changes, make_uscc
from tests.web.browser import Browser, text_of, text_without_token
from tests.web.conftest import Enter


def _form(**changes: str) -> dict[str, str]:
    today = local_day(datetime.now(UTC))
    return {
        "year": str(today.year),
        "title": "示例批次",
        "sectors": "cement",
        "opens_on": (today - timedelta(days=3)).isoformat(),
        "closes_on": (today + timedelta(days=10)).isoformat(),
        "rung_title_0": "市级",
        "rung_points_0": "99",
        "rung_grade_0": "I",
        "notice": "示例通知\n第二行",
    } | changes


@pytest.fixture
def city(door: Door, enter: Enter) -> Browser:
    """The city's reviewer, signed in."""
    who = make_reviewer(door, CITY, "city@example.cn")
    return enter(Person(account=who, enterprise=""))


@pytest.fixture
def district(door: Door, enter: Enter) -> Browser:
    """The reviewer of a district without any enterprise of the cast."""
    who = make_reviewer(door, "330109", "district@example.cn")
    return enter(Person(account=who, enterprise=""))


@pytest.fixture
def address(city: Browser) -> str:
    """A published campaign."""
    made = city.post("/campaigns/new", _form())
    assert made.status_code == 302
    path: str = made.headers["Location"]
    assert city.post(f"{path}/publish").status_code == 302
    return path


def test_the_city_plans_publishes_and_extends(city: Browser, district: Browser) -> None:
    assert "还没有" in text_of(city.get("/campaigns"))
    path = city.post("/campaigns/new", _form()).headers["Location"]
    assert "批次还没有发布" in text_of(city.get(path))
    assert district.get(path).status_code == 404
    assert "发布并发出 0 封邀请" in text_of(city.get(f"{path}/publish"))
    city.post(f"{path}/publish")
    assert "还有 10 天截止" in text_of(city.get(path))
    assert "示例批次" in text_of(district.get("/campaigns"))
    later = (local_day(datetime.now(UTC)) + timedelta(days=20)).isoformat()
    assert city.post(f"{path}/edit", _form(closes_on=later)).status_code == 302
    refused = city.post(f"{path}/edit", _form())
    assert refused.status_code == 422
    assert "截止日期只能延后" in text_of(refused)


def test_faults_stand_beside_their_fields_and_keep_what_was_typed(city: Browser) -> None:
    answer = city.post("/campaigns/new", _form(title="", closes_on="2020-01-01", rung_points_0="很多"))
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'id="title-error"' in page
    assert 'id="closes_on-error"' in page
    assert 'id="rung_points_0-error"' in page
    assert 'value="很多"' in page


def test_the_next_years_form_proposes_last_years_rungs(city: Browser, address: str) -> None:
    page = text_of(city.get("/campaigns/new"))
    assert 'value="市级"' in page
    assert "请核对" in page


def test_a_district_reads_and_changes_nothing(district: Browser, address: str) -> None:
    assert district.get(address).status_code == 200
    assert district.get(f"{address}/participants").status_code == 200
    for path in (
        "/campaigns/new",
        f"{address}/edit",
        f"{address}/publish",
        f"{address}/invitees",
        "/letters",
    ):
        assert district.get(path).status_code == 404, path
    assert district.post(f"{address}/edit", _form()).status_code == 404
    assert district.post(f"{address}/publish").status_code == 404
    assert district.post(f"{address}/invitees", pasted="x").status_code == 404
    assert district.post(f"{address}/invitees/withdraw", uscc="x").status_code == 404
    assert district.get(f"{address}/invitees.xlsx").status_code == 404


def test_a_missing_campaign_and_a_draft_answer_a_district_alike(city: Browser, district: Browser) -> None:
    draft = city.post("/campaigns/new", _form()).headers["Location"]
    there, missing = district.get(draft), district.get("/campaigns/missing")
    assert there.status_code == missing.status_code
    assert text_without_token(there) == text_without_token(missing)


def test_a_list_is_pasted_or_sent_and_faults_are_told_by_cell(city: Browser, address: str) -> None:
    head = "统一社会信用代码\t企业名称\t区县\t行业\t邮箱\t手机\n"
    wrong = city.post(f"{address}/invitees", pasted=head + "1\t示例\t萧山\t面包\t\t")
    assert wrong.status_code == 422
    assert "A2：统一社会信用代码应为 18 位" in text_of(wrong)
    assert "D2：不是问卷中的行业" in text_of(wrong)
    assert "缺少这一列" in text_of(city.post(f"{address}/invitees", pasted="别的\n1"))
    done = city.post(
        f"{address}/invitees", pasted=head + f"{make_uscc()}\t示例甲\t萧山\t水泥\tjia@example.cn\t"
    )
    assert done.headers["Location"].endswith("imported=1")
    assert "已导入 1 家" in text_of(city.get(done.headers["Location"]))
    sheet = city.get(f"{address}/invitees.xlsx")
    assert "attachment" in sheet.headers["Content-Disposition"]
    sent = city.post(f"{address}/invitees", {"file": (io.BytesIO(sheet.data), "名单.xlsx"), "pasted": ""})
    assert sent.headers["Location"].endswith("imported=1")


def test_counts_lead_to_lists_that_are_searched_exported_and_reminded(
    city: Browser, manager: Person, stranger: Person, address: str, door: Door
) -> None:
    page = text_of(city.get(address))
    assert "participants?district=330111&amp;stage=not_begun" in page
    listed = text_of(city.get(f"{address}/participants?district=330111&stage=not_begun"))
    assert "示例水泥有限公司" in listed
    assert "示例造纸有限公司" in listed
    narrowed = text_of(city.get(f"{address}/participants?words=造纸&stage=behind"))
    assert "示例水泥有限公司" not in narrowed
    assert "没有符合条件的企业" in text_of(city.get(f"{address}/participants?stage=submitted"))
    assert city.get(f"{address}/participants?stage=x&page=99").status_code == 200
    sheet = city.get(f"{address}/participants.xlsx?words=造纸")
    assert sheet.data[:2] == b"PK"
    asked = text_of(city.get(f"{address}/remind?words=造纸&stage=behind"))
    assert "发出 1 封提醒" in asked
    sent = city.post(f"{address}/remind", words="造纸", stage="behind", token="abc")
    assert sent.headers["Location"].endswith("reminded=1")
    again = city.post(f"{address}/remind", words="造纸", stage="behind", token="abc")
    assert again.headers["Location"].endswith("reminded=0")
    letters = text_of(city.get("/letters?state=waiting"))
    assert "stranger@example.cn" in letters
    assert "催报" in letters
    assert "没有符合条件的信件" in text_of(city.get("/letters?state=failed"))
    # Two invitations, and one reminder.
    assert outbox.deliver(door) == (3, 0)


def test_a_district_exports_and_reminds_its_own_only(
    district: Browser, city: Browser, manager: Person, address: str
) -> None:
    assert "示例水泥有限公司" not in text_of(district.get(f"{address}/participants?district=330111"))
    sent = district.post(f"{address}/remind", stage="behind", district="330111", token="abc")
    assert sent.headers["Location"].endswith("reminded=0")
    # There are invitations; reminders there are none.
    assert "催报" not in text_of(city.get("/letters"))


def test_the_factory_sees_the_deadline_and_the_notice(
    enter: Enter, manager: Person, assessment: str, address: str
) -> None:
    browser = enter(manager)
    desk = text_of(browser.get("/desk"))
    assert "示例批次" in desk
    assert "第二行" in desk
    for path in (f"{assessment}/sections/plant", f"{assessment}/check"):
        page = text_of(browser.get(path))
        assert "截止，还有" in page
    result = text_of(browser.get(f"{assessment}/result"))
    assert "达到的档次" in result
    assert "市级" in result


def test_after_the_last_day_the_factory_is_told_and_keeps_its_draft(
    enter: Enter, door: Door, manager: Person, assessment: str, city: Browser
) -> None:
    from portal.actions import assessment as filing

    id = assessment.rsplit("/", 1)[1]
    with door.writing() as work:
        filing.keep(work, manager.account, id, make_changes(make_answers()))
    yesterday = (local_day(datetime.now(UTC)) - timedelta(days=1)).isoformat()
    path = city.post("/campaigns/new", _form(closes_on=yesterday)).headers["Location"]
    city.post(f"{path}/publish")
    browser = enter(manager)
    assert "不能再提交" in text_of(browser.get("/desk"))
    refused = browser.post(f"{assessment}/submit")
    assert refused.status_code == 409
    assert f"已于 {yesterday} 截止" in text_of(refused)
    assert browser.get(f"{assessment}/sections/plant").status_code == 200
    assert "批次没有发布或已经截止" in text_of(city.get(f"{path}/remind"))
    assert "reminded" not in city.post(f"{path}/remind", token="x").headers["Location"]


def test_a_manager_opens_no_page_of_the_bureau(enter: Enter, manager: Person, address: str) -> None:
    browser = enter(manager)
    for path in (
        "/campaigns",
        address,
        f"{address}/participants",
        f"{address}/participants.xlsx",
        "/letters",
    ):
        assert browser.get(path).status_code == 403
