"""Pages of the staff: made by the operator, granted by the security officer; neither opens an answer."""

import pytest

from portal.actions.work import Door
from portal.core.roles import Role
from tests.cast import Person, make_staff
from tests.web.browser import Browser, text_of
from tests.web.conftest import Enter


def _enter(door: Door, enter: Enter, role: Role) -> Browser:
    return enter(Person(account=make_staff(door, role, f"{role}@example.cn"), enterprise=""))


@pytest.fixture
def operator(door: Door, enter: Enter) -> Browser:
    """系统管理员."""
    return _enter(door, enter, Role.OPERATOR)


@pytest.fixture
def security(door: Door, enter: Enter) -> Browser:
    """安全管理员."""
    return _enter(door, enter, Role.SECURITY)


def test_two_persons_let_a_reviewer_in(operator: Browser, security: Browser, door: Door) -> None:
    made = operator.post("/staff/new", name="新示例", mail="new@example.cn", office="示例局")
    path = made.headers["Location"].split("?")[0]
    assert "等待安全管理员授予身份" in text_of(operator.get(made.headers["Location"]))
    assert operator.post(f"{path}/grant", role="reviewer", jurisdiction="330111").status_code == 403
    refused = operator.post(f"{path}/enable")
    assert refused.status_code == 409
    assert "还没有授予角色" in text_of(refused)
    assert security.post(f"{path}/disable").status_code == 403
    lacking = security.post(f"{path}/grant", role="reviewer")
    assert lacking.status_code == 422
    assert 'id="jurisdiction-error"' in text_of(lacking)
    done = security.post(f"{path}/grant", role="reviewer", jurisdiction="330111")
    assert "身份已授予" in text_of(security.get(done.headers["Location"]))
    assert "审核人员（富阳区）" in text_of(operator.get("/staff"))
    assert len(list(door.settings.mail_folder.glob("*staff_welcome*"))) == 1
    assert operator.post(f"{path}/reset").status_code == 302
    assert operator.post(f"{path}/disable").status_code == 302
    assert "已停用" in text_of(operator.get(path))
    assert operator.post(f"{path}/enable").status_code == 302
    assert security.post(f"{path}/revoke").status_code == 302
    assert "待授权" in text_of(security.get("/staff"))


def test_faults_of_a_new_account_stand_beside_their_fields(operator: Browser) -> None:
    answer = operator.post("/staff/new", name="", mail="x", office="")
    assert answer.status_code == 422
    for field in ("name", "mail", "office"):
        assert f'id="{field}-error"' in text_of(answer)


def test_nobody_is_offered_his_own_account(operator: Browser, security: Browser, door: Door) -> None:
    with door.reading() as work:
        from portal.storage import account as stored

        mine = stored.find_by_login(work.session, "operator@example.cn")
    assert mine is not None
    page = text_of(operator.get(f"/staff/{mine.id}"))
    assert "这是您自己的账号" in page
    assert f"/staff/{mine.id}/disable" not in page
    assert operator.post(f"/staff/{mine.id}/disable").status_code == 409


def test_a_disabled_person_is_out_with_the_next_click(
    operator: Browser, enter: Enter, manager: Person
) -> None:
    browser = enter(manager)
    assert browser.get("/desk").status_code == 200
    assert "示例" in text_of(operator.get("/staff?role=manager&words=示例"))
    assert operator.post(f"/staff/{manager.account.id}/disable").status_code == 302
    assert browser.get("/desk").status_code == 302
    assert "账号还没有开通或已被停用" in text_of(
        enter(None).post("/sign-in", login=manager.mail, password="绿色工厂-example-1")
    )


def test_the_three_administrators_open_no_answers(
    door: Door, enter: Enter, operator: Browser, security: Browser, assessment: str
) -> None:
    auditor = _enter(door, enter, Role.AUDITOR)
    pages = ("", "/sections/plant", "/check", "/result", "/receipt", "/receipt.json", "/live", "/data-check")
    for browser in (operator, security, auditor):
        for path in (assessment + page for page in pages):
            assert browser.get(path).status_code == 403, path
    for path in ("/staff", "/staff/new"):
        assert auditor.get(path).status_code == 403
    assert security.get("/staff/new").status_code == 403
    assert security.get("/staff/missing").status_code == 404


def test_everybody_lands_where_his_work_is(operator: Browser) -> None:
    assert operator.get("/sign-in").headers["Location"] == "/staff"
