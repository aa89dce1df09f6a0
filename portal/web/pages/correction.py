"""补正 and 异议: answering what was sent back, asking for time, objecting to what was lowered."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import current_app, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, Forbidden

from portal import words
from portal.actions import assessment, correction, evidence, papers
from portal.actions.correction import Correction, Dispute, Kept
from portal.actions.work import NotFound, Work
from portal.core.answers import MISSING
from portal.core.campaign import local_day
from portal.core.errors import Problem
from portal.core.filing import Change, KeepResult, OpenAssessment
from portal.core.questionnaire import Item, ItemId
from portal.core.review import DAYS_TO_OBJECT, Deed, NotAllowed, Objection, Party, Reply, ReviewState, move
from portal.core.roles import Account
from portal.web.access import FILLING, MANAGER, Pages, require_account
from portal.web.errors import wants_json
from portal.web.fields import answer_text, tab_of
from portal.web.item_form import SectionForm
from portal.web.section_view import markup_of, panel_of, views_of

pages = Pages("correction", __name__)
SUBJECT = "assessment"
POST = ("POST",)
Typed = dict[str, Any]


# ── 补正 ─────────────────────────────────────────────────────────────────────


@pages.page("/assessments/<id>/correction", roles=FILLING, subject=SUBJECT)
def show(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The items sent back, one under the other, each with what the bureau said; afterwards the result."""
    me = require_account(who)
    one = assessment.open_(work, me, id)
    if one.case is None or not one.case.is_out:
        return redirect(f"/assessments/{id}/result")
    return _page(work, correction.open_(work, me, id))


@pages.page("/assessments/<id>/correction", roles=FILLING, methods=POST, subject=SUBJECT)
def save(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Save everything that was typed; with `go=resubmit` submit it, if nothing stands against it."""
    me = require_account(who)
    one = assessment.open_(work, me, id)
    is_submitting = request.form.get("go") == "resubmit"
    if is_submitting and me.role not in MANAGER:
        raise Forbidden  # submitting stays the enterprise's own
    if is_submitting and correction.was_resubmitted(work, one, _round()):
        return redirect(f"/assessments/{id}/result?resubmitted=1")
    _must_be_open(work, one, me, Deed.CORRECT)
    found = correction.open_(work, me, id)
    form = SectionForm.of_items(sent.item for sent in found.items).read(request.form)
    kept = _keep(work, me, id, form)
    texts = _texts(work, me, found)
    found = correction.open_(work, me, id)
    troubles = _troubles(found, form, kept, texts)
    if not troubles and is_submitting:
        problems = correction.resubmit(work, me, id, _round(), request.form.getlist("confirmed"))
        if not problems:
            return redirect(f"/assessments/{id}/result?resubmitted=1")
        items = one.questionnaire.items
        troubles = [(items[ItemId(p.place)], words.problem(p)) for p in problems if ItemId(p.place) in items]
        general = [words.problem(p) for p in problems if ItemId(p.place) not in items]
        return _page(work, found, troubles=troubles, general=general, is_refused=True), 422
    if troubles:
        shown = _page(work, found, form, kept, texts, troubles, is_refused=is_submitting)
        return shown, 409 if kept.conflicts or any(text["theirs"] for text in texts.values()) else 422
    return redirect(f"/assessments/{id}/correction?saved=1")


def _round() -> int:
    text = request.form.get("round", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _must_be_open(work: Work, one: OpenAssessment, me: Account, deed: Deed) -> None:
    """Raises NotFound before the first submission, NotAllowed when it is too late or somebody was faster."""
    if one.case is None:
        raise NotFound(one.id)
    move(one.case, deed, Party.ENTERPRISE, me.id, now=work.now)


def _keep(work: Work, me: Account, id: str, form: SectionForm) -> KeepResult:
    changes = form.changes(tab=tab_of(request.form.get("tab")))
    cleared = ItemId(request.form.get("clear", ""))
    if cleared in {field.name for field in form.items()}:
        changes = (*(one for one in changes if one.item != cleared), Change(cleared, MISSING, None))
    return assessment.keep(work, me, id, changes)


def _texts(work: Work, me: Account, found: Correction) -> dict[ItemId, Typed]:
    """Keep the replies of the form; each as it is to be shown again."""
    shown = {}
    for sent in found.items:
        item = sent.item.id
        text = request.form.get(f"{item}-reply")
        if text is None:
            continue
        kept = correction.reply(
            work, me, found.open.id, item, text, request.form.get(f"{item}-reply-seen", "")
        )
        shown[item] = _shown(text, kept)
    return shown


def _shown(text: str, kept: Kept) -> Typed:
    errors = "；".join(words.problem(one) for one in kept.problems)
    return {"text": text, "seen": kept.seen, "errors": errors, "theirs": kept.theirs}


def _kept_text(one: Reply | Objection | None) -> Typed:
    return {"text": one.text if one else "", "seen": correction.mark_of(one), "errors": "", "theirs": None}


def _troubles(
    found: Correction, form: SectionForm, kept: KeepResult, texts: Mapping[ItemId, Typed]
) -> list[tuple[Item, str]]:
    """What stands against the form as a whole, item by item."""
    for field in form.items():
        field.errors += tuple(words.problem(one) for one in kept.problems if one.place == field.name)
    fields = {field.name: field for field in form.items()}
    disputed = {conflict.item for conflict in kept.conflicts}
    troubles = []
    for sent in found.items:
        item, text = sent.item, texts.get(sent.item.id)
        said = list(fields[item.id].errors)
        if item.id in disputed:
            said.append("同事填了不同的内容，请选择")
        if text and text["errors"]:
            said.append(text["errors"])
        if text and text["theirs"]:
            said.append(f"{text['theirs'].by} 写了不同的答复，请核对")
        if said:
            troubles.append((item, "；".join(said)))
    return troubles


def _page(
    work: Work,
    found: Correction,
    form: SectionForm | None = None,
    kept: KeepResult | None = None,
    texts: Mapping[ItemId, Typed] | None = None,
    troubles: list[tuple[Item, str]] | None = None,
    general: list[str] | None = None,
    extension: Typed | None = None,
    *,
    is_refused: bool = False,
) -> str:
    one = found.open
    panel = panel_of(one)
    form = form or SectionForm.of_items(sent.item for sent in found.items).show(one.answers)
    views = views_of(work.library, one, form, panel.assessment, kept.conflicts if kept else ())
    due_on = found.case.due_on
    return render_template(
        "correction/correction.html",
        one=one,
        found=found,
        case=found.case,
        may_write=one.may_fill and Deed.CORRECT in found.deeds,
        is_overdue=Deed.CORRECT not in found.deeds,
        days_left=(due_on - local_day(work.now)).days if due_on else 0,
        views=views,
        items=[markup_of(work.library, one, view) for view in views],
        texts={sent.item.id: _kept_text(sent.reply) for sent in found.items} | dict(texts or {}),
        panel=panel,
        links=evidence.of_open(work, one),
        today=local_day(work.now),
        day=evidence.day_needed(work, one),
        troubles=troubles or [],
        general=general or [],
        extension=extension or {"text": "", "errors": ""},
        is_refused=is_refused,
        ticked=request.form.getlist("confirmed"),
        tab=tab_of(request.form.get("tab")) or secrets.token_hex(16),
        papers=papers.available(work, one)[-1:],
        clock=words.clock(work.now) if "saved" in request.args else "",
    )


@pages.page("/assessments/<id>/replies", roles=FILLING, methods=POST, subject=SUBJECT)
def reply(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Save one reply by script; 409 when somebody else wrote another one."""
    me = require_account(who)
    assessment.open_(work, me, id)  # a stranger learns nothing, whatever he sends
    sent = _sent_text()
    kept = correction.reply(work, me, id, sent["item"], sent["text"], sent["seen"])
    more = {}
    if not kept.problems and kept.theirs is None:
        found = correction.open_(work, me, id)
        more = {"answered": [one.item.id for one in found.items if one.is_answered]}
    return _told(work, kept, more)


def _sent_text() -> Any:
    body = request.get_json()
    fields = ("item", "text", "seen")
    if not isinstance(body, dict) or not all(isinstance(body.get(name), str) for name in fields):
        raise BadRequest
    return body


def _told(work: Work, kept: Kept, more: Mapping[str, Any]) -> ResponseReturnValue:
    if kept.problems:
        return jsonify(problem="；".join(words.problem(one) for one in kept.problems)), 422
    if kept.theirs is not None:
        theirs = {"by": kept.theirs.by, "at": words.minute(kept.theirs.at), "text": kept.theirs.text}
        return jsonify(seen=kept.seen, theirs=theirs), 409
    return jsonify(seen=kept.seen, clock=words.clock(work.now), **more), 200


@pages.page("/assessments/<id>/extension", roles=MANAGER, methods=POST, subject=SUBJECT)
def extension(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Ask for more time."""
    me, text = require_account(who), request.form.get("extension", "")
    problems = correction.ask_extension(work, me, id, _round(), text)
    if problems:
        said = {"text": text, "errors": "；".join(words.problem(one) for one in problems)}
        return _page(work, correction.open_(work, me, id), extension=said), 422
    return redirect(f"/assessments/{id}/correction#extension")


# ── 异议 ─────────────────────────────────────────────────────────────────────


@pages.page("/assessments/<id>/objection", roles=MANAGER, subject=SUBJECT)
def objection(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """What was lowered, with the plant's words; the city's answers afterwards."""
    return _dispute_page(work, correction.dispute(work, require_account(who), id))


@pages.page("/assessments/<id>/objection", roles=MANAGER, methods=POST, subject=SUBJECT)
def object_(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Save the drafts; with `go=send` send them, once."""
    me = require_account(who)
    found = correction.dispute(work, me, id)
    is_sending = request.form.get("go") == "send"
    texts = {}
    if not (is_sending and found.case.state in correction.OBJECTED):
        texts = _drafts(work, me, found)
    troubles = [
        (
            line.item,
            texts[line.item.id]["errors"] or f"{texts[line.item.id]['theirs'].by} 写了不同的理由，请核对",
        )
        for line in found.items
        if line.item.id in texts and (texts[line.item.id]["errors"] or texts[line.item.id]["theirs"])
    ]
    problems: tuple[Problem, ...] = ()
    if not troubles and is_sending:
        problems = correction.object_(work, me, id)
    if troubles or problems:
        general = [words.problem(one) for one in problems]
        return _dispute_page(work, correction.dispute(work, me, id), texts, troubles, general), 422
    return redirect(f"/assessments/{id}/objection" + ("" if is_sending else "?saved=1"))


def _drafts(work: Work, me: Account, found: Dispute) -> dict[ItemId, Typed]:
    shown = {}
    for line in found.items:
        item = line.item.id
        text = request.form.get(f"{item}-objection")
        if text is not None:
            seen = request.form.get(f"{item}-objection-seen", "")
            shown[item] = _shown(text, correction.draft_objection(work, me, found.open.id, item, text, seen))
    return shown


def _dispute_page(
    work: Work,
    found: Dispute,
    texts: Mapping[ItemId, Typed] | None = None,
    troubles: list[tuple[Item, str]] | None = None,
    general: list[str] | None = None,
) -> str:
    declared = found.open.given
    return render_template(
        "correction/objection.html",
        one=found.open,
        found=found,
        answers={
            line.item.id: {
                "declared": answer_text(line.item, declared.get(line.item.id, MISSING)),
                "counted": answer_text(line.item, line.verdict.counted or MISSING),
                "decided": answer_text(line.item, found.confirmed.answers.get(line.item.id, MISSING)),
            }
            for line in found.items
        },
        texts={line.item.id: _kept_text(line.objection) for line in found.items} | dict(texts or {}),
        troubles=troubles or [],
        general=general or [],
        days=DAYS_TO_OBJECT,
        today=local_day(work.now),
        is_objected=found.case.state is ReviewState.OBJECTED,
        is_closed=found.case.state is ReviewState.CLOSED,
        clock=words.clock(work.now) if "saved" in request.args else "",
    )


@pages.page("/assessments/<id>/objections", roles=MANAGER, methods=POST, subject=SUBJECT)
def draft(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Save one draft of an objection by script; 409 when somebody else wrote another one."""
    me = require_account(who)
    assessment.open_(work, me, id)
    sent = _sent_text()
    kept = correction.draft_objection(work, me, id, sent["item"], sent["text"], sent["seen"])
    return _told(work, kept, {})


# ── When it is too late, or somebody was faster ──────────────────────────────


def _refused(error: NotAllowed) -> ResponseReturnValue:
    """Why it cannot be done any more, and everything that was typed."""
    with current_app.extensions["door"].reading() as work:
        one = assessment.open_(work, g.who, error.case.assessment_id)
        assert one.case is not None  # it was refused on account of it
        is_late = one.case.is_overdue(work.now)
        if wants_json():
            said = "补正期限已经结束，这次没有保存" if is_late else "内容已经再次提交或收回，这次没有保存"
            return jsonify(error=409, message=said), 409
        page = render_template(
            "correction/refused.html",
            one=one,
            case=one.case,
            is_late=is_late,
            deed=error.deed.value,
            kept=_typed(one),
        )
    return page, 409


def _typed(one: OpenAssessment) -> list[tuple[str, str]]:
    """Every text and changed answer of the form, under the item's title."""
    items = tuple(one.questionnaire.items.values())
    kept = [
        (item.title, request.form[name])
        for item in items
        for name in (f"{item.id}-reply", f"{item.id}-objection")
        if request.form.get(name, "").strip()
    ]
    form = SectionForm.of_items(item for item in items if f"{item.id}-rev" in request.form)
    kept += [
        (field.item.title, answer_text(field.item, field.answer))
        for field in form.read(request.form).items()
        if field.is_changed and field.answer is not None
    ]
    if request.form.get("extension", "").strip():
        kept.append(("延期申请理由", request.form["extension"]))
    return kept


pages.register_error_handler(NotAllowed, _refused)
