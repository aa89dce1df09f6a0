"""Reports to look at: the golden cement plant, composed as the command line would."""

import json
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from portal.config import HOME
from portal.core.advice import advise, plan
from portal.core.answers import Answer, Answers, read_answers
from portal.core.gaps import find_gaps
from portal.core.questionnaire import ItemId
from portal.core.receipt import receipt
from portal.core.scoring import assess
from portal.report.document import Particulars, ReportDocument, compose
from tests.make import library

NAME = "示例建德水泥有限公司"
NUMBER = "HZ2025-7K3QW2XA"
CHECK_URL = f"https://portal.example.cn/check/{NUMBER}"


@lru_cache(maxsize=8)
def golden(name: str = "cement-1") -> Answers:
    raw = json.loads((HOME / "tests" / "golden" / f"{name}.json").read_text("utf-8"))
    return read_answers(library().questionnaire(raw["questionnaire"]), raw["answers"])


def make_particulars(**changes: Any) -> Particulars:
    settings: dict[str, Any] = {
        "name": NAME,
        "uscc": "91330182MA2CEM001P",
        "district": "330182",
        "scale": "large",
        "products": "硅酸盐水泥熟料、普通硅酸盐水泥",
        "year": 2025,
        "number": NUMBER,
        "printed_on": date(2026, 3, 16),
        "submitted_at": datetime(2026, 3, 16, 6, tzinfo=UTC),
        "is_submitted": True,
        "check_url": CHECK_URL,
    }
    return Particulars(**(settings | changes))


def make_document(
    plant: str = "cement-1",
    *,
    without: tuple[str, ...] = (),
    answered: dict[str, Answer] | None = None,
    **particulars: Any,
) -> ReportDocument:
    """The report of a golden plant, `without` some of its answers or `answered` otherwise."""
    answers = {item: answer for item, answer in golden(plant).items() if item not in without}
    answers |= {ItemId(item): answer for item, answer in (answered or {}).items()}
    shelf = library()
    assessment = assess(shelf.questionnaire(plant.rpartition("-")[0]), answers)
    gaps = find_gaps(assessment)
    recommendations = advise(assessment, gaps, shelf.technologies, shelf.carriers)
    return compose(
        assessment,
        gaps,
        recommendations,
        plan(assessment, recommendations),
        library=shelf,
        particulars=make_particulars(**particulars),
        receipt=receipt(assessment),
    )
