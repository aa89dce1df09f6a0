"""申报包: what a package of a submission would hold, choosing the frame, and ordering it."""

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import package, report
from portal.actions.work import Work
from portal.core.package import LARGEST, MOST_PAGES
from portal.core.roles import Account
from portal.web.access import FILLING, Pages, require_account

pages = Pages("package", __name__)
SUBJECT = "assessment"


@pages.page("/assessments/<id>/package", roles=FILLING, subject=SUBJECT)
def show(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """What it would hold, and those made before."""
    return _page(package.offer(work, require_account(who), id))


@pages.page("/assessments/<id>/package", roles=FILLING, methods=("POST",), subject=SUBJECT)
def ask(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Order one; with nothing changed since, it is the one packed already."""
    me = require_account(who)
    offer = package.offer(work, me, id)
    if offer.load.is_too_much:
        return _page(offer), 400
    frame = package.frame_of(work, request.form.get("frame") or offer.proposed.id)
    return redirect(f"/reports/{report.ask(work, me, id, frame=frame.id)}")


def _page(offer: package.Offer) -> Response:
    return make_response(
        render_template(
            "package/package.html",
            offer=offer,
            one=offer.open,
            frames={frame.id: frame for frame in offer.frames},
            largest=LARGEST,
            most_pages=MOST_PAGES,
        )
    )
