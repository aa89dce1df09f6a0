"""Points, grade and gates: the worked cases of scoring-rules 1.5 and the rules of product.md."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.answers import MISSING, Chosen, Declared, Measured, NotApplicable, Practised
from portal.core.assessment import GateState, Standing, Verdict, rounded
from portal.core.formula import Formula
from portal.core.levels import Direction, Grade
from portal.core.questionnaire import Adjustment, Citation, Column, Extent, ItemId
from portal.core.receipt import receipt
from portal.core.scoring import assess, reassess
from tests.trade import (
    SOURCE,
    make_activity,
    make_answers,
    make_condition,
    make_derived,
    make_factor,
    make_grade_rules,
    make_indicator,
    make_level,
    make_practice,
    make_questionnaire,
    make_requirement,
    make_trait,
)

FULL, NONE = Practised(Extent.FULL), Practised(Extent.NONE)


# ── the national index: worked cases of scoring-rules 1.5 ────────────────────


def grade_of(**answers):
    """Group A (0.6): a1 binding, a2, half each; group B (0.4): b1."""
    questionnaire = make_questionnaire(
        make_indicator("a1", is_binding=True),
        make_indicator("a2"),
        make_indicator("b1"),
        rulebooks=(make_grade_rules({"A": ("60", {"a1": "50", "a2": "50"}), "B": ("40", {"b1": "100"})}),),
    )
    return assess(questionnaire, make_answers(**answers)).grade


BEST, GOOD, POOR = Measured(D(100)), Measured(D(107)), Measured(D(120))


@pytest.mark.parametrize(
    ("a1", "a2", "b1", "index", "grade"),
    [
        (BEST, GOOD, BEST, (70, 100, 100), Grade.II),
        (BEST, NotApplicable("没有这道工序"), BEST, (100, 100, 100), Grade.I),
        (GOOD, GOOD, BEST, (40, 100, 100), Grade.II),
        (POOR, GOOD, BEST, (40, 70, 70), None),
        (BEST, BEST, Measured(D(117)), (60, 60, 100), Grade.III),
    ],
)
def test_the_worked_cases_of_the_index(a1, a2, b1, index, grade):
    result = grade_of(a1=a1, a2=a2, b1=b1)
    assert tuple(result.index[g] for g in Grade) == index
    assert result.grade is grade


def test_a_binding_indicator_below_its_level_blocks_the_grade():
    questionnaire = make_questionnaire(
        make_indicator("a", is_binding=True, weight=D(1)),
        make_indicator("b"),
        rulebooks=(make_grade_rules({"A": ("100", {"a": "10", "b": "90"})}),),
    )
    result = assess(questionnaire, make_answers(a=GOOD, b=BEST)).grade
    assert result.index[Grade.I] == 90  # enough by weight, but a is only at Ⅱ
    assert result.blockers[Grade.I] == (ItemId("a"),)
    assert result.grade is Grade.II


def test_a_binding_indicator_without_a_value_at_the_level_must_reach_the_nearest_weaker_one():
    questionnaire = make_questionnaire(
        make_indicator("ammonia", levels="- - 8", is_binding=True),
        make_indicator("b"),
        rulebooks=(make_grade_rules({"A": ("100", {"b": "100"})}),),
    )
    assert assess(questionnaire, make_answers(ammonia=Measured(D(9)), b=BEST)).grade.grade is None
    assert assess(questionnaire, make_answers(ammonia=Measured(D(8)), b=BEST)).grade.grade is Grade.I


def test_a_missing_indicator_reaches_no_level_of_the_index():
    assert grade_of(a1=BEST, b1=BEST).index[Grade.III] == 70


def test_a_level_that_nobody_published_takes_no_part():
    questionnaire = make_questionnaire(
        make_indicator("nox", levels="50 - 320"),
        make_indicator("dust", levels="- 15 20"),
        rulebooks=(make_grade_rules({"A": ("100", {"nox": "50", "dust": "50"})}),),
    )
    result = assess(questionnaire, make_answers(nox=Measured(D(100)), dust=Measured(D(15)))).grade
    assert tuple(result.index[g] for g in Grade) == (0, 100, 100)


def test_a_few_indicators_do_not_carry_a_grade_that_the_others_contradict():
    questionnaire = make_questionnaire(
        make_indicator("water", levels="1.1 - -"),
        make_indicator("energy", levels="- 50 80"),
        rulebooks=(make_grade_rules({"A": ("100", {"water": "50", "energy": "50"})}),),
    )
    poor = assess(questionnaire, make_answers(water=Measured(D(1)), energy=Measured(D(90)))).grade
    assert poor.index[Grade.I] == 100 and poor.grade is None
    good = assess(questionnaire, make_answers(water=Measured(D(1)), energy=Measured(D(50)))).grade
    assert good.grade is Grade.I


def test_without_a_usable_level_there_is_nothing_to_grade():
    questionnaire = make_questionnaire(
        make_indicator("a", levels="- - -"), rulebooks=(make_grade_rules({"A": ("100", {"a": "100"})}),)
    )
    result = assess(questionnaire, make_answers(a=BEST)).grade
    assert not result.is_rated and result.grade is None


# ── points ───────────────────────────────────────────────────────────────────


def test_points_weigh_the_two_columns():
    questionnaire = make_questionnaire(
        make_practice("a", weight=D(30)),
        make_practice("b", weight=D(70)),
        make_practice("c", weight=D(100), column=Column.CIRCULAR),
    )
    points = assess(questionnaire, make_answers(a=FULL, b=NONE, c=Practised(Extent.PARTIAL, D(25)))).points
    assert [column.points for column in points.columns] == [30, 25]
    assert points.total == (60 * 30 + 40 * 25) / D(100)
    assert points.completeness == 100 and not points.is_provisional


def test_not_applicable_leaves_the_denominator():
    questionnaire = make_questionnaire(make_practice("a"), make_practice("b"))
    points = assess(questionnaire, make_answers(a=FULL, b=NotApplicable("无此工序"))).points
    assert points.columns[0].points == 100 and points.completeness == 100


def test_missing_lowers_completeness_and_not_the_score():
    questionnaire = make_questionnaire(make_practice("a", weight=D(50)), make_practice("b", weight=D(50)))
    points = assess(questionnaire, make_answers(a=FULL)).points
    assert points.total == 100
    assert points.completeness == 50 and points.is_provisional


def test_completeness_of_exactly_sixty_is_no_longer_provisional():
    questionnaire = make_questionnaire(make_practice("a", weight=D(60)), make_practice("b", weight=D(40)))
    assert not assess(questionnaire, make_answers(a=FULL)).points.is_provisional


def test_nothing_answered_has_no_points_and_shows_no_badge():
    assessment = assess(make_questionnaire(make_practice("a")), {})
    assert assessment.points.total is None and assessment.points.is_provisional
    assert not assessment.may_show_badge


def test_nothing_that_applies_is_complete_but_provisional():
    assessment = assess(make_questionnaire(make_activity("coal")), {})
    assert assessment.points.completeness == 100 and assessment.points.is_provisional


def test_an_indicator_without_published_levels_is_unrated():
    questionnaire = make_questionnaire(make_indicator("a", levels="", is_binding=True), make_practice("c"))
    assessment = assess(questionnaire, make_answers(a=BEST, c=FULL))
    assert assessment.result_of(ItemId("a")).standing is Standing.UNRATED
    assert assessment.gates == () and assessment.points.columns[0].counted == 10


def test_an_unverified_level_gives_no_points_and_makes_no_gate():
    doubtful = replace(
        make_indicator("a", is_binding=True),
        levels=(make_level("I", "100", "unverified"), make_level("III", "117", "unverified")),
    )
    questionnaire = make_questionnaire(
        doubtful, make_practice("b"), rulebooks=(make_grade_rules({"A": ("100", {"a": "100"})}),)
    )
    assessment = assess(questionnaire, make_answers(a=BEST, b=FULL))
    assert assessment.result_of(ItemId("a")).standing is Standing.UNRATED
    assert assessment.points.columns[0].counted == 10
    assert assessment.gates == () and not assessment.grade.is_rated


@pytest.mark.parametrize(
    ("value", "factor"), [("100", "1"), ("100.0001", "0.8"), ("107", "0.8"), ("117", "0.6"), ("118", "0")]
)
def test_an_indicator_earns_by_the_level_it_reaches(value, factor):
    assessment = assess(make_questionnaire(make_indicator("a")), make_answers(a=Measured(D(value))))
    assert assessment.result_of(ItemId("a")).factor == D(factor)


def test_the_strictest_level_known_earns_the_full_weight():
    questionnaire = make_questionnaire(
        make_indicator("a", levels="- - 8"), make_indicator("b", levels="- 50 80")
    )
    assessment = assess(questionnaire, make_answers(a=Measured(D(7)), b=Measured(D(80))))
    assert assessment.result_of(ItemId("a")).factor == 1
    assert assessment.result_of(ItemId("b")).factor == D("0.75")


def test_larger_is_better_where_the_indicator_says_so():
    item = make_indicator("a", levels="98 95 90", direction=Direction.LARGER, unit="%")
    assessment = assess(make_questionnaire(item), make_answers(a=Measured(D(95))))
    assert assessment.result_of(ItemId("a")).reached is Grade.II


def test_rounding_is_half_up_and_once():
    assert rounded(D("66.665")) == D("66.67") and rounded(D("0.005")) == D("0.01")


# ── the plant ────────────────────────────────────────────────────────────────


def test_an_indicator_is_computed_from_bills_and_meters():
    item = make_indicator("energy", formula=Formula.parse("(coal * ce_coal + power * ce_power) / clinker"))
    questionnaire = make_questionnaire(
        make_activity("coal"),
        make_activity("power", unit="万kWh"),
        make_activity("clinker"),
        item,
        factors=(make_factor("ce_coal", "0.7143", "kgce/kg"), make_factor("ce_power", "0.1229", "kgce/kWh")),
    )
    answers = make_answers(coal=Measured(D(210000)), power=Measured(D(8600)), clinker=Measured(D(1550000)))
    result = assess(questionnaire, answers).result_of(ItemId("energy"))
    # 210000 t × 0.7143 + 86,000,000 kWh × 0.1229 kgce = 150,003,000 + 10,569,400 kgce over 1,550,000 t
    assert rounded(result.reading.value) == D("103.60")
    assert result.reached is Grade.II and result.reading.entered is None


def test_an_entered_value_counts_before_a_computed_one():
    questionnaire = make_questionnaire(
        make_activity("clinker"), make_indicator("a", unit="t", formula=Formula.parse("clinker"))
    )
    result = assess(questionnaire, make_answers(clinker=Measured(D(5)), a=BEST)).result_of(ItemId("a"))
    assert (result.reading.entered, result.reading.computed, result.reading.value) == (100, 5, 100)


def test_what_a_formula_lacks_is_named_through_derived_quantities():
    questionnaire = make_questionnaire(
        make_activity("coal"),
        make_activity("oil", is_zero_when_blank=True),
        make_activity("clinker"),
        make_indicator("a", unit="1", formula=Formula.parse("fuel / clinker")),
        derived=(make_derived("fuel", "t", "coal + oil"),),
    )
    result = assess(questionnaire, make_answers(clinker=Measured(D(5)))).result_of(ItemId("a"))
    assert result.reading.lacking == ("coal",) and result.standing is Standing.MISSING


def test_no_output_gives_no_value_and_no_crash():
    questionnaire = make_questionnaire(
        make_activity("coal"),
        make_activity("clinker"),
        make_indicator("a", unit="1", formula=Formula.parse("each")),
        make_indicator("b", unit="1", formula=Formula.parse("coal / clinker")),
        derived=(make_derived("each", "1", "coal / clinker"),),
    )
    assessment = assess(questionnaire, make_answers(coal=Measured(D(5)), clinker=Measured(D(0))))
    assert [result.reading.value for result in assessment.items] == [None, None]


def test_what_does_not_concern_the_plant_is_not_asked_and_its_amounts_are_zero():
    kiln = make_condition(process=["kiln"])
    questionnaire = make_questionnaire(
        make_trait("process", ["kiln", "mill"]),
        make_activity("kiln_power", unit="kWh", when=kiln),
        make_activity("mill_power", unit="kWh"),
        make_indicator("a", unit="kWh", formula=Formula.parse("kiln_power + mill_power")),
        make_practice("burner", when=kiln),
        make_requirement("permit", when=kiln),
        make_indicator("nox", when=kiln, is_binding=True),
    )
    answers = make_answers(process=Chosen(("mill",)), mill_power=Measured(D(90)))
    assessment = assess(questionnaire, answers)
    assert assessment.result_of(ItemId("a")).reading.value == 90
    assert assessment.chosen == {"process": ("mill",)}
    assert assessment.result_of(ItemId("burner")).standing is Standing.NOT_CONCERNED
    assert assessment.gates == ()
    assert (assessment.sections[0].answered, assessment.sections[0].asked) == (3, 3)


def test_an_unanswered_trait_leaves_its_items_missing_so_that_skipping_it_gains_nothing():
    questionnaire = make_questionnaire(
        make_trait("process", ["kiln", "mill"]),
        make_practice("a"),
        make_practice("burner", when=make_condition(process=["kiln"])),
        make_indicator("nox", when=make_condition(process=["kiln"])),
    )
    assessment = assess(questionnaire, make_answers(a=FULL, burner=FULL, nox=BEST))
    assert assessment.points.columns[0].applicable == 30 and assessment.points.columns[0].counted == 10
    assert assessment.result_of(ItemId("burner")).standing is Standing.MISSING


def test_a_trait_that_does_not_concern_the_plant_decides_against_its_items():
    questionnaire = make_questionnaire(
        make_trait("process", ["kiln", "mill"]),
        make_trait("fuel", ["coal", "gas"], when=make_condition(process=["kiln"])),
        make_practice("a", when=make_condition(fuel=["coal"])),
    )
    assessment = assess(questionnaire, make_answers(process=Chosen(("mill",)), fuel=Chosen(("coal",))))
    assert assessment.result_of(ItemId("a")).standing is Standing.NOT_CONCERNED


def test_a_level_follows_its_correction_or_waits_for_it():
    level = make_level("III", "94", adjust=Adjustment(quantity="share", origin=D(75), step=D("1.20")))
    item = replace(make_indicator("a"), levels=(level,))
    questionnaire = make_questionnaire(make_activity("share", unit="%"), item)
    adjusted = assess(questionnaire, make_answers(share=Measured(D(80)), a=Measured(D(100))))
    assert adjusted.result_of(ItemId("a")).levels[0].value == 100
    assert adjusted.result_of(ItemId("a")).factor == 1
    waiting = assess(questionnaire, make_answers(a=Measured(D(100))))
    assert waiting.result_of(ItemId("a")).standing is Standing.MISSING
    assert waiting.sections[0].asked == 2


# ── gates ────────────────────────────────────────────────────────────────────


def test_a_veto_blocks_every_badge():
    questionnaire = make_questionnaire(make_practice("a"), make_requirement("accident"))
    passed = assess(questionnaire, make_answers(a=FULL, accident=Declared(is_met=True)))
    blocked = assess(questionnaire, make_answers(a=FULL, accident=Declared(is_met=False)))
    unanswered = assess(questionnaire, make_answers(a=FULL, accident=MISSING))
    assert [one.gates[0].state for one in (passed, blocked, unanswered)] == [
        GateState.PASSED,
        GateState.OPEN,
        GateState.UNANSWERED,
    ]
    assert [one.may_show_badge for one in (passed, blocked, unanswered)] == [True, False, False]
    assert blocked.points.total == 100  # gates stand apart from points


@pytest.mark.parametrize(
    ("answer", "state"),
    [(BEST, GateState.PASSED), (POOR, GateState.OPEN), (MISSING, GateState.UNANSWERED)],
)
def test_a_binding_indicator_is_a_gate_at_its_weakest_usable_level(answer, state):
    questionnaire = make_questionnaire(make_indicator("a", is_binding=True))
    assert assess(questionnaire, make_answers(a=answer)).gates[0].state is state


def test_a_binding_indicator_without_weight_is_a_gate_all_the_same():
    questionnaire = make_questionnaire(make_indicator("a", is_binding=True, weight=D(0)), make_practice("b"))
    assessment = assess(questionnaire, make_answers(a=POOR, b=FULL))
    assert assessment.gates[0].state is GateState.OPEN
    assert assessment.result_of(ItemId("a")).standing is Standing.UNRATED


def test_the_section_of_an_item_is_found():
    questionnaire = make_questionnaire(make_practice("a"))
    assert questionnaire.section_of(ItemId("a")).id == "all"


def test_the_badge_waits_for_every_gate_and_for_the_data_that_decide_them():
    limit = make_indicator("heat", is_binding=True)
    questionnaire = make_questionnaire(
        make_practice("a"),
        make_requirement("accident"),
        limit,
        make_activity("coal"),
        make_trait("kiln", ("big",)),
    )
    whole = {"a": FULL, "accident": Declared(is_met=True), "heat": Measured(D(100)), "coal": Measured(D(1))}
    whole["kiln"] = Chosen(("big",))

    def verdict(**changed):
        return assess(questionnaire, make_answers(**(whole | changed))).gate_verdict

    assert verdict().verdict is Verdict.MET
    assert verdict(heat=Measured(D(200))).verdict is Verdict.OPEN
    for blank in ("accident", "heat", "coal", "kiln"):
        found = verdict(**{blank: MISSING})
        assert (found.verdict, found.lacking) == (Verdict.UNDECIDED, (blank,))
        assert not found.is_met
    # One gate that is not met is red, whatever else is missing.
    assert verdict(accident=Declared(is_met=False), heat=MISSING).verdict is Verdict.OPEN


def test_a_limit_that_waits_for_data_is_a_gate_not_judged_yet():
    moving = make_level("III", "117", adjust=Adjustment(quantity="coal", origin=D(0), step=D(1)))
    limit = make_indicator("heat", levels="- - -", is_binding=True)
    limit = replace(limit, levels=(moving,))
    questionnaire = make_questionnaire(make_practice("a"), limit, make_activity("coal", is_optional=True))
    found = assess(questionnaire, make_answers(a=FULL, heat=Measured(D(100))))
    assert [gate.state for gate in found.gates] == [GateState.UNANSWERED]
    assert found.gate_verdict.lacking == ("heat",)


def test_without_binding_indicators_the_verdict_does_not_speak_of_limits():
    unverified = replace(
        make_indicator("heat", is_binding=True), levels=(make_level("III", "117", "unverified"),)
    )
    questionnaire = make_questionnaire(make_practice("a"), make_requirement("accident"), unverified)
    answers = make_answers(a=FULL, accident=Declared(is_met=True))
    assert assess(questionnaire, answers).gate_verdict.verdict is Verdict.MET_WITHOUT_LIMITS


def test_too_little_answered_is_no_verdict_yet():
    questionnaire = make_questionnaire(
        make_practice("a"), make_practice("b", weight=D(90)), make_requirement("accident")
    )
    found = assess(questionnaire, make_answers(a=FULL, accident=Declared(is_met=True)))
    assert found.gate_verdict.verdict is Verdict.PROVISIONAL
    assert not found.may_show_badge


# ── limits that come into force, figures of the plant's own ──────────────────


def test_a_limit_that_comes_into_force_after_the_year_is_shown_but_does_not_count() -> None:
    limit = replace(make_indicator("dust"), levels=(make_level("III", "10", since="2026-04-01"),))
    questionnaire = make_questionnaire(replace(limit, binding=Citation(source=SOURCE)))
    answers = make_answers(dust=Measured(D("12")))

    before = assess(questionnaire, answers, 2025)
    (result,) = before.items
    assert result.standing is Standing.UNRATED
    assert [level.is_ahead for level in result.levels] == [True]
    assert before.gates == ()
    assert before.sections[0].asked == 0
    for year in (2026, 2027, None):
        after = assess(questionnaire, answers, year)
        assert after.items[0].standing is Standing.COUNTED, year
        assert [gate.state for gate in after.gates] == [GateState.OPEN], year


COAL_HEAT = make_activity("coal_heat", "MJ/kg", is_optional=True, replaces={
    "ce_coal": Formula.parse("coal_heat * ce_heat"), "ef_gone": Formula.parse("coal_heat"),
})  # fmt: skip


@pytest.mark.parametrize(
    ("heat", "energy"), [(None, "0.7"), ("0", "0.7"), ("25", "0.75")], ids=["left open", "zero", "given"]
)
def test_a_figure_of_the_plants_own_replaces_the_published_factor(heat: str | None, energy: str) -> None:
    questionnaire = make_questionnaire(
        make_activity("coal"),
        COAL_HEAT,
        make_indicator("energy", unit="tce", formula=Formula.parse("coal * ce_coal")),
        factors=(make_factor("ce_coal", "0.7", "kgce/kg"), make_factor("ce_heat", "0.03", "kgce/MJ")),
    )
    given = {"coal": Measured(D(1))} | ({"coal_heat": Measured(D(heat))} if heat is not None else {})

    assessment = assess(questionnaire, make_answers(**given))
    assert assessment.result_of(ItemId("energy")).reading.value == D(energy)  # type: ignore[union-attr]
    assert assessment.plant.replaced == ({"ce_coal": "coal_heat"} if heat == "25" else {})
    coal, _ = receipt(assessment)["factors"]
    assert (coal["value"], coal["published"]) == (energy, "0.7")
    assert coal["replaced_by"] == ("coal_heat" if heat == "25" else None)


# ── trying small changes ─────────────────────────────────────────────────────

SOME = {
    "wet": [MISSING, Chosen(("yes",)), Chosen(("no",))],
    "permit": [MISSING, Declared(True), Declared(False)],
    "electricity": [MISSING, Measured(D(900)), Measured(D(1300))],
    "output": [Measured(D(10)), Measured(D(12)), Measured(D(0))],
    "a": [MISSING, FULL, NONE, Practised(Extent.PARTIAL, D(40)), NotApplicable("none")],
    "b": [MISSING, FULL, NONE],
    "heat": [MISSING, Measured(D(99)), Measured(D(110)), Measured(D(130))],
    "power": [MISSING, Measured(D(95))],
    "moving": [Measured(D(100)), Measured(D(118)), NotApplicable("none")],
}


def every_kind():
    """A trait, a requirement, amounts, practices, and indicators that are entered, computed and corrected."""
    corrected = make_level("II", "100", adjust=Adjustment(quantity="spread", origin=D(90), step=D(1)))
    return make_questionnaire(
        make_trait("wet", ["yes", "no"]),
        make_requirement("permit"),
        make_activity("electricity", unit="kWh"),
        make_activity("output"),
        make_practice("a", when=make_condition(wet=["yes"])),
        make_practice("b", column=Column.CIRCULAR),
        make_indicator("heat", is_binding=True),
        make_indicator(
            "power",
            "100 120 140",
            unit="kWh/t",
            formula=Formula.parse("electricity / output"),
            is_binding=True,
        ),
        make_indicator("moving", (corrected, make_level("III", "140")), unit="kWh/t"),
        derived=(make_derived("spread", "kWh/t", "electricity / output"),),
        rulebooks=(make_grade_rules({"all": ("100", {"heat": "50", "power": "30", "moving": "20"})}),),
    )


PLANTS = st.fixed_dictionaries({item: st.sampled_from(answers) for item, answers in SOME.items()})


@given(PLANTS, PLANTS, st.sets(st.sampled_from(sorted(SOME)), max_size=2))
def test_scoring_a_change_anew_in_parts_is_scoring_all_of_it(first, other, changed):
    questionnaire = every_kind()
    second = first | {item: other[item] for item in changed}
    before = assess(questionnaire, make_answers(**first), 2026)
    after = make_answers(**second)
    assert reassess(before, after) == assess(questionnaire, after, 2026)


def test_a_change_without_grades_is_scored_in_parts_too():
    questionnaire = make_questionnaire(make_indicator("heat"), make_practice("a"))
    before = assess(questionnaire, make_answers(heat=Measured(D(110)), a=NONE))
    after = make_answers(heat=Measured(D(100)), a=NONE)
    assert reassess(before, after) == assess(questionnaire, after)
