"""What the city confirmed beside what the plant declared."""

from dataclasses import dataclass

from portal.core.answers import Answer
from portal.core.assessment import Assessment
from portal.core.questionnaire import Item
from portal.core.review import Confirmed, Decision, Objection, ReviewState, Verdict


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
    """The confirmed result with the assessment of the answers that count."""

    assessment: Assessment
    lowered: tuple[LoweredItem, ...]
    confirmed: Confirmed
    state: ReviewState
    answered: Decision | None = None  # the step that answered the objections

    @property
    def checksum(self) -> str:
        """That of the receipt of the answers that count."""
        return self.confirmed.checksum

    @property
    def is_final(self) -> bool:
        """Whether the city has answered the plant's objections: nothing changes any more."""
        return self.state is ReviewState.CLOSED
