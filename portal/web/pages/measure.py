"""整改台账: the measures of an enterprise's plan, line by line."""

from collections.abc import Mapping, Sequence

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal import words
from portal.actions import evidence, measure
from portal.actions.evidence import Arrival
from portal.actions.measure import Line
from portal.actions.work import Work
from portal.core.errors import Problem
from portal.core.evidence import Particulars
from portal.core.planning import LONGEST_NOTE, LONGEST_OWNER, MeasureState
from portal.core.roles import Account, Role
from portal.web.access import Pages, require_account
from portal.web.downloads import XLSX, attachment
from portal.web.planning_forms import DAYS, NUMBERS, TEXTS, as_typed, entry_of
from portal.web.uploads import uploads

pages = Pages("measure", __name__)
READERS = frozenset({Role.MANAGER, Role.CONSULTANT})
SUBJECT = "enterprise"


@pages.page("/enterprises/<id>/measures", roles=READERS, subject=SUBJECT)
def ledger(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The ledger, what is late first."""
    return _page(work, require_account(who), id)


@pages.page("/enterprises/<id>/measures.xlsx", roles=READERS, subject=SUBJECT)
def export(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The ledger as Excel."""
    content, name = measure.export(work, require_account(who), id)
    response = make_response(content)
    response.mimetype = XLSX
    return attachment(response, f"{name}_整改台账.xlsx", "measures.xlsx")


@pages.page("/enterprises/<id>/measures/<measure_id>", roles=READERS, methods=("POST",), subject=SUBJECT)
def keep(work: Work, who: Account | None, id: str, measure_id: str) -> ResponseReturnValue:
    """Keep what is said in one line."""
    me = require_account(who)
    if measure.is_gone(work, me, id, measure_id):
        return _page(work, me, id, is_lost=True), 409
    entry, problems = entry_of(request.form)
    if entry is not None:
        problems = measure.keep(work, me, id, measure_id, entry, request.form.get("seen", ""))
    if not problems:
        return _done(id, measure_id)
    if any(problem.code == measure.CHANGED for problem in problems):
        return _page(work, me, id, measure_id, is_clash=True), 409
    wrong = {problem.place: words.problem(problem) for problem in problems}
    return _page(work, me, id, measure_id, wrong), 422


def _receive(work: Work, who: Account | None, id: str, measure_id: str) -> tuple[Arrival, ...]:
    """Look at the uploads in a reading unit; nobody else waits for it."""
    me = require_account(who)
    measure.find(work, me, id, measure_id)
    return evidence.receive(work, me, id, uploads())


@pages.page(
    "/enterprises/<id>/measures/<measure_id>/evidence",
    roles=READERS,
    methods=("POST",),
    subject=SUBJECT,
    ahead=_receive,
)
def prove(
    work: Work, who: Account | None, id: str, measure_id: str, ahead: Sequence[Arrival]
) -> ResponseReturnValue:
    """Put files of the library, and new ones, beside a line; or take one away."""
    me = require_account(who)
    removed = request.form.get("remove", "")
    if removed:
        measure.detach(work, me, id, measure_id, removed)
        return _done(id, measure_id)
    added = evidence.add(work, me, id, ahead, Particulars(title="", kind=""))
    problems = tuple(one.problem for one in added if one.problem is not None)
    fresh = [one.evidence.id for one in added if one.evidence is not None]
    chosen = [*filter(None, request.form.getlist("evidence")), *fresh]
    if not problems and not chosen:
        problems = (Problem(place="files", code="nothing_chosen"),)
    # What was taken in stays: the files that were refused are named beside the field.
    problems += measure.attach(work, me, id, measure_id, chosen)
    if not problems:
        return _done(id, measure_id)
    wrong = {"files": "；".join(words.problem(problem) for problem in problems)}
    return _page(work, me, id, measure_id, wrong), 422


def _done(id: str, measure_id: str) -> ResponseReturnValue:
    return redirect(f"/enterprises/{id}/measures?saved={measure_id}#m-{measure_id}")


def _page(
    work: Work,
    me: Account,
    id: str,
    open_line: str = "",
    wrong: Mapping[str, str] | None = None,
    *,
    is_clash: bool = False,
    is_lost: bool = False,
) -> str:
    found = measure.ledger(work, me, id)
    # Where only files were sent the line's own fields were not.
    typed_line = open_line if "state" in request.form else ""
    return render_template(
        "measure/ledger.html",
        ledger=found,
        enterprise=found.enterprise,
        states=MeasureState,
        open_line=open_line,
        wrong=wrong or {},
        # Once both were shown, saving is a choice between them; until then the line stays what the page was made from.
        seen_of=lambda line: (
            request.form.get("seen", "")
            if line.measure.id == typed_line and not is_clash
            else line.measure.mark
        ),
        typed_of=lambda line: as_typed(request.form) if line.measure.id == typed_line else _typed(line),
        clash=_clash(found.lines, open_line) if is_clash else {},
        lost=[(name, text) for name, text in _told(as_typed(request.form)).items() if text]
        if is_lost
        else [],
        saved=request.args.get("saved", ""),
        is_planned="planned" in request.args,
        longest_owner=LONGEST_OWNER,
        longest_note=LONGEST_NOTE,
    )


def _clash(lines: Sequence[Line], open_line: str) -> Mapping[str, str]:
    """What stands in the line now where something else was typed, by field."""
    now = next(_typed(line) for line in lines if line.measure.id == open_line)
    mine = as_typed(request.form)
    told = _told(now)
    return {
        name: told[name] for name in words.MEASURE_FIELDS if mine.get(name, "").strip() != now[name].strip()
    }


def _told(typed: Mapping[str, str]) -> Mapping[str, str]:
    """The form's fields as a person reads them."""
    states = {state.value: words.MEASURE_STATES[state] for state in MeasureState}
    told = {name: typed.get(name, "").strip() for name in words.MEASURE_FIELDS}
    return told | {"state": states.get(told["state"], "")}


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
