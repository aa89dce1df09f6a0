"""What-if and plans: trying out measures, named scenarios side by side, and the cheapest way to a goal."""

from collections.abc import Mapping
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
    room = scenario.bench(work, me, id)
    kept = scenario.find(room, scenario_id)
    if request.method == "GET":
        return _edit(room, kept, _shown(room, kept.title, kept.technologies, kept.quotes))
    picked = picked_of(request.form)
    if request.form.get("go") == "try":
        return _edit(room, kept, picked)
    problems = picked.problems or scenario.change(
        work, me, id, scenario_id, picked.title, picked.technologies, picked.quotes
    )
    if not problems:
        return redirect(f"/assessments/{id}/scenarios/{scenario_id}?saved=1")
    return _edit(room, kept, picked, problems), 422


def _shown(room: Bench, title: str, taken: tuple[str, ...], quotes: scenario.Quotes) -> Picked:
    return Picked(
        title=title,
        technologies=frozenset(taken),
        quotes=quotes,
        typed={name: words.number(amount) for name, amount in quotes.items()},
        problems=(),
    )


def _edit(room: Bench, kept: Scenario | None, picked: Picked, problems: tuple[Problem, ...] = ()) -> str:
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
    scenario.remove(work, require_account(who), id, scenario_id)
    return redirect(f"/assessments/{id}/scenarios")


@pages.page(
    "/assessments/<id>/scenarios/<scenario_id>/choose", roles=READERS, methods=("POST",), subject=SUBJECT
)
def choose(work: Work, who: Account | None, id: str, scenario_id: str) -> ResponseReturnValue:
    """Make it the plan, and go on to its ledger."""
    me = require_account(who)
    scenario.choose(work, me, id, scenario_id)
    return redirect(
        f"/enterprises/{scenario.bench(work, me, id).result.open.enterprise.id}/measures?planned=1"
    )


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
