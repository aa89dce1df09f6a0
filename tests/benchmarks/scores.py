"""One assessment with its receipt."""

from collections.abc import Iterator

from portal.core.advice import advise, plan
from portal.core.gaps import find_gaps
from portal.core.receipt import receipt
from portal.core.scoring import assess
from tests.benchmarks.measuring import Line, absolute, each
from tests.make import library
from tests.report.sample import golden


def lines() -> Iterator[Line]:
    """The scores' part of the table."""
    shelf, answers = library(), golden()
    questionnaire = shelf.questionnaire("cement")
    once = each(lambda: receipt(assess(questionnaire, answers)), count=20)
    yield absolute("one assessment with receipt", once * 1000, "ms", 1)
    assessment = assess(questionnaire, answers)
    gaps = find_gaps(assessment)
    found = advise(assessment, gaps, shelf.technologies, shelf.carriers)
    advice = each(
        lambda: plan(assessment, advise(assessment, gaps, shelf.technologies, shelf.carriers)), count=2
    )
    yield Line(
        what=f"advice and road map, {len(found)} technologies",
        ours=f"{advice * 1000:.2f} ms",
        baseline="",
        ratio="",
        goal="–",
    )
