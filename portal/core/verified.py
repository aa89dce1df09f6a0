"""What the city confirmed beside what the plant declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.answers import Answer
from portal.core.assessment import Assessment
from portal.core.questionnaire import Item
from portal.core.review import Decision, Objection, ReviewState, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """What both bureaus said in the end, and when; `receipt` is that of the answers that count."""

    district: str
    district_by: str
    district_at: datetime | None
    city: str
    city_by: str
    city_at: datetime | None
    receipt: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoweredItem:
    """An item that was lowered: what was declared, what counts now, why, and what became of an objection."""

    item: Item
    declared: Answer
    counted: Answer
    verdict: Verdict
    objection: Objection | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The confirmed result: the assessment of the answers that count, with their receipt's checksum."""

    assessment: Assessment
    checksum: str
    lowered: tuple[LoweredItem, ...]
    opinions: Opinions
    state: ReviewState
    answered: Decision | None = None  # the step that answered the objections

    @property
    def is_final(self) -> bool:
        """Whether the city has answered the plant's objections: nothing changes any more."""
        return self.state is ReviewState.CLOSED
