"""The yearly white paper: choosing year and edition, watching it being printed, fetching it as PDF or Word."""

from collections.abc import Mapping

from flask import make_response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from portal.actions import report, white_paper
from portal.actions.white_paper import Order, WhitePaper
from portal.actions.work import NotFound, Work
from portal.core.printing import JobKind, JobState, ReportState
from portal.core.roles import Account
from portal.web.access import REVIEWER, Pages, require_account
from portal.web.downloads import attachment

pages = Pages("white_paper", __name__)
SUBJECT = "white paper"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pages.page("/white-papers", roles=REVIEWER)
def choose(work: Work, who: Account | None) -> ResponseReturnValue:
    """Year and edition."""
    return render_template(
        "white_paper/choose.html",
        years=white_paper.years(work),
        editions=white_paper.editions(require_account(who)),
        year=request.args.get("year", ""),
        district=request.args.get("district", ""),
    )


def _ordered(work: Work, who: Account | None) -> Order:
    return white_paper.order(work, require_account(who), *_wanted(request.form))


@pages.page("/white-papers", roles=REVIEWER, methods=("POST",), ahead=_ordered)
def ask(work: Work, who: Account | None, ahead: Order) -> ResponseReturnValue:
    """Ask for it; one that is printed already comes again at once."""
    return redirect(f"/white-papers/{white_paper.ask(work, require_account(who), ahead)}")


def _worded(work: Work, who: Account | None) -> tuple[WhitePaper, str]:
    return white_paper.worded(work, require_account(who), *_wanted(request.form))


@pages.page("/white-papers/word", roles=REVIEWER, methods=("POST",), ahead=_worded)
def word(work: Work, who: Account | None, ahead: tuple[WhitePaper, str]) -> ResponseReturnValue:
    """The same text as a Word file, made at once."""
    found, name = ahead
    response = make_response(white_paper.as_word(work, require_account(who), found))
    response.headers["Content-Type"] = WORD
    return attachment(response, name, "white-paper.docx")


@pages.page("/white-papers/<id>", roles=REVIEWER, subject=SUBJECT)
def progress(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """How far it is; refreshes itself until it is there."""
    state = _state(work, who, id)
    year, district = white_paper.subject(state.subject)
    is_waiting = state.state in {JobState.QUEUED, JobState.RUNNING}
    page = make_response(
        render_template(
            "white_paper/progress.html", state=state, year=year, district=district, is_waiting=is_waiting
        )
    )
    if is_waiting:
        page.headers["Refresh"] = "3"
    return page


@pages.page("/white-papers/<id>/file", roles=REVIEWER, subject=SUBJECT)
def file(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The PDF."""
    _state(work, who, id)
    path, name = report.fetch(work, require_account(who), id)
    response = send_file(path, mimetype="application/pdf", etag=False)
    return attachment(response, name, "white-paper.pdf")


def _state(work: Work, who: Account | None, id: str) -> ReportState:
    found = report.state(work, require_account(who), id)
    if found.kind is not JobKind.WHITE_PAPER:
        raise NotFound(id)
    return found


def _wanted(given: Mapping[str, str]) -> tuple[int, str]:
    """Year and district as they were sent; anything else leads nowhere."""

    year = given.get("year", "")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise NotFound(year)
    return int(year), given.get("district", "")
