"""A Decimal with its unit, and the small arithmetic of units that formulas and savings need.

Units are written as people write them: ``kgce/t``, ``万kWh``, ``mg/m³``, ``元/(kWh)``, ``%``. Each is an exact
fraction times a product of base symbols. Standard coal (``kgce``), physical energy (``MJ``, ``kWh``),
carbon dioxide (``kgCO2``), money (``元``), mass, volume, length, area and time are separate dimensions, so adding
coal to electricity without a conversion factor is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from portal.core.errors import PortalError

PRECISION = 28


class UnitError(PortalError):
    """A unit is unknown, or two quantities do not go together."""


# symbol → (factor to the base symbol, base symbol with exponent). Only exact relations stand here; everything that a
# standard sets (heat values, emission factors) is data.
_SYMBOLS: Mapping[str, tuple[Fraction, Mapping[str, int]]] = {
    "1": (Fraction(1), {}),
    "%": (Fraction("0.01"), {}),
    "‰": (Fraction("0.001"), {}),
    "倍": (Fraction(1), {}),
    "级": (Fraction(1), {}),
    "项": (Fraction(1), {}),
    "pH": (Fraction(1), {}),
    "mg": (Fraction("0.000001"), {"kg": 1}),
    "g": (Fraction("0.001"), {"kg": 1}),
    "kg": (Fraction(1), {"kg": 1}),
    "t": (Fraction(1000), {"kg": 1}),
    "kgce": (Fraction(1), {"kgce": 1}),
    "tce": (Fraction(1000), {"kgce": 1}),
    "kgCO2": (Fraction(1), {"kgCO2": 1}),
    "tCO2": (Fraction(1000), {"kgCO2": 1}),
    "kJ": (Fraction("0.001"), {"MJ": 1}),
    "MJ": (Fraction(1), {"MJ": 1}),
    "GJ": (Fraction(1000), {"MJ": 1}),
    "kWh": (Fraction("3.6"), {"MJ": 1}),
    "MWh": (Fraction(3600), {"MJ": 1}),
    "kW": (Fraction("3.6"), {"MJ": 1, "h": -1}),
    "kcal": (Fraction("0.0041868"), {"MJ": 1}),
    "m³": (Fraction(1), {"m³": 1}),
    "Nm³": (Fraction(1), {"m³": 1}),
    "L": (Fraction("0.001"), {"m³": 1}),
    "mL": (Fraction("0.000001"), {"m³": 1}),
    "m": (Fraction(1), {"m": 1}),
    "hm": (Fraction(100), {"m": 1}),
    "km": (Fraction(1000), {"m": 1}),
    "m²": (Fraction(1), {"m²": 1}),
    "元": (Fraction(1), {"元": 1}),
    "h": (Fraction(1), {"h": 1}),
    "d": (Fraction(24), {"h": 1}),
    "a": (Fraction(8760), {"h": 1}),
    "℃": (Fraction(1), {"℃": 1}),
    "Pa": (Fraction(1), {"Pa": 1}),
    "dB": (Fraction(1), {"dB": 1}),
    "ngTEQ": (Fraction(1), {"ngTEQ": 1}),
    "人": (Fraction(1), {"人": 1}),
    "年": (Fraction(1), {"年": 1}),
}
_MULTIPLES = {"千": Fraction(1000), "万": Fraction(10000), "百": Fraction(100), "亿": Fraction(100000000)}
_TOKEN = re.compile(r"\s*([()/·*]|[^()/·*\s]+)")


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A factor to base symbols and their exponents, sorted by symbol.

    Units are made once each (`parse_unit` and `times` remember theirs) and compared by `dimension` and `factor`.
    """

    factor: Fraction
    dimension: tuple[tuple[str, int], ...]

    @lru_cache(maxsize=4096)  # noqa: B019 - units are few and live as long as the process
    def times(self, other: "Unit", sign: int = 1) -> "Unit":
        """The product with `other`, or with its reciprocal when `sign` is −1."""
        exponents = dict(self.dimension)
        for symbol, exponent in other.dimension:
            exponents[symbol] = exponents.get(symbol, 0) + sign * exponent
        factor = self.factor * other.factor if sign == 1 else self.factor / other.factor
        return Unit(factor, tuple(sorted((s, e) for s, e in exponents.items() if e)))


ONE = Unit(Fraction(1), ())


@lru_cache(maxsize=512)
def parse_unit(text: str) -> Unit:
    """The unit written as `text`; raises UnitError when a symbol is unknown."""
    unit, sign, depth = ONE, 1, [1]
    for token in _TOKEN.findall(text):
        if token == "/":
            sign = -1
        elif token in "·*":
            sign = 1
        elif token == "(":
            depth.append(depth[-1] * sign)
            sign = 1
        elif token == ")":
            if len(depth) == 1:
                raise UnitError(text)
            depth.pop()
            sign = 1
        else:
            unit = unit.times(_symbol(token, text), depth[-1] * sign)
    if len(depth) != 1:
        raise UnitError(text)
    return unit


def _symbol(token: str, text: str) -> Unit:
    factor = Fraction(1)
    while token[:1] in _MULTIPLES and token not in _SYMBOLS:
        factor *= _MULTIPLES[token[0]]
        token = token[1:]
    digits = re.match(r"\d+(?=\D)", token)
    if digits:  # "100m": a hundred metres as the textile standards count cloth
        factor *= Fraction(digits.group())
        token = token[digits.end() :]
    if token not in _SYMBOLS:
        raise UnitError(text)
    known, dimension = _SYMBOLS[token]
    return Unit(factor * known, tuple(sorted(dimension.items())))


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact decimal amount in a unit."""

    amount: Decimal
    unit: Unit

    @classmethod
    def of(cls, amount: Decimal, unit: str) -> "Quantity":
        """`amount` in the unit written as `unit`."""
        return cls(amount, parse_unit(unit))

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.amount + other._in(self.unit), self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.amount - other._in(self.unit), self.unit)

    def __mul__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.amount * other.amount, self.unit.times(other.unit))

    def __truediv__(self, other: "Quantity") -> "Quantity":
        return Quantity(_divide(self.amount, other.amount), self.unit.times(other.unit, -1))

    def to(self, unit: str) -> Decimal:
        """The amount in the unit written as `unit`; raises UnitError when it measures something else."""
        return self._in(parse_unit(unit))

    def _in(self, unit: Unit) -> Decimal:
        if self.unit is unit:
            return self.amount
        if self.unit.dimension != unit.dimension:
            raise UnitError(f"{self.unit.dimension} ≠ {unit.dimension}")
        ratio = self.unit.factor / unit.factor
        return _divide(self.amount * ratio.numerator, Decimal(ratio.denominator))


def _divide(dividend: Decimal, divisor: Decimal) -> Decimal:
    """The one division of the house: 28 digits, so that every machine gets the same result."""
    with localcontext() as context:
        context.prec = PRECISION
        return dividend / divisor
