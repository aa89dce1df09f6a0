"""The audit trail, for the auditor alone: read, searched, taken away, checked."""

from dataclasses import replace
from datetime import date

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal import words_bureau
from portal.actions import audit
from portal.actions.audit import Asked
from portal.actions.work import Work
from portal.core.audit import Outcome
from portal.core.roles import Account
from portal.web.access import AUDITOR, Pages, require_account
from portal.web.downloads import XLSX, attachment
from portal.web.paging import ON_A_PAGE, asked_page, paging

pages = Pages("audit", __name__)
_NAMES = ("words", "deed", "who", "kind", "subject", "outcome", "first", "last")


@pages.page("/audit", roles=AUDITOR)
def list_(work: Work, who: Account | None) -> ResponseReturnValue:
    """Lines that fit the filters, newest first; the address holds the filters."""
    return _page(work, require_account(who))


@pages.page("/audit/check", roles=AUDITOR, methods=("POST",))
def check(work: Work, who: Account | None) -> ResponseReturnValue:
    """Check the whole chain."""
    me = require_account(who)
    return _page(work, me, audit.check(work, me))


@pages.page("/audit.xlsx", roles=AUDITOR)
def sheet(work: Work, who: Account | None) -> ResponseReturnValue:
    """The lines that fit, for Excel."""
    content = audit.export_sheet(work, require_account(who), _asked())
    return _file(content, XLSX, f"{audit.file_name(work)}.xlsx", "audit.xlsx")


@pages.page("/audit.jsonl", roles=AUDITOR)
def lines(work: Work, who: Account | None) -> ResponseReturnValue:
    """The lines that fit, one JSON each."""
    content = audit.export_lines(work, require_account(who), _asked())
    return _file(content, "application/x-ndjson", f"{audit.file_name(work)}.jsonl", "audit.jsonl")


def _page(work: Work, me: Account, verified: audit.Verification | None = None) -> str:
    asked = _asked()
    found = audit.listed(work, me, asked, offset=(asked_page() - 1) * ON_A_PAGE, limit=ON_A_PAGE)
    page = paging(found.count)
    if page.number != asked_page():
        found = audit.listed(work, me, asked, offset=page.offset, limit=ON_A_PAGE)
    deeds, kinds = audit.choices(work, me)
    return render_template(
        "audit/list.html",
        lines=found.lines,
        page=page,
        asked=replace(asked, first=None, last=None),
        days={name: request.args.get(name, "") for name in ("first", "last")},
        query=request.query_string.decode("ascii", "replace"),
        deeds=sorted(deeds, key=words_bureau.audit_deed),
        kinds=kinds,
        outcomes=Outcome,
        verified=verified,
        sectors=audit.sectors_of(work),
    )


def _asked() -> Asked:
    typed = {name: request.args.get(name, "").strip().replace("\0", "")[:100] for name in _NAMES}
    return Asked(
        words=typed["words"],
        deed=typed["deed"],
        who=typed["who"],
        kind=typed["kind"],
        subject=typed["subject"],
        outcome=typed["outcome"],
        first=_day(typed["first"]),
        last=_day(typed["last"]),
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def _file(content: bytes, kind: str, name: str, plain: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = kind
    return attachment(response, name, plain)
