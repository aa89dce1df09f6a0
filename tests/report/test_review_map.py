"""The docs of the review are what the table says."""

from portal.config import HOME
from portal.report.review_map import markdown


def test_the_docs_are_drawn_from_the_table() -> None:
    written = (HOME / "docs" / "review.md").read_text(encoding="utf-8")
    assert written == markdown(), "run: python -m portal.report.review_map > docs/review.md"
