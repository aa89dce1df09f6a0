"""What-if and plans: trying out measures, keeping named scenarios, and choosing one as the plan."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.actions import campaign, measure, result
from portal.actions.work import NotFound, Work, new_id
from portal.core.campaign import Rung
from portal.core.errors import Problem
from portal.core.optimise import Found, Goal, find_cheapest
from portal.core.plain_text import cleaned
from portal.core.planning import MOST_SCENARIOS, Measure, Scenario, check_money, check_title
from portal.core.roles import Account
from portal.core.whatif import Outlook, Priced, look, price
from portal.solver import solve
from portal.storage import assessment as stored_assessment
from portal.storage import scenario as stored
from portal.storage.assessment import canonical

Quotes = Mapping[str, Decimal]
CHANGED = measure.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A self-check with the measures recommended for it: what every page of this room starts from.

    `quotes` are the plant's own figures as they were given last.
    """

    result: result.Result
    scenarios: tuple[Scenario, ...]
    quotes: Quotes
    may_write: bool

    def priced(self, quotes: Quotes) -> tuple[Priced, ...]:
        """Every measure with its investment."""
        return price(self.result.recommendations, quotes)

    def outlook(self, technologies: Collection[str], quotes: Quotes) -> Outlook:
        """What these measures come to; one that is recommended no more is left out."""
        taken = (one for one in self.priced(quotes) if one.id in technologies)
        return look(self.result.assessment, taken)

    def is_stale(self, scenario: Scenario) -> bool:
        """Whether an answer was changed after the scenario was kept, or a measure of it is recommended no more."""
        answers = self.result.open.answers.values()
        return bool(self.gone(scenario)) or any(one.saved_at > scenario.changed_at for one in answers)

    def gone(self, scenario: Scenario) -> tuple[str, ...]:
        """The technologies of a scenario that are recommended no more: the gap is closed, or the content changed."""
        known = {one.technology.id for one in self.result.recommendations}
        return tuple(id for id in scenario.technologies if id not in known)

    def scenario(self, id: str) -> Scenario | None:
        """One of the scenarios; None for one that was removed meanwhile."""
        return next((one for one in self.scenarios if one.id == id), None)

    def plan_mark(self, scenario: Scenario) -> str:
        """What a person saw who makes this scenario the plan: the scenario itself, and which one it replaces."""
        return scenario.mark + next((one.id for one in self.scenarios if one.is_chosen), "")


def bench(work: Work, who: Account, assessment_id: str) -> Bench:
    """Everything about one self-check's measures; raises NotFound."""
    shown = result.of(work, who, assessment_id)
    scenarios = stored.of_assessment(work.session, assessment_id)
    newest = sorted(scenarios, key=lambda one: (one.changed_at, one.id))
    quotes: dict[str, Decimal] = {}
    for one in newest:
        quotes.update(one.quotes)
    may_write = who.may_fill(shown.open.enterprise.id)
    return Bench(result=shown, scenarios=scenarios, quotes=quotes, may_write=may_write)


def find(room: Bench, id: str) -> Scenario:
    """One of the scenarios; raises NotFound."""
    found = room.scenario(id)
    if found is None:
        raise NotFound(id)
    return found


def rungs(work: Work, room: Bench) -> tuple[Rung, ...]:
    """The rungs of the year's campaign, the lowest first."""
    open_ = room.result.open
    found = campaign.applying(work, open_.year, open_.enterprise.profile)
    return tuple(sorted(found.rungs, key=lambda one: (one.points, one.id))) if found else ()


def cheapest(room: Bench, goal: Goal, quotes: Quotes) -> Found:
    """The cheapest sets of measures for the goal, or what stands in the way. Raises SolverError."""
    return find_cheapest(room.result.assessment, room.priced(quotes), goal, solve)


# ── Keeping scenarios ────────────────────────────────────────────────────────


def create(
    work: Work, who: Account, assessment_id: str, title: str, technologies: Collection[str], quotes: Quotes
) -> tuple[str | None, tuple[Problem, ...]]:
    """Keep a new scenario: its id, or problems; one that says the same is there already. Raises NotFound."""
    room = _own(work, who, assessment_id)
    said = (cleaned(title), _known(room, technologies), _known_quotes(room, quotes))
    for one in room.scenarios:
        if (one.title, one.technologies, one.quotes) == said:  # the form was sent twice
            return one.id, ()
    problems = _check(title, quotes)
    if len(room.scenarios) >= MOST_SCENARIOS:
        problems += (Problem(place="title", code="too_many_scenarios", details=(str(MOST_SCENARIOS),)),)
    if problems:
        return None, problems
    id = new_id()
    name, kept, figures = said
    stored.add(
        work.session,
        id,
        assessment_id=assessment_id,
        title=name,
        technologies=kept,
        quotes=figures,
        by=who.id,
        now=work.now,
    )
    work.note("scenario.create", "assessment", assessment_id, after=canonical([id, name, *kept]))
    return id, ()


def change(
    work: Work,
    who: Account,
    assessment_id: str,
    id: str,
    title: str,
    technologies: Collection[str],
    quotes: Quotes,
    seen: str,
) -> tuple[Problem, ...]:
    """Replace what a scenario says; the ledger follows when it is the plan. Raises NotFound.

    `seen` is the mark of the scenario that the page showed: what somebody else said meanwhile is never overwritten.
    """
    room = _own(work, who, assessment_id)
    before = room.scenario(id)
    if before is None:
        return (Problem(place="scenario", code=CHANGED),)
    problems = _check(title, quotes)
    if problems:
        return problems
    name, kept, figures = cleaned(title), _known(room, technologies), _known_quotes(room, quotes)
    if seen != before.mark:
        is_same = (before.title, before.technologies, before.quotes) == (name, kept, figures)
        return () if is_same else (Problem(place="scenario", code=CHANGED),)
    stored.change(work.session, id, title=name, technologies=kept, quotes=figures, now=work.now)
    work.note(
        "scenario.change",
        "assessment",
        assessment_id,
        before=canonical([id, before.title, *before.technologies]),
        after=canonical([id, name, *kept]),
    )
    if before.is_chosen:
        measure.follow_plan(work, who, room.result, room.outlook(kept, quotes).taken)
    return ()


def copy(work: Work, who: Account, assessment_id: str, id: str, title: str) -> tuple[Problem, ...]:
    """A second scenario like it, under another name. Raises NotFound."""
    one = find(_own(work, who, assessment_id), id)
    _, problems = create(work, who, assessment_id, title, one.technologies, one.quotes)
    return problems


def remove(work: Work, who: Account, assessment_id: str, id: str, seen: str) -> tuple[Problem, ...]:
    """Take a scenario away, unless it says something else than the mark `seen`; the ledger keeps what came from it.

    One that is gone already is no problem: the button was pressed twice. Raises NotFound.
    """
    one = _own(work, who, assessment_id).scenario(id)
    if one is None:
        return ()
    if seen != one.mark:
        return (Problem(place="scenario", code=CHANGED),)
    stored.remove(work.session, id)
    work.note("scenario.remove", "assessment", assessment_id, before=canonical([id, one.title]))
    return ()


def choose(
    work: Work, who: Account, assessment_id: str, id: str, seen: str | None = None
) -> tuple[Problem, ...]:
    """Make it the plan: the report prints it, and its measures stand in the ledger. Raises NotFound.

    Not when the page was made of something else, unless it is the plan already: `seen` is its `plan_mark`, None for
    whoever chooses in the unit of work that looked.
    """
    room = _own(work, who, assessment_id)
    one = find(room, id)
    if one.is_chosen:
        return ()
    if seen not in (None, room.plan_mark(one)):
        return (Problem(place="scenario", code=CHANGED),)
    stored.choose(work.session, assessment_id, id)
    work.note("scenario.choose", "assessment", assessment_id, after=id)
    measure.follow_plan(work, who, room.result, room.outlook(one.technologies, one.quotes).taken)
    return ()


def _own(work: Work, who: Account, assessment_id: str) -> Bench:
    """The room of a self-check that the person may write into; its row is locked, so that two changes queue up."""
    if stored_assessment.find(work.session, assessment_id, sight=who.writing_sight, is_locking=True) is None:
        raise NotFound(assessment_id)
    return bench(work, who, assessment_id)


def _known(room: Bench, technologies: Collection[str]) -> tuple[str, ...]:
    """The recommended ones among them, in the order of recommendation."""
    return tuple(
        one.technology.id for one in room.result.recommendations if one.technology.id in technologies
    )


def _known_quotes(room: Bench, quotes: Quotes) -> Quotes:
    known = {one.technology.id for one in room.result.recommendations}
    return {id: amount for id, amount in quotes.items() if id in known}


def _check(title: str, quotes: Quotes) -> tuple[Problem, ...]:
    wrong = [problem for id, amount in quotes.items() for problem in check_money(f"quote-{id}", amount)]
    return (*check_title(title), *wrong)


# ── The plan in print ────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPlan:
    """The plan with what it comes to, and its lines of the ledger by technology."""

    scenario: Scenario
    outlook: Outlook
    ledger: Mapping[str, Measure]


def plan_of(work: Work, shown: result.Result) -> ChosenPlan | None:
    """The chosen plan of a self-check; None without one, and where none of its measures is recommended any more."""
    one = stored.chosen(work.session, shown.open.id)
    if one is None:
        return None
    priced = price(shown.recommendations, one.quotes)
    outlook = look(shown.assessment, (each for each in priced if each.id in one.technologies))
    if not outlook.taken:
        return None
    return ChosenPlan(scenario=one, outlook=outlook, ledger=measure.of_plan(work, shown.open.id))


def plan_key(work: Work, assessment_id: str) -> list[object]:
    """Everything that the plan brings into a report, to tell whether a printed one is still the same."""
    one = stored.chosen(work.session, assessment_id)
    if one is None:
        return []
    quotes = {id: str(amount) for id, amount in one.quotes.items()}
    lines = [
        [
            each.technology,
            each.owner,
            each.state.value,
            *map(str, (each.due_on, each.started_on, each.finished_on, each.budget, each.spent)),
        ]
        for each in measure.of_plan(work, assessment_id).values()
    ]
    return [one.title, list(one.technologies), quotes, sorted(lines)]
