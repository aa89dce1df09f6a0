"""Numbers for the documents that a report cites, in the order in which it first names them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal import words
from portal.core.levels import Verification
from portal.core.questionnaire import Citation, Source, SourceId
from portal.core.technology import Backing


@dataclass(slots=True)
class Citer:
    """Gives every source its number in this report; `cited` keeps the order."""

    sources: Mapping[SourceId, Source]
    cited: list[SourceId] = field(default_factory=list)

    def number(self, source: SourceId) -> int:
        """The number of a source, from 1."""
        if source not in self.cited:
            self.cited.append(source)
        return self.cited.index(source) + 1

    def mark(self, source: SourceId) -> str:
        """［3］."""
        return f"［{self.number(source)}］"

    def place(self, citation: Citation) -> str:
        """GB 16780—2021 表 2［3］; a document without a number by its short title: 《规划》专栏4-1［6］."""
        return self.places((citation,))

    def places(self, citations: Iterable[Citation]) -> str:
        """Several places; those in one document share its name and number: 《规划》专栏4-1、专栏8-5［6］."""
        grouped: dict[SourceId, list[str]] = {}
        for citation in citations:
            grouped.setdefault(citation.source, []).append(citation.place)
        return "；".join(
            self._named(source, "、".join(dict.fromkeys(place for place in places if place)))
            for source, places in grouped.items()
        )

    def short(self, source: SourceId, place: str, verification: Verification) -> str:
        """The same with how far the figure was verified, where that is less than the original."""
        return self.place(Citation(source=source, place=place)) + doubt(verification)

    def backing(self, backing: Backing) -> str:
        """Who says a figure of a technology card: number, year, vendor and verification."""
        marks = [backing.year and f"{backing.year}年", "供应商口径" if backing.is_vendor else ""]
        if backing.verification is Verification.UNVERIFIED:
            marks.append(words.label(backing.verification))
        said = "，".join(mark for mark in marks if mark)
        return self.mark(backing.source) + (f"（{said}）" if said else "")

    def _named(self, id: SourceId, place: str) -> str:
        source = self.sources[id]
        name = f"{source.number} " if source.number else book(source.short or source.title)
        return f"{name}{place}".strip() + self.mark(id)


def book(title: str) -> str:
    """A title in its marks, where it does not carry any itself."""
    return title if title.startswith("《") else f"《{title}》"


def doubt(verification: Verification) -> str:
    """What is written behind a figure that was not read in the original."""
    return "" if verification is Verification.ORIGINAL else f"（{words.label(verification)}）"
