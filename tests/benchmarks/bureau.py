"""The bureau's pages at city size: how long each takes through the whole stack, and how many queries it asks.

They stand on the example city of `portal demo --large`, which takes minutes to make; BENCH_CITY names a folder that
holds one already, and which is only read but for the sign-ins.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, event, select

from portal.actions import demo_large
from portal.actions.passwords import hash_of
from portal.actions.work import Door, Work, new_id
from portal.app import create_app
from portal.core.review import ReviewState
from portal.core.roles import CITY, Account, Role
from portal.storage import account as stored_account
from portal.storage.migrations import migrate
from portal.storage.tables import AssessmentRow, CampaignRow, MembershipRow, ReviewRow
from tests.benchmarks.measuring import Line
from tests.cast import PASSWORD
from tests.make import make_settings
from tests.web.browser import Browser

MOST_QUERIES = 15
GOAL = 40  # times a page with hardly a row, the quick phrases, in the same process
DISTRICT = "330109"


@dataclass
class Count:
    """Queries asked while it watches."""

    queries: int = 0


@contextmanager
def _counting() -> Iterator[Count]:
    count = Count()

    def asked(*_: object) -> None:
        count.queries += 1

    event.listen(Engine, "before_cursor_execute", asked)
    try:
        yield count
    finally:
        event.remove(Engine, "before_cursor_execute", asked)


def lines() -> Iterator[Line]:
    """The bureau's part of the table."""
    with tempfile.TemporaryDirectory() as name:
        known = os.environ.get("BENCH_CITY", "")
        settings = make_settings(Path(known or name))
        door = Door.open(settings)
        migrate(door.database, settings.migration_folder)
        if not known:
            demo_large.seed(door)
        yield from _measure(door)
        door.database.close()


def _measure(door: Door) -> Iterator[Line]:
    app = create_app(door=door)
    city = _signed_in(door, Browser(app), Role.REVIEWER, CITY)
    district = _signed_in(door, Browser(app), Role.REVIEWER, DISTRICT)
    auditor = _signed_in(door, Browser(app), Role.AUDITOR)
    with door.reading() as work:
        pages = list(_pages(work))
    owner = _signed_in(door, Browser(app), Role.MANAGER, enterprise=_plant(door)[0])
    bare, _ = _timed(city, "/reviews/phrases")
    for browser, who, path in (
        *((city, "city", path) for path in pages),
        *(
            (district, "district", path)
            for path in pages
            if path.startswith(("/reviews?", "/statistics", "/camp"))
        ),
        (auditor, "auditor", "/audit"),
        (auditor, "auditor", "/audit?page=2"),
        (owner, "manager", f"/assessments/{_plant(door)[1]}/result"),
    ):
        spent, queries = _timed(browser, path)
        yield Line(
            what=f"{who}: {_short(path)}, {queries} queries",
            ours=f"{spent * 1000:.1f} ms",
            baseline=f"{bare * 1000:.1f} ms",
            ratio=f"{spent / bare:.1f}",
            goal=f"≤ {GOAL} ×",
            is_met=spent <= GOAL * bare and queries <= MOST_QUERIES,
        )


def _short(path: str) -> str:
    parts = path.split("/")
    return "/".join("…" if len(part) == 12 else part for part in parts)


def _pages(work: Work) -> Iterator[str]:
    yield from (
        "/reviews",
        "/reviews?state=all&sort=points",
        "/reviews?state=all&sort=name&page=30",
        f"/reviews?state=all&district={DISTRICT}&sector=cement",
        "/reviews?state=all&words=示例",
        "/reviews/export?state=all",
    )
    for state in (ReviewState.RECHECKING, ReviewState.CONFIRMED, ReviewState.CLOSED):
        query = (
            select(ReviewRow.assessment_id).where(ReviewRow.state == state).order_by(ReviewRow.assessment_id)
        )
        yield f"/reviews/{work.session.execute(query).scalars().first()}"
    campaign = (
        work.session.execute(select(CampaignRow.id).order_by(CampaignRow.year.desc())).scalars().first()
    )
    yield from (
        "/campaigns",
        f"/campaigns/{campaign}/participants",
        f"/campaigns/{campaign}/participants?page=12",
        "/letters",
        "/statistics",
        f"/statistics?district={DISTRICT}&sector=cement",
        "/statistics/list",
        "/statistics/export",
    )


def _plant(door: Door) -> tuple[str, str]:
    """A plant with a confirmed self-check: both ids."""
    with door.reading() as work:
        query = (
            select(AssessmentRow.enterprise_id, AssessmentRow.id)
            .join(ReviewRow, ReviewRow.assessment_id == AssessmentRow.id)
            .where(ReviewRow.state == ReviewState.CONFIRMED)
            .order_by(AssessmentRow.id)
        )
        found = work.session.execute(query).first()
    assert found is not None
    return found[0], found[1]


def _signed_in(
    door: Door, browser: Browser, role: Role, jurisdiction: str = "", enterprise: str = ""
) -> Browser:
    id = new_id()
    one = Account(
        id=id, name="测试", mail=f"{id.lower()}@example.cn", mobile="", role=role, enterprises=(),
        jurisdiction=jurisdiction,
    )  # fmt: skip
    with door.writing() as work:
        assert stored_account.add(work.session, one, hash_of(PASSWORD), work.now)
        if enterprise:
            row = MembershipRow(account_id=id, enterprise_id=enterprise, created_at=work.now)
            work.session.add(row)
    sent = {"login": one.mail, "password": PASSWORD, "csrf_token": browser.token}
    assert browser.client.post("/sign-in", data=sent).status_code == 302
    return browser


def _timed(browser: Browser, path: str) -> tuple[float, int]:
    """CPU seconds of the page, the median of three after one to warm up, and its queries."""
    assert browser.client.get(path).status_code == 200, path
    spent, queries = [], 0
    for _ in range(3):
        with _counting() as count:
            start = time.process_time()
            browser.client.get(path)
            spent.append(time.process_time() - start)
        queries = count.queries
    return median(spent), queries
