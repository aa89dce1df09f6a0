"""A self-check as it is kept: its state, its answers with who and when, and what saving it can lead to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.core.answers import Answer, Answers, Missing
from portal.core.enterprise import Enterprise
from portal.core.errors import Problem
from portal.core.questionnaire import Item, ItemId, Questionnaire, Section


class AssessmentState(StrEnum):
    """Where a self-check stands; the values are stored."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An answer with its revision (1 for the first), who saved it and when; carried over: still to be confirmed."""

    answer: Answer
    revision: int
    saved_by: str
    saved_at: datetime
    is_carried_over: bool = False


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

    @property
    def is_editable(self) -> bool:
        """Whether answers may still change."""
        return self.state is AssessmentState.DRAFT

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
    """A new answer for an item. `revision` is the one the person saw: 0 none, None overwrites on purpose."""

    item: ItemId
    answer: Answer
    revision: int | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else saved another answer since the person looked; nothing was written."""

    item: ItemId
    theirs: StoredAnswer
    yours: Answer


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
    """What stands before submission: only `problems` forbid it, the rest is shown for the person to decide."""

    missing: tuple[tuple[Section, Item], ...]
    unconfirmed: tuple[tuple[Section, Item], ...]
    warnings: tuple[Problem, ...]
    open_gates: tuple[Item, ...]
    problems: tuple[Problem, ...]

    @property
    def may_submit(self) -> bool:
        """Whether submission is possible."""
        return not self.problems
