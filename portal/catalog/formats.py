"""What may stand in each kind of data file.

Wherever a file departs from the core's types (an item's id stands under the name of its kind, an effect's backing among
its own keys), it is said here; everything else follows from the core's dataclasses.
"""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal

from portal.catalog.records import OneOf, Record, record
from portal.catalog.shapes import ID, NUMBER, Choice, FormulaText, ListOf, MapOf, Text
from portal.core.goals import Goal
from portal.core.package import Frame
from portal.core.questionnaire import (
    Activity,
    Agree,
    AtMost,
    Column,
    Contradiction,
    DataCheck,
    Derived,
    Extent,
    Factor,
    Indicator,
    Item,
    ItemId,
    Jump,
    Level,
    Practice,
    Requirement,
    Section,
    Source,
    SourceId,
    Trait,
    Within,
)
from portal.core.rulebook import AxesRulebook, GradeGroup, GradesRulebook, PointsRulebook, Rulebook
from portal.core.technology import (
    Backing,
    Carrier,
    Cost,
    Effect,
    Lowers,
    Payback,
    Reaches,
    Saves,
    SavesShare,
    States,
    Technology,
)

STATUSES = ("in_force", "replaced", "draft", "reference")
GRADE_NAMES = ("I", "II", "III")
RATED_EXTENTS = (Extent.FULL.value, Extent.PLANNED.value, Extent.NONE.value)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """A section taken from a shared file: uncounted items all or as listed, counted ones as weighed here."""

    include: str
    items: tuple[ItemId, ...] | None = None
    weights: Mapping[ItemId, Decimal] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class QuestionnaireFile:
    """One sector's questionnaire as its file writes it."""

    id: str
    version: str
    sector: str
    title: str
    note: str = ""
    output: ItemId | None = None
    sections: tuple[Section | Include, ...]
    derived: tuple[Derived, ...] = ()
    rulebooks: tuple[Rulebook, ...]
    data_checks: tuple[DataCheck, ...] = ()
    renamed: Mapping[ItemId, ItemId] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SourcesFile:
    """Documents cited."""

    sources: tuple[Source, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FactorsFile:
    """Conversion factors, and the energy and material flows that use them."""

    factors: tuple[Factor, ...] = ()
    carriers: tuple[Carrier, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TechnologiesFile:
    """Technology cards."""

    technologies: tuple[Technology, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure that the plan names for sectors: the column and the plan's own short term."""

    place: str
    term: str
    sectors: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """The plan's measures, each of which the questionnaires of its sectors must ask."""

    source: SourceId
    measures: tuple[Measure, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GoalsFile:
    """What the plan wants to have reached by when."""

    goals: tuple[Goal, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FramesFile:
    """The frames that an application can follow."""

    frames: tuple[Frame, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A published version and the checksum of everything that decides its scores."""

    id: str
    version: str
    sha256: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """Every version published so far."""

    published: tuple[Publication, ...]


SLUG = Text(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "not_a_slug")
VERSION = Text(r"20[0-9]{2}-[1-9][0-9]*", "not_a_version")
_YEAR = Text(r"20[0-9]{2}", "not_a_year")
_DAY = Text(r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "not_a_day")
_LEVEL = record(Level, shapes={"since": _DAY})

_WEIGHT = {"weight": Decimal(0)}  # a shared item is weighed where it is included; an unrated one not at all
_ITEM = OneOf(
    {
        "trait": record(Trait, renamed={"id": "trait"}),
        "activity": record(
            Activity, renamed={"id": "activity"}, shapes={"replaces": MapOf(ID, FormulaText())}
        ),
        "requirement": record(Requirement, renamed={"id": "requirement"}),
        "indicator": record(
            Indicator, renamed={"id": "indicator"}, defaults=_WEIGHT, special={Level: _LEVEL}
        ),
        "practice": record(Practice, renamed={"id": "practice"}, defaults=_WEIGHT),
    }
)
_SECTION = record(Section, special={Item: _ITEM})
_GRADES = Choice(GRADE_NAMES)
_GROUP = record(GradeGroup, shapes={"members": MapOf(ID, NUMBER)})
_RULEBOOK = OneOf(
    {
        "points": record(
            PointsRulebook,
            shapes={
                "columns": MapOf(Choice(tuple(column.value for column in Column)), NUMBER),
                "levels": MapOf(_GRADES, NUMBER),
                "extents": MapOf(Choice(RATED_EXTENTS), NUMBER),
            },
            constants=("kind",),
        ),
        "grades": record(
            GradesRulebook,
            special={GradeGroup: _GROUP},
            shapes={"thresholds": MapOf(_GRADES, NUMBER)},
            constants=("kind",),
        ),
        "axes": record(AxesRulebook, constants=("kind",)),
    },
    kind="kind",
)
_RULES = {"agree": Agree, "at_most": AtMost, "within": Within, "contradiction": Contradiction, "jump": Jump}
_DATA_CHECK = OneOf(
    {
        key: record(DataCheck, renamed={"rule": key}, shapes={"rule": record(rule)}, name=f"DataCheck_{key}")
        for key, rule in _RULES.items()
    }
)
_BACKING = {"backing": record(Backing)}
_EFFECT = OneOf(
    {
        "saves": record(Saves, renamed={"carrier": "saves"}, parts=_BACKING),
        "saves_share": record(SavesShare, renamed={"carrier": "saves_share"}, parts=_BACKING),
        "lowers": record(Lowers, renamed={"item": "lowers"}, parts=_BACKING),
        "reaches": record(Reaches, renamed={"item": "reaches"}, parts=_BACKING),
        "states": record(States, renamed={"text": "states"}, parts=_BACKING),
    }
)
_TECHNOLOGY = record(
    Technology,
    special={Effect: _EFFECT, Cost: record(Cost, parts=_BACKING), Payback: record(Payback, parts=_BACKING)},
    renamed={"backing": "sources"},
)

# What a file of each kind holds. The schemas for editors are made from the same table.
FORMATS: Mapping[str, Record] = {
    "questionnaire": record(
        QuestionnaireFile,
        special={
            Section | Include: OneOf({"include": record(Include)}, otherwise=_SECTION),
            Rulebook: _RULEBOOK,
            DataCheck: _DATA_CHECK,
        },
        shapes={"id": SLUG, "version": VERSION},
    ),
    "shared": _SECTION,
    "sources": record(SourcesFile, special={Source: record(Source, shapes={"status": Choice(STATUSES)})}),
    "factors": record(FactorsFile),
    "technologies": record(TechnologiesFile, special={Technology: _TECHNOLOGY}),
    "plan-coverage": record(PlanFile, special={Measure: record(Measure, shapes={"sectors": ListOf(SLUG)})}),
    "plan-goals": record(GoalsFile, special={Goal: record(Goal, shapes={"year": _YEAR})}),
    "frames": record(FramesFile, special={Frame: record(Frame, shapes={"since": _YEAR})}),
    "published": record(
        PublishedFile,
        special={Publication: record(Publication, shapes={"id": SLUG, "version": VERSION})},
    ),
}
