"""Example evidence: a handful of small files, taken in once like any upload, that lie in many plants' libraries."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from portal.actions.demo_plants import Plant, chance, example_id
from portal.config import Settings
from portal.core.evidence import EvidenceKind, Label, MediaType, takes_evidence
from portal.core.questionnaire import ItemId, Practice, Questionnaire
from portal.storage import evidence as stored
from portal.storage.files import CONTENT, THUMBNAIL, FileStore, open_store
from portal.storage.intake import Taken, take_in

ONE_IN = 6  # so many plants have files at all
_PRACTICES = 6


class Filing(Protocol):
    """What a self-check must tell to get evidence."""

    session: Session
    plant: Plant
    questionnaire: Questionnaire
    enterprise: str
    id: str
    story: Any
    manager: Any
    city: Any


@dataclass(slots=True)
class Shelf:
    """The files as they were taken in, and which plants have them already."""

    store: FileStore
    papers: tuple[tuple[Mapping[str, Any], Taken], ...]
    there: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def lay_out(self, filing: Filing, now: datetime) -> dict[ItemId, list[str]]:
        """Files beside some items of a self-check, for one plant in ONE_IN: item → ids, as a submission keeps it."""
        plant, year = filing.plant, filing.story.year
        if plant.number % ONE_IN:
            return {}
        ids = self.there.get(filing.enterprise) or self._add(filing, now)
        self.there[filing.enterprise] = ids
        items = [
            item.id
            for item in filing.questionnaire.items.values()
            if isinstance(item, Practice)
            and item.evidence
            and takes_evidence(item)
            and item.id in filing.story.given
        ]
        draw = chance(filing.city.words["seed"], "links", plant.number, year)
        found: dict[ItemId, list[str]] = {}
        for place, item in enumerate(sorted(draw.sample(items, min(_PRACTICES, len(items))))):
            id = ids[place % len(ids)]
            stored.link(filing.session, filing.id, item, id, by=filing.manager.id, now=now)
            found[item] = [id]
        return found

    def _add(self, filing: Filing, now: datetime) -> tuple[str, ...]:
        seed, number = filing.city.words["seed"], filing.plant.number
        ids = []
        for place, (said, taken) in enumerate(self.papers):
            key = hashlib.sha256(f"{seed}/{number}/{place}".encode()).hexdigest()[:32]
            self.store.put(f"{key}/{CONTENT}", taken.content)
            if taken.thumbnail is not None:
                self.store.put(f"{key}/{THUMBNAIL}", taken.thumbnail)
            id = example_id(seed, "evidence", number, place)
            issued = date(filing.story.year, *said["issued"])
            until = date(issued.year + said["valid_years"], 12, 31) if said["valid_years"] else None
            stored.add(
                filing.session,
                id,
                enterprise_id=filing.enterprise,
                label=Label(
                    title=said["title"], kind=EvidenceKind(said["kind"]), issued_on=issued, valid_until=until
                ),
                original_name=said["name"],
                media_type=taken.media_type,
                size=len(taken.content),
                pages=taken.pages,
                sha256=hashlib.sha256(taken.content).hexdigest(),
                store_key=key,
                has_thumbnail=taken.thumbnail is not None,
                by=filing.manager.id,
                now=now,
            )
            ids.append(id)
        return tuple(ids)


def fill_shelf(settings: Settings, papers: Sequence[Mapping[str, Any]]) -> Shelf:
    """Make the example files and take each in once."""
    made = tuple((one, take_in(_made(one["name"], place))) for place, one in enumerate(papers))
    return Shelf(store=open_store(settings), papers=made)


def _made(name: str, number: int) -> bytes:
    if name.endswith(MediaType.PDF.value):
        return _pdf(f"EXAMPLE {number + 1}")
    picture = Image.new("RGB", (640, 420), (207, 227, 217))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((40, 200, 600, 380), fill=(47, 125, 98))
    pen.rectangle((430, 60, 480, 200), fill=(92, 107, 101))
    pen.text((60, 30), "EXAMPLE", fill=(28, 43, 38))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _pdf(text: str) -> bytes:
    """One page of A4 with one line on it, written by hand: nothing needs a printing engine for that."""
    line = f"BT /F 24 Tf 72 720 Td ({text}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(line), line),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start)
    return bytes(out)
