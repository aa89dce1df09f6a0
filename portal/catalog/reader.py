"""Nodes → core models: what may stand in each kind of data file, and reading the whole folder.

Wherever a file departs from the core's types (an item's id stands under the name of its kind, an effect's backing among
its own keys), it is said here; everything else follows from the dataclasses. All problems are noted, none stops.
"""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.catalog.nodes import Place
from portal.catalog.notes import Notes
from portal.catalog.shapes import (
    ID,
    NUMBER,
    Choice,
    LeftOut,
    ListOf,
    MapOf,
    OneOf,
    Record,
    Text,
    record,
)
from portal.catalog.yaml_nodes import read_yaml
from portal.core.questionnaire import (
    Activity,
    Column,
    Derived,
    Extent,
    Factor,
    Indicator,
    Item,
    ItemId,
    Practice,
    Requirement,
    Section,
    Source,
    SourceId,
    Trait,
)
from portal.core.rulebook import GradeGroup, GradesRulebook, PointsRulebook, Rulebook
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
class Publication:
    """A published version and the checksum of everything that decides its scores."""

    id: str
    version: str
    sha256: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """Every version published so far."""

    published: tuple[Publication, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Content:
    """Everything that stands in the folder, as read; nothing is checked yet beyond form."""

    sources: tuple[Source, ...]
    factors: tuple[Factor, ...]
    carriers: tuple[Carrier, ...]
    technologies: tuple[Technology, ...]
    shared: Mapping[str, tuple[Path, Section]]
    questionnaires: tuple[tuple[Path, QuestionnaireFile], ...]
    plan: PlanFile | None
    published: tuple[Publication, ...]
    broken: frozenset[str]  # the formats of which some file was not read whole


SLUG = Text(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "not_a_slug")
VERSION = Text(r"20[0-9]{2}-[1-9][0-9]*", "not_a_version")

_WEIGHT = {"weight": Decimal(0)}  # a shared item is weighed where it is included; an unrated one not at all
_ITEM = OneOf(
    {
        "trait": record(Trait, renamed={"id": "trait"}),
        "activity": record(Activity, renamed={"id": "activity"}),
        "requirement": record(Requirement, renamed={"id": "requirement"}),
        "indicator": record(Indicator, renamed={"id": "indicator"}, defaults=_WEIGHT),
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
    },
    kind="kind",
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
        },
        shapes={"id": SLUG, "version": VERSION},
    ),
    "shared": _SECTION,
    "sources": record(SourcesFile, special={Source: record(Source, shapes={"status": Choice(STATUSES)})}),
    "factors": record(FactorsFile),
    "technologies": record(TechnologiesFile, special={Technology: _TECHNOLOGY}),
    "plan-coverage": record(PlanFile, special={Measure: record(Measure, shapes={"sectors": ListOf(SLUG)})}),
    "published": record(
        PublishedFile,
        special={Publication: record(Publication, shapes={"id": SLUG, "version": VERSION})},
    ),
}
# Folder or file at the top → format; every other folder is a sector.
_PLACES = {
    "sources": "sources",
    "factors": "factors",
    "carriers": "factors",
    "shared": "shared",
    "technologies": "technologies",
    "factors.yaml": "factors",
    "carriers.yaml": "factors",
    "plan-coverage.yaml": "plan-coverage",
    "published.yaml": "published",
}


def read_folder(folder: Path, notes: Notes) -> Content:
    """Read every data file in `folder`, in the order of their names; what is wrong goes to `notes`."""
    if not folder.is_dir():
        notes.add(Place(str(folder), 1), "no_folder")
    found: dict[str, list[tuple[Path, Any]]] = {kind: [] for kind in FORMATS}
    kinds: dict[str, str] = {}
    for path in sorted(folder.rglob("*.y*ml")):
        parts = path.relative_to(folder).parts
        kinds[str(path)] = kind = _PLACES.get(parts[0]) or ("questionnaire" if len(parts) == 2 else "")
        if not kind or path.suffix != ".yaml" or len(parts) > 2:
            notes.add(Place(str(path), 1), "stray_file")
        elif (file := _read(path, FORMATS[kind], notes)) is not None:
            found[kind].append((path, file))

    return Content(
        sources=tuple(source for _, file in found["sources"] for source in file.sources),
        factors=tuple(factor for _, file in found["factors"] for factor in file.factors),
        carriers=tuple(carrier for _, file in found["factors"] for carrier in file.carriers),
        technologies=tuple(card for _, file in found["technologies"] for card in file.technologies),
        shared={path.relative_to(folder).as_posix(): (path, section) for path, section in found["shared"]},
        questionnaires=tuple(found["questionnaire"]),
        plan=next((file for _, file in found["plan-coverage"]), None),
        published=tuple(one for _, file in found["published"] for one in file.published),
        broken=frozenset(kinds[file] for file in notes.broken if file in kinds),
    )


def _read(path: Path, form: Record, notes: Notes) -> Any:
    node = read_yaml(path, notes)
    if node is None:
        return None
    try:
        return form.read(node, notes)
    except LeftOut:
        notes.broken.add(str(path))
        return None
