"""The client desk: every enterprise that has given a mandate, in one table, and the mandates with their history."""

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from portal.actions import mandate
from portal.actions.work import Work
from portal.core.campaign import local_day
from portal.core.roles import Account
from portal.web.access import CONSULTANT, Pages, require_account
from portal.web.mandate_forms import scopes_text

pages = Pages("clients", __name__)


@pages.page("/clients", roles=CONSULTANT)
def desk(work: Work, who: Account | None) -> ResponseReturnValue:
    """Where a consultant begins."""
    return redirect("/clients/mandates")


@pages.page("/clients/mandates", roles=CONSULTANT)
def mandates(work: Work, who: Account | None) -> ResponseReturnValue:
    """Every mandate one ever had, own ones and the firm's, and the code with which an enterprise grants one."""
    me = require_account(who)
    return render_template(
        "clients/mandates.html",
        mandates=mandate.received(work, me),
        today=local_day(work.now),
        scopes_text=scopes_text,
        me=me,
    )
