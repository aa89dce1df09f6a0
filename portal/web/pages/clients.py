"""The client desk: every enterprise that has given a mandate, in one table, and the mandates with their history."""

from urllib.parse import urlencode

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import catalogue, clients, firm, mandate
from portal.actions.work import Work
from portal.core.campaign import local_day
from portal.core.clients import Asked, Order, Stage
from portal.core.roles import Account
from portal.web.access import CONSULTANT, Pages, require_account
from portal.web.mandate_forms import scopes_text
from portal.web.paging import paging

pages = Pages("clients", __name__)
ON_A_PAGE = 25


@pages.page("/clients", roles=CONSULTANT)
def desk(work: Work, who: Account | None) -> ResponseReturnValue:
    """All clients of a year; the address holds filters, order and page."""
    me = require_account(who)
    asked = _asked(local_day(work.now).year)
    found = clients.table(work, me, asked)
    page = paging(len(found.found), ON_A_PAGE)
    shown = found.found[page.offset : page.offset + ON_A_PAGE]
    return render_template(
        "clients/desk.html",
        asked=asked,
        table=found,
        lines=clients.lines(work, me, shown, found.deadlines),
        page=page,
        sectors={one.id: one.sector for one in catalogue.questionnaires(work)},
        sorted_by=_sorted_by,
        today=local_day(work.now),
        stages=Stage,
        orders=Order,
        reminded=request.args.get("reminded", ""),
        is_nothing="nothing" in request.args,
    )


def _asked(this_year: int) -> Asked:
    given = request.args
    year, stage, order = given.get("year", ""), given.get("stage", ""), given.get("sort", "")
    return Asked(
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else this_year,
        words=given.get("words", "").replace("\0", "").strip()[:100],
        stage=Stage(stage) if stage in set(Stage) else None,
        sector=given.get("sector", "")[:40],
        order=Order(order) if order in set(Order) else Order.NAME,
    )


def _sorted_by(order: Order) -> str:
    """This page's address in another order."""
    kept = [(name, value) for name, value in request.args.items() if name not in ("sort", "page") and value]
    return f"/clients?{urlencode([*kept, ('sort', order.value)])}"


@pages.page("/clients/reminders", roles=CONSULTANT, methods=("POST",))
def remind(work: Work, who: Account | None) -> ResponseReturnValue:
    """Mail oneself the chosen clients with their deadlines."""
    asked = request.form.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    count = clients.remind(work, require_account(who), year, request.form.getlist("client"))
    return redirect(f"/clients?year={year}&" + (f"reminded={count}" if count else "nothing=1"))


@pages.page("/clients/compare", roles=CONSULTANT)
def compare(work: Work, who: Account | None) -> ResponseReturnValue:
    """Two clients, or two years of one, side by side."""
    me = require_account(who)
    left, right = request.args.get("left", ""), request.args.get("right", "")
    return render_template(
        "clients/compare.html",
        offered=clients.offered(work, me),
        left=left,
        right=right,
        found=clients.compare(work, me, left, right) if left and right else None,
    )


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
        firm=firm.mine(work, me),
    )
