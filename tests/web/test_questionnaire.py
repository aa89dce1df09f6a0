"""The questionnaire's pages by plain form post: what is typed is saved or shown again, never lost."""

import re

import pytest

from portal import words
from portal.actions import assessment as filing
from portal.actions.work import Door
from portal.core.answers import Answer, Chosen, Measured, Missing, NotApplicable, Practised
from portal.core.errors import Problem
from portal.core.numerals import read_decimal
from portal.core.questionnaire import Extent
from tests.cast import Person
from tests.make import COAL, HEAT, KILN, SNCR, make_answers, make_changes
from tests.web.browser import Browser, text_of
from tests.web.conftest import Enter


def answers(door: Door, who: Person, address: str) -> dict[str, Answer]:
    with door.reading() as work:
        one = filing.open_(work, who.account, address.rsplit("/", 1)[1])
        return {id: stored.answer for id, stored in one.answers.items()}


def shown(browser: Browser, address: str) -> dict[str, str]:
    """The form as the page offers it: its hidden revisions."""
    return dict(re.findall(r'name="([a-z_]+-rev)" value="([^"]*)"', text_of(browser.get(address))))


def test_every_section_opens(enter: Enter, manager: Person, assessment: str) -> None:
    browser = enter(manager)
    assert browser.get(assessment).headers["Location"] == f"{assessment}/sections/plant"
    for section in ("plant", "measures"):
        assert browser.get(f"{assessment}/sections/{section}").status_code == 200
    assert browser.get(f"{assessment}/sections/elsewhere").status_code == 404


def test_a_section_is_saved_without_scripts(
    door: Door, enter: Enter, manager: Person, assessment: str
) -> None:
    browser, path = enter(manager), f"{assessment}/sections/measures"
    sent = {"kiln_heat": "１０３．５", "sncr": "partial", "sncr-share": "40%", "waste_burning": "na",
            "waste_burning-reason": "没有回转窑"}  # fmt: skip
    assert browser.post(path, shown(browser, path) | sent).headers["Location"] == f"{path}?saved=1"
    found = answers(door, manager, assessment)
    assert str(found[HEAT].value) == "103.5"  # type: ignore[union-attr]
    assert found[SNCR] == Practised(Extent.PARTIAL, filing_decimal("40"))
    assert found["waste_burning"] == NotApplicable("没有回转窑")
    assert "已保存" in text_of(browser.get(f"{path}?saved=1"))


def filing_decimal(text: str):  # type: ignore[no-untyped-def]
    from decimal import Decimal

    return Decimal(text)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("NaN", "请填写数字"),
        ("Infinity", "请填写数字"),
        ("sNaN", "请填写数字"),
        ("1E+999999", "请填写数字"),
        ("12 t", "请填写数字"),
        ("1,23", "三位一组"),
        ("-5", "不能是负数"),
        ("9" * 400, "数字太大：整数部分最多 15 位"),
        ("9" * 16, "数字太大"),
        ("0.1234567", "小数太长"),
        ("<b>5", "请填写数字"),
    ],
)
def test_absurd_numbers_are_explained_and_kept(
    door: Door, enter: Enter, manager: Person, assessment: str, typed: str, says: str
) -> None:
    browser, path = enter(manager), f"{assessment}/sections/plant"
    answer = browser.post(path, {"coal": typed, "kiln": "kiln"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert says in page
    assert f'value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in page
    found = answers(door, manager, assessment)
    assert COAL not in found
    assert found[KILN] == Chosen(("kiln",))


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1,234.50", "1234.5"), ("１２３４", "1234"), ("007", "7"), (".5", "0.5"), (" 3 ", "3")],
)
def test_numbers_may_be_written_as_people_write_them(
    door: Door, enter: Enter, manager: Person, assessment: str, typed: str, value: str
) -> None:
    enter(manager).post(f"{assessment}/sections/plant", coal=typed)
    assert answers(door, manager, assessment)[COAL] == Measured(filing_decimal(value))


def test_a_unit_slip_is_warned_about_but_saved(
    door: Door, enter: Enter, manager: Person, assessment: str
) -> None:
    browser, path = enter(manager), f"{assessment}/sections/measures"
    assert browser.post(path, kiln_heat="103500").status_code == 302
    page = text_of(browser.get(path))
    assert "80–150 kgce/t" in page
    assert "十倍" in page
    assert HEAT in answers(door, manager, assessment)


def test_partial_asks_for_its_share_and_not_applicable_for_its_reason(
    enter: Enter, manager: Person, assessment: str
) -> None:
    page = text_of(enter(manager).post(f"{assessment}/sections/measures", sncr="partial", waste_burning="na"))
    assert "请填写覆盖比例" in page
    assert "请写明理由" in page


def test_what_one_did_not_touch_does_not_overwrite_a_colleague(
    door: Door, enter: Enter, manager: Person, colleague: Person, assessment: str
) -> None:
    mine, theirs, path = enter(manager), enter(colleague), f"{assessment}/sections/plant"
    mine.post(path, coal="100")
    page = shown(mine, path)
    theirs.post(path, coal="200")
    assert mine.post(path, page | {"coal": "100", "kiln": "mill"}).status_code == 302
    assert answers(door, manager, assessment)[COAL] == Measured(filing_decimal("200"))


def test_two_people_get_a_clear_choice(
    door: Door, enter: Enter, manager: Person, colleague: Person, assessment: str
) -> None:
    mine, theirs, path = enter(manager), enter(colleague), f"{assessment}/sections/plant"
    page = shown(mine, path)
    theirs.post(path, shown(theirs, path) | {"coal": "200"})
    answer = mine.post(path, page | {"coal": "100", "kiln": "kiln"})
    text = text_of(answer)
    assert answer.status_code == 409
    assert "赵示例" in text
    assert "采用对方的：200 t" in text
    assert 'value="100"' in text
    assert answers(door, manager, assessment)[COAL] == Measured(filing_decimal("200"))
    revision = re.search(r'name="coal-rev" value="(\d+)"', text)[1]
    mine.post(path, {"coal": "100", "coal-rev": revision, "coal-choice": "theirs"})
    assert answers(door, manager, assessment)[COAL] == Measured(filing_decimal("200"))
    mine.post(path, {"coal": "100", "coal-rev": revision, "coal-choice": "mine"})
    assert answers(door, manager, assessment)[COAL] == Measured(filing_decimal("100"))


def test_clearing_takes_an_answer_away(door: Door, enter: Enter, manager: Person, assessment: str) -> None:
    browser, path = enter(manager), f"{assessment}/sections/plant"
    browser.post(path, kiln="kiln")
    assert browser.post(path, kiln="kiln", clear="kiln").headers["Location"] == f"{path}#kiln"
    assert isinstance(answers(door, manager, assessment)[KILN], Missing)


def test_last_years_answers_are_confirmed_at_once_or_one_by_one(
    door: Door, enter: Enter, manager: Person
) -> None:
    with door.writing() as work:
        before = filing.start(work, manager.account, manager.enterprise, 2025)
        filing.keep(work, manager.account, before, make_changes(make_answers()))
    browser = enter(manager)
    address = browser.post(f"/enterprises/{manager.enterprise}/assessments").headers["Location"]
    path = f"{address}/sections/plant"
    page = text_of(browser.get(path))
    assert page.count("沿用上年填报的内容") == 3
    sent = shown(browser, path) | {"kiln": "kiln", "coal": "120,000", "permit": "yes"}
    browser.post(path, sent | {"coal-confirm": "1"})
    assert text_of(browser.get(path)).count("沿用上年填报的内容") == 2
    browser.post(path, shown(browser, path) | sent | {"confirm-all": "1"})
    assert "沿用上年填报的内容" not in text_of(browser.get(path))


def test_a_form_of_1500_fields_arrives(enter: Enter, manager: Person, assessment: str) -> None:
    many = {f"extra_{n}": "示例" * 20 for n in range(1500)}
    browser, path = enter(manager), f"{assessment}/sections/plant"
    assert browser.post(path, many | {"coal": "5"}).status_code == 302
    parts = browser.client.post(
        path, data=many | {"coal": "6", "csrf_token": browser.token}, content_type="multipart/form-data"
    )
    assert parts.status_code == 302


def test_a_body_without_end_is_refused(enter: Enter, manager: Person, assessment: str) -> None:
    answer = enter(manager).post(f"{assessment}/sections/plant", coal="9" * 5_000_000)
    assert answer.status_code == 413
    assert "内容太大" in text_of(answer)


def test_text_typed_before_the_sign_in_ran_out_is_saved_after_it(
    door: Door, enter: Enter, manager: Person, assessment: str
) -> None:
    from tests.cast import PASSWORD

    browser, path = enter(manager), f"{assessment}/sections/plant"
    page = shown(browser, path)
    browser.client.delete_cookie("sign_in")
    asked = browser.post(path, page | {"coal": "77"})
    assert asked.status_code == 401
    kept = re.search(r'name="held" value="([^"]*)"', text_of(asked))[1]
    from html import unescape

    resumed = browser.post("/sign-in", login=manager.mail, password=PASSWORD, next=path, held=unescape(kept))
    text = text_of(resumed)
    assert f'action="{path}"' in text
    assert 'name="coal" value="77"' in text
    fields = dict(re.findall(r'<input type="hidden" name="([a-z_-]+)" value="([^"]*)">', text))
    assert browser.post(path, fields).status_code == 302
    assert answers(door, manager, assessment)[COAL] == Measured(filing_decimal("77"))


def test_a_form_with_an_old_token_shows_its_text_again(
    enter: Enter, manager: Person, assessment: str
) -> None:
    browser, path = enter(manager), f"{assessment}/sections/plant"
    sent = {"coal": "88", "csrf_token": "old"}
    answer = browser.client.post(path, data=sent, headers={"Origin": "http://localhost"})
    assert answer.status_code == 400
    assert 'name="coal" value="88"' in text_of(answer)
    foreign = browser.client.post(path, data=sent, headers={"Origin": "http://elsewhere.example"})
    assert 'value="88"' not in text_of(foreign)


def test_when_both_cookies_are_gone_one_press_after_the_sign_in_saves_it(
    door: Door, enter: Enter, manager: Person, assessment: str
) -> None:
    from html import unescape

    from tests.cast import PASSWORD

    browser, path = enter(manager), f"{assessment}/sections/plant"
    sent = shown(browser, path) | {"coal": "77", "kiln": "mill", "permit": "no", "csrf_token": browser.token}
    fresh = Browser(browser.client.application)
    asked = fresh.client.post(path, data=sent, headers={"Origin": "http://localhost"})
    assert asked.status_code == 401
    assert "登录已过期" in text_of(asked)
    kept = unescape(re.search(r'name="held" value="([^"]*)"', text_of(asked))[1])
    resumed = text_of(fresh.post("/sign-in", login=manager.mail, password=PASSWORD, next=path, held=kept))
    shown_lines = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", resumed)
    assert shown_lines == [("生产线", "粉磨"), ("原煤", "77 t"), ("排污许可", "不满足")]
    fields = dict(re.findall(r'<input type="hidden" name="([a-z_-]+)" value="([^"]*)">', resumed))
    assert fresh.post(path, fields).status_code == 302
    assert answers(door, manager, assessment)[COAL] == Measured(filing_decimal("77"))


def test_what_was_typed_is_told_in_titles_as_typed(enter: Enter, manager: Person, assessment: str) -> None:
    browser, path = enter(manager), f"{assessment}/sections/measures"
    sent = {"kiln_heat": "约一百", "sncr": "partial", "sncr-share": "40", "waste_burning": "na"}
    answer = browser.client.post(
        path, data=sent | {"csrf_token": "old"}, headers={"Origin": "http://localhost"}
    )
    lines = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text_of(answer))
    assert lines == [("熟料综合煤耗", "约一百"), ("SNCR 脱硝", "部分实施（40%）"), ("协同处置", "不适用")]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,234,567.5", "1234567.5"),
        ("1 234 567", "1234567"),
        ("1\u2009234", "1234"),
        ("1\u00a0234\u00a0567.25", "1234567.25"),
        ("1\u202f234", "1234"),
        ("１，２３４", "1234"),
        ("12345", "12345"),
    ],
)
def test_thousands_may_be_separated(typed: str, value: str) -> None:
    assert read_decimal(typed) == filing_decimal(value)


@pytest.mark.parametrize("typed", ["1,2345", "12,34", "1 23", "1,234 567", "1234,567", "1,,234", "1.234,5"])
def test_separators_in_the_wrong_place_are_refused_with_the_reason(typed: str) -> None:
    assert read_decimal(typed) == "bad_grouping"
    assert "三位一组" in words.problem(Problem(place="", code="bad_grouping"))


def test_doubtful_values_are_confirmed_on_the_check_page(
    door: Door, enter: Enter, manager: Person, assessment: str
) -> None:
    browser = enter(manager)
    browser.post(f"{assessment}/sections/measures", {"kiln_heat": "10350", "sncr": "full"})
    page = text_of(browser.get(f"{assessment}/check"))
    assert "数值确认无误" in page and "10,350 kgce/t" in page
    refused = browser.post(f"{assessment}/submit")
    assert refused.status_code == 409
    assert "勾选“数值确认无误”后才能提交" in text_of(refused)
    assert browser.post(f"{assessment}/submit", confirmed="kiln_heat:1").status_code == 409
    assert browser.post(f"{assessment}/submit", confirmed="kiln_heat:10350").status_code == 302
