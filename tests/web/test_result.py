"""Check, submission, result, receipt, report, history and the public check."""

import json
from urllib.parse import unquote

import pytest

from portal.actions import assessment as filing
from portal.actions import report
from portal.actions.work import Door
from portal.core.answers import Declared
from tests.cast import Person
from tests.make import PERMIT, make_answers, make_changes
from tests.web.browser import text_of
from tests.web.conftest import Enter


@pytest.fixture
def filled(door: Door, manager: Person, assessment: str) -> str:
    """The self-check with an answer to every item."""
    with door.writing() as work:
        filing.keep(work, manager.account, assessment.rsplit("/", 1)[1], make_changes(make_answers()))
    return assessment


def test_the_check_links_to_every_missing_field(enter: Enter, manager: Person, assessment: str) -> None:
    page = text_of(enter(manager).get(f"{assessment}/check"))
    for section, item in (("plant", "coal"), ("plant", "permit"), ("measures", "sncr")):
        assert f'href="{assessment}/sections/{section}#{item}"' in page
        assert f'id="{item}"' in text_of(enter(manager).get(f"{assessment}/sections/{section}"))


def test_submitting_twice_is_one_submission(enter: Enter, manager: Person, filled: str) -> None:
    browser = enter(manager)
    first, second = browser.post(f"{filled}/submit"), browser.post(f"{filled}/submit")
    assert first.headers["Location"] == second.headers["Location"] == f"{filled}/result?submitted=1"
    assert text_of(browser.get("/history")).count('class="code"') == 1


def test_the_result_shows_points_gaps_and_advice(enter: Enter, manager: Person, filled: str) -> None:
    browser = enter(manager)
    draft = text_of(browser.get(f"{filled}/result"))
    assert "还在填报中" in draft
    browser.post(f"{filled}/submit")
    page = text_of(browser.get(f"{filled}/result?submitted=1"))
    for words in ("总得分", "SNCR 脱硝", "精准 SNCR", "路线图", "<svg", "否决项与基本要求均满足"):
        assert words in page
    assert browser.get(filled).headers["Location"] == f"{filled}/result"
    assert "disabled" in text_of(browser.get(f"{filled}/sections/plant"))


def test_no_green_badge_while_a_veto_is_open(door: Door, enter: Enter, manager: Person, filled: str) -> None:
    with door.writing() as work:
        changes = make_changes({PERMIT: Declared(False)}, None)
        filing.keep(work, manager.account, filled.rsplit("/", 1)[1], changes)
    page = text_of(enter(manager).get(f"{filled}/result"))
    assert "badge-green" not in page
    assert "1 项门槛不满足" in page


def test_a_thin_score_is_provisional_everywhere(enter: Enter, manager: Person, assessment: str) -> None:
    browser = enter(manager)
    browser.save(assessment, [{"item": "waste_burning", "value": "full", "revision": 0}])
    for page in ("sections/plant", "check", "result"):
        text = text_of(browser.get(f"{assessment}/{page}"))
        assert "暂定" in text
        assert "badge-green" not in text


def test_the_receipt_is_a_page_and_a_file(enter: Enter, manager: Person, filled: str) -> None:
    browser = enter(manager)
    assert "103.5 kgce/t" in text_of(browser.get(f"{filled}/receipt"))
    file = browser.get(f"{filled}/receipt.json")
    assert json.loads(text_of(file))
    assert "attachment" in file.headers["Content-Disposition"]
    assert "得分凭据" in unquote(file.headers["Content-Disposition"].partition("filename*=UTF-8''")[2])


def test_a_report_is_asked_for_and_watched(enter: Enter, manager: Person, filled: str) -> None:
    browser = enter(manager)
    browser.post(f"{filled}/submit")
    asked = browser.post(f"{filled}/reports").headers["Location"]
    again = browser.post(f"{filled}/reports").headers["Location"]
    assert asked == again
    waiting = browser.get(asked)
    assert "排队中" in text_of(waiting)
    assert waiting.headers["Refresh"] == "3"
    state = browser.get(f"{asked}/state").get_json()
    assert state["is_waiting"] is True
    assert browser.get(f"{asked}/file").status_code == 404


def test_a_report_that_is_printed_is_fetched_or_made_anew_and_a_drafts_is_not_the_submissions(
    door: Door, enter: Enter, manager: Person, filled: str
) -> None:
    browser = enter(manager)
    link, anew = "下载改进报告（PDF）</a>", "按现在的内容生成</button>"
    for is_submitted in (False, True):
        if is_submitted:
            browser.post(f"{filled}/submit")
        page = text_of(browser.get(f"{filled}/result"))
        assert (link in page, anew in page) == (False, False)
        browser.post(f"{filled}/reports")
        door.settings.report_folder.mkdir(parents=True, exist_ok=True)
        draft = door.settings.report_folder / ".draft.pdf"
        draft.write_bytes(b"%PDF-1.7 example")
        with door.writing() as work:
            job = report.claim(work, "here:1")
            assert job is not None and report.finish(work, job, draft)
        page = text_of(browser.get(f"{filled}/result"))
        assert (link in page, anew in page) == (is_submitted, is_submitted)
    again = browser.post(f"{filled}/reports").headers["Location"]
    assert "已生成" in text_of(browser.get(again))  # nothing has changed: it is the same


def test_anybody_may_check_a_number(enter: Enter, manager: Person, filled: str) -> None:
    browser = enter(manager)
    browser.post(f"{filled}/submit")
    page = text_of(browser.get("/history"))
    number = page.partition('class="code">')[2].partition("<")[0]
    nobody = enter(None)
    assert nobody.get(f"/check?number={number.lower()}").headers["Location"] == f"/check/{number}"
    found = text_of(nobody.get(f"/check/{number}"))
    assert "编号有效" in found
    assert "示例水泥有限公司" in found
    for secret in ("103.5", manager.mail, "联系人"):
        assert secret not in found
    assert nobody.get("/check/HZ2026-00000000").status_code == 404
    assert nobody.get("/check?number=%2F%2Fevil").status_code == 404
