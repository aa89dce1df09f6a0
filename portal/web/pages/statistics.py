"""The bureau's statistics: one page for a year, a sector, a district; the list behind every number; Excel."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.actions import catalogue, statistics
from portal.actions.statistics import Selection, Wanted
from portal.actions.work import NotFound, Work
from portal.core.roles import CITY, Account
from portal.core.statistics import GRADE_KEYS
from portal.web.access import REVIEWER, Pages, require_account
from portal.web.downloads import XLSX, attachment
from portal.web.paging import asked_page, paging

pages = Pages("statistics", __name__)


@pages.page("/statistics", roles=REVIEWER)
def show(work: Work, who: Account | None) -> ResponseReturnValue:
    """Every panel of the selection; the address holds the filters."""
    me = require_account(who)
    asked = _asked(work, me)
    found = statistics.overview(work, asked)
    return render_template(
        "statistics/statistics.html",
        me=me,
        asked=asked,
        found=found,
        # Made by report.figures, which escapes every label.
        charts={name: Markup(svg) for name, svg in found.charts.items()},  # noqa: S704
        years=statistics.years(work),
        questionnaires=catalogue.questionnaires(work),
        sources=work.library.sources,
        address=lambda path, **changes: _address(asked, path, changes),
        may_list=lambda place: me.is_city or place[0] == me.jurisdiction,
        is_city=asked.jurisdiction == CITY,
    )


@pages.page("/statistics/list", roles=REVIEWER)
def list_(work: Work, who: Account | None) -> ResponseReturnValue:
    """The enterprises behind a number, within the jurisdiction, a page at a time."""
    me = require_account(who)
    asked = _asked(work, me)
    wanted = _wanted(asked)
    found = statistics.listing(work, me, wanted, page=asked_page())
    page = paging(found.count, statistics.ON_A_PAGE)
    if page.number != asked_page():
        found = statistics.listing(work, me, wanted, page=page.number)
    return render_template(
        "statistics/list.html",
        me=me,
        asked=asked,
        wanted=wanted,
        found=found,
        page=page,
        titles=statistics.Titles(work),
        in_points=statistics.in_points,
        query=urlencode([(name, value) for name, value in request.args.items() if name != "page" and value]),
        address=lambda path, **changes: _address(asked, path, changes),
    )


@pages.page("/statistics/list.xlsx", roles=REVIEWER)
def export_list(work: Work, who: Account | None) -> ResponseReturnValue:
    """The same list for Excel."""
    me = require_account(who)
    asked = _asked(work, me)
    return _sheet(
        statistics.list_workbook(work, me, _wanted(asked)), f"{asked.year}_企业名单.xlsx", "list.xlsx"
    )


@pages.page("/statistics/export", roles=REVIEWER)
def export(work: Work, who: Account | None) -> ResponseReturnValue:
    """One figure, or all of them, for Excel."""
    asked = _asked(work, require_account(who))
    name = request.args.get("figure", "")
    return _sheet(
        statistics.workbook(work, asked, name),
        f"{asked.year}_绿色工厂统计.xlsx",
        f"{name or 'statistics'}.xlsx",
    )


def _sheet(content: bytes, name: str, plain: str) -> ResponseReturnValue:
    response = make_response(content)
    response.headers["Content-Type"] = XLSX
    return attachment(response, name, plain)


# ── The address ──────────────────────────────────────────────────────────────


def _asked(work: Work, me: Account) -> Selection:
    return statistics.select(
        work,
        me,
        _number(request.args.get("year", "")),
        request.args.get("sector", ""),
        request.args.get("district", ""),
    )


def _number(text: str) -> int | None:
    """A whole number of the address, None where there is none; anything else is an address that leads nowhere."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise NotFound(text)
    return int(text)


def _wanted(asked: Selection) -> Wanted:
    lowest, below = _number(request.args.get("from", "")), _number(request.args.get("to", ""))
    grade = request.args.get("grade", "")
    if grade and not set(grade.split(".")) <= set(GRADE_KEYS):
        raise NotFound(grade)
    return Wanted(
        year=asked.year,
        district=asked.own,
        sector=asked.sector,
        item=request.args.get("item", "")[:80],
        technology=request.args.get("technology", "")[:80],
        grades=tuple(one.strip("-") for one in grade.split(".")) if grade else (),
        is_verified=request.args.get("verified", "") == "1",
        lowest=None if lowest is None else lowest * 100,
        # Full marks belong to the last class.
        below=None if below is None or below >= 100 else below * 100,
    )


def _address(asked: Selection, path: str, changes: Mapping[str, Any]) -> str:
    """An address with the selection in it, changed; what does not narrow is left out."""
    kept = {"year": asked.year, "sector": asked.sector, "district": asked.district} | dict(changes)
    return f"{path}?{urlencode([(name, value) for name, value in kept.items() if value not in ('', None)])}"
