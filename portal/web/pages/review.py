"""The bureau's pages: the queue, one submission item by item, and every deed that the table of moves allows."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import current_app, g, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal import words, words_bureau
from portal.actions import decision, judging, papers, phrase, report, review, review_queue
from portal.actions.review import Dossier
from portal.actions.work import NotFound, Work
from portal.core.answers import MISSING
from portal.core.errors import Problem
from portal.core.plain_text import cleaned
from portal.core.printing import JobKind
from portal.core.questionnaire import ItemId
from portal.core.review import DAYS_TO_CORRECT, Deed, NotAllowed, ReviewState, Stale, VerdictKind
from portal.core.review_queue import TO_DO, Asked, Holding, Order
from portal.core.roles import Account
from portal.web.access import REVIEWER, Pages, require_account
from portal.web.downloads import XLSX, attachment
from portal.web.errors import wants_json
from portal.web.review_forms import (
    asked_of,
    days_of,
    judgement_of,
    revision_of,
    rulings_of,
)
from portal.web.review_view import (
    REASON_OPTIONS,
    between_of,
    chosen_show,
    grade_text,
    groups_of,
    scores_of,
    totals_of,
)

pages = Pages("review", __name__)
SUBJECT = "review"
POST = ("POST",)
_FILTERS = ("state", "sector", "district", "year", "holder", "overdue", "words", "sort")


# ── The queue ────────────────────────────────────────────────────────────────


@pages.page("/reviews", roles=REVIEWER)
def queue(work: Work, who: Account | None) -> ResponseReturnValue:
    """What waits, and everything else within the jurisdiction; the address holds filters, order and page."""
    me = require_account(who)
    to_do = TO_DO[review.party_of(me)]
    asked = asked_of(request.args, to_do)
    found = review_queue.of(work, me, asked)
    return render_template(
        "review/queue.html",
        me=me,
        asked=asked,
        found=found,
        now=work.now,
        filters=_filters(),
        to_do=to_do,
        address=_address,
        sectors=_sectors(work),
        states=words_bureau.REVIEW_STATES,
        orders=_ORDERS,
        holdings=Holding,
        can_take=_can_take(me),
        bureau=words_bureau,
    )


_ORDERS: Mapping[Order, str] = {
    Order.WAITING: "等待最久",
    Order.DUE: "补正截止最近",
    Order.POINTS: "得分从低到高",
    Order.FINDINGS: "体检发现最多",
    Order.NAME: "企业名称",
    Order.NEWEST: "最近提交",
}


def _filters() -> dict[str, str]:
    return {name: request.args[name] for name in _FILTERS if request.args.get(name)}


def _address(**changes: object) -> str:
    """The queue's address with some filters changed; the page goes back to the first."""
    wanted = _filters() | {name: str(value) for name, value in changes.items()}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return "/reviews" + (f"?{query}" if query else "")


def _can_take(me: Account) -> frozenset[ReviewState]:
    return frozenset({ReviewState.FORWARDED if me.is_city else ReviewState.WAITING})


def _sectors(work: Work) -> dict[str, str]:
    return {one.id: one.sector for one in work.library.newest()}


@pages.page("/reviews/export", roles=REVIEWER)
def export(work: Work, who: Account | None) -> ResponseReturnValue:
    """The list as it is filtered, as an Excel workbook."""
    me = require_account(who)
    asked: Asked = asked_of(request.args, TO_DO[review.party_of(me)])
    response = make_response(review_queue.export(work, me, asked))
    response.headers["Content-Type"] = XLSX
    place = words_bureau.jurisdiction(me.jurisdiction)
    return attachment(response, f"审核清单_{place}_{words.day(work.now)}.xlsx", "reviews.xlsx")


# ── One submission ───────────────────────────────────────────────────────────


@pages.page("/reviews/<id>", roles=REVIEWER, subject=SUBJECT)
def show(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The submission item by item, with everything that may be done to it now."""
    me = require_account(who)
    return _page(work, me, review.open_(work, me, id))


def _page(
    work: Work,
    me: Account,
    dossier: Dossier,
    typed: Mapping[ItemId, Mapping[str, str]] | None = None,
    errors: Mapping[ItemId, Mapping[str, str]] | None = None,
    refused: Mapping[str, Any] | None = None,
) -> str:
    """`typed` and `errors` are of items, `refused` is the form below them that was refused."""
    shown = chosen_show(dossier, request.values.get("show", ""))
    return render_template(
        "review/review.html",
        me=me,
        dossier=dossier,
        one=dossier.open,
        case=dossier.case,
        can={deed.value: deed in dossier.deeds for deed in Deed},
        groups=groups_of(work.library, dossier, shown, typed, errors),
        show=shown,
        totals=totals_of(dossier),
        grades=(grade_text(dossier.declared), grade_text(dossier.verified)),
        rest=len(judging.rest_of(dossier)),
        reasons=REASON_OPTIONS,
        between={one.item: between_of(dossier, one.item) for one in dossier.objections},
        papers=papers.available(work, dossier.open),
        printed=report.newest(work, me, dossier.open, JobKind.REPORT).get(JobKind.REPORT),
        phrases=phrase.mine(work, me) if Deed.JUDGE in dossier.deeds else (),
        colleagues=review.colleagues(work, me) if Deed.HAND_OVER in dossier.deeds else (),
        days=DAYS_TO_CORRECT,
        decision=refused or {"typed": {}, "errors": {}},
        now=work.now,
        sectors=_sectors(work),
        bureau=words_bureau,
    )


@pages.page("/reviews/<id>/verdicts/<item>", roles=REVIEWER, methods=POST, subject=SUBJECT)
def judge(work: Work, who: Account | None, id: str, item: str) -> ResponseReturnValue:
    """Keep the verdict on one item; by a plain form, or by the script, which gets the new figures back."""
    me = require_account(who)
    dossier = review.open_(work, me, id)
    found = dossier.open.questionnaire.items.get(ItemId(item))
    if found is None:
        raise NotFound(item)
    heard = judgement_of(found, dossier.declared.answers.get(found.id, MISSING), request.form)
    problems = heard.problems
    if heard.judgement is not None:
        problems = judging.judge(work, me, id, heard.judgement)
    errors = _beside(problems)
    if wants_json():
        return jsonify(_state(work, me, id, found.id) | {"problems": errors}), 422 if errors else 200
    if errors:
        typed = {found.id: {name: request.form.get(name, "") for name in _VERDICT_FIELDS}}
        return _page(work, me, dossier, typed, {found.id: errors}), 422
    return redirect(f"/reviews/{id}?{urlencode(_shown())}#{item}")


_VERDICT_FIELDS = ("kind", "counted", "share", "reason", "comment", "seen")


def _shown() -> dict[str, str]:
    show = request.form.get("show", "")
    return {"show": show} if show else {}


def _beside(problems: tuple[Problem, ...]) -> dict[str, str]:
    """Each field's sentences."""
    said: dict[str, list[str]] = {}
    for one in problems:
        said.setdefault(one.place, []).append(words.problem(one))
    return {place: "；".join(sentences) for place, sentences in said.items()}


def _state(work: Work, me: Account, id: str, item: ItemId) -> dict[str, Any]:
    dossier = review.open_(work, me, id)
    own = dossier.own.get(item)
    return {
        "clock": words.clock(work.now),
        "revision": dossier.case.revision,
        "seen": own.at.isoformat() if own is not None else "",
        "is_left": item in dossier.left,
        "rest": len(judging.rest_of(dossier)),
        "sent_back": len(dossier.sent_back),
        "total": words.points(dossier.verified.points.total),
        "scores": {
            name: [one.verified, one.difference, one.is_lower] for name, one in scores_of(dossier).items()
        },
        "left": _left_by_section(dossier),
        "panel": render_template(
            "review/panel.html",
            dossier=dossier,
            totals=totals_of(dossier),
            grades=(grade_text(dossier.declared), grade_text(dossier.verified)),
        ),
    }


def _left_by_section(dossier: Dossier) -> dict[str, int]:
    left = set(dossier.left)
    return {
        section.id: sum(item.id in left for item in section.items)
        for section in dossier.open.questionnaire.sections
    }


@pages.page("/reviews/<id>/rest", roles=REVIEWER, methods=POST, subject=SUBJECT)
def confirm_rest(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """其余各项按填报值确认."""
    count = judging.confirm_rest(work, require_account(who), id, revision_of(request.form))
    return redirect(f"/reviews/{id}?{urlencode(_shown() | {'confirmed': count})}")


# ── Whose it is ──────────────────────────────────────────────────────────────


@pages.page("/reviews/<id>/take", roles=REVIEWER, methods=POST, subject=SUBJECT)
def take(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Take the case and begin."""
    review.take(work, require_account(who), id)
    return redirect(f"/reviews/{id}")


@pages.page("/reviews/<id>/release", roles=REVIEWER, methods=POST, subject=SUBJECT)
def release(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Back into the queue."""
    review.release(work, require_account(who), id, revision_of(request.form))
    return redirect("/reviews")


@pages.page("/reviews/<id>/hand-over", roles=REVIEWER, methods=POST, subject=SUBJECT)
def hand_over(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """To a colleague."""
    return _deed(
        work,
        who,
        id,
        "hand_over",
        lambda me: review.hand_over(work, me, id, revision_of(request.form), _text("to"), _text("remark")),
    )


# ── Decisions ────────────────────────────────────────────────────────────────


def _text(name: str) -> str:
    return request.form.get(name, "")


def _deed(
    work: Work,
    who: Account | None,
    id: str,
    form: str,
    act: Callable[[Account], tuple[Problem, ...]],
    then: str = "",
) -> ResponseReturnValue:
    """Do it, or show the page again with what was typed and what stands against it."""
    me = require_account(who)
    problems = act(me)
    if problems:
        told = list(dict.fromkeys(words.problem(one) for one in problems))
        refused = {"form": form, "typed": dict(request.form), "errors": _beside(problems), "told": told}
        return _page(work, me, review.open_(work, me, id), refused=refused), 422
    return redirect(then or f"/reviews/{id}?done={form}")


def _remarked(
    work: Work,
    who: Account | None,
    id: str,
    form: str,
    act: Callable[[Work, Account, str, int, str], tuple[Problem, ...]],
) -> ResponseReturnValue:
    """A deed that needs nothing but the case's revision and a remark."""
    return _deed(
        work, who, id, form, lambda me: act(work, me, id, revision_of(request.form), _text("remark"))
    )


@pages.page("/reviews/<id>/return", roles=REVIEWER, methods=POST, subject=SUBJECT)
def send_for_correction(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """发出补正通知."""
    return _deed(
        work,
        who,
        id,
        "return",
        lambda me: decision.send_for_correction(
            work, me, id, revision_of(request.form), days=days_of(request.form), remark=_text("remark")
        ),
    )


@pages.page("/reviews/<id>/extend", roles=REVIEWER, methods=POST, subject=SUBJECT)
def extend(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """延长补正期限."""
    return _deed(
        work,
        who,
        id,
        "extend",
        lambda me: decision.extend(
            work, me, id, revision_of(request.form), days=days_of(request.form), remark=_text("remark")
        ),
    )


@pages.page("/reviews/<id>/recall", roles=REVIEWER, methods=POST, subject=SUBJECT)
def recall(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """逾期收回."""
    return _remarked(work, who, id, "recall", decision.recall)


@pages.page("/reviews/<id>/forward", roles=REVIEWER, methods=POST, subject=SUBJECT)
def forward(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """初审通过，报市级复核."""
    return _remarked(work, who, id, "forward", decision.forward)


@pages.page("/reviews/<id>/send-back", roles=REVIEWER, methods=POST, subject=SUBJECT)
def send_back(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """退回初审."""
    return _remarked(work, who, id, "send_back", decision.send_back)


@pages.page("/reviews/<id>/confirm", roles=REVIEWER, methods=POST, subject=SUBJECT)
def confirm(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """复核确认."""
    return _remarked(work, who, id, "confirm", decision.confirm)


@pages.page("/reviews/<id>/objections", roles=REVIEWER, methods=POST, subject=SUBJECT)
def decide(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """答复异议."""

    def act(me: Account) -> tuple[Problem, ...]:
        rulings, problems = rulings_of(review.open_(work, me, id), request.form)
        return problems or decision.decide(work, me, id, revision_of(request.form), rulings, _text("remark"))

    return _deed(work, who, id, "decide", act)


# ── Quick phrases ────────────────────────────────────────────────────────────


@pages.page("/reviews/phrases", roles=REVIEWER, methods=("GET", "POST"))
def phrases(work: Work, who: Account | None) -> ResponseReturnValue:
    """One's own quick phrases: add one, remove one."""
    me = require_account(who)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        if "remove" in request.form:
            phrase.remove(work, me, request.form["remove"])
        else:
            problems = phrase.add(work, me, _text("text"))
        if not problems:
            return redirect("/reviews/phrases")
    page = render_template(
        "review/phrases.html",
        mine=phrase.mine(work, me),
        typed=_text("text"),
        error=_beside(problems).get("text", ""),
    )
    return page, 422 if problems else 200


# ── When somebody was faster ─────────────────────────────────────────────────


def _refused(error: NotAllowed) -> ResponseReturnValue:
    """What has changed since the page was opened, and everything that was typed."""
    message = "案件已经变化，这次没有保存。您填写的内容还在页面上，请刷新后核对再存。"
    if wants_json():
        return jsonify(error=409, message=message), 409
    form = request.form
    with current_app.extensions["door"].reading() as work:
        dossier = review.open_(work, g.who, error.case.assessment_id)
        revision = revision_of(form)
        if _is_done(error, dossier, revision):
            return redirect(f"/reviews/{dossier.case.assessment_id}?done={error.deed.value}")
        page = render_template(
            "review/refused.html",
            dossier=dossier,
            one=dossier.open,
            case=dossier.case,
            deed=error.deed,
            is_stale=isinstance(error, Stale),
            is_mine=dossier.case.holder_id == g.who.id,
            # What may still be done can be sent again from here with the words typed.
            may_repeat=isinstance(error, Stale)
            and error.deed in dossier.deeds
            and error.deed is not Deed.JUDGE,
            steps=[one for one in dossier.decisions if not revision or one.revision > revision][-5:],
            kept=[
                (_TITLES.get(name, ""), name, value)
                for name, value in form.items()
                if name
                not in {"csrf_token", "revision", "show", "seen", "kind", "counted", "share", "reason"}
            ],
            kind=words_bureau.VERDICTS[VerdictKind(form["kind"])]
            if form.get("kind") in {one.value for one in VerdictKind}
            else "",
            bureau=words_bureau,
        )
    return page, 409


def _is_done(error: NotAllowed, dossier: Dossier, revision: int) -> bool:
    """Whether the same person has just done the same: a button that is pressed twice is pressed once."""
    if error.deed is Deed.JUDGE:
        return isinstance(error, Stale) and request.path.endswith("/rest") and not judging.rest_of(dossier)
    last = dossier.decisions[-1] if dossier.decisions else None
    if last is None or (last.deed, last.by) != (error.deed, g.who.name):
        return False
    is_next = revision + 1 == last.revision if revision else dossier.case.holder_id == g.who.id
    return is_next and last.remark == cleaned(request.form.get("remark", ""))


_TITLES: Mapping[str, str] = {"remark": "意见", "comment": "意见", "days": "天数", "to": "移交给"}
pages.register_error_handler(NotAllowed, _refused)
