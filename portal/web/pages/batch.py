"""批量打印: asking for many reports, watching them come out, fetching ZIP, print file and index."""

from flask import make_response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from portal.actions import batch
from portal.actions.work import Work
from portal.core.clients import Asked
from portal.core.printing import BatchState, ItemState
from portal.core.roles import Account
from portal.web.access import CONSULTANT, Pages, require_account
from portal.web.client_filters import asked_of, year_of
from portal.web.downloads import XLSX, attachment
from portal.web.paging import paging

pages = Pages("batch", __name__)
SUBJECT = "batch"
ON_A_PAGE = 50
_TYPES = {
    "zip": "application/zip",
    "pdf": "application/pdf",
    "xlsx": XLSX,
}
_DEEDS = {"pause": batch.pause, "resume": batch.resume, "cancel": batch.cancel, "retry": batch.retry}


@pages.page("/batches", roles=CONSULTANT)
def list_(work: Work, who: Account | None) -> ResponseReturnValue:
    """One's batches."""
    return render_template(
        "batch/list.html",
        batches=batch.mine(work, require_account(who)),
        is_nothing="nothing" in request.args,
    )


@pages.page("/batches", roles=CONSULTANT, methods=("POST",))
def start(work: Work, who: Account | None) -> ResponseReturnValue:
    """Print the chosen clients' reports, or those of all that fit the filters."""
    given = request.form
    year = year_of(given.get("year", "")) or 0
    # Chosen ones are printed whatever the filters say: what they said when the page was made may not hold any more.
    asked = asked_of(given, year) if given.get("all") else Asked(year=year)
    chosen = None if given.get("all") else given.getlist("client")
    me = require_account(who)
    id = batch.start(work, me, asked, chosen)
    if id is None:
        return redirect("/batches?nothing=1")
    left = len(set(chosen)) - batch.progress(work, me, id).batch.total if chosen is not None else 0
    return redirect(f"/batches/{id}" + (f"?left={left}" if left > 0 else ""))


@pages.page("/batches/<id>", roles=CONSULTANT, subject=SUBJECT)
def show(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """How far it is; refreshes itself without scripts while reports come out."""
    found = batch.progress(work, require_account(who), id)
    page = paging(len(found.items), ON_A_PAGE)
    one = found.batch
    is_moving = one.state is BatchState.RUNNING or (one.state is BatchState.DONE and one.finished_at is None)
    response = make_response(
        render_template(
            "batch/batch.html",
            found=found,
            one=one,
            items=found.items[page.offset : page.offset + ON_A_PAGE],
            page=page,
            is_moving=is_moving,
            left=request.args.get("left", 0, type=int),
            states=ItemState,
            batch_states=BatchState,
        )
    )
    if is_moving:
        response.headers["Refresh"] = "4"
    return response


@pages.page("/batches/<id>/<deed>", roles=CONSULTANT, methods=("POST",), subject=SUBJECT)
def act(work: Work, who: Account | None, id: str, deed: str) -> ResponseReturnValue:
    """Pause, resume, cancel or retry."""
    me = require_account(who)
    if deed in _DEEDS:
        _DEEDS[deed](work, me, id)
    else:
        batch.progress(work, me, id)  # a stranger's and a missing one answer alike
    return redirect(f"/batches/{id}")


@pages.page("/batches/<id>/files/<kind>", roles=CONSULTANT, subject=SUBJECT)
def file(work: Work, who: Account | None, id: str, kind: str) -> ResponseReturnValue:
    """One of the files; it was put together by the worker and is only handed out here."""
    path, name = batch.fetch(work, require_account(who), id, kind)
    return attachment(send_file(path, mimetype=_TYPES[kind], etag=False), name, f"reports.{kind}")
