"""What the report says, before it is set: every word chosen, nothing guessed, nothing hidden."""

import hashlib
import json
from datetime import date
from decimal import Decimal

import pytest

from portal.core.answers import Declared, Measured, NotApplicable, to_json
from portal.report.document import canonical
from portal.report.measures import FULL_CARDS, Card
from tests.make import library
from tests.report.sample import golden, make_document


def all_cards(plant: str = "cement-1", *, without: tuple[str, ...] = ()) -> tuple[Card, ...]:
    document = make_document(plant, without=without)
    return (*document.cards, *document.more_cards)


def test_the_summary_names_the_five_largest_gaps_and_what_follows() -> None:
    document = make_document()
    assert len(document.summary.gaps) == 5
    assert document.summary.gaps == document.gaps[:5]
    assert float(document.summary.after) > float(document.scores.total)


def test_every_gap_names_its_cards_or_says_why_there_is_none() -> None:
    document = make_document()
    cards = {card.number for card in all_cards()}
    for gap in document.gaps:
        assert set(gap.answer.split("、")) <= cards or "技术" in gap.answer


def test_every_card_stands_once_in_the_road_map() -> None:
    document = make_document()
    planned = [line.number for step in document.steps for line in step.lines]
    assert sorted(planned) == sorted(card.number for card in all_cards())


def test_missing_inputs_are_named_instead_of_guessed() -> None:
    priced = [card for card in all_cards() if any(fact.label == "年节约" for fact in card.figures)]
    prices = tuple(item for item in golden() if item.startswith("price_"))
    assert priced
    assert prices
    bare = {card.title: card for card in all_cards(without=prices)}
    for card in priced:
        assert bare[card.title].lacking
        assert not any(fact.label == "年节约" for fact in bare[card.title].figures)


def test_vendor_figures_are_marked() -> None:
    said = "".join(line.backing for card in all_cards() for line in (*card.effects, *card.costs))
    assert "供应商口径" in said


def test_every_answer_that_counts_stands_in_the_receipt_table() -> None:
    document = make_document()
    titles = {line.title for part in document.receipt for line in part.lines}
    questionnaire = library().questionnaire("cement")
    scored = {item.id: item.title for item in questionnaire.scored()}
    assert {scored[item] for item in golden() if item in scored} <= titles


def test_sources_are_numbered_as_they_are_first_named() -> None:
    document = make_document()
    assert [source.number for source in document.sources] == [
        str(n) for n in range(1, len(document.sources) + 1)
    ]
    assert all(source.read in {"原文核对", "二手转述", "待核实"} for source in document.sources)


def test_a_draft_and_a_provisional_result_say_so() -> None:
    assert make_document().state_note == ""
    few = tuple(list(golden())[20:])
    draft = make_document(without=few, is_submitted=False, number="", submitted_at=None, check_url="")
    assert draft.state_note == "草稿 · 暂定"
    assert draft.scores.is_provisional
    assert draft.number == "未提交，无编号"


def test_an_open_gate_leads_the_verdict_and_takes_the_green_away() -> None:
    document = make_document(answered={"veto_accidents": Declared(False)})
    assert "1 项门槛不满足" in document.summary.verdict
    assert not document.scores.has_badge
    assert "#b26a00" in document.scores.gauge
    assert [gate.state for gate in document.scores.gates] == ["不满足"]


def test_what_does_not_apply_is_listed_with_its_reason() -> None:
    document = make_document(answered={"kiln_sncr": NotApplicable("本厂已用 SCR")})
    assert "本厂已用 SCR" in [line.value for line in document.left_out]


def test_the_printed_checksum_is_that_of_the_attached_receipt() -> None:
    document = make_document()
    files = {file.name: file.content for file in document.attached}
    assert document.checksum == hashlib.sha256(files["receipt.json"]).hexdigest()
    assert make_document(checksum="kept at submission").checksum == "kept at submission"


def test_all_answers_travel_with_the_report() -> None:
    files = {file.name: file.content for file in make_document().attached}
    assert json.loads(files["answers.json"]) == {item: to_json(answer) for item, answer in golden().items()}
    assert canonical({"b": "一", "a": 1}) == b'{"a":1,"b":"\\u4e00"}'


@pytest.mark.parametrize(
    "plant", ["cement-2", "paper-1", "pharma-1", "printing-dyeing-1", "chemicals-1", "calcium-carbonate-1"]
)
def test_every_sector_is_composed(plant: str) -> None:
    document = make_document(plant)
    assert document.sector
    assert document.receipt


def test_practices_not_in_place_need_no_evidence() -> None:
    document = make_document()
    absent = {gap.title for gap in document.gaps if gap.now in {"未实施", "已列入计划"}}
    assert absent
    assert not absent & {line.label for line in document.evidence}


def test_what_ranks_after_the_cards_stands_in_the_table() -> None:
    document = make_document()
    assert len(document.cards) == FULL_CARDS
    assert document.more_cards[0].number == f"T{FULL_CARDS + 1}"


def test_a_year_that_was_still_running_when_it_was_filed_is_named_as_such() -> None:
    assert make_document().span == "2025 年 1 月 1 日至 12 月 31 日"
    early = make_document(is_submitted=False, submitted_at=None, printed_on=date(2025, 11, 22))
    assert early.span.endswith("（填报时年度尚未结束）")


def test_the_factors_say_whose_figure_they_are() -> None:
    usual = {line.label: line for line in make_document().factors}
    grid = "全国电力平均二氧化碳排放因子（2023 年）"
    assert usual[grid].note.startswith("缺省值［")
    own = {
        line.label: line for line in make_document(answered={"own_ef_grid": Measured(Decimal("0.4"))}).factors
    }
    assert own[grid].value == "0.4 kgCO2/kWh"
    assert own[grid].note.startswith("采用企业填报值")


def test_without_a_grade_the_indicators_that_have_levels_are_counted() -> None:
    said = make_document("pharma-1").scores.ungraded
    assert said.startswith("本行业没有可用的清洁生产评价指标体系，不作等级判定。有可用级别的定量指标 ")
    assert "VOCs" in said
    assert make_document("cement-1").scores.ungraded == ""


def test_options_are_set_apart_by_a_sign_that_none_of_them_holds() -> None:
    assert any("；" in fact.value for fact in make_document("pharma-1").traits)


def test_a_figure_without_levels_is_not_called_unpublished() -> None:
    lines = [line for section in make_document("pharma-1").scores.sections for line in section.indicators]
    assert "没有可用级别" in {line.levels for line in lines}
