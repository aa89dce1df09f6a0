"""A questionnaire's file and what it includes → the core's Questionnaire, with only the factors that it needs."""

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from portal.catalog.formats import Include, QuestionnaireFile
from portal.catalog.notes import Notes
from portal.catalog.reader import Content
from portal.core.formula import Formula
from portal.core.questionnaire import (
    Activity,
    Agree,
    AtMost,
    Indicator,
    Item,
    Practice,
    Questionnaire,
    Scored,
    Section,
    Trait,
    Within,
)
from portal.core.rulebook import AxesRulebook, AxisMember
from portal.core.technology import Saves, SavesShare, Technology


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One version of one questionnaire with the files that it is made of."""

    file: QuestionnaireFile
    paths: tuple[Path, ...]
    questionnaire: Questionnaire
    is_whole: bool  # no part of its files had to be left out

    @property
    def checksum(self) -> str:
        """SHA-256 of everything that decides what is asked and scored: the files, and the factors in their formulas.

        Line ends count as one character, so that a checkout on another system is the same edition.
        """
        digest = hashlib.sha256()
        for path in self.paths:
            digest.update(path.read_text("utf-8-sig").encode() + b"\0")
        for name in sorted(_named(self.questionnaire)):
            factor = self.questionnaire.factors.get(name)
            if factor is None:
                continue
            digest.update(f"{factor.id} {factor.value} {factor.unit} {factor.verification.value}\0".encode())
        return digest.hexdigest()


def editions(content: Content, notes: Notes) -> tuple[Edition, ...]:
    """Every questionnaire with its includes put in place."""
    return tuple(_edition(path, file, content, notes) for path, file in content.questionnaires)


def may_be_used(card: Technology, questionnaire: Questionnaire) -> bool:
    """Whether the card closes an item of the questionnaire and its condition can hold for some plant there."""
    for name, options in card.when.any_of.items():
        trait = questionnaire.items.get(name)
        if not isinstance(trait, Trait) or not {option.id for option in trait.options} & set(options):
            return False
    return any(isinstance(questionnaire.items.get(name), Scored) for name in card.closes)


def in_order(editions: Iterable[Edition]) -> list[Edition]:
    """Oldest version first: years, then counts, as numbers."""
    return sorted(editions, key=lambda one: [int(part) for part in one.file.version.split("-") if part])


def _edition(path: Path, file: QuestionnaireFile, content: Content, notes: Notes) -> Edition:
    includes = [part.include for part in file.sections if isinstance(part, Include)]
    paths = (path, *(content.shared[name][0] for name in dict.fromkeys(includes) if name in content.shared))
    questionnaire = Questionnaire(
        id=file.id,
        version=file.version,
        sector=file.sector,
        title=file.title,
        note=file.note,
        sections=tuple(_sections(file, content, notes)),
        derived=file.derived,
        factors={},
        rulebooks=file.rulebooks,
        data_checks=file.data_checks,
        output=file.output,
        renamed=file.renamed,
    )
    needed = _named(questionnaire) | _named_by_cards(questionnaire, content)
    factors = {factor.id: factor for factor in content.factors if factor.id in needed}
    is_whole = not any(str(one) in notes.broken for one in paths)
    return Edition(
        file=file,
        paths=paths,
        questionnaire=dataclasses.replace(questionnaire, factors=factors),
        is_whole=is_whole,
    )


def _named_by_cards(questionnaire: Questionnaire, content: Content) -> set[str]:
    """The factors that turn what the questionnaire's cards save into standard coal and CO₂."""
    saved = {
        effect.carrier
        for card in content.technologies
        if may_be_used(card, questionnaire)
        for effect in card.effects
        if isinstance(effect, Saves | SavesShare)
    }
    used = [carrier for carrier in content.carriers if carrier.id in saved]
    return {name for carrier in used for name in (carrier.standard_coal, carrier.co2) if name}


def _named(questionnaire: Questionnaire) -> set[str]:
    """Everything that formulas name, and the factors that a plant may replace."""
    replaced = {
        name for item in questionnaire.items.values() if isinstance(item, Activity) for name in item.replaces
    }
    return replaced | {name for formula in _formulas(questionnaire) for name in formula.names}


def _formulas(questionnaire: Questionnaire) -> Iterator[Formula]:
    """Every formula of a questionnaire, wherever it stands."""
    for derived in questionnaire.derived:
        yield derived.formula
    members = [
        member
        for book in questionnaire.rulebooks
        if isinstance(book, AxesRulebook)
        for axis in book.axes
        for member in axis.members
    ]
    for one in (*questionnaire.items.values(), *members):
        if isinstance(one, Indicator | AxisMember) and one.formula is not None:
            yield one.formula
        elif isinstance(one, Activity):
            yield from one.replaces.values()
    for check in questionnaire.data_checks:
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
            if "shared" not in content.broken:
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
