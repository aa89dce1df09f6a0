"""The life of a submission in the bureau's hands: its states, and one table of who may do what in which of them.

初审 (district) → 复核 (city); either may open single items again (补正); a 核减 may be objected to once. The table below is the only
place that knows: storage keeps states, actions ask `move`, pages ask `deeds_of`, and the docs are drawn from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.core.answers import Answer, Answers, Missing
from portal.core.campaign import local_day, midnight_after
from portal.core.errors import PortalError
from portal.core.questionnaire import ItemId

LONGEST_REMARK = 1000
DAYS_TO_CORRECT, MOST_DAYS = 10, 60
# 本门户约定: no rule on green factories names a period for objections; half a month lets a plant gather evidence.
DAYS_TO_OBJECT = 15
LONGEST_PHRASE, MOST_PHRASES = 300, 30


class ReviewState(StrEnum):
    """Where a submission stands with the bureau; the values are stored."""

    WAITING = "waiting"
    REVIEWING = "reviewing"
    RETURNED = "returned"
    FORWARDED = "forwarded"
    RECHECKING = "rechecking"
    RETURNED_BY_CITY = "returned_by_city"
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
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    CORRECT = "correct"
    RESUBMIT = "resubmit"
    RECALL = "recall"
    FORWARD = "forward"
    SEND_BACK = "send_back"
    CONFIRM = "confirm"
    OBJECT = "object"
    DECIDE = "decide"


class Only(StrEnum):
    """What must hold besides the state."""

    IN_TIME = "in_time"  # before the deadline has passed
    OVERDUE = "overdue"  # after it
    ONCE = "once"  # the deadline is extended once a round
    DISPUTABLE = "disputable"  # before the days for an objection have passed
    ORPHANED = "orphaned"  # nobody of that bureau who can still sign in holds the case


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table. `is_holders`: only whoever has taken the case; `only`: a further condition."""

    deed: Deed
    party: Party
    before: ReviewState
    after: ReviewState
    is_holders: bool = False
    only: Only | None = None

    def holds(self, case: "Case", account_id: str, now: datetime) -> bool:
        """Whether the holder and the further condition allow it."""
        if self.is_holders and case.holder_id != account_id:
            return False
        match self.only:
            case Only.IN_TIME:
                return not case.is_overdue(now)
            case Only.OVERDUE:
                return case.is_overdue(now)
            case Only.ONCE:
                return not case.is_extended
            case Only.DISPUTABLE:
                return case.objection_ends is not None and now < case.objection_ends
            case Only.ORPHANED:
                return case.is_orphaned
        return True


_S, _D, _P, _O = ReviewState, Deed, Party, Only
MOVES: tuple[Move, ...] = (
    Move(_D.TAKE, _P.DISTRICT, _S.WAITING, _S.REVIEWING),
    Move(_D.RELEASE, _P.DISTRICT, _S.REVIEWING, _S.WAITING, is_holders=True),
    Move(_D.HAND_OVER, _P.DISTRICT, _S.REVIEWING, _S.REVIEWING, is_holders=True),
    Move(_D.JUDGE, _P.DISTRICT, _S.REVIEWING, _S.REVIEWING, is_holders=True),
    Move(_D.RETURN, _P.DISTRICT, _S.REVIEWING, _S.RETURNED, is_holders=True),
    Move(_D.FORWARD, _P.DISTRICT, _S.REVIEWING, _S.FORWARDED, is_holders=True),
    Move(_D.TAKE, _P.DISTRICT, _S.REVIEWING, _S.REVIEWING, only=_O.ORPHANED),
    Move(_D.EXTEND, _P.DISTRICT, _S.RETURNED, _S.RETURNED, is_holders=True, only=_O.ONCE),
    Move(_D.RECALL, _P.DISTRICT, _S.RETURNED, _S.REVIEWING, is_holders=True, only=_O.OVERDUE),
    Move(_D.HAND_OVER, _P.DISTRICT, _S.RETURNED, _S.RETURNED, is_holders=True),
    Move(_D.TAKE, _P.DISTRICT, _S.RETURNED, _S.RETURNED, only=_O.ORPHANED),
    Move(_D.CORRECT, _P.ENTERPRISE, _S.RETURNED, _S.RETURNED, only=_O.IN_TIME),
    Move(_D.ASK_EXTENSION, _P.ENTERPRISE, _S.RETURNED, _S.RETURNED, only=_O.IN_TIME),
    Move(_D.RESUBMIT, _P.ENTERPRISE, _S.RETURNED, _S.REVIEWING, only=_O.IN_TIME),
    Move(_D.TAKE, _P.CITY, _S.FORWARDED, _S.RECHECKING),
    Move(_D.RELEASE, _P.CITY, _S.RECHECKING, _S.FORWARDED, is_holders=True),
    Move(_D.HAND_OVER, _P.CITY, _S.RECHECKING, _S.RECHECKING, is_holders=True),
    Move(_D.JUDGE, _P.CITY, _S.RECHECKING, _S.RECHECKING, is_holders=True),
    Move(_D.RETURN, _P.CITY, _S.RECHECKING, _S.RETURNED_BY_CITY, is_holders=True),
    Move(_D.SEND_BACK, _P.CITY, _S.RECHECKING, _S.REVIEWING, is_holders=True),
    Move(_D.CONFIRM, _P.CITY, _S.RECHECKING, _S.CONFIRMED, is_holders=True),
    Move(_D.TAKE, _P.CITY, _S.RECHECKING, _S.RECHECKING, only=_O.ORPHANED),
    Move(_D.EXTEND, _P.CITY, _S.RETURNED_BY_CITY, _S.RETURNED_BY_CITY, is_holders=True, only=_O.ONCE),
    Move(_D.RECALL, _P.CITY, _S.RETURNED_BY_CITY, _S.RECHECKING, is_holders=True, only=_O.OVERDUE),
    Move(_D.HAND_OVER, _P.CITY, _S.RETURNED_BY_CITY, _S.RETURNED_BY_CITY, is_holders=True),
    Move(_D.TAKE, _P.CITY, _S.RETURNED_BY_CITY, _S.RETURNED_BY_CITY, only=_O.ORPHANED),
    Move(_D.CORRECT, _P.ENTERPRISE, _S.RETURNED_BY_CITY, _S.RETURNED_BY_CITY, only=_O.IN_TIME),
    Move(_D.ASK_EXTENSION, _P.ENTERPRISE, _S.RETURNED_BY_CITY, _S.RETURNED_BY_CITY, only=_O.IN_TIME),
    Move(_D.RESUBMIT, _P.ENTERPRISE, _S.RETURNED_BY_CITY, _S.RECHECKING, only=_O.IN_TIME),
    Move(_D.OBJECT, _P.ENTERPRISE, _S.CONFIRMED, _S.OBJECTED, only=_O.DISPUTABLE),
    Move(_D.DECIDE, _P.CITY, _S.OBJECTED, _S.CLOSED),
)


# The plant has items to correct.
OUT = frozenset({_S.RETURNED, _S.RETURNED_BY_CITY})
# The city works on the case, or waits for the plant.
_CITY_AT_WORK = frozenset({_S.FORWARDED, _S.RECHECKING, _S.RETURNED_BY_CITY})
_WITH_THE_CITY = _CITY_AT_WORK | {_S.CONFIRMED, _S.OBJECTED, _S.CLOSED}


def bureau_of(state: ReviewState) -> Party:
    """In whose hands a case in that state is, or was last."""
    return Party.CITY if state in _WITH_THE_CITY else Party.DISTRICT


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
    """A submission in review. `due_at` is the first moment at which corrections come too late; `revision` counts
    every change. `is_orphaned`: it was taken, and whoever took it cannot work on it any more.
    """

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
    is_orphaned: bool = False

    def is_overdue(self, now: datetime) -> bool:
        """Whether the time for corrections has passed."""
        return self.is_out and self.due_at is not None and now >= self.due_at

    @property
    def is_out(self) -> bool:
        """Whether the plant is asked to correct items."""
        return self.state in OUT

    @property
    def bureau(self) -> Party:
        """In whose hands the case is, or was last."""
        return bureau_of(self.state)

    @property
    def objection_ends(self) -> datetime | None:
        """The first moment at which an objection comes too late: so many days after the confirmation."""
        return deadline(self.waiting_since, DAYS_TO_OBJECT) if self.state is ReviewState.CONFIRMED else None

    @property
    def due_on(self) -> date | None:
        """The last day for corrections, by Hangzhou's clock."""
        return None if self.due_at is None else local_day(self.due_at - timedelta(seconds=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One step of a case's way through the bureau, with what was said; `revision` is the case's after it.

    `towards` is the name of whoever holds the case from then on, where somebody does.
    """

    revision: int
    deed: Deed
    party: Party
    round: int
    remark: str
    due_at: datetime | None
    by: str
    at: datetime
    towards: str = ""

    @property
    def due_on(self) -> date | None:
        """The last day that the step gave, by Hangzhou's clock."""
        return None if self.due_at is None else local_day(self.due_at - timedelta(seconds=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What was submitted in one round, with its declared result; `points` rounded, `checksum` that of its receipt."""

    round: int
    at: datetime
    by: str
    answers: Answers
    evidence: Mapping[ItemId, Sequence[str]]  # item → ids of its files
    checksum: str
    points: Decimal | None
    grade: str
    is_provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What the enterprise submitted for an earlier year."""

    year: int
    questionnaire: tuple[str, str]
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What the city confirmed: the answers that count, with their result; what both bureaus said in the end."""

    answers: Answers
    points: Decimal | None
    grade: str
    checksum: str
    district_opinion: str
    district_at: datetime | None
    city_opinion: str
    city_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the plant says beside an item that was sent back in that round."""

    item: ItemId
    round: int
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """The plant's one objection to a lowered item; `is_granted` is None until the city has decided.

    `counted` is the answer that counts once it is granted, None for the plant's own.
    """

    item: ItemId
    text: str
    by: str
    at: datetime
    is_granted: bool | None = None
    counted: Answer | None = None
    answer: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """A reviewer's quick phrase."""

    id: str
    text: str


class NotAllowed(PortalError):
    """The case is in a state, or in hands, in which this cannot be done."""

    def __init__(self, deed: Deed, party: Party, found: Case) -> None:
        super().__init__(f"{deed} by {party} in {found.state}")
        self.deed = deed
        self.case = found


class Stale(NotAllowed):
    """Somebody, perhaps the same person elsewhere, has changed the case since the page was opened."""


def move(case: Case, deed: Deed, party: Party, account_id: str = "", *, now: datetime) -> ReviewState:
    """The state after the deed; raises NotAllowed."""
    for line in MOVES:
        is_meant = (line.deed, line.party, line.before) == (deed, party, case.state)
        if is_meant and line.holds(case, account_id, now):
            return line.after
    raise NotAllowed(deed, party, case)


def deeds_of(case: Case, party: Party, account_id: str = "", *, now: datetime) -> frozenset[Deed]:
    """Everything that this person may do now."""
    return frozenset(
        line.deed
        for line in MOVES
        if (line.party, line.before) == (party, case.state) and line.holds(case, account_id, now)
    )


def deadline(now: datetime, days: int) -> datetime:
    """The end, by Hangzhou's clock, of the day that lies so many days ahead."""
    return midnight_after(local_day(now) + timedelta(days=days))


# ── Verdicts together ────────────────────────────────────────────────────────


def verified(answers: Answers, verdicts: Mapping[ItemId, Verdict]) -> Answers:
    """The answers that count after review: a lowered item's is replaced, Missing takes it away."""
    counted = {
        item: verdict.counted
        for item, verdict in verdicts.items()
        if verdict.kind is VerdictKind.LOWERED and verdict.counted is not None
    }
    return _given({**answers, **counted})


def after_objections(answers: Answers, counting: Answers, objections: Iterable[Objection]) -> Answers:
    """The answers that count after the city has decided: a granted item's is the one decided, or the plant's own."""
    granted = {
        one.item: one.counted if one.counted is not None else answers[one.item]
        for one in objections
        if one.is_granted and (one.counted is not None or one.item in answers)
    }
    return _given({**counting, **granted})


def _given(answers: Answers) -> Answers:
    return {item: answer for item, answer in answers.items() if not isinstance(answer, Missing)}


def prevailing(verdicts: Iterable[Verdict]) -> dict[ItemId, Verdict]:
    """The verdict that stands for each item: the newest round's, and within it the city's before the district's."""
    ranked = sorted(verdicts, key=lambda one: (one.round, one.party is Party.CITY))
    return {one.item: one for one in ranked}


def may_see(verdict: Verdict, reader: Party, state: ReviewState) -> bool:
    """Whether a party may see a verdict: what is issued, its own drafts, and a bureau's drafts once it passed them on."""
    if verdict.issued_at is not None or verdict.party is reader:
        return True
    if reader is Party.CITY:
        return state in _WITH_THE_CITY
    return reader is Party.DISTRICT and state not in _CITY_AT_WORK


def standing(verdicts: Iterable[Verdict], reader: Party) -> dict[ItemId, Verdict]:
    """The verdict that counts for each item while this bureau works: a district counts with its own until the end."""
    if reader is Party.DISTRICT:
        verdicts = (one for one in verdicts if one.party is Party.DISTRICT)
    return prevailing(verdicts)
