"""How items are weighed: rulebooks stand in the questionnaire's file, their kinds stand here."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.core.formula import Formula
from portal.core.levels import Direction, Verification


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """An official 引领值 or 基准值 with its source; unverified ones are shown and not used."""

    value: Decimal
    source: str
    place: str = ""
    verification: Verification
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisMember:
    """A second-level indicator of an axis: taken from an item's answer, or computed by `formula`.

    A practice counts by its extent. A quantity counts linearly from `base` (基准值, 0) to `lead` (引领值, full); where
    one of them is unknown it is 未公布 and leaves the denominator. With `uses_levels` they are the item's own levels
    Ⅱ and Ⅰ as they apply to the plant, as table C.1 words energy: limits of grade 1 and grade 2.
    """

    id: str
    title: str
    weight: Decimal
    item: str = ""
    formula: Formula | None = None
    unit: str = ""
    direction: Direction = Direction.SMALLER
    base: Benchmark | None = None
    lead: Benchmark | None = None
    uses_levels: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A first-level indicator of the green-factory standard; its weight is the sum of its members'."""

    id: str
    title: str
    members: tuple[AxisMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AxesRulebook:
    """GB/T 36132—2025: axes of indicators scored linearly, basic requirements as gates (clauses 4.2, 5.1, 5.2)."""

    id: str
    title: str
    basis: str
    source: str
    axes: tuple[Axis, ...]
    requirements: tuple[str, ...]


Rulebook = PointsRulebook | GradesRulebook | AxesRulebook
