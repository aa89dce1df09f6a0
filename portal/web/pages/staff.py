"""Accounts of the staff: the operator makes, disables and resets them, the security officer grants what they are for."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import staff
from portal.actions.work import Work
from portal.core.errors import Problem
from portal.core.roles import STAFF, Account, Role
from portal.web.access import ADMITTING, OPERATOR, SECURITY, Pages, require_account
from portal.web.forms import show as show_problems
from portal.web.paging import ON_A_PAGE, asked_page, paging
from portal.web.staff_forms import GrantForm, StaffForm

pages = Pages("staff", __name__)
BOTH = ("GET", "POST")
SUBJECT = "account"


@pages.page("/staff", roles=ADMITTING)
def list_(work: Work, who: Account | None) -> ResponseReturnValue:
    """The accounts, a page at a time; the address holds the filters."""
    me = require_account(who)
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("role", "words")}
    role = Role(asked["role"]) if asked["role"] in set(Role) else None

    def fetch(offset: int) -> staff.Listing:
        return staff.listed(work, me, role=role, words=asked["words"], offset=offset)

    found = fetch((asked_page() - 1) * ON_A_PAGE)
    page = paging(found.count)
    if page.number != asked_page():
        found = fetch(page.offset)
    return render_template("staff/list.html", found=found.found, page=page, asked=asked, me=me)


@pages.page("/staff/new", roles=OPERATOR, methods=BOTH)
def new(work: Work, who: Account | None) -> ResponseReturnValue:
    """A new account, which opens nothing until a role is granted."""
    form = StaffForm(request.form)
    if request.method == "POST":
        typed = {name: form[name].data or "" for name in ("name", "mail", "mobile", "office")}
        id, problems = staff.create(work, require_account(who), **typed)
        if id is not None:
            return redirect(f"/staff/{id}?done=create")
        show_problems(form, problems)
        return render_template("staff/new.html", form=form), 422
    return render_template("staff/new.html", form=form)


@pages.page("/staff/<id>", roles=ADMITTING, subject=SUBJECT)
def show(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """One account, with what one's own role may do to it."""
    return _page(work, require_account(who), id)


def _page(
    work: Work, me: Account, id: str, form: GrantForm | None = None, problems: tuple[Problem, ...] = ()
) -> str:
    one = staff.get(work, me, id)
    if form is None:
        form = GrantForm(
            data={"role": one.role.value if one.is_granted else "", "jurisdiction": one.jurisdiction}
        )
    return render_template(
        "staff/account.html",
        one=one,
        me=me,
        form=form.offer(),
        problems=problems,
        is_staff=one.role in STAFF,
        done=request.args.get("done", ""),
    )


def _answer(
    work: Work, me: Account, id: str, done: str, problems: tuple[Problem, ...]
) -> ResponseReturnValue:
    return (_page(work, me, id, problems=problems), 409) if problems else redirect(f"/staff/{id}?done={done}")


@pages.page("/staff/<id>/disable", roles=OPERATOR, methods=("POST",), subject=SUBJECT)
def disable(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Close the account at once."""
    me = require_account(who)
    return _answer(work, me, id, "disable", staff.disable(work, me, id))


@pages.page("/staff/<id>/enable", roles=OPERATOR, methods=("POST",), subject=SUBJECT)
def enable(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Open the account again."""
    me = require_account(who)
    return _answer(work, me, id, "enable", staff.enable(work, me, id))


@pages.page("/staff/<id>/reset", roles=OPERATOR, methods=("POST",), subject=SUBJECT)
def reset(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Mail a link to set a new password."""
    me = require_account(who)
    return _answer(work, me, id, "reset", staff.reset(work, me, id))


@pages.page("/staff/<id>/grant", roles=SECURITY, methods=("POST",), subject=SUBJECT)
def grant(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Say what the account is for."""
    me = require_account(who)
    form = GrantForm(request.form)
    problems = staff.grant(work, me, id, form.role.data or "", form.jurisdiction.data or "")
    if not problems:
        return redirect(f"/staff/{id}?done=grant")
    show_problems(form, [one for one in problems if one.place in form])
    return _page(work, me, id, form, tuple(one for one in problems if one.place not in form)), 422


@pages.page("/staff/<id>/revoke", roles=SECURITY, methods=("POST",), subject=SUBJECT)
def revoke(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Take the role away."""
    me = require_account(who)
    return _answer(work, me, id, "revoke", staff.revoke(work, me, id))
