"""Printing as people see it: the state of a report, and what the public may learn from its number."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobState(StrEnum):
    """Where a report stands in the queue; the values are stored."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobKind(StrEnum):
    """What is to be printed; the values are stored."""

    REPORT = "report"
    NOTICE = "notice"  # 补正通知书
    OPINION = "opinion"  # 审核意见表
    WHITE_PAPER = "white_paper"
    PACKAGE = "package"  # 申报包
    BLANK = "blank"  # the questionnaire to fill in by hand

    @property
    def suffix(self) -> str:
        """How the name of its file ends."""
        return ".zip" if self is JobKind.PACKAGE else ".pdf"


class Content(StrEnum):
    """What a report tells; the values are stored as its `subject`."""

    DRAFT = ""
    SUBMITTED = "submitted"  # what was submitted and nothing besides: the bureau may have it
    PRIVATE = "private"  # with the enterprise's own plan, or under a firm's cover


class BatchState(StrEnum):
    """Where a batch of reports stands; the values are stored."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class ItemState(StrEnum):
    """Where one report of a batch stands; the values are stored."""

    WAITING = "waiting"
    PRINTED = "printed"
    FAILED = "failed"
    REFUSED = "refused"  # whoever asked may not print it any more
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportState:
    """A paper on its way. `progress` is 0–100, `step` words for it; `error` says why it failed.

    A paper that is not about one self-check has no `assessment_id`; `subject` says what it is about.
    """

    id: str
    kind: JobKind
    subject: str
    assessment_id: str
    state: JobState
    progress: int
    step: str
    error: str
    file: str
    asked_at: datetime
    finished_at: datetime | None = None
    is_signed: bool = False
    revoked_at: datetime | None = None
    revoked_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A paper that a worker has claimed until `lease_until`; `asked_by` is the id of an account."""

    id: str
    kind: JobKind
    subject: str
    assessment_id: str
    attempt: int
    asked_by: str
    asked_at: datetime
    lease_until: datetime
    firm_id: str = ""  # whose cover it bears


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A printed report or package that is no longer valid; everybody may read why."""

    kind: JobKind
    printed_at: datetime
    revoked_at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRecord:
    """What anybody may know about a submitted self-check.

    `sha256` is the checksum of the score receipt, as it is printed on the report; `is_valid` says that the kept
    receipt still has it.
    """

    number: str
    enterprise_name: str
    year: int
    submitted_at: datetime
    points: str
    grade: str
    is_provisional: bool
    is_valid: bool
    sha256: str
    round: int = 1
    verified: str = ""  # points, once the city has confirmed
    confirmed_at: datetime | None = None
    is_objected: bool = False
    revoked: tuple[Revocation, ...] = ()
