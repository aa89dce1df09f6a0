"""Nodes → core models: reads the whole folder of data files; every problem is noted, none stops."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal.catalog.formats import FORMATS, PlanFile, Publication, QuestionnaireFile
from portal.catalog.nodes import Place
from portal.catalog.notes import Notes
from portal.catalog.records import Record
from portal.catalog.shapes import LeftOut
from portal.catalog.yaml_nodes import read_yaml
from portal.core.goals import Goal
from portal.core.package import Frame
from portal.core.questionnaire import Factor, Section, Source
from portal.core.technology import Carrier, Technology


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
    goals: tuple[Goal, ...]
    frames: tuple[Frame, ...]
    published: tuple[Publication, ...]
    broken: frozenset[str]  # the formats of which some file was not read whole


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
    "plan-goals.yaml": "plan-goals",
    "frames.yaml": "frames",
    "published.yaml": "published",
}


def read_folder(folder: Path, notes: Notes) -> Content:
    """Read every data file in `folder`, in the order of their names; what is wrong goes to `notes`."""
    if not folder.is_dir():
        notes.add(Place(str(folder), 1), "no_folder")
    found: dict[str, list[tuple[Path, Any]]] = {kind: [] for kind in FORMATS}
    kinds: dict[str, str] = {}
    for path in sorted(folder.rglob("*.y*ml")):
        kinds[str(path)] = kind = kind_of(path.relative_to(folder))
        if not kind:
            notes.add(Place(str(path), 1), "stray_file")
        elif (file := read_file(path, FORMATS[kind], notes)) is not None:
            found[kind].append((path, file))

    return Content(
        sources=tuple(source for _, file in found["sources"] for source in file.sources),
        factors=tuple(factor for _, file in found["factors"] for factor in file.factors),
        carriers=tuple(carrier for _, file in found["factors"] for carrier in file.carriers),
        technologies=tuple(card for _, file in found["technologies"] for card in file.technologies),
        shared={path.relative_to(folder).as_posix(): (path, section) for path, section in found["shared"]},
        questionnaires=tuple(found["questionnaire"]),
        plan=next((file for _, file in found["plan-coverage"]), None),
        goals=tuple(goal for _, file in found["plan-goals"] for goal in file.goals),
        frames=tuple(frame for _, file in found["frames"] for frame in file.frames),
        published=tuple(one for _, file in found["published"] for one in file.published),
        broken=frozenset(kinds[file] for file in notes.broken if file in kinds),
    )


def kind_of(path: Path) -> str:
    """The format of a file by its place in the folder; "" where no data file belongs."""
    if path.suffix != ".yaml" or len(path.parts) > 2:
        return ""
    return _PLACES.get(path.parts[0]) or ("questionnaire" if len(path.parts) == 2 else "")


def read_file(path: Path, form: Record, notes: Notes) -> Any:
    """One data file; None when it cannot be read, which is noted and marks the file as broken."""
    node = read_yaml(path, notes)
    if node is None:
        return None
    try:
        return form.read(node, notes)
    except LeftOut:
        notes.broken.add(str(path))
        return None
