"""The bureau's papers: 补正通知书 and 审核意见表, worded once for print and for Word."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from jinja2 import DebugUndefined
from jinja2.sandbox import SandboxedEnvironment

from portal.report.html import Paper
from portal.report.verified import LoweredLine, Side

NOTICE, OPINION = "notice", "opinion"
TITLES: Mapping[str, str] = {NOTICE: "补正通知书", OPINION: "审核意见表"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Whose submission a paper is about."""

    enterprise: str
    uscc: str
    district: str
    sector: str
    year: str
    number: str
    round: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One item sent back: what was filled in, and what the bureau asks for."""

    n: str
    section: str
    title: str
    declared: str
    reason: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """补正通知书 of one round. `extended` is the later deadline, where there is one."""

    head: Head
    items: tuple[NoticeLine, ...]
    remark: str
    due: str
    extended: str
    bureau: str
    issued: str
    issued_on: date

    @property
    def kind(self) -> str:
        """Which template it takes."""
        return NOTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """审核意见表: both results side by side, what was lowered, what both bureaus said.

    `answer_day` is empty while no objections were answered, and `answer_opinion` when nothing was said to them together.
    """

    head: Head
    sides: tuple[Side, ...]
    lowered: tuple[LoweredLine, ...]
    district_opinion: str
    district_day: str
    city_opinion: str
    city_day: str
    answer_opinion: str
    answer_day: str
    note: str
    checksum: str
    issued: str
    issued_on: date

    @property
    def kind(self) -> str:
        """Which template it takes."""
        return OPINION


def values(paper: Notice | Opinion) -> dict[str, Any]:
    """What a template may name: the head's fields stand beside the others."""
    told: dict[str, Any] = {one.name: getattr(paper, one.name) for one in fields(paper) if one.name != "head"}
    del told["issued_on"]
    if isinstance(paper, Opinion):
        told["lowered"] = [
            {one.name: getattr(line, one.name) for one in fields(line) if one.name != "item"}
            for line in paper.lowered
        ]
        told["sides"] = [asdict(side) for side in paper.sides]
    else:
        told["items"] = [asdict(line) for line in paper.items]
    return asdict(paper.head) | told | {"title": TITLES[paper.kind], "count": str(_count(paper))}


def _count(paper: Notice | Opinion) -> int:
    return len(paper.items) if isinstance(paper, Notice) else len(paper.lowered)


def key(paper: Notice | Opinion) -> str:
    """A hash of everything that the paper says."""
    text = json.dumps(values(paper), ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def printed(paper: Notice | Opinion) -> Paper:
    """The paper for the printing queue."""
    return Paper(
        template=f"{paper.kind}.html",
        values={"paper": values(paper)},
        made_on=paper.issued_on,
        identifier=key(paper).encode("ascii"),
    )


def word(paper: Notice | Opinion, folders: Sequence[Path]) -> bytes:
    """The paper as a Word file, from the first folder that has its template: a bureau's own before the portal's.

    A name that the template knows and the paper does not stays visible in the text, for the bureau to mend.
    """
    # Not at the start of a web process, which seldom needs it.
    from docxtpl import DocxTemplate

    template = next(path for folder in folders for path in (folder / f"{paper.kind}.docx",) if path.is_file())
    document = DocxTemplate(template)
    # A template comes from the bureau, not from this code: it fills in words and can do nothing else.
    environment = SandboxedEnvironment(autoescape=True, undefined=DebugUndefined)
    document.render(_listed(values(paper)), environment, autoescape=True)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _listed(value: Any) -> Any:
    """Texts with several lines keep their line ends in Word."""
    from docxtpl import Listing

    if isinstance(value, dict):
        return {name: _listed(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(one) for one in value]
    return Listing(value) if isinstance(value, str) and "\n" in value else value
