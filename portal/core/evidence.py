"""Evidence (佐证): a plant's papers and photographs, what each proves, and until when it does."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


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


class MediaType(StrEnum):
    """What the content was found to be; nothing else is taken in."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    DOCX = "docx"
    XLSX = "xlsx"


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
