"""`portal workbook`: out of a file of answers and back, and what is wrong named with its cell."""

import json
import zipfile
from pathlib import Path

import pytest

from portal.cli import offline
from portal.cli.wording import lines_of
from portal.config import HOME, Settings
from portal.core.workbook import WorkbookRefused

GOLDEN = HOME / "tests" / "golden" / "cement-1.json"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.of_folder(tmp_path / "data", secret="example-secret-" * 3)


def _edited(book: Path, old: str, new: str) -> None:
    """The workbook with another text in one of its parts, as somebody with a cleverer tool would leave it."""
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(old.encode(), new.encode()))


def test_answers_go_out_and_come_back_as_they_were(settings: Settings, tmp_path: Path) -> None:
    book, answers = tmp_path / "book.xlsx", tmp_path / "answers.json"
    offline.write_workbook(settings, "cement", GOLDEN, book)
    offline.read_workbook(settings, book, answers)
    told = json.loads(answers.read_text("utf-8"))
    assert told["answers"] == json.loads(GOLDEN.read_text("utf-8"))["answers"]
    assert (told["questionnaire"], told["version"]) == ("cement", "2026-1")
    offline.write_workbook(settings, "paper", None, book)
    offline.read_workbook(settings, book, answers)
    assert json.loads(answers.read_text("utf-8"))["answers"] == {}


def test_what_is_wrong_is_told_and_nothing_is_written(settings: Settings, tmp_path: Path) -> None:
    book, answers = tmp_path / "book.xlsx", tmp_path / "answers.json"
    offline.write_workbook(settings, "cement", None, book)
    _edited(book, "<t>plant_type</t>", "<t>plant_typo</t>")
    with pytest.raises(WorkbookRefused) as caught:
        offline.read_workbook(settings, book, answers)
    told = lines_of(caught.value)
    assert "  第2节!A4：这一行隐藏的条目编号被改动过" in told
    with pytest.raises(WorkbookRefused) as caught:
        offline.read_workbook(settings, HOME / "README.md", answers)
    assert lines_of(caught.value)[1].startswith("  这不是 Excel 工作簿")
    assert not answers.exists()
