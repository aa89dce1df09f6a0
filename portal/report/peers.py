"""Where the enterprise stands among those of its sector, worded the same for the result page and the report."""

from dataclasses import dataclass

from portal import words
from portal.core.assessment import Assessment, Standing
from portal.core.panels import Peers

MOST_LINES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerLine:
    """An item that the enterprise has not whole, and how many of its sector have."""

    title: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPart:
    """The enterprise among its peers; `band` is empty where the bands would have too few enterprises."""

    count: str
    as_of: str
    band: str
    lines: tuple[PeerLine, ...]


def band(ends: tuple[int, int]) -> str:
    """前 10%, 前 10%–25%, 后 50%."""
    best, worst = ends
    if worst == 100:
        return f"后 {100 - best}%"
    return f"前 {best}%–{worst}%" if best else f"前 {worst}%"


def part(assessment: Assessment, peers: Peers | None) -> PeerPart | None:
    """The band, and what most others have in place and this enterprise has not, the commonest first."""
    if peers is None:
        return None
    lacking = [
        (-peers.in_place[result.item.id], result.item.title)
        for result in assessment.items
        if result.standing is Standing.COUNTED and result.lost and peers.in_place.get(result.item.id)
    ]
    return PeerPart(
        count=words.number(peers.count),
        as_of=words.day(peers.as_of),
        band=band(peers.band) if peers.band is not None else "",
        lines=tuple(
            PeerLine(title=title, share=f"{-share}%") for share, title in sorted(lacking)[:MOST_LINES]
        ),
    )
