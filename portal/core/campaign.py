"""A year's campaign (年度自评批次): when it is open, what its rungs ask for, and which reminder is due."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.core.levels import Grade

# Hangzhou's clock decides which day it is.
LOCAL = timedelta(hours=8)


class CampaignState(StrEnum):
    """Whether enterprises see it; the values are stored."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Channel(StrEnum):
    """How a letter leaves."""

    MAIL = "mail"
    SMS = "sms"


class LetterState(StrEnum):
    """Where a letter of the outbox stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What a rung (市级, 省级 …) asks for: at least these points, at least this grade, every gate met."""

    id: str
    title: str
    points: Decimal
    grade: Grade | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign; both days belong to it, by Hangzhou's clock."""

    id: str
    year: int
    title: str
    sectors: tuple[str, ...]
    opens_on: date
    closes_on: date
    rungs: tuple[Rung, ...]
    notice: str
    state: CampaignState

    @property
    def closes_at(self) -> datetime:
        """The first moment at which nothing can be submitted any more."""
        return midnight_after(self.closes_on)

    def is_open(self, now: datetime) -> bool:
        """Whether a self-check can be submitted at this moment."""
        return self.state is CampaignState.PUBLISHED and self.opens_on <= local_day(now) <= self.closes_on


def local_day(now: datetime) -> date:
    """The day by Hangzhou's clock."""
    return (now.astimezone(UTC) + LOCAL).date()


def midnight_after(day: date) -> datetime:
    """The moment at which `day` has ended in Hangzhou, aware, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1) - LOCAL
