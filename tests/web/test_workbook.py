"""离线填报: out with the answers, in cell by cell; two departments merge, a colleague's answer is not overwritten."""

import io
import re
from decimal import Decimal

import pytest
from xlsxwriter import Workbook

from portal.actions import assessment as filing
from portal.actions.work import Door
from portal.core.answers import Answer, Declared, Measured, Practised
from portal.core.filing import Change
from portal.core.questionnaire import Extent, ItemId
from portal.report import workbook as written
from tests.cast import Person
from tests.make import COAL, PERMIT, SNCR, make_answers, make_changes
from tests.web.browser import Browser, text_of
from tests.web.conftest import Enter


@pytest.fixture
def filled(door: Door, manager: Person, assessment: str) -> str:
    with door.writing() as work:
        filing.keep(work, manager.account, assessment.rsplit("/", 1)[1], make_changes(make_answers()))
    return assessment


def _workbook(door: Door, manager: Person, address: str, **answers: Answer) -> bytes:
    """The workbook of the self-check in which a person typed other answers; its stamp is as it was exported."""
    with door.reading() as work:
        one = filing.open_(work, manager.account, address.rsplit("/", 1)[1])
        base, typed = dict(one.given), dict(one.given) | {ItemId(k): v for k, v in answers.items()}
        origin = written.Origin(assessment=one.id, enterprise="示例", year=str(one.year))
        stamp = written._stamp
        try:
            written._stamp = lambda page, asked, _, *rest: stamp(page, asked, base, *rest)  # type: ignore[assignment]
            return written.write(one.questionnaire, work.library, typed, origin, at=work.now)
        finally:
            written._stamp = stamp


def _upload(browser: Browser, address: str, content: bytes) -> tuple[int, str]:
    answer = browser.post(f"{address}/workbook", {"file": (io.BytesIO(content), "表.xlsx")})
    return answer.status_code, text_of(answer)


def _fields(page: str, *take: str) -> dict[str, object]:
    found = dict(re.findall(r'name="((?:answer|rev)-[^"]+)" value="([^"]*)"', page))
    return {name: value.replace("&#34;", '"') for name, value in found.items()} | {"take": list(take)}


def _stored(door: Door, manager: Person, address: str) -> dict[ItemId, Answer]:
    with door.reading() as work:
        return dict(filing.open_(work, manager.account, address.rsplit("/", 1)[1]).given)


def test_what_comes_back_unchanged_changes_nothing(enter: Enter, manager: Person, filled: str) -> None:
    browser = enter(manager)
    assert "离线填报" in text_of(browser.get(f"{filled}/workbook"))
    out = browser.get(f"{filled}/workbook.xlsx")
    assert out.headers["Content-Disposition"].startswith("attachment")
    assert _upload(browser, filled, out.get_data())[0] == 200
    assert "没有需要写入的改动" in _upload(browser, filled, out.get_data())[1]
    blank = browser.get(f"{filled}/workbook/blank.xlsx").get_data()
    assert "没有需要写入的改动" in _upload(browser, filled, blank)[1]


def test_chosen_cells_are_written_and_no_others(
    door: Door, enter: Enter, manager: Person, filled: str
) -> None:
    browser = enter(manager)
    content = _workbook(door, manager, filled, coal=Measured(Decimal("4321")), permit=Declared(False))
    status, page = _upload(browser, filled, content)
    assert status == 200 and "第1节!D" in page and "4,321" in page
    answer = browser.post(f"{filled}/workbook/apply", _fields(page, COAL))
    assert answer.status_code == 302
    assert "已导入 1 项" in text_of(browser.get(answer.headers["Location"]))
    kept = _stored(door, manager, filled)
    assert kept[COAL] == Measured(Decimal(4321)) and kept[PERMIT] == make_answers()[PERMIT]
    assert browser.post(f"{filled}/workbook/apply", _fields(page)).headers["Location"].endswith("applied=0")


def test_two_departments_merge_and_the_same_cell_is_a_conflict(
    door: Door, enter: Enter, manager: Person, filled: str
) -> None:
    browser = enter(manager)
    first = _workbook(door, manager, filled, coal=Measured(Decimal(1111)))
    second = _workbook(door, manager, filled, coal=Measured(Decimal(2222)), sncr=Practised(Extent.NONE))
    page = _upload(browser, filled, first)[1]
    assert browser.post(f"{filled}/workbook/apply", _fields(page, COAL)).status_code == 302
    page = _upload(browser, filled, second)[1]
    assert "两边都改过，请选择" in page
    assert re.findall(r'name="take" value="(\w+)"( checked)?', page) == [(COAL, ""), (SNCR, " checked")]
    assert browser.post(f"{filled}/workbook/apply", _fields(page, SNCR)).status_code == 302
    kept = _stored(door, manager, filled)
    assert kept[COAL] == Measured(Decimal(1111)) and kept[SNCR] == Practised(Extent.NONE)


def test_what_was_saved_since_it_was_shown_stops_everything(
    door: Door, enter: Enter, manager: Person, filled: str
) -> None:
    browser = enter(manager)
    content = _workbook(door, manager, filled, coal=Measured(Decimal(7)), sncr=Practised(Extent.NONE))
    page = _upload(browser, filled, content)[1]
    with door.writing() as work:
        change = Change(COAL, Measured(Decimal(5)), None)
        filing.keep(work, manager.account, filled.rsplit("/", 1)[1], [change])
    answer = browser.post(f"{filled}/workbook/apply", _fields(page, COAL, SNCR))
    assert answer.status_code == 409
    assert _stored(door, manager, filled)[SNCR] == make_answers()[SNCR]


def test_a_wrong_file_is_refused_with_the_reason(enter: Enter, manager: Person, filled: str) -> None:
    browser = enter(manager)
    stream = io.BytesIO()
    book = Workbook(stream)
    book.add_worksheet("表")
    book.close()
    for content, said in (
        (stream.getvalue(), "不是本系统导出的离线填报表"),
        (b"PK\x03\x04 broken", "文件打不开"),
        (b"%PDF-1.7", "不是 Excel 工作簿"),
    ):
        status, page = _upload(browser, filled, content)
        assert status == 422 and said in page, said
    assert browser.post(f"{filled}/workbook").status_code == 422


def test_a_forged_answer_and_a_strangers_self_check_are_refused(
    enter: Enter, manager: Person, stranger: Person, filled: str
) -> None:
    browser = enter(manager)
    bad = {"take": COAL, f"answer-{COAL}": '{"kind":"measured","value":"-1"}', f"rev-{COAL}": "1"}
    assert browser.post(f"{filled}/workbook/apply", bad).status_code == 422
    assert browser.post(f"{filled}/workbook/apply", {"take": COAL, f"answer-{COAL}": "{"}).status_code == 400
    assert enter(stranger).get(f"{filled}/workbook.xlsx").status_code == 404


def test_the_blank_form_is_printed_once(enter: Enter, manager: Person, stranger: Person, filled: str) -> None:
    browser = enter(manager)
    first = browser.post(f"{filled}/workbook/blank").headers["Location"]
    assert browser.post(f"{filled}/workbook/blank").headers["Location"] == first
    assert "空白填报表" in text_of(browser.get(first))
    other = enter(stranger)
    assert other.get(first).status_code == 404
    assert other.post(f"{filled}/workbook/blank").status_code == 404
