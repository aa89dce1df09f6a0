"""The self-check: its sections, saving (by form and by script), the check before submission, submission."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from portal import words
from portal.actions import assessment, campaign, correction, data_check, evidence, measure, result
from portal.actions.assessment import NotReady
from portal.actions.work import NotFound, Work
from portal.core.answers import MISSING
from portal.core.campaign import local_day
from portal.core.filing import Change, Conflict, KeepResult, OpenAssessment
from portal.core.questionnaire import ItemId, Questionnaire, Section
from portal.core.roles import Account
from portal.web.access import FILLING, MANAGER, Pages, require_account
from portal.web.fields import answer_text, mark_of, tab_of, typed_of
from portal.web.item_form import SectionForm, field_of
from portal.web.section_view import (
    Panel,
    computed_text,
    is_shown,
    markup_of,
    neighbours,
    panel_of,
    views_of,
)

pages = Pages("assessment", __name__)
SUBJECT = "assessment"
OWN_TAB = "您本人（另一个窗口或设备）"


@pages.page("/assessments/<id>", roles=FILLING, subject=SUBJECT)
def open_(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Go on where something is missing; a submitted self-check shows its result."""
    one = assessment.open_(work, require_account(who), id)
    if not one.is_editable:
        return redirect(f"/assessments/{id}/result")
    sections = panel_of(one).assessment.sections
    unfinished = next((result.id for result in sections if result.answered < result.asked), sections[0].id)
    return redirect(f"/assessments/{id}/sections/{unfinished}")


@pages.page("/assessments/<id>/sections/<section>", roles=FILLING, subject=SUBJECT)
def section(work: Work, who: Account | None, id: str, section: str) -> ResponseReturnValue:
    """One section of the questionnaire; read-only once submitted."""
    one = assessment.open_(work, require_account(who), id)
    found = _section(one.questionnaire, section)
    form = SectionForm(one.questionnaire, found).show(one.answers)
    return _section_page(work, one, found, form)


@pages.page("/assessments/<id>/sections/<section>", roles=FILLING, methods=("POST",), subject=SUBJECT)
def save_section(work: Work, who: Account | None, id: str, section: str) -> ResponseReturnValue:
    """Save a section without scripts: what can be read is saved, the rest is shown again as typed."""
    me = require_account(who)
    one = assessment.open_(work, me, id)
    found = _section(one.questionnaire, section)
    form = SectionForm(one.questionnaire, found).read(request.form)
    changes = form.changes("confirm-all" in request.form, tab_of(request.form.get("tab")))
    cleared = ItemId(request.form.get("clear", ""))
    if cleared in one.questionnaire.items:
        changes = (*(c for c in changes if c.item != cleared), Change(cleared, MISSING, None))
    kept = assessment.keep(work, me, id, changes)
    if (
        kept.conflicts
        or kept.problems
        or any(field.errors for field in form.items() if field.name != cleared)
    ):
        return _mend(work, me, id, found, form, kept)
    # Opened again: what was saved just now may decide which section comes next.
    return redirect(_next_page(id, found, panel_of(assessment.open_(work, me, id)), cleared))


def _mend(
    work: Work, me: Account, id: str, section: Section, form: SectionForm, kept: KeepResult
) -> ResponseReturnValue:
    for field in form.items():
        field.errors += tuple(words.problem(one) for one in kept.problems if one.place == field.name)
    one = assessment.open_(work, me, id)
    page = _section_page(work, one, section, form, kept.conflicts, len(kept.saved))
    return page, 409 if kept.conflicts else 422


def _next_page(id: str, section: Section, panel: Panel, cleared: str) -> str:
    here = f"/assessments/{id}/sections/{section.id}"
    before, after = neighbours(panel, section)
    match request.form.get("go"):
        case "next" if after is not None:
            return f"/assessments/{id}/sections/{after.id}"
        case "back" if before is not None:
            return f"/assessments/{id}/sections/{before.id}"
        case "next" | "check":
            return f"/assessments/{id}/check"
    return f"{here}#{cleared}" if cleared else f"{here}?saved=1"


def _section(questionnaire: Questionnaire, id: str) -> Section:
    for section in questionnaire.sections:
        if section.id == id:
            return section
    raise NotFound(id)


def _section_page(
    work: Work,
    one: OpenAssessment,
    section: Section,
    form: SectionForm,
    conflicts: tuple[Conflict, ...] = (),
    saved: int = -1,
) -> str:
    panel = panel_of(one)
    before, after = neighbours(panel, section)
    done = measure.done_before(work, one)
    views = views_of(work.library, one, form, panel.assessment, conflicts, done)
    return render_template(
        "assessment/section.html",
        one=one,
        links=evidence.of_open(work, one),
        today=local_day(work.now),
        day=evidence.day_needed(work, one),
        section=section,
        standing=correction.standing(work, one),
        sent_back=correction.sent_back(work, one),
        lowered=result.lowered(work, one, panel.assessment),
        announcement=campaign.announced(work, one.year, one.enterprise.profile) if one.is_editable else None,
        views=views,
        items=[markup_of(work.library, one, view) for view in views],
        panel=panel,
        before=before,
        after=after,
        saved=saved,
        # A page without scripts is its own tab; the script puts the real one in its place.
        tab=tab_of(request.form.get("tab")) or secrets.token_hex(16),
        clock=words.clock(work.now) if "saved" in request.args or saved >= 0 else "",
    )


# ── Saving by script ─────────────────────────────────────────────────────────


@pages.page("/assessments/<id>/answers", roles=FILLING, methods=("POST",), subject=SUBJECT)
def autosave(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Save changes sent as JSON; 409 when somebody else saved another answer since."""
    me = require_account(who)
    sent = _changes(request.get_json())
    one = assessment.open_(work, me, id)
    changes: list[Change] = []
    problems: dict[str, list[str]] = {}
    for entry in sent:
        item = one.questionnaire.items.get(ItemId(entry["item"]))
        if item is None:
            problems[entry["item"]] = ["问卷中没有这一项"]
            continue
        field = field_of(item, entry)
        if field.answer is None:
            problems[item.id] = list(field.errors)
        else:
            changes.append(Change(item.id, field.answer, entry["revision"], tab_of(entry.get("tab"))))
    kept = assessment.keep(work, me, id, changes)
    for problem in kept.problems:
        problems.setdefault(problem.place, []).append(words.problem(problem))
    said = _state(work, assessment.open_(work, me, id)) | {
        "saved": dict(kept.saved),
        "marks": {change.item: mark_of(change.answer) for change in changes if change.item in kept.saved},
        "problems": problems,
        "warnings": {warning.place: words.problem(warning) for warning in kept.warnings},
        "conflicts": [_conflict(one.questionnaire, conflict) for conflict in kept.conflicts],
    }
    return jsonify(said), 409 if kept.conflicts else 200


@pages.page("/assessments/<id>/live", roles=FILLING, subject=SUBJECT)
def live(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The panel, the computed values and what is hidden, as JSON."""
    return jsonify(_state(work, assessment.open_(work, require_account(who), id)))


def _changes(body: Any) -> list[dict[str, Any]]:
    changes = body.get("changes") if isinstance(body, dict) else None
    if not isinstance(changes, list) or not all(isinstance(entry, dict) for entry in changes):
        raise BadRequest
    for entry in changes:
        revision = entry.setdefault("revision", None)
        is_revision = revision is None or (isinstance(revision, int) and not isinstance(revision, bool))
        if not isinstance(entry.get("item"), str) or not is_revision:
            raise BadRequest
    return changes


def _conflict(questionnaire: Questionnaire, conflict: Conflict) -> dict[str, Any]:
    item, theirs = questionnaire.items[conflict.item], conflict.theirs
    typed = typed_of(theirs.answer)
    return {
        "item": item.id,
        "title": item.title,
        "theirs": {
            "text": answer_text(item, theirs.answer),
            "by": OWN_TAB if conflict.is_own else theirs.saved_by,
            "adopt": "采用另一处的" if conflict.is_own else "采用对方的",
            "at": words.minute(theirs.saved_at),
            "revision": theirs.revision,
            "value": list(typed.values),
            "share": typed.share,
            "reason": typed.reason,
            "na": typed.is_na,
        },
        "yours": {"text": answer_text(item, conflict.yours)},
    }


def _state(work: Work, one: OpenAssessment) -> dict[str, Any]:
    panel = panel_of(one)
    readings = [(result.item, result.reading) for result in panel.assessment.items]
    items = one.questionnaire.items.values()
    points = panel.assessment.points
    return {
        "clock": words.clock(work.now),
        "points": None if points.total is None else words.points(points.total),
        "completeness": words.number(points.completeness, 0),
        "is_provisional": points.is_provisional,
        "hidden": [item.id for item in items if not is_shown(item, panel.assessment)],
        "computed": {
            item.id: computed_text(item, read.computed) for item, read in readings if read is not None
        },
        "progress": {s.id: f"{s.answered}/{s.asked}" for s in panel.assessment.sections},
        "panel": render_template("assessment/panel.html", one=one, panel=panel),
        "answered": [item for item, sent in correction.sent_back(work, one).items() if sent.is_answered],
    }


# ── Submission ───────────────────────────────────────────────────────────────


@pages.page("/assessments/<id>/check", roles=FILLING, subject=SUBJECT)
def check(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """What is missing, unconfirmed, unusual or open, each with a link to its field."""
    return _check_page(work, require_account(who), id)


def _check_page(
    work: Work, me: Account, id: str, ticked: Sequence[str] = (), *, is_doubtful: bool = False
) -> str:
    """`ticked` are the doubtful values confirmed so far; `is_doubtful`: a submission lacked one."""
    one = assessment.open_(work, me, id)
    ready = assessment.readiness(work, me, id)
    panel = panel_of(one)
    doubtful = {doubt.item.id for doubt in ready.doubts}
    return render_template(
        "assessment/check.html",
        one=one,
        covered=evidence.coverage_of(work, one, panel.assessment),
        ready=ready,
        announcement=campaign.announced(work, one.year, one.enterprise.profile) if one.is_editable else None,
        panel=panel,
        # A finding about nothing but values that are listed as doubtful already would say the same twice.
        checked=[
            found
            for found in data_check.of(work, one, panel.assessment, evidence.as_submitted(work, one))
            if not doubtful.issuperset(found.finding.fields)
        ],
        missing=_by_section(ready.missing),
        unconfirmed=_by_section(ready.unconfirmed),
        ticked=ticked,
        is_doubtful=is_doubtful,
        section_of=one.questionnaire.section_of,
    )


def _by_section(pairs: Sequence[tuple[Section, Any]]) -> list[tuple[Section, list[Any]]]:
    grouped: dict[str, tuple[Section, list[Any]]] = {}
    for section, item in pairs:
        grouped.setdefault(section.id, (section, []))[1].append(item)
    return list(grouped.values())


@pages.page("/assessments/<id>/submit", roles=MANAGER, methods=("POST",), subject=SUBJECT)
def submit(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Freeze it; submitting again changes nothing and leads to the same result."""
    me, ticked = require_account(who), request.form.getlist("confirmed")
    try:
        assessment.submit(work, me, id, ticked)
    except NotReady as error:
        is_doubtful = any(problem.code == "value_unconfirmed" for problem in error.problems)
        return _check_page(work, me, id, ticked, is_doubtful=is_doubtful), 409
    return redirect(f"/assessments/{id}/result?submitted=1")
