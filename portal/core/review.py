"""The life of a submission in the bureau's hands: its states, and one table of who may do what in which of them.

初审 (district) → 复核 (city); 补正 opens single items again; a 核减 may be objected to once. The table below is the only
place that knows: storage keeps states, actions ask `move`, pages ask `deeds_of`, and the docs are drawn from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.core.answers import Answer, Answers, Missing
from portal.core.errors import PortalError
from portal.core.questionnaire import ItemId

LONGEST_REMARK = 1000


class ReviewState(StrEnum):
    """Where a submission stands with the bureau; the values are stored."""

    WAITING = "waiting"
    REVIEWING = "reviewing"
    RETURNED = "returned"
    FORWARDED = "forwarded"
    RECHECKING = "rechecking"
    CONFIRMED = "confirmed"
    OBJECTED = "objected"
    CLOSED = "closed"


class Party(StrEnum):
    """Who acts: the plant, its district's bureau, the city's bureau."""

    ENTERPRISE = "enterprise"
    DISTRICT = "district"
    CITY = "city"


class Deed(StrEnum):
    """What can be done to a case."""

    TAKE = "take"
    RELEASE = "release"
    HAND_OVER = "hand_over"
    JUDGE = "judge"
    RETURN = "return"
    EXTEND = "extend"
    CORRECT = "correct"
    RESUBMIT = "resubmit"
    RECALL = "recall"
    FORWARD = "forward"
    SEND_BACK = "send_back"
    CONFIRM = "confirm"
    OBJECT = "object"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table. `is_holders`: only whoever has taken the case."""

    deed: Deed
    party: Party
    before: ReviewState
    after: ReviewState
    is_holders: bool = False


_S, _D, _P = ReviewState, Deed, Party
MOVES: tuple[Move, ...] = (
    Move(_D.TAKE, _P.DISTRICT, _S.WAITING, _S.REVIEWING),
    Move(_D.RELEASE, _P.DISTRICT, _S.REVIEWING, _S.WAITING, is_holders=True),
    Move(_D.HAND_OVER, _P.DISTRICT, _S.REVIEWING, _S.REVIEWING, is_holders=True),
    Move(_D.JUDGE, _P.DISTRICT, _S.REVIEWING, _S.REVIEWING, is_holders=True),
    Move(_D.RETURN, _P.DISTRICT, _S.REVIEWING, _S.RETURNED, is_holders=True),
    Move(_D.FORWARD, _P.DISTRICT, _S.REVIEWING, _S.FORWARDED, is_holders=True),
    Move(_D.EXTEND, _P.DISTRICT, _S.RETURNED, _S.RETURNED, is_holders=True),
    Move(_D.RECALL, _P.DISTRICT, _S.RETURNED, _S.REVIEWING, is_holders=True),
    Move(_D.CORRECT, _P.ENTERPRISE, _S.RETURNED, _S.RETURNED),
    Move(_D.RESUBMIT, _P.ENTERPRISE, _S.RETURNED, _S.REVIEWING),
    Move(_D.TAKE, _P.CITY, _S.FORWARDED, _S.RECHECKING),
    Move(_D.RELEASE, _P.CITY, _S.RECHECKING, _S.FORWARDED, is_holders=True),
    Move(_D.HAND_OVER, _P.CITY, _S.RECHECKING, _S.RECHECKING, is_holders=True),
    Move(_D.JUDGE, _P.CITY, _S.RECHECKING, _S.RECHECKING, is_holders=True),
    Move(_D.SEND_BACK, _P.CITY, _S.RECHECKING, _S.REVIEWING, is_holders=True),
    Move(_D.CONFIRM, _P.CITY, _S.RECHECKING, _S.CONFIRMED, is_holders=True),
    Move(_D.OBJECT, _P.ENTERPRISE, _S.CONFIRMED, _S.OBJECTED),
    Move(_D.DECIDE, _P.CITY, _S.OBJECTED, _S.CLOSED),
)


class VerdictKind(StrEnum):
    """What the bureau says to one item: 确认, 核减, 要求补正; the values are stored."""

    CONFIRMED = "confirmed"
    LOWERED = "lowered"
    RETURNED = "returned"


class Reason(StrEnum):
    """Why an item is lowered or sent back; worded in `words.REASONS`."""

    NO_EVIDENCE = "no_evidence"
    EVIDENCE_EXPIRED = "evidence_expired"
    EVIDENCE_UNCLEAR = "evidence_unclear"
    NOT_COVERED = "not_covered"
    WRONG_PERIOD = "wrong_period"
    WRONG_FIGURE = "wrong_figure"
    NOT_IN_PLACE = "not_in_place"
    NOT_APPLICABLE = "not_applicable"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a party of the bureau says to one item in one round; a draft while `issued_at` is None.

    `counted` is the answer that counts instead of the plant's, for a lowered item only.
    """

    item: ItemId
    round: int
    party: Party
    kind: VerdictKind
    counted: Answer | None
    reason: Reason | None
    comment: str
    by: str
    at: datetime
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A submission in review. `due_at` is the last second for corrections; `revision` counts every change."""

    assessment_id: str
    state: ReviewState
    round: int
    district: str
    holder_id: str
    holder: str
    waiting_since: datetime
    due_at: datetime | None
    is_extended: bool
    revision: int


class NotAllowed(PortalError):
    """The case is in a state, or in hands, in which this cannot be done."""


def move(case: Case, deed: Deed, party: Party, account_id: str = "") -> ReviewState:
    """The state after the deed; raises NotAllowed."""
    for line in MOVES:
        is_meant = (line.deed, line.party, line.before) == (deed, party, case.state)
        if is_meant and (not line.is_holders or case.holder_id == account_id):
            return line.after
    raise NotAllowed(f"{deed} by {party} in {case.state}")


def deeds_of(case: Case, party: Party, account_id: str = "") -> frozenset[Deed]:
    """Everything that this person may do now."""
    return frozenset(
        line.deed
        for line in MOVES
        if (line.party, line.before) == (party, case.state)
        and (not line.is_holders or case.holder_id == account_id)
    )


def verified(answers: Answers, verdicts: Mapping[ItemId, Verdict]) -> Answers:
    """The answers that count after review: a lowered item's is replaced, Missing takes it away."""
    counted = {
        item: verdict.counted
        for item, verdict in verdicts.items()
        if verdict.kind is VerdictKind.LOWERED and verdict.counted is not None
    }
    return {
        item: answer for item, answer in {**answers, **counted}.items() if not isinstance(answer, Missing)
    }


def prevailing(verdicts: tuple[Verdict, ...]) -> dict[ItemId, Verdict]:
    """The verdict that stands for each item: the newest round's, and within it the city's before the district's."""
    ranked = sorted(verdicts, key=lambda one: (one.round, one.party is Party.CITY))
    return {one.item: one for one in ranked}
