"""The record decides what is said of a file."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.core.printing import JobKind, JobState, ReportState
from portal.core.verification import FileVerdict, Signature, SignatureState, verdict_of

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
PAPER = ReportState(
    id="r", kind=JobKind.REPORT, subject="", assessment_id="a", state=JobState.DONE, progress=100, step="",
    error="", file="r-1.pdf", asked_at=NOW, finished_at=NOW,
)  # fmt: skip


@pytest.mark.parametrize("state", SignatureState)
def test_what_the_record_knows_is_unchanged_until_it_is_revoked(state: SignatureState) -> None:
    signature = Signature(state=state)
    assert verdict_of(signature, PAPER) is FileVerdict.UNCHANGED
    assert verdict_of(signature, replace(PAPER, revoked_at=NOW)) is FileVerdict.REVOKED


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (SignatureState.NONE, FileVerdict.ELSEWHERE),
        (SignatureState.FOREIGN, FileVerdict.ELSEWHERE),
        (SignatureState.BROKEN, FileVerdict.CHANGED),
        (SignatureState.OURS, FileVerdict.UNRECORDED),
    ],
)
def test_what_the_record_does_not_know_is_never_unchanged(
    state: SignatureState, verdict: FileVerdict
) -> None:
    assert verdict_of(Signature(state=state), None) is verdict
