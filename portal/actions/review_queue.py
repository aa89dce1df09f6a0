"""The bureau's queue: a page of it, and all of it as a workbook."""

from dataclasses import replace

from portal.actions.work import Work
from portal.core.plain_text import cleaned
from portal.core.review_queue import LONGEST_WORDS, ON_A_PAGE, Asked, Queue
from portal.core.roles import Account
from portal.report import review_list
from portal.report.sheets import workbook
from portal.storage import review_queue as stored

MOST_ROWS = 20_000


def of(work: Work, who: Account, asked: Asked) -> Queue:
    """The page asked for; one that lies beyond the end is the last."""
    asked = _tidied(asked)
    by_state, overdue = stored.counts(work.session, asked, sight=who.sight, now=work.now)
    fitting = overdue if asked.is_overdue else by_state
    count = sum(number for state, number in fitting.items() if not asked.states or state in asked.states)
    pages = max(1, -(-count // ON_A_PAGE))
    page = min(max(asked.page, 1), pages)
    sectors, years = stored.offered(work.session, sight=who.sight)
    return Queue(
        lines=stored.listed(
            work.session,
            asked,
            sight=who.sight,
            now=work.now,
            offset=(page - 1) * ON_A_PAGE,
            limit=ON_A_PAGE,
        ),
        count=count,
        page=page,
        pages=pages,
        by_state=by_state,
        overdue=sum(overdue.values()),
        sectors=sectors,
        years=years,
    )


def _tidied(asked: Asked) -> Asked:
    return replace(asked, words=cleaned(asked.words).replace("\0", "")[:LONGEST_WORDS])


def export(work: Work, who: Account, asked: Asked) -> bytes:
    """Everything that fits, as an Excel workbook, in the order asked for."""
    lines = stored.listed(
        work.session, _tidied(asked), sight=who.sight, now=work.now, offset=0, limit=MOST_ROWS
    )
    sectors = {one.id: one.sector for one in work.library.newest()}
    return workbook([review_list.sheet(lines, sectors, work.now)], at=work.now)
