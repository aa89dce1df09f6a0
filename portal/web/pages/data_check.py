"""数据体检: what the rules found in the answers, and the manager's explanation of each."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal import words
from portal.actions import assessment, data_check, evidence
from portal.actions.work import Work
from portal.core.roles import Account
from portal.web.access import FILLING, Pages, require_account
from portal.web.section_view import panel_of

pages = Pages("data_check", __name__)
SUBJECT = "assessment"


@pages.page("/assessments/<id>/data-check", roles=FILLING, subject=SUBJECT)
def show(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Every finding with its fields, and a form to explain it while the self-check is a draft."""
    return _page(work, require_account(who), id)


@pages.page("/assessments/<id>/data-check", roles=FILLING, methods=("POST",), subject=SUBJECT)
def explain(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Keep every explanation on the page; what cannot be kept is shown again as typed."""
    me = require_account(who)
    draft = assessment.open_(work, me, id)
    errors, typed = {}, {}
    for one in data_check.of(work, draft, panel_of(draft).assessment, evidence.as_submitted(work, draft)):
        rule = one.finding.check.id
        text = request.form.get(f"explain-{rule}")
        if text is None:
            continue
        typed[rule] = text
        problems = data_check.explain(work, me, id, rule, text)
        if problems:
            errors[rule] = "；".join(words.problem(problem) for problem in problems)
    if errors:
        return _page(work, me, id, typed, errors), 422
    return redirect(f"/assessments/{id}/data-check?saved=1")


def _page(
    work: Work,
    me: Account,
    id: str,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    one = assessment.open_(work, me, id)
    panel = panel_of(one)
    return render_template(
        "assessment/data_check.html",
        one=one,
        panel=panel,
        checked=data_check.of(work, one, panel.assessment, evidence.as_submitted(work, one)),
        typed=typed or {},
        errors=errors or {},
        is_saved="saved" in request.args,
        clock=words.clock(work.now),
    )
