"""From an assessment with its advice to a ReportDocument: plain values, every word chosen, nothing left to compute."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal import words
from portal.core.advice import Recommendation, Step
from portal.core.answers import to_json
from portal.core.assessment import Assessment, Verdict
from portal.core.data_check import Explanation, Finding
from portal.core.evidence import Links
from portal.core.filing import OpenAssessment
from portal.core.gaps import Gap
from portal.core.levels import GRADES
from portal.core.library import Library
from portal.core.panels import Peers
from portal.core.verified import Verified
from portal.report import annexes, green, measures, plan, results, verified
from portal.report.citing import Citer
from portal.report.peers import PeerPart, part
from portal.report.verified import VerifiedPart

TITLE = "绿色工厂自评价与改进报告"


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """Whose report it is. `district` and `scale` are codes; `number` is empty for a draft, `check_url` likewise.

    `checksum` is the one kept at submission; without it the report prints that of the receipt it carries.
    """

    name: str
    uscc: str
    district: str = ""
    scale: str = ""
    products: str = ""
    address: str = ""
    contact: str = ""
    year: int
    number: str = ""
    printed_on: date
    submitted_at: datetime | None = None
    is_submitted: bool = False
    check_url: str = ""
    checksum: str = ""
    signed_by: str = ""  # the name in the operator's certificate, if the file is going to be signed
    consultant: str = ""
    consultant_notes: tuple[str, ...] = ()  # what the firm has put on the cover
    consultant_contact: str = ""
    consultant_logo: str = ""  # an image as a data: address

    @classmethod
    def of(cls, self_check: OpenAssessment, printed_on: date) -> "Particulars":
        """What a self-check says of itself: no address to check it at, no signature, no consultant."""
        profile = self_check.enterprise.profile
        return cls(
            name=profile.name,
            uscc=profile.uscc,
            district=profile.district,
            scale=profile.scale,
            products=profile.products,
            address=profile.address,
            contact=f"{profile.contact_name} {profile.contact_phone}",
            year=self_check.year,
            number=self_check.number,
            printed_on=printed_on,
            submitted_at=self_check.submitted_at,
            is_submitted=not self_check.is_editable,
            checksum=self_check.checksum,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that travels inside the PDF."""

    name: str
    description: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The page for the director: what is missing most, and what closing it would bring."""

    gaps: tuple[measures.GapLine, ...]
    gaps_count: int
    cards_count: int
    after: str
    first_step: str
    best: tuple[measures.StepLine, ...]
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """Everything the templates show; only text, figures and lines of tables."""

    title: str
    particulars: Particulars
    period: str
    span: str
    district: str
    scale: str
    sector: str
    version: str
    printed: str
    submitted: str
    state_note: str
    number: str
    checksum: str
    check_url: str
    questionnaire_note: str
    rules: tuple[results.Fact, ...]
    levels: tuple[results.Fact, ...]
    provisional_below: str
    points_reason: str
    traits: tuple[results.Fact, ...]
    activities: tuple[results.Fact, ...]
    factors: tuple[results.Fact, ...]
    left_out: tuple[results.Fact, ...]
    missing: tuple[str, ...]
    scores: results.Scores
    summary: Summary
    gaps: tuple[measures.GapLine, ...]
    cards: tuple[measures.Card, ...]
    more_cards: tuple[measures.Card, ...]
    staircase: str
    steps: tuple[measures.StepPart, ...]
    plan: plan.PlanPart | None
    receipt: tuple[annexes.ReceiptPart, ...]
    sums: tuple[annexes.SumLine, ...]
    evidence: tuple[annexes.EvidenceLine, ...]
    has_files: bool
    ratings: tuple[green.RatingPart, ...]
    has_data_checks: bool
    findings: tuple[annexes.FindingLine, ...]
    sources: tuple[annexes.SourceLine, ...]
    attached: tuple[Attached, ...]
    peers: PeerPart | None = None
    verified: VerifiedPart | None = None  # once the city has confirmed
    on_behalf: tuple[results.Fact, ...] = ()  # consulting firm → what it filled in

    @property
    def identifier(self) -> bytes:
        """The same for the same content, so that printing twice gives the same bytes."""
        return self.checksum.encode()


def compose(
    assessment: Assessment,
    gaps: tuple[Gap, ...],
    recommendations: tuple[Recommendation, ...],
    steps: tuple[Step, ...],
    *,
    library: Library,
    particulars: Particulars,
    receipt: Mapping[str, Any],
    checked: Sequence[tuple[Finding, Explanation | None]] = (),
    links: Links | None = None,
    others: Peers | None = None,
    confirmed: Verified | None = None,
    on_behalf: Mapping[str, str] | None = None,
    planned: plan.PlanPart | None = None,
) -> ReportDocument:
    """The whole report, worded. `links`: the files beside the items, where there are any."""
    citer = Citer(library.sources)
    questionnaire = assessment.questionnaire
    rules = results.rules_of(assessment)
    # Chapters are worded in the order in which they are read: it numbers the sources.
    scores = results.scores(assessment, citer)
    gap_lines = measures.gap_lines(assessment, gaps, recommendations, citer)
    cards = measures.cards(assessment, gaps, recommendations, citer)
    step_parts = measures.step_parts(assessment, gaps, recommendations, steps)
    attached = _attached(assessment, receipt)
    return ReportDocument(
        title=TITLE,
        particulars=particulars,
        period=f"{particulars.year} 年度",
        span=_span(particulars),
        district=words.district(particulars.district),
        scale=words.scale(particulars.scale),
        sector=questionnaire.sector,
        version=annexes.version_of(questionnaire),
        printed=words.long_day(particulars.printed_on),
        submitted=words.long_day(particulars.submitted_at),
        state_note=_state_note(assessment, particulars),
        number=particulars.number or "未提交，无编号",
        checksum=particulars.checksum or hashlib.sha256(attached[0].content).hexdigest(),
        check_url=particulars.check_url,
        questionnaire_note=questionnaire.note,
        rules=tuple(
            results.Fact(label=words.label(column.column), value=f"{words.number(column.share)}%")
            for column in assessment.points.columns
        ),
        levels=tuple(
            results.Fact(label=words.grade(grade), value=words.number(rules.levels[grade.value]))
            for grade in GRADES
        ),
        provisional_below=words.percent(rules.provisional_below),
        points_reason=rules.reason,
        traits=annexes.traits(assessment),
        activities=annexes.activities(assessment),
        factors=annexes.factors(assessment, citer),
        left_out=annexes.left_out(assessment),
        missing=annexes.missing(assessment),
        scores=scores,
        summary=_summary(assessment, gap_lines, recommendations, step_parts, scores),
        gaps=gap_lines,
        cards=cards[: measures.FULL_CARDS],
        more_cards=cards[measures.FULL_CARDS :],
        staircase=results.staircase(assessment, steps, particulars.year),
        steps=step_parts,
        plan=planned,
        receipt=annexes.receipt_parts(assessment),
        sums=annexes.sums(assessment),
        evidence=annexes.evidence(assessment, links or {}),
        has_files=bool(links),
        ratings=green.rating_parts(assessment, citer),
        has_data_checks=bool(questionnaire.data_checks),
        findings=annexes.finding_lines(checked),
        sources=annexes.source_lines(citer),
        attached=attached,
        peers=part(assessment, others),
        verified=verified.part(assessment, confirmed) if confirmed is not None else None,
        on_behalf=annexes.on_behalf_lines(questionnaire, on_behalf or {}),
    )


def _span(particulars: Particulars) -> str:
    """The days assessed; a year that was still running when it was filed is named as such."""
    filed = (
        words.local(particulars.submitted_at).date() if particulars.submitted_at else particulars.printed_on
    )
    is_running = filed.year <= particulars.year
    return f"{particulars.year} 年 1 月 1 日至 12 月 31 日" + ("（填报时年度尚未结束）" if is_running else "")


def _state_note(assessment: Assessment, particulars: Particulars) -> str:
    notes = []
    if not particulars.is_submitted:
        notes.append("草稿")
    if assessment.points.is_provisional:
        notes.append(words.PROVISIONAL)
    return " · ".join(notes)


def _summary(
    assessment: Assessment,
    gaps: tuple[measures.GapLine, ...],
    recommendations: tuple[Recommendation, ...],
    steps: tuple[measures.StepPart, ...],
    scores: results.Scores,
) -> Summary:
    lines = {line.number: line for step in steps for line in step.lines}
    paying = sorted(
        (one for one in enumerate(recommendations, 1) if one[1].money is not None),
        key=lambda one: (-(one[1].money.low if one[1].money else Decimal(0)), one[0]),
    )
    return Summary(
        gaps=gaps[:5],
        gaps_count=len(gaps),
        cards_count=len(recommendations),
        after=steps[-1].after if steps else words.NOTHING,
        first_step=steps[0].after if steps else words.NOTHING,
        best=tuple(lines[f"T{number}"] for number, _ in paying[:3]),
        verdict=_verdict(assessment),
    )


def _verdict(assessment: Assessment) -> str:
    found = assessment.gate_verdict
    match found.verdict:
        case Verdict.OPEN:
            return f"有 {found.open} 项门槛不满足，须先行整改；在此之前不得使用绿色标识。"
        case Verdict.UNDECIDED:
            return f"{words.verdict(found)}，结论尚不完整；在此之前不得使用绿色标识。"
        case Verdict.PROVISIONAL:
            return f"{words.verdict(found)}，得分为暂定。"
        case _:
            return f"{words.verdict(found)}。"


def canonical(value: object) -> bytes:
    """The one JSON text of a value, as its checksum is taken: sorted, no blanks, ASCII only."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()


def _attached(assessment: Assessment, receipt: Mapping[str, Any]) -> tuple[Attached, ...]:
    answers = {item: to_json(answer) for item, answer in assessment.answers.items()}
    return (
        Attached(name="receipt.json", description="得分凭据", content=canonical(receipt)),
        Attached(name="answers.json", description="全部填报值", content=canonical(answers)),
    )
