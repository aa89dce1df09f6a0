"""Evidence (佐证): a plant's papers and photographs, what each proves, and until when it does."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.answers import MISSING, Practised
from portal.core.assessment import Assessment, Standing
from portal.core.data_check import Finding
from portal.core.errors import Problem
from portal.core.plain_text import cleaned, is_printable
from portal.core.questionnaire import (
    DataCheck,
    Extent,
    Item,
    ItemId,
    OfTheYear,
    Questionnaire,
    Requirement,
    Section,
    Trait,
)

LONGEST_TITLE = 120
LONGEST_NAME = 255
EARLIEST, LATEST = date(1980, 1, 1), date(2100, 12, 31)


class EvidenceKind(StrEnum):
    """What sort of paper it is; the values are stored, the words stand in `words.EVIDENCE_KINDS`."""

    LICENCE = "licence"
    CERTIFICATE = "certificate"
    TEST_REPORT = "test_report"
    LEDGER = "ledger"
    INVOICE = "invoice"
    CONTRACT = "contract"
    RULES = "rules"
    PHOTO = "photo"
    DRAWING = "drawing"
    OTHER = "other"


# These tell of the year itself; a licence or a contract may be older and still hold.
OF_THE_YEAR = frozenset({EvidenceKind.TEST_REPORT, EvidenceKind.LEDGER, EvidenceKind.INVOICE})


class MediaType(StrEnum):
    """What the content was found to be; nothing else is taken in."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    DOCX = "docx"
    XLSX = "xlsx"


SUFFIXES: Mapping[MediaType, tuple[str, ...]] = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
    MediaType.DOCX: (".docx",),
    MediaType.XLSX: (".xlsx",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file of an enterprise's library. `issued_on` is the paper's own date, `valid_until` its last day."""

    id: str
    enterprise_id: str
    kind: EvidenceKind
    title: str
    original_name: str
    media_type: MediaType
    size: int
    pages: int | None
    sha256: str
    has_thumbnail: bool
    issued_on: date | None
    valid_until: date | None
    uploaded_by: str
    uploaded_at: datetime
    is_removed: bool = False

    def is_expired(self, on: date) -> bool:
        """Whether it no longer proves anything on that day."""
        return self.valid_until is not None and self.valid_until < on

    def is_out_of_period(self, year: int) -> bool:
        """Whether it tells of another year: only for kinds that tell of a year, and only with a date."""
        return self.kind in OF_THE_YEAR and self.issued_on is not None and self.issued_on.year != year

    @property
    def file_name(self) -> str:
        """The name for saving: the original one, with an ending that tells what the content is."""
        suffixes = SUFFIXES[self.media_type]
        is_right = self.original_name.lower().endswith(suffixes)
        return self.original_name if is_right else self.original_name + suffixes[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What the manager says about a file, as typed: dates as text."""

    title: str
    kind: str
    issued_on: str = ""
    valid_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The same, checked."""

    title: str
    kind: EvidenceKind
    issued_on: date | None
    valid_until: date | None


def checked(typed: Particulars) -> tuple[Label | None, tuple[Problem, ...]]:
    """What was typed as it is kept, or everything that stands against it."""
    problems: list[Problem] = []
    title = cleaned(typed.title)
    if not title:
        problems.append(Problem(place="title", code="required"))
    elif len(title) > LONGEST_TITLE:
        problems.append(Problem(place="title", code="too_long", details=(str(LONGEST_TITLE),)))
    elif not is_printable(title):
        problems.append(Problem(place="title", code="unprintable"))
    if typed.kind not in set(EvidenceKind):
        problems.append(Problem(place="kind", code="not_an_option"))
    days: dict[str, date | None] = {}
    for place, text in (("issued_on", typed.issued_on), ("valid_until", typed.valid_until)):
        days[place] = day_of(text)
        if text.strip() and days[place] is None:
            problems.append(Problem(place=place, code="day_form"))
    issued, until = days["issued_on"], days["valid_until"]
    if issued and until and until < issued:
        problems.append(Problem(place="valid_until", code="valid_before_issued"))
    if problems:
        return None, tuple(problems)
    return Label(title=title, kind=EvidenceKind(typed.kind), issued_on=issued, valid_until=until), ()


_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")


def day_of(text: str) -> date | None:
    """The day that was typed: 2026-11-22, 2026/11/22, 2026.11.22, 20261122 or with the Chinese signs."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        one = date(year, month, day)
    except ValueError:
        return None
    return one if EARLIEST <= one <= LATEST else None


def title_of(name: str) -> str:
    """A title from a file's name: without folder and ending."""
    stem = cleaned(name.replace("\\", "/").rsplit("/", 1)[-1])
    return (stem.rpartition(".")[0] or stem)[:LONGEST_TITLE].strip()


def kept_name(name: str) -> str:
    """The file's name as text, whatever the browser sent: no folder, no control signs, not too long, never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign for sign in last if is_printable(sign)).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > LONGEST_NAME:
        plain = stem[: LONGEST_NAME - len(ending) - 1] + dot + ending if dot else plain
    return plain[-LONGEST_NAME:] or "file"


# ── The library ──────────────────────────────────────────────────────────────


class Shelf(StrEnum):
    """Which part of the library is looked at."""

    ALL = ""
    EXPIRED = "expired"
    UNUSED = "unused"


class Order(StrEnum):
    """How the library is sorted."""

    NEWEST = "newest"
    TITLE = "title"
    VALID = "valid"
    LARGEST = "largest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for in the library."""

    text: str = ""
    kind: EvidenceKind | None = None
    shelf: Shelf = Shelf.ALL
    order: Order = Order.NEWEST
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One item of one self-check that a file supports."""

    assessment_id: str
    year: int
    item: ItemId


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of the library, and how much of the quota is used."""

    found: tuple[Evidence, ...]
    uses: Mapping[str, tuple[Use, ...]]
    total: int
    page: int
    pages: int
    used: int
    quota: int


# ── What proves an item ──────────────────────────────────────────────────────

Links = Mapping[ItemId, tuple[Evidence, ...]]


def last_day_needed(year: int, today: date, *, is_draft: bool) -> date:
    """The day on which evidence must still be valid: the year's last, and while it is a draft also today."""
    end = date(year, 12, 31)
    return max(end, today) if is_draft else end


def takes_evidence(item: Item) -> bool:
    """Whether files can be put beside the item: a plant's features need no proof."""
    return not isinstance(item, Trait)


def items_to_prove(assessment: Assessment) -> tuple[Item, ...]:
    """The items that claim something and for which the questionnaire names evidence."""
    counted = {result.item.id for result in assessment.items if result.standing is Standing.COUNTED}
    return tuple(
        item
        for item in assessment.questionnaire.items.values()
        if item.evidence
        and (isinstance(item, Requirement) or item.id in counted)
        and not _claims_nothing(assessment, item)
    )


def _claims_nothing(assessment: Assessment, item: Item) -> bool:
    answer = assessment.answers.get(item.id, MISSING)
    return isinstance(answer, Practised) and answer.extent in (Extent.PLANNED, Extent.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """An item without valid evidence: nothing there, or only what has expired."""

    section: Section
    item: Item
    expired: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """How many of a section's items that claim something have valid evidence."""

    section: Section
    proved: int
    wanted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What of a self-check is proved, per section, and what lacks."""

    sections: tuple[Proved, ...]
    lacks: tuple[Lack, ...]

    @property
    def proved(self) -> int:
        """Items with valid evidence."""
        return sum(one.proved for one in self.sections)

    @property
    def wanted(self) -> int:
        """Items that claim something."""
        return sum(one.wanted for one in self.sections)


def coverage(assessment: Assessment, links: Links, day: date) -> Coverage:
    """Count items with evidence that is valid on `day`; expired evidence counts as missing."""
    wanted = {item.id for item in items_to_prove(assessment)}
    sections, lacks = [], []
    for section in assessment.questionnaire.sections:
        mine = [item for item in section.items if item.id in wanted]
        if not mine:
            continue
        bare = [item for item in mine if is_bare(links.get(item.id, ()), day)]
        lacks += [Lack(section=section, item=item, expired=links.get(item.id, ())) for item in bare]
        sections.append(Proved(section=section, proved=len(mine) - len(bare), wanted=len(mine)))
    return Coverage(sections=tuple(sections), lacks=tuple(lacks))


def is_bare(files: Iterable[Evidence], day: date) -> bool:
    """Whether nothing proves it: there is no file, or none that is still valid on `day`."""
    return all(one.is_expired(day) for one in files)


PERIOD_CHECK = "evidence_period"


def out_of_period(
    questionnaire: Questionnaire, links: Links, year: int, title: str, look_at: str
) -> Finding | None:
    """The finding of the data check that evidence tells of another year; `title` and `look_at` are its words."""
    pairs = [
        (item, one)
        for item in questionnaire.items
        for one in links.get(item, ())
        if one.is_out_of_period(year)
    ]
    if not pairs:
        return None
    # One file beside several items is named once.
    found = {one.id: (one.title, one.issued_on) for _, one in pairs if one.issued_on is not None}
    rule = OfTheYear(year=year, found=tuple(found.values()))
    check = DataCheck(id=PERIOD_CHECK, title=title, look_at=look_at, rule=rule)
    return Finding(check=check, fields=tuple(dict.fromkeys(item for item, _ in pairs)), figures=())


def linked(
    ids: Mapping[ItemId, Sequence[str]], there: Mapping[str, Evidence]
) -> dict[ItemId, tuple[Evidence, ...]]:
    """Items with their files, from ids; a file that is not there any more is left out."""
    return {item: tuple(there[id] for id in some if id in there) for item, some in ids.items()}
