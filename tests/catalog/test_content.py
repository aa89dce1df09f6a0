"""The published content itself: six sectors, every measure of the plan, and no answer on which anything stumbles."""

import json
import random
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from portal.catalog import messages, tables
from portal.catalog.formats import FORMATS
from portal.catalog.library import Folder, read
from portal.catalog.notes import Notes
from portal.catalog.records import Record
from portal.catalog.yaml_nodes import read_yaml
from portal.core.advice import advise, plan
from portal.core.answers import Answer, Chosen, Declared, Measured, NotApplicable, Practised
from portal.core.axes import ratings
from portal.core.data_check import find_irregularities
from portal.core.gaps import find_gaps
from portal.core.questionnaire import Activity, Extent, Indicator, Item, ItemId, Practice, Requirement, Trait
from portal.core.receipt import receipt
from portal.core.scoring import assess

CONTENT = Path(__file__).parents[2] / "questionnaires"
SECTORS = ("calcium-carbonate", "cement", "chemicals", "paper", "pharma", "printing-dyeing")
COLUMNS = ("专栏3-1", "专栏3-3", "专栏3-5", "专栏3-6", "专栏3-7", "专栏4-1", "专栏4-2", "专栏4-3")


@cache
def _folder() -> Folder:
    return read(CONTENT)


def test_the_content_has_no_problem() -> None:
    assert [messages.sentence(problem) for problem in _folder().problems] == []


def test_there_is_a_questionnaire_for_each_of_the_six_sectors() -> None:
    assert tuple(one.id for one in _folder().library().newest()) == SECTORS


def test_every_measure_of_the_plans_columns_is_asked() -> None:
    rows = tables.plan_rows(_folder())

    assert [row for row in rows if row[3] == messages.NOT_COVERED] == []
    assert tuple(dict.fromkeys(row[0] for row in rows)) == COLUMNS


@pytest.mark.parametrize("sector", SECTORS)
def test_any_answers_at_all_are_scored_and_advised_on(sector: str) -> None:
    library = _folder().library()
    questionnaire = library.questionnaire(sector)
    for seed in range(8):
        chance = random.Random(f"{sector} {seed}")
        answers = {
            item.id: _answer(item, chance) for item in questionnaire.items.values() if chance.random() < 0.8
        }
        assessment = assess(questionnaire, answers)
        gaps = find_gaps(assessment)
        steps = plan(assessment, advise(assessment, gaps, library.technologies, library.carriers))
        find_irregularities(assessment, answers)
        ratings(assessment)

        assert assessment.points.total is None or 0 <= assessment.points.total <= 100
        assert json.loads(json.dumps(receipt(assessment)))
        _check_names(steps_lacking(steps), questionnaire.items)


def steps_lacking(steps: object) -> set[str]:
    """Every input that the road map names as missing."""
    return {name for step in steps for one in step.recommendations for name in one.lacking}  # type: ignore[attr-defined]


def _check_names(names: set[str], items: Mapping[ItemId, Item]) -> None:
    """What a page tells the manager to fill in is something that the questionnaire asks."""
    assert {name for name in names if ItemId(name) not in items} == set()


def _answer(item: Item, chance: random.Random) -> Answer:
    if isinstance(item, Indicator | Practice) and chance.random() < 0.1:
        return NotApplicable("示例")
    if isinstance(item, Trait):
        count = chance.randint(1, len(item.options)) if item.is_many else 1
        return Chosen(tuple(option.id for option in chance.sample(item.options, count)))
    if isinstance(item, Requirement):
        return Declared(chance.random() < 0.9)
    if isinstance(item, Indicator | Activity):
        if item.usual is None:
            return Measured(Decimal(chance.choice((0, 1, 50, 12345))))
        span = item.usual.high - item.usual.low
        return Measured(
            (item.usual.low + span * Decimal(chance.randint(0, 100)) / 100).quantize(Decimal("0.01"))
        )
    extent = chance.choice(list(Extent))
    return Practised(extent, Decimal(chance.randint(1, 99)) if extent is Extent.PARTIAL else None)


def _blocks() -> list[str]:
    readme = (CONTENT / "README.md").read_text("utf-8")
    return list(re.findall(r"```yaml\n((?:sources|factors|id|technologies):.*?)```", readme, re.DOTALL))


@pytest.mark.parametrize("index", range(len(_blocks())))
def test_the_examples_of_the_readme_are_written_as_the_reader_wants_them(tmp_path: Path, index: int) -> None:
    block = _blocks()[index].replace("source: …", "source: hz_plan")
    path, notes = tmp_path / "example.yaml", Notes()
    path.write_text(block, "utf-8")
    node = read_yaml(path, notes)
    assert node is not None

    _form(block).read(node, notes)

    assert [messages.sentence(problem) for problem in notes.problems] == []


def _form(block: str) -> Record:
    first = block.partition(":")[0]
    return FORMATS[
        {"sources": "sources", "factors": "factors", "technologies": "technologies"}.get(
            first, "questionnaire"
        )
    ]
