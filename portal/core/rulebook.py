"""How items are weighed: rulebooks stand in the questionnaire's file, their kinds stand here."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsRulebook:
    """Points 0–100 per column and together.

    `columns` are the shares of the two columns (sum 100); `levels` and `extents` the factors 0–1 of what is reached,
    a partial extent counts as its share; `provisional_below` the completeness in per cent under which a score is 暂定.
    """

    id: str
    title: str
    columns: Mapping[str, Decimal]
    levels: Mapping[str, Decimal]
    extents: Mapping[str, Decimal]
    provisional_below: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeGroup:
    """A first-level group of the cleaner-production index: weight w_i and its members' weights ω_ij."""

    id: str
    title: str
    weight: Decimal
    members: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradesRulebook:
    """The national index: membership 100/0, weighted, re-normalised (scoring-rules 1.3 and 1.4)."""

    id: str
    title: str
    is_official: bool
    basis: str
    thresholds: Mapping[str, Decimal]
    groups: tuple[GradeGroup, ...]


Rulebook = PointsRulebook | GradesRulebook
