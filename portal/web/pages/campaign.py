"""Campaigns: planning and publishing, the list of invitees, who is behind, reminding, and the outbox."""

import secrets
from urllib.parse import urlencode

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal import words_bureau
from portal.actions import campaign, catalogue, outbox
from portal.actions.campaign import CampaignClosed
from portal.actions.work import NotFound, Work
from portal.core.campaign import Campaign, CampaignState, LetterState, days_left, local_day
from portal.core.errors import Problem
from portal.core.participation import Stage
from portal.core.roles import Account
from portal.web.access import REVIEWER, Pages, require_account
from portal.web.campaign_forms import CampaignForm, asked_here, wanted_of
from portal.web.downloads import XLSX, attachment
from portal.web.forms import show as show_problems
from portal.web.paging import ON_A_PAGE, asked_page, paging

pages = Pages("campaign", __name__)
BOTH = ("GET", "POST")
SUBJECT = "campaign"
MOST_SHOWN = 200


# ── The list, and planning ───────────────────────────────────────────────────


@pages.page("/campaigns", roles=REVIEWER)
def list_(work: Work, who: Account | None) -> ResponseReturnValue:
    """Every year's campaign; the newest published one with its progress."""
    me = require_account(who)
    found = campaign.all_(work, me)
    current = next((one for one in found if one.state is CampaignState.PUBLISHED), None)
    return render_template(
        "campaign/list.html",
        campaigns=found,
        current=current,
        overview=campaign.overview(work, me, current) if current is not None else None,
        left=days_left(current, work.now) if current is not None else 0,
        me=me,
        stages=Stage,
        sectors=_sectors(work),
    )


@pages.page("/campaigns/new", roles=REVIEWER, methods=BOTH)
def new(work: Work, who: Account | None) -> ResponseReturnValue:
    """Plan a campaign; the form proposes last year's rungs, or none."""
    me = require_account(who)
    if not me.is_city:
        raise NotFound("campaign")
    form = CampaignForm(request.form).offer(catalogue.questionnaires(work))
    if request.method == "POST":
        id, problems = campaign.create(work, me, form.plan())
        if id is not None:
            return redirect(f"/campaigns/{id}")
        show_problems(form, problems)
        return render_template("campaign/edit.html", form=form, campaign=None), 422
    form.year.data = str(local_day(work.now).year)
    form.sectors.data = list(_sectors(work))
    earlier = campaign.all_(work, me)
    if earlier:
        form.show_rungs(earlier[0])
    return render_template(
        "campaign/edit.html", form=form, campaign=None, proposed=earlier[0] if earlier else None
    )


@pages.page("/campaigns/<id>", roles=REVIEWER, subject=SUBJECT)
def show(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """One campaign with its progress by district and sector."""
    me = require_account(who)
    one = campaign.get(work, me, id)
    return render_template(
        "campaign/campaign.html",
        one=one,
        me=me,
        overview=campaign.overview(work, me, one),
        left=days_left(one, work.now),
        is_draft=one.state is CampaignState.DRAFT,
        stages=Stage,
        sectors=_sectors(work),
        is_saved="saved" in request.args,
        invited=request.args.get("invited", ""),
    )


@pages.page("/campaigns/<id>/edit", roles=REVIEWER, methods=BOTH, subject=SUBJECT)
def edit(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Change it; once published, its days can only be extended."""
    me = require_account(who)
    one = _of_city(work, me, id)
    form = CampaignForm(request.form).offer(catalogue.questionnaires(work))
    if request.method == "POST":
        problems = campaign.change(work, me, id, form.plan())
        if not problems:
            return redirect(f"/campaigns/{id}?saved=1")
        show_problems(form, problems)
        return render_template("campaign/edit.html", form=form, campaign=one), 422
    return render_template("campaign/edit.html", form=form.show_plan(one), campaign=one)


@pages.page("/campaigns/<id>/publish", roles=REVIEWER, methods=BOTH, subject=SUBJECT)
def publish(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Say how many will be written to, then publish."""
    me = require_account(who)
    one = _of_city(work, me, id)
    if request.method == "POST":
        call = campaign.publish(work, me, id)
        return redirect(f"/campaigns/{id}?invited={call.letters if call is not None else 0}")
    return render_template(
        "campaign/publish.html", one=one, call=campaign.preview(work, me, id), shown=MOST_SHOWN
    )


def _of_city(work: Work, me: Account, id: str) -> Campaign:
    found = campaign.get(work, me, id)
    if not me.is_city:
        raise NotFound(id)
    return found


def _sectors(work: Work) -> dict[str, str]:
    return {one.id: one.sector for one in catalogue.questionnaires(work)}


# ── Invitees ─────────────────────────────────────────────────────────────────


@pages.page("/campaigns/<id>/invitees", roles=REVIEWER, methods=BOTH, subject=SUBJECT)
def invitees(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Import the list of enterprises to be heard: a file, or pasted from Excel."""
    me = require_account(who)
    one = _of_city(work, me, id)
    pasted = request.form.get("pasted", "")
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        file = request.files.get("file")
        content = file.read() if file is not None and file.filename else b""
        count, problems = campaign.import_invitees(work, me, id, pasted=pasted, content=content)
        if not problems:
            return redirect(f"/campaigns/{id}/invitees?imported={count}")
    page = render_template(
        "campaign/invitees.html",
        one=one,
        pasted=pasted,
        problems=problems,
        shown=MOST_SHOWN,
        columns=words_bureau.INVITEE_COLUMNS,
        imported=request.args.get("imported", ""),
    )
    return page, 422 if problems else 200


@pages.page("/campaigns/<id>/invitees/withdraw", roles=REVIEWER, methods=("POST",), subject=SUBJECT)
def withdraw(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Take an enterprise off the list."""
    campaign.withdraw(work, require_account(who), id, request.form.get("uscc", ""))
    return redirect(f"/campaigns/{id}/participants?{urlencode(_narrowing(asked_here()))}")


@pages.page("/campaigns/<id>/invitees.xlsx", roles=REVIEWER, subject=SUBJECT)
def invitee_template(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """An empty table for the list."""
    _of_city(work, require_account(who), id)
    return _sheet(campaign.invitee_template(work), "企业名单模板.xlsx", "invitees.xlsx")


# ── Participants and reminders ───────────────────────────────────────────────


@pages.page("/campaigns/<id>/participants", roles=REVIEWER, subject=SUBJECT)
def participants(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The enterprises that fit the filters, a page at a time; the address holds the filters."""
    me = require_account(who)
    one = campaign.get(work, me, id)
    asked = asked_here()
    found = campaign.participants(
        work, me, one, wanted_of(asked), offset=(asked_page() - 1) * ON_A_PAGE, limit=ON_A_PAGE
    )
    page = paging(found.count)
    if page.number != asked_page():
        found = campaign.participants(work, me, one, wanted_of(asked), offset=page.offset, limit=ON_A_PAGE)
    return render_template(
        "campaign/participants.html",
        one=one,
        me=me,
        found=found.found,
        page=page,
        asked=asked,
        query=urlencode(_narrowing(asked)),
        sectors=_sectors(work),
        is_open=days_left(one, work.now) >= 0 and one.state is CampaignState.PUBLISHED,
        reminded=request.args.get("reminded", ""),
    )


def _narrowing(asked: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if value}


@pages.page("/campaigns/<id>/participants.xlsx", roles=REVIEWER, subject=SUBJECT)
def export(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """The enterprises that fit the filters, for Excel."""
    me = require_account(who)
    one = campaign.get(work, me, id)
    return _sheet(
        campaign.export(work, me, one, wanted_of(asked_here())),
        f"{one.year}_自评价进度.xlsx",
        "participants.xlsx",
    )


@pages.page("/campaigns/<id>/remind", roles=REVIEWER, methods=BOTH, subject=SUBJECT)
def remind(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Say how many will be reminded, then remind them."""
    me = require_account(who)
    one = campaign.get(work, me, id)
    asked = asked_here()
    query = urlencode(_narrowing(asked))
    if request.method == "POST":
        token = request.form.get("token", "")
        token = token if token.isalnum() and len(token) <= 16 else secrets.token_hex(8)
        try:
            call = campaign.remind(work, me, one, wanted_of(asked), token)
        except CampaignClosed:
            return redirect(f"/campaigns/{id}/participants?{query}")
        return redirect(f"/campaigns/{id}/participants?{query}&reminded={call.letters}")
    return render_template(
        "campaign/remind.html",
        one=one,
        asked=asked,
        query=query,
        sectors=_sectors(work),
        call=campaign.count_call(work, me, one, wanted_of(asked)),
        is_open=days_left(one, work.now) >= 0 and one.state is CampaignState.PUBLISHED,
        token=secrets.token_hex(8),
        shown=MOST_SHOWN,
    )


def _sheet(content: bytes, name: str, plain: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = XLSX
    return attachment(response, name, plain)


# ── The outbox ───────────────────────────────────────────────────────────────


@pages.page("/letters", roles=REVIEWER)
def letters(work: Work, who: Account | None) -> ResponseReturnValue:
    """What was written and whether it left."""
    me = require_account(who)
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("state", "campaign", "words")}
    state = LetterState(asked["state"]) if asked["state"] in set(LetterState) else None

    def fetch(offset: int) -> outbox.Listing:
        return outbox.listed(
            work, me, state=state, campaign_id=asked["campaign"], words=asked["words"], offset=offset
        )

    found = fetch((asked_page() - 1) * ON_A_PAGE)
    page = paging(found.count)
    if page.number != asked_page():
        found = fetch(page.offset)
    return render_template(
        "campaign/letters.html",
        letters=found.letters,
        page=page,
        asked=asked,
        campaigns=campaign.all_(work, me),
        is_retried="retried" in request.args,
    )


@pages.page("/letters/<id>/retry", roles=REVIEWER, methods=("POST",), subject="letter")
def retry(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """Begin again with a letter that was given up."""
    outbox.retry(work, require_account(who), id)
    return redirect("/letters?retried=1")
