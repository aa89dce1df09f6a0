"""Score, gaps and advice of a self-check, and the charts of the page."""

from decimal import Decimal

from portal.actions import assessment, result
from portal.actions.work import Door
from portal.core.answers import Measured
from portal.core.filing import Change
from portal.core.receipt import receipt
from tests.cast import Person
from tests.make import HEAT, make_answers, make_changes


def _draft(door: Door, manager: Person) -> str:
    with door.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2025)
        assessment.keep(work, manager.account, id, make_changes(make_answers()))
    return id


def test_a_drafts_result_follows_its_answers(door: Door, manager: Person) -> None:
    id = _draft(door, manager)
    with door.writing() as work:
        before = result.of(work, manager.account, id)
        assessment.keep(work, manager.account, id, [Change(HEAT, Measured(Decimal(90)), None)])
        after = result.of(work, manager.account, id)
    assert before.assessment.points.total is not None
    assert after.assessment.points.total is not None
    assert after.assessment.points.total > before.assessment.points.total
    assert [gap.result.item.id for gap in before.gaps] == ["kiln_heat", "sncr"]
    assert [one.technology.id for one in before.recommendations] == ["precise_sncr"]
    assert before.receipt == receipt(before.assessment)
    assert before.checksum != after.checksum


def test_the_small_summary_agrees_with_the_full_result(door: Door, manager: Person) -> None:
    id = _draft(door, manager)
    with door.reading() as work:
        full, small = result.of(work, manager.account, id), result.live(work, manager.account, id)
    assert small.total == full.assessment.points.total
    assert small.sections == full.assessment.sections
    assert small.gaps == full.gaps[:5]
    assert small.open_gates == ()


def test_charts_are_drawn_for_the_page(door: Door, manager: Person) -> None:
    id = _draft(door, manager)
    with door.reading() as work:
        charts = result.charts(result.of(work, manager.account, id))
    both = {"sections", "staircase"}
    assert set(charts) == {"gauge", "radar", "columns", *both, *(f"{name}_narrow" for name in both)}
    assert all(chart.startswith("<svg") for chart in charts.values())
