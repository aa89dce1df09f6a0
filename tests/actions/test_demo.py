"""The example data fit the published questionnaires, and are obviously examples."""

import json
from dataclasses import replace

import pytest

from portal.actions import account, assessment, demo, measure, result
from portal.actions.work import Door
from portal.config import HOME
from portal.core.enterprise import EnterpriseProfile, check_profile
from portal.core.filing import AssessmentState
from portal.core.library import Library
from portal.core.printing import JobKind, JobState
from portal.storage import account as stored
from portal.storage import report as stored_report
from tests.make import library

FOLDER = HOME / "demo"


@pytest.fixture(scope="module")
def published() -> Library:
    return library()


@pytest.fixture
def seeded(door: Door, published: Library) -> Door:
    full = replace(door, library=published)
    people = demo.seed(full)
    assert len(people) == 12
    return full


def test_the_three_plants_stand_where_the_demo_wants_them(seeded: Door) -> None:
    with seeded.reading() as work:
        found = {}
        for mail in ("wang@example.cn", "chen@example.cn", "li@example.cn", "zhao@example.cn"):
            who = stored.find_by_login(work.session, mail)
            assert who is not None
            found[mail] = (who, assessment.mine(work, who))
        half = found["wang@example.cn"][1]
        assert [one.id for one in half] == [one.id for one in found["chen@example.cn"][1]]
        assert [one.state for one in half] == [AssessmentState.DRAFT]
        who, (sent,) = found["li@example.cn"]
        assert sent.state is AssessmentState.SUBMITTED
        assert sent.points
        (queued,) = stored_report.of_kind(work.session, sent.id, JobKind.REPORT, sight=who.sight)
        assert queued.state is JobState.QUEUED
        who, (this_year, last_year) = found["zhao@example.cn"]
        assert last_year.state is AssessmentState.SUBMITTED
        carried = assessment.open_(work, who, this_year.id)
        assert all(one.is_carried_over for one in carried.answers.values())
        assert result.of(work, who, last_year.id).recommendations
        lines = measure.ledger(work, who, last_year.enterprise_id).lines
        assert {line.measure.state for line in lines} >= {"done", "running", "planned"}
        assert measure.done_before(work, carried)
        adviser = stored.find_by_login(work.session, "sun@example.cn")
        assert adviser is not None
        assert len(account.mandated(work, adviser).mandates) == 3
        draft = assessment.open_(work, found["wang@example.cn"][0], half[0].id)
        assert {one.saved_by for one in draft.answers.values()} == {"王示例", "陈示例"}
        assert assessment.ready(draft).missing


def test_seeding_again_changes_nothing(seeded: Door) -> None:
    assert demo.seed(seeded)[0].mail == "wang@example.cn"
    with seeded.reading() as work:
        who = stored.find_by_login(work.session, "li@example.cn")
        assert who is not None
        assert len(assessment.mine(work, who)) == 1


def test_every_name_says_that_it_is_an_example() -> None:
    script = json.loads((FOLDER / "demo.json").read_text("utf-8"))
    for one in script["enterprises"]:
        assert check_profile(EnterpriseProfile(**one["profile"])) == ()
        assert one["profile"]["name"].startswith("示例")
        assert one["profile"]["contact_mail"].endswith("@example.cn")
    assert all("示例" in person["name"] for person in script["people"])


def test_one_plant_explains_a_finding_and_another_has_one_to_look_at(seeded: Door) -> None:
    with seeded.reading() as work:
        found = {}
        for mail in ("li@example.cn", "wang@example.cn"):
            who = stored.find_by_login(work.session, mail)
            assert who is not None
            found[mail] = result.of(work, who, assessment.mine(work, who)[0].id).checked
    (explained,), (unexplained,) = found["li@example.cn"], found["wang@example.cn"]
    assert explained.finding.check.id == "own_waste_used"
    assert explained.explanation is not None
    assert unexplained.finding.check.id == "grinding_balance"
    assert unexplained.explanation is None
