"""What the city's plan wants to have reached by when, counted in enterprises."""

from dataclasses import dataclass
from decimal import Decimal

from portal.core.levels import Verification
from portal.core.questionnaire import SourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """So many enterprises in that year; `is_start` marks where the plan began instead of where it wants to be."""

    title: str
    year: str
    count: Decimal
    source: SourceId
    place: str
    verification: Verification
    is_start: bool = False
    note: str = ""
