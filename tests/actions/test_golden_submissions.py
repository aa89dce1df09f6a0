"""The example plants through either database: saved, submitted and read back to the points of the hand-worked sheets."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from portal.actions import assessment, result
from portal.actions.work import Door
from portal.core.answers import read_answers
from portal.core.assessment import rounded
from portal.core.filing import Change
from tests.cast import enrol
from tests.make import library

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(path.stem for path in (GOLDEN / "worked").glob("*.json"))


@pytest.mark.parametrize("case", CASES)
def test_a_submitted_example_plant_has_the_points_of_its_sheet(door: Door, case: str) -> None:
    raw = json.loads((GOLDEN / f"{case}.json").read_text("utf-8"))
    sheet = json.loads((GOLDEN / "worked" / f"{case}.json").read_text("utf-8"))
    real = replace(door, library=library())
    plant = enrol(real, "王示例", "golden@example.cn", sector=raw["questionnaire"])
    answers = read_answers(library().questionnaire(raw["questionnaire"]), raw["answers"])
    with real.writing() as work:
        id = assessment.start(work, plant.account, plant.enterprise, raw["year"])
        changes = [Change(item, answer, 0) for item, answer in answers.items()]
        assert assessment.keep(work, plant.account, id, changes).problems == ()
    with real.writing() as work:
        assessment.submit(work, plant.account, id)
    with real.reading() as work:
        found = result.of(work, plant.account, id)
    points = found.assessment.points
    assert points.total is not None
    assert rounded(points.total) == Decimal(sheet["total"])
    assert found.receipt["points"]["total"]["rounded"] == sheet["total"]
    for column in points.columns:
        assert column.points is not None
        assert rounded(column.points) == Decimal(sheet["columns"][column.column.value]["points"])
