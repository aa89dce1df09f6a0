"""Score, gaps and advice of a self-check: computed while it is a draft, from the frozen answers afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.actions import assessment as filing
from portal.actions import data_check, evidence
from portal.actions import verified as reviewed
from portal.actions.work import NotFound, Work
from portal.core.advice import Recommendation, Step, advise, plan
from portal.core.answers import Answers
from portal.core.assessment import Assessment, ColumnResult, Gate, GateState, SectionResult
from portal.core.axes import AxesRating, ratings
from portal.core.filing import OpenAssessment
from portal.core.gaps import Gap, find_gaps
from portal.core.library import Library
from portal.core.questionnaire import ItemId
from portal.core.receipt import receipt
from portal.core.review import Submission
from portal.core.roles import Account, Sight
from portal.core.scoring import assess
from portal.core.verified import Verified
from portal.report import verified as verified_words
from portal.report.citing import Citer
from portal.report.figures import NARROW
from portal.report.results import scores, section_bars, staircase
from portal.report.verified import LoweredLine, VerifiedPart
from portal.storage import assessment as stored
from portal.storage import review as stored_review

LARGEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything the result page and the report show; `receipt` is the frozen one after submission."""

    open: OpenAssessment
    assessment: Assessment
    gaps: tuple[Gap, ...]
    recommendations: tuple[Recommendation, ...]
    steps: tuple[Step, ...]
    receipt: Mapping[str, Any]
    checksum: str
    checked: tuple[data_check.Checked, ...]
    ratings: tuple[AxesRating, ...]
    library: Library
    verified: Verified | None = None  # once the city has confirmed
    rounds: tuple[Submission, ...] = ()

    @property
    def counting(self) -> Assessment:
        """What decides: the verified result once there is one, until then the declared."""
        return self.verified.assessment if self.verified is not None else self.assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveResult:
    """The small summary beside the form; points unrounded, None while nothing counts."""

    columns: tuple[ColumnResult, ...]
    total: Decimal | None
    completeness: Decimal
    is_provisional: bool
    sections: tuple[SectionResult, ...]
    gaps: tuple[Gap, ...]  # the five largest
    open_gates: tuple[Gate, ...]


def of(work: Work, who: Account, id: str) -> Result:
    """The full result; raises NotFound."""
    return _result(work, id, sight=who.sight)


def for_printing(work: Work, id: str) -> Result:
    """The same for the worker, which prints what somebody with the right to it has asked for."""
    return _result(work, id, sight=None)


def _result(work: Work, id: str, *, sight: Sight | None) -> Result:
    record = stored.find(work.session, id, sight=sight)
    if record is None:
        raise NotFound(id)
    open_ = filing.opened(work, record, filing.answers_for(work, sight, id))
    assessment = assess(open_.questionnaire, _answers(open_), open_.year)
    gaps = find_gaps(assessment)
    recommendations = advise(assessment, gaps, work.library.technologies, work.library.carriers)
    slip = record.receipt if record.receipt is not None else receipt(assessment)
    return Result(
        open=open_,
        assessment=assessment,
        gaps=gaps,
        recommendations=recommendations,
        steps=plan(assessment, recommendations),
        receipt=slip,
        checksum=record.checksum or filing.checksum(slip),
        checked=data_check.of(work, open_, assessment, evidence.as_submitted(work, open_)),
        ratings=ratings(assessment),
        library=work.library,
        verified=reviewed.of(work, open_, assessment),
        rounds=stored_review.submissions(work.session, id) if not open_.is_editable else (),
    )


def confirmed(result: Result) -> VerifiedPart | None:
    """The confirmed result in words, the same as in print."""
    return verified_words.part(result.assessment, result.verified) if result.verified is not None else None


def lowered(work: Work, one: OpenAssessment, declared: Assessment) -> Mapping[ItemId, LoweredLine]:
    """What was lowered of a self-check that was opened within sight, in words; nothing before it is confirmed."""
    found = reviewed.of(work, one, declared)
    part = verified_words.part(declared, found) if found is not None else None
    return {line.item.id: line for line in part.lowered} if part is not None else {}


def charts(result: Result) -> Mapping[str, str]:
    """The report's charts as SVG text, the same as in print: gauge, radar, columns, sections, staircase.

    The last two also narrow, for a phone.
    """
    drawn = scores(result.assessment, Citer(result.library.sources))
    climb = result.assessment, result.steps, result.open.year
    return {
        "gauge": drawn.gauge,
        "radar": drawn.radar,
        "columns": drawn.columns_chart,
        "sections": drawn.sections_chart,
        "sections_narrow": section_bars(result.assessment, is_narrow=True),
        "staircase": staircase(*climb),
        "staircase_narrow": staircase(*climb, wide=NARROW),
    }


def live(work: Work, who: Account, id: str) -> LiveResult:
    """Points, completeness and the five largest gaps as they stand; raises NotFound."""
    return summary_of(assess_open(work, filing.open_(work, who, id)))


def assess_open(work: Work, open_: OpenAssessment) -> Assessment:
    """Score a self-check that is open already, without reading it again."""
    return assess(open_.questionnaire, _answers(open_), open_.year)


def summary_of(assessment: Assessment) -> LiveResult:
    """The small summary of an assessment."""
    points = assessment.points
    return LiveResult(
        columns=points.columns,
        total=points.total,
        completeness=points.completeness,
        is_provisional=points.is_provisional,
        sections=assessment.sections,
        gaps=find_gaps(assessment)[:LARGEST],
        open_gates=tuple(gate for gate in assessment.gates if gate.state is GateState.OPEN),
    )


def _answers(open_: OpenAssessment) -> Answers:
    return open_.given if open_.is_editable else open_.frozen
