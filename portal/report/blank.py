"""A questionnaire on paper: every item worded for a blank form to fill by hand, and for its author's preview.

Nothing here depends on answers: every section stands there, with the condition under which an item concerns a plant.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import assert_never

from portal import words
from portal.core.levels import Direction, Grade, Verification
from portal.core.library import Library
from portal.core.questionnaire import (
    Activity,
    Column,
    Extent,
    Indicator,
    Item,
    ItemId,
    Level,
    Practice,
    Questionnaire,
    Requirement,
    Scored,
    Trait,
    UsualRange,
)
from portal.core.rulebook import PointsRulebook
from portal.core.technology import Technologies, Technology
from portal.report import html, pdf
from portal.report.annexes import SourceLine, source_lines
from portal.report.citing import Citer, doubt
from portal.report.conditions import condition, titles

MOST_LINES = 4  # groups of plants whose levels are told in lines; more are a table


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to tick; `help` says what it means here."""

    title: str
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelLine:
    """The value of one grade, for whom it holds, and who says so."""

    grade: str
    value: str
    when: str
    verification: str
    is_usable: bool
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRow:
    """The grades' values for one group of plants, best grade first."""

    when: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTable:
    """Levels of so many groups of plants that lines would fill pages; `head` says what tells the groups apart."""

    head: str
    unit: str
    rows: tuple[LevelRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """A technology card that closes the item's gap."""

    title: str
    cost_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One item, worded; what its kind does not have is empty."""

    number: str
    id: str
    kind: str
    kind_title: str
    title: str
    question: str
    help: str
    when: str
    column: str
    weight: str
    weight_reason: str
    unit: str
    choices: tuple[Choice, ...]
    is_many: bool
    share_of: str
    may_not_apply: bool
    blank_means: str
    binding: str
    direction: str
    levels: tuple[LevelLine, ...]
    levels_short: tuple[str, ...]
    level_table: LevelTable | None
    formula: str
    formula_source: str
    formula_note: str
    usual: str
    clauses: str
    evidence: tuple[str, ...]
    no_technology: str
    cards: tuple[CardLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPart:
    """A section with its items."""

    number: str
    title: str
    guide: str
    items: tuple[ItemLine, ...]
    weights: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedLine:
    """An intermediate result that formulas share."""

    title: str
    unit: str
    formula: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """A rule of the data check."""

    title: str
    when: str
    look_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankForm:
    """Everything that form and preview show."""

    title: str
    sector: str
    version: str
    note: str
    rules: str
    sections: tuple[SectionPart, ...]
    derived: tuple[DerivedLine, ...]
    data_checks: tuple[CheckLine, ...]
    sources: tuple[SourceLine, ...]
    counts: str


def compose(questionnaire: Questionnaire, library: Library, cards: Technologies) -> BlankForm:
    """The questionnaire, worded; `cards` are those that may be used in it."""
    citer = Citer(library.sources)
    wording = _Wording(questionnaire, citer, cards)
    sections = tuple(
        SectionPart(
            number=str(number),
            title=section.title,
            guide=section.guide,
            items=tuple(
                wording.item(item, f"{number}.{place}") for place, item in enumerate(section.items, 1)
            ),
            weights=_weights(section.items),
        )
        for number, section in enumerate(questionnaire.sections, 1)
    )
    return BlankForm(
        title=questionnaire.title,
        sector=questionnaire.sector,
        version=questionnaire.version,
        note=questionnaire.note,
        rules=_rules(questionnaire),
        sections=sections,
        derived=tuple(
            DerivedLine(title=one.title, unit=one.unit, formula=wording.formula(one.formula.text))
            for one in questionnaire.derived
        ),
        data_checks=tuple(
            CheckLine(title=one.title, when=condition(questionnaire, one.when), look_at=one.look_at)
            for one in questionnaire.data_checks
        ),
        sources=source_lines(citer),
        counts=_counts(questionnaire),
    )


def preview(form: BlankForm) -> str:
    """The preview as one HTML file that needs nothing beside it."""
    return html.fill("preview.html", form=form)


def paper(form: BlankForm, printed_on: date) -> html.Paper:
    """The blank form for the printing queue."""
    identifier = hashlib.sha256(f"blank {form.title} {form.version}".encode()).digest()
    values = {"form": form}
    return html.Paper(
        template="blank.html", values=values, made_on=printed_on, identifier=identifier, style="blank.css"
    )


def print_form(form: BlankForm, printed_on: date) -> bytes:
    """The blank form as PDF; the same questionnaire gives the same bytes."""
    text = html.fill("blank.html", form=form)
    imprint = pdf.Imprint(made_on=printed_on, identifier=hashlib.sha256(text.encode()).digest())
    return pdf.write(text, imprint=imprint, style="blank.css")


class _Wording:
    """Words the items of one questionnaire."""

    def __init__(self, questionnaire: Questionnaire, citer: Citer, cards: Technologies) -> None:
        self._questionnaire = questionnaire
        self._citer = citer
        self._cards: dict[ItemId, list[Technology]] = {}
        for card in cards:
            for name in card.closes:
                self._cards.setdefault(name, []).append(card)
        self._names = {str(id): one.title for id, one in questionnaire.items.items()}
        self._names |= {one.id: one.title for one in questionnaire.derived}
        self._names |= {one.id: one.title for one in questionnaire.factors.values()}

    def formula(self, text: str) -> str:
        """The formula with titles for names and the signs of arithmetic: 〔原煤消耗量〕 × 〔原煤折标准煤系数〕."""
        signs = {"*": " × ", "/": " ÷ ", "+": " ＋ ", "-": " − ", "(": "（", ")": "）"}
        parts = re.findall(r"[A-Za-z_]\w*|[\d.]+|[-+*/()]", text)
        return "".join(signs.get(part) or self._names.get(part, part) for part in parts)

    def item(self, item: Item, number: str) -> ItemLine:
        """Everything about one item."""
        indicator = item if isinstance(item, Indicator) else None
        scored = item if isinstance(item, Scored) else None
        return ItemLine(
            number=number,
            id=item.id,
            kind=type(item).__name__.lower(),
            kind_title="否决项"
            if isinstance(item, Requirement) and item.is_veto
            else words.ITEM_KINDS[type(item)],
            title=item.title,
            question=item.question,
            help=item.help,
            when=condition(self._questionnaire, item.when),
            column=words.label(scored.column) if scored else "",
            weight=words.number(scored.weight) if scored and scored.weight else "",
            weight_reason=scored.weight_reason if scored else "",
            unit=item.unit if isinstance(item, Indicator | Activity) and item.unit != "1" else "",
            choices=_choices(item),
            is_many=isinstance(item, Trait) and item.is_many,
            share_of=item.share_of if isinstance(item, Practice) else "",
            may_not_apply=scored is not None and not (indicator and indicator.binding),
            blank_means=_blank_means(item),
            binding=self._citer.place(indicator.binding) if indicator and indicator.binding else "",
            direction=words.label(indicator.direction) if indicator else "",
            levels=tuple(self._level(level, indicator) for level in indicator.levels) if indicator else (),
            levels_short=self._levels_short(indicator) if indicator and not _is_long(indicator) else (),
            level_table=self._level_table(indicator) if indicator and _is_long(indicator) else None,
            formula=self.formula(indicator.formula.text) if indicator and indicator.formula else "",
            formula_source=self._citer.place(indicator.formula_source)
            if indicator and indicator.formula_source
            else "",
            formula_note=indicator.formula_note if indicator else "",
            usual=_usual(item.usual, item.unit) if isinstance(item, Indicator | Activity) else "",
            clauses=self._citer.places(item.clauses),
            evidence=item.evidence,
            no_technology=scored.no_technology if scored else "",
            cards=tuple(
                CardLine(title=card.title, cost_class=words.label(card.cost_class))
                for card in self._cards.get(item.id, ())
            ),
        )

    def _level(self, level: Level, item: Indicator) -> LevelLine:
        return LevelLine(
            grade=words.grade(level.grade),
            value=self._bound(level, item),
            when=condition(self._questionnaire, level.when),
            verification=words.label(level.verification),
            is_usable=level.verification.is_usable,
            source=self._citer.short(level.source, level.place, level.verification),
            note=level.note,
        )

    def _bound(self, level: Level, item: Indicator) -> str:
        sign = "≤" if item.direction is Direction.SMALLER else "≥"
        bound = f"{sign} {words.quantity(level.value, item.unit)}"
        if level.adjust is None:
            return bound
        by = level.adjust
        step = f"{'＋' if by.step > 0 else '−'} {words.number(abs(by.step))}"
        return f"{bound} {step} ×（{self._names[by.quantity]} − {words.number(by.origin)}）"

    def _levels_short(self, item: Indicator) -> tuple[str, ...]:
        """One line for each group of plants, for the form: whom it concerns, then the grades with their values."""
        groups: dict[str, list[str]] = {}
        for level in item.levels:
            said = f"{words.grade(level.grade)} {self._bound(level, item)}{doubt(level.verification)}"
            groups.setdefault(condition(self._questionnaire, level.when), []).append(said)
        return tuple(f"{f'{when}：' if when else ''}{'；'.join(lines)}" for when, lines in groups.items())

    def _level_table(self, item: Indicator) -> LevelTable:
        """The same, a row for each group; where one trait tells all groups apart it is named once, in the head."""
        groups: dict[str, dict[Grade, str]] = {}
        traits = {name for level in item.levels for name in level.when.any_of}
        only = self._questionnaire.items[traits.pop()] if len(traits) == 1 else None
        trait = only if isinstance(only, Trait) and all(level.when.any_of for level in item.levels) else None
        for level in item.levels:
            when = condition(self._questionnaire, level.when) or "其他"
            if trait is not None:
                when = "、".join(titles(trait, level.when.any_of[trait.id])[0])
            bound = self._bound(level, item).removesuffix(item.unit).rstrip()
            groups.setdefault(when, {})[level.grade] = bound + _mark(level)
        return LevelTable(
            head=trait.title if trait is not None else "企业",
            unit=item.unit,
            rows=tuple(
                LevelRow(when=when, cells=tuple(values.get(grade, words.NOTHING) for grade in words.GRADES))
                for when, values in groups.items()
            ),
        )


def _is_long(item: Indicator) -> bool:
    """Whether its levels differ between so many groups of plants that only a table holds them."""
    groups = {tuple(sorted(level.when.any_of.items())) for level in item.levels}
    return len(groups) > MOST_LINES and not any(level.adjust for level in item.levels)


def _mark(level: Level) -> str:
    """A sign where there is no room for words; the table's caption explains it."""
    return {Verification.SECONDHAND: "*", Verification.UNVERIFIED: "?"}.get(level.verification, "")


def _choices(item: Item) -> tuple[Choice, ...]:
    match item:
        case Trait(options=options):
            return tuple(Choice(title=one.title, help=one.help) for one in options)
        case Requirement():
            return (Choice(title="符合"), Choice(title="不符合"))
        case Practice(extents=extents):
            return tuple(Choice(title=words.label(one), help=extents.get(one, "")) for one in Extent)
        case Indicator() | Activity():
            return ()
        case _:
            assert_never(item)


def _blank_means(item: Item) -> str:
    if not isinstance(item, Activity):
        return ""
    if item.is_zero_when_blank:
        return "没有的填 0，不填按 0 计"
    return "可以不填" if item.is_optional else ""


def _usual(usual: UsualRange | None, unit: str) -> str:
    if usual is None:
        return ""
    return f"{words.number(usual.low)}–{words.quantity(usual.high, unit)}（{usual.basis}）"


def _weights(items: Iterable[Item]) -> str:
    """What the section counts in each column."""
    sums: dict[Column, Decimal] = {}
    for item in items:
        if isinstance(item, Scored) and item.weight:
            sums[item.column] = sums.get(item.column, Decimal(0)) + item.weight
    return "，".join(f"{words.label(column)}权重 {words.number(total)}" for column, total in sums.items())


def _rules(questionnaire: Questionnaire) -> str:
    book = next(one for one in questionnaire.rulebooks if isinstance(one, PointsRulebook))
    columns = "、".join(
        f"{words.COLUMNS[column]}占 {words.number(book.columns[column.value])}%" for column in words.COLUMNS
    )
    factors = "、".join(
        f"达到{words.grade(grade)}得权重的 {words.percent(100 * book.levels[grade.value])}"
        for grade in words.GRADES
    )
    return f"综合得分中{columns}。定量指标{factors}；措施全面实施得全部权重，部分实施按覆盖比例得分。"


def _counts(questionnaire: Questionnaire) -> str:
    items = list(questionnaire.items.values())
    parts = [
        (title, sum(isinstance(item, kind) for item in items)) for kind, title in words.ITEM_KINDS.items()
    ]
    return "、".join(f"{title} {count} 项" for title, count in parts if count)
