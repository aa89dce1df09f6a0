"""数据体检 in every sector: clean example plants give no finding, and every error put in on purpose is found."""

import json
from pathlib import Path
from typing import Any

import pytest

from portal.catalog.library import load
from portal.core.answers import Answers, read_answers
from portal.core.data_check import find_irregularities
from portal.core.questionnaire import Agree, AtMost, Contradiction, Jump, Questionnaire, Within
from portal.core.scoring import assess

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
LIBRARY = load(ROOT / "questionnaires")
SECTORS = [questionnaire.id for questionnaire in LIBRARY.newest()]
CASES = sorted(path.stem for path in GOLDEN.glob("*.json"))


def read_seeded(sector: str) -> list[dict[str, Any]]:
    seeded: list[dict[str, Any]] = json.loads((GOLDEN / "seeded" / f"{sector}.json").read_text("utf-8"))
    return seeded


def read_case(case: str) -> tuple[Questionnaire, dict[str, Any]]:
    raw = json.loads((GOLDEN / f"{case}.json").read_text("utf-8"))
    return LIBRARY.questionnaire(raw["questionnaire"], raw["version"]), raw["answers"]


def findings(questionnaire: Questionnaire, answers: Any, last_year: Any = None) -> list[str]:
    before: Answers | None = None if last_year is None else read_answers(questionnaire, last_year)
    assessment = assess(questionnaire, read_answers(questionnaire, answers))
    return [finding.check.id for finding in find_irregularities(assessment, before)]


# An error is known by its name within its sector.
ERRORS = [
    pytest.param(sector, error, id=f"{sector}: {error['name']}")
    for sector in SECTORS
    if (GOLDEN / "seeded" / f"{sector}.json").exists()
    for error in read_seeded(sector)
]


@pytest.mark.parametrize(("sector", "error"), ERRORS)
def test_every_seeded_error_is_found_and_no_other(sector: str, error: dict[str, Any]) -> None:
    assert set(error) <= {"name", "change", "last_year", "finds"}
    questionnaire, answers = read_case(f"{sector}-1")
    last_year = answers | error["last_year"] if "last_year" in error else None

    assert error["finds"]
    assert sorted(findings(questionnaire, answers | error["change"], last_year)) == sorted(error["finds"])


@pytest.mark.parametrize("case", CASES)
def test_a_clean_plant_gives_no_finding(case: str) -> None:
    questionnaire, answers = read_case(case)
    assert findings(questionnaire, answers, answers) == []


@pytest.mark.parametrize("sector", SECTORS)
def test_every_sector_has_rules_of_every_kind_and_ten_seeded_errors(sector: str) -> None:
    checks = LIBRARY.questionnaire(sector).data_checks
    assert len(checks) >= 12
    assert {type(check.rule) for check in checks} == {Agree, AtMost, Within, Contradiction, Jump}
    assert all(check.title and check.look_at for check in checks)
    assert len(read_seeded(sector)) >= 10
    assert len({error["name"] for error in read_seeded(sector)}) == len(read_seeded(sector))


@pytest.mark.parametrize("sector", SECTORS)
def test_every_rule_is_broken_by_some_seeded_error(sector: str) -> None:
    found = {check for error in read_seeded(sector) for check in error["finds"]}
    assert {check.id for check in LIBRARY.questionnaire(sector).data_checks} == found


@pytest.mark.parametrize("sector", SECTORS)
def test_every_rule_that_gives_bounds_says_on_what_basis(sector: str) -> None:
    for check in LIBRARY.questionnaire(sector).data_checks:
        if isinstance(check.rule, Within | Contradiction):
            assert check.rule.basis, check.id
