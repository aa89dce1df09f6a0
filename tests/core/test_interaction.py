"""Measures together: shares multiply, amounts add, nobody saves more than is used."""

from decimal import Decimal as D

from portal.core.advice import Range, advise
from portal.core.answers import Measured, Practised
from portal.core.gaps import find_gaps
from portal.core.interaction import together
from portal.core.plant import see
from portal.core.questionnaire import Extent
from portal.core.scoring import assess
from portal.core.technology import Carrier, Saves, SavesShare
from tests.trade import (
    ELECTRICITY,
    make_activity,
    make_answers,
    make_backing,
    make_factor,
    make_practice,
    make_questionnaire,
    make_technology,
)

HEAT = Carrier(id="heat", title="热", unit="GJ")


def save(*effects, used="1000", price="0.5", done=""):
    """Each effect is a technology of its own, `done` per cent in place; the plant uses 1,000 kWh and makes 10 t."""
    questionnaire = make_questionnaire(
        make_practice("a"),
        make_activity("electricity", unit="kWh"),
        make_activity("heat_used", unit="GJ"),
        make_activity("output"),
        make_activity("price_electricity", unit="元/kWh"),
        factors=(make_factor("ce_electricity", "0.1229", "kgce/kWh"),),
    )
    practised = Practised(Extent.PARTIAL, D(done)) if done else Practised(Extent.NONE)
    given = {"a": practised, "output": Measured(D(10)), "heat_used": Measured(D(50))}
    for name, value in (("electricity", used), ("price_electricity", price)):
        if value:
            given[name] = Measured(D(value))
    answers = make_answers(**given)
    assessment = assess(questionnaire, answers)
    technologies = tuple(make_technology(f"t{n}", ["a"], effects=(one,)) for n, one in enumerate(effects))
    carriers = {"electricity": ELECTRICITY, "heat": HEAT}
    found = advise(assessment, find_gaps(assessment), technologies, carriers)
    return together(found, see(questionnaire, answers))


def share(low, high, of="electricity", carrier="electricity"):
    return SavesShare(carrier=carrier, low=D(low), high=D(high), of=of, backing=make_backing())


def each(low, high):
    return Saves(
        carrier="electricity", low=D(low), high=D(high), unit="kWh/t", per="output", backing=make_backing()
    )


def test_shares_of_one_use_multiply():
    result = save(share(10, 20), share(20, 50))
    assert result.amounts == ((ELECTRICITY, Range(low=D(280), high=D(600), unit="kWh")),)
    assert result.is_limited
    assert result.money == Range(low=D("0.014"), high=D("0.03"), unit="万元")


def test_amounts_per_output_add_up_and_stop_at_the_use():
    assert save(each(5, 10), each(5, 10)).amounts[0][1] == Range(low=D(100), high=D(200), unit="kWh")
    assert not save(each(5, 10), each(5, 10)).is_limited
    limited = save(each(60, 90), each(60, 90))
    assert limited.amounts[0][1] == Range(low=D(1000), high=D(1000), unit="kWh") and limited.is_limited


def test_without_the_use_the_sum_has_no_ceiling():
    assert save(each(60, 90), each(60, 90), used="").amounts[0][1].high == 1800


def test_carriers_stand_apart_and_what_cannot_be_computed_is_none():
    result = save(each(5, 10), share(10, 20, of="heat_used", carrier="heat"), price="")
    assert {carrier.id: amount.high for carrier, amount in result.amounts} == {"electricity": 100, "heat": 10}
    assert result.money is None and result.co2 is None and result.standard_coal is not None


def test_what_lacks_its_base_saves_nothing():
    result = save(share(10, 20), used="")
    assert result.amounts == () and result.money is None


def test_an_effect_of_nothing_saves_nothing():
    result = save(each(0, 0))
    assert result.amounts[0][1].high == 0 and result.money is None


def test_shares_work_on_what_is_left_to_do():
    result = save(share(10, 20), share(20, 50), done="60")
    # 0.96 × 0.92 and 0.92 × 0.80 of 1,000 kWh stay
    assert result.amounts == ((ELECTRICITY, Range(low=D("116.8"), high=D(264), unit="kWh")),)
