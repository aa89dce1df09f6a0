"""The public catalogue: technologies and the documents cited."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum

from portal.actions.work import NotFound, Work
from portal.core.levels import Verification
from portal.core.questionnaire import Column, Questionnaire, Scored, Source, SourceId
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document with the newest questionnaires that cite it, themselves or by their technologies."""

    source: Source
    cited_by: tuple[Questionnaire, ...]


def sources(
    work: Work,
    sector: str | None = None,
    read: Verification | None = None,
    status: str | None = None,
    words: str = "",
) -> tuple[Document, ...]:
    """Documents that fit every condition given, numbered ones first; `words` must all occur in their text."""
    wanted = [_folded(word) for word in words.split()]
    found = [
        source
        for source in work.library.sources.values()
        if read in (None, source.read)
        and status in (None, source.status)
        and all(word in _folded(_said(source)) for word in wanted)
    ]
    cited = {one.id: _cited_by(work, one) for one in work.library.newest()}
    documents = (
        Document(
            source=source,
            cited_by=tuple(one for one in work.library.newest() if source.id in cited[one.id]),
        )
        for source in sorted(found, key=lambda one: (not one.number, one.number, one.title))
    )
    return tuple(one for one in documents if sector is None or sector in {by.id for by in one.cited_by})


def _cited_by(work: Work, questionnaire: Questionnaire) -> frozenset[SourceId]:
    """Every document that the questionnaire or a card for one of its items names, wherever it stands in them."""
    counted = {item.id for item in questionnaire.scored()}
    cards = tuple(card for card in work.library.technologies if counted.intersection(card.closes))
    named: set[SourceId] = set()
    waiting: list[object] = [questionnaire, cards]
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple):
            waiting.extend(value)
        elif is_dataclass(value):
            for field in fields(value):
                inner = getattr(value, field.name)
                if field.name == "source":
                    named.add(inner)
                elif not isinstance(inner, str | Decimal | Enum | None):
                    waiting.append(inner)
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
    return frozenset(named)


def _said(source: Source) -> str:
    return f"{source.number} {source.title} {source.issuer} {source.date} {source.note}"


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
