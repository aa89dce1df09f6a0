"""Whether the questionnaires ask every measure that the plan's columns name for their sectors."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from portal.catalog.editions import Edition, in_order
from portal.catalog.formats import Measure, PlanFile
from portal.catalog.notes import Notes
from portal.catalog.reader import Content
from portal.core.questionnaire import Indicator, Item, Questionnaire, Scored, SourceId

_BETWEEN = re.compile(r"…+|\.{3,}|[;；/]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_SHORTEST = 2  # characters of a term from which it says something


def check_coverage(content: Content, editions: Iterable[Edition], notes: Notes) -> None:
    """Every measure of the plan is asked by an item of its own, in the newest version of each of its sectors."""
    plan = content.plan
    if plan is None:
        return
    if "sources" not in content.broken and plan.source not in {source.id for source in content.sources}:
        notes.add(notes.place(plan, "source"), "unknown_source", plan.source)
        return
    latest = newest(editions)
    if "questionnaire" not in content.broken:
        _check_sectors(plan, set(latest), notes)
    for sector, edition in latest.items():
        if not edition.is_whole:
            continue
        for measure, item in covered(plan, edition.questionnaire):
            if item is None:
                place = notes.place(edition.file, "sections")
                notes.add(place, "not_covered", sector, measure.place, measure.term, plan.source)


def _check_sectors(plan: PlanFile, known: set[str], notes: Notes) -> None:
    """Every sector has a questionnaire; a missing one is told where the plan names it first."""
    told = known | {""}
    for measure in plan.measures:
        for index, sector in enumerate(measure.sectors):
            if sector not in told:
                notes.add(notes.place(measure, "sectors", index), "unknown_sector", sector)
                told.add(sector)


def newest(editions: Iterable[Edition]) -> Mapping[str, Edition]:
    """The newest edition of every questionnaire."""
    return {edition.file.id: edition for edition in in_order(editions)}


def covered(plan: PlanFile, questionnaire: Questionnaire) -> list[tuple[Measure, Item | None]]:
    """For every measure that concerns the questionnaire the item that asks it, a different one for each."""
    measures = [measure for measure in plan.measures if questionnaire.id in measure.sectors]
    asking = [_asking(questionnaire, plan.source, measure) for measure in measures]
    taken: dict[str, int] = {}  # item → index of the measure that it asks

    def find(index: int, tried: set[str]) -> bool:
        """Give the measure an item: a free one, else one whose measure can be moved on to another."""
        for item in sorted(asking[index], key=lambda item: item.id in taken):
            if item.id not in tried:
                tried.add(item.id)
                if item.id not in taken or find(taken[item.id], tried):
                    taken[item.id] = index
                    return True
        return False

    for index in range(len(measures)):
        find(index, set())
    asked = {index: questionnaire.items[item] for item, index in taken.items()}  # type: ignore[index]
    return [(measure, asked.get(index)) for index, measure in enumerate(measures)]


def _asking(questionnaire: Questionnaire, source: SourceId, measure: Measure) -> list[Scored]:
    """The items that cite the measure: the plan's term, part of it, or more than it; the likeliest first."""
    phrase = _plain(measure.term)
    likely: list[tuple[tuple[bool, bool, int], int, Scored]] = []
    for item in questionnaire.scored():
        terms = [
            term
            for clause in item.clauses
            if clause.source == source and _plain(clause.place) == _plain(measure.place)
            for term in map(_plain, _BETWEEN.split(clause.term))
            if len(term) >= _SHORTEST and (phrase in term or term in phrase)
        ]
        if terms:
            rank = (isinstance(item, Indicator), phrase not in terms, -len(set(phrase) & set(item.title)))
            likely.append((rank, len(likely), item))
    return [item for _, _, item in sorted(likely, key=lambda one: one[:2])]


def _plain(text: str) -> str:
    """Without punctuation, spaces and differences of width."""
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", text)).casefold()
