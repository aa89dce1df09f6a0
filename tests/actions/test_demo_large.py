"""A city's worth of example data: the same each time, valid, and row by row what people's actions write."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from portal.actions import assessment, decision, demo_large, judging, passwords, review
from portal.actions.demo_cases import meant_state
from portal.actions.demo_plants import answers, chance, example_id, plants, script
from portal.actions.work import Door, Work
from portal.config import HOME
from portal.core.answers import check
from portal.core.enterprise import check_profile
from portal.core.filing import Change
from portal.core.library import Library
from portal.core.review import ReviewState, VerdictKind
from portal.core.roles import Account
from portal.core.statistics import Sums, sums
from portal.storage import account as stored_account
from portal.storage import assessment as stored
from portal.storage import review as stored_review
from portal.storage import statistics
from portal.storage.session import Database
from tests.cast import CHEAP
from tests.make import library, make_settings

FOLDER = HOME / "demo"
COUNT = 8


@pytest.fixture(scope="module")
def published() -> Library:
    return library()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def city(
    request: pytest.FixtureRequest, published: Library, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """A seeded city for the tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("city")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), folder / "portal.sqlite")
        url = f"sqlite:///{folder / 'portal.sqlite'}"
    else:
        url = request.getfixturevalue("postgres")(request.getfixturevalue("migrated_template"))
    settings = make_settings(folder / "data", database_url=url)
    settings.data_folder.mkdir()
    with closing(Database(url)) as database, pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", CHEAP)
        yield _seeded(Door(database, published, settings))


@pytest.fixture
def own_city(door: Door, published: Library) -> Door:
    """A seeded city for a test that writes."""
    return _seeded(replace(door, library=published))


def _seeded(door: Door) -> Door:
    heard: list[int] = []
    demo_large.seed(door, lambda percent, _: heard.append(percent), count=COUNT, processes=1)
    assert heard == sorted(heard)
    assert heard[-1] == 100
    return door


def _rows(work: Work, sql: str, **values: Any) -> list[Mapping[str, Any]]:
    return [dict(row) for row in work.session.execute(text(sql), values).mappings()]


def test_six_hundred_plants_are_spread_over_sectors_and_districts_and_say_that_they_are_examples() -> None:
    found = plants(script(FOLDER), 600, 2026)
    assert (
        len(found)
        == len({one.profile.uscc for one in found})
        == len({one.profile.name for one in found})
        == 600
    )
    assert all(check_profile(one.profile) == () for one in found)
    assert all(one.profile.name.startswith("示例") for one in found)
    assert Counter(one.profile.sector for one in found) == {
        "printing-dyeing": 165, "chemicals": 115, "pharma": 110, "paper": 95, "calcium-carbonate": 70, "cement": 45,
    }  # fmt: skip
    this_year = sum(2026 in one.years for one in found)
    assert 460 <= this_year <= 500  # about four in five
    assert sum(2024 in one.years for one in found) < sum(2025 in one.years for one in found) < this_year


def test_every_answer_of_every_sector_is_valid_and_plants_learn(published: Library) -> None:
    words = script(FOLDER)
    for one in plants(words, 36, 2026):
        questionnaire = published.questionnaire(one.profile.sector)
        for year in (2024, 2025, 2026):
            given = answers(words, FOLDER, one, questionnaire, year)
            assert given == answers(words, FOLDER, one, questionnaire, year)
            assert not any(check(questionnaire.items[item], answer) for item, answer in given.items())


def test_the_same_seed_gives_the_same_rows_and_seeding_again_changes_nothing(city: Door) -> None:
    words = script(FOLDER)
    with city.reading() as work:
        year = assessment.this_year(work.now)
        there = {row["id"] for row in _rows(work, "SELECT id FROM enterprise")}
    assert {
        example_id(words["seed"], "enterprise", one.number) for one in plants(words, COUNT, year)
    } <= there
    again = demo_large.seed(city, lambda *_: None, count=COUNT, processes=1)
    assert {one.mail for one in again} >= {"wang@example.cn", "chushen330182-1@example.cn"}
    with city.reading() as work:
        assert {row["id"] for row in _rows(work, "SELECT id FROM enterprise")} == there


def test_nothing_lies_in_the_future_and_every_step_follows_the_one_before(city: Door) -> None:
    with city.reading() as work:
        for table, column in (
            ("submission", "submitted_at"),
            ("decision", "made_at"),
            ("review", "waiting_since"),
        ):
            latest = work.session.scalar(text(f"SELECT max({column}) FROM {table}"))
            assert str(latest)[:19] <= (work.now + timedelta(seconds=1)).isoformat(sep=" ")[:19]
        rows = _rows(work, "SELECT state, due_at FROM review")
        assert all((row["state"] == "returned") == (row["due_at"] is not None) for row in rows)
        for row in _rows(work, "SELECT assessment_id FROM review ORDER BY assessment_id"):
            steps = stored_review.decisions(work.session, row["assessment_id"])
            assert all(one.at <= other.at for one, other in pairwise(steps))


def test_the_sums_equal_the_scan(city: Door) -> None:
    with city.reading() as work:
        scanned: dict[tuple[int, str, str], Sums] = {}
        for row in _rows(work, "SELECT assessment_id FROM standing"):
            facts = statistics.find(work.session, row["assessment_id"])
            assert facts is not None
            place = scanned.setdefault((facts.year, facts.district, facts.sector), {})
            for key, (count, total) in sums(facts).items():
                before = place.get(key, (0, 0))
                place[key] = (before[0] + count, before[1] + total)
        kept = _rows(work, "SELECT * FROM tally WHERE count <> 0 OR total <> 0")
    assert {
        (row["year"], row["district"], row["sector"], row["kind"], row["key"]): (row["count"], row["total"])
        for row in kept
    } == {
        (*place, *key): cell
        for place, found in scanned.items()
        for key, cell in found.items()
        if cell != (0, 0)
    }


def test_a_case_is_row_by_row_what_the_actions_write(own_city: Door) -> None:
    """A confirmed case is taken away and done again, by its people through their actions at the same moments."""
    with own_city.reading() as work:
        model = _rows(work, _CONFIRMED)[0]
        id = model["id"]
        record = stored.find(work.session, id, sight=None)
        assert record is not None
        submitted = record.submitted_at
        assert submitted is not None
        before, counted = _everything(work, id), statistics.find(work.session, id)
        given = {item: one.answer for item, one in stored.answers(work.session, id).items()}
        said = stored_review.verdicts(work.session, id, is_issued=False)
        steps = stored_review.decisions(work.session, id)
        takers = _rows(
            work,
            "SELECT made_by FROM decision WHERE assessment_id = :id AND deed = 'take' ORDER BY revision",
            id=id,
        )
        district, over = (_account(work, row["made_by"]) for row in takers)
        manager = _account(work, model["created_by"])
    first, forward, second, confirm = steps
    with own_city.writing() as work:
        for table in _TABLES:
            key = "id" if table == "assessment" else "assessment_id"
            work.session.execute(text(f"DELETE FROM {table} WHERE {key} = :id"), {"id": id})
    with own_city.writing() as work:
        then = replace(work, now=submitted - timedelta(hours=2))
        id = assessment.start(then, manager, model["enterprise_id"], model["year"])
        changes = [Change(item, one, None) for item, one in given.items()]
        assert assessment.keep(then, manager, id, changes).problems == ()
        doubts = assessment.ready(assessment.open_(then, manager, id)).doubts
        assessment.submit(replace(work, now=submitted), manager, id, {doubt.token for doubt in doubts})
    with own_city.writing() as work:
        review.take(replace(work, now=first.at), district, id)
        then = replace(work, now=said[0].at)
        for one in said:
            if one.kind is not VerdictKind.CONFIRMED:
                judgement = judging.Judgement(
                    item=one.item, kind=one.kind, counted=one.counted, reason=one.reason, comment=one.comment
                )
                assert judging.judge(then, district, id, judgement) == ()
        judging.confirm_rest(then, district, id, _revision(work, id))
        then = replace(work, now=forward.at)
        assert decision.forward(then, district, id, _revision(work, id), forward.remark) == ()
        review.take(replace(work, now=second.at), over, id)
        then = replace(work, now=confirm.at)
        assert decision.confirm(then, over, id, _revision(work, id), confirm.remark) == ()
    with own_city.reading() as work:
        after = _everything(work, id)
        assert statistics.find(work.session, id) == counted
    for table in _TABLES:
        assert after[table] == before[table], table


_CONFIRMED = """
    SELECT assessment.* FROM review JOIN assessment ON assessment.id = review.assessment_id
    WHERE review.state = 'confirmed' AND review.round = 1
      AND NOT EXISTS (SELECT 1 FROM evidence_link WHERE assessment_id = assessment.id)
      AND NOT EXISTS (SELECT 1 FROM assessment AS other
                      WHERE other.enterprise_id = assessment.enterprise_id AND other.year < assessment.year)
    ORDER BY assessment.id
"""


def _revision(work: Work, id: str) -> int:
    case = stored_review.find(work.session, id)
    assert case is not None
    return case.revision


def _account(work: Work, id: str) -> Account:
    found = stored_account.find(work.session, id)
    assert found is not None
    return found


# Children first: they are deleted in this order.
_TABLES = {
    "outcome": "item", "recommended": "rank", "standing": "year", "verdict": "item, round, party",
    "decision": "revision", "review": "round", "submission": "round", "answer": "item",
    "answer_history": "item, revision", "assessment": "year",
}  # fmt: skip
# What the two cannot have in common: random ids, and when the first field was filled in.
_OWN = {"id", "assessment_id", "number", "created_at", "saved_at"}


def _everything(work: Work, id: str) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table, order in _TABLES.items():
        key = "id" if table == "assessment" else "assessment_id"
        rows = _rows(work, f"SELECT * FROM {table} WHERE {key} = :id ORDER BY {order}", id=id)
        found[table] = [{name: value for name, value in row.items() if name not in _OWN} for row in rows]
    return found


def test_every_state_of_review_is_there() -> None:
    words = script(FOLDER)
    now = [one for one in plants(words, 600, 2026) if 2026 in one.years]
    states = Counter(meant_state(words, one, 2026, 2026) for one in now)
    assert set(states) == set(ReviewState)
    assert min(states.values()) >= 5


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_plant_comes_as_far_as_it_is_meant_to(
    door: Door, published: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every state is reached by moves that the table allows, on days on which it allows them."""
    words = script(FOLDER)
    with door.reading() as work:
        year = assessment.this_year(work.now)
    here = [replace(one, years=(year,)) for one in plants(words, 600, year) if year in one.years]
    meant = {one.number: meant_state(words, one, year, year) for one in here}
    # The longest ways last: two rounds before what the plant objects to.
    here.sort(key=lambda one: chance(words["seed"], "case", one.number, year).random() < 0.25)
    one_each = {meant[one.number]: one for one in here}
    monkeypatch.setattr(demo_large, "plants", lambda *_: tuple(one_each.values()))
    demo_large.seed(replace(door, library=published), lambda *_: None, processes=1)
    with door.reading() as work:
        found = {row["state"] for row in _rows(work, "SELECT state FROM review")}
    assert found >= {state.value for state in one_each}
