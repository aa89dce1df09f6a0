"""Grades Ⅰ Ⅱ Ⅲ, which way is better, and whether a value reaches a level."""

from decimal import Decimal
from enum import Enum


class Grade(Enum):
    """A cleaner-production level, best first; reaching one means reaching every weaker one (cumulative)."""

    rank: int

    I = "I"  # noqa: E741 - the Roman numeral of the standards
    II = "II"
    III = "III"

    def __init__(self, numeral: str) -> None:
        # 1 for the best level, 3 for the weakest.
        self.rank = len(numeral)


GRADES = (Grade.I, Grade.II, Grade.III)


class Direction(Enum):
    """Which way an indicator improves."""

    SMALLER = "smaller"
    LARGER = "larger"

    def is_reached(self, value: Decimal, level: Decimal) -> bool:
        """Whether `value` is at `level` or better; equality reaches it (scoring-rules 1.6)."""
        return value <= level if self is Direction.SMALLER else value >= level

    def distance(self, value: Decimal, level: Decimal) -> Decimal:
        """How far `value` is from `level` in the indicator's unit; positive while it falls short."""
        return value - level if self is Direction.SMALLER else level - value


class Verification(Enum):
    """How far a number was checked against the standard that it comes from."""

    ORIGINAL = "original"
    SECONDHAND = "secondhand"
    UNVERIFIED = "unverified"

    @property
    def is_usable(self) -> bool:
        """Whether the number may give points or close a gate; an unverified one may not."""
        return self is not Verification.UNVERIFIED
