"""Public pages: home, the check of a printed report, health; and the desk of those who signed in."""

from flask import jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import assessment, campaign, catalogue, correction, enterprise, report
from portal.actions.work import Work
from portal.core.filing import AssessmentState, AssessmentSummary
from portal.core.plain_text import code_form
from portal.core.roles import Account
from portal.web.access import MANAGER, PUBLIC, Pages, require_account
from portal.web.section_view import panel_of
from portal.words import local

pages = Pages("home", __name__)


@pages.page("/", roles=PUBLIC)
def home(work: Work, who: Account | None) -> ResponseReturnValue:
    """What this is and where to begin."""
    questionnaires = catalogue.questionnaires(work)
    return render_template(
        "public/home.html",
        questionnaires=questionnaires,
        technologies=len(catalogue.technologies(work)),
        sources=len(catalogue.sources(work)),
    )


@pages.page("/health", roles=PUBLIC)
def health(work: Work, who: Account | None) -> ResponseReturnValue:
    """Whether the portal can read its database and its content."""
    report.check(work, "-")
    return jsonify(status="ok", questionnaires=len(catalogue.questionnaires(work)))


@pages.page("/check", roles=PUBLIC)
def check(work: Work, who: Account | None) -> ResponseReturnValue:
    """The form for the number on a printed report."""
    number = code_form(request.args.get("number", "")).upper()
    if number:
        return redirect(f"/check/{number}") if number.replace("-", "").isalnum() else _checked(work, number)
    return render_template("public/check.html", number="", record=None)


@pages.page("/check/<number>", roles=PUBLIC, subject="report number")
def check_number(work: Work, who: Account | None, number: str) -> ResponseReturnValue:
    """What anybody may know about a submitted self-check."""
    return _checked(work, code_form(number).upper())


def _checked(work: Work, number: str) -> ResponseReturnValue:
    record = report.check(work, number)
    page = render_template("public/check.html", number=number, record=record)
    return page, 200 if record is not None else 404


@pages.page("/desk", roles=MANAGER)
def desk(work: Work, who: Account | None) -> ResponseReturnValue:
    """My enterprises, this year's self-check of each, and those submitted before."""
    me = require_account(who)
    year = local(work.now).year
    by_enterprise: dict[str, list[AssessmentSummary]] = {}
    for one in assessment.mine(work, me):
        by_enterprise.setdefault(one.enterprise_id, []).append(one)
    return render_template(
        "enterprise/desk.html",
        year=year,
        enterprises=[(one, by_enterprise.get(one.id, [])) for one in enterprise.mine(work, me)],
        sectors={one.id: one for one in catalogue.questionnaires(work)},
        draft=AssessmentState.DRAFT,
        announcements=campaign.announcements(work, me),
        **_now(work, me, [one for found in by_enterprise.values() for one in found if one.year == year]),
    )


def _now(work: Work, me: Account, shown: list[AssessmentSummary]) -> dict[str, object]:
    """What the gates of this year's self-checks say, and where those stand that were submitted."""
    opened = [assessment.open_(work, me, one.id) for one in shown]
    return {
        "verdicts": {
            one.id: panel_of(one).assessment.gate_verdict for one in opened
        },  # scored once and remembered
        "standings": {one.id: correction.standing(work, one) for one in opened},
    }


@pages.page("/history", roles=MANAGER)
def history(work: Work, who: Account | None) -> ResponseReturnValue:
    """Every self-check that was submitted, newest first."""
    submitted = [
        one for one in assessment.mine(work, require_account(who)) if one.state is not AssessmentState.DRAFT
    ]
    return render_template("enterprise/history.html", submitted=submitted)
