"""The public catalogue."""

import pytest

from portal.actions import catalogue
from portal.actions.work import Door, NotFound
from portal.core.levels import Verification
from portal.core.questionnaire import Column
from portal.core.technology import CostClass


@pytest.fixture
def database_kind() -> str:
    """It asks no database: one kind is enough."""
    return "sqlite"


@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        ({}, 1),
        ({"sector": "cement"}, 1),
        ({"sector": "paper"}, 0),
        ({"column": Column.CLEAN}, 1),
        ({"column": Column.CIRCULAR}, 0),
        ({"cost_class": CostClass.LOW}, 1),
        ({"cost_class": CostClass.HIGH}, 0),
        ({"words": "ｓｎｃｒ 还原剂"}, 1),
        ({"words": "SNCR 余热"}, 0),
    ],
)
def test_cards_are_found_by_every_condition(door: Door, conditions: dict[str, object], count: int) -> None:
    with door.reading() as work:
        assert len(catalogue.technologies(work, **conditions)) == count  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        ({"sector": "cement"}, 1),
        ({"sector": "paper"}, 0),
        ({"read": Verification.ORIGINAL}, 1),
        ({"read": Verification.UNVERIFIED}, 0),
        ({"status": "reference"}, 1),
        ({"status": "replaced"}, 0),
        ({"words": "示例 标准"}, 1),
        ({"words": "示例 没有"}, 0),
    ],
)
def test_documents_are_found_by_every_condition(
    door: Door, conditions: dict[str, object], count: int
) -> None:
    with door.reading() as work:
        assert len(catalogue.sources(work, **conditions)) == count  # type: ignore[arg-type]


def test_a_card_names_the_items_that_it_helps(door: Door) -> None:
    with door.reading() as work:
        card = catalogue.technology(work, "precise_sncr")
        assert [(one.id, item.id) for one, item in card.uses] == [("cement", "sncr")]
        with pytest.raises(NotFound):
            catalogue.technology(work, "nothing")


def test_sources_and_questionnaires_are_listed(door: Door) -> None:
    with door.reading() as work:
        assert [one.source.title for one in catalogue.sources(work)] == ["示例标准"]
        assert [by.id for by in catalogue.sources(work)[0].cited_by] == ["cement"]
        assert [one.id for one in catalogue.questionnaires(work)] == ["cement"]
