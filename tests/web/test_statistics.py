"""The bureau's statistics: its own district in full, the city's sums, and never a group under five."""

import re
from urllib.parse import unquote

import pytest

from portal.actions.work import Door
from portal.core.roles import CITY
from tests.cast import Person, make_reviewer
from tests.crowd import DISTRICT, OTHER, make_crowd
from tests.web.browser import text_of
from tests.web.conftest import Enter

PAGES = ("/statistics", "/statistics/list", "/statistics/list.xlsx", "/statistics/export")


@pytest.fixture
def reviewer(door: Door) -> Person:
    """The reviewer of the district."""
    return Person(account=make_reviewer(door, DISTRICT), enterprise="")


@pytest.fixture
def city(door: Door) -> Person:
    """The city's reviewer."""
    return Person(account=make_reviewer(door, CITY, "city@example.cn"), enterprise="")


def test_the_page_opens_before_anybody_has_submitted(enter: Enter, reviewer: Person) -> None:
    page = text_of(enter(reviewer).get("/statistics"))
    assert "还没有提交的自评价" in page
    assert "<svg" not in page


def test_the_city_sees_points_gaps_technologies_and_where_they_come_from(
    door: Door, enter: Enter, city: Person
) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 8, (OTHER, "cement"): 9})
    page = text_of(enter(city).get("/statistics"))
    for words in ("自评均分", "SNCR 脱硝", "精准 SNCR", "<svg", "富阳区", "余杭区", "全部导出 Excel"):
        assert words in page
    assert "/statistics/list?year=2026" in page


def test_a_group_of_four_is_hidden_but_its_list_is_open(door: Door, enter: Enter, city: Person) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 4, (OTHER, "cement"): 20})
    browser = enter(city)
    page = text_of(browser.get(f"/statistics?district={DISTRICT}"))
    assert "少于 5 家" in page
    assert "SNCR 脱硝" not in page
    names = text_of(browser.get(f"/statistics/list?district={DISTRICT}"))
    assert "共 4 家" in names


def test_a_district_sees_its_own_plants_and_the_sums_of_the_city(
    door: Door, enter: Enter, reviewer: Person
) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 8, (OTHER, "cement"): 9})
    browser = enter(reviewer)
    whole = text_of(browser.get("/statistics"))
    assert "余杭区" not in whole
    assert ">17<" in whole  # the city's submissions, without a link
    names = text_of(browser.get("/statistics/list"))
    assert "共 8 家" in names
    assert "外区" not in names
    assert browser.get(f"/statistics?district={OTHER}").status_code == 404
    assert browser.get(f"/statistics/list?district={OTHER}").status_code == 404
    assert browser.get("/statistics?district=330100").status_code == 404


def test_every_number_that_links_leads_to_as_many_enterprises(door: Door, enter: Enter, city: Person) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 8, (OTHER, "cement"): 9})
    browser = enter(city)
    page = text_of(browser.get("/statistics"))
    links = re.findall(r'<a href="(/statistics/list[^"]*)">([\d,]+)</a>', page)
    assert len(links) > 6
    for address, count in links:
        assert f"共 {count} 家" in text_of(browser.get(address.replace("&amp;", "&"))), address


def test_figures_leave_as_excel(door: Door, enter: Enter, city: Person) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 8})
    browser = enter(city)
    for address in ("/statistics/export", "/statistics/export?figure=summary", "/statistics/list.xlsx"):
        file = browser.get(address)
        assert file.data.startswith(b"PK"), address
        assert "xlsx" in unquote(file.headers["Content-Disposition"])
    assert browser.get("/statistics/export?figure=anything").status_code == 404


@pytest.mark.parametrize(
    "address", ["?year=1999", "?year=x", "?sector=steel", "?district=110000", "/list?grade=Z"]
)
def test_what_is_not_there_answers_404(enter: Enter, city: Person, address: str) -> None:
    assert enter(city).get(f"/statistics{address}").status_code == 404


def test_a_manager_has_no_statistics(enter: Enter, manager: Person) -> None:
    browser = enter(manager)
    for path in PAGES:
        assert browser.get(path).status_code == 403
