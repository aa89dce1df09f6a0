"""What was submitted in one round: its answers, files and receipt, and what was verified of the newest one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.actions import evidence
from portal.actions import verified as reviewed
from portal.actions.assessment import opened
from portal.actions.work import NotFound, Work
from portal.core.assessment import Assessment
from portal.core.evidence import Links
from portal.core.filing import OpenAssessment
from portal.core.review import Submission
from portal.core.roles import Account
from portal.core.scoring import assess
from portal.core.verified import Verified
from portal.storage import assessment as stored_assessment
from portal.storage import review as stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """One round's submission. `verified` stands beside the newest round's, once the city has confirmed."""

    open: OpenAssessment
    slip: Submission
    declared: Assessment
    files: Links
    verified: Verified | None
    rounds: int


def of_round(work: Work, who: Account, id: str, round: int) -> Submitted:
    """What the enterprise's people and the bureau may read of a round; raises NotFound, also for one that was not."""
    record = stored_assessment.find(work.session, id, sight=who.sight)
    slips = stored.submissions(work.session, id) if record is not None else ()
    slip = next((one for one in slips if one.round == round), None)
    if record is None or slip is None:
        raise NotFound(f"{id} {round}")
    one = opened(work, record, {})
    declared = assess(one.questionnaire, slip.answers, one.year)
    (files,) = evidence.with_files(work, slip.evidence)
    return Submitted(
        open=one,
        slip=slip,
        declared=declared,
        files=files,
        verified=reviewed.of(work, one, declared) if slip is slips[-1] else None,
        rounds=len(slips),
    )


def receipt(work: Work, found: Submitted, *, is_verified: bool) -> Mapping[str, Any]:
    """The receipt of the declared score, or of the verified one; raises NotFound while there is none."""
    if not is_verified:
        return stored.receipt(work.session, found.open.id, found.slip.round)
    kept = stored.verified_receipt(work.session, found.open.id) if found.verified is not None else None
    if kept is None:
        raise NotFound(found.open.id)
    return kept
