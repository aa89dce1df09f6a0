"""Pages of the audit trail: the auditor alone, with before and after in Chinese, exports and the check."""

import json

import pytest
from sqlalchemy import text

from portal.actions.work import Door
from portal.core.roles import Role
from tests.cast import Person, make_reviewer, make_staff
from tests.make import make_profile
from tests.web.browser import Browser, text_of
from tests.web.conftest import Enter


@pytest.fixture
def auditor(door: Door, enter: Enter) -> Browser:
    """审计管理员."""
    return enter(Person(account=make_staff(door, Role.AUDITOR, "auditor@example.cn"), enterprise=""))


def test_what_was_done_is_read_in_chinese_with_before_and_after(
    auditor: Browser, enter: Enter, manager: Person
) -> None:
    from dataclasses import asdict

    profile = asdict(make_profile(name="示例改名有限公司"))
    assert enter(manager).post(f"/enterprises/{manager.enterprise}", profile).status_code == 302
    page = text_of(auditor.get("/audit?deed=enterprise.change"))
    assert "修改企业信息" in page
    assert "示例水泥有限公司" in page
    assert "示例改名有限公司" in page
    assert "王示例" in page


def test_refused_attempts_are_there_with_who_and_what(
    auditor: Browser, enter: Enter, manager: Person, stranger: Person, assessment: str
) -> None:
    theirs = enter(stranger)
    assert theirs.get(f"{assessment}/result").status_code == 404
    assert theirs.post(f"{assessment}/submit").status_code == 404
    assert theirs.get("/audit").status_code == 403
    page = text_of(auditor.get("/audit?outcome=refused"))
    assert page.count("被拒绝</span>") >= 3
    assert "GET result.show" in page
    assert "POST assessment.submit" in page
    assert "李示例" in page


def test_a_submitted_self_check_that_is_written_to_is_a_refused_attempt(
    auditor: Browser, enter: Enter, manager: Person, assessment: str
) -> None:
    browser = enter(manager)
    browser.save(assessment, [{"item": "coal", "value": "1200", "revision": 0}])
    browser.save(assessment, [{"item": "sncr", "value": "full", "revision": 0}])
    assert browser.post(f"{assessment}/submit").status_code == 302
    assert browser.save(assessment, [{"item": "coal", "value": "1", "revision": None}]).status_code == 409
    assert "POST assessment.autosave" in text_of(auditor.get("/audit?outcome=refused"))


def test_answers_are_not_on_the_page(
    auditor: Browser, enter: Enter, manager: Person, assessment: str
) -> None:
    enter(manager).save(assessment, [{"item": "coal", "value": "123456", "revision": 0}])
    page = text_of(auditor.get("/audit?deed=answer.save"))
    assert "coal" in page
    assert "123456" not in page
    assert "不在审计中显示" in page
    assert "没有符合条件的记录" in text_of(auditor.get("/audit?words=123456"))
    assert b"123456" not in auditor.get("/audit.jsonl").data


def test_the_trail_is_exported_and_the_export_is_noted(auditor: Browser) -> None:
    sheet = auditor.get("/audit.xlsx?deed=account.sign_in")
    assert sheet.data[:2] == b"PK"
    assert "attachment" in sheet.headers["Content-Disposition"]
    lines = auditor.get("/audit.jsonl").data.decode().splitlines()
    newest = json.loads(lines[0])
    assert (newest["deed"], json.loads(newest["after"])) == ("audit.export", {"lines": 1})


def test_every_list_that_leaves_is_noted_with_its_filters(auditor: Browser, enter: Enter, door: Door) -> None:
    bureau = enter(Person(account=make_reviewer(door), enterprise=""))
    for path in ("/reviews/export?sector=cement", "/statistics/export?figure=gaps", "/statistics/list.xlsx"):
        assert bureau.get(path).status_code == 200
    told = [
        json.loads(line) for line in auditor.get("/audit.jsonl?deed=file.export").data.decode().splitlines()
    ]
    assert [(one["subject_id"], one["after"]) for one in reversed(told)] == [
        ("/reviews/export", '{"sector": "cement"}'),
        ("/statistics/export", '{"figure": "gaps"}'),
        ("/statistics/list.xlsx", ""),
    ]
    assert "导出文件" in text_of(auditor.get("/audit?deed=file.export"))


def test_the_check_says_whether_the_trail_is_whole(auditor: Browser, door: Door) -> None:
    assert "日志完整" in text_of(auditor.post("/audit/check"))
    with door.writing() as work:
        work.session.execute(text("UPDATE audit SET name = '改动' WHERE number = 1"))
    page = text_of(auditor.post("/audit/check"))
    assert "日志不完整" in page
    assert "从第 1 行起不符" in page


def test_filters_that_nobody_could_type_are_no_fault(auditor: Browser) -> None:
    for query in ("first=2026-13-01", "page=x", "deed=x", "words=%00", "first=9999-12-31", "who=x&subject=y"):
        assert auditor.get(f"/audit?{query}").status_code == 200, query
