"""离线填报: the workbook of a self-check, out and in again."""

import json
from collections.abc import Sequence

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from portal.actions import workbook
from portal.actions.work import Work
from portal.actions.workbook import Wanted
from portal.core.answers import from_json, to_json
from portal.core.errors import Problem
from portal.core.filing import OpenAssessment
from portal.core.questionnaire import ItemId
from portal.core.roles import Account
from portal.core.workbook import Cells, Difference, Standing, WorkbookRefused
from portal.web.access import FILLING, Pages, require_account
from portal.web.downloads import XLSX, attachment
from portal.web.fields import answer_text

pages = Pages("workbook", __name__)
SUBJECT = "assessment"
MOST_SHOWN = 200


@pages.page("/assessments/<id>/workbook", roles=FILLING, subject=SUBJECT)
def show(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Export, and a field for a filled workbook."""
    one = workbook.open_(work, require_account(who), id)
    return _page(one, count=request.args.get("applied", -1, type=int))


@pages.page("/assessments/<id>/workbook.xlsx", roles=FILLING, subject=SUBJECT)
def export(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The workbook with the answers as they stand."""
    one = workbook.open_(work, require_account(who), id)
    name = f"{one.year}_{one.enterprise.profile.name}_离线填报表.xlsx"
    return _file(workbook.export(work, one), name)


@pages.page("/assessments/<id>/workbook/blank.xlsx", roles=FILLING, subject=SUBJECT)
def blank(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """An empty one."""
    one = workbook.open_(work, require_account(who), id)
    return _file(workbook.blank(work, one), f"{one.questionnaire.sector}_空白填报表.xlsx")


@pages.page("/assessments/<id>/workbook/blank", roles=FILLING, methods=("POST",), subject=SUBJECT)
def print_blank(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The questionnaire on paper: queued, and watched on the page of prints."""
    return redirect(f"/reports/{workbook.ask_blank(work, require_account(who), id)}")


def _file(content: bytes, name: str) -> Response:
    response = make_response(content)
    response.mimetype = XLSX
    return attachment(response, name, "workbook.xlsx")


def _opened(work: Work, who: Account | None, id: str) -> Cells | tuple[Problem, ...]:
    """Look through the upload, for those who may fill in; ahead of the unit of work, for nobody shall wait for it."""
    workbook.open_(work, require_account(who), id)
    file = request.files.get("file")
    if file is None or not file.filename:
        return (Problem(place="", code="nothing_chosen"),)
    content = file.read(workbook.LARGEST + 1)
    return workbook.read(content) if content else (Problem(place="", code="file_empty"),)


@pages.page("/assessments/<id>/workbook", roles=FILLING, methods=("POST",), subject=SUBJECT, ahead=_opened)
def compare(
    work: Work, who: Account | None, id: str, ahead: Cells | tuple[Problem, ...]
) -> ResponseReturnValue:
    """What differs between the upload and what is stored; nothing is written yet."""
    one = workbook.open_(work, require_account(who), id)
    if isinstance(ahead, tuple):
        return _page(one, problems=ahead), 422
    try:
        found = workbook.differences(one, ahead)
    except WorkbookRefused as error:
        return _page(one, problems=error.problems), 422
    return _compared(one, found)


@pages.page("/assessments/<id>/workbook/apply", roles=FILLING, methods=("POST",), subject=SUBJECT)
def apply(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Write the chosen differences, all or nothing."""
    me = require_account(who)
    one = workbook.open_(work, me, id)
    wanted = [_wanted(item) for item in dict.fromkeys(request.form.getlist("take"))]
    done = workbook.apply(work, me, id, wanted)
    if done.stale or done.problems:
        return _page(one, problems=done.problems, stale=done.stale), 409 if done.stale else 422
    return redirect(f"/assessments/{id}/workbook?applied={done.count}")


def _wanted(item: str) -> Wanted:
    """A chosen line with the answer and the revision that stood beside it."""
    try:
        answer = from_json(json.loads(request.form.get(f"answer-{item}", "")))
        return Wanted(ItemId(item), answer, int(request.form.get(f"rev-{item}", "")))
    except ValueError as error:
        raise BadRequest from error


def _page(
    one: OpenAssessment, *, problems: Sequence[Problem] = (), stale: Sequence[ItemId] = (), count: int = -1
) -> str:
    titles = {item.id: item.title for item in one.questionnaire.items.values()}
    return render_template(
        "workbook/workbook.html",
        one=one,
        problems=problems,
        titles=titles,
        stale=stale,
        shown=MOST_SHOWN,
        count=count,
        largest=workbook.LARGEST // 1024**2,
    )


def _compared(one: OpenAssessment, found: Sequence[Difference]) -> str:
    return render_template(
        "workbook/differences.html",
        one=one,
        changes=[each for each in found if each.standing is Standing.CHANGE],
        conflicts=[each for each in found if each.standing is Standing.CONFLICT],
        closed=[each for each in found if each.standing is Standing.CLOSED],
        items=one.questionnaire.items,
        answer_text=answer_text,
        as_sent=lambda answer: json.dumps(to_json(answer), ensure_ascii=False),
    )
