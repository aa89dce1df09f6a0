"""Technology cards: what a technology does, where it fits, what it brings and costs, and who says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from portal.core.levels import Verification
from portal.core.questionnaire import ALWAYS, Condition, ItemId, SourceId


class CostClass(Enum):
    """无低费, 中费 and 高费 measures, in the order in which a plant takes them up."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """An energy or material flow that can be saved, with how it turns into money, standard coal and CO₂.

    `price` names the activity item in which the plant enters its own price (unit 元 per `unit`);
    `standard_coal` and `co2` name factors (kgce and kgCO2 per `unit` after conversion), or are empty.
    """

    id: str
    title: str
    unit: str
    price: str = ""
    standard_coal: str = ""
    co2: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """Who says a figure: source, place, year of the figure, how far verified, and whether a vendor says it."""

    source: SourceId
    place: str = ""
    year: str = ""
    verification: Verification
    is_vendor: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saves:
    """Saves low–high `unit` of a carrier for each unit of the activity `per` (unit such as kWh/t)."""

    carrier: str
    low: Decimal
    high: Decimal
    unit: str
    per: str
    backing: Backing


@dataclass(frozen=True, slots=True, kw_only=True)
class SavesShare:
    """Saves low–high per cent of the carrier's amount in the activity or derived quantity `of`."""

    carrier: str
    low: Decimal
    high: Decimal
    of: str
    backing: Backing


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowers:
    """Brings an indicator down by low–high per cent of its present value."""

    item: ItemId
    low: Decimal
    high: Decimal
    backing: Backing


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaches:
    """Has brought an indicator to low–high (in the indicator's unit) elsewhere."""

    item: ItemId
    low: Decimal
    high: Decimal
    backing: Backing


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """An effect that the source only words; no figure follows from it."""

    text: str
    backing: Backing


Effect = Saves | SavesShare | Lowers | Reaches | States


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Money low–high in `unit` (万元, 万元/a, 元/t …), for the scale that `basis` words."""

    low: Decimal
    high: Decimal
    unit: str
    basis: str
    per: str = ""
    backing: Backing


@dataclass(frozen=True, slots=True, kw_only=True)
class Payback:
    """Payback in years as a source states it, for its own prices and scale."""

    low: Decimal
    high: Decimal
    basis: str
    backing: Backing


@dataclass(frozen=True, slots=True, kw_only=True)
class Technology:
    """One card. `closes` are the items whose gaps it closes; `when`/`unless` its conditions of use."""

    id: str
    title: str
    closes: tuple[ItemId, ...]
    principle: str
    fits: str
    unfit: str = ""
    when: Condition = ALWAYS
    unless: Condition | None = None
    effects: tuple[Effect, ...] = ()
    investments: tuple[Cost, ...] = ()
    running: tuple[Cost, ...] = ()
    paybacks: tuple[Payback, ...] = ()
    cost_class: CostClass
    cost_class_reason: str = ""
    pitfalls: tuple[str, ...] = ()
    backing: tuple[Backing, ...]


Technologies = tuple[Technology, ...]
Carriers = Mapping[str, Carrier]
