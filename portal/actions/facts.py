"""What a submission contributes to the city's statistics, computed once and kept with it."""

from portal.actions.work import Work
from portal.core.advice import advise
from portal.core.answers import Answers
from portal.core.assessment import Assessment
from portal.core.gaps import find_gaps
from portal.core.library import Library
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
    facts = of(work.library, declared, year=year, district=district, scale=scale, verified=verified)
    stored.keep(work.session, assessment_id, facts)


def of(
    library: Library,
    declared: Assessment,
    *,
    year: int,
    district: str,
    scale: str,
    verified: Answers | None = None,
) -> Facts:
    """What a submission contributes."""
    gaps = find_gaps(declared)
    checked = assess(declared.questionnaire, verified, year) if verified is not None else None
    recommendations = advise(declared, gaps, library.technologies, library.carriers)
    return Facts(
        year=year,
        district=district,
        sector=declared.questionnaire.id,
        scale=scale,
        points=hundredths(declared.points.total),
        verified=hundredths(checked.points.total) if checked is not None else None,
        grade=grade_of(declared),
        verified_grade=grade_of(checked) if checked is not None else "",
        outcomes=outcomes(declared, gaps, checked),
        offers=offers(recommendations),
    )


def grade_of(assessment: Assessment) -> str:
    """The grade that was reached, as it is kept; empty where there is none."""
    grade = assessment.grade
    return grade.grade.value if grade is not None and grade.grade is not None else ""
