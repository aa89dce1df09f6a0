"""Mandates in pages: what the enterprise grants opens doors, what it revokes shuts them with the next request."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.actions.work import Door
from tests.cast import PASSWORD, Person, make_consultant
from tests.web.browser import Browser, text_of
from tests.web.conftest import Enter

TODAY = datetime.now(UTC).date()


@pytest.fixture
def consultant(door: Door) -> Person:
    """A consultant whom nobody has given a mandate."""
    return make_consultant(door)


def grant(manager: Browser, enterprise: str, holder: str, *scopes: str, days: int = 30) -> int:
    return manager.post(
        f"/enterprises/{enterprise}/mandates",
        {"holder": holder, "scopes": list(scopes)},
        starts_on=(TODAY - timedelta(days=1)).isoformat(),
        ends_on=(TODAY + timedelta(days=days)).isoformat(),
    ).status_code


def _revoke(manager: Browser, enterprise: str) -> None:
    page = text_of(manager.get(f"/enterprises/{enterprise}/mandates"))
    path = page.split('action="')[1:]
    action = next(one.split('"')[0] for one in path if one.split('"')[0].endswith("/revoke"))
    assert manager.post(action).status_code == 302


def test_without_a_mandate_everything_is_404(
    enter: Enter, consultant: Person, manager: Person, assessment: str
) -> None:
    theirs = enter(consultant)
    for path in ("", "/sections/plant", "/check", "/result", "/live", "/data-check", "/evidence", "/receipt"):
        assert theirs.get(assessment + path).status_code == 404, path
    assert theirs.get(f"/enterprises/{manager.enterprise}/evidence").status_code == 404
    assert theirs.get(f"/enterprises/{manager.enterprise}/mandates").status_code == 403


def test_reading_lets_read_and_nothing_else(
    enter: Enter, consultant: Person, manager: Person, assessment: str
) -> None:
    mine, theirs = enter(manager), enter(consultant)
    assert grant(mine, manager.enterprise, consultant.mail, "read") == 302
    page = text_of(theirs.get(f"{assessment}/sections/plant"))
    assert "只包括查看" in page
    assert '<fieldset class="bare" disabled>' in page
    assert theirs.save(assessment, [{"item": "coal", "value": "5", "revision": 0}]).status_code == 404
    assert theirs.post(f"{assessment}/reports").status_code == 404
    assert theirs.post(f"{assessment}/submit").status_code == 403
    assert theirs.get(f"/enterprises/{manager.enterprise}/evidence").status_code == 200
    assert theirs.post(f"/enterprises/{manager.enterprise}/evidence").status_code == 404


def test_what_a_consultant_fills_in_is_marked(
    enter: Enter, consultant: Person, manager: Person, assessment: str
) -> None:
    mine, theirs = enter(manager), enter(consultant)
    assert grant(mine, manager.enterprise, consultant.mail, "fill") == 302
    saved = theirs.save(assessment, [{"item": "coal", "values": ["5"], "value": "5", "revision": 0}])
    assert saved.status_code == 200, text_of(saved)
    assert "代填" in text_of(mine.get(f"{assessment}/sections/plant"))
    assert "提交由企业办理" in text_of(theirs.get(f"{assessment}/check"))
    assert theirs.post(f"{assessment}/submit").status_code == 403


def test_a_revocation_works_from_the_next_request_on(
    enter: Enter, consultant: Person, manager: Person, assessment: str
) -> None:
    mine, theirs = enter(manager), enter(consultant)
    grant(mine, manager.enterprise, consultant.mail, "read", "fill", "print")
    assert theirs.get(f"{assessment}/sections/plant").status_code == 200
    _revoke(mine, manager.enterprise)
    assert theirs.get(f"{assessment}/sections/plant").status_code == 404
    assert theirs.save(assessment, []).status_code == 404
    assert "已撤销" in text_of(mine.get(f"/enterprises/{manager.enterprise}/mandates"))


def test_a_printed_report_is_gone_with_the_mandate(
    enter: Enter, consultant: Person, manager: Person, assessment: str
) -> None:
    mine, theirs = enter(manager), enter(consultant)
    mine.post(f"{assessment}/submit")
    grant(mine, manager.enterprise, consultant.mail, "print")
    report = theirs.post(f"{assessment}/reports").headers["Location"]
    assert theirs.get(report).status_code == 200
    _revoke(mine, manager.enterprise)
    for path in ("", "/state", "/file"):
        assert theirs.get(report + path).status_code == 404
    assert mine.get(report).status_code == 200


def test_wrong_wishes_are_told_beside_their_fields(enter: Enter, manager: Person, consultant: Person) -> None:
    mine = enter(manager)
    path = f"/enterprises/{manager.enterprise}/mandates"
    answer = mine.post(path, holder="nobody@example.cn", starts_on="x", ends_on="2020-01-01")
    assert answer.status_code == 422
    for field in ("holder", "scopes", "starts_on"):
        assert f'id="{field}-error"' in text_of(answer)
    assert grant(mine, manager.enterprise, consultant.mail, "read", days=900) == 422
    assert grant(mine, manager.enterprise, manager.mail, "read") == 422  # no consultant


def test_a_stranger_cannot_revoke(
    enter: Enter, manager: Person, stranger: Person, consultant: Person
) -> None:
    mine, other = enter(manager), enter(stranger)
    grant(mine, manager.enterprise, consultant.account.id, "read")
    page = text_of(mine.get(f"/enterprises/{manager.enterprise}/mandates"))
    id = page.split("/revoke")[0].rsplit("/", 1)[1]
    assert other.post(f"/enterprises/{stranger.enterprise}/mandates/{id}/revoke").status_code == 404
    assert other.post(f"/enterprises/{manager.enterprise}/mandates/{id}/revoke").status_code == 404


def test_a_consultant_registers_and_lands_on_the_desk(enter: Enter) -> None:
    nobody = enter(None)
    answer = nobody.post(
        "/register",
        kind="consultant",
        name="孙示例",
        mail="c2@example.cn",
        password=PASSWORD,
        repeat=PASSWORD,
    )
    assert answer.headers["Location"] == "/clients"
