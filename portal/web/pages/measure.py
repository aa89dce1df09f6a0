"""整改台账: the measures of an enterprise's plan, line by line."""

from collections.abc import Mapping

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal import words
from portal.actions import measure
from portal.actions.measure import Line
from portal.actions.work import Work
from portal.core.planning import LONGEST_NOTE, LONGEST_OWNER, MeasureState
from portal.core.roles import Account, Role
from portal.web.access import Pages, require_account
from portal.web.planning_forms import DAYS, NUMBERS, TEXTS, as_typed, entry_of

pages = Pages("measure", __name__)
READERS = frozenset({Role.MANAGER, Role.CONSULTANT})
SUBJECT = "enterprise"


@pages.page("/enterprises/<id>/measures", roles=READERS, subject=SUBJECT)
def ledger(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The ledger, what is late first."""
    return _page(work, require_account(who), id)


@pages.page("/enterprises/<id>/measures/<measure_id>", roles=READERS, methods=("POST",), subject=SUBJECT)
def keep(work: Work, who: Account | None, id: str, measure_id: str) -> ResponseReturnValue:
    """Keep what is said in one line."""
    me = require_account(who)
    measure.find(work, me, id, measure_id)
    entry, problems = entry_of(request.form)
    if entry is not None:
        problems = measure.keep(work, me, id, measure_id, entry)
    if not problems:
        return redirect(f"/enterprises/{id}/measures?saved={measure_id}#m-{measure_id}")
    wrong = {problem.place: words.problem(problem) for problem in problems}
    return _page(work, me, id, measure_id, wrong), 422


def _page(
    work: Work, me: Account, id: str, open_line: str = "", wrong: Mapping[str, str] | None = None
) -> str:
    found = measure.ledger(work, me, id)
    return render_template(
        "measure/ledger.html",
        ledger=found,
        enterprise=found.enterprise,
        states=MeasureState,
        open_line=open_line,
        wrong=wrong or {},
        typed_of=lambda line: as_typed(request.form) if line.measure.id == open_line else _typed(line),
        saved=request.args.get("saved", ""),
        is_planned="planned" in request.args,
        longest_owner=LONGEST_OWNER,
        longest_note=LONGEST_NOTE,
    )


def _typed(line: Line) -> Mapping[str, str]:
    """A line as it stands, in the form's fields."""
    one = line.measure
    texts = {name: getattr(one, name) for name in TEXTS} | {"state": one.state.value}
    for name in NUMBERS:
        amount = getattr(one, name)
        texts[name] = "" if amount is None else words.number(amount)
    for name in DAYS:
        day = getattr(one, name)
        texts[name] = "" if day is None else words.day(day)
    return texts
