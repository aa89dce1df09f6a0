"""The page where a report is dropped, and revoking a report."""

import re
from io import BytesIO
from pathlib import Path

import pytest

from portal.actions import assessment as filing
from portal.actions import report
from portal.actions.work import Door
from portal.core.roles import CITY
from portal.web import limits
from portal.web.pages import verify
from tests.cast import Person, make_reviewer
from tests.make import make_answers, make_changes
from tests.web.browser import Browser, text_of
from tests.web.conftest import Enter

CONTENT = b"%PDF-1.7 example of a report"


@pytest.fixture
def printed(door: Door, enter: Enter, manager: Person, assessment: str) -> str:
    """A printed report of the manager's submitted self-check."""
    with door.writing() as work:
        filing.keep(work, manager.account, assessment.rsplit("/", 1)[1], make_changes(make_answers()))
    browser = enter(manager)
    browser.post(f"{assessment}/submit")
    id = browser.post(f"{assessment}/reports").headers["Location"].rsplit("/", 1)[1]
    print_it(door, CONTENT)
    return id


def print_it(door: Door, content: bytes) -> None:
    folder = door.settings.report_folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".draft.pdf").write_bytes(content)
    with door.writing() as work:
        job = report.claim(work, "here:1")
        assert job is not None
        assert report.finish(work, job, folder / ".draft.pdf")


def drop(browser: Browser, content: bytes, name: str = "报告.pdf") -> str:
    return text_of(browser.post("/verify", file=(BytesIO(content), name)))


def test_an_unchanged_report_is_told_with_its_record(enter: Enter, printed: str) -> None:
    nobody = enter(None)
    assert 'type="file"' in text_of(nobody.get("/verify"))
    page = drop(nobody, CONTENT)
    for told in ("文件未被改动", "示例水泥有限公司", "没有数字签名", "HZ20"):
        assert told in page
    assert f"/reports/{printed}" not in page


def test_one_flipped_byte_is_seen(enter: Enter, printed: str) -> None:
    nobody = enter(None)
    for place in (0, 9, len(CONTENT) - 1):
        changed = bytearray(CONTENT)
        changed[place] ^= 1
        page = drop(nobody, bytes(changed))
        assert "不是本门户登记的文件" in page
        assert "示例水泥有限公司" not in page


def test_nothing_of_a_dropped_file_is_kept(door: Door, enter: Enter, printed: str) -> None:
    def kept() -> dict[Path, bytes]:
        files = (path for path in door.settings.data_folder.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in files}

    nobody = enter(None)
    nobody.get("/verify")
    before = kept()
    drop(nobody, b"a secret of somebody else" * 1_000)
    assert kept() == before


def test_an_empty_or_too_large_file_is_refused(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = enter(None)
    assert "不能是空的" in drop(nobody, b"")
    assert nobody.post("/verify").status_code == 400
    monkeypatch.setattr(verify, "LARGEST_REPORT", 1024)
    assert "不是本门户出具的报告" in drop(nobody, bytes(1025))
    monkeypatch.setattr(limits, "LARGEST_REPORT", 1024)
    assert nobody.post("/verify", file=(BytesIO(bytes(70 * 1024)), "x.pdf")).status_code == 413


def test_a_file_that_was_signed_and_changed_is_told_apart(enter: Enter) -> None:
    page = drop(enter(None), b"%PDF /ByteRange [0 40 46 12] /Contents   <30FF> some text here")
    assert "文件与签名不符" in page


def test_the_manager_revokes_and_everybody_is_told(
    door: Door, enter: Enter, manager: Person, assessment: str, printed: str
) -> None:
    mine, nobody = enter(manager), enter(None)
    assert f"/reports/{printed}" in drop(mine, CONTENT)
    assert "撤销这份报告" in text_of(mine.get(f"/reports/{printed}"))
    empty = mine.post(f"/reports/{printed}/revoke", why=" ")
    assert (empty.status_code, "请写明撤销的原因" in text_of(empty)) == (400, True)
    assert mine.post(f"/reports/{printed}/revoke", why="长" * 301).status_code == 400
    assert mine.post(f"/reports/{printed}/revoke", why="产量填错").status_code == 302
    assert mine.post(f"/reports/{printed}/revoke", why="再来一次").status_code == 302
    page = drop(nobody, CONTENT)
    assert "这份文件已撤销" in page and "产量填错" in page and "再来一次" not in page
    number = re.search(r"/check/(HZ[0-9A-Z-]+)", page)
    assert number
    assert "产量填错" in text_of(nobody.get(f"/check/{number[1]}"))
    assert "产量填错" in text_of(mine.get(f"/reports/{printed}"))
    assert mine.get(f"/reports/{printed}/file").status_code == 404
    again = mine.post(f"{assessment}/reports").headers["Location"].rsplit("/", 1)[1]
    assert again != printed


def test_the_city_revokes_and_a_district_does_not(door: Door, enter: Enter, printed: str) -> None:
    district = Person(account=make_reviewer(door), enterprise="")
    city = Person(account=make_reviewer(door, CITY, "city@example.cn"), enterprise="")
    refused = enter(district)
    assert "撤销这份报告" not in text_of(refused.get(f"/reports/{printed}"))
    assert refused.post(f"/reports/{printed}/revoke", why="试").status_code == 404
    assert enter(city).post(f"/reports/{printed}/revoke", why="核查不实").status_code == 302
    assert "核查不实" in drop(enter(None), CONTENT)


def test_a_stranger_revokes_nothing(enter: Enter, stranger: Person, printed: str) -> None:
    assert enter(stranger).post(f"/reports/{printed}/revoke", why="试").status_code == 404
    assert "文件未被改动" in drop(enter(None), CONTENT)
