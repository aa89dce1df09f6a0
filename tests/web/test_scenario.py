"""Scenarios, the cheapest way to a goal, the plan in the ledger, and who may see them."""

import io
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from portal.actions import assessment as filing
from portal.actions import measure, report, result, scenario
from portal.actions.passwords import hash_of
from portal.actions.work import Door, new_id
from portal.core.answers import Practised
from portal.core.campaign import local_day
from portal.core.mandate import Scope
from portal.core.planning import MOST_SCENARIOS
from portal.core.questionnaire import Extent
from portal.core.roles import Account, Role
from portal.storage import account as stored_account
from portal.storage.tables import MandateRow
from tests.cast import PASSWORD, Person
from tests.make import SNCR, make_answers, make_changes
from tests.papers import make_pdf
from tests.web.browser import Browser, text_of
from tests.web.conftest import Enter

CARD = "precise_sncr"


@pytest.fixture
def filled(door: Door, manager: Person, assessment: str) -> str:
    """The self-check with an answer to every item: SNCR covers 40 %, and one card closes it."""
    with door.writing() as work:
        filing.keep(work, manager.account, assessment.rsplit("/", 1)[1], make_changes(make_answers()))
    return assessment


@pytest.fixture
def kept(enter: Enter, manager: Person, filled: str) -> str:
    """The address of a scenario with the one measure, priced by the plant itself."""
    answer = enter(manager).post(
        f"{filled}/scenarios", {"title": "方案一", "take": CARD, f"quote-{CARD}": "３５.5", "go": "save"}
    )
    assert answer.status_code == 302
    return answer.headers["Location"].partition("?")[0]


def seen(page: str, address: str) -> str:
    """The mark that the page put into the form with that address: what the page was made from."""
    form = re.search(rf'<form[^>]* action="{address}(?:#[^"]*)?".*?</form>', page, re.DOTALL)
    assert form
    mark = re.search(r'name="seen" value="([^"]+)"', form[0])
    assert mark
    return mark[1]


def save(browser: Browser, address: str, form: dict[str, str]) -> TestResponse:
    """Save a scenario from its page as it is now, or a line from its ledger."""
    page = address if "scenarios" in address else address.rsplit("/", 1)[0]
    return browser.post(address, form | {"seen": seen(text_of(browser.get(page)), address)})


def act(browser: Browser, kept: str, deed: str) -> TestResponse:
    """Choose or remove a scenario from the list as it is now."""
    address = f"{kept}/{deed}"
    page = text_of(browser.get(kept.rsplit("/", 1)[0]))
    return browser.post(address, {"seen": seen(page, address)})


def make_consultant(door: Door, enterprise: str, granted_by: str, scopes: str) -> Person:
    """A consultant with a mandate for one plant."""
    who = Account(
        id=new_id(),
        name="咨询示例",
        mail="consultant@example.cn",
        mobile="",
        role=Role.CONSULTANT,
        enterprises=(),
    )
    with door.writing() as work:
        assert stored_account.add(work.session, who, hash_of(PASSWORD), work.now)
        work.session.flush()
        today = local_day(work.now)
        work.session.add(
            MandateRow(
                id=new_id(),
                enterprise_id=enterprise,
                account_id=who.id,
                firm_id=None,
                scopes=scopes,
                starts_on=today,
                ends_on=today + timedelta(days=30),
                granted_by=granted_by,
                granted_at=work.now,
                revoked_at=None,
                revoked_by=None,
            )
        )
    return Person(account=who, enterprise=enterprise)


def test_a_scenario_is_kept_named_changed_copied_and_removed(
    enter: Enter, manager: Person, filled: str, kept: str
) -> None:
    browser = enter(manager)
    page = text_of(browser.get(kept))
    assert 'value="35.5"' in page
    assert "35.5 万元" in page
    assert save(browser, kept, {"title": "改名", "go": "save"}).status_code == 302
    assert browser.post(f"{kept}/copy").status_code == 302
    compared = text_of(browser.get(f"{filled}/scenarios"))
    assert "改名（副本）" in compared
    assert "方案一" not in compared
    act(browser, kept, "remove")
    assert browser.get(kept).status_code == 404
    assert "改名（副本）" in text_of(browser.get(f"{filled}/scenarios"))


def test_trying_out_keeps_nothing(enter: Enter, manager: Person, filled: str) -> None:
    browser = enter(manager)
    page = text_of(browser.post(f"{filled}/scenarios", {"title": "试", "take": CARD, "go": "try"}))
    assert "还没有保存" in page
    assert "没有投资数据" in page
    assert "还没有方案" in text_of(browser.get(f"{filled}/scenarios"))
    panel = browser.client.get(f"{filled}/scenarios/outlook?take={CARD}&quote-{CARD}=12").get_json()["panel"]
    assert "12 万元" in panel


@pytest.mark.parametrize(
    ("title", "quote", "said"),
    [
        ("", "1", "请填写"),
        ("名", "-1", "不能是负数"),
        ("名", "1e5", "请填写数字"),
        ("名" * 61, "1", "最多 60 个字"),
    ],
)
def test_what_cannot_be_kept_is_told_beside_its_field(
    enter: Enter, manager: Person, filled: str, title: str, quote: str, said: str
) -> None:
    answer = enter(manager).post(
        f"{filled}/scenarios", {"title": title, "take": CARD, f"quote-{CARD}": quote, "go": "save"}
    )
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_there_are_only_so_many_scenarios(door: Door, manager: Person, filled: str) -> None:
    id = filled.rsplit("/", 1)[1]
    with door.writing() as work:
        for number in range(MOST_SCENARIOS):
            assert scenario.create(work, manager.account, id, f"方案{number}", (), {})[0]
        made, problems = scenario.create(work, manager.account, id, "多", (), {})
    assert made is None
    assert [problem.code for problem in problems] == ["too_many_scenarios"]


def test_the_cheapest_way_is_found_and_kept(enter: Enter, manager: Person, filled: str) -> None:
    browser = enter(manager)
    asked = {"points": "80", "gates": "1", "within": "high", f"quote-{CARD}": "20"}
    page = text_of(browser.post(f"{filled}/cheapest", asked))
    assert "最省的方案：1 项措施，投资 20 万元" in page
    saved = browser.post(f"{filled}/scenarios", {"title": "最省投入", "take": CARD, f"quote-{CARD}": "20"})
    assert saved.status_code == 302


def test_what_makes_a_goal_impossible_is_said(enter: Enter, manager: Person, filled: str) -> None:
    browser = enter(manager)
    page = text_of(browser.post(f"{filled}/cheapest", {"points": "80", "unpriced": "leave"}))
    assert "按这些条件达不到目标" in page
    assert "只要也考虑没有投资数据的措施，就有办法" in page
    assert "没有参加计算：精准 SNCR" in page
    page = text_of(browser.post(f"{filled}/cheapest", {"points": "100", "unpriced": "count"}))
    assert "仍失分最多的是：熟料综合煤耗" in page
    page = text_of(browser.post(f"{filled}/cheapest", {"points": "80", f"quote-{CARD}": "20", "budget": "5"}))
    assert "只要不限预算，就有办法：1 项措施，投资 20 万元" in page
    page = text_of(browser.post(f"{filled}/cheapest", {"grade": "II"}))
    assert "不能以等级为目标" in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "请至少填写一个目标"),
        ({"points": "120"}, "0 到 100 之间"),
        ({"points": "八十"}, "请填写数字"),
        ({"points": "80", "budget": "99999999999"}, "单位是否为万元"),
    ],
)
def test_a_goal_that_makes_no_sense_is_refused(
    enter: Enter, manager: Person, filled: str, sent: dict[str, str], said: str
) -> None:
    answer = enter(manager).post(f"{filled}/cheapest", sent)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_the_plan_fills_the_ledger_and_what_was_begun_stays(
    door: Door, enter: Enter, manager: Person, filled: str, kept: str
) -> None:
    browser = enter(manager)
    ledger = f"/enterprises/{manager.enterprise}/measures"
    assert act(browser, kept, "choose").headers["Location"] == f"{ledger}?planned=1"
    page = text_of(browser.get(ledger))
    assert "精准 SNCR" in page
    assert 'value="35.5"' in page
    # Taken out of the plan before anybody began: it leaves the ledger, too.
    save(browser, kept, {"title": "方案一", "go": "save"})
    assert "台账还是空的" in text_of(browser.get(ledger))
    save(browser, kept, {"title": "方案一", "take": CARD, "go": "save"})
    with door.reading() as work:
        line = measure.ledger(work, manager.account, manager.enterprise).lines[0].measure
    begun = {"state": "running", "owner": "张示例", "due_on": "2020-01-01", "started_on": "2026/01/05"}
    assert save(browser, f"{ledger}/{line.id}", begun).status_code == 302
    save(browser, kept, {"title": "方案一", "go": "save"})
    page = text_of(browser.get(ledger))
    assert "张示例" in page
    assert "已逾期" in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"state": "done"}, "请填写完成日期"),
        ({"state": "done", "finished_on": "2026-13-01"}, "日期不对"),
        ({"state": "done", "finished_on": "2199-01-01"}, "不能晚于今天"),
        ({"state": "done", "finished_on": "2025-01-01", "started_on": "2025-02-01"}, "不能早于开始日期"),
        ({"state": "gone"}, "请从列出的选项中选择"),
        ({"state": "running", "spent": "-3"}, "不能是负数"),
        ({"state": "running", "effect": "3", "effect_unit": ""}, "请填写"),
        ({"state": "running", "note": "x\x00"}, "无法显示"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_and_kept_as_typed(
    door: Door, enter: Enter, manager: Person, kept: str, sent: dict[str, str], said: str
) -> None:
    browser = enter(manager)
    act(browser, kept, "choose")
    with door.reading() as work:
        line = measure.ledger(work, manager.account, manager.enterprise).lines[0].measure
    answer = browser.post(f"/enterprises/{manager.enterprise}/measures/{line.id}", sent | {"owner": "王五"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert said in page
    assert 'value="王五"' in page


def test_the_chosen_plan_is_part_of_the_report_and_of_its_key(
    door: Door, manager: Person, filled: str, kept: str, enter: Enter
) -> None:
    id = filled.rsplit("/", 1)[1]
    with door.reading() as work:
        shown = result.of(work, manager.account, id)
        without = report.content_key(work, shown)
        assert report.compose(work, shown).plan is None
    act(enter(manager), kept, "choose")
    with door.reading() as work:
        shown = result.of(work, manager.account, id)
        assert report.content_key(work, shown) != without
        plan = report.compose(work, shown).plan
    assert plan is not None
    assert [(line.title, line.cost, line.owner) for line in plan.lines] == [
        ("精准 SNCR", "35.5 万元（预算）", "待定")
    ]
    assert "<title>各项措施的实施时间</title>" in plan.chart


def test_next_year_knows_what_was_done(
    door: Door, enter: Enter, manager: Person, filled: str, kept: str
) -> None:
    browser = enter(manager)
    act(browser, kept, "choose")
    with door.reading() as work:
        line = measure.ledger(work, manager.account, manager.enterprise).lines[0].measure
    done = {"state": "done", "finished_on": "2026-01-05", "spent": "30", "saving": "10"}
    assert save(browser, f"/enterprises/{manager.enterprise}/measures/{line.id}", done).status_code == 302
    sent = {"files": (io.BytesIO(make_pdf()), "验收单.pdf")}
    assert (
        browser.post(f"/enterprises/{manager.enterprise}/measures/{line.id}/evidence", sent).status_code
        == 302
    )
    assert "上年计划已完成" not in text_of(browser.get(f"{filled}/sections/measures"))
    id = filled.rsplit("/", 1)[1]
    with door.writing() as work:
        # The self-check of the plan becomes last year's.
        work.session.execute(
            measure.stored.update(measure.stored.AssessmentRow)
            .where(measure.stored.AssessmentRow.id == id)
            .values(year=2025)
        )
    now = browser.post(f"/enterprises/{manager.enterprise}/assessments").headers["Location"]
    page = text_of(browser.get(f"{now}/sections/measures"))
    told = "上年计划已完成：精准 SNCR（2026-01-05 完成，年节约 10 万元，台账佐证：验收单）"
    assert page.count(told) == 1


def test_files_of_the_library_prove_a_line_of_the_ledger(
    door: Door, enter: Enter, manager: Person, stranger: Person, kept: str
) -> None:
    browser, other = enter(manager), enter(stranger)
    act(browser, kept, "choose")
    with door.reading() as work:
        line = measure.ledger(work, manager.account, manager.enterprise).lines[0].measure
    address = f"/enterprises/{manager.enterprise}/measures/{line.id}/evidence"
    assert browser.post(address).status_code == 422
    refused = browser.post(address, {"files": (io.BytesIO(b"MZ"), "a.exe")})
    assert refused.status_code == 422
    assert "只能上传" in text_of(refused)
    sent = {"files": (io.BytesIO(make_pdf()), "验收单.pdf")}
    assert browser.post(address, sent).status_code == 302
    page = text_of(browser.get(f"/enterprises/{manager.enterprise}/measures"))
    assert "佐证：" in page
    sheet = browser.get(f"/enterprises/{manager.enterprise}/measures.xlsx")
    assert (
        CalamineWorkbook.from_filelike(io.BytesIO(sheet.data)).get_sheet_by_index(0).to_python()[1][11]
        == "验收单"
    )
    assert other.get(f"/enterprises/{manager.enterprise}/measures.xlsx").status_code == 404
    (file,) = set(re.findall(r"/evidence/([\w-]{12})", page))
    # Again changes nothing; it is no unused file, and it leaves the line but not the library.
    assert browser.post(address, evidence=file).status_code == 302
    assert file not in text_of(browser.get(f"/enterprises/{manager.enterprise}/evidence?show=unused"))
    # A stranger neither puts nor takes, and nobody's own line bears a stranger's file.
    assert other.post(address, evidence=file).status_code == 404
    assert other.post(address, remove=file).status_code == 404
    theirs = {"files": (io.BytesIO(make_pdf(2)), "别家.pdf")}
    other.post(f"/enterprises/{stranger.enterprise}/evidence", theirs)
    library = text_of(other.get(f"/enterprises/{stranger.enterprise}/evidence"))
    foreign = re.findall(r"/evidence/([\w-]{12})", library)[0]
    assert browser.post(address, evidence=foreign).status_code == 404
    assert browser.post(address, remove=file).status_code == 302
    assert file in text_of(browser.get(f"/enterprises/{manager.enterprise}/evidence?show=unused"))


def test_a_scenario_older_than_the_answers_says_so_and_is_brought_up_to_date(
    door: Door, enter: Enter, manager: Person, filled: str, kept: str
) -> None:
    browser = enter(manager)
    act(browser, kept, "choose")
    assert "保存之后填报有改动" not in text_of(browser.get(f"{filled}/scenarios"))
    with door.writing() as work:
        changes = make_changes({SNCR: Practised(Extent.FULL)}, revision=1)
        assert filing.keep(work, manager.account, filled.rsplit("/", 1)[1], changes).saved
    page = text_of(browser.get(f"{filled}/scenarios"))
    assert "保存之后填报有改动" in page
    assert "保存之后填报有改动" in text_of(browser.get(kept))
    form = {"title": "方案1", "go": "save"}
    assert save(browser, kept, form).status_code == 302
    assert "保存之后填报有改动" not in text_of(browser.get(f"{filled}/scenarios"))
    assert "台账还是空的" in text_of(browser.get(f"/enterprises/{manager.enterprise}/measures"))


def test_a_stranger_sees_neither_scenario_nor_ledger(
    enter: Enter, manager: Person, stranger: Person, filled: str, kept: str
) -> None:
    mine, theirs = enter(manager), enter(stranger)
    act(mine, kept, "choose")
    for path in (
        kept,
        f"{filled}/scenarios",
        f"{filled}/cheapest",
        f"/enterprises/{manager.enterprise}/measures",
    ):
        assert theirs.get(path).status_code == 404, path
    for deed in ("copy", "remove", "choose"):
        assert theirs.post(f"{kept}/{deed}").status_code == 404
    assert theirs.post(kept, {"title": "x", "go": "save"}).status_code == 404
    # Nor through an object of one's own that names the other's.
    own = theirs.post(f"/enterprises/{stranger.enterprise}/assessments").headers["Location"]
    assert theirs.get(f"{own}/scenarios/{kept.rsplit('/', 1)[1]}").status_code == 404


@pytest.mark.parametrize(("scopes", "may_write"), [("read", False), ("fill", True)])
def test_a_consultant_plans_only_with_a_mandate_to_fill(
    door: Door, enter: Enter, manager: Person, filled: str, kept: str, scopes: str, may_write: bool
) -> None:
    browser = enter(make_consultant(door, manager.enterprise, manager.account.id, Scope(scopes).value))
    assert ("新建方案" in text_of(browser.get(f"{filled}/scenarios"))) is may_write
    assert browser.get(f"/enterprises/{manager.enterprise}/measures").status_code == 200
    assert browser.post(f"{filled}/cheapest", {"points": "80", "unpriced": "count"}).status_code == 200
    assert (act(browser, kept, "choose") if may_write else browser.post(f"{kept}/choose")).status_code == (
        302 if may_write else 404
    )
    with door.writing() as work:
        work.session.query(MandateRow).update({"revoked_at": work.now, "revoked_by": manager.account.id})
    assert browser.get(f"{filled}/scenarios").status_code == 404


def test_a_measure_that_is_not_recommended_any_more_is_left_out_and_told(
    door: Door, enter: Enter, manager: Person, filled: str, kept: str
) -> None:
    with door.writing() as work:
        changes = make_changes({SNCR: Practised(Extent.FULL)}, None)
        filing.keep(work, manager.account, filled.rsplit("/", 1)[1], changes)
    assert "1 项已不再推荐" in text_of(enter(manager).get(f"{filled}/scenarios"))


# ── Two people, two windows ──────────────────────────────────────────────────


def test_a_save_from_an_old_page_shows_both_scenarios_and_overwrites_neither(
    enter: Enter, manager: Person, filled: str, kept: str
) -> None:
    one, other = enter(manager), enter(manager)
    form = {"title": "方案一", "take": CARD, f"quote-{CARD}": "35.5", "go": "save"}
    old = seen(text_of(other.get(kept)), kept)
    assert save(one, kept, form | {"title": "同事的", f"quote-{CARD}": "40"}).status_code == 302
    # Trying out does not make an old page a new one.
    tried = text_of(other.post(kept, {"title": "我的", "go": "try", "seen": old}))
    refused = other.post(kept, {"title": "我的", "go": "save", "seen": seen(tried, kept)})
    assert refused.status_code == 409
    page = text_of(refused)
    assert "现有“同事的”，您的“我的”" in page
    assert "只有现有方案选了：精准 SNCR" in page
    assert "现有 40 万元，您的 –" in page
    assert 'value="我的"' in page
    assert 'value="同事的"' in text_of(one.get(kept))
    # Both can be kept, or mine put in the place of theirs.
    mine = {"title": "我的", "go": "save"}
    assert other.post(f"{filled}/scenarios", mine).status_code == 302
    assert other.post(kept, mine | {"seen": seen(page, kept)}).status_code == 302
    assert 'value="我的"' in text_of(one.get(kept))
    # The same once more, as by a second press of the button, is no conflict.
    assert other.post(kept, mine | {"seen": old}).status_code == 302


def test_what_was_chosen_in_a_scenario_that_was_removed_stays_on_the_page(
    enter: Enter, manager: Person, filled: str, kept: str
) -> None:
    one, other = enter(manager), enter(manager)
    old = seen(text_of(other.get(kept)), kept)
    act(one, kept, "remove")
    refused = other.post(kept, {"title": "我的", "take": CARD, "go": "save", "seen": old})
    assert refused.status_code == 409
    assert "这个方案已被删除" in text_of(refused)
    assert f'action="{filled}/scenarios"' in text_of(refused)
    assert f'value="{CARD}" checked' in text_of(refused)


def test_neither_choosing_nor_removing_passes_over_what_happened_meanwhile(
    enter: Enter, manager: Person, filled: str, kept: str
) -> None:
    one, other = enter(manager), enter(manager)
    second = one.post(f"{filled}/scenarios", {"title": "方案二", "go": "save"}).headers["Location"]
    second = second.partition("?")[0]
    page = text_of(other.get(f"{filled}/scenarios"))
    act(one, second, "choose")
    save(one, kept, {"title": "方案一", "go": "save"})
    for deed in ("choose", "remove"):
        refused = other.post(f"{kept}/{deed}", {"seen": seen(page, f"{kept}/{deed}")})
        assert refused.status_code == 409
        assert "内容有了变动" in text_of(refused)
    # Pressed twice: the second press finds it done.
    for scenario_, deed in ((kept, "choose"), (second, "remove")):
        address = f"{scenario_}/{deed}"
        sent = {"seen": seen(text_of(other.get(f"{filled}/scenarios")), address)}
        assert [other.post(address, sent).status_code for _ in range(2)] == [302, 302]


def test_the_same_scenario_sent_twice_is_kept_once(enter: Enter, manager: Person, filled: str) -> None:
    browser = enter(manager)
    form = {"title": "方案一", "take": CARD, "go": "save"}
    places = {browser.post(f"{filled}/scenarios", form).headers["Location"] for _ in range(2)}
    assert len(places) == 1


def test_two_people_in_one_line_of_the_ledger_see_both_versions(
    door: Door, enter: Enter, manager: Person, kept: str
) -> None:
    one, other = enter(manager), enter(manager)
    act(one, kept, "choose")
    ledger = f"/enterprises/{manager.enterprise}/measures"
    with door.reading() as work:
        line = measure.ledger(work, manager.account, manager.enterprise).lines[0].measure
    address = f"{ledger}/{line.id}"
    old = seen(text_of(other.get(ledger)), address)
    assert save(one, address, {"state": "running", "owner": "张示例"}).status_code == 302
    mine = {"state": "planned", "owner": "李示例", "note": "等设备"}
    # What cannot be read is told first, and does not make an old page a new one.
    wrong = text_of(other.post(address, mine | {"seen": old, "spent": "三"}))
    refused = other.post(address, mine | {"seen": seen(wrong, address)})
    assert refused.status_code == 409
    page = text_of(refused)
    assert "改动了这一项" in page
    assert "现有内容：张示例" in page
    assert "现有内容：实施中" in page
    assert "现有内容：空" in page
    assert 'value="李示例"' in page
    assert other.post(address, mine | {"seen": seen(page, address)}).status_code == 302
    assert "等设备" in text_of(one.get(ledger))


def test_what_was_typed_into_a_line_that_the_plan_dropped_is_shown_again(
    door: Door, enter: Enter, manager: Person, stranger: Person, kept: str
) -> None:
    one, other = enter(manager), enter(manager)
    act(one, kept, "choose")
    with door.reading() as work:
        line = measure.ledger(work, manager.account, manager.enterprise).lines[0].measure
    save(one, kept, {"title": "方案一", "go": "save"})
    address = f"/enterprises/{manager.enterprise}/measures/{line.id}"
    refused = other.post(address, {"state": "running", "note": "设备已订"})
    assert refused.status_code == 409
    assert "说明：设备已订" in text_of(refused)
    assert enter(stranger).post(address, {"state": "running"}).status_code == 404
