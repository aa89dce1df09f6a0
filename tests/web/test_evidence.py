"""The pages of evidence: uploading with and without scripts, labelling, attaching, and who may fetch what."""

import io
import json
import re
from typing import Any
from urllib.parse import quote

import obstore
import pytest
from obstore.exceptions import GenericError
from werkzeug.test import TestResponse

from portal.actions.work import Door
from portal.core.roles import CITY
from portal.web import limits
from tests import papers
from tests.cast import Person, make_reviewer
from tests.make import HEAT, PERMIT
from tests.web.browser import Browser
from tests.web.conftest import Enter


def upload(
    browser: Browser, path: str, *files: tuple[str, bytes], is_script: bool = False, **fields: str
) -> TestResponse:
    """Send files as a browser does."""
    sent: dict[str, Any] = {**fields, "csrf_token": browser.token}
    sent["files"] = [(io.BytesIO(content), name) for name, content in files]
    headers = {"Accept": "application/json"} if is_script else {}
    answer = browser.client.post(path, data=sent, content_type="multipart/form-data", headers=headers)
    answer.request.environ["wsgi.input"].close()  # of a large body the client makes a file
    return answer


def bring(browser: Browser, shelf: str, name: str, content: bytes = b"") -> str:
    """Take a file in: its address."""
    answer = upload(browser, shelf, (name, content or papers.make_office(text=name)), is_script=True)
    assert answer.status_code == 200, answer.text
    return f"/evidence/{answer.json['files'][0]['id']}"  # type: ignore[index]


@pytest.fixture
def shelf(manager: Person) -> str:
    return f"/enterprises/{manager.enterprise}/evidence"


def submit(browser: Browser, assessment: str) -> None:
    for section, fields in (
        ("plant", {"kiln": "kiln", "coal": "120000", "permit": "yes"}),
        ("measures", {"kiln_heat": "103.5", "sncr": "full", "waste_burning": "full"}),
    ):
        browser.post(f"{assessment}/sections/{section}", **fields)
    assert browser.post(f"{assessment}/submit").status_code == 302


# ── Uploading ────────────────────────────────────────────────────────────────


def test_a_manager_uploads_several_files_by_a_plain_form(enter: Enter, manager: Person, shelf: str) -> None:
    browser = enter(manager)
    assert "还没有文件" in browser.get(shelf).text
    sent = upload(browser, shelf, ("排污许可证.pdf", papers.make_pdf()), ("现场.jpg", papers.make_photo()))
    assert sent.status_code == 302
    page = browser.get(sent.headers["Location"]).text
    assert "已保存 2 个文件" in page and "排污许可证" in page and "现场照片" in page and "共 2 个文件" in page


def test_one_bad_file_among_good_ones_is_named_and_the_others_are_kept(
    enter: Enter, manager: Person, shelf: str
) -> None:
    browser = enter(manager)
    sent = upload(browser, shelf, ("照片.HEIC", papers.make_heic()), ("制度.docx", papers.make_office()))
    assert sent.status_code == 422
    assert "照片.HEIC：这是苹果手机的 HEIC 照片" in sent.text and "制度</a> 已保存" in sent.text
    assert "共 1 个文件" in browser.get(shelf).text


def test_a_form_without_files_says_so(enter: Enter, manager: Person, shelf: str, assessment: str) -> None:
    browser = enter(manager)
    assert "请先选择文件" in upload(browser, shelf).text
    answer = upload(browser, f"{assessment}/evidence", item=PERMIT)
    assert answer.status_code == 422 and "请先选择文件" in answer.text


def test_a_script_is_told_of_each_file_in_json(enter: Enter, manager: Person, shelf: str) -> None:
    browser = enter(manager)
    photo = papers.make_photo()
    good = upload(browser, shelf, ("现场.jpg", photo), is_script=True)
    assert good.status_code == 200 and good.json is not None
    assert good.json["files"][0] | {"id": ""} == {
        "name": "现场.jpg", "id": "", "title": "现场", "known": False, "problem": "",
    }  # fmt: skip
    again = upload(browser, shelf, ("另一个名字.jpg", photo), is_script=True)
    assert again.json is not None and again.json["files"][0]["known"] is True
    bad = upload(browser, shelf, ("x.jpg", b"<svg/>"), is_script=True)
    assert bad.status_code == 422 and "只能上传" in bad.text


def test_the_same_content_again_is_said_in_words(enter: Enter, manager: Person, shelf: str) -> None:
    browser = enter(manager)
    upload(browser, shelf, ("甲.docx", papers.make_office()))
    again = upload(browser, shelf, ("乙.docx", papers.make_office()))
    assert again.status_code == 200 and "已有内容相同的文件" in again.text and "“甲”" in again.text


def test_a_full_disk_is_said_and_leaves_nothing_half_done(
    enter: Enter, manager: Person, shelf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise GenericError("No space left on device (os error 28)")

    monkeypatch.setattr(obstore, "put", refuse)
    browser = enter(manager)
    sent = upload(browser, shelf, ("制度.docx", papers.make_office()))
    assert sent.status_code == 422 and "服务器磁盘已满，文件没有保存" in sent.text
    assert "还没有文件" in browser.get(shelf).text


def test_uploads_may_be_larger_than_forms_and_have_a_bound_of_their_own(
    enter: Enter, manager: Person, shelf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = enter(manager)
    five = papers.make_png((1400, 1300), "white") + b"\0" * (5 * 1024 * 1024)
    assert upload(browser, shelf, ("图.png", five)).status_code == 302
    too_large = upload(browser, shelf, ("图.png", b"\x89PNG\r\n\x1a\n" + b"\0" * (20 * 1024 * 1024)))
    assert "文件超过 20 MB" in too_large.text
    monkeypatch.setattr(limits, "LARGEST_UPLOAD", 1024)
    assert upload(browser, shelf, ("图.png", five)).status_code == 413


def test_nobody_who_is_not_signed_in_may_send_large_bodies(enter: Enter, shelf: str) -> None:
    stranger = enter(None)
    assert upload(stranger, shelf, ("x", b"\0" * (5 * 1024 * 1024))).status_code == 413


def test_an_upload_does_not_keep_others_from_writing(
    enter: Enter, manager: Person, shelf: str, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a file is looked through, somebody else saves."""
    from portal.actions import evidence

    real = evidence.take_in
    written = []

    def slow(content: bytes) -> object:
        with door.writing() as work:
            written.append(work.is_writing)
        return real(content)

    monkeypatch.setattr(evidence, "take_in", slow)
    assert upload(enter(manager), shelf, ("制度.docx", papers.make_office())).status_code == 302
    assert written == [True]


# ── One file ─────────────────────────────────────────────────────────────────


def test_a_file_is_labelled_later_and_what_was_typed_stays_after_a_refusal(
    enter: Enter, manager: Person, shelf: str
) -> None:
    browser = enter(manager)
    address = bring(browser, shelf, "检测报告.pdf", papers.make_pdf(2))
    page = browser.get(address).text
    assert "检测报告.pdf" in page and "2 页" in page and f"{address}/page?n=2" in page
    typed = {
        "title": "废气检测",
        "kind": "test_report",
        "issued_on": "2026-05-02",
        "valid_until": "2026-05-01",
    }
    refused = browser.post(address, typed)
    assert refused.status_code == 422 and "有效期不能早于文件日期" in refused.text
    assert 'value="废气检测"' in refused.text and 'value="2026-05-02"' in refused.text
    assert browser.post(address, typed | {"valid_until": "2026-06-01"}).status_code == 302
    saved = browser.get(f"{address}?saved=1").text
    assert "已保存" in saved and "2026-06-01" in saved and "已过期" in saved


def test_a_download_is_an_attachment_under_its_chinese_name(
    enter: Enter, manager: Person, shelf: str
) -> None:
    browser = enter(manager)
    given = papers.make_pdf()
    address = bring(browser, shelf, "废气 检测报告.pdf", given)
    answer = browser.get(f"{address}/file")
    assert answer.data == given and answer.mimetype == "application/pdf"
    told = answer.headers["Content-Disposition"]
    assert told.startswith("attachment; ") and f"filename*=UTF-8''{quote('废气 检测报告.pdf')}" in told
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_name_that_lies_is_saved_with_the_ending_of_the_content(
    enter: Enter, manager: Person, shelf: str
) -> None:
    browser = enter(manager)
    address = bring(browser, shelf, "page.html", papers.make_pdf())
    assert quote("page.html.pdf") in browser.get(f"{address}/file").headers["Content-Disposition"]


def test_what_is_shown_is_only_what_was_drawn_here(enter: Enter, manager: Person, shelf: str) -> None:
    browser = enter(manager)
    address = bring(browser, shelf, "图.png", papers.make_png())
    for path in (f"{address}/thumbnail", f"{address}/page?n=1"):
        answer = browser.get(path)
        assert answer.mimetype == "image/jpeg" and answer.data.startswith(b"\xff\xd8")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "private" in answer.headers["Cache-Control"]
    office = bring(browser, shelf, "制度.docx")
    assert "不能在页面上预览" in browser.get(office).text
    assert browser.get(f"{office}/thumbnail").status_code == browser.get(f"{office}/page").status_code == 404
    assert browser.get(f"{address}/page?n=2").status_code == 404


def test_a_title_with_marks_of_html_stays_text(enter: Enter, manager: Person, shelf: str) -> None:
    browser = enter(manager)
    address = bring(browser, shelf, "<b>粗</b>.docx")
    assert browser.post(address, title="<b>一", kind="other").status_code == 302
    for path in (address, shelf):
        page = browser.get(path).text
        assert "&lt;b&gt;一" in page and "<b>一" not in page


def test_a_file_that_the_store_has_lost_is_told(
    enter: Enter, manager: Person, shelf: str, door: Door
) -> None:
    browser = enter(manager)
    address = bring(browser, shelf, "制度.docx")
    for content in door.settings.evidence_folder.rglob("content"):
        content.unlink()
    answer = browser.get(f"{address}/file")
    assert answer.status_code == 503 and "文件不在存储中" in answer.text


def test_removing_tells_where_it_is_used_and_leaves_the_page_readable(
    enter: Enter, manager: Person, shelf: str, assessment: str
) -> None:
    browser = enter(manager)
    address = bring(browser, shelf, "制度.docx")
    browser.post(f"{assessment}/evidence", item=PERMIT, pick=address.rsplit("/", 1)[1])
    page = browser.get(address).text
    assert "这个文件用在 1 处" in page and "排污许可" in page
    gone = browser.post(f"{address}/remove")
    assert "已移出佐证库" in browser.get(gone.headers["Location"]).text
    after = browser.get(address).text
    assert "已移出佐证库" in after and "修改说明" not in after
    assert browser.post(f"{address}/remove").status_code == 404


# ── Library ──────────────────────────────────────────────────────────────────


def test_the_library_keeps_its_filters_in_the_address(
    enter: Enter, manager: Person, shelf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.storage.evidence.PAGE", 1)
    browser = enter(manager)
    bring(browser, shelf, "甲报告.docx")
    bring(browser, shelf, "乙报告.docx")
    page = browser.get(f"{shelf}?q=报告&kind=other&show=unused&sort=title").text
    assert "共 2 个文件" in page and "第 1 页，共 2 页" in page
    further = re.search(r'href="(\?[^"]+)">下一页', page)
    assert further and "show=unused" in further[1] and "page=2" in further[1]
    assert "第 2 页" in browser.get(shelf + further[1].replace("&amp;", "&")).text
    assert "没有符合条件的文件" in browser.get(f"{shelf}?q=%00不存在&kind=x&show=x&sort=x&page=-3").text


# ── Beside the items ─────────────────────────────────────────────────────────


def test_files_are_put_beside_an_item_from_there_and_from_the_library(
    enter: Enter, manager: Person, shelf: str, assessment: str
) -> None:
    browser = enter(manager)
    kept = bring(browser, shelf, "台账.xlsx", papers.make_office(papers.SHEET))
    here = f"{assessment}/evidence"
    assert upload(browser, here, ("许可证.pdf", papers.make_pdf()), item=PERMIT).status_code == 302
    assert browser.post(here, item=PERMIT, pick=kept.rsplit("/", 1)[1]).status_code == 302
    section = browser.get(f"{assessment}/sections/plant").text
    assert "佐证（2）" in section and "许可证" in section and "台账" in section
    page = browser.get(f"{here}?item={PERMIT}").text
    assert "取下" in page and "已附" in page
    assert browser.post(here, item=PERMIT, detach=kept.rsplit("/", 1)[1]).status_code == 302
    assert "佐证（1）" in browser.get(f"{assessment}/sections/plant").text
    assert browser.get(here).status_code == 200


def test_a_script_gets_the_place_beside_the_item_drawn_anew(
    enter: Enter, manager: Person, assessment: str
) -> None:
    browser = enter(manager)
    answer = upload(
        browser, f"{assessment}/evidence", ("许可证.pdf", papers.make_pdf()), is_script=True, item=PERMIT
    )
    assert answer.status_code == 200 and answer.json is not None
    assert f'data-place="{PERMIT}"' in answer.json["place"] and "许可证" in answer.json["place"]


@pytest.mark.parametrize("item", ["kiln", "missing", ""])
def test_items_that_take_no_files_are_not_found(
    enter: Enter, manager: Person, assessment: str, item: str
) -> None:
    browser = enter(manager)
    assert browser.post(f"{assessment}/evidence", item=item).status_code == 404
    if item:
        assert browser.get(f"{assessment}/evidence?item={item}").status_code == 404


def test_after_submission_files_stay_and_the_page_says_so(
    enter: Enter, manager: Person, shelf: str, assessment: str
) -> None:
    browser = enter(manager)
    here = f"{assessment}/evidence"
    upload(browser, here, ("许可证.pdf", papers.make_pdf()), item=PERMIT)
    submit(browser, assessment)
    page = browser.get(f"{here}?item={PERMIT}").text
    assert "不能增减" in page and "许可证" in page and "取下" not in page
    refused = upload(browser, here, ("新.docx", papers.make_office()), item=HEAT)
    assert refused.status_code == 409 and "这一项现在不能改" in refused.text
    told = upload(browser, here, ("新.docx", papers.make_office()), item=HEAT, is_script=True)
    assert told.status_code == 409 and "退回补正" in json.loads(told.text)["message"]


def test_a_report_of_another_year_is_a_finding_that_the_manager_explains(
    enter: Enter, manager: Person, shelf: str, assessment: str
) -> None:
    browser = enter(manager)
    address = bring(browser, shelf, "废气检测.pdf", papers.make_pdf())
    browser.post(address, title="废气检测", kind="test_report", issued_on="2019-05-02")
    browser.post(f"{assessment}/evidence", item=PERMIT, pick=address.rsplit("/", 1)[1])
    page = browser.get(f"{assessment}/data-check").text
    assert "佐证日期不在评价期内" in page and "“废气检测”（2019-05-02）的日期不在" in page
    assert f"/sections/plant#{PERMIT}" in page
    said = browser.post(f"{assessment}/data-check", **{"explain-evidence_period": "五年一测"})
    assert said.status_code == 302
    assert "五年一测" in browser.get(f"{assessment}/data-check").text


# ── Who may fetch what ───────────────────────────────────────────────────────


def test_a_stranger_gets_404_for_everything(
    enter: Enter, manager: Person, stranger: Person, shelf: str, assessment: str
) -> None:
    address = bring(enter(manager), shelf, "许可证.pdf", papers.make_pdf())
    theirs = enter(stranger)
    for path in (
        shelf, address, f"{address}/file", f"{address}/thumbnail", f"{address}/page?n=1",
        f"{assessment}/evidence", f"{assessment}/evidence?item={PERMIT}", "/evidence/missing",
    ):  # fmt: skip
        assert theirs.get(path).status_code == 404, path
    for path in (address, f"{address}/remove"):
        assert theirs.post(path, title="一", kind="other").status_code == 404, path
    one = ("制度.docx", papers.make_office())
    assert upload(theirs, shelf, one).status_code == 404
    assert upload(theirs, f"{assessment}/evidence", one, item=PERMIT).status_code == 404
    mine = enter(stranger)
    started = mine.post(f"/enterprises/{stranger.enterprise}/assessments").headers["Location"]
    taken = mine.post(f"{started}/evidence", item=PERMIT, pick=address.rsplit("/", 1)[1])
    assert taken.status_code == 404


def test_a_reviewer_opens_what_was_submitted_in_the_district_and_changes_nothing(
    enter: Enter, manager: Person, shelf: str, assessment: str, door: Door
) -> None:
    browser = enter(manager)
    here = f"{assessment}/evidence"
    sent = upload(browser, here, ("许可证.pdf", papers.make_pdf()), item=PERMIT, is_script=True)
    assert sent.json is not None
    shown, other = f"/evidence/{sent.json['files'][0]['id']}", bring(browser, shelf, "未附.docx")
    district = Person(account=make_reviewer(door), enterprise="")
    elsewhere = Person(account=make_reviewer(door, "330109", "elsewhere@example.cn"), enterprise="")
    city = Person(account=make_reviewer(door, CITY, "city@example.cn"), enterprise="")
    assert enter(district).get(f"{shown}/file").status_code == 404
    submit(browser, assessment)
    for who in (district, city):
        reader = enter(who)
        page = reader.get(shown)
        assert page.status_code == 200 and "许可证" in page.text and "修改说明" not in page.text
        for path in ("/file", "/thumbnail", "/page?n=1"):
            assert reader.get(shown + path).status_code == 200, path
        assert reader.get(other).status_code == 404
        assert reader.post(shown, title="一", kind="other").status_code == 403
        assert reader.get(shelf).status_code == 403
    for path in ("", "/file", "/thumbnail", "/page?n=1"):
        assert enter(elsewhere).get(shown + path).status_code == 404, path
