"""What was submitted in one round, to be read and printed by the enterprise and the bureau alike."""

import json
import re
from dataclasses import dataclass

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal import words, words_bureau
from portal.actions import submission
from portal.actions.submission import Submitted
from portal.actions.work import Work
from portal.core.answers import MISSING, Answer
from portal.core.assessment import Assessment
from portal.core.evidence import Evidence
from portal.core.judging import points_of
from portal.core.questionnaire import Indicator, Item, ItemId
from portal.core.roles import Account
from portal.web.access import FILLING, REVIEWER, Pages, require_account
from portal.web.downloads import attachment
from portal.web.fields import answer_text
from portal.web.review_view import Score, grade_text, score
from portal.web.section_view import computed_text, is_shown

pages = Pages("submission", __name__)
SUBJECT = "assessment"
READERS = FILLING | REVIEWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item: what was submitted and what it brings to the total; `counted` is worded where another answer counts."""

    item: Item
    declared: str
    counted: str
    files: tuple[Evidence, ...]
    factor: str
    score: Score | None


@pages.page("/assessments/<id>/submissions/<round>", roles=READERS, subject=SUBJECT)
def show(work: Work, who: Account | None, id: str, round: str) -> ResponseReturnValue:
    """The slip of one round: who submitted what and when, each point, and the verified score beside it."""
    found = submission.of_round(work, require_account(who), id, _number(round))
    verified = found.verified.assessment if found.verified is not None else None
    lines = _lines(found, verified)
    sections = [
        (one, [lines[item.id] for item in one.items if item.id in lines])
        for one in found.open.questionnaire.sections
    ]
    return render_template(
        "submission/submission.html",
        found=found,
        one=found.open,
        slip=found.slip,
        verified=found.verified,
        sections=[(section, inside) for section, inside in sections if inside],
        totals=_totals(found.declared, verified),
        bureau=words_bureau,
    )


def _number(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,4}", text) else 0


def _lines(found: Submitted, verified: Assessment | None) -> dict[ItemId, Line]:
    declared = points_of(found.declared)
    counting = points_of(verified) if verified is not None else {}
    factors = {one.item.id: one.factor for one in found.declared.items}
    lines = {}
    for item in found.open.questionnaire.items.values():
        answer = found.declared.answers.get(item.id, MISSING)
        if not is_shown(item, found.declared):
            continue
        other = verified.answers.get(item.id, MISSING) if verified is not None else answer
        is_scored = item.id in declared or item.id in counting
        lines[item.id] = Line(
            item=item,
            declared=_said(found.declared, item, answer),
            counted=""
            if other == answer
            else ("按未填报计" if other == MISSING else answer_text(item, other)),
            files=found.files.get(item.id, ()),
            factor=words.number(factors.get(item.id)),
            score=score(declared.get(item.id), counting.get(item.id)) if is_scored else None,
        )
    return lines


def _said(assessment: Assessment, item: Item, answer: Answer) -> str:
    """The answer, or the figure computed from others where none was typed."""
    if answer == MISSING and isinstance(item, Indicator):
        reading = assessment.result_of(item.id).reading
        return computed_text(item, reading.computed if reading is not None else None) or answer_text(
            item, answer
        )
    return answer_text(item, answer)


def _totals(declared: Assessment, verified: Assessment | None) -> list[tuple[str, str, str]]:
    """Total, columns, grade and completeness: what, declared, verified."""
    mine = _figures(declared)
    theirs = _figures(verified) if verified is not None else dict.fromkeys(mine, "")
    return [(title, text, theirs[title]) for title, text in mine.items()]


def _figures(assessment: Assessment) -> dict[str, str]:
    points = assessment.points
    columns = {words.label(one.column): words.points(one.points) for one in points.columns}
    return (
        {"总得分": words.points(points.total)}
        | columns
        | {"清洁生产等级": grade_text(assessment), "完整度": words.percent(points.completeness)}
    )


@pages.page("/assessments/<id>/submissions/<round>/receipt.json", roles=READERS, subject=SUBJECT)
def receipt(work: Work, who: Account | None, id: str, round: str) -> ResponseReturnValue:
    """The receipt of that round's score, or with `of=verified` of the verified one: recomputing gives the same."""
    is_verified = request.args.get("of") == "verified"
    found = submission.of_round(work, require_account(who), id, _number(round))
    slip = submission.receipt(work, found, is_verified=is_verified)
    response = make_response(json.dumps(slip, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    mark = "核定" if is_verified else f"第{found.slip.round}次"
    name = f"{found.open.year}_{found.open.enterprise.profile.name}_得分凭据_{mark}.json"
    return attachment(response, name, "receipt.json")
