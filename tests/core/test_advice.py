"""Advice: what is recommended, in which order, and what it brings this plant."""

from decimal import Decimal as D

from portal.core.advice import Range, advise, plan
from portal.core.answers import Chosen, Measured, NotApplicable, Practised
from portal.core.formula import Formula
from portal.core.gaps import find_gaps
from portal.core.levels import Direction, Verification
from portal.core.questionnaire import Extent, ItemId, UsualRange
from portal.core.scoring import assess
from portal.core.technology import (
    Carrier,
    Cost,
    CostClass,
    Lowers,
    Payback,
    Reaches,
    Saves,
    SavesShare,
    States,
)
from tests.trade import (
    ELECTRICITY,
    make_activity,
    make_answers,
    make_backing,
    make_condition,
    make_derived,
    make_factor,
    make_indicator,
    make_practice,
    make_questionnaire,
    make_technology,
    make_trait,
)

NONE, FULL = Practised(Extent.NONE), Practised(Extent.FULL)
CO2 = Carrier(id="process_co2", title="过程CO2", unit="tCO2")
CARRIERS = {carrier.id: carrier for carrier in (ELECTRICITY, CO2)}
UNVERIFIED = make_backing(verification=Verification.UNVERIFIED)
FACTORS = (make_factor("ce_electricity", "0.1229", "kgce/kWh"), make_factor("ef_grid", "0.5", "kgCO2/kWh"))
POWER = Saves(carrier="electricity", low=D(2), high=D(3), unit="kWh/t", per="clinker", backing=make_backing())
CLINKER = make_activity("clinker")
PRICE = make_activity("price_electricity", unit="元/kWh")


def advise_on(questionnaire, technologies, **answers):
    assessment = assess(questionnaire, make_answers(**answers))
    return advise(assessment, find_gaps(assessment), tuple(technologies), CARRIERS)


def names(recommendations):
    return [one.technology.id for one in recommendations]


def test_a_technology_appears_once_with_all_the_gaps_that_it_closes():
    questionnaire = make_questionnaire(make_practice("a"), make_practice("b"), make_practice("c"))
    (one,) = advise_on(questionnaire, [make_technology("t", ["a", "b", "ghost"])], a=NONE, b=NONE, c=FULL)
    assert [gap.result.item.id for gap in one.gaps] == ["a", "b"]
    assert round(one.points_gained, 6) == D("66.666667")


def test_a_practice_fully_in_place_is_never_recommended():
    questionnaire = make_questionnaire(make_practice("sncr"), make_indicator("nox"))
    technology = make_technology("t", ["sncr", "nox"])
    high = Measured(D(400))
    assert advise_on(questionnaire, [technology], sncr=FULL, nox=high) == ()
    assert advise_on(questionnaire, [technology], sncr=NotApplicable("无窑"), nox=high) == ()
    assert names(advise_on(questionnaire, [technology], nox=high)) == ["t"]


def test_conditions_of_use_are_respected():
    questionnaire = make_questionnaire(make_trait("residue", ["mycelium", "herb"]), make_practice("a"))
    technologies = [
        make_technology("feed", ["a"], unless=make_condition(residue=["mycelium"])),
        make_technology("burn", ["a"], when=make_condition(residue=["mycelium"])),
        make_technology("any", ["a"]),
    ]
    assert names(advise_on(questionnaire, technologies, residue=Chosen(("mycelium",)), a=NONE)) == [
        "any",
        "burn",
    ]
    assert names(advise_on(questionnaire, technologies, residue=Chosen(("herb",)), a=NONE)) == ["any", "feed"]


def test_gates_rank_before_points_and_points_before_cost():
    questionnaire = make_questionnaire(
        make_indicator("limit", weight=D(1), is_binding=True),
        make_practice("large", weight=D(50)),
        make_practice("small", weight=D(10)),
    )
    technologies = [
        make_technology("d_small", ["small"]),
        make_technology("c_large_dear", ["large"], cost_class=CostClass.HIGH),
        make_technology("b_large_cheap", ["large"], cost_class=CostClass.LOW),
        make_technology("e_limit", ["limit"]),
    ]
    found = advise_on(questionnaire, technologies, limit=Measured(D(200)), large=NONE, small=NONE)
    assert names(found) == ["e_limit", "b_large_cheap", "c_large_dear", "d_small"]


def save_with(*effects, prices=True, factors=FACTORS, **more):
    questionnaire = make_questionnaire(
        make_practice("a"),
        CLINKER,
        PRICE,
        make_activity("power", unit="万kWh"),
        factors=factors,
        derived=(make_derived("half", "kWh", "power * 0.5"),),
    )
    answers = {"a": NONE, "clinker": Measured(D(1_000_000)), "power": Measured(D(8000))}
    if prices:
        answers["price_electricity"] = Measured(D("0.65"))
    answers |= more.pop("answers", {})
    (one,) = advise_on(questionnaire, [make_technology("t", ["a"], effects=effects, **more)], **answers)
    return one


def test_a_saving_is_for_this_plants_output_and_price():
    one = save_with(POWER)
    # 1,000,000 t × 2–3 kWh/t; × 0.65 元; × 0.1229 kgce; × 0.5 kgCO2
    assert one.savings[0].amount == Range(low=D(2_000_000), high=D(3_000_000), unit="kWh")
    assert one.money == Range(low=D(130), high=D(195), unit="万元")
    assert one.standard_coal == Range(low=D("245.8"), high=D("368.7"), unit="tce")
    assert one.co2 == Range(low=D(1000), high=D(1500), unit="tCO2")
    assert one.lacking == ()


def test_a_missing_price_is_named_and_not_guessed():
    one = save_with(POWER, prices=False)
    assert one.money is None and one.lacking == ("price_electricity",)
    assert one.co2 is not None


def test_a_missing_quantity_is_named():
    share = SavesShare(carrier="electricity", low=D(5), high=D(8), of="half", backing=make_backing())
    one = save_with(share, answers={"power": NotApplicable("")})
    assert one.savings[0].amount is None and one.lacking == ("power",)


def test_a_share_is_of_what_the_plant_uses():
    share = SavesShare(carrier="electricity", low=D(5), high=D(8), of="half", backing=make_backing())
    one = save_with(share)
    assert one.savings[0].amount == Range(low=D(2_000_000), high=D(3_200_000), unit="kWh")


def test_a_carrier_may_be_carbon_dioxide_itself():
    saves = Saves(
        carrier="process_co2", low=D(1), high=D(2), unit="kgCO2/t", per="clinker", backing=make_backing()
    )
    one = save_with(saves)
    assert one.co2 == Range(low=D(1000), high=D(2000), unit="tCO2")
    assert one.money is None and one.standard_coal is None and one.lacking == ()


def test_unverified_figures_and_factors_bring_nothing():
    doubtful = Saves(
        carrier="electricity", low=D(2), high=D(3), unit="kWh/t", per="clinker", backing=UNVERIFIED
    )
    assert save_with(doubtful).savings == ()
    factors = (FACTORS[0], make_factor("ef_grid", "0.5", "kgCO2/kWh", "unverified"))
    assert save_with(POWER, factors=factors).co2 is None


def test_the_plants_own_factor_counts_where_the_published_one_is_not_verified():
    factors = (FACTORS[0], make_factor("ef_grid", "0.5", "kgCO2/kWh", "unverified"))
    own = make_activity("own_ef", "kgCO2/kWh", replaces={"ef_grid": Formula.parse("own_ef")})
    questionnaire = make_questionnaire(make_practice("a"), CLINKER, own, factors=factors)
    card = make_technology("t", ["a"], effects=(POWER,))
    (one,) = advise_on(questionnaire, [card], a=NONE, clinker=Measured(D(1000)), own_ef=Measured(D("0.2")))
    assert one.co2 == Range(low=D("0.4"), high=D("0.6"), unit="tCO2")


def test_two_figures_for_one_carrier_are_not_added_up():
    other = Saves(
        carrier="electricity", low=D(20), high=D(30), unit="kWh/t", per="clinker", backing=make_backing()
    )
    one = save_with(POWER, other)
    assert len(one.savings) == 2 and one.money == Range(low=D(130), high=D(195), unit="万元")


def cost(low, high, unit, per="", backing=None):
    return Cost(low=D(low), high=D(high), unit=unit, basis="", per=per, backing=backing or make_backing())


def test_investment_per_unit_is_scaled_and_pays_back():
    one = save_with(
        POWER, investments=(cost(1, 2, "元/t", "clinker"),), running=(cost("0.5", "0.5", "元/t", "clinker"),)
    )
    assert one.investment == Range(low=D(100), high=D(200), unit="万元") and one.is_investment_scaled
    assert one.running == Range(low=D(50), high=D(50), unit="万元")
    # 100 ÷ (195 − 50) to 200 ÷ (130 − 50)
    assert round(one.payback.low, 4) == D("0.6897") and one.payback.high == D("2.5")
    assert not one.is_payback_stated


def test_an_investment_of_another_plant_stays_that_plants_and_payback_is_as_stated():
    stated = Payback(low=D(3), high=D(4), basis="", backing=make_backing())
    one = save_with(
        POWER, investments=(cost(700, 700, "万元"),), paybacks=(stated,), running=(cost(1, 1, "万元"),)
    )
    assert one.investment == Range(low=D(700), high=D(700), unit="万元") and not one.is_investment_scaled
    assert one.payback == Range(low=D(3), high=D(4), unit="年") and one.is_payback_stated
    assert one.running is None


def test_a_saving_that_does_not_cover_its_running_cost_has_no_payback():
    one = save_with(
        POWER, investments=(cost(1, 2, "元/t", "clinker"),), running=(cost(5, 5, "元/t", "clinker"),)
    )
    assert one.payback is None


def test_unverified_costs_are_not_used():
    stated = Payback(low=D(3), high=D(4), basis="", backing=UNVERIFIED)
    one = save_with(
        POWER,
        investments=(cost(1, 2, "万元", backing=UNVERIFIED), cost(1, 2, "元/t", "absent")),
        paybacks=(stated,),
    )
    assert (one.investment, one.payback) == (None, None)


def indicator_gain(effect, direction=Direction.SMALLER, levels="50 100 320", value="400"):
    item = make_indicator("nox", levels=levels, direction=direction)
    questionnaire = make_questionnaire(item, make_practice("a"), CLINKER)
    technology = make_technology("t", ["nox"], effects=(effect,))
    (one,) = advise_on(questionnaire, [technology], nox=Measured(D(value)), a=FULL)
    return one.points_gained


def test_points_gained_take_the_cautious_end_of_an_effect():
    lowers = Lowers(item=ItemId("nox"), low=D(20), high=D(90), backing=make_backing())
    assert indicator_gain(lowers) == 30  # 400 → 320: Ⅲ earns 0.6 of half the weight
    reaches = Reaches(item=ItemId("nox"), low=D(40), high=D(100), backing=make_backing())
    assert indicator_gain(reaches) == 40  # 100: Ⅱ
    larger = Reaches(item=ItemId("nox"), low=D(92), high=D(99), backing=make_backing())
    assert indicator_gain(larger, Direction.LARGER, "98 95 90", "80") == 30


def test_an_effect_never_makes_a_value_worse_and_unverified_ones_move_nothing():
    worse = Reaches(item=ItemId("nox"), low=D(500), high=D(500), backing=make_backing())
    assert indicator_gain(worse) == 0
    doubtful = Reaches(item=ItemId("nox"), low=D(10), high=D(10), backing=UNVERIFIED)
    assert indicator_gain(doubtful) == 0
    elsewhere = Lowers(item=ItemId("ghost"), low=D(20), high=D(30), backing=make_backing())
    assert indicator_gain(elsewhere) == 0
    assert indicator_gain(States(text="", backing=make_backing())) == 0


def test_saved_energy_improves_the_indicator_computed_from_it():

    item = make_indicator("energy", unit="kWh/t", formula=Formula.parse("power / clinker"))
    questionnaire = make_questionnaire(
        item, CLINKER, make_activity("power", unit="kWh"), factors=FACTORS, derived=()
    )
    share = SavesShare(carrier="electricity", low=D(10), high=D(20), of="power", backing=make_backing())
    absent = SavesShare(carrier="electricity", low=D(10), high=D(20), of="ghost", backing=make_backing())
    (one,) = advise_on(
        questionnaire,
        [make_technology("t", ["energy"], effects=(share, absent))],
        clinker=Measured(D(100)),
        power=Measured(D(11500)),
    )
    assert one.points_gained == 20  # 115 → 103.5 kWh/t: from Ⅲ (0.6) to Ⅱ (0.8)


def test_the_road_map_adds_up_step_by_step():
    questionnaire = make_questionnaire(make_practice("a"), make_practice("b"), make_practice("c"))
    technologies = [
        make_technology("low", ["a"], cost_class=CostClass.LOW),
        make_technology("high", ["b"], cost_class=CostClass.HIGH),
    ]
    assessment = assess(questionnaire, make_answers(a=NONE, b=NONE, c=FULL))
    found = advise(assessment, find_gaps(assessment), tuple(technologies), CARRIERS)
    steps = plan(assessment, found)
    assert [names(step.recommendations) for step in steps] == [["low"], [], ["high"]]
    assert [round(step.points_after) for step in steps] == [67, 67, 100]


def test_no_money_is_made_of_a_price_outside_its_usual_range():
    price = make_activity(
        "price_electricity", unit="元/kWh", usual=UsualRange(low=D("0.2"), high=D("1.5"), basis="example")
    )
    questionnaire = make_questionnaire(make_practice("a"), CLINKER, price, factors=FACTORS)
    technology = make_technology("t", ["a"], effects=(POWER,))
    known = {"a": NONE, "clinker": Measured(D(1000))}
    (usual,) = advise_on(questionnaire, [technology], **known, price_electricity=Measured(D("0.7")))
    (absurd,) = advise_on(questionnaire, [technology], **known, price_electricity=Measured(D(700)))
    assert usual.money is not None and usual.doubtful == ()
    assert absurd.money is None and absurd.doubtful == ("price_electricity",)
    assert absurd.lacking == () and absurd.standard_coal == usual.standard_coal


def test_what_is_in_place_already_saves_and_costs_nothing_again():
    half = Practised(Extent.PARTIAL, D(60))
    share = SavesShare(carrier="electricity", low=D(5), high=D(8), of="half", backing=make_backing())
    one = save_with(
        share,
        answers={"a": half},
        investments=(cost(1, 2, "元/t", "clinker"),),
        running=(cost("0.1", "0.1", "元/t", "clinker"),),
    )
    # 40 % of 5–8 % of 40,000,000 kWh, and 40 % of the plant is fitted out
    assert one.rest == Range(low=D(40), high=D(40), unit="%")
    assert one.savings[0].amount == Range(low=D(800_000), high=D(1_280_000), unit="kWh")
    assert one.investment == Range(low=D(40), high=D(80), unit="万元")
    assert one.running == Range(low=D(4), high=D(4), unit="万元")


def test_practices_that_stand_differently_far_make_a_range():
    questionnaire = make_questionnaire(make_practice("a"), make_practice("b"), CLINKER, factors=FACTORS)
    (one,) = advise_on(
        questionnaire,
        [make_technology("t", ["a", "b"], effects=(POWER,))],
        a=Practised(Extent.PARTIAL, D(30)),
        b=Practised(Extent.PARTIAL, D(80)),
        clinker=Measured(D(1000)),
    )
    assert one.rest == Range(low=D(20), high=D(70), unit="%")
    assert one.savings[0].amount == Range(low=D(400), high=D(2100), unit="kWh")


def test_a_saving_lies_between_nothing_and_what_the_plant_uses():
    questionnaire = make_questionnaire(
        make_practice("a"), CLINKER, make_activity("electricity", unit="kWh"), factors=FACTORS
    )
    known = {"a": NONE, "clinker": Measured(D(1000)), "electricity": Measured(D(2500))}
    (one,) = advise_on(questionnaire, [make_technology("t", ["a"], effects=(POWER,))], **known)
    assert one.savings[0].amount == Range(low=D(2000), high=D(2500), unit="kWh")
    assert one.co2 == Range(low=D(1), high=D("1.25"), unit="tCO2")
    dearer = Saves(
        carrier="electricity", low=D(-5), high=D(1), unit="kWh/t", per="clinker", backing=make_backing()
    )
    (one,) = advise_on(questionnaire, [make_technology("t", ["a"], effects=(dearer,))], **known)
    assert one.savings[0].amount == Range(low=D(0), high=D(1000), unit="kWh")


def test_an_indicator_moves_by_the_part_that_is_left_to_do():
    item = make_indicator("nox", levels="50 100 320")
    questionnaire = make_questionnaire(item, make_practice("a"))
    lowers = Lowers(item=ItemId("nox"), low=D(40), high=D(40), backing=make_backing())
    technology = make_technology("t", ["nox", "a"], effects=(lowers,))
    full = {"nox": Measured(D(400)), "a": Practised(Extent.PARTIAL, D(60))}
    (one,) = advise_on(questionnaire, [technology], **full)
    # 400 → 336 mg/m³ does not reach 320: only the practice brings points
    assert one.points_gained == 20
    (one,) = advise_on(questionnaire, [technology], **full | {"a": Practised(Extent.PARTIAL, D(40))})
    assert one.points_gained == 60  # 400 → 304 reaches Ⅲ
