"""What-if and plans: trying out measures, named scenarios side by side, and the cheapest way to a goal."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal import words
from portal.actions import scenario
from portal.actions.scenario import Bench
from portal.actions.work import Work
from portal.core.errors import Problem
from portal.core.levels import GRADES
from portal.core.optimise import Found, is_hopeless
from portal.core.planning import LONGEST_TITLE, Scenario
from portal.core.roles import Account, Role
from portal.core.technology import CostClass
from portal.core.whatif import Outlook
from portal.web.access import Pages, require_account
from portal.web.planning_forms import Picked, Wanted, as_typed, goal_of, picked_of

pages = Pages("scenario", __name__)
READERS = frozenset({Role.MANAGER, Role.CONSULTANT})
SUBJECT = "assessment"
BOTH = ("GET", "POST")


@pages.page("/assessments/<id>/scenarios", roles=READERS, subject=SUBJECT)
def list_(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The scenarios side by side."""
    return _list(scenario.bench(work, require_account(who), id))


def _list(room: Bench, problems: tuple[Problem, ...] = ()) -> str:
    outlooks = [(one, room.outlook(one.technologies, one.quotes), room.gone(one)) for one in room.scenarios]
    return render_template(
        "scenario/list.html",
        one=room.result.open,
        room=room,
        assessment=room.result.assessment,
        outlooks=outlooks,
        has_stale=any(room.is_stale(one) for one in room.scenarios),
        problems=problems,
        titles={each.technology.id: each.technology.title for each in room.result.recommendations},
    )


@pages.page("/assessments/<id>/scenarios", roles=READERS, methods=("POST",), subject=SUBJECT)
def create(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Keep a new scenario."""
    me = require_account(who)
    picked = picked_of(request.form)
    if request.form.get("go") == "try":
        return _edit(scenario.bench(work, me, id), None, picked)
    made, problems = (None, picked.problems)
    if not problems:
        made, problems = scenario.create(work, me, id, picked.title, picked.technologies, picked.quotes)
    if made is not None:
        return redirect(f"/assessments/{id}/scenarios/{made}?saved=1")
    return _edit(scenario.bench(work, me, id), None, picked, problems), 422


@pages.page("/assessments/<id>/scenarios/new", roles=READERS, subject=SUBJECT)
def new(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """An empty scenario to choose measures in."""
    room = scenario.bench(work, require_account(who), id)
    return _edit(room, None, _shown(room, f"方案{len(room.scenarios) + 1}", (), room.quotes))


@pages.page("/assessments/<id>/scenarios/outlook", roles=READERS, subject=SUBJECT)
def outlook(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """What a choice comes to, for the script beside the form."""
    room = scenario.bench(work, require_account(who), id)
    picked = picked_of(request.args)
    found = room.outlook(picked.technologies, picked.quotes)
    return jsonify(panel=render_template("scenario/outlook.html", found=found, one=room.result.open))


@pages.page("/assessments/<id>/scenarios/<scenario_id>", roles=READERS, methods=BOTH, subject=SUBJECT)
def edit(work: Work, who: Account | None, id: str, scenario_id: str) -> ResponseReturnValue:
    """One scenario: its measures, the plant's own figures, and what they come to."""
    me = require_account(who)
    if request.method == "GET":
        room = scenario.bench(work, me, id)
        kept = scenario.find(room, scenario_id)
        return _edit(room, kept, _shown(room, kept.title, kept.technologies, kept.quotes))
    picked = picked_of(request.form)
    is_trying = request.form.get("go") == "try"
    problems = picked.problems
    if not is_trying and not problems:
        seen = request.form.get("seen", "")
        problems = scenario.change(
            work, me, id, scenario_id, picked.title, picked.technologies, picked.quotes, seen
        )
        if not problems:
            return redirect(f"/assessments/{id}/scenarios/{scenario_id}?saved=1")
    room = scenario.bench(work, me, id)
    there = room.scenario(scenario_id)
    if there is None:
        # What was chosen stays on the page: it can be kept as a scenario of its own.
        return _edit(room, None, picked, is_lost=True), 409
    if any(problem.code == scenario.CHANGED for problem in problems):
        return _edit(room, there, picked, clash=_clash(room, there, picked)), 409
    return _edit(room, there, picked, problems), 200 if is_trying else 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """How the scenario that is kept differs from the choice that was sent: measures and figures by their titles."""

    title: str
    only_theirs: tuple[str, ...]
    only_mine: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]


def _clash(room: Bench, theirs: Scenario, mine: Picked) -> Clash:
    titles = {one.technology.id: one.technology.title for one in room.result.recommendations}

    def named(ids: Collection[str]) -> tuple[str, ...]:
        return tuple(title for id, title in titles.items() if id in ids)

    def figure(quotes: scenario.Quotes, id: str) -> str:
        return words.money(quotes.get(id))

    taken = frozenset(theirs.technologies)
    return Clash(
        title=theirs.title,
        only_theirs=named(taken - mine.technologies),
        only_mine=named(mine.technologies - taken),
        figures=tuple(
            (title, figure(theirs.quotes, id), figure(mine.quotes, id))
            for id, title in titles.items()
            if theirs.quotes.get(id) != mine.quotes.get(id)
        ),
    )


def _shown(room: Bench, title: str, taken: tuple[str, ...], quotes: scenario.Quotes) -> Picked:
    return Picked(
        title=title,
        technologies=frozenset(taken),
        quotes=quotes,
        typed={name: words.number(amount) for name, amount in quotes.items()},
        problems=(),
    )


def _edit(
    room: Bench,
    kept: Scenario | None,
    picked: Picked,
    problems: tuple[Problem, ...] = (),
    *,
    clash: Clash | None = None,
    is_lost: bool = False,
) -> str:
    wrong = {problem.place: words.problem(problem) for problem in problems}
    return render_template(
        "scenario/edit.html",
        one=room.result.open,
        room=room,
        kept=kept,
        picked=picked,
        title=as_typed(request.form).get("title", picked.title),
        wrong=wrong,
        groups=_groups(room, picked.quotes),
        found=room.outlook(picked.technologies, picked.quotes),
        is_saved="saved" in request.args,
        is_tried=request.form.get("go") == "try",
        clash=clash,
        is_lost=is_lost,
        # Once both were shown, saving is a choice between them; until then the page stays what it was made from.
        seen=kept.mark if kept is not None and clash else request.form.get("seen", kept.mark if kept else ""),
        longest=LONGEST_TITLE,
    )


def _groups(room: Bench, quotes: scenario.Quotes) -> list[tuple[str, list[object]]]:
    """The measures by class of cost, with their investments."""
    priced = room.priced(quotes)
    groups = []
    for cost_class in CostClass:
        mine: list[object] = [one for one in priced if one.recommendation.technology.cost_class is cost_class]
        if mine:
            groups.append((words.STEPS[cost_class], mine))
    return groups


# ── What is done with a scenario ─────────────────────────────────────────────


@pages.page(
    "/assessments/<id>/scenarios/<scenario_id>/copy", roles=READERS, methods=("POST",), subject=SUBJECT
)
def copy(work: Work, who: Account | None, id: str, scenario_id: str) -> ResponseReturnValue:
    """A second one like it."""
    me = require_account(who)
    title = scenario.find(scenario.bench(work, me, id), scenario_id).title
    problems = scenario.copy(work, me, id, scenario_id, f"{title[: LONGEST_TITLE - 4]}（副本）")
    if problems:
        return _list(scenario.bench(work, me, id), problems), 422
    return redirect(f"/assessments/{id}/scenarios")


@pages.page(
    "/assessments/<id>/scenarios/<scenario_id>/remove", roles=READERS, methods=("POST",), subject=SUBJECT
)
def remove(work: Work, who: Account | None, id: str, scenario_id: str) -> ResponseReturnValue:
    """Take it away."""
    me = require_account(who)
    problems = scenario.remove(work, me, id, scenario_id, request.form.get("seen", ""))
    if problems:
        return _list(scenario.bench(work, me, id), problems), 409
    return redirect(f"/assessments/{id}/scenarios")


@pages.page(
    "/assessments/<id>/scenarios/<scenario_id>/choose", roles=READERS, methods=("POST",), subject=SUBJECT
)
def choose(work: Work, who: Account | None, id: str, scenario_id: str) -> ResponseReturnValue:
    """Make it the plan, and go on to its ledger."""
    me = require_account(who)
    problems = scenario.choose(work, me, id, scenario_id, request.form.get("seen", ""))
    room = scenario.bench(work, me, id)
    if problems:
        return _list(room, problems), 409
    return redirect(f"/enterprises/{room.result.open.enterprise.id}/measures?planned=1")


# ── 最省投入达到… ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the solver was asked and answered, worked out before anybody has to wait for the database."""

    wanted: Wanted
    found: Found | None
    outlooks: tuple[Outlook, ...]


def _try(work: Work, who: Account | None, id: str) -> Tried | None:
    if request.method != "POST":
        return None
    room = scenario.bench(work, require_account(who), id)
    wanted = goal_of(request.form, scenario.rungs(work, room))
    if wanted.goal is None:
        return Tried(wanted=wanted, found=None, outlooks=())
    found = scenario.cheapest(room, wanted.goal, wanted.quotes)
    outlooks = tuple(room.outlook({one.id for one in way.taken}, wanted.quotes) for way in found.ways)
    return Tried(wanted=wanted, found=found, outlooks=outlooks)


@pages.page("/assessments/<id>/cheapest", roles=READERS, methods=BOTH, subject=SUBJECT, ahead=_try)
def cheapest(work: Work, who: Account | None, id: str, ahead: Tried | None) -> ResponseReturnValue:
    """The cheapest set of measures for a goal, with alternatives, or what stands in the way."""
    room = scenario.bench(work, require_account(who), id)
    typed: Mapping[str, str] = as_typed(request.form)
    if ahead is None:
        typed = {"gates": "1", "unpriced": "leave"} | {
            f"quote-{name}": words.number(amount) for name, amount in room.quotes.items()
        }
    problems = ahead.wanted.problems if ahead is not None else ()
    page = render_template(
        "scenario/cheapest.html",
        one=room.result.open,
        room=room,
        assessment=room.result.assessment,
        rungs=scenario.rungs(work, room),
        grades=GRADES,
        classes=CostClass,
        groups=_groups(room, ahead.wanted.quotes if ahead is not None else room.quotes),
        typed=typed,
        wrong={problem.place: words.problem(problem) for problem in problems},
        tried=ahead,
        is_hopeless=is_hopeless,
    )
    return page, 422 if problems else 200
