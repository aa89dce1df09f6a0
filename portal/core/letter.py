"""A letter of the outbox: when it is tried again, and when it is given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.campaign import Channel, LetterState

# One that could not be delivered is tried again after so long; the fifth failure is the last.
PAUSES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
MOST_ATTEMPTS = len(PAUSES) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter of the outbox. `tried_at` is when it left or was tried last; `fields` are the template's words."""

    id: str
    occasion: str
    channel: Channel
    address: str
    template: str
    fields: Mapping[str, str]
    enterprise_id: str
    campaign_id: str
    state: LetterState
    attempts: int
    error: str
    created_at: datetime
    tried_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Whether it is time for the next attempt."""
        if self.state is not LetterState.WAITING or self.attempts >= MOST_ATTEMPTS:
            return False
        return self.attempts == 0 or self.tried_at is None or now >= self.tried_at + PAUSES[self.attempts - 1]
