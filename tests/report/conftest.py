"""Printed once for all who look at it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.report.document import ReportDocument
from portal.report.press import print_here
from tests.report.sample import make_document


@dataclass(frozen=True)
class Printed:
    document: ReportDocument
    path: Path


def _printed(folder: Path, name: str, document: ReportDocument) -> Printed:
    path = folder / f"{name}.pdf"
    print_here(document, path, lambda percent, step: None)
    return Printed(document, path)


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """The submitted report of the golden cement plant."""
    return _printed(tmp_path_factory.mktemp("report"), "submitted", make_document())


@pytest.fixture(scope="session")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """A draft of the golden grinding station."""
    document = make_document("cement-2", is_submitted=False, number="", submitted_at=None, check_url="")
    return _printed(tmp_path_factory.mktemp("draft"), "draft", document)
