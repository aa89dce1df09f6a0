"""Units: what may be added, what a conversion gives, what is refused."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.quantity import Quantity, UnitError, parse_unit


@pytest.mark.parametrize(
    ("amount", "unit", "other", "result"),
    [
        ("1", "万kWh", "kWh", "10000"),
        ("1", "GJ", "kWh", "277.7777777777777777777777778"),
        ("0.7143", "kgce/kg", "tce/t", "0.7143"),
        ("103.6", "kgce/t", "tce/t", "0.1036"),
        ("50", "mg/m³", "kg/万m³", "0.5"),
        ("12", "kgce/100m", "kgce/m", "0.12"),
        ("5", "元/(t·d)", "元/(kg·d)", "0.005"),
        ("3", "亿元", "万元", "30000"),
        ("94", "%", "1", "0.94"),
    ],
)
def test_a_unit_converts_exactly(amount, unit, other, result):
    assert Quantity.of(D(amount), unit).to(other) == D(result)


@pytest.mark.parametrize("unit", ["furlong", "kg)", "(kg", "t/万", "/x"])
def test_an_unknown_unit_is_refused(unit):
    with pytest.raises(UnitError):
        parse_unit(unit)


def test_coal_and_electricity_do_not_add_up_without_a_factor():
    coal, power = Quantity.of(D(1), "t"), Quantity.of(D(1), "kWh")
    with pytest.raises(UnitError):
        coal + power
    with pytest.raises(UnitError):
        coal - power


def test_sum_and_difference_keep_the_first_unit():
    one, other = Quantity.of(D(1), "t"), Quantity.of(D(250), "kg")
    assert ((one + other).amount, (one - other).amount) == (D("1.25"), D("0.75"))


@given(
    st.decimals(0, 10**9, places=3), st.sampled_from(["t", "万kWh", "m³", "%", "元/kWh", "kgce/t", "GJ/a"])
)
def test_to_and_fro_gives_the_same_amount(amount, unit):
    quantity = Quantity.of(amount, unit) * Quantity.of(D(1), "1")
    assert quantity.to(unit) == amount
