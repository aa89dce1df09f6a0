"""The enterprise: registering it, its profile, its people, and starting a year's self-check."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import account, assessment, catalogue, enterprise
from portal.actions.work import Work
from portal.core.roles import Account
from portal.web.access import FILLING, MANAGER, Pages, require_account
from portal.web.forms import InviteForm, ProfileForm, show
from portal.words import local

pages = Pages("enterprise", __name__)
BOTH = ("GET", "POST")


@pages.page("/enterprises/new", roles=MANAGER, methods=BOTH)
def new(work: Work, who: Account | None) -> ResponseReturnValue:
    """Register an enterprise."""
    me = require_account(who)
    form = ProfileForm(request.form).offer(catalogue.questionnaires(work))
    if request.method == "POST":
        id, problems = enterprise.create(work, me, form.profile())
        if id is not None:
            return redirect("/desk")
        show(form, problems)
        return render_template("enterprise/new.html", form=form), 422
    form.contact_name.data, form.contact_phone.data, form.contact_mail.data = me.name, me.mobile, me.mail
    return render_template("enterprise/new.html", form=form)


@pages.page("/enterprises/<id>", roles=MANAGER, methods=BOTH, subject="enterprise")
def edit(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Change the profile; see who else fills in."""
    me = require_account(who)
    one = enterprise.get(work, me, id)
    form = ProfileForm(request.form, obj=one.profile).offer(catalogue.questionnaires(work))
    if request.method == "POST":
        problems = enterprise.change(work, me, id, form.profile())
        if not problems:
            return redirect(f"/enterprises/{id}?saved=1")
        show(form, problems)
    page = _page(work, me, id, form, InviteForm())
    return page, 422 if request.method == "POST" else 200


@pages.page("/enterprises/<id>/colleagues", roles=MANAGER, methods=("POST",), subject="enterprise")
def invite(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Send a colleague a link."""
    me = require_account(who)
    one = enterprise.get(work, me, id)
    invitation = InviteForm(request.form)
    problems = account.invite_colleague(work, me, id, invitation.mail.data or "")
    if not problems:
        return redirect(f"/enterprises/{id}?invited=1#colleagues")
    show(invitation, problems)
    form = ProfileForm(obj=one.profile).offer(catalogue.questionnaires(work))
    return _page(work, me, id, form, invitation), 422


def _page(work: Work, me: Account, id: str, form: ProfileForm, invitation: InviteForm) -> str:
    return render_template(
        "enterprise/edit.html",
        form=form,
        invitation=invitation,
        enterprise=enterprise.get(work, me, id),
        colleagues=enterprise.colleagues(work, me, id),
        is_saved="saved" in request.args,
        is_invited="invited" in request.args,
    )


@pages.page("/enterprises/<id>/assessments", roles=FILLING, methods=("POST",), subject="enterprise")
def start(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Start this year's self-check, or go on with it."""
    return redirect(f"/assessments/{assessment.start(work, require_account(who), id, local(work.now).year)}")
