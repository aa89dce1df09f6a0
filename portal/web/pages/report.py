"""The printed report: asking for it, watching it being printed, fetching the file."""

from flask import Response, jsonify, make_response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from portal import words, words_bureau
from portal.actions import report
from portal.actions.work import Work
from portal.core.printing import JobKind, JobState, ReportState
from portal.core.roles import Account, Role
from portal.web.access import FILLING, MANAGER, REVIEWER, Pages, require_account
from portal.web.downloads import attachment

pages = Pages("report", __name__)
SUBJECT = "report"
_PROBLEMS = {
    "missing": "请写明撤销的原因",
    "too_long": f"原因最多 {report.LONGEST_WHY} 个字",
    "unprintable": "原因中有不能显示的字符，请删去",
}
_MEDIA_TYPES = {".pdf": "application/pdf", ".zip": "application/zip"}
READERS = FILLING | REVIEWER  # which paper it is, decides about each of them


@pages.page("/assessments/<id>/reports", roles=READERS, methods=("POST",), subject="assessment")
def ask(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Ask for the report; one that is printed already comes again at once."""
    return redirect(f"/reports/{report.ask(work, require_account(who), id)}")


@pages.page("/reports/<id>", roles=READERS, subject=SUBJECT)
def progress(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """How far the report is; refreshes itself with or without scripts."""
    return _page(work, require_account(who), id)


def _page(work: Work, me: Account, id: str, problem: str = "", why: str = "") -> Response:
    state = report.state(work, me, id)
    page = make_response(
        render_template(
            "result/report.html",
            state=state,
            is_waiting=_is_waiting(state),
            title=words_bureau.PAPERS[state.kind],
            back=_back(state, me),
            again=_again(state),
            may_read=report.may_read(me, state),
            may_revoke=report.may_revoke(me, state),
            longest=report.LONGEST_WHY,
            problem=problem,
            why=why,
        )
    )
    if _is_waiting(state):
        page.headers["Refresh"] = "3"
    return page


@pages.page("/reports/<id>/revoke", roles=MANAGER | REVIEWER, methods=("POST",), subject=SUBJECT)
def revoke(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Say in public that the report is no longer valid."""
    me = require_account(who)
    why = request.form.get("why", "")
    problems = report.revoke(work, me, id, why)
    if problems:
        return _page(work, me, id, problem=_PROBLEMS[problems[0].code], why=why), 400
    return redirect(f"/reports/{id}")


@pages.page("/reports/<id>/state", roles=READERS, subject=SUBJECT)
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


@pages.page("/reports/<id>/file", roles=READERS, subject=SUBJECT)
def file(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The file."""
    path, name = report.fetch(work, require_account(who), id)
    response = send_file(path, mimetype=_MEDIA_TYPES[path.suffix], etag=False)
    return attachment(response, name, f"report{path.suffix}")


def _back(found: ReportState, me: Account) -> tuple[str, str]:
    """Where the paper was asked for: address and name of the page."""
    if found.kind is JobKind.WHITE_PAPER:
        return "/statistics", "统计"
    if found.kind is JobKind.PACKAGE:
        return f"/assessments/{found.assessment_id}/package", "申报包"
    if me.role is Role.REVIEWER:
        return f"/reviews/{found.assessment_id}", "审核"
    if found.kind is JobKind.BLANK:
        return f"/assessments/{found.assessment_id}/workbook", "离线填报"
    return f"/assessments/{found.assessment_id}/result", "自评价结果"


def _again(found: ReportState) -> str:
    """Where to ask for it once more after a failure; empty where only its own page can."""
    match found.kind:
        case JobKind.NOTICE:
            return f"/assessments/{found.assessment_id}/papers/notice-{found.subject}"
        case JobKind.OPINION:
            return f"/assessments/{found.assessment_id}/papers/opinion"
        case JobKind.BLANK:
            return f"/assessments/{found.assessment_id}/workbook/blank"
        case JobKind.REPORT:
            return f"/assessments/{found.assessment_id}/reports"
    return ""


def _is_waiting(found: ReportState) -> bool:
    return found.state in {JobState.QUEUED, JobState.RUNNING}
