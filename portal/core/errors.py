"""What can go wrong: PortalError for what a caller must not ignore, Problem for what a person can mend."""

from dataclasses import dataclass


class PortalError(Exception):
    """The root of every exception this product raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing a person can mend, with the place where to mend it.

    `code` names the rule that was broken and `details` the figures for its sentence; the sentence itself
    is chosen where people read it (`web/words.py`, the catalog's own messages), never here.
    """

    place: str
    code: str
    details: tuple[str, ...] = ()
