"""The bureau's pages: queue, review page, verdicts by form and by script, decisions, what a late-comer sees."""

import io
import re
import zipfile

import pytest

from portal.actions import assessment, correction, report
from portal.actions.work import Door
from portal.core.roles import CITY
from tests.cast import Person, make_reviewer
from tests.make import HEAT, SNCR, make_answers, make_changes
from tests.web.browser import Browser
from tests.web.conftest import Enter


@pytest.fixture
def submitted(door: Door, manager: Person) -> str:
    """The id of the manager's submission of this year."""
    with door.writing() as work:
        year = assessment.this_year(work.now)
        id = assessment.start(work, manager.account, manager.enterprise, year)
        assessment.keep(work, manager.account, id, make_changes(make_answers()))
        assessment.submit(work, manager.account, id)
    return id


def _person(door: Door, jurisdiction: str = "330111", mail: str = "reviewer@example.cn") -> Person:
    return Person(account=make_reviewer(door, jurisdiction, mail), enterprise="")


@pytest.fixture
def district(door: Door, enter: Enter) -> Browser:
    """The browser of a reviewer of the manager's district."""
    return enter(_person(door))


@pytest.fixture
def city(door: Door, enter: Enter) -> Browser:
    """The browser of a reviewer of the city."""
    return enter(_person(door, CITY, "city@example.cn"))


def _seen(page: str, item: str) -> str:
    form = page[page.index(f'data-verdict="{item}"') :]
    found = re.search(r'name="seen" value="([^"]*)"', form)
    assert found
    return found[1].replace("&#43;", "+")


def _revision(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]


def _take(browser: Browser, id: str) -> str:
    assert browser.post(f"/reviews/{id}/take").headers["Location"] == f"/reviews/{id}"
    return browser.get(f"/reviews/{id}").text


def _forward(browser: Browser, id: str) -> None:
    page = _take(browser, id)
    browser.post(f"/reviews/{id}/rest", revision=_revision(page))
    page = browser.get(f"/reviews/{id}").text
    done = browser.post(f"/reviews/{id}/forward", revision=_revision(page), remark="同意上报")
    assert done.status_code == 302


# ── The queue ────────────────────────────────────────────────────────────────


def test_a_reviewer_begins_with_the_queue_of_the_own_district(
    door: Door, enter: Enter, submitted: str, district: Browser
) -> None:
    signed_in = enter(None).post("/sign-in", login="reviewer@example.cn", password="绿色工厂-example-1")
    assert signed_in.headers["Location"] == "/reviews"
    page = district.get("/reviews").text
    assert "示例水泥有限公司" in page and "待初审" in page and f"/reviews/{submitted}" in page
    elsewhere = enter(_person(door, "330182", "elsewhere@example.cn"))
    assert "示例水泥有限公司" not in elsewhere.get("/reviews?state=all").text


def test_the_address_holds_filters_order_and_page(submitted: str, district: Browser, city: Browser) -> None:
    for query, is_there in (
        ("state=waiting", True),
        ("state=returned", False),
        ("state=all&sector=cement", True),
        ("state=all&sector=paper", False),
        ("state=all&words=示例水泥", True),
        ("state=all&words=%25", False),
        ("state=all&words=HZ20", True),
        ("state=all&holder=mine", False),
        ("state=all&holder=nobody", True),
        ("state=all&overdue=1", False),
        ("state=all&year=2019", False),
        ("state=all&sort=points&page=99", True),
        ("state=nonsense&sort=nonsense&page=-1&year=x", True),
    ):
        page = district.get(f"/reviews?{query}").text
        assert (f"/reviews/{submitted}" in page) is is_there, query
    assert "待复核" not in city.get("/reviews").text
    assert f"/reviews/{submitted}" in city.get("/reviews?state=all&district=330111").text
    assert f"/reviews/{submitted}" not in city.get("/reviews?state=all&district=330182").text


def test_the_queue_leaves_as_a_workbook(submitted: str, district: Browser) -> None:
    answer = district.get("/reviews/export?state=all")
    assert answer.status_code == 200 and "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        assert "示例水泥有限公司" in file.read("xl/sharedStrings.xml").decode()


# ── The review page ──────────────────────────────────────────────────────────


def test_nobody_else_finds_the_case(
    door: Door, enter: Enter, submitted: str, manager: Person, district: Browser
) -> None:
    elsewhere = enter(_person(door, "330182", "elsewhere@example.cn"))
    for path in (f"/reviews/{submitted}", "/reviews/nothing"):
        assert elsewhere.get(path).status_code == 404
    for deed in ("take", "release", "hand-over", "return", "extend", "recall", "forward", "send-back",
                 "confirm", "objections", "rest", f"verdicts/{SNCR}"):  # fmt: skip
        assert elsewhere.post(f"/reviews/{submitted}/{deed}").status_code == 404, deed
        assert district.post(f"/reviews/nothing/{deed}").status_code == 404, deed
    assert enter(manager).get("/reviews").status_code == 403


def test_an_item_shows_what_was_declared_and_what_the_extent_means(submitted: str, district: Browser) -> None:
    page = district.get(f"/reviews/{submitted}").text
    assert "部分实施（40%）" in page and "an example that is partial" in page
    assert "领取这份自评价" in page and 'name="kind"' not in page
    page = _take(district, submitted)
    assert 'name="kind"' in page and "按填报值确认" in page


def test_a_reviewer_has_the_report_of_what_was_submitted_printed_and_then_it_is_a_link_away(
    door: Door, submitted: str, district: Browser
) -> None:
    assert "生成改进报告（PDF）</button>" in district.get(f"/reviews/{submitted}").text
    asked = district.post(f"/assessments/{submitted}/reports")
    id = asked.headers["Location"].removeprefix("/reports/")
    assert "正在生成" in district.get(asked.headers["Location"]).text
    door.settings.report_folder.mkdir(parents=True)
    draft = door.settings.report_folder / ".draft.pdf"
    draft.write_bytes(b"%PDF-1.7 example")
    with door.writing() as work:
        job = report.claim(work, "here:1")
        assert job is not None and report.finish(work, job, draft)
    page = district.get(f"/reviews/{submitted}").text
    assert f'href="/reports/{id}/file">改进报告（PDF）</a>' in page
    with district.client.get(f"/reports/{id}/file") as file:
        assert file.data.startswith(b"%PDF")


def test_a_verdict_by_the_plain_form_is_kept_or_shown_again_with_what_lacks(
    submitted: str, district: Browser
) -> None:
    page = _take(district, submitted)
    path = f"/reviews/{submitted}/verdicts/{SNCR}"
    wrong = district.post(path, kind="lowered", counted="full", comment="现场未见", seen=_seen(page, SNCR))
    assert wrong.status_code == 422
    assert "核减后的内容应低于企业填报的内容" in wrong.text and "现场未见" in wrong.text
    for typed in ({"kind": "", "comment": "忘了选"}, {"kind": "nonsense"}, {"kind": "returned"}):
        assert district.post(path, typed, seen=_seen(page, SNCR)).status_code == 422
    kept = district.post(
        path, kind="lowered", counted="partial", share="20", reason="not_covered", seen=_seen(page, SNCR)
    )
    assert kept.status_code == 302 and kept.headers["Location"].endswith(f"#{SNCR}")
    page = district.get(f"/reviews/{submitted}").text
    assert "佐证不足以支持所填程度" in page and "−" in page[page.index("review-panel") :]
    figure = district.post(
        f"/reviews/{submitted}/verdicts/{HEAT}", kind="lowered", counted="120吨", reason="other", seen=""
    )
    assert figure.status_code == 422 and "请填写数字" in figure.text
    cleared = district.post(path, clear="1", seen=_seen(page, SNCR))
    assert cleared.status_code == 302
    assert _seen(district.get(f"/reviews/{submitted}").text, SNCR) == ""


def test_the_script_gets_the_new_figures(submitted: str, district: Browser) -> None:
    page = _take(district, submitted)
    answer = district.client.post(
        f"/reviews/{submitted}/verdicts/{SNCR}",
        data={"kind": "lowered", "counted": "none", "reason": "no_evidence", "seen": _seen(page, SNCR),
              "csrf_token": district.token},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    body = answer.get_json()
    assert answer.status_code == 200 and body["problems"] == {} and body["seen"]
    assert body["revision"] == int(_revision(page)) + 1
    assert body["scores"][SNCR][2] is True and body["rest"] == 3
    again = district.client.post(
        f"/reviews/{submitted}/verdicts/{SNCR}",
        data={"kind": "confirmed", "seen": "", "csrf_token": district.token},
        headers={"Accept": "application/json"},
    )
    assert again.status_code == 422 and "在别处改过" in again.get_json()["problems"]["kind"]


# ── Decisions ────────────────────────────────────────────────────────────────


def test_a_case_goes_all_the_way_by_plain_forms(submitted: str, district: Browser, city: Browser) -> None:
    _forward(district, submitted)
    page = _take(city, submitted)
    assert "同意上报" in page
    wrong = city.post(f"/reviews/{submitted}/confirm", revision=_revision(page), remark=" ")
    assert wrong.status_code == 422 and "请写明意见或理由" in wrong.text
    done = city.post(f"/reviews/{submitted}/confirm", revision=_revision(page), remark="同意确认")
    assert done.status_code == 302
    assert "已确认" in city.get(done.headers["Location"]).text
    assert "同意确认" in district.get(f"/reviews/{submitted}").text


def test_sending_back_wants_an_item_and_shows_the_deadline(submitted: str, district: Browser) -> None:
    page = _take(district, submitted)
    wrong = district.post(
        f"/reviews/{submitted}/return", revision=_revision(page), days="x", remark="写好的话"
    )
    assert wrong.status_code == 422 and "期限应为 1 到 60 天" in wrong.text and "写好的话" in wrong.text
    district.post(
        f"/reviews/{submitted}/verdicts/{SNCR}", kind="returned", comment="请补照片", seen=_seen(page, SNCR)
    )
    page = district.get(f"/reviews/{submitted}").text
    done = district.post(f"/reviews/{submitted}/return", revision=_revision(page), days="10", remark="")
    assert done.status_code == 302
    page = district.get(f"/reviews/{submitted}").text
    assert "待补正" in page and "补正截止" in page and "延长期限" in page and "逾期收回" not in page
    assert "待补正" in district.get("/reviews?state=returned").text


def test_the_city_sends_an_item_back_itself_and_everybody_reads_by_whom(
    submitted: str, manager: Person, district: Browser, city: Browser, enter: Enter
) -> None:
    _forward(district, submitted)
    _take(city, submitted)
    sent = city.post(
        f"/reviews/{submitted}/verdicts/{SNCR}", kind="returned", comment="请补运行记录", seen=""
    )
    assert sent.status_code == 302
    page = city.get(f"/reviews/{submitted}").text
    assert "企业补正后回到本级继续复核" in page
    city.post(f"/reviews/{submitted}/return", revision=_revision(page), days="10", remark="")
    for browser in (city, district):
        page = browser.get(f"/reviews/{submitted}").text
        assert "待补正（市级）" in page and "请补运行记录" in page
    assert "发出补正通知</button>" not in page
    plant = enter(manager)
    page = plant.get(f"/assessments/{submitted}/correction").text
    assert "杭州市主管部门要求补正 1 项" in page and "请补运行记录" in page
    notice = plant.get(f"/assessments/{submitted}/papers/notice-1/word").get_data()
    with zipfile.ZipFile(io.BytesIO(notice)) as word:
        assert "杭州市主管部门" in word.read("word/document.xml").decode()


def test_a_case_is_released_and_handed_over(door: Door, submitted: str, district: Browser) -> None:
    other = _person(door, mail="other@example.cn")
    page = _take(district, submitted)
    wrong = district.post(f"/reviews/{submitted}/hand-over", revision=_revision(page), to="x", remark="附言")
    assert wrong.status_code == 422 and "附言" in wrong.text
    given = district.post(
        f"/reviews/{submitted}/hand-over", revision=_revision(page), to=other.account.id, remark=""
    )
    assert given.status_code == 302
    assert 'name="kind"' not in district.get(f"/reviews/{submitted}").text


# ── When somebody was faster ─────────────────────────────────────────────────


def test_whoever_comes_second_is_told_who_was_first(
    door: Door, enter: Enter, submitted: str, district: Browser
) -> None:
    second = enter(_person(door, mail="second@example.cn"))
    _take(district, submitted)
    late = second.post(f"/reviews/{submitted}/take")
    assert late.status_code == 409 and "审核示例已经先领取" in late.text
    verdict = second.post(f"/reviews/{submitted}/verdicts/{SNCR}", kind="returned", comment="没有保存的话")
    assert verdict.status_code == 409 and "没有保存的话" in verdict.text
    by_script = second.client.post(
        f"/reviews/{submitted}/verdicts/{SNCR}",
        data={"kind": "confirmed", "csrf_token": second.token},
        headers={"Accept": "application/json"},
    )
    assert by_script.status_code == 409 and "没有保存" in by_script.get_json()["message"]


def test_a_button_pressed_twice_is_pressed_once(submitted: str, district: Browser) -> None:
    for _ in range(2):
        taken = district.post(f"/reviews/{submitted}/take")
        assert taken.status_code == 302
    page = district.get(f"/reviews/{submitted}").text
    for _ in range(2):
        assert district.post(f"/reviews/{submitted}/rest", revision=_revision(page)).status_code == 302
    page = district.get(f"/reviews/{submitted}").text
    for _ in range(2):
        sent = district.post(f"/reviews/{submitted}/forward", revision=_revision(page), remark="同意上报")
        assert sent.headers["Location"] == f"/reviews/{submitted}?done=forward"
    assert "已办理：初审通过，报市级复核" in district.get(sent.headers["Location"]).text
    # Other words are another deed: they are shown again.
    other = district.post(f"/reviews/{submitted}/forward", revision=_revision(page), remark="另外的意见")
    assert other.status_code == 409 and "另外的意见" in other.text


def test_an_old_page_loses_nothing_and_can_be_sent_again(submitted: str, district: Browser) -> None:
    page = _take(district, submitted)
    district.post(f"/reviews/{submitted}/rest", revision=_revision(page))
    late = district.post(f"/reviews/{submitted}/forward", revision=_revision(page), remark="写了很久的意见")
    assert late.status_code == 409 and "写了很久的意见" in late.text
    again = district.post(
        f"/reviews/{submitted}/forward", revision=_revision(late.text), remark="写了很久的意见"
    )
    assert again.status_code == 302
    gone = district.post(f"/reviews/{submitted}/release", revision=_revision(late.text))
    assert gone.status_code == 409 and "报市级复核" in gone.text


def test_objections_are_answered_on_the_page(
    door: Door, submitted: str, manager: Person, district: Browser, city: Browser
) -> None:
    page = _take(district, submitted)
    district.post(
        f"/reviews/{submitted}/verdicts/{SNCR}", kind="lowered", counted="none", reason="no_evidence", seen=""
    )
    page = district.get(f"/reviews/{submitted}").text
    district.post(f"/reviews/{submitted}/rest", revision=_revision(page))
    page = district.get(f"/reviews/{submitted}").text
    district.post(f"/reviews/{submitted}/forward", revision=_revision(page), remark="同意")
    page = _take(city, submitted)
    city.post(f"/reviews/{submitted}/confirm", revision=_revision(page), remark="同意")
    with door.writing() as work:
        assert (
            correction.draft_objection(work, manager.account, submitted, SNCR, "装置一直在用", "").problems
            == ()
        )
    with door.writing() as work:
        assert correction.object_(work, manager.account, submitted) == ()
    page = city.get(f"/reviews/{submitted}").text
    assert "装置一直在用" in page and "答复异议" in page
    answer = {f"{SNCR}-answer": "记录可以采信"}
    wrong = city.post(f"/reviews/{submitted}/objections", answer, revision=_revision(page))
    assert (
        wrong.status_code == 422
        and "请选择采纳、部分采纳或维持" in wrong.text
        and "记录可以采信" in wrong.text
    )
    part = answer | {f"{SNCR}-ruling": "part"}
    for typed, said in (({}, "请选择或填写核定的内容"), ({f"{SNCR}-counted": "full"}, "应低于企业填报")):
        wrong = city.post(f"/reviews/{submitted}/objections", part | typed, revision=_revision(page))
        assert wrong.status_code == 422 and said in wrong.text and "记录可以采信" in wrong.text
    done = city.post(
        f"/reviews/{submitted}/objections",
        part | {f"{SNCR}-counted": "partial", f"{SNCR}-share": "20"},
        revision=_revision(page),
    )
    assert done.status_code == 302
    page = city.get(f"/reviews/{submitted}").text
    assert "异议已处理" in page and "<strong>部分采纳</strong>：记录可以采信" in page


def test_phrases_are_added_and_removed(district: Browser) -> None:
    assert district.post("/reviews/phrases", text="请补充检测报告").status_code == 302
    page = district.get("/reviews/phrases").text
    assert "请补充检测报告" in page
    wrong = district.post("/reviews/phrases", text="长" * 301)
    assert wrong.status_code == 422 and "长" * 301 in wrong.text
    found = re.search(r'name="remove" value="([^"]+)"', page)
    assert found
    assert district.post("/reviews/phrases", remove=found[1]).status_code == 302
    assert "请补充检测报告" not in district.get("/reviews/phrases").text
    assert district.post("/reviews/phrases", remove="ghost").status_code == 404
