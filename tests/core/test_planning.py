"""Scenarios and the ledger: what may be said, what is late, and what the city may learn from five plants on."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from portal.core.planning import (
    Entry,
    Measure,
    MeasureState,
    Realised,
    check_entry,
    check_money,
    check_title,
    due_on,
    local_record,
)
from portal.core.technology import CostClass

TODAY = date(2026, 11, 22)
PLANNED = Measure(
    id="m",
    enterprise_id="e",
    assessment_id="a",
    technology="t",
    owner="",
    state=MeasureState.PLANNED,
    due_on=date(2026, 11, 21),
    started_on=None,
    finished_on=None,
    budget=D(3),
    spent=None,
    carrier="",
    effect=None,
    effect_unit="",
    saving=None,
    note="",
    changed_by="",
    changed_at=datetime(2026, 11, 1, tzinfo=UTC),
)


def test_what_is_not_done_after_its_day_is_late():
    assert PLANNED.is_overdue(TODAY)
    assert not PLANNED.is_overdue(date(2026, 11, 21))
    assert not replace(PLANNED, due_on=None).is_overdue(TODAY)
    assert not replace(PLANNED, state=MeasureState.DONE).is_overdue(TODAY)


def test_a_plan_takes_back_only_what_nobody_began():
    assert PLANNED.is_untouched
    assert not replace(PLANNED, note="x").is_untouched
    assert not replace(PLANNED, spent=D(1)).is_untouched
    assert not replace(PLANNED, state=MeasureState.RUNNING).is_untouched


@pytest.mark.parametrize(
    ("title", "codes"),
    [("方案", []), (" ", ["required"]), ("x" * 61, ["too_long"]), ("a\x00", ["unprintable"])],
)
def test_a_title_is_short_and_printable(title, codes):
    assert [problem.code for problem in check_title(title)] == codes


@pytest.mark.parametrize(
    ("amount", "codes"), [(None, []), (D(0), []), (D(-1), ["negative"]), (D(10**8), ["too_much_money"])]
)
def test_money_is_possible(amount, codes):
    assert [problem.code for problem in check_money("x", amount)] == codes


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        (Entry(), []),
        (
            Entry(state=MeasureState.DONE, finished_on=TODAY, started_on=TODAY, effect=D(3), effect_unit="t"),
            [],
        ),
        (Entry(state=MeasureState.DONE), ["finished_missing"]),
        (Entry(finished_on=date(2026, 11, 23)), ["finished_ahead"]),
        (Entry(finished_on=date(2026, 1, 1), started_on=date(2026, 1, 2)), ["finished_before_started"]),
        (Entry(owner="x" * 51, note="\x01"), ["too_long", "unprintable"]),
        (Entry(effect=D(3)), ["required"]),
        (Entry(budget=D(-1), saving=D(-1)), ["negative", "negative"]),
    ],
)
def test_a_line_says_everything_that_is_wrong_at_once(entry, codes):
    assert [problem.code for problem in check_entry(entry, TODAY)] == codes


def test_the_day_proposed_follows_the_road_map():
    days = [(due_on(cost_class, TODAY) - TODAY).days for cost_class in CostClass]
    assert days == [90, 365, 1095]


def test_four_plants_are_nobodys_to_see():
    four = [Realised(enterprise_id=str(n), spent=D(10), saving=D(5)) for n in range(4)]
    assert local_record(four).is_empty
    # A plant that did it twice is still one plant.
    assert local_record([*four, four[0]]).is_empty


def test_from_five_plants_on_the_middle_half_is_told():
    five = [Realised(enterprise_id=str(n), spent=D(10 * n), saving=D(n)) for n in range(1, 6)]
    record = local_record(five)
    assert not record.is_empty
    assert (record.saving.low, record.saving.median, record.saving.high) == (2, 3, 4)
    assert record.saving.plants == 5
    assert (record.payback.low, record.payback.high) == (10, 10)
    partly = local_record([*five[:4], Realised(enterprise_id="5", spent=D(1), saving=None)])
    assert (partly.saving, partly.payback) == (None, None)
    assert partly.spent is not None
    # Nobody pays back what saves nothing.
    idle = local_record([*five[:4], Realised(enterprise_id="5", spent=D(1), saving=D(0))])
    assert idle.payback is None
    assert idle.saving is not None
