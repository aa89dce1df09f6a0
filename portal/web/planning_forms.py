"""What is typed about measures: a choice with own figures, a goal for the solver, a line of the ledger."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from werkzeug.datastructures import MultiDict

from portal.core.campaign import Rung
from portal.core.errors import Problem
from portal.core.levels import Grade
from portal.core.numerals import read_decimal
from portal.core.optimise import Goal
from portal.core.plain_text import code_form
from portal.core.planning import Entry, MeasureState, check_money
from portal.core.technology import CostClass

Typed = MultiDict[str, str]
QUOTE, WISH = "quote-", "wish-"
MUST, NEVER = "must", "never"
LEAVE_OUT, COUNT = "leave", "count"
NUMBERS = ("budget", "spent", "effect", "saving")
DAYS = ("due_on", "started_on", "finished_on")
TEXTS = ("owner", "effect_unit", "note")


# No page can show these.
_UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def as_typed(form: Typed) -> dict[str, str]:
    """What was typed, to be shown again beside what is wrong with it."""
    return {name: _UNSHOWN.sub("", text) for name, text in form.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A choice of technologies with the plant's own investments, as typed and as read."""

    title: str
    technologies: frozenset[str]
    quotes: Mapping[str, Decimal]
    typed: Mapping[str, str]
    problems: tuple[Problem, ...]


def picked_of(form: Typed) -> Picked:
    """The editor's form."""
    quotes, problems = _quotes(form)
    return Picked(
        title=form.get("title", ""),
        technologies=frozenset(form.getlist("take")),
        quotes=quotes,
        typed={
            name.removeprefix(QUOTE): text for name, text in as_typed(form).items() if name.startswith(QUOTE)
        },
        problems=problems,
    )


def _quotes(form: Typed) -> tuple[dict[str, Decimal], tuple[Problem, ...]]:
    quotes: dict[str, Decimal] = {}
    problems: list[Problem] = []
    for name, text in form.items():
        if not name.startswith(QUOTE) or not text.strip():
            continue
        amount, wrong = _money(name, text)
        problems += wrong
        if amount is not None:
            quotes[name.removeprefix(QUOTE)] = amount
    return quotes, tuple(problems)


def _money(place: str, text: str) -> tuple[Decimal | None, tuple[Problem, ...]]:
    if not text.strip():
        return None, ()
    number = read_decimal(text)
    if isinstance(number, str):
        return None, (Problem(place=place, code=number),)
    problems = check_money(place, number)
    return (None, problems) if problems else (number, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A goal as read, with the plant's own investments; `goal` is None where there are problems."""

    goal: Goal | None
    quotes: Mapping[str, Decimal]
    problems: tuple[Problem, ...]


def goal_of(form: Typed, rungs: Sequence[Rung]) -> Wanted:
    """The solver's form; a rung brings its own points, grade and gates."""
    quotes, problems = _quotes(form)
    rung = next((one for one in rungs if one.id == form.get("rung", "")), None)
    points, wrong = _points(form.get("points", ""))
    budget, too_much = _money("budget", form.get("budget", ""))
    grade = Grade(form["grade"]) if form.get("grade", "") in {one.value for one in Grade} else None
    if rung is not None:
        points = max(points, rung.points) if points is not None else rung.points
        grades = [one for one in (grade, rung.grade) if one is not None]
        grade = min(grades, key=lambda one: one.rank, default=None)
    problems = (*problems, *wrong, *too_much)
    if points is None and grade is None and not wrong:
        problems += (Problem(place="points", code="goal_missing"),)
    classes = {one.value for one in CostClass}
    wishes = {name.removeprefix(WISH): text for name, text in form.items() if name.startswith(WISH)}
    goal = Goal(
        points=points,
        grade=grade,
        needs_gates=rung is not None or form.get("gates") == "1",
        budget=budget,
        within=CostClass(form["within"]) if form.get("within", "") in classes else None,
        mandatory=frozenset(id for id, wish in wishes.items() if wish == MUST),
        excluded=frozenset(id for id, wish in wishes.items() if wish == NEVER),
        counts_unpriced=form.get("unpriced") == COUNT,
    )
    return Wanted(goal=None if problems else goal, quotes=quotes, problems=problems)


def _points(text: str) -> tuple[Decimal | None, tuple[Problem, ...]]:
    if not text.strip():
        return None, ()
    number = read_decimal(text)
    if isinstance(number, str):
        return None, (Problem(place="points", code=number),)
    if not 0 <= number <= 100:
        return None, (Problem(place="points", code="target_out_of_range"),)
    return number, ()


def entry_of(form: Typed) -> tuple[Entry | None, tuple[Problem, ...]]:
    """A line of the ledger, or why it cannot be read."""
    problems: list[Problem] = []
    numbers: dict[str, Decimal | None] = {}
    for name in NUMBERS:
        numbers[name], wrong = _money(name, form.get(name, ""))
        problems += wrong
    days: dict[str, date | None] = {}
    for name in DAYS:
        days[name], problem = _day(name, form.get(name, ""))
        problems += problem
    state = form.get("state", "")
    if state not in {one.value for one in MeasureState}:
        problems.append(Problem(place="state", code="not_an_option"))
    if problems:
        return None, tuple(problems)
    texts = {name: form.get(name, "") for name in TEXTS}
    return Entry(state=MeasureState(state), **numbers, **days, **texts), ()  # type: ignore[arg-type]


def _day(place: str, text: str) -> tuple[date | None, tuple[Problem, ...]]:
    plain = code_form(text).replace("/", "-")
    if not plain:
        return None, ()
    try:
        return date.fromisoformat(plain), ()
    except ValueError:
        return None, (Problem(place=place, code="day_form"),)
