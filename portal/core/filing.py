"""A self-check as it is kept: its state, its answers with who and when, and what saving it can lead to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from portal.core.answers import Answer, Answers, Missing
from portal.core.enterprise import Enterprise
from portal.core.errors import Problem
from portal.core.questionnaire import Item, ItemId, Questionnaire, Section
from portal.core.review import Case, Confirmed


class AssessmentState(StrEnum):
    """Where a self-check stands; the values are stored."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An answer with its revision (1 for the first), who saved it and when; carried over: still to be confirmed.

    `saved_from` is the tab of the browser that saved it, empty where there was none. `on_behalf` names the
    consulting firm, or the consultant without one, who filled it in (代填).
    """

    answer: Answer
    revision: int
    saved_by: str
    saved_at: datetime
    is_carried_over: bool = False
    saved_from: str = ""
    on_behalf: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAssessment:
    """One self-check with everything a page needs; `number` and `submitted_at` are empty while it is a draft."""

    id: str
    enterprise: Enterprise
    year: int
    questionnaire: Questionnaire
    state: AssessmentState
    answers: Mapping[ItemId, StoredAnswer]
    submitted_at: datetime | None = None
    number: str = ""
    checksum: str = ""
    frozen: Answers = field(default_factory=dict)  # what was submitted last
    case: Case | None = None  # once submitted: where it stands with the bureau
    confirmed: Confirmed | None = None  # once the city has confirmed
    reopened: frozenset[ItemId] = frozenset()  # the items sent back for correction (补正), while they are out
    may_fill: bool = True  # whether whoever looks may fill in; a mandate may allow reading only

    @property
    def is_editable(self) -> bool:
        """Whether it is a draft: every answer may still change."""
        return self.state is AssessmentState.DRAFT

    def may_write(self, item: ItemId) -> bool:
        """Whether this answer may change now."""
        return self.may_fill and (self.is_editable or item in self.reopened)

    @property
    def given(self) -> Answers:
        """The answers alone, without those that say nothing."""
        return {
            item: stored.answer
            for item, stored in self.answers.items()
            if not isinstance(stored.answer, Missing)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentSummary:
    """A line in the list of self-checks; `points` as rounded text, only once submitted."""

    id: str
    enterprise_id: str
    enterprise_name: str
    year: int
    questionnaire_id: str
    questionnaire_version: str
    state: AssessmentState
    created_at: datetime
    saved_at: datetime | None
    answered: int
    submitted_at: datetime | None = None
    number: str = ""
    points: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A new answer for an item. `revision` is the one the person saw: 0 none, None overwrites on purpose.

    `tab` is the tab of the browser in which it was typed: what one tab sends in a row never conflicts with itself.
    """

    item: ItemId
    answer: Answer
    revision: int | None
    tab: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another answer was saved since the person looked; nothing was written.

    By somebody else, or by the same person in another tab or on another device (`is_own`).
    """

    item: ItemId
    theirs: StoredAnswer
    yours: Answer
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A value that is probably a slip of the pen: submission asks for a word that it is right all the same."""

    item: Item
    value: Decimal
    problem: Problem

    @property
    def token(self) -> str:
        """What confirming names: the item and this very value, so that a later value is not confirmed with it."""
        return f"{self.item.id}:{self.value:f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepResult:
    """What became of a save: new revisions, conflicts, problems (not written), warnings (written all the same)."""

    saved: Mapping[ItemId, int]
    conflicts: tuple[Conflict, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    state: AssessmentState
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What stands before submission: `problems` forbid it, `doubts` want a word, the rest is for the person to see."""

    missing: tuple[tuple[Section, Item], ...]
    unconfirmed: tuple[tuple[Section, Item], ...]
    doubts: tuple[Doubt, ...]
    open_gates: tuple[Item, ...]
    problems: tuple[Problem, ...]

    @property
    def may_submit(self) -> bool:
        """Whether submission is possible."""
        return not self.problems
