"""What a submission contributes to the city's statistics, computed once and kept with it."""

from portal.actions.work import Work
from portal.core.advice import advise
from portal.core.answers import Answers
from portal.core.assessment import Assessment
from portal.core.gaps import find_gaps
from portal.core.scoring import assess
from portal.core.statistics import Facts, hundredths, offers, outcomes
from portal.storage import statistics as stored


def keep(
    work: Work,
    assessment_id: str,
    declared: Assessment,
    *,
    year: int,
    district: str,
    scale: str,
    verified: Answers | None = None,
) -> None:
    """Count the submission; called again it replaces what it counted as before.

    `verified` are the answers that count after the city's confirmation.
    """
    gaps = find_gaps(declared)
    checked = assess(declared.questionnaire, verified) if verified is not None else None
    recommendations = advise(declared, gaps, work.library.technologies, work.library.carriers)
    facts = Facts(
        year=year,
        district=district,
        sector=declared.questionnaire.id,
        scale=scale,
        points=hundredths(declared.points.total),
        verified=hundredths(checked.points.total) if checked is not None else None,
        grade=_grade(declared),
        verified_grade=_grade(checked) if checked is not None else "",
        outcomes=outcomes(declared, gaps, checked),
        offers=offers(recommendations),
    )
    stored.keep(work.session, assessment_id, facts)


def _grade(assessment: Assessment) -> str:
    grade = assessment.grade
    return grade.grade.value if grade is not None and grade.grade is not None else ""
