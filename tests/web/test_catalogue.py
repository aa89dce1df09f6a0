"""The public pages: home, catalogue, sources, health, errors."""

from datetime import date
from decimal import Decimal

import pytest

from portal.actions import assessment, enterprise
from portal.actions.work import Door, new_id
from portal.core.planning import Entry, MeasureState
from portal.storage import measure
from tests.cast import Person
from tests.make import make_profile
from tests.web.browser import text_of
from tests.web.conftest import Enter


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/technologies",
        "/technologies/precise_sncr",
        "/sources",
        "/check",
        "/sign-in",
        "/register",
        "/forgot-password",
    ],
)
def test_anybody_may_open(enter: Enter, path: str) -> None:
    assert enter(None).get(path).status_code == 200


def test_the_catalogue_filters_and_searches(enter: Enter) -> None:
    browser = enter(None)
    for query, count in (("", 1), ("words=氮氧化物", 1), ("words=不存在", 0), ("sector=cement&column=clean&cost=low", 1),
                         ("cost=high", 0), ("column=nonsense&page=nonsense", 1), ("page=99999999999", 1)):  # fmt: skip
        assert f"共 {count} 项" in text_of(browser.get(f"/technologies?{query}")), query


def test_what_five_plants_realised_stands_on_the_card_and_four_do_not(
    door: Door, enter: Enter, manager: Person
) -> None:
    told = []
    for number in range(5):
        with door.writing() as work:
            id, _ = enterprise.create(work, manager.account, make_profile(name=f"示例{number}有限公司"))
            assert id is not None
            done = Entry(
                state=MeasureState.DONE,
                finished_on=date(2026, 1, number + 1),
                spent=Decimal(20 + number),
                saving=Decimal(10),
            )
            measure.add(
                work.session,
                new_id(),
                enterprise_id=id,
                assessment_id=assessment.start(work, manager.account, id, 2026),
                technology="precise_sncr",
                carrier="",
                entry=done,
                by=manager.account.id,
                now=work.now,
            )
        told.append(text_of(enter(None).get("/technologies/precise_sncr")))
    assert ["本市实绩" in page for page in told] == [False, False, False, False, True]
    assert "22 万元（21–23 万元，5 家企业）" in told[4]
    assert "2.2 年（2.1–2.3 年，5 家企业）" in told[4]


def test_the_documents_filter_and_search(enter: Enter) -> None:
    browser = enter(None)
    for query, count in (("", 1), ("words=示例", 1), ("words=不存在", 0), ("sector=cement&read=original", 1),
                         ("read=unverified", 0), ("read=nonsense&page=nonsense", 1), ("status=nonsense", 0)):  # fmt: skip
        assert f"共 {count} 份" in text_of(browser.get(f"/sources?{query}")), query


def test_health_says_that_the_database_answers(enter: Enter) -> None:
    assert enter(None).get("/health").get_json()["status"] == "ok"


def test_an_unknown_address_is_a_chinese_page(enter: Enter, manager: Person) -> None:
    for who in (None, manager):
        answer = enter(who).get("/nowhere")
        assert answer.status_code == 404
        assert "没有找到这一页" in text_of(answer)
    assert enter(None).get("/technologies/unknown").status_code == 404
    assert enter(None).get("/sign-out").status_code == 405


def test_files_are_served_under_an_address_that_changes_with_them(enter: Enter) -> None:
    browser = enter(None)
    page = text_of(browser.get("/"))
    path = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    packed = browser.client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "immutable" in packed.headers["Cache-Control"]
    assert len(packed.data) < 60_000
    assert browser.client.get("/assets/old/theme.css").headers["Cache-Control"] == "no-cache"
    assert browser.client.get("/assets/old/nothing.css").status_code == 404
