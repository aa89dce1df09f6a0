"""GB/T 36132—2025 as a further rulebook over the same answers."""

from decimal import Decimal as D

import pytest

from portal.core.answers import Declared, Measured, NotApplicable, Practised
from portal.core.assessment import GateState
from portal.core.axes import MemberStanding, ratings
from portal.core.formula import Formula
from portal.core.levels import Direction, Verification
from portal.core.questionnaire import Extent
from portal.core.receipt import receipt
from portal.core.rulebook import AxesRulebook, Axis, AxisMember, Benchmark
from portal.core.scoring import assess
from tests.trade import (
    make_activity,
    make_answers,
    make_indicator,
    make_practice,
    make_questionnaire,
    make_requirement,
)


def benchmark(value, verification="secondhand"):
    return Benchmark(value=D(value), source="norm", verification=Verification(verification))


def member(id, weight="8", **more):
    return AxisMember(id=id, title=id, weight=D(weight), **more)


def rate_with(*members, **answers):
    axes = tuple(Axis(id=one.id, title=one.id, members=(one,)) for one in members)
    book = AxesRulebook(
        id="green", title="green", basis="", source="norm", axes=axes, requirements=("systems",)
    )
    questionnaire = make_questionnaire(
        make_requirement("systems", is_veto=False),
        make_requirement("other"),
        make_indicator("energy"),
        make_practice("design"),
        make_activity("water", unit="m³"),
        make_activity("clinker"),
        rulebooks=(book,),
    )
    (rating,) = ratings(assess(questionnaire, make_answers(**answers)))
    return rating


ENERGY = member("energy", item="energy", base=benchmark("107"), lead=benchmark("100"))


@pytest.mark.parametrize(
    ("value", "share"), [("99", "1"), ("100", "1"), ("103.5", "0.5"), ("107", "0"), ("130", "0")]
)
def test_an_indicator_counts_linearly_between_base_and_lead(value, share):
    rating = rate_with(ENERGY, energy=Measured(D(value)))
    assert rating.axes[0].members[0].share == D(share)
    assert rating.total == 100 * D(share)


def test_the_same_formula_serves_where_larger_is_better():
    larger = member(
        "energy", item="energy", direction=Direction.LARGER, base=benchmark("80"), lead=benchmark("90")
    )
    assert rate_with(larger, energy=Measured(D(85))).axes[0].points == 50


def test_without_an_official_value_the_member_is_unpublished_and_leaves_the_denominator():
    half = member("unknown", item="energy", lead=benchmark("100"))
    doubtful = member("doubtful", item="energy", base=benchmark("1", "unverified"), lead=benchmark("2"))
    nowhere = member("nowhere")
    rating = rate_with(
        half,
        doubtful,
        nowhere,
        member("design", "6", item="design"),
        energy=Measured(D(99)),
        design=Practised(Extent.PARTIAL, D(50)),
    )
    standings = [axis.members[0].standing for axis in rating.axes]
    assert standings == [MemberStanding.UNPUBLISHED] * 3 + [MemberStanding.COUNTED]
    assert (rating.counted, rating.total) == (6, 50)


def test_a_member_may_be_computed_from_activity_data():
    water = member(
        "water",
        formula=Formula.parse("water / clinker"),
        unit="m³/t",
        base=benchmark("0.5"),
        lead=benchmark("0.3"),
    )
    rating = rate_with(water, water=Measured(D(400)), clinker=Measured(D(1000)))
    assert rating.axes[0].members[0].value == D("0.4") and rating.total == 50


def test_what_is_missing_or_not_applicable_does_not_count():
    water = member(
        "water",
        formula=Formula.parse("water / clinker"),
        unit="m³/t",
        base=benchmark("0.5"),
        lead=benchmark("0.3"),
    )
    design = member("design", item="design")
    rating = rate_with(ENERGY, design, water, energy=NotApplicable("没有窑"))
    assert [axis.members[0].standing for axis in rating.axes] == [
        MemberStanding.NOT_APPLICABLE,
        MemberStanding.MISSING,
        MemberStanding.MISSING,
    ]
    assert rating.total is None and rating.axes[0].points is None


def test_its_basic_requirements_are_its_gates():
    rating = rate_with(ENERGY, systems=Declared(is_met=False))
    assert [(gate.item.id, gate.state) for gate in rating.gates] == [("systems", GateState.OPEN)]


def test_the_receipt_carries_the_rating_so_that_it_can_be_reckoned_again():
    half, design = member("unknown"), member("design", "6", item="design")
    axes = tuple(Axis(id=one.id, title=one.id, members=(one,)) for one in (ENERGY, half, design))
    book = AxesRulebook(id="green", title="green", basis="", source="norm", axes=axes, requirements=("r",))
    questionnaire = make_questionnaire(
        make_requirement("r"), make_indicator("energy"), make_practice("design"), rulebooks=(book,)
    )
    answers = make_answers(energy=Measured(D("103.5")), design=Practised(Extent.FULL))
    (rating,) = receipt(assess(questionnaire, answers))["ratings"]
    members = [one for axis in rating["axes"] for one in axis["members"] if one["share"] is not None]
    assert D(members[0]["share"]) == (D(members[0]["value"]) - 107) / (100 - 107)
    weight = sum(D(one["weight"]) for one in members)
    total = 100 * sum(D(one["weight"]) * D(one["share"]) for one in members) / weight
    assert D(rating["total"]["exact"]) == total and D(rating["counted"]) == 14
    assert rating["gates"] == [{"item": "r", "state": "unanswered"}]


def test_an_indicator_may_lend_its_own_levels_two_and_one_as_base_and_lead():
    own = member("energy", item="energy", uses_levels=True)
    rating = rate_with(own, energy=Measured(D("103.5")))  # Ⅰ 100, Ⅱ 107
    assert (rating.axes[0].members[0].base, rating.axes[0].members[0].lead) == (107, 100)
    assert rating.total == 50
    same = member("energy", item="energy", base=benchmark("5"), lead=benchmark("5"))
    assert rate_with(same, energy=Measured(D(5))).total is None
