"""The chapters on what to do: distances that add up, what a card claims, and what it leaves out."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from portal.core.advice import advise
from portal.core.answers import Measured, Practised
from portal.core.gaps import find_gaps
from portal.core.questionnaire import Extent, ItemId
from portal.core.scoring import assess
from portal.core.technology import Lowers
from portal.report.document import ReportDocument
from portal.report.measures import Card, comparable, gained
from tests.report.sample import make_document
from tests.trade import (
    make_answers,
    make_backing,
    make_indicator,
    make_practice,
    make_questionnaire,
    make_technology,
)

SECTORS = ("cement", "printing-dyeing", "chemicals", "pharma", "paper", "calcium-carbonate")


def card_of(document: ReportDocument, title: str) -> Card:
    return next(card for card in (*document.cards, *document.more_cards) if title in card.title)


@pytest.mark.parametrize(
    ("value", "level", "shown"),
    [
        ("108.560124", "112", ("108.56", "112")),
        ("0.50983", "0.35", ("0.5098", "0.35")),
        ("1.44927", "1.05", ("1.45", "1.05")),
        ("100.0004", "100", ("100.0004", "100.0000")),
        ("120", "50", ("120", "50")),
    ],
)
def test_value_and_level_are_rounded_alike(value: str, level: str, shown: tuple[str, str]) -> None:
    here, there = comparable(D(value), D(level))
    assert (here, there) == tuple(D(one) for one in shown)


@pytest.mark.parametrize("sector", SECTORS)
def test_the_distance_is_what_the_printed_figures_give(sector: str) -> None:
    for gap in make_document(f"{sector}-1").gaps:
        if "级 " not in gap.next:
            continue
        now, goal, apart = (
            D(text.replace(",", "").replace("−", "-").split(" ")[place].strip("%"))
            for text, place in ((gap.now, 0), (gap.next, 1), (gap.distance, 0))
        )
        assert abs(now - goal) == apart, gap


def test_a_card_without_an_effect_on_any_level_says_so_and_prints_no_number() -> None:
    document = make_document("printing-dyeing-1")
    card = card_of(document, "污水站强化生化")
    assert card.points == "来源没有给出可计分的效果"
    (line,) = (line for step in document.steps for line in step.lines if line.number == card.number)
    assert line.points == "–"


@pytest.mark.parametrize("sector", SECTORS)
def test_no_card_claims_a_gain_of_nothing(sector: str) -> None:
    document = make_document(f"{sector}-1")
    lines = [line.points for step in document.steps for line in step.lines]
    claims = [card.points for card in (*document.cards, *document.more_cards)] + lines
    assert not any("+0.0" in claim for claim in claims)


def test_a_gain_of_nothing_is_explained_and_a_tiny_one_named() -> None:
    practice = make_practice("a")
    lowers = Lowers(item=ItemId("nox"), low=D(5), high=D(9), backing=make_backing())
    questionnaire = make_questionnaire(practice, make_indicator("nox", levels="50 100 320"))
    answers = make_answers(nox=Measured(D(400)), a=Practised(Extent.FULL))
    assessment = assess(questionnaire, answers)
    technology = make_technology("t", ["nox"], effects=(lowers,))
    (one,) = advise(assessment, find_gaps(assessment), (technology,), {})
    assert gained(one) == "单独实施还达不到下一级"
    assert gained(replace(one, points_gained=D("0.02"))) == "单独实施可得不足 0.1 分"
    assert gained(replace(one, points_gained=D("4.2"))) == "单独实施可得 +4.2 分"
    unscored = tuple(replace(gap, lost_points=D(0)) for gap in one.gaps)
    assert gained(replace(one, gaps=unscored)) == "所补的条目不计分"


def test_a_saving_says_on_which_part_of_the_plant_it_is_reckoned() -> None:
    document = make_document("paper-1")
    card = card_of(document, "封闭气罩")
    assert "只计尚未实施的 50%" in next(fact.note for fact in card.figures if fact.label == "年节约")
    assert any(line.here.endswith("，只计尚未实施的 50%") for line in card.effects)
    everything = make_document("paper-1", answered={"closed_hood": Practised(Extent.NONE)})
    assert not any("尚未实施" in line.here for line in card_of(everything, "封闭气罩").effects)


def test_what_others_reached_is_not_told_to_a_plant_that_is_better() -> None:
    usual, better = (
        make_document("cement-1"),
        make_document("cement-1", answered={"kiln_nox": Measured(D(30))}),
    )
    assert any("窑尾氮氧化物排放浓度为" in line.said for line in card_of(usual, "SCR").effects)
    assert not any("窑尾氮氧化物排放浓度为" in line.said for line in card_of(better, "SCR").effects)


def test_a_plant_within_the_range_of_others_is_told_where_it_stands() -> None:
    effects = card_of(make_document("cement-1"), "袋式除尘").effects
    assert any(line.here == "现为 12.5 mg/m³，已在其中" for line in effects)
    effects = card_of(make_document("printing-dyeing-1"), "三级").effects
    assert any("降至" in line.here for line in effects)


def test_a_target_is_not_called_the_achievement_of_a_firm() -> None:
    said = [line.said for card in make_document("chemicals-1").more_cards for line in card.effects]
    (target,) = (text for text in said if "危险废物处置利用率为 100%" in text)
    assert "目标值" in target and "已有企业" not in target


def test_a_document_without_a_number_is_named_by_its_short_title() -> None:
    sources = [gap.source for gap in make_document("paper-1").gaps]
    assert not any(source.startswith(("专栏", "造纸部分")) for source in sources)
    assert any(source.startswith("《规划》专栏") for source in sources)
