"""What a questionnaire is made of: sections of items, each with its clauses, sources and conditions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import NewType

from portal.core.formula import Formula
from portal.core.levels import Direction, Grade, Verification
from portal.core.quantity import Quantity
from portal.core.rulebook import Rulebook

ItemId = NewType("ItemId", str)
SourceId = NewType("SourceId", str)


class Column(Enum):
    """The two columns of the plan that points are counted for."""

    CLEAN = "clean"
    CIRCULAR = "circular"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document that the data cites (`sources.yaml`); `short` is what tables call it that has a long title, no number."""

    id: SourceId
    title: str
    short: str = ""
    number: str = ""
    issuer: str = ""
    date: str = ""
    status: str
    read: Verification
    where: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A place in a source: clause, table or page, and the source's own short term for the matter."""

    source: SourceId
    place: str = ""
    term: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A conversion factor with its source, for example kgce per kg of raw coal."""

    id: str
    title: str
    value: Decimal
    unit: str
    source: SourceId
    place: str = ""
    verification: Verification
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When something applies: for every trait named, one of the options must be chosen."""

    any_of: Mapping[ItemId, tuple[str, ...]]

    def holds(self, chosen: Mapping[ItemId, tuple[str, ...]]) -> bool:
        """Whether the chosen options fulfil the condition; a trait not answered yet does not fulfil it."""
        return all(set(options) & set(chosen.get(trait, ())) for trait, options in self.any_of.items())


ALWAYS = Condition(any_of={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A linear correction of a level: value + step × (quantity − origin), quantity in its own unit."""

    quantity: str
    origin: Decimal
    step: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The value of one grade, with its source and how far it was verified; in force from the day `since` on."""

    grade: Grade
    value: Decimal
    source: SourceId
    place: str = ""
    verification: Verification
    since: str = ""  # 2026-04-01; empty: in force for every year that is assessed
    note: str = ""
    when: Condition = ALWAYS
    adjust: Adjustment | None = None

    def is_ahead(self, year: int | None) -> bool:
        """Whether the year ends before the level comes into force; never where no year is known."""
        return bool(self.since) and year is not None and int(self.since[:4]) > year


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualRange:
    """Where a value normally lies, only to warn about slips of the pen; `basis` says where the range comes from."""

    low: Decimal
    high: Decimal
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a trait."""

    id: str
    title: str
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """What every item has: identity, wording, condition."""

    id: ItemId
    title: str
    question: str = ""
    help: str = ""
    when: Condition = ALWAYS
    clauses: tuple[Citation, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait(_Item):
    """A feature of the plant that decides what applies to it; chosen from options."""

    options: tuple[Option, ...]
    is_many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(_Item):
    """A yearly amount from bills and meters. `is_zero_when_blank`: a blank counts as none of it.

    More than `most` is impossible (a share above the whole) and refused.
    `replaces`: the plant's own figure stands in for these factors, each computed by its formula.
    """

    unit: str
    replaces: Mapping[str, Formula] = field(default_factory=dict)
    is_zero_when_blank: bool = False
    is_optional: bool = False
    usual: UsualRange | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement(_Item):
    """A basic requirement or veto; it gates badges and gives no points."""

    is_veto: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored(_Item):
    """What items that count for a column have. `weight` is 0 where an item is shown but not scored."""

    column: Column
    weight: Decimal
    weight_reason: str = ""
    no_technology: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(_Scored):
    """A measured quantity with levels; `formula` computes it from activity data. More than `most` is impossible."""

    unit: str
    direction: Direction
    levels: tuple[Level, ...] = ()
    binding: Citation | None = None
    formula: Formula | None = None
    formula_source: Citation | None = None
    formula_note: str = ""
    usual: UsualRange | None = None
    most: Decimal | None = None


class Extent(Enum):
    """How far a practice is in place."""

    FULL = "full"
    PARTIAL = "partial"
    PLANNED = "planned"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice(_Scored):
    """A measure with an extent; `extents` says what each extent means for this measure."""

    extents: Mapping[Extent, str]
    share_of: str = ""


Item = Trait | Activity | Requirement | Indicator | Practice
Scored = Indicator | Practice


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A named intermediate result that formulas and corrections share."""

    id: str
    title: str
    unit: str
    formula: Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Agree:
    """Two amounts that must agree within `tolerance` per cent of the first, compared in `unit`."""

    left: Formula
    right: Formula
    unit: str
    tolerance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost:
    """An amount that cannot exceed another, compared in `unit`."""

    left: Formula
    right: Formula
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """A result that physically or usually lies between two bounds; `basis` says where they come from."""

    value: Formula
    unit: str
    low: Decimal
    high: Decimal
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A practice said to be in place to one of `extents` while an indicator lies `beyond` the bound all the same."""

    practice: ItemId
    extents: tuple[Extent, ...]
    item: ItemId
    beyond: Direction
    bound: Decimal
    unit: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """A quantity that changed by more than `share` per cent against last year."""

    quantity: str
    unit: str
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTheYear:
    """Evidence that tells of a year must tell of this one; found: each file's title with its own date.

    The only rule that no questionnaire names: it holds for all of them.
    """

    year: int
    found: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCheck:
    """A rule of the data check (数据体检): what it is called, what to look at when it is broken."""

    id: str
    title: str
    look_at: str
    rule: Agree | AtMost | Within | Contradiction | Jump | OfTheYear
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A page of the questionnaire (一级指标), in the order in which one walks through the plant."""

    id: str
    title: str
    guide: str = ""
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Questionnaire:
    """One sector's questionnaire in one published version, with everything its scores need."""

    id: str
    version: str
    sector: str
    title: str
    note: str = ""
    sections: tuple[Section, ...]
    derived: tuple[Derived, ...] = ()
    factors: Mapping[str, Factor]
    rulebooks: tuple[Rulebook, ...]
    data_checks: tuple[DataCheck, ...] = ()
    output: ItemId | None = None
    renamed: Mapping[ItemId, ItemId] = field(default_factory=dict)  # id in the version before → id here

    @cached_property
    def items(self) -> Mapping[ItemId, Item]:
        """Every item by id, in the order of the sections."""
        return {item.id: item for section in self.sections for item in section.items}

    @cached_property
    def factor_quantities(self) -> Mapping[str, Quantity]:
        """Every factor with its unit, by id."""
        return {id: Quantity.of(factor.value, factor.unit) for id, factor in self.factors.items()}

    @cached_property
    def has_limits(self) -> bool:
        """Whether any binding indicator has a level that may close a gate."""
        return any(
            isinstance(item, Indicator)
            and item.binding is not None
            and any(level.verification.is_usable for level in item.levels)
            for item in self.items.values()
        )

    def scored(self) -> Iterator[Scored]:
        """The items that count for a column, in order."""
        return (item for item in self.items.values() if isinstance(item, Scored))

    def section_of(self, item: ItemId) -> Section:
        """The section that holds the item."""
        return next(s for s in self.sections if any(i.id == item for i in s.items))
