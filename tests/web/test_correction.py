"""The plant's pages of a review: what was sent back, replies, rounds, the verified score, objections, the papers."""

import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from docx import Document
from werkzeug.test import TestResponse

from portal.actions import assessment, decision, judging, review
from portal.actions import work as door_of_work
from portal.actions.judging import Judgement
from portal.actions.work import Door
from portal.core.answers import Practised
from portal.core.campaign import local_day
from portal.core.questionnaire import Extent, ItemId
from portal.core.review import Reason, VerdictKind
from portal.core.roles import CITY, Account
from portal.storage import review as stored
from tests.cast import Person, make_reviewer
from tests.make import HEAT, SNCR, WASTE, make_answers, make_changes
from tests.web.browser import Browser, text_of
from tests.web.conftest import Enter

DRAFT = "内部草稿不外传"


@pytest.fixture
def district(door: Door) -> Account:
    return make_reviewer(door)


@pytest.fixture
def city(door: Door) -> Account:
    return make_reviewer(door, CITY, "city@example.cn")


def revision(door: Door, id: str) -> int:
    with door.reading() as work:
        case = stored.find(work.session, id)
    assert case is not None
    return case.revision


def say(door: Door, who: Account, id: str, item: ItemId, kind: VerdictKind, **more: object) -> None:
    with door.writing() as work:
        own = review.open_(work, who, id).own.get(item)
        said = Judgement(item=item, kind=kind, seen=own.at.isoformat() if own else "", **more)  # type: ignore[arg-type]
        assert judging.judge(work, who, id, said) == ()


@pytest.fixture
def returned(door: Door, manager: Person, assessment_id: str, district: Account) -> str:
    """The address of a self-check of which two items were sent back, while another is lowered in a draft."""
    id = assessment_id
    with door.writing() as work:
        review.take(work, district, id)
    say(
        door,
        district,
        id,
        SNCR,
        VerdictKind.RETURNED,
        comment="请补充运行记录 <2026>",
        reason=Reason.NO_EVIDENCE,
    )
    say(door, district, id, HEAT, VerdictKind.RETURNED, comment="与台账不符", reason=Reason.WRONG_FIGURE)
    say(
        door, district, id, WASTE, VerdictKind.LOWERED,
        counted=Practised(Extent.NONE), reason=Reason.NOT_IN_PLACE, comment=DRAFT,
    )  # fmt: skip
    with door.writing() as work:
        decision.send_for_correction(work, district, id, revision(door, id), remark="请逐项补正")
    return f"/assessments/{id}"


@pytest.fixture
def assessment_id(door: Door, manager: Person) -> str:
    """The manager's submission."""
    with door.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2026)
        assessment.keep(work, manager.account, id, make_changes(make_answers()))
        assessment.submit(work, manager.account, id)
    return id


def confirm(door: Door, district: Account, city: Account, id: str) -> None:
    with door.writing() as work:
        judging.confirm_rest(work, district, id, revision(door, id))
    with door.reading() as work:
        left = review.open_(work, district, id).left
    for item in left:
        say(door, district, id, item, VerdictKind.CONFIRMED)
    with door.writing() as work:
        assert decision.forward(work, district, id, revision(door, id), "同意上报") == ()
    with door.writing() as work:
        review.take(work, city, id)
    with door.writing() as work:
        assert decision.confirm(work, city, id, revision(door, id), "同意核定") == ()


def correct(browser: Browser, address: str, **fields: str) -> TestResponse:
    """Answer both items by the plain form and submit."""
    page = text_of(browser.get(f"{address}/correction"))
    rev = re.search(r'name="kiln_heat-rev" value="([^"]+)"', page)
    assert rev
    sent = {
        "go": "resubmit", "round": "1", "kiln_heat": "107", "kiln_heat-rev": rev[1],
        "sncr-reply": "运行记录已补充", "sncr-reply-seen": "",
    }  # fmt: skip
    return browser.post(f"{address}/correction", sent | fields)


def test_the_page_lists_only_what_was_sent_back(enter: Enter, manager: Person, returned: str) -> None:
    browser = enter(manager)
    page = text_of(browser.get(f"{returned}/correction"))
    assert re.findall(r'data-item="(\w+)"', page) == ["kiln_heat", "sncr"]
    for words in ("与台账不符", "请补充运行记录 &lt;2026&gt;", "请逐项补正", "缺少佐证", "0</strong>/2 项"):
        assert words in page
    assert DRAFT not in page
    for place in ("/desk", f"{returned}/result", f"{returned}/sections/measures"):
        shown = text_of(browser.get(place))
        assert "2 项需要补正" in shown
        assert DRAFT not in shown


def test_the_sections_open_only_what_was_sent_back(enter: Enter, manager: Person, returned: str) -> None:
    browser = enter(manager)
    page = text_of(browser.get(f"{returned}/sections/measures"))
    boxes = dict(re.findall(r'data-item="(\w+)".*?<fieldset[^>]*?( disabled)?>', page, re.DOTALL))
    assert boxes == {"kiln_heat": "", "sncr": "", "waste_burning": " disabled"}
    assert "与台账不符" in page
    refused = browser.save(returned, [{"item": "waste_burning", "value": "none", "revision": 1}]).get_json()
    assert refused["problems"] == {"waste_burning": ["这一项没有要求补正，不能再修改"]}


def test_nothing_typed_is_lost_when_an_answer_lacks(enter: Enter, manager: Person, returned: str) -> None:
    browser = enter(manager)
    answer = browser.post(
        f"{returned}/correction",
        {"go": "resubmit", "round": "1", "sncr-reply": "已补充", "sncr-reply-seen": ""},
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert "熟料综合煤耗</a>：还没有答复" in page
    assert ">已补充</textarea>" in page
    assert "1</strong>/2 项" in page


def test_correcting_by_the_plain_form(
    door: Door, enter: Enter, manager: Person, returned: str, district: Account
) -> None:
    browser = enter(manager)
    again = {"go": "resubmit", "round": "1"}
    for answer in (correct(browser, returned), browser.post(f"{returned}/correction", again)):
        assert answer.headers["Location"] == f"{returned}/result?resubmitted=1"
    page = text_of(browser.get(f"{returned}/result?resubmitted=1"))
    assert "第 2 次提交" in page
    assert "初审中" in page
    first, second = (browser.get(f"{returned}/submissions/{one}/receipt.json").get_json() for one in (1, 2))
    assert first != second
    assert browser.get(f"{returned}/submissions/3/receipt.json").status_code == 404
    assert browser.get(f"{returned}/correction").headers["Location"] == f"{returned}/result"


def test_a_reply_saves_itself_and_tells_of_a_colleague(
    enter: Enter, manager: Person, colleague: Person, returned: str
) -> None:
    mine, theirs = enter(manager), enter(colleague)

    def send(browser: Browser, text: str, seen: str) -> TestResponse:
        return browser.client.post(
            f"{returned}/replies",
            json={"item": "sncr", "text": text, "seen": seen},
            headers={"X-CSRFToken": browser.token, "Accept": "application/json"},
        )

    first = send(mine, "我的说明", "")
    assert first.get_json()["answered"] == ["sncr"]
    assert ">我的说明</textarea>" in text_of(mine.get(f"{returned}/correction"))
    conflict = send(theirs, "同事的说明", "")
    assert conflict.status_code == 409
    assert conflict.get_json()["theirs"]["text"] == "我的说明"
    assert send(theirs, "同事的说明", conflict.get_json()["seen"]).status_code == 200
    assert send(mine, "字" * 1001, "").status_code == 422
    form = mine.post(f"{returned}/correction", {"sncr-reply": "另一份", "sncr-reply-seen": "", "round": "1"})
    assert form.status_code == 409
    assert "同事的说明" in text_of(form)
    assert ">另一份</textarea>" in text_of(form)


def test_what_comes_after_somebody_was_faster_is_shown_again(
    enter: Enter, manager: Person, colleague: Person, returned: str
) -> None:
    correct(enter(manager), returned)
    late = enter(colleague).post(
        f"{returned}/correction", {"go": "stay", "round": "1", "sncr-reply": "我写了很久"}
    )
    assert late.status_code == 409
    assert "我写了很久" in text_of(late)


def test_more_time_is_asked_for_once(enter: Enter, manager: Person, returned: str) -> None:
    browser = enter(manager)
    assert browser.post(f"{returned}/extension", {"round": "1", "extension": ""}).status_code == 422
    assert browser.post(f"{returned}/extension", {"round": "1", "extension": "检测未完"}).status_code == 302
    page = text_of(browser.get(f"{returned}/correction"))
    assert "检测未完" in page
    assert "申请延期（每轮一次）" not in page


def test_both_scores_stand_side_by_side_and_an_objection_goes_once(
    door: Door, enter: Enter, manager: Person, returned: str, district: Account, city: Account
) -> None:
    browser, id = enter(manager), returned.rsplit("/", 1)[1]
    correct(browser, returned)
    assert browser.get(f"{returned}/objection").status_code == 404
    confirm(door, district, city, id)
    page = text_of(browser.get(f"{returned}/result"))
    for words in ("核定得分", "核减的条目", DRAFT, "同意上报", "同意核定", "提出异议"):
        assert words in page
    number = re.search(r"/check/(HZ[0-9A-Z-]+)", page)
    assert number
    public = text_of(enter(None).get(f"/check/{number[1]}"))
    assert "核定得分" in public
    assert "第 2 次提交" in public
    assert DRAFT not in public
    assert browser.post(f"{returned}/objection", {"go": "send"}).status_code == 422
    sent = {"go": "send", "waste_burning-objection": "现场一直运行", "waste_burning-objection-seen": ""}
    assert browser.post(f"{returned}/objection", sent).status_code == 302
    assert browser.post(f"{returned}/objection", sent).status_code == 302
    page = text_of(browser.get(f"{returned}/objection"))
    assert "现场一直运行" in page
    assert "textarea" not in page
    assert "异议处理中" in text_of(browser.get("/desk"))


def test_the_plant_reads_how_its_objection_was_answered(
    door: Door, enter: Enter, manager: Person, returned: str, district: Account, city: Account
) -> None:
    browser, id = enter(manager), returned.rsplit("/", 1)[1]
    correct(browser, returned)
    confirm(door, district, city, id)
    browser.post(
        f"{returned}/objection",
        {"go": "send", "waste_burning-objection": "现场一直运行", "waste_burning-objection-seen": ""},
    )
    counted = Practised(Extent.PARTIAL, share=Decimal(40))
    ruling = decision.Ruling(item=WASTE, is_granted=True, counted=counted, answer="记录支持四成")
    with door.writing() as work:
        assert decision.decide(work, city, id, revision(door, id), [ruling], "按现场核查结论办理") == ()
        day = str(local_day(work.now))
    page = text_of(browser.get(f"{returned}/objection"))
    beside = page[page.index('id="waste_burning"') :]
    for said in ("部分采纳", "40", "记录支持四成", "杭州市主管部门", day):
        assert said in beside
    assert "按现场核查结论办理" in page
    page = text_of(browser.get(f"{returned}/result"))
    part = page[page.index('id="verified"') :]
    for said in ("部分采纳，核定为", "：记录支持四成", "答复异议：按现场核查结论办理"):
        assert said in part
    section = re.search(r'href="(/assessments/[^"]+/sections/[^"]+)#waste_burning"', part)
    assert section is not None
    page = text_of(browser.get(section[1]))
    beside = page[: page.index('id="waste_burning"')]
    for said in ("核减", "核定为", "部分采纳", "记录支持四成"):
        assert said in beside
    assert "按现场核查结论办理" in words_of(browser.get(f"{returned}/papers/opinion/word"))


def words_of(answer: TestResponse) -> str:
    """All text of a Word file."""
    document = Document(BytesIO(answer.get_data()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([one.text for one in document.paragraphs] + cells)


def test_the_papers_go_to_those_concerned_once_they_are_issued(
    door: Door,
    enter: Enter,
    manager: Person,
    stranger: Person,
    returned: str,
    district: Account,
    city: Account,
) -> None:
    browser = enter(manager)
    notice = browser.get(f"{returned}/papers/notice-1/word")
    text = words_of(notice)
    for words in ("示例水泥有限公司", "请补充运行记录 <2026>", "缺少佐证", "请逐项补正", "富阳区主管部门"):
        assert words in text
    assert "{" not in text
    assert DRAFT not in text
    for name in ("notice-2", "notice-0", "opinion", "..%2Fx"):
        assert browser.get(f"{returned}/papers/{name}/word").status_code == 404
    correct(browser, returned)
    confirm(door, district, city, returned.rsplit("/", 1)[1])
    text = words_of(browser.get(f"{returned}/papers/opinion/word"))
    for words in ("同意上报", "同意核定", DRAFT, "核减的条目（1 项）"):
        assert words in text
    other = make_reviewer(door, "330182", "other@example.cn")
    for who, code in (
        (Person(account=district, enterprise=""), 200),
        (Person(account=city, enterprise=""), 200),
        (Person(account=other, enterprise=""), 404),
        (stranger, 404),
    ):
        visitor = enter(who)
        assert visitor.get(f"{returned}/papers/opinion/word").status_code == code
        asked = visitor.post(f"{returned}/papers/opinion")
        assert asked.status_code == (302 if code == 200 else 404)
        if code == 200:
            assert "审核意见表" in text_of(visitor.get(asked.headers["Location"]))


def test_a_bureau_replaces_a_template(door: Door, enter: Enter, manager: Person, returned: str) -> None:
    folder = door.settings.data_folder / "papers"
    folder.mkdir()
    own = Document()
    own.add_paragraph("本局格式：{{ enterprise }}，{{ unknown }}，{{ ''.__class__ }}")
    own.save(str(folder / "notice.docx"))
    text = words_of(enter(manager).get(f"{returned}/papers/notice-1/word"))
    assert "本局格式：示例水泥有限公司" in text
    assert "class 'str'" not in text


def test_a_correction_is_refused_after_the_deadline(
    door: Door, enter: Enter, manager: Person, returned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = door_of_work._now
    browser = enter(manager)
    monkeypatch.setattr(door_of_work, "_now", lambda: real() + timedelta(days=11))
    browser = enter(manager)
    page = text_of(browser.get(f"{returned}/correction"))
    assert "补正期限已于" in page
    assert "textarea" not in page
    answer = browser.post(f"{returned}/correction", {"go": "stay", "round": "1", "sncr-reply": "迟到的话"})
    assert answer.status_code == 409
    assert "迟到的话" in text_of(answer)
    assert "补正期限已于" in text_of(browser.get("/desk"))
