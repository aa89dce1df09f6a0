"""The tables that tell the authors what they have: per sector, and plan clause by item."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from portal.catalog import messages
from portal.catalog.coverage import covered, newest
from portal.catalog.editions import Edition, may_be_used
from portal.catalog.library import Folder
from portal.core.levels import Verification
from portal.core.questionnaire import Activity, Indicator, Practice, Requirement

Rows = Sequence[Sequence[str]]


def sector_rows(folder: Folder) -> Rows:
    """One row per questionnaire and version, under `messages.SECTOR_HEAD`."""
    published = {(one.id, one.version) for one in folder.content.published}
    return [_sector_row(edition, folder, published) for edition in folder.editions]


def _sector_row(edition: Edition, folder: Folder, published: set[tuple[str, str]]) -> Sequence[str]:
    questionnaire, plan = edition.questionnaire, folder.content.plan
    items = list(questionnaire.items.values())
    kinds = [
        sum(isinstance(item, kind) for item in items) for kind in (Indicator, Practice, Requirement, Activity)
    ]
    levels = [level for item in items if isinstance(item, Indicator) for level in item.levels]
    trust = Counter(level.verification for level in levels)
    clauses = {(clause.source, clause.place) for item in items for clause in item.clauses}
    measures = covered(plan, questionnaire) if plan else []
    numbers = (
        kinds[0] + kinds[1],
        *kinds,
        sum(may_be_used(card, questionnaire) for card in folder.content.technologies),
        len(levels),
    )
    shares = [f"{100 * trust[one] / len(levels):.0f}%" if levels else "" for one in Verification]
    is_published = (questionnaire.id, questionnaire.version) in published
    return (
        questionnaire.id,
        questionnaire.version,
        *map(str, numbers),
        *shares,
        str(len(clauses)),
        f"{sum(item is not None for _, item in measures)}/{len(measures)}",
        messages.IS_PUBLISHED if is_published else messages.IS_DRAFT,
    )


def plan_rows(folder: Folder) -> Rows:
    """One row per measure of the plan and sector, in the plan's order, under `messages.PLAN_HEAD`."""
    plan = folder.content.plan
    if plan is None:
        return []
    order = {id(measure): index for index, measure in enumerate(plan.measures)}
    rows = [
        (order[id(measure)], sector, measure, item)
        for sector, edition in newest(folder.editions).items()
        for measure, item in covered(plan, edition.questionnaire)
    ]
    return [
        (measure.place, measure.term, sector, f"{item.id} {item.title}" if item else messages.NOT_COVERED)
        for _, sector, measure, item in sorted(rows, key=lambda row: row[:2])
    ]


def table(head: Sequence[str], rows: Rows) -> str:
    """Columns aligned for a terminal, in which a Chinese character takes two places."""
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in (head, *rows)
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
