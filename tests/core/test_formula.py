"""Formulas from data files: arithmetic and nothing else."""

from decimal import Decimal as D

import pytest

from portal.core.formula import Formula, FormulaError
from portal.core.quantity import Quantity, UnitError

KNOWN = {"a": Quantity.of(D(6), "t"), "b": Quantity.of(D(3), "t"), "none": Quantity.of(D(0), "t")}


@pytest.mark.parametrize(
    ("text", "unit", "result"),
    [
        ("a + b", "t", 9),
        ("a - b", "t", 3),
        ("a / b", "1", 2),
        ("2 * a", "t", 12),
        ("(a + b) * 0.5", "t", D("4.5")),
    ],
)
def test_arithmetic(text, unit, result):
    assert Formula.parse(text).value(KNOWN).to(unit) == result


def test_a_zero_divisor_has_no_result():
    assert Formula.parse("a / none").value(KNOWN) is None


@pytest.mark.parametrize(
    "text",
    ["", "a +", "a ** b", "f(a)", "a.b", "'a'", "True", "a if b else a", "-a", "a; b", "(" * 300 + "a"],
)
def test_anything_else_is_refused(text):
    with pytest.raises(FormulaError):
        Formula.parse(text)


def test_names_come_once_and_in_order():
    assert Formula.parse("b * a + b").names == ("b", "a")


def test_units_must_go_together():
    with pytest.raises(UnitError):
        Formula.parse("a + 1").value(KNOWN)
