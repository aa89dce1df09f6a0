"""What a page of the questionnaire shows: its items with their answers, and the panel with score and gaps."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from flask import current_app, render_template
from markupsafe import Markup

from portal import words
from portal.actions.measure import Line
from portal.core.answers import usual_range_warning
from portal.core.assessment import Assessment, SectionResult
from portal.core.filing import Conflict, OpenAssessment, StoredAnswer
from portal.core.gaps import Gap, find_gaps
from portal.core.library import Library
from portal.core.plant import Concern, concern
from portal.core.questionnaire import Indicator, Item, ItemId, Practice, Questionnaire, Section, Source, Trait
from portal.core.scoring import assess
from portal.web.fields import ItemField, answer_text
from portal.web.item_form import SectionForm

GAPS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One item on the page."""

    item: Item
    kind: str
    field: ItemField
    about: Markup
    stored: StoredAnswer | None
    is_shown: bool
    computed: str
    warning: str
    conflict: Conflict | None
    theirs: str
    done: tuple[str, ...] = ()  # technologies of earlier plans that are in place by now


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Score, progress and the largest gaps, as they are now."""

    assessment: Assessment
    gaps: tuple[Gap, ...]

    @property
    def total(self) -> Decimal | None:
        """Points together."""
        return self.assessment.points.total

    def section(self, id: str) -> SectionResult:
        """One section's progress."""
        return next(one for one in self.assessment.sections if one.id == id)

    @property
    def concerned(self) -> frozenset[str]:
        """The sections with an item that the page asks."""
        return frozenset(
            section.id
            for section in self.assessment.questionnaire.sections
            if any(is_shown(item, self.assessment) for item in section.items)
        )

    @property
    def sections(self) -> tuple[SectionResult, ...]:
        """The progress of the sections that concern the plant, in order."""
        concerned = self.concerned
        return tuple(one for one in self.assessment.sections if one.id in concerned)


@dataclass(frozen=True, slots=True)
class _Scored:
    """A self-check as it stood: every save raises a revision, so their sum names its state.

    What is submitted shows other answers than were saved last, once a correction came too late.
    """

    id: str
    version: tuple[str, str]
    state: tuple[int, str, frozenset[ItemId]]
    one: OpenAssessment = dataclasses.field(compare=False)


def panel_of(one: OpenAssessment) -> Panel:
    """Score the answers as they stand; looking again at the same answers costs nothing."""
    revisions = sum(stored.revision for stored in one.answers.values())
    state = (revisions, one.checksum, one.reopened)
    return _panel(_Scored(one.id, (one.questionnaire.id, one.questionnaire.version), state, one))


@lru_cache(maxsize=256)
def _panel(scored: _Scored) -> Panel:
    one = scored.one
    assessment = assess(one.questionnaire, one.given, one.year)
    return Panel(
        assessment=assessment,
        gaps=find_gaps(assessment)[:GAPS_SHOWN],
    )


def views_of(
    library: Library,
    one: OpenAssessment,
    form: SectionForm,
    assessment: Assessment,
    conflicts: tuple[Conflict, ...] = (),
    done: Mapping[ItemId, tuple[Line, ...]] = MappingProxyType({}),
) -> list[ItemView]:
    """The items of the form's section, in order; those that do not concern the plant are there but hidden."""
    told = {conflict.item: conflict for conflict in conflicts}
    readings = {result.item.id: result for result in assessment.items}
    views = []
    for field in form.items():
        item = field.item
        conflict = told.get(item.id)
        result = readings.get(item.id)
        reading = result.reading if result is not None else None
        warning = usual_range_warning(item, field.answer) if field.answer is not None else None
        views.append(
            ItemView(
                item=item,
                kind=type(item).__name__.lower(),
                field=field,
                about=about(library, one.questionnaire, item),
                stored=one.answers.get(item.id),
                is_shown=is_shown(item, assessment),
                computed=computed_text(item, reading.computed) if reading is not None else "",
                warning=words.problem(warning) if warning is not None else "",
                conflict=conflict,
                theirs=answer_text(item, conflict.theirs.answer) if conflict is not None else "",
                done=tuple(_done_text(each) for each in done.get(item.id, ())),
            )
        )
    return views


def _done_text(line: Line) -> str:
    """A measure that was carried out: when, what it saves, and the files that prove it."""
    one = line.measure
    told = [f"{words.day(one.finished_on)} 完成"] if one.finished_on else []
    if one.effect is not None:
        told.append(f"实测效果 {words.quantity(one.effect, one.effect_unit)}")
    if one.saving is not None:
        told.append(f"年节约 {words.money(one.saving)}")
    if line.files:
        told.append("台账佐证：" + "、".join(file.title for file in line.files))
    return f"{line.title}（{'，'.join(told)}）" if told else line.title


@dataclass(frozen=True, slots=True)
class _Drawn:
    """An item as it looks: what its markup depends on, and the view to draw it from."""

    place: tuple[str, str, str, str]
    look: tuple[object, ...]
    view: ItemView = dataclasses.field(compare=False)
    is_editable: bool


def markup_of(library: Library, one: OpenAssessment, view: ItemView) -> Markup:
    """The item's HTML. Equal looks are drawn once: most items are unanswered or hold one of a few answers."""
    may_write = one.may_write(view.item.id)
    if view.conflict is not None:
        return _draw(view, may_write)
    kept = (view.stored.is_carried_over, view.stored.on_behalf) if view.stored is not None else ()
    look = (view.field.typed, view.is_shown, kept, view.computed, view.warning, view.field.errors, view.done)
    place = (library.checksum, one.questionnaire.id, one.questionnaire.version, str(view.item.id))
    return _drawn(_Drawn(place, look, view, may_write))


@lru_cache(maxsize=4096)
def _drawn(drawn: _Drawn) -> Markup:
    return _draw(drawn.view, drawn.is_editable)


def _draw(view: ItemView, is_editable: bool) -> Markup:
    macros = current_app.jinja_env.get_template("assessment/item.html").module
    return Markup(macros.item(view, is_editable))  # type: ignore[attr-defined]  # noqa: S704 - a macro escapes


def is_shown(item: Item, assessment: Assessment) -> bool:
    """Whether the page asks the item: all but those that the plant's traits rule out."""
    return concern(item.when, assessment.chosen) is not Concern.NO


def computed_text(item: Item, value: Decimal | None) -> str:
    """What the activity data give, to four digits; empty when something lacks."""
    if value is None or not isinstance(item, Indicator):
        return ""
    return words.amount(value, item.unit)


_about: dict[tuple[str, str, str, str], Markup] = {}


def about(library: Library, questionnaire: Questionnaire, item: Item) -> Markup:
    """Help, clauses, levels and sources of an item: the same for everyone, so rendered once per version."""
    key = (library.checksum, questionnaire.id, questionnaire.version, item.id)
    if key not in _about:
        sources: dict[str, Source] = {str(id): source for id, source in library.sources.items()}
        page = render_template(
            "assessment/about.html",
            item=item,
            is_scored=isinstance(item, Indicator | Practice),
            is_indicator=isinstance(item, Indicator),
            sources=sources,
            formula=formula_text(questionnaire, item),
            conditions=conditions(questionnaire, item),
        )
        _about[key] = Markup(page)  # noqa: S704 - rendered by an escaping template
    return _about[key]


def formula_text(questionnaire: Questionnaire, item: Item) -> str:
    """The formula with titles instead of ids."""
    if not isinstance(item, Indicator) or item.formula is None:
        return ""
    titles: dict[str, str] = {str(one.id): one.title for one in questionnaire.items.values()}
    titles |= {one.id: one.title for one in questionnaire.derived}
    titles |= {id: factor.title for id, factor in questionnaire.factors.items()}
    text = item.formula.text.replace("*", " × ").replace("/", " ÷ ")
    parts = text.replace("(", " ( ").replace(")", " ) ").split()
    return " ".join(titles.get(part, part) for part in parts).replace("( ", "（").replace(" )", "）")


def conditions(questionnaire: Questionnaire, item: Item) -> list[str]:
    """For which plants the item is asked, in words."""
    said = []
    for trait_id, options in item.when.any_of.items():
        trait = questionnaire.items.get(ItemId(trait_id))
        if isinstance(trait, Trait):
            titles = [option.title for option in trait.options if option.id in options]
            said.append(f"{trait.title}为{'或'.join(f'“{title}”' for title in titles)}")
    return said


def neighbours(panel: Panel, section: Section) -> tuple[Section | None, Section | None]:
    """The sections before and after that concern the plant."""
    sections, concerned = panel.assessment.questionnaire.sections, panel.concerned
    place = [one.id for one in sections].index(section.id)
    before = [one for one in sections[:place] if one.id in concerned]
    after = [one for one in sections[place + 1 :] if one.id in concerned]
    return before[-1] if before else None, after[0] if after else None
