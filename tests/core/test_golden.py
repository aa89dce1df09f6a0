"""Example plants worked by hand: the portal's result equals each sheet to the second decimal, step by step.

The sheets in `tests/golden/worked` were computed from the questionnaire files without the portal's scoring; their
form is told in `tests/golden/README.md`.
"""

import json
import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from portal.core.advice import Recommendation, advise
from portal.core.answers import read_answers
from portal.core.assessment import Assessment, GateState, Standing, rounded
from portal.core.axes import ratings
from portal.core.gaps import Gap, find_gaps
from portal.core.questionnaire import Column
from portal.core.scoring import assess
from tests.make import library

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
LIBRARY = library()
CASES = sorted(path.stem for path in (GOLDEN / "worked").glob("*.json"))
OPERATORS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": Decimal.__add__,
    "−": Decimal.__sub__,
    "×": Decimal.__mul__,
    "÷": Decimal.__truediv__,
}


@cache
def sheet_of(case: str) -> Any:
    return json.loads((GOLDEN / "worked" / f"{case}.json").read_text("utf-8"))


@cache
def worked_out(case: str) -> tuple[Assessment, tuple[Gap, ...], tuple[Recommendation, ...]]:
    raw = json.loads((GOLDEN / f"{case}.json").read_text("utf-8"))
    questionnaire = LIBRARY.questionnaire(raw["questionnaire"], raw["version"])
    assessment = assess(questionnaire, read_answers(questionnaire, raw["answers"]))
    gaps = find_gaps(assessment)
    return assessment, gaps, advise(assessment, gaps, LIBRARY.technologies, LIBRARY.carriers)


# ── a sheet's own arithmetic ─────────────────────────────────────────────────


def reckon(step: str) -> Decimal:
    """The value of a step as a person reads it: `2 kWh/t × 1,500,000 t`; units are left aside."""
    tokens = [token.strip() for token in re.split(r"([×÷+−()])", step)]
    value, rest = _sum([token for token in tokens if token])
    assert not rest, step
    return value


def _sum(tokens: list[str]) -> tuple[Decimal, list[str]]:
    value, rest = _product(tokens)
    while rest and rest[0] in "+−":
        other, after = _product(rest[1:])
        value, rest = OPERATORS[rest[0]](value, other), after
    return value, rest


def _product(tokens: list[str]) -> tuple[Decimal, list[str]]:
    value, rest = _operand(tokens)
    while rest and rest[0] in "×÷":
        other, after = _operand(rest[1:])
        value, rest = OPERATORS[rest[0]](value, other), after
    return value, rest


def _operand(tokens: list[str]) -> tuple[Decimal, list[str]]:
    if tokens[0] == "(":
        value, rest = _sum(tokens[1:])
        assert rest[0] == ")"
        # A unit may stand after a bracket.
        return value, rest[2:] if len(rest) > 1 and rest[1] not in "×÷+−)" else rest[1:]
    match = re.match(r"(\d[\d,]*(?:\.\d+)?)\s*(%?)", tokens[0])
    assert match, tokens[0]
    value = Decimal(match[1].replace(",", ""))
    return value / 100 if match[2] else value, tokens[1:]


def agrees(value: Decimal, written: str) -> bool:
    """Whether `value`, rounded to the decimals that are written, is what is written."""
    wanted = Decimal(written.replace(",", ""))
    return value.quantize(Decimal(1).scaleb(wanted.as_tuple().exponent), ROUND_HALF_UP) == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("step", "value"),
    [
        ("2 kWh/t × 1,500,000 t", "3000000"),
        ("8 % × (100 t + 50 t)", "12"),
        ("10 万元 − 4 万元 − 1 万元", "5"),
        ("(3 + 5) m³ ÷ 2", "4"),
        ("1 + 2 × 3", "7"),
    ],
)
def test_a_step_is_read_as_a_person_reads_it(step: str, value: str) -> None:
    assert reckon(step) == Decimal(value)


@pytest.mark.parametrize("case", CASES)
def test_a_sheet_adds_up(case: str) -> None:
    sheet = sheet_of(case)
    shares = {"clean": Decimal(60), "circular": Decimal(40)}
    parts = []
    for name, column in sheet["columns"].items():
        rows = [
            (Decimal(weight), Decimal(factor), Decimal(earned))
            for _, weight, factor, earned in column["items"]
        ]
        assert all(abs(weight * factor - earned) < Decimal("1e-9") for weight, factor, earned in rows)
        earned = sum((row[2] for row in rows), Decimal(0))
        counted = sum((row[0] for row in rows), Decimal(0))
        assert abs(earned - Decimal(column["earned"])) < Decimal("1e-9")
        assert counted == Decimal(column["counted"])
        assert (column["points"] is None) == (not counted)
        if counted:
            assert rounded(100 * earned / counted) == Decimal(column["points"])
            parts.append((shares[name], 100 * earned / counted))
    shared = sum((share for share, _ in parts), Decimal(0))
    total = sum((share * points for share, points in parts), Decimal(0)) / shared
    assert rounded(total) == Decimal(sheet["total"])


def steps_of(sheet: Any) -> Iterator[dict[str, str]]:
    for part in (*sheet["savings"], *sheet.get("indicators", ()), sheet.get("green_factory", {"steps": ()})):
        yield from part["steps"]


@pytest.mark.parametrize("case", CASES)
def test_every_step_can_be_reckoned_again(case: str) -> None:
    for step in steps_of(sheet_of(case)):
        assert step["unit"]
        assert agrees(reckon(step["step"]), step["result"]), step


# ── the portal against the sheet ─────────────────────────────────────────────


@pytest.mark.parametrize("case", CASES)
def test_the_columns_hold_the_same_items_with_the_same_factors(case: str) -> None:
    assessment, _, _ = worked_out(case)
    for column in Column:
        worked = {
            name: (Decimal(weight), Decimal(factor), Decimal(earned))
            for name, weight, factor, earned in sheet_of(case)["columns"][column.value]["items"]
        }
        found = {
            result.item.id: result
            for result in assessment.items
            if result.item.column is column and result.standing is Standing.COUNTED and result.item.weight
        }
        assert set(found) == set(worked)
        for name, (weight, factor, earned) in worked.items():
            assert found[name].item.weight == weight, name
            assert abs((found[name].factor or Decimal(0)) - factor) < Decimal("1e-9"), name
            assert abs(found[name].earned - earned) < Decimal("1e-9"), name


@pytest.mark.parametrize("case", CASES)
def test_points_are_the_same_to_the_second_decimal(case: str) -> None:
    assessment, _, _ = worked_out(case)
    for column in assessment.points.columns:
        points = sheet_of(case)["columns"][column.column.value]["points"]
        assert (None if column.points is None else str(rounded(column.points))) == points
    assert assessment.points.total is not None
    assert str(rounded(assessment.points.total)) == sheet_of(case)["total"]


@pytest.mark.parametrize("case", CASES)
def test_grade_gates_and_gaps_are_the_same(case: str) -> None:
    assessment, gaps, _ = worked_out(case)
    grade = assessment.grade.grade if assessment.grade else None
    assert (grade.value if grade else None) == sheet_of(case)["grade"]
    states = {
        state: [gate.item.id for gate in assessment.gates if gate.state is state] for state in GateState
    }
    gates = sheet_of(case)["gates"]
    assert len(states[GateState.PASSED]) == gates["passed"]
    assert sorted(states[GateState.OPEN]) == sorted(gates["open"])
    assert sorted(states[GateState.UNANSWERED]) == sorted(gates["unanswered"])
    assert len(gaps) == sheet_of(case)["gaps"]


@pytest.mark.parametrize("case", CASES)
def test_indicators_are_the_same(case: str) -> None:
    assessment, _, _ = worked_out(case)
    for worked in sheet_of(case).get("indicators", ()):
        reading = assessment.result_of(worked["item"]).reading
        assert reading is not None and reading.value is not None
        assert agrees(reading.value, worked["steps"][-1]["result"]), worked


@pytest.mark.parametrize("case", [case for case in CASES if "green_factory" in sheet_of(case)])
def test_the_green_factory_rating_is_the_same(case: str) -> None:
    assessment, _, _ = worked_out(case)
    (rating,) = ratings(assessment)
    worked = sheet_of(case)["green_factory"]
    assert rating.counted == Decimal(worked["counted"])
    assert rating.total is not None
    assert str(rounded(rating.total)) == worked["total"] == worked["steps"][-1]["result"]


@pytest.mark.parametrize("case", CASES)
def test_the_first_five_recommendations_are_the_same(case: str) -> None:
    _, _, recommendations = worked_out(case)
    assert [one.technology.id for one in recommendations[:5]] == sheet_of(case)["recommendations"]


@pytest.mark.parametrize("case", CASES)
def test_savings_are_the_same(case: str) -> None:
    _, _, recommendations = worked_out(case)
    by_id = {one.technology.id: one for one in recommendations}
    for worked in sheet_of(case)["savings"]:
        recommendation = by_id[worked["technology"]]
        saving = next(one for one in recommendation.savings if one.carrier.id == worked["carrier"])
        figure = getattr(saving, worked["figure"])
        assert figure is not None
        assert agrees(getattr(figure, worked["bound"]), worked["steps"][-1]["result"]), worked


@pytest.mark.parametrize("case", CASES)
def test_three_savings_are_worked_where_the_portal_computes_any(case: str) -> None:
    _, _, recommendations = worked_out(case)
    is_computed = any(saving.amount for one in recommendations for saving in one.savings)
    assert len(sheet_of(case)["savings"]) >= (3 if is_computed else 0)


def test_every_example_plant_has_a_sheet() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.json")) == CASES
