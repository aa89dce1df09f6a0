"""The result: points, grade, gates, charts, gaps, recommendations, road map, and the receipt behind them."""

import json
from collections.abc import Mapping

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal import words
from portal.actions import campaign, correction, papers, report, result, statistics
from portal.actions.work import Work
from portal.core.printing import JobKind
from portal.core.roles import Account
from portal.core.technology import CostClass
from portal.web.access import FILLING, Pages, require_account
from portal.web.downloads import attachment
from portal.web.fields import answer_text

pages = Pages("result", __name__)
SUBJECT = "assessment"


@pages.page("/assessments/<id>/result", roles=FILLING, subject=SUBJECT)
def show(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The result page; while it is a draft, as things stand."""
    me = require_account(who)
    found = result.of(work, me, id)
    return render_template(
        "result/result.html",
        one=found.open,
        result=found,
        assessment=found.assessment,
        standings=campaign.rungs(work, found.open.year, found.open.enterprise.profile, found.counting),
        charts=_charts(result.charts(found)),
        sources=work.library.sources,
        made=report.newest(work, me, found.open, JobKind.REPORT, JobKind.PACKAGE),
        is_new="submitted" in request.args,
        is_resubmitted="resubmitted" in request.args,
        standing=correction.standing(work, found.open),
        confirmed=result.confirmed(found),
        papers=papers.available(work, found.open),
        rounds=found.rounds,
        peers=statistics.peer_part(work, found.assessment, found.open),
        step_words=lambda code: words.STEPS[CostClass(code)],
    )


def _charts(drawn: Mapping[str, str]) -> dict[str, Markup]:
    # Made by report.figures, which escapes every label.
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704


@pages.page("/assessments/<id>/receipt", roles=FILLING, subject=SUBJECT)
def receipt(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Every answer with its factor and weight, so that anybody can follow each point."""
    found = result.of(work, require_account(who), id)
    texts = {
        item.id: answer_text(item, found.assessment.answers[item.id])
        for item in found.open.questionnaire.items.values()
        if item.id in found.assessment.answers
    }
    return render_template(
        "result/receipt.html", one=found.open, result=found, assessment=found.assessment, texts=texts
    )


@pages.page("/assessments/<id>/receipt.json", roles=FILLING, subject=SUBJECT)
def receipt_json(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The receipt as a file; recomputing from it alone gives the same score."""
    found = result.of(work, require_account(who), id)
    response = make_response(json.dumps(found.receipt, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    name = f"{found.open.year}_{found.open.enterprise.profile.name}_得分凭据.json"
    return attachment(response, name, "receipt.json")
