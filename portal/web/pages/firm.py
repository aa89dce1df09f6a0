"""The consultant's own firm: its name on reports, its logo, its people."""

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import firm
from portal.actions.work import NotFound, Work
from portal.core.errors import Problem
from portal.core.roles import Account
from portal.web.access import CONSULTANT, Pages, require_account
from portal.web.forms import show as show_problems
from portal.web.mandate_forms import FirmForm

pages = Pages("firm", __name__)


@pages.page("/firm", roles=CONSULTANT)
def show(work: Work, who: Account | None) -> ResponseReturnValue:
    """What stands on the cover, and who works here."""
    me = require_account(who)
    return _page(work, me, FirmForm(obj=firm.mine(work, me)))


@pages.page("/firm", roles=CONSULTANT, methods=("POST",))
def keep(work: Work, who: Account | None) -> ResponseReturnValue:
    """Register or change the firm."""
    me = require_account(who)
    form = FirmForm(request.form)
    problems = firm.keep(work, me, {name: field.data or "" for name, field in form._fields.items()})
    if not problems:
        return redirect("/firm?saved=1")
    show_problems(form, problems)
    return _page(work, me, form), 422


def _page(work: Work, me: Account, form: FirmForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template(
        "firm/firm.html",
        form=form,
        firm=firm.mine(work, me),
        members=firm.members(work, me),
        me=me,
        problems=problems,
        is_saved="saved" in request.args,
    )


def _receive(work: Work, who: Account | None) -> tuple[str, tuple[Problem, ...]]:
    """Look at the picture in a reading unit."""
    sent = request.files.get("logo")
    content = sent.stream.read(firm.LARGEST_LOGO + 1) if sent is not None else b""
    return firm.receive_logo(work, content) if content else ("", ())


@pages.page("/firm/logo", roles=CONSULTANT, methods=("POST",), ahead=_receive)
def set_logo(work: Work, who: Account | None, ahead: tuple[str, tuple[Problem, ...]]) -> ResponseReturnValue:
    """Take a picture as the logo, or with `remove` none."""
    me = require_account(who)
    key, problems = ahead
    if not key and not problems and not request.form.get("remove"):
        problems = (Problem(place="logo", code="nothing_chosen"),)
    if problems:
        return _page(work, me, FirmForm(obj=firm.mine(work, me)), problems), 422
    firm.set_logo(work, me, key)
    return redirect("/firm?saved=1")


@pages.page("/firm/logo", roles=CONSULTANT)
def logo(work: Work, who: Account | None) -> ResponseReturnValue:
    """The logo as it was written anew here."""
    mine = firm.mine(work, require_account(who))
    content = firm.logo(work, mine.id) if mine is not None else None
    if content is None:
        raise NotFound("logo")
    response: Response = make_response(content)
    response.content_type = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@pages.page("/firm/members", roles=CONSULTANT, methods=("POST",))
def members(work: Work, who: Account | None) -> ResponseReturnValue:
    """Take a colleague in, or let one go."""
    me = require_account(who)
    leaving = request.form.get("remove", "")
    problems = (
        firm.dismiss(work, me, leaving) if leaving else firm.invite(work, me, request.form.get("mail", ""))
    )
    if problems:
        return _page(work, me, FirmForm(obj=firm.mine(work, me)), problems), 422
    return redirect("/firm?saved=1")
