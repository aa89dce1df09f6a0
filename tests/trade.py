"""Builders for the trade: every kind of item with honest defaults, so that a test names only what it is about."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from portal.core.answers import Answer
from portal.core.formula import Formula
from portal.core.levels import Direction, Grade, Verification
from portal.core.questionnaire import (
    Activity,
    Citation,
    Column,
    Condition,
    Derived,
    Extent,
    Factor,
    Indicator,
    Item,
    ItemId,
    Level,
    Option,
    Practice,
    Questionnaire,
    Requirement,
    Section,
    SourceId,
    Trait,
)
from portal.core.rulebook import GradeGroup, GradesRulebook, PointsRulebook, Rulebook
from portal.core.technology import Backing, Carrier, CostClass, Technology

D = Decimal
SOURCE = SourceId("norm")


def make_level(grade: str, value: str, verification: str = "secondhand", **more: Any) -> Level:
    settings: dict[str, Any] = {"source": SOURCE, "verification": Verification(verification)}
    return Level(grade=Grade(grade), value=D(value), **(settings | more))


def make_indicator(id: str, levels: str | tuple[Level, ...] = "100 107 117", **more: Any) -> Indicator:
    """An indicator in kgce/t; `levels` are the values of Ⅰ Ⅱ Ⅲ, "-" where there is none, or levels made already."""
    if isinstance(levels, str):
        given = zip(("I", "II", "III"), levels.split(), strict=False)
        levels = tuple(make_level(grade, value) for grade, value in given if value != "-")
    settings: dict[str, Any] = {
        "title": id,
        "column": Column.CLEAN,
        "weight": D(10),
        "unit": "kgce/t",
        "direction": Direction.SMALLER,
        "levels": levels,
    }
    settings |= more
    if settings.pop("is_binding", False):
        settings["binding"] = Citation(source=SOURCE)
    return Indicator(id=ItemId(id), **settings)


def make_practice(id: str, **more: Any) -> Practice:
    settings: dict[str, Any] = {
        "title": id,
        "column": Column.CLEAN,
        "weight": D(10),
        "extents": {extent: extent.value for extent in Extent},
    }
    return Practice(id=ItemId(id), **(settings | more))


def make_activity(id: str, unit: str = "t", **more: Any) -> Activity:
    return Activity(id=ItemId(id), unit=unit, **({"title": id} | more))


def make_trait(id: str, options: Sequence[str], **more: Any) -> Trait:
    settings = {"title": id, "options": tuple(Option(id=o, title=o) for o in options)}
    return Trait(id=ItemId(id), **(settings | more))


def make_requirement(id: str, **more: Any) -> Requirement:
    return Requirement(id=ItemId(id), **({"title": id, "is_veto": True} | more))


def make_condition(**any_of: Sequence[str]) -> Condition:
    return Condition(any_of={ItemId(trait): tuple(options) for trait, options in any_of.items()})


def make_points_rules(**more: Any) -> PointsRulebook:
    settings: dict[str, Any] = {
        "id": "points",
        "title": "points",
        "columns": {"clean": D(60), "circular": D(40)},
        "levels": {"I": D(1), "II": D("0.8"), "III": D("0.6")},
        "extents": {"full": D(1), "planned": D(0), "none": D(0)},
        "provisional_below": D(60),
    }
    return PointsRulebook(**(settings | more))


def make_grade_rules(groups: Mapping[str, tuple[str, Mapping[str, str]]]) -> GradesRulebook:
    """Groups as {name: (weight, {indicator: weight})}."""
    return GradesRulebook(
        id="grade",
        title="grade",
        is_official=False,
        basis="",
        thresholds={"I": D(85), "II": D(85), "III": D(100)},
        groups=tuple(
            GradeGroup(id=name, title=name, weight=D(weight), members={id: D(w) for id, w in members.items()})
            for name, (weight, members) in groups.items()
        ),
    )


def make_factor(id: str, value: str, unit: str, verification: str = "secondhand") -> Factor:
    return Factor(
        id=id, title=id, value=D(value), unit=unit, source=SOURCE, verification=Verification(verification)
    )


def make_derived(id: str, unit: str, formula: str) -> Derived:
    return Derived(id=id, title=id, unit=unit, formula=Formula.parse(formula))


def make_questionnaire(
    *items: Item,
    rulebooks: tuple[Rulebook, ...] = (),
    factors: Sequence[Factor] = (),
    derived: Sequence[Derived] = (),
) -> Questionnaire:
    return Questionnaire(
        id="sample",
        version="2026-1",
        sector="示例",
        title="示例问卷",
        sections=(Section(id="all", title="全部", items=items),),
        derived=tuple(derived),
        factors={factor.id: factor for factor in factors},
        rulebooks=(make_points_rules(), *rulebooks),
    )


def make_answers(**answers: Answer) -> dict[ItemId, Answer]:
    return {ItemId(id): answer for id, answer in answers.items()}


def make_backing(**more: Any) -> Backing:
    return Backing(**({"source": SOURCE, "verification": Verification.SECONDHAND} | more))


def make_technology(id: str, closes: Sequence[str], **more: Any) -> Technology:
    settings: dict[str, Any] = {
        "title": id,
        "principle": "",
        "fits": "",
        "cost_class": CostClass.MEDIUM,
        "backing": (make_backing(),),
    }
    return Technology(id=id, closes=tuple(ItemId(item) for item in closes), **(settings | more))


ELECTRICITY = Carrier(
    id="electricity",
    title="电力",
    unit="kWh",
    price="price_electricity",
    standard_coal="ce_electricity",
    co2="ef_grid",
)
