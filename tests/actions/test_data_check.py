"""数据体检: findings follow the answers and last year's; the manager explains them until submission."""

from dataclasses import replace
from decimal import Decimal

import pytest

from portal.actions import assessment, data_check, result
from portal.actions.assessment import NotEditable
from portal.actions.work import Door, NotFound
from portal.core.answers import Measured
from portal.core.filing import Change
from portal.core.formula import Formula
from portal.core.library import Library
from portal.core.questionnaire import AtMost, DataCheck, Jump
from tests.cast import Person
from tests.make import COAL, make_answers, make_changes

CHECKS = (
    DataCheck(
        id="little_coal",
        title="原煤用量",
        look_at="核对煤的磅单",
        rule=AtMost(left=Formula.parse("0 * coal + coal"), right=Formula.parse("coal / 2"), unit="t"),
    ),
    DataCheck(
        id="coal_jump",
        title="与上年相比",
        look_at="核对",
        rule=Jump(quantity=COAL, unit="t", share=Decimal(30)),
    ),
)


@pytest.fixture
def checked_door(door: Door) -> Door:
    """A door whose questionnaires have data checks."""
    questionnaires = {
        key: replace(one, data_checks=CHECKS) for key, one in door.library.questionnaires.items()
    }
    library: Library = replace(door.library, questionnaires=questionnaires)
    return replace(door, library=library)


def _draft(door: Door, manager: Person, year: int = 2025) -> str:
    with door.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, year)
        assessment.keep(work, manager.account, id, make_changes(make_answers()))
    return id


def _found(door: Door, manager: Person, id: str) -> dict[str, str]:
    with door.reading() as work:
        checked = result.of(work, manager.account, id).checked
    return {one.finding.check.id: one.explanation.text if one.explanation else "" for one in checked}


def test_a_finding_is_explained_and_the_explanation_taken_back(checked_door: Door, manager: Person) -> None:
    id = _draft(checked_door, manager)
    assert _found(checked_door, manager, id) == {"little_coal": ""}
    for text, kept in (("停窑检修", "停窑检修"), (" 全年检修 ", "全年检修"), ("", "")):
        with checked_door.writing() as work:
            assert data_check.explain(work, manager.account, id, "little_coal", text) == ()
        assert _found(checked_door, manager, id) == {"little_coal": kept}


def test_last_year_is_what_a_jump_is_measured_against(checked_door: Door, manager: Person) -> None:
    _draft(checked_door, manager, 2024)
    id = _draft(checked_door, manager, 2025)
    with checked_door.writing() as work:
        coal = assessment.open_(work, manager.account, id).given[COAL]
        assert isinstance(coal, Measured)
        assessment.keep(work, manager.account, id, [Change(COAL, Measured(coal.value * 2), None)])
    assert set(_found(checked_door, manager, id)) == {"little_coal", "coal_jump"}


def test_an_explanation_must_be_readable_and_of_reasonable_length(
    checked_door: Door, manager: Person
) -> None:
    id = _draft(checked_door, manager)
    with checked_door.writing() as work:
        long = data_check.explain(work, manager.account, id, "little_coal", "长" * 1001)
        strange = data_check.explain(work, manager.account, id, "little_coal", "检\x00修")
    assert [one.code for one in (*long, *strange)] == ["too_long", "unprintable"]


def test_a_submitted_check_keeps_its_explanations(checked_door: Door, manager: Person) -> None:
    id = _draft(checked_door, manager)
    with checked_door.writing() as work:
        data_check.explain(work, manager.account, id, "little_coal", "停窑检修")
        assessment.submit(work, manager.account, id)
    with checked_door.writing() as work, pytest.raises(NotEditable):
        data_check.explain(work, manager.account, id, "little_coal", "改口")
    assert _found(checked_door, manager, id) == {"little_coal": "停窑检修"}


def test_a_stranger_and_an_unknown_rule_are_not_found(
    checked_door: Door, manager: Person, stranger: Person
) -> None:
    id = _draft(checked_door, manager)
    with checked_door.writing() as work:
        with pytest.raises(NotFound):
            data_check.explain(work, stranger.account, id, "little_coal", "不是我的")
        with pytest.raises(NotFound):
            data_check.explain(work, manager.account, id, "ghost", "没有")


def test_last_years_draft_does_not_show_through_a_submission(checked_door: Door, manager: Person) -> None:
    before = _draft(checked_door, manager, 2024)
    id = _draft(checked_door, manager, 2025)
    change = Change(COAL, Measured(Decimal(1)), None)
    with checked_door.writing() as work:
        assessment.keep(work, manager.account, before, (change,))
        doubts = assessment.readiness(work, manager.account, id).doubts
        assessment.submit(work, manager.account, id, {doubt.token for doubt in doubts})
    assert "coal_jump" not in _found(checked_door, manager, id)
    with checked_door.writing() as work:
        doubts = assessment.readiness(work, manager.account, before).doubts
        assessment.submit(work, manager.account, before, {doubt.token for doubt in doubts})
    assert "coal_jump" in _found(checked_door, manager, id)
