"""委托授权: what an enterprise lets a consultant do for it, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a mandate allows; filling in and printing include reading. The values are stored."""

    READ = "read"
    FILL = "fill"
    PRINT = "print"


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """A consulting firm as its reports name it."""

    id: str
    name: str
    uscc: str
    address: str
    phone: str
    signatory: str
    cover_note: str
    has_logo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """One mandate, to a person or to a firm's people; both days belong to it, by Hangzhou's clock."""

    id: str
    enterprise_id: str
    enterprise_name: str
    account_id: str
    firm_id: str
    holder: str  # the person's or the firm's name
    scopes: frozenset[Scope]
    starts_on: date
    ends_on: date
    granted_by: str
    granted_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str = ""

    def is_in_force(self, today: date) -> bool:
        """Whether it allows anything on that day."""
        return self.revoked_at is None and self.starts_on <= today <= self.ends_on


def widened(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """The scopes with what they include."""
    found = frozenset(scopes)
    return found | {Scope.READ} if found else found
