"""Whom a campaign wants to hear, how far each enterprise is, and the reading of a list of invitees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from portal.core.enterprise import DISTRICTS, check_uscc, is_mail, is_mobile
from portal.core.errors import Problem
from portal.core.plain_text import cleaned, code_form, is_printable

MOST_INVITEES = 20_000


class Stage(StrEnum):
    """How far an enterprise is with the year's self-check, in this order; the values stand in addresses."""

    UNREGISTERED = "unregistered"
    NOT_BEGUN = "not_begun"
    DRAFT = "draft"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """An enterprise that the campaign wants to hear from, by its code; mail and mobile may be empty."""

    uscc: str
    name: str
    district: str
    sector: str
    mail: str
    mobile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """An invited or registered enterprise and how far it is; `enterprise_id` is empty before registration."""

    uscc: str
    name: str
    district: str
    sector: str
    stage: Stage
    enterprise_id: str
    assessment_id: str  # empty before the year's self-check was begun
    is_invited: bool
    mail: str
    mobile: str
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which participants are looked for; empty fields do not narrow. No stage: all of them."""

    district: str = ""
    sector: str = ""
    stages: tuple[Stage, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of what was sent: its text and its address (B3), for messages."""

    text: str
    address: str


INVITEE_FIELDS = ("uscc", "name", "district", "sector", "mail", "mobile")
_NEEDED = ("uscc", "name", "district", "sector")


def read_invitees(
    rows: Sequence[Sequence[Cell]],
    headings: Mapping[str, str],
    districts: Mapping[str, str],
    sectors: Mapping[str, str],
) -> tuple[tuple[Invitee, ...], tuple[Problem, ...]]:
    """The enterprises of a table whose first row names the columns; places are addresses of cells.

    `headings`, `districts` and `sectors` map what people write to field, code and questionnaire.
    """
    table = [row for row in rows if any(cell.text.strip() for cell in row)]
    if not table:
        return (), (Problem(place="table", code="table_empty"),)
    columns = {headings.get(code_form(cell.text).lower(), ""): place for place, cell in enumerate(table[0])}
    lacking = [field for field in _NEEDED if field not in columns]
    if lacking:
        return (), tuple(Problem(place=field, code="column_missing") for field in lacking)
    if len(table) > MOST_INVITEES + 1:
        return (), (Problem(place="table", code="table_too_long", details=(str(MOST_INVITEES),)),)
    invitees: dict[str, Invitee] = {}
    problems: list[Problem] = []
    for row in table[1:]:
        cells = {field: row[columns[field]] for field in columns if field and columns[field] < len(row)}
        one, wrong = _invitee(row[0], cells, districts, sectors)
        if not wrong and one.uscc in invitees:
            wrong = (Problem(place=cells["uscc"].address, code="uscc_twice", details=(one.uscc,)),)
        invitees.setdefault(one.uscc, one)
        problems += wrong
    if len(table) == 1:
        problems.append(Problem(place="table", code="table_empty"))
    return ((), tuple(problems)) if problems else (tuple(invitees.values()), ())


def _invitee(
    first: Cell, cells: Mapping[str, Cell], districts: Mapping[str, str], sectors: Mapping[str, str]
) -> tuple[Invitee, tuple[Problem, ...]]:
    text = {field: code_form(cells[field].text) if field in cells else "" for field in INVITEE_FIELDS}
    text["uscc"] = text["uscc"].upper()
    text["mail"] = text["mail"].lower()
    text["name"] = cleaned(cells["name"].text) if "name" in cells else ""
    district = districts.get(text["district"], text["district"])
    sector = sectors.get(text["sector"], text["sector"])
    wrong: list[tuple[str, Problem]] = [("uscc", problem) for problem in check_uscc(text["uscc"])]
    wrong += [(f, Problem(place="", code="required")) for f in _NEEDED[1:] if not text[f]]
    if len(text["name"]) > 100:
        wrong.append(("name", Problem(place="", code="too_long", details=("100",))))
    if not is_printable(text["name"]):
        wrong.append(("name", Problem(place="", code="unprintable")))
    if text["district"] and district not in DISTRICTS:
        wrong.append(("district", Problem(place="", code="district_unread")))
    if text["sector"] and sector not in set(sectors.values()):
        wrong.append(("sector", Problem(place="", code="sector_unread")))
    if text["mail"] and not (is_mail(text["mail"]) and is_printable(text["mail"])):
        wrong.append(("mail", Problem(place="", code="mail_form")))
    if text["mobile"] and not is_mobile(text["mobile"]):
        wrong.append(("mobile", Problem(place="", code="mobile_form")))
    one = Invitee(
        uscc=text["uscc"],
        name=text["name"],
        district=district,
        sector=sector,
        mail=text["mail"],
        mobile=text["mobile"],
    )
    return one, tuple(replace(problem, place=cells.get(f, first).address) for f, problem in wrong)
