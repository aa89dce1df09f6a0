"""A questionnaire's file and what it includes → the core's Questionnaire, with only the factors that it needs."""

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from portal.catalog.formats import Include, QuestionnaireFile
from portal.catalog.notes import Notes
from portal.catalog.reader import Content
from portal.core.formula import Formula
from portal.core.questionnaire import (
    Agree,
    AtMost,
    Factor,
    Indicator,
    Item,
    Practice,
    Questionnaire,
    Section,
    Within,
)
from portal.core.rulebook import AxesRulebook, AxisMember


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One version of one questionnaire with the files that it is made of."""

    file: QuestionnaireFile
    paths: tuple[Path, ...]
    questionnaire: Questionnaire
    is_whole: bool  # no part of its files had to be left out

    @property
    def checksum(self) -> str:
        """SHA-256 of everything that decides what is asked and scored: the files and the factors' values.

        Line ends count as one character, so that a checkout on another system is the same edition.
        """
        digest = hashlib.sha256()
        for path in self.paths:
            digest.update(path.read_text("utf-8-sig").encode() + b"\0")
        for factor in self.questionnaire.factors.values():
            digest.update(f"{factor.id} {factor.value} {factor.unit} {factor.verification.value}\0".encode())
        return digest.hexdigest()


def editions(content: Content, notes: Notes) -> tuple[Edition, ...]:
    """Every questionnaire with its includes put in place."""
    factors = {factor.id: factor for factor in content.factors}
    return tuple(_edition(path, file, content, factors, notes) for path, file in content.questionnaires)


def _edition(
    path: Path, file: QuestionnaireFile, content: Content, factors: Mapping[str, Factor], notes: Notes
) -> Edition:
    includes = [part.include for part in file.sections if isinstance(part, Include)]
    paths = (path, *(content.shared[name][0] for name in dict.fromkeys(includes) if name in content.shared))
    sections = tuple(_sections(file, content, notes))
    questionnaire = Questionnaire(
        id=file.id,
        version=file.version,
        sector=file.sector,
        title=file.title,
        note=file.note,
        sections=sections,
        derived=file.derived,
        factors=_needed(file, sections, factors),
        rulebooks=file.rulebooks,
        data_checks=file.data_checks,
        output=file.output,
    )
    is_whole = not any(str(one) in notes.broken for one in paths)
    return Edition(file=file, paths=paths, questionnaire=questionnaire, is_whole=is_whole)


def _needed(
    file: QuestionnaireFile, sections: tuple[Section, ...], factors: Mapping[str, Factor]
) -> Mapping[str, Factor]:
    """The factors that formulas name, by id."""
    names = {name for formula in _formulas(file, sections) for name in formula.names}
    return {name: factors[name] for name in sorted(names) if name in factors}


def _formulas(file: QuestionnaireFile, sections: tuple[Section, ...]) -> Iterator[Formula]:
    """Every formula of a questionnaire, wherever it stands."""
    for derived in file.derived:
        yield derived.formula
    items = [item for section in sections for item in section.items]
    members = [
        member
        for book in file.rulebooks
        if isinstance(book, AxesRulebook)
        for axis in book.axes
        for member in axis.members
    ]
    for one in (*items, *members):
        if isinstance(one, Indicator | AxisMember) and one.formula is not None:
            yield one.formula
    for check in file.data_checks:
        if isinstance(check.rule, Agree | AtMost):
            yield from (check.rule.left, check.rule.right)
        elif isinstance(check.rule, Within):
            yield check.rule.value


def _sections(file: QuestionnaireFile, content: Content, notes: Notes) -> Iterator[Section]:
    for part in file.sections:
        if isinstance(part, Section):
            yield part
        elif part.include in content.shared:
            _, shared = content.shared[part.include]
            items = tuple(_included(part, shared, notes))
            if not items:
                notes.add(notes.place(part, "include"), "nothing_included", part.include)
            section = dataclasses.replace(shared, items=items)
            notes.keep_copy(section, shared)
            yield section
        else:
            place = notes.place(part, "include")
            notes.add(place, "unknown_include", part.include)
            notes.broken.add(place.file)


def _included(part: Include, shared: Section, notes: Notes) -> Iterator[Item]:
    """The items that `part` takes over: uncounted ones all or as listed, counted ones with the weight given here."""
    counted = {item.id for item in shared.items if isinstance(item, Indicator | Practice)}
    uncounted = {item.id for item in shared.items} - counted
    for name in part.weights:
        if name and name not in counted:
            notes.add(notes.place(part, "weights", name), "cannot_weigh", name, part.include)
    for index, name in enumerate(part.items or ()):
        if name and name not in uncounted:
            code = "listed_counted" if name in counted else "not_in_include"
            notes.add(notes.place(part, "items", index), code, name, part.include)
    for item in shared.items:
        if isinstance(item, Indicator | Practice):
            if item.id in part.weights:
                weighed = dataclasses.replace(item, weight=part.weights[item.id])
                notes.keep_copy(weighed, item)
                yield weighed
        elif part.items is None or item.id in part.items:
            yield item
