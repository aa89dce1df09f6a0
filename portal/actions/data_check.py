"""数据体检 of one self-check: its findings with what the manager says to them."""

from dataclasses import dataclass

from portal import words
from portal.actions import assessment as filing
from portal.actions.assessment import NotEditable
from portal.actions.work import NotFound, Work
from portal.core.answers import Answers
from portal.core.assessment import Assessment
from portal.core.data_check import LONGEST_EXPLANATION, Explanation, Finding, find_irregularities
from portal.core.errors import Problem
from portal.core.evidence import PERIOD_CHECK, Links, out_of_period
from portal.core.filing import OpenAssessment
from portal.core.plain_text import cleaned, is_printable
from portal.core.roles import Account
from portal.storage import assessment as stored_assessment
from portal.storage import explanation as stored
from portal.storage.assessment import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A finding and its explanation, if there is one."""

    finding: Finding
    explanation: Explanation | None


def of(work: Work, open_: OpenAssessment, assessment: Assessment, files: Links) -> tuple[Checked, ...]:
    """The findings of a self-check that is open and scored already, in the questionnaire's order.

    `files` are those of the submission, or a draft's as they stand: a date outside the year is a finding.
    Jumps are judged against the enterprise's newest earlier self-check of the same sector.
    """
    explanations = stored.of(work.session, open_.id)
    findings = find_irregularities(assessment, _last_year(work, open_))
    dated = out_of_period(open_.questionnaire, files, open_.year, *words.EVIDENCE_PERIOD)
    if dated is not None:
        findings = (*findings, dated)
    return tuple(
        Checked(finding=finding, explanation=explanations.get(finding.check.id)) for finding in findings
    )


def _last_year(work: Work, open_: OpenAssessment) -> Answers | None:
    if not open_.is_editable:
        # A bureau reads what was submitted: last year's draft shall not show through a finding.
        return stored_assessment.submitted_before(work.session, open_.enterprise.id, open_.year) or None
    before = stored_assessment.latest_before(work.session, open_.enterprise.id, open_.year)
    if before is None:
        return None
    return {item: kept.answer for item, kept in stored_assessment.answers(work.session, before).items()}


def explain(work: Work, who: Account, id: str, rule: str, text: str) -> tuple[Problem, ...]:
    """Keep what is said to a finding; an empty text takes it back. Raises NotFound, NotEditable."""
    filing.own(work, who, id)
    open_ = filing.open_(work, who, id)
    if rule not in {check.id for check in open_.questionnaire.data_checks} | {PERIOD_CHECK}:
        raise NotFound(rule)
    if not open_.is_editable:
        raise NotEditable(id)
    text = cleaned(text)
    if len(text) > LONGEST_EXPLANATION:
        return (Problem(place=rule, code="too_long", details=(str(LONGEST_EXPLANATION),)),)
    if not is_printable(text):
        return (Problem(place=rule, code="unprintable"),)
    stored.keep(work.session, id, rule, text, by=who.id, now=work.now)
    work.note("data_check.explain", "assessment", id, after=canonical({rule: text}))
    return ()
