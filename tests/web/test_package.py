"""The application package in pages: who may order and fetch it, what it holds, how it is verified and revoked."""

import io
import re
import zipfile

import pypdfium2
import pytest
from sqlalchemy import event

from portal.actions import package, report
from portal.actions.work import Door, NotFound
from portal.core import package as rules
from portal.core.printing import Job
from portal.core.roles import CITY
from portal.report import parcel
from portal.report.press import print_here
from portal.storage.files import CONTENT, open_store
from portal.storage.tables import EvidenceRow
from tests import papers
from tests.cast import Person, make_consultant, make_reviewer
from tests.exhibits import make_ledger, make_pages
from tests.make import PERMIT, SNCR
from tests.web.browser import Browser, text_of
from tests.web.conftest import Enter
from tests.web.test_evidence import submit, upload
from tests.web.test_mandate import _revoke as take_back
from tests.web.test_mandate import grant


@pytest.fixture
def submitted(enter: Enter, manager: Person, assessment: str) -> str:
    """The address of a submitted self-check with three files, of which one is a table."""
    browser = enter(manager)
    permit = ("排污许可证.pdf", make_pages("F00", 2))
    upload(browser, f"{assessment}/evidence", permit, ("现场.jpg", papers.make_photo()), item=PERMIT)
    upload(browser, f"{assessment}/evidence", ("氨水台账.xlsx", make_ledger("F09", 2)), item=SNCR)
    submit(browser, assessment)
    return assessment


def drop(browser: Browser, content: bytes) -> str:
    """What the public page says of a file, which may be large: of such a body the client makes a file of its own."""
    sent = {"csrf_token": browser.token, "file": (io.BytesIO(content), "文件.pdf")}
    answer = browser.client.post("/verify", data=sent, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()
    return text_of(answer)


def order(browser: Browser, address: str, **fields: str) -> str:
    """Order a package; the address of the paper."""
    answer = browser.post(f"{address}/package", **fields)
    assert answer.status_code == 302, text_of(answer)
    return str(answer.headers["Location"])


def claimed(door: Door) -> Job:
    with door.writing() as work:
        job = report.claim(work, "here:1")
    assert job is not None
    return job


def pack(door: Door) -> None:
    """What the worker does, in this process."""
    job = claimed(door)
    folder = door.settings.report_folder
    folder.mkdir(parents=True, exist_ok=True)
    with door.reading() as work:
        document = report.compose_job(work, job)
    with package.gathered(door.settings, document) as whole:
        print_here(whole, folder / ".draft.zip", lambda percent, step: None)
    with door.writing() as work:
        assert report.finish(work, job, folder / ".draft.zip")


def test_a_manager_orders_the_package_fetches_it_and_every_file_in_it_is_verified(
    door: Door, enter: Enter, manager: Person, submitted: str
) -> None:
    mine = enter(manager)
    assert f'href="{submitted}/package"' in text_of(mine.get(f"{submitted}/result"))
    page = text_of(mine.get(f"{submitted}/package"))
    for told in ("3 件", "4 页", "氨水台账", "示例框架", "生成申报包"):
        assert told in page
    paper = order(mine, submitted)
    assert "证明材料多时要几分钟" in text_of(mine.get(paper))
    assert order(mine, submitted) == paper  # the same is packed once
    pack(door)

    done = text_of(mine.get(paper))
    assert "下载申报包（ZIP）" in done and f'href="{submitted}/package"' in done
    file = mine.get(f"{paper}/file")
    assert file.mimetype == "application/zip"
    assert "_%E7%94%B3%E6%8A%A5%E5%8C%85_HZ20" in file.headers["Content-Disposition"]
    content = file.data
    file.close()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert {*parcel.MADE, parcel.INDEX, "原件/附件3_氨水台账.xlsx"} == set(inside)
    assert paper in text_of(mine.get(f"{submitted}/package"))
    with pypdfium2.PdfDocument(inside[parcel.VOLUME]) as volume:
        assert "F09 P2" in volume[len(volume) - 1].get_textpage().get_text_range()  # the table's second sheet
    assert f'href="{paper}/file">下载申报包' in text_of(mine.get(f"{submitted}/result"))

    nobody = enter(None)
    for name in (parcel.REPORT, parcel.VOLUME):
        told = drop(nobody, inside[name])
        assert "文件未被改动" in told and f"申报包里的“{name}”" in told and "示例水泥有限公司" in told
    assert "不是本门户登记的文件" in drop(nobody, inside[parcel.REPORT][:-1] + b" ")
    assert "不是本门户登记的文件" in drop(nobody, inside["原件/附件3_氨水台账.xlsx"])  # theirs, not ours

    assert mine.post(f"{paper}/revoke", why="法定代表人变更").status_code == 302
    assert mine.get(f"{paper}/file").status_code == 404
    assert "已撤销" in drop(nobody, inside[parcel.VOLUME])
    number = re.search(r"/check/HZ[0-9A-Z-]+", drop(nobody, inside[parcel.VOLUME]))
    assert number is not None
    assert re.search("已撤销的申报包.*法定代表人变更", text_of(nobody.get(number[0])), re.DOTALL)
    assert "下载申报包" not in text_of(mine.get(f"{submitted}/result"))
    assert "已撤销" in text_of(mine.get(f"{submitted}/package"))
    assert order(mine, submitted) != paper


def test_a_draft_has_no_package(enter: Enter, manager: Person, assessment: str) -> None:
    mine = enter(manager)
    assert f"{assessment}/package" not in text_of(mine.get(f"{assessment}/result"))
    assert mine.get(f"{assessment}/package").status_code == 404
    assert mine.post(f"{assessment}/package").status_code == 404


def test_a_frame_that_is_not_there_is_404(enter: Enter, manager: Person, submitted: str) -> None:
    assert enter(manager).post(f"{submitted}/package", frame="other").status_code == 404


def test_strangers_and_bureaus_get_none(
    door: Door, enter: Enter, manager: Person, stranger: Person, submitted: str
) -> None:
    paper = order(enter(manager), submitted)
    other = enter(stranger)
    for path in (f"{submitted}/package", paper, f"{paper}/state", f"{paper}/file"):
        assert other.get(path).status_code == 404, path
    assert other.post(f"{submitted}/package").status_code == 404
    city = enter(Person(account=make_reviewer(door, CITY), enterprise=""))
    assert city.get(f"{submitted}/package").status_code == 403
    for path in (paper, f"{paper}/state", f"{paper}/file"):
        assert city.get(path).status_code == 404, path
    assert city.post(f"{paper}/revoke", why="x").status_code == 404


def test_a_consultant_packs_while_the_mandate_lasts(
    door: Door, enter: Enter, manager: Person, submitted: str
) -> None:
    consultant = make_consultant(door)
    mine, theirs = enter(manager), enter(consultant)
    grant(mine, manager.enterprise, consultant.mail, "read")
    assert theirs.get(f"{submitted}/package").status_code == 404
    take_back(mine, manager.enterprise)
    grant(mine, manager.enterprise, consultant.mail, "read", "print")
    assert theirs.get(f"{submitted}/package").status_code == 200
    paper = order(theirs, submitted)
    assert theirs.get(paper).status_code == 200
    take_back(mine, manager.enterprise)
    for path in (f"{submitted}/package", paper, f"{paper}/state", f"{paper}/file"):
        assert theirs.get(path).status_code == 404, path
    # What waits in the queue stops too: nobody may have it any more.
    job = claimed(door)
    with door.reading() as work, pytest.raises(NotFound):
        report.compose_job(work, job)
    with door.writing() as work:
        report.fail(work, job, "NotFound: ")
    assert order(mine, submitted) == paper  # the enterprise's own wish starts it again


def test_too_much_evidence_is_told_before_anything_is_ordered(
    enter: Enter, manager: Person, submitted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_PAGES", 3)
    mine = enter(manager)
    assert "证明材料太多" in text_of(mine.get(f"{submitted}/package"))
    refused = mine.post(f"{submitted}/package")
    assert refused.status_code == 400
    assert "生成申报包" not in text_of(refused)


def test_a_file_that_left_the_store_is_named_and_the_package_is_made(
    door: Door, enter: Enter, manager: Person, submitted: str
) -> None:
    with door.reading() as work:
        rows = work.session.query(EvidenceRow).order_by(EvidenceRow.title).all()
        keys = [row.store_key for row in rows if row.title == "现场"]
    open_store(door.settings).remove([f"{key}/{CONTENT}" for key in keys])
    order(enter(manager), submitted)
    job = claimed(door)
    with door.reading() as work:
        document = report.compose_job(work, job)
    assert isinstance(document, parcel.Package)
    door.settings.report_folder.mkdir(parents=True, exist_ok=True)
    with package.gathered(door.settings, document) as whole:
        assert isinstance(whole, parcel.Package)
        assert len(whole.files) == 2
        assert all(path.is_file() for path in whole.files.values())
    assert not any(path.is_file() for path in whole.files.values())


def test_files_that_expire_before_the_year_ends_are_told(
    enter: Enter, manager: Person, assessment: str
) -> None:
    mine = enter(manager)
    permit = ("旧许可证.pdf", papers.make_pdf())
    upload(mine, f"{assessment}/evidence", permit, item=PERMIT, valid_until="2020-01-01")
    submit(mine, assessment)
    page = text_of(mine.get(f"{assessment}/package"))
    assert "已过期" in page and "旧许可证" in page


def test_the_page_takes_few_statements_however_many_files(
    door: Door, enter: Enter, manager: Person, submitted: str
) -> None:
    mine = enter(manager)
    for frame in ("", "frame"):
        order(mine, submitted, **({"frame": frame} if frame else {}))
    statements: list[str] = []
    event.listen(
        door.database._reading, "before_cursor_execute", lambda *given: statements.append(str(given[2]))
    )
    assert mine.get(f"{submitted}/package").status_code == 200
    assert len([one for one in statements if one.lstrip().startswith("SELECT")]) <= 12
