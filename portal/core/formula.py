"""Arithmetic that the data files may ask for: names, numbers, + − × ÷ and brackets, with units carried along."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from portal.core.errors import PortalError
from portal.core.quantity import ONE, Quantity


class FormulaError(PortalError):
    """A formula is not plain arithmetic."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula; `names` are the quantities it needs, in order of appearance."""

    text: str
    names: tuple[str, ...] = field(compare=False)
    _tree: ast.expr = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> "Formula":
        """Read `text`; raises FormulaError when it is anything but arithmetic on names."""
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError) as error:
            raise FormulaError(text) from error
        names: list[str] = []
        _check(tree, text, names)
        return cls(text, tuple(dict.fromkeys(names)), tree)

    def value(self, known: Mapping[str, Quantity]) -> Quantity | None:
        """The result, or None when a divisor is zero.

        Every name must be in `known`; raises UnitError when units do not go together.
        """
        try:
            return _value(self._tree, known)
        except ZeroDivisionError:
            return None


def _check(node: ast.expr, text: str, names: list[str]) -> None:
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=right):
            _check(left, text, names)
            _check(right, text, names)
        case ast.Name(id=name):
            names.append(name)
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            pass
        case _:
            raise FormulaError(text)


def _value(node: ast.expr, known: Mapping[str, Quantity]) -> Quantity:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _value(left, known), _value(right, known)
            match op:
                case ast.Add():
                    return one + other
                case ast.Sub():
                    return one - other
                case ast.Mult():
                    return one * other
            if not other.amount:
                raise ZeroDivisionError
            return one / other
        case ast.Name(id=name):
            return known[name]
    assert isinstance(node, ast.Constant)
    return Quantity(Decimal(repr(node.value)), ONE)
