"""委托授权: what an enterprise lets a consultant do for it, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.core.errors import Problem
from portal.core.evidence import day_of

LONGEST_YEARS = 2


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


# ── Granting ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A person or a firm that can be given a mandate; one of the two ids is empty."""

    account_id: str
    firm_id: str
    name: str
    firm: str = ""  # the firm a person works for
    uscc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be granted, as it was typed: `holder` is a mail address or an invitation code."""

    holder: str
    scopes: tuple[str, ...]
    starts_on: str
    ends_on: str


def check_wish(wish: Wish, today: date) -> tuple[Problem, ...]:
    """All that stands against scopes and term; who the holder is cannot be told from the wish alone."""
    problems: list[Problem] = []
    if not wish.holder.strip():
        problems.append(Problem(place="holder", code="required"))
    if not wish.scopes:
        problems.append(Problem(place="scopes", code="scopes_missing"))
    elif not set(wish.scopes) <= set(Scope):
        problems.append(Problem(place="scopes", code="not_an_option"))
    first, last = day_of(wish.starts_on), day_of(wish.ends_on)
    problems += [
        Problem(place=place, code="day_form")
        for place, day in (("starts_on", first), ("ends_on", last))
        if day is None
    ]
    if first is not None and last is not None:
        if last < max(first, today):
            problems.append(Problem(place="ends_on", code="mandate_ended"))
        elif last > latest_end(first):
            problems.append(Problem(place="ends_on", code="mandate_too_long", details=(str(LONGEST_YEARS),)))
    return tuple(problems)


def latest_end(first: date) -> date:
    """The last day of the longest term that begins on that day."""
    year = first.year + LONGEST_YEARS
    # A term from 29 February ends with February.
    if (first.month, first.day) == (2, 29):
        return first.replace(year=year, day=28)
    return first.replace(year=year) - timedelta(days=1)


def described(scopes: Iterable[Scope]) -> str:
    """Scopes as they are stored: in the order of the list, set apart by blanks."""
    given = set(scopes)
    return " ".join(scope.value for scope in Scope if scope in given)
