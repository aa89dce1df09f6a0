"""申报包 (the application package): the frame that an application follows, and how evidence is put in its order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from portal.core.errors import PortalError
from portal.core.evidence import Evidence, Links
from portal.core.levels import Verification
from portal.core.questionnaire import Item, ItemId, Questionnaire, Section, SourceId

LARGEST = 500 * 1024 * 1024  # bytes of evidence in one package
MOST_PAGES = 3000  # pages of PDF in one package


class UnknownFrame(PortalError):
    """No frame with that id."""


class Holds(StrEnum):
    """What a chapter of a frame is made of."""

    INFORMATION = "information"  # 基本信息表
    PLEDGE = "pledge"
    PLANT = "plant"
    GROUPS = "groups"  # what was answered on some of the first-level indicators
    PLAN = "plan"
    TABLE = "table"  # every indicator with its evidence
    EVIDENCE = "evidence"


class Known(StrEnum):
    """What the portal knows of an enterprise that an application's form asks."""

    NAME = "name"
    USCC = "uscc"
    SECTOR = "sector"
    PLACE = "place"
    ADDRESS = "address"
    SCALE = "scale"
    PRODUCTS = "products"
    CONTACT_NAME = "contact_name"
    CONTACT_PHONE = "contact_phone"
    CONTACT_MAIL = "contact_mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A field of the form; without `known` the enterprise writes it by hand."""

    title: str
    known: Known | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A first-level indicator, and what of the questionnaires belongs to it: whole sections, and single items.

    An item that is named alone is not where its section is.
    """

    id: str
    title: str
    sections: tuple[str, ...] = ()
    items: tuple[ItemId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformLine:
    """A line of the ministry's platform: what it asks, and the proofs that it wants.

    `takes` are the items, or the computed indicators of the axes, that answer it; without any the portal does not know.
    """

    number: str
    first: str
    second: str
    title: str
    unit: str = ""
    takes: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What is typed into the ministry's platform, line by line."""

    source: SourceId
    place: str = ""
    verification: Verification
    note: str
    lines: tuple[PlatformLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FramePart:
    """A heading in the official order; `unknown` is what belongs there and the portal does not ask."""

    id: str
    number: str = ""
    title: str
    holds: Holds
    groups: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameChapter(FramePart):
    """A chapter with the headings inside it."""

    parts: tuple[FramePart, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The order and the headings of an application; `since` is the first year for which it is proposed.

    `left_out` are sections that only serve the portal's own sums and go into no application.
    """

    id: str
    title: str
    form: str  # what the paper calls itself
    since: str
    source: SourceId
    place: str = ""
    verification: Verification
    note: str
    cover: tuple[Blank, ...]
    fields: tuple[Blank, ...]
    pledge: str
    groups: tuple[Group, ...]
    chapters: tuple[FrameChapter, ...]
    left_out: tuple[str, ...] = ()
    platform: Platform | None = None

    @cached_property
    def _by_item(self) -> Mapping[str, Group]:
        return {item: group for group in self.groups for item in group.items}

    @cached_property
    def _by_section(self) -> Mapping[str, Group]:
        return {section: group for group in self.groups for section in group.sections}

    def group_of(self, section: Section, item: Item) -> Group | None:
        """The group of an item; None for what is left out, or stands nowhere."""
        return self._by_item.get(item.id) or self._by_section.get(section.id)

    def headings(self) -> Iterator[FramePart]:
        """Every chapter, each followed by what is inside it."""
        for chapter in self.chapters:
            yield chapter
            yield from chapter.parts


def frame_for(frames: Iterable[Frame], year: int) -> Frame:
    """The frame proposed for a year: the newest that is meant for it. Raises UnknownFrame."""
    fit = [one for one in frames if int(one.since) <= year]
    if not fit:
        raise UnknownFrame(str(year))
    return max(fit, key=lambda one: one.since)


def unplaced(frame: Frame, questionnaire: Questionnaire) -> tuple[Item, ...]:
    """The items for which the frame has no place."""
    return tuple(
        item
        for section in questionnaire.sections
        if section.id not in frame.left_out
        for item in section.items
        if frame.group_of(section, item) is None
    )


def placed(frame: Frame, questionnaire: Questionnaire) -> dict[str, tuple[Item, ...]]:
    """Group → its items, groups in the frame's order, items in the questionnaire's."""
    found: dict[str, list[Item]] = {group.id: [] for group in frame.groups}
    for section in questionnaire.sections:
        if section.id in frame.left_out:
            continue
        for item in section.items:
            if (group := frame.group_of(section, item)) is not None:
                found[group.id].append(item)
    return {id: tuple(items) for id, items in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One file of the evidence, and the items that it proves, in the frame's order."""

    evidence: Evidence
    items: tuple[Item, ...]


def exhibits(frame: Frame, questionnaire: Questionnaire, links: Links) -> tuple[Exhibit, ...]:
    """Every file once, in the order in which the frame first comes to it; files of items left out come last."""
    in_order = [item for items in placed(frame, questionnaire).values() for item in items]
    ids = {item.id for item in in_order}
    in_order += [item for item in questionnaire.items.values() if item.id not in ids]
    files: dict[str, Evidence] = {}
    proves: dict[str, list[Item]] = {}
    for item in in_order:
        for one in links.get(item.id, ()):
            files.setdefault(one.id, one)
            proves.setdefault(one.id, []).append(item)
    return tuple(Exhibit(evidence=files[id], items=tuple(items)) for id, items in proves.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much evidence a package would hold: files, their bytes, and pages as far as they are known."""

    files: int
    size: int
    pages: int

    @property
    def is_too_much(self) -> bool:
        """Whether it is more than one package takes."""
        return self.size > LARGEST or self.pages > MOST_PAGES


def load(found: Iterable[Exhibit]) -> Load:
    """The sum over the exhibits."""
    files = [one.evidence for one in found]
    return Load(
        files=len(files),
        size=sum(one.size for one in files),
        pages=sum(one.pages or 1 for one in files),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """An exhibit in the bound volume: its number (附件), its first page and how many it has."""

    exhibit: Exhibit
    number: int
    first: int
    pages: int
    original: str = ""  # the office file beside the volume, of which the portal made the pages

    @property
    def last(self) -> int:
        """Its last page."""
        return self.first + self.pages - 1


class Refusal(StrEnum):
    """Why a file is not bound in."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An exhibit that could not be bound in."""

    exhibit: Exhibit
    why: Refusal


@dataclass(frozen=True, kw_only=True)
class Volume:
    """What became of the evidence."""

    bound: tuple[Bound, ...] = ()
    left: tuple[Left, ...] = ()
    pages: int = 0
    front: int = 0  # pages before the first exhibit
    lacking: int = 0  # the page on which the list of what lacks begins

    @cached_property
    def _proving(self) -> Mapping[ItemId, tuple[Bound, ...]]:
        found: dict[ItemId, list[Bound]] = {}
        for one in self.bound:
            for item in one.exhibit.items:
                found.setdefault(item.id, []).append(one)
        return {item: tuple(some) for item, some in found.items()}

    def proving(self, item: ItemId) -> tuple[Bound, ...]:
        """The exhibits of an item, in the order of their numbers."""
        return self._proving.get(item, ())
