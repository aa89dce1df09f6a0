"""Whether a file is as the portal handed it out. The file is looked at and forgotten: nothing of it is kept."""

import hashlib

from portal.actions import report
from portal.actions.work import Work
from portal.core.printing import JobKind
from portal.core.verification import FileCheck, verdict_of
from portal.report.signing import SigningFault, examine
from portal.storage import report as stored

_OF_A_SUBMISSION = (JobKind.REPORT, JobKind.PACKAGE)


def look(work: Work, content: bytes) -> FileCheck:
    """What the record and the signature say of a file; anybody may ask."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        seal = report.seal_of(work.settings)
    except SigningFault:
        seal = None  # a certificate that cannot be read is the operator's trouble; the record still answers
    signature = examine(content, seal)
    found = stored.find_by_digest(work.session, digest)
    paper = found.paper if found is not None else None
    record = None
    if found is not None and found.paper.kind in _OF_A_SUBMISSION and found.number:
        record = report.check(work, found.number)
    return FileCheck(
        verdict=verdict_of(signature, paper),
        sha256=digest,
        size=len(content),
        signature=signature,
        paper=paper,
        part=found.part if found is not None else "",
        record=record,
        is_superseded=(
            record is not None
            and paper is not None
            and paper.finished_at is not None
            and paper.finished_at < record.submitted_at
        ),
    )
