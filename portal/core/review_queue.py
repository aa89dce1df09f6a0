"""The queue of submissions as a bureau sees it: what may be asked for, and one line of the list."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.core.campaign import local_day
from portal.core.review import Case, Party, ReviewState

ON_A_PAGE = 50
LONGEST_WORDS = 100


class Holding(StrEnum):
    """Whose cases are shown."""

    ANYONE = ""
    MINE = "mine"
    NOBODY = "nobody"


class Order(StrEnum):
    """How the list is sorted."""

    WAITING = "waiting"  # longest first
    DUE = "due"
    POINTS = "points"  # lowest first
    FINDINGS = "findings"  # most first
    NAME = "name"
    NEWEST = "newest"


# What a bureau has to work on; everything else it only looks at.
TO_DO = {
    Party.DISTRICT: (ReviewState.WAITING, ReviewState.REVIEWING),
    Party.CITY: (ReviewState.FORWARDED, ReviewState.RECHECKING, ReviewState.OBJECTED),
}
DONE = frozenset({ReviewState.CONFIRMED, ReviewState.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for; empty and None leave it open. `page` counts from 1."""

    states: tuple[ReviewState, ...] = ()
    sector: str = ""
    district: str = ""
    year: int | None = None
    holding: Holding = Holding.ANYONE
    is_overdue: bool = False
    words: str = ""
    order: Order = Order.WAITING
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One submission in the list; `points` as declared in the newest round, `verified` once confirmed."""

    case: Case
    number: str
    year: int
    enterprise: str
    uscc: str
    sector: str
    points: Decimal | None
    is_provisional: bool
    verified: Decimal | None
    findings: int
    submitted_at: datetime

    def waiting_days(self, now: datetime) -> int | None:
        """Whole days by the calendar since the case came to whoever must act now; None once it is done."""
        if self.case.state in DONE:
            return None
        return (local_day(now) - local_day(self.case.waiting_since)) // timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A page of the list, how many there are, and what the filters can offer."""

    lines: tuple[Line, ...]
    count: int
    page: int
    pages: int
    by_state: dict[ReviewState, int]
    overdue: int  # corrections, in any state that is shown
    sectors: tuple[str, ...]
    years: tuple[int, ...]
