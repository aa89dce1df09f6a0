"""Lists in pages: which page the address asks for, and the addresses of its neighbours."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """One page of a list; `before` and `after` are addresses, empty at the ends."""

    count: int
    number: int
    last: int
    offset: int
    before: str
    after: str


def paging(count: int, size: int = ON_A_PAGE) -> Paging:
    """The page asked for, of so many; whatever else stands in the address is the first or the last one."""
    last = max(1, -(-count // size))
    number = min(asked_page(), last)
    return Paging(
        count=count,
        number=number,
        last=last,
        offset=(number - 1) * size,
        before=_address(number - 1) if number > 1 else "",
        after=_address(number + 1) if number < last else "",
    )


def asked_page() -> int:
    """The number in the address, at least 1."""
    typed = request.args.get("page", "1")
    return max(int(typed), 1) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _address(page: int) -> str:
    """This page's address with another number; what does not narrow is left out."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page" and value]
    return f"{request.path}?{urlencode([*kept, ('page', page)])}"
