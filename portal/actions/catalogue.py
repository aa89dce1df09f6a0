"""The public catalogue: technologies and the documents cited."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from portal.actions.work import NotFound, Work
from portal.core.questionnaire import Column, Questionnaire, Scored, Source
from portal.core.technology import CostClass, Technology


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A technology with the items that it helps, each with its newest questionnaire."""

    technology: Technology
    uses: tuple[tuple[Questionnaire, Scored], ...]


def technologies(
    work: Work,
    sector: str | None = None,
    column: Column | None = None,
    cost_class: CostClass | None = None,
    words: str = "",
) -> tuple[Technology, ...]:
    """Cards that fit every condition given, in the library's order; `words` must all occur in the card's text."""
    wanted = [_folded(word) for word in words.split()]
    return tuple(
        technology
        for technology in work.library.technologies
        if (cost_class is None or technology.cost_class is cost_class)
        and ((sector is None and column is None) or any(_uses(work, technology, sector, column)))
        and all(word in _text(technology) for word in wanted)
    )


def technology(work: Work, id: str) -> Card:
    """One card; raises NotFound."""
    for found in work.library.technologies:
        if found.id == id:
            return Card(technology=found, uses=tuple(_uses(work, found)))
    raise NotFound(id)


def sources(work: Work) -> tuple[Source, ...]:
    """Every document the content cites, by id."""
    return tuple(source for _, source in sorted(work.library.sources.items()))


def questionnaires(work: Work) -> tuple[Questionnaire, ...]:
    """The newest questionnaire of every sector."""
    return work.library.newest()


def _uses(
    work: Work, technology: Technology, sector: str | None = None, column: Column | None = None
) -> Iterator[tuple[Questionnaire, Scored]]:
    for questionnaire in work.library.newest():
        if sector is not None and questionnaire.id != sector:
            continue
        for item in questionnaire.scored():
            if item.id in technology.closes and column in (None, item.column):
                yield questionnaire, item


def _text(technology: Technology) -> str:
    return _folded(f"{technology.title} {technology.principle} {technology.fits} {technology.unfit}")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
