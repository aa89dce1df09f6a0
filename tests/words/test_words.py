"""The Chinese way of writing numbers, dates and problems."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from portal import words, words_bureau
from portal.config import HOME
from portal.core.advice import Range
from portal.core.assessment import GateVerdict, Verdict
from portal.core.errors import Problem
from portal.core.levels import Grade, Verification
from portal.core.questionnaire import Column, Extent, ItemId
from portal.core.technology import CostClass


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("1234567.50", None, "1,234,567.5"),
        ("1234567.50", 2, "1,234,567.50"),
        ("0", None, "0"),
        ("-0.00", None, "0"),
        ("-12.5", None, "−12.5"),
        ("1E+6", None, "1,000,000"),
        ("0.000001", None, "0.000001"),
        ("62.45", 1, "62.5"),
    ],
)
def test_a_number_has_thousands_separators_and_no_powers_of_ten(value, places, text):
    assert words.number(Decimal(value), places) == text


def test_no_number_is_a_dash():
    assert words.number(None) == words.points(None) == words.percent(None) == words.range_text(None) == "–"
    assert words.money(None) == words.quantity(None, "t") == words.day(None) == words.short(None) == "–"
    assert words.long_day(None) == words.minute(None) == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [("1234.567", "1,235"), ("12.345", "12.3"), ("0.04567", "0.0457"), ("0", "0"), ("3", "3")],
)
def test_running_text_gets_three_digits_or_the_whole_number(value, text):
    assert words.short(Decimal(value)) == text


def test_a_range_is_written_with_the_long_dash():
    assert words.range_text(Range(low=Decimal(2), high=Decimal(3), unit="万元")) == "2–3 万元"
    assert words.range_text(Range(low=Decimal(2), high=Decimal(2), unit="万元")) == "2 万元"
    assert words.range_text(Range(low=Decimal(2), high=Decimal(3), unit="%")) == "2–3%"


def test_units_stand_beside_their_figures():
    assert words.quantity(Decimal("1234.5"), "kgce/t") == "1,234.5 kgce/t"
    assert words.quantity(Decimal("98"), "%") == "98%"
    assert words.quantity(Decimal("7"), "1") == "7"
    assert words.money(Decimal("123.4")) == "123 万元"


def test_dates_are_hangzhou_dates():
    evening = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)
    assert words.day(evening) == "2026-11-22"
    assert words.minute(evening) == "2026-11-22 01:05"
    assert words.clock(evening) == "01:05"
    assert words.long_day(evening) == "2026年11月22日"
    assert words.day(date(2026, 1, 2)) == "2026-01-02"


def test_carbon_dioxide_gets_a_real_subscript_and_the_rest_is_escaped():
    assert words.co2("CO2 与 CO₂ <b>") == "CO<sub>2</sub> 与 CO<sub>2</sub> &lt;b&gt;"


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("67.55", "91.14", "+23.5"),
        ("71.0449", "91.0492", "+20.1"),
        ("62", "62", "+0.0"),
        ("62", "61", "−1.0"),
    ],
)
def test_a_gain_is_what_a_reader_finds_who_subtracts(before: str, after: str, text: str) -> None:
    assert words.points_between(Decimal(before), Decimal(after)) == text
    assert words.points_between(None, Decimal(after)) == words.points_between(Decimal(before), None) == "–"


def test_every_label_is_there():
    for kind in (Column, Grade, Extent, Verification, CostClass):
        for member in kind:
            assert words.label(member)
    assert words.grade(None) == "未达Ⅲ级"
    assert words.grade(Grade.I) == "Ⅰ级"
    assert words.grade(None, is_rated=False) == "未评级"
    assert len(words.DISTRICTS) == 13


def test_an_unusual_value_states_the_range():
    sentence = words.problem(Problem(place="x", code="unusual", details=("100000", "5000000", "t")))
    assert "100,000–5,000,000 t" in sentence


def test_an_unknown_problem_still_says_something():
    assert words.problem(Problem(place="x", code="never_heard_of")) == "请核对这一项"
    assert words.problem(Problem(place="x", code="too_large")).startswith("数字太大")


def test_every_problem_that_is_named_has_a_sentence():
    root = Path(__file__).parents[2] / "portal"
    code = re.compile(r'(?:code=|Refused\()"([a-z_]+)"')
    missing = {
        name
        for floor in ("core", "actions", "storage", "report", "web")
        for path in sorted((root / floor).rglob("*.py"))
        for name in code.findall(path.read_text(encoding="utf-8"))
        if not words.knows(name)
    }
    assert not missing


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_words_and_only_met_ones_say_all(verdict: Verdict) -> None:
    found = GateVerdict(verdict=verdict, open=2, lacking=(ItemId("a"), ItemId("b"), ItemId("c")))
    text = words.verdict(found)
    assert ("门槛全部满足" in text) == (verdict is Verdict.MET)
    assert "3" in text if verdict is Verdict.UNDECIDED else "3" not in text


def test_every_letter_of_the_outbox_has_a_word() -> None:
    """Those that go out beside it, with a link that nobody else shall read, never stand in the list."""
    beside = {"invitation", "reset", "staff_welcome", "clients_reminder"}
    there = {one.stem for one in (HOME / "templates" / "mail").glob("*.txt")}
    assert there - beside <= set(words_bureau.LETTERS)
