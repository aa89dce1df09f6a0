"""What a bureau may ask, what a plant learns of its peers, and that counting anew changes nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from portal.actions import result, statistics
from portal.actions.statistics import Selection, Wanted
from portal.actions.work import Door, NotFound
from portal.core.panels import ALL
from portal.core.roles import CITY
from portal.core.statistics import sums
from portal.storage import statistics as stored
from tests.cast import Person, make_reviewer
from tests.crowd import DISTRICT, OTHER, YEAR, confirm, make_crowd
from tests.make import SNCR, make_profile

CITY_WIDE = Selection(year=YEAR)
OWN = Selection(year=YEAR, district=DISTRICT)


# ── Who may ask ──────────────────────────────────────────────────────────────


def test_a_district_may_ask_for_itself_and_the_city_only(door: Door) -> None:
    reviewer = make_reviewer(door, DISTRICT)
    with door.reading() as work:
        assert statistics.select(work, reviewer).jurisdiction == DISTRICT
        assert statistics.select(work, reviewer, district=DISTRICT).place == (DISTRICT, "")
        for asked in ({"district": OTHER}, {"sector": "steel"}, {"year": 1999}, {"district": CITY}):
            with pytest.raises(NotFound):
                statistics.select(work, reviewer, **asked)  # type: ignore[arg-type]


def test_whoever_has_no_jurisdiction_has_no_statistics(door: Door, manager: Person) -> None:
    nowhere = make_reviewer(door, "")
    with door.reading() as work:
        for who in (manager.account, nowhere):
            with pytest.raises(NotFound):
                statistics.select(work, who)
            with pytest.raises(NotFound):
                statistics.listing(work, who, Wanted(year=YEAR))


# ── Panels ───────────────────────────────────────────────────────────────────


def test_means_and_gaps_are_those_of_the_submissions(door: Door) -> None:
    ids = make_crowd(door, {(DISTRICT, "cement"): 6, (OTHER, "cement"): 7})
    with door.reading() as work:
        found = [one for id in ids if (one := stored.find(work.session, id)) is not None]
        points = statistics.points(work, CITY_WIDE).total
        mean = Decimal(sum(one.points or 0 for one in found)) / len(found) / 100
        assert points.count == 13
        assert points.points == mean.quantize(Decimal("0.1"))
        (line,) = [one for one in statistics.gaps(work, OWN) if one.item == SNCR]
        assert (line.count, line.in_place, line.gap) == (6, 33, 67)


def test_a_district_of_four_has_its_counts_and_nothing_else(door: Door) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 4, (OTHER, "cement"): 20})
    with door.reading() as work:
        assert statistics.progress(work, OWN).total.submitted == 4
        found = statistics.overview(work, OWN)
        assert found.points.total.is_hidden
        assert not found.gaps and not found.technologies
        assert found.spread.points is None and found.spread.grades is None
        rest = Selection(year=YEAR, district=OTHER)
        # The others less all would be the four: one of both sums goes with them.
        assert (
            statistics.points(work, rest).total.is_hidden
            or statistics.points(work, CITY_WIDE).total.is_hidden
        )


def test_technologies_say_of_how_many_plants_they_speak(door: Door) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 12})
    with door.reading() as work:
        (line,) = statistics.technologies(work, CITY_WIDE)
        assert line.count == 8  # SNCR is not whole in two of three
        assert line.investment is None  # the card names no figure that fits a plant


def test_confirmed_ones_show_how_far_they_were_lowered(door: Door) -> None:
    ids = make_crowd(door, {(DISTRICT, "cement"): 12})
    confirm(door, ids[:6])
    with door.reading() as work:
        points = statistics.points(work, CITY_WIDE).total
        assert points.verified_count == 6
        assert points.inflation == Decimal("5.0")
        assert [line.lowered for line in statistics.inflation(work, CITY_WIDE)] == [100]
    confirm(door, ids[6:9])  # three are left: what all declared less what nine declared would be theirs
    with door.reading() as work:
        points = statistics.points(work, CITY_WIDE).total
        assert points.verified is not None
        assert points.inflation is None


def test_the_same_plants_are_compared_with_last_year(door: Door) -> None:
    now = make_crowd(door, {(DISTRICT, "cement"): 6})
    with door.writing() as work:
        for id in now:
            _earlier_year(work, id)
    with door.reading() as work:
        change = statistics.changes(work, CITY_WIDE).total
        assert change is not None
        assert change.count == 6
        assert change.difference == Decimal("2.0")


def _earlier_year(work: object, id: str) -> None:
    """The same submission a year before, with two points less."""
    from portal.storage.tables import AssessmentRow

    session = work.session  # type: ignore[attr-defined]
    row, facts = session.get(AssessmentRow, id), stored.find(session, id)
    assert facts is not None and facts.points is not None
    values = {column.name: getattr(row, column.name) for column in AssessmentRow.__table__.columns}
    number = row.number.replace("2026", "2025")
    before = AssessmentRow(**values | {"id": f"b{id[:11]}", "year": YEAR - 1, "number": number})
    session.add(before)
    session.flush()
    stored.keep(session, before.id, replace(facts, year=YEAR - 1, points=facts.points - 200))


def test_a_change_of_last_year_is_felt_this_year(door: Door) -> None:
    ids = make_crowd(door, {(DISTRICT, "cement"): 5})
    with door.writing() as work:
        for id in ids:
            _earlier_year(work, id)
        facts = stored.find(work.session, f"b{ids[0][:11]}")
        assert facts is not None
        stored.keep(work.session, f"b{ids[0][:11]}", replace(facts, points=0))
        every = [*ids, *(f"b{id[:11]}" for id in ids)]
        scanned: dict[tuple[str, str], int] = {}
        for id in every:
            one = stored.find(work.session, id)
            assert one is not None
            if one.year == YEAR:
                for key, (_, total) in sums(one).items():
                    scanned[key] = scanned.get(key, 0) + total
        for kind in ("again", "earlier"):
            ((_, total),) = stored.tallies(work.session, YEAR, kinds=(kind,)).values()
            assert total == scanned[kind, ""]


def test_counting_anew_from_the_submissions_changes_nothing(door: Door) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 5, (OTHER, "cement"): 2})
    with door.writing() as work:
        kinds = ("submitted", "points", "item", "gap", "technology", "grade", "in_place")
        before = stored.tallies(work.session, YEAR, kinds=kinds)
        assert statistics.rebuild(work) == 7
        assert stored.tallies(work.session, YEAR, kinds=kinds) == before
        assert [event.deed for event in work.trail.events] == ["statistics.rebuild"]


def test_the_list_holds_those_behind_the_number_and_no_others(door: Door) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 6, (OTHER, "cement"): 7})
    reviewer, city = make_reviewer(door, DISTRICT), make_reviewer(door, CITY, "city@example.cn")
    with door.reading() as work:
        wanted = Wanted(year=YEAR, item=SNCR)
        assert statistics.listing(work, city, wanted).count == 8
        own = statistics.listing(work, reviewer, wanted)
        assert own.count == 4
        assert {one.district for one in own.found} == {DISTRICT}


def test_every_figure_becomes_a_sheet(door: Door) -> None:
    ids = make_crowd(door, {(DISTRICT, "cement"): 8})
    confirm(door, ids)
    with door.reading() as work:
        for name in ("", *statistics.SHEETS):
            assert statistics.workbook(work, CITY_WIDE, name).startswith(b"PK")
        with pytest.raises(NotFound):
            statistics.workbook(work, CITY_WIDE, "anything")


# ── Peers ────────────────────────────────────────────────────────────────────


def test_a_plant_hears_of_its_peers_once_five_others_submitted(door: Door) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 5})
    with door.reading() as work:
        assert statistics.peers(work, "cement", YEAR, 5000) is None
        assert statistics.peers(work, "cement", YEAR, 5000, is_in=False) is not None
    make_crowd(door, {(OTHER, "cement"): 1})
    with door.reading() as work:
        peers = statistics.peers(work, "cement", YEAR, 5000)
        assert peers is not None
        assert peers.count == 6
        assert peers.band is None  # half of six are three
        assert peers.in_place[SNCR] == 50


def test_the_band_is_told_once_every_band_has_five(door: Door) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 10})
    with door.reading() as work:
        best, worst = (statistics.peers(work, "cement", YEAR, points) for points in (10_000, 0))
        assert best is not None and worst is not None
        assert best.band == (0, 50)
        assert worst.band == (50, 100)


def test_nothing_of_a_peer_is_in_what_a_plant_sees(door: Door, manager: Person) -> None:
    make_crowd(door, {(OTHER, "cement"): 9})
    from portal.actions import assessment

    with door.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, YEAR)
    with door.reading() as work:
        shown = result.of(work, manager.account, id)
        part = statistics.peer_part(work, shown.assessment, shown.open)
        assert part is not None
        assert "外区" not in str(part)
        assert make_profile().name not in str(part)


def test_the_review_page_sees_how_items_spread(door: Door) -> None:
    make_crowd(door, {(DISTRICT, "cement"): 6})
    with door.reading() as work:
        spread = statistics.item_spread(work, "cement", YEAR)
        assert spread[SNCR].in_place == 33
        assert statistics.opened(work, YEAR) >= {ALL}
