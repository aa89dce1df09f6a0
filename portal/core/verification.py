"""A file that comes back: whether it is as it was handed out, and what the record says of it."""

from dataclasses import dataclass
from enum import StrEnum

from portal.core.printing import PublicRecord, ReportState


class SignatureState(StrEnum):
    """What the signature in a file is worth."""

    NONE = "none"
    OURS = "ours"  # by the operator's certificate, over the whole file, and the file is as it was signed
    BROKEN = "broken"  # there is one, but the file was changed, or it does not cover all of it
    FOREIGN = "foreign"  # intact, but by another certificate


class FileVerdict(StrEnum):
    """What is said of a file. Only what the record knows byte by byte is called unchanged."""

    UNCHANGED = "unchanged"
    REVOKED = "revoked"
    CHANGED = "changed"  # it bears a signature, but the file and the signature do not agree
    UNRECORDED = "unrecorded"  # signed by us, but the record knows no such file
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature that was looked at; `signer` is the name in the certificate, empty where there is none."""

    state: SignatureState
    signer: str = ""
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck:
    """What can be said of a file. `paper` and `record` are there only for a file that the record knows.

    `part` is the file's name inside a package; `is_superseded` says that the self-check was submitted again after the file was printed.
    """

    verdict: FileVerdict
    sha256: str
    size: int
    signature: Signature
    paper: ReportState | None = None
    part: str = ""
    record: PublicRecord | None = None
    is_superseded: bool = False


def verdict_of(signature: Signature, paper: ReportState | None) -> FileVerdict:
    """The record decides; the signature only tells what became of a file that the record does not know."""
    if paper is not None:
        return FileVerdict.UNCHANGED if paper.revoked_at is None else FileVerdict.REVOKED
    match signature.state:
        case SignatureState.BROKEN:
            return FileVerdict.CHANGED
        case SignatureState.OURS:
            return FileVerdict.UNRECORDED
    return FileVerdict.ELSEWHERE
