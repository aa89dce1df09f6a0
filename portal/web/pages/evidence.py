"""佐证库: the library of an enterprise, one file, and the files beside the items of a self-check."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Response, get_template_attribute, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal import words
from portal.actions import assessment, enterprise, evidence
from portal.actions.evidence import Added, Arrival, FileGone, NotOpen, StoreUnreachable
from portal.actions.work import NotFound, Work
from portal.core.campaign import local_day
from portal.core.errors import Problem
from portal.core.evidence import (
    Evidence,
    EvidenceKind,
    MediaType,
    Order,
    Shelf,
    Wanted,
    takes_evidence,
)
from portal.core.filing import OpenAssessment
from portal.core.questionnaire import ItemId
from portal.core.roles import Account
from portal.web.access import FILLING, REVIEWER, Pages, require_account
from portal.web.downloads import attachment
from portal.web.errors import wants_json
from portal.web.forms import EvidenceForm, show
from portal.web.section_view import panel_of
from portal.web.uploads import uploads

pages = Pages("evidence", __name__)
READERS = FILLING | REVIEWER
# As telephones want to know it; it is what was found in the content, never what a browser said.
_OFFICE = "application/vnd.openxmlformats-officedocument."
_TYPES = {
    MediaType.PDF: "application/pdf",
    MediaType.JPEG: "image/jpeg",
    MediaType.PNG: "image/png",
    MediaType.DOCX: f"{_OFFICE}wordprocessingml.document",
    MediaType.XLSX: f"{_OFFICE}spreadsheetml.sheet",
}
_UNREACHABLE = ("暂时打不开这个文件", "文件存储没有应答，请稍后再试；仍打不开请联系系统管理员。")
_GONE = ("文件不在存储中", "数据库里有这个文件的记录，存储里却没有它的内容。请联系系统管理员从备份恢复。")
_CLOSED = ("这一项现在不能改", "自评价已经提交，只有退回补正的条目可以增减佐证。")


@pages.app_errorhandler(StoreUnreachable)
def _unreachable(_: Exception) -> ResponseReturnValue:
    return _sorry(503, _UNREACHABLE)


@pages.app_errorhandler(FileGone)
def _gone(_: Exception) -> ResponseReturnValue:
    return _sorry(503, _GONE)


@pages.app_errorhandler(NotOpen)
def _closed(_: Exception) -> ResponseReturnValue:
    return _sorry(409, _CLOSED)


def _sorry(code: int, said: tuple[str, str]) -> ResponseReturnValue:
    title, advice = said
    if wants_json():
        return jsonify(error=code, message=f"{title}。{advice}"), code
    return render_template("errors/error.html", code=code, title=title, advice=advice, held=[]), code


# ── The library ──────────────────────────────────────────────────────────────


@pages.page("/enterprises/<id>/evidence", roles=FILLING, subject="enterprise")
def library(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The enterprise's files: search, filter, sort, upload."""
    return _library_page(work, require_account(who), id, EvidenceForm())


def _library_page(
    work: Work, me: Account, id: str, form: EvidenceForm, added: Sequence[Added] = (), problem: str = ""
) -> str:
    wanted = _wanted()
    form.offer("按文件类型判断")
    return render_template(
        "evidence/library.html",
        enterprise=enterprise.seen(work, me, id),
        shelf=evidence.library(work, me, id, wanted),
        wanted=wanted,
        query=_query,
        form=form,
        added=added,
        problem=problem,
        today=local_day(work.now),
        is_removed="removed" in request.args,
        count=request.args.get("added", "", type=str),
    )


def _wanted() -> Wanted:
    given = request.args
    kind, shelf, order = given.get("kind", ""), given.get("show", ""), given.get("sort", "")
    return Wanted(
        text=given.get("q", "").replace("\0", "").strip()[:100],
        kind=EvidenceKind(kind) if kind in set(EvidenceKind) else None,
        shelf=Shelf(shelf) if shelf in set(Shelf) else Shelf.ALL,
        order=Order(order) if order in set(Order) else Order.NEWEST,
        page=max(1, given.get("page", 1, type=int)),
    )


def _query(wanted: Wanted, **changes: object) -> str:
    """The filters as they stand in the address, with changes; what is as usual is left out."""
    given = {
        "q": wanted.text,
        "kind": wanted.kind.value if wanted.kind else "",
        "show": wanted.shelf.value,
        "sort": "" if wanted.order is Order.NEWEST else wanted.order.value,
        "page": "" if wanted.page == 1 else str(wanted.page),
    }
    return "?" + urlencode({name: value for name, value in {**given, **changes}.items() if value})


def _receive(work: Work, who: Account | None, id: str) -> tuple[Arrival, ...]:
    return evidence.receive(work, require_account(who), id, uploads())


@pages.page(
    "/enterprises/<id>/evidence", roles=FILLING, methods=("POST",), subject="enterprise", ahead=_receive
)
def upload(work: Work, who: Account | None, id: str, ahead: Sequence[Arrival]) -> ResponseReturnValue:
    """Take files into the library; each stands for itself."""
    me = require_account(who)
    form = EvidenceForm(request.form)
    added = evidence.add(work, me, id, ahead, form.particulars())
    if wants_json():
        return _told(added)
    if added and not any(one.problem or one.is_known for one in added):
        return redirect(f"/enterprises/{id}/evidence?added={len(added)}")
    problem = "" if added else words.problem(Problem(place="files", code="nothing_chosen"))
    page = _library_page(work, me, id, form, added, problem)
    return page, 422 if problem or any(one.problem for one in added) else 200


def _told(added: Sequence[Added], place: str = "") -> ResponseReturnValue:
    """For the script: what became of each file, and the place beside the item as it looks now."""
    files = [
        {
            "name": one.name,
            "id": one.evidence.id if one.evidence else "",
            "title": one.evidence.title if one.evidence else "",
            "known": one.is_known,
            "problem": words.problem(one.problem) if one.problem else "",
        }
        for one in added
    ]
    return jsonify(files=files, place=place), 422 if any(one.problem for one in added) else 200


# ── One file ─────────────────────────────────────────────────────────────────


@pages.page("/evidence/<id>", roles=READERS, subject="evidence")
def show_one(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """A file with its preview, what is said about it, and what it supports."""
    me = require_account(who)
    one = evidence.get(work, me, id)
    return _file_page(work, me, one, _form_of(one))


def _form_of(one: Evidence) -> EvidenceForm:
    return EvidenceForm(
        data={
            "title": one.title,
            "kind": one.kind.value,
            "issued_on": one.issued_on.isoformat() if one.issued_on else "",
            "valid_until": one.valid_until.isoformat() if one.valid_until else "",
        }
    )


def _file_page(work: Work, me: Account, one: Evidence, form: EvidenceForm) -> str:
    is_own = me.acts_for(one.enterprise_id) or (
        me.may_fill(one.enterprise_id) and one.enterprise_id in me.mandates
    )
    uses = evidence.uses_of(work, me, one.id) if is_own else ()
    opened = {id: assessment.open_(work, me, id) for id in dict.fromkeys(use.assessment_id for use in uses)}
    return render_template(
        "evidence/file.html",
        one=one,
        form=form.offer("请选择"),
        is_own=is_own and not one.is_removed,
        uses=[(use, opened[use.assessment_id]) for use in uses],
        today=local_day(work.now),
        shown=range(1, min(one.pages or 1, evidence.MOST_PAGES_SHOWN) + 1),
        is_saved="saved" in request.args,
    )


@pages.page("/evidence/<id>", roles=FILLING, methods=("POST",), subject="evidence")
def change(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Change title, kind and dates."""
    me = require_account(who)
    form = EvidenceForm(request.form)
    problems = evidence.relabel(work, me, id, form.particulars())
    if not problems:
        return redirect(f"/evidence/{id}?saved=1")
    show(form, problems)
    return _file_page(work, me, evidence.get(work, me, id), form), 422


@pages.page("/evidence/<id>/remove", roles=FILLING, methods=("POST",), subject="evidence")
def remove(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Take it out of the library."""
    me = require_account(who)
    one = evidence.get(work, me, id)
    evidence.remove(work, me, id)
    return redirect(f"/enterprises/{one.enterprise_id}/evidence?removed=1")


@pages.page("/evidence/<id>/file", roles=READERS, subject="evidence")
def file(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The file for saving, never shown inline."""
    one, content = evidence.file_of(work, require_account(who), id)
    response = Response(content, content_type=_TYPES[one.media_type])
    return attachment(response, one.file_name, f"evidence.{one.media_type.value}")


@pages.page("/evidence/<id>/thumbnail", roles=READERS, subject="evidence")
def thumbnail(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """A small picture that was made here."""
    return _picture(evidence.thumbnail_of(work, require_account(who), id))


@pages.page("/evidence/<id>/page", roles=READERS, subject="evidence")
def page(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """A page (`?n=1`) as a picture that was made here."""
    number = request.args.get("n", 1, type=int)
    return _picture(evidence.page_of(work, require_account(who), id, number))


def _picture(content: bytes) -> Response:
    response = make_response(content)
    response.content_type = "image/jpeg"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    # It never changes, but whoever signs in next on this machine must not find it.
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


# ── Beside the items ─────────────────────────────────────────────────────────


@pages.page("/assessments/<id>/evidence", roles=FILLING, subject="assessment")
def of_assessment(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """All items with their files; with `?item=` one of them, to upload and pick."""
    me = require_account(who)
    one = assessment.open_(work, me, id)
    name = request.args.get("item", "")
    return _item_page(work, me, one, _item(one, name)) if name else _overview(work, me, one)


def _item(one: OpenAssessment, name: str) -> ItemId:
    item = one.questionnaire.items.get(ItemId(name))
    if item is None or not takes_evidence(item):
        raise NotFound(name)
    return item.id


def _overview(work: Work, me: Account, one: OpenAssessment) -> str:
    panel = panel_of(one)
    links = evidence.of_assessment(work, me, one.id)
    covered = evidence.coverage_of(work, one, panel.assessment)
    shown = {lack.item.id for lack in covered.lacks} | {item for item, files in links.items() if files}
    counts = {proved.section.id: proved for proved in covered.sections}
    rows = [
        (section, counts.get(section.id), [item for item in section.items if item.id in shown])
        for section in one.questionnaire.sections
    ]
    return render_template(
        "evidence/overview.html",
        one=one,
        panel=panel,
        links=links,
        covered=covered,
        rows=[row for row in rows if row[2]],
        today=local_day(work.now),
        day=evidence.day_needed(work, one),
        is_evidence=True,
    )


def _item_page(
    work: Work,
    me: Account,
    one: OpenAssessment,
    item: ItemId,
    added: Sequence[Added] = (),
    problems: Sequence[Problem] = (),
) -> str:
    wanted = _wanted()
    return render_template(
        "evidence/item.html",
        one=one,
        item=one.questionnaire.items[item],
        section=one.questionnaire.section_of(item),
        files=evidence.beside(work, me, one, item),
        may_write=one.may_fill and evidence.may_attach(work, one, item),
        shelf=evidence.library(work, me, one.enterprise.id, wanted),
        wanted=wanted,
        query=_query,
        form=EvidenceForm(request.form).offer("按文件类型判断"),
        added=added,
        problems=problems,
        today=local_day(work.now),
        day=evidence.day_needed(work, one),
    )


def _receive_beside(work: Work, who: Account | None, id: str) -> tuple[Arrival, ...]:
    me = require_account(who)
    one = assessment.open_(work, me, id)
    sent = uploads()
    return evidence.receive(work, me, one.enterprise.id, sent) if sent else ()


@pages.page(
    "/assessments/<id>/evidence",
    roles=FILLING,
    methods=("POST",),
    subject="assessment",
    ahead=_receive_beside,
)
def put(work: Work, who: Account | None, id: str, ahead: Sequence[Arrival]) -> ResponseReturnValue:
    """Beside one item: take files in and attach them, attach files of the library, take one away."""
    me = require_account(who)
    one = assessment.open_(work, me, id)
    item = _item(one, request.form.get("item", ""))
    here = f"/assessments/{id}/evidence?item={item}"
    form = EvidenceForm(request.form)
    added = evidence.add(work, me, one.enterprise.id, ahead, form.particulars()) if ahead else ()
    fresh = [given.evidence.id for given in added if given.evidence is not None]
    problems = evidence.attach(work, me, id, item, [*fresh, *request.form.getlist("pick")])
    if request.form.get("detach"):
        evidence.detach(work, me, id, item, request.form["detach"])
    if not (fresh or added or request.form.getlist("pick") or request.form.get("detach")):
        problems = (Problem(place="files", code="nothing_chosen"),)
    if wants_json():
        return _told(added, _place(work, me, one, item))
    if problems or any(given.problem for given in added):
        return _item_page(work, me, one, item, added, problems), 422
    return redirect(here)


def _place(work: Work, me: Account, one: OpenAssessment, item: ItemId) -> str:
    """What stands beside the item in the questionnaire, drawn anew."""
    links = evidence.of_assessment(work, me, one.id)
    draw = get_template_attribute("evidence/parts/place.html", "place")
    day = evidence.day_needed(work, one)
    return str(draw(one, one.questionnaire.items[item], links.get(item, ()), local_day(work.now), day))
