"""委托授权: the enterprise's list, granting and revoking; the consultant sees the other side on the client desk."""

from datetime import timedelta

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import enterprise, mandate
from portal.actions.work import Work
from portal.core.campaign import local_day
from portal.core.roles import Account
from portal.web.access import MANAGER, Pages, require_account
from portal.web.forms import show as show_problems
from portal.web.mandate_forms import MandateForm, scopes_text

pages = Pages("mandate", __name__)
SUBJECT = "enterprise"
USUAL_TERM = timedelta(days=365)


@pages.page("/enterprises/<id>/mandates", roles=MANAGER, subject=SUBJECT)
def list_(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Every mandate the enterprise granted, and the form for another; firms are found by a part of their name."""
    today = local_day(work.now)
    form = MandateForm(
        data={
            "holder": request.args.get("holder", "")[:100],
            "scopes": ["read", "fill", "print"],
            "starts_on": today.isoformat(),
            "ends_on": (today + USUAL_TERM).isoformat(),
        }
    )
    return _page(work, require_account(who), id, form)


@pages.page("/enterprises/<id>/mandates", roles=MANAGER, methods=("POST",), subject=SUBJECT)
def grant(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Grant one."""
    me = require_account(who)
    form = MandateForm(request.form)
    made, problems = mandate.grant(work, me, id, form.wish())
    if made is not None:
        return redirect(f"/enterprises/{id}/mandates?granted=1")
    show_problems(form, problems)
    return _page(work, me, id, form), 422


@pages.page(
    "/enterprises/<id>/mandates/<mandate_id>/revoke", roles=MANAGER, methods=("POST",), subject=SUBJECT
)
def revoke(work: Work, who: Account | None, id: str, mandate_id: str) -> ResponseReturnValue:
    """End one, from the next request on."""
    mandate.revoke(work, require_account(who), id, mandate_id)
    return redirect(f"/enterprises/{id}/mandates?revoked=1")


def _page(work: Work, me: Account, id: str, form: MandateForm) -> str:
    words = request.args.get("firm", "").strip()[:50]
    return render_template(
        "mandate/list.html",
        enterprise=enterprise.get(work, me, id),
        mandates=mandate.granted(work, me, id),
        today=local_day(work.now),
        form=form,
        words_asked=words,
        firms=mandate.search_firms(work, words) if words else (),
        scopes_text=scopes_text,
        is_granted="granted" in request.args,
        is_revoked="revoked" in request.args,
    )
