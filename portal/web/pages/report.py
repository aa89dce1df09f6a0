"""The printed report: asking for it, watching it being printed, fetching the file."""

from flask import jsonify, make_response, redirect, render_template, send_file
from flask.typing import ResponseReturnValue

from portal import words
from portal.actions import report
from portal.actions.work import Work
from portal.core.printing import JobState, ReportState
from portal.core.roles import Account
from portal.web.access import MANAGER, Pages, require_account
from portal.web.downloads import attachment

pages = Pages("report", __name__)
SUBJECT = "report"


@pages.page("/assessments/<id>/reports", roles=MANAGER, methods=("POST",), subject="assessment")
def ask(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Ask for the report; one that is printed already comes again at once."""
    return redirect(f"/reports/{report.ask(work, require_account(who), id)}")


@pages.page("/reports/<id>", roles=MANAGER, subject=SUBJECT)
def progress(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """How far the report is; refreshes itself with or without scripts."""
    state = report.state(work, require_account(who), id)
    page = make_response(render_template("result/report.html", state=state, is_waiting=_is_waiting(state)))
    if _is_waiting(state):
        page.headers["Refresh"] = "3"
    return page


@pages.page("/reports/<id>/state", roles=MANAGER, subject=SUBJECT)
def state(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The same as JSON."""
    found = report.state(work, require_account(who), id)
    return jsonify(
        state=found.state.value,
        label=words.state(found.state.value),
        progress=found.progress,
        step=found.step,
        is_waiting=_is_waiting(found),
    )


@pages.page("/reports/<id>/file", roles=MANAGER, subject=SUBJECT)
def file(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The PDF."""
    path, name = report.fetch(work, require_account(who), id)
    response = send_file(path, mimetype="application/pdf", etag=False)
    return attachment(response, name, "report.pdf")


def _is_waiting(found: ReportState) -> bool:
    return found.state in {JobState.QUEUED, JobState.RUNNING}
