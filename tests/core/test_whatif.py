"""What a set of measures comes to: points of the changed answers, savings without overlap, money that says whose it is."""

from decimal import Decimal as D

import pytest

from portal.core.advice import Range, advise
from portal.core.answers import Measured, Practised
from portal.core.gaps import find_gaps
from portal.core.questionnaire import Extent
from portal.core.scoring import assess
from portal.core.technology import Cost, SavesShare
from portal.core.whatif import Pricing, look, price
from tests.trade import (
    ELECTRICITY,
    make_activity,
    make_answers,
    make_backing,
    make_practice,
    make_questionnaire,
    make_technology,
)

SAID = make_backing()


def cost(amount, unit="万元", per=""):
    return Cost(low=D(amount), high=D(amount) * 2, unit=unit, basis="", per=per, backing=SAID)


def share(low, high):
    return SavesShare(carrier="electricity", low=D(low), high=D(high), of="electricity", backing=SAID)


def room(*technologies):
    """A plant that uses 1,000,000 kWh at 0.5 yuan, makes 10 t and has neither practice."""
    questionnaire = make_questionnaire(
        make_practice("a"),
        make_practice("b"),
        make_activity("electricity", unit="kWh"),
        make_activity("output"),
        make_activity("price_electricity", unit="元/kWh"),
    )
    none = Practised(Extent.NONE)
    amounts = {"electricity": "1000000", "output": "10", "price_electricity": "0.5"}
    answers = make_answers(a=none, b=none, **{name: Measured(D(value)) for name, value in amounts.items()})
    assessment = assess(questionnaire, answers)
    found = advise(assessment, find_gaps(assessment), technologies, {"electricity": ELECTRICITY})
    return assessment, found


def test_the_plants_own_figure_goes_before_any_source():
    _, found = room(
        make_technology("own", ["a"], investments=(cost(5),)),
        make_technology("case", ["a"], investments=(cost(5),)),
        make_technology("scaled", ["a"], investments=(cost(10000, "元/t", "output"),)),
        make_technology("unknown", ["a"]),
    )
    priced = {one.id: one for one in price(found, {"own": D(7)})}
    assert {id: one.pricing for id, one in priced.items()} == {
        "own": Pricing.OWN,
        "case": Pricing.CASE,
        "scaled": Pricing.SCALED,
        "unknown": Pricing.UNKNOWN,
    }
    assert priced["own"].investment == Range(low=D(7), high=D(7), unit="万元")
    assert priced["scaled"].investment == Range(low=D(10), high=D(20), unit="万元")
    assert priced["unknown"].investment is None


def test_a_set_is_scored_on_the_changed_answers_and_saves_without_overlap():
    assessment, found = room(
        make_technology("one", ["a"], effects=(share(10, 10),)),
        make_technology("two", ["a", "b"], effects=(share(20, 20),)),
    )
    both = look(assessment, price(found, {"one": D(3), "two": D(4)}))
    assert both.after.points.total == 100
    assert both.gain == 100
    # 0.9 × 0.8 of 50 万元 stay: 14 are saved, not 15.
    assert both.savings.money == Range(low=D(14), high=D(14), unit="万元")
    assert both.savings.is_limited
    assert both.payback == Range(low=D("0.5"), high=D("0.5"), unit="年")
    assert both.is_own_scale


def test_no_payback_where_a_price_is_unknown_or_nothing_is_left_over():
    dear = cost("1000000", "元/t", "output")
    assessment, found = room(
        make_technology("known", ["a"], effects=(share(10, 20),)),
        make_technology("unknown", ["b"]),
        make_technology("costly", ["b"], running=(dear,)),
    )
    by = {one.id: one for one in price(found, {"known": D(3), "costly": D(1)})}
    assert look(assessment, [by["known"]]).payback == Range(low=D("0.3"), high=D("0.6"), unit="年")
    half = look(assessment, [by["known"], by["unknown"]])
    assert half.payback is None
    assert half.investment == Range(low=D(3), high=D(3), unit="万元")
    assert [one.technology.id for one in half.unpriced] == ["unknown"]
    assert not half.is_own_scale
    assert look(assessment, [by["known"], by["costly"]]).payback is None
    assert look(assessment, [by["costly"]]).payback is None


@pytest.mark.parametrize("taken", [(), []])
def test_nothing_changes_nothing(taken):
    assessment, _ = room()
    nothing = look(assessment, taken)
    assert (nothing.gain, nothing.investment, nothing.payback) == (0, None, None)
    assert nothing.after.points == assessment.points
