"""The client desk: every enterprise that has given a mandate, in one table, and the mandates with their history."""

from functools import partial

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import catalogue, clients, firm, mandate
from portal.actions.work import Work
from portal.core.campaign import local_day
from portal.core.clients import NO_GRADE, Gates, Order, Stage, Step
from portal.core.levels import GRADES
from portal.core.roles import Account
from portal.web.access import CONSULTANT, Pages, require_account
from portal.web.client_filters import address, asked_of, fields_of, year_of
from portal.web.downloads import XLSX, attachment
from portal.web.mandate_forms import scopes_text
from portal.web.paging import paging

pages = Pages("clients", __name__)
ON_A_PAGE = 25


@pages.page("/clients", roles=CONSULTANT)
def desk(work: Work, who: Account | None) -> ResponseReturnValue:
    """All clients of a year; the address holds filters, order and page."""
    me = require_account(who)
    asked = asked_of(request.args, local_day(work.now).year)
    found = clients.table(work, me, asked)
    page = paging(len(found.found), ON_A_PAGE)
    return render_template(
        "clients/desk.html",
        asked=asked,
        fields=fields_of(asked),
        table=found,
        lines=clients.page_of(work, me, found, page.offset, ON_A_PAGE),
        page=page,
        sectors={one.id: one.sector for one in catalogue.questionnaires(work)},
        address=partial(address, asked),
        today=local_day(work.now),
        stages=Stage,
        orders=Order,
        gates=Gates,
        steps=Step,
        grades=GRADES,
        no_grade=NO_GRADE,
        told={name: request.args.get(name, type=int) for name in ("reminded", "nudged", "spared")},
        is_nothing="nothing" in request.args,
    )


@pages.page("/clients.xlsx", roles=CONSULTANT)
def export(work: Work, who: Account | None) -> ResponseReturnValue:
    """The table that fits, all of its pages, as Excel."""
    asked = asked_of(request.args, local_day(work.now).year)
    response = make_response(clients.export(work, require_account(who), asked))
    response.mimetype = XLSX
    return attachment(response, f"{asked.year}_客户清单.xlsx", "clients.xlsx")


@pages.page("/clients/reminders", roles=CONSULTANT, methods=("POST",))
def remind(work: Work, who: Account | None) -> ResponseReturnValue:
    """Mail oneself the chosen clients with their deadlines."""
    year = year_of(request.form.get("year", "")) or 0
    count = clients.remind(work, require_account(who), year, request.form.getlist("client"))
    return redirect(f"/clients?year={year}&" + (f"reminded={count}" if count else "nothing=1"))


@pages.page("/clients/letters", roles=CONSULTANT, methods=("POST",))
def nudge(work: Work, who: Account | None) -> ResponseReturnValue:
    """Write to the chosen enterprises what is lacking."""
    year = year_of(request.form.get("year", "")) or 0
    reached, spared = clients.nudge(work, require_account(who), year, request.form.getlist("client"))
    told = f"nudged={reached}&spared={spared}" if reached or spared else "nothing=1"
    return redirect(f"/clients?year={year}&{told}")


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
