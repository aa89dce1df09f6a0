"""What the client desk's address, or a form that repeats it, asks for."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from portal.core.clients import NO_GRADE, Asked, Gates, Order, Stage, Step
from portal.core.levels import Grade

_Kind = TypeVar("_Kind", bound=StrEnum)
_GRADES = {NO_GRADE, *(one.value for one in Grade)}


def year_of(text: str) -> int | None:
    """A year of four digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


def asked_of(given: Mapping[str, str], this_year: int) -> Asked:
    """The filters; whatever is not understood is left out."""
    grade = given.get("grade", "")
    return Asked(
        year=year_of(given.get("year", "")) or this_year,
        words=_clean(given.get("words", ""), 100),
        stage=_one_of(Stage, given.get("stage", "")),
        sector=_clean(given.get("sector", ""), 40),
        order=_one_of(Order, given.get("sort", "")) or Order.NAME,
        gates=_one_of(Gates, given.get("gates", "")),
        grade=grade if grade in _GRADES else "",
        step=_one_of(Step, given.get("step", "")),
        gap=_clean(given.get("gap", ""), 80),
        has_lacks=bool(given.get("lacks")),
    )


def fields_of(asked: Asked) -> dict[str, str]:
    """The same as fields of a form or an address, without the empty ones."""
    fields = {
        "year": str(asked.year),
        "words": asked.words,
        "stage": asked.stage or "",
        "sector": asked.sector,
        "gates": asked.gates or "",
        "grade": asked.grade,
        "step": asked.step or "",
        "gap": asked.gap,
        "lacks": "1" if asked.has_lacks else "",
        "sort": asked.order,
    }
    return {name: value for name, value in fields.items() if value}


def address(asked: Asked, *, path: str = "/clients", **changed: str) -> str:
    """The desk's address with the filters, some of them changed; an empty one is left out."""
    fields = fields_of(asked) | changed
    return f"{path}?{urlencode([(name, value) for name, value in fields.items() if value])}"


def _clean(text: str, longest: int) -> str:
    return text.replace("\0", "").strip()[:longest]


def _one_of(kind: type[_Kind], text: str) -> _Kind | None:
    return kind(text) if text in set(kind) else None
