"""A published version never changes."""

from pathlib import Path

import pytest

from portal.catalog.__main__ import main
from tests.catalog.author import BRICKS, CARDS, SHARED, Author

PUBLISHED = "published.yaml"


@pytest.fixture
def author(tmp_path: Path) -> Author:
    author = Author(tmp_path)
    assert main([str(author.folder), "--publish"]) == 0
    return author


def test_publishing_writes_a_checksum_that_the_next_reading_accepts(author: Author) -> None:
    text = (author.folder / PUBLISHED).read_text("utf-8")

    assert author.read().editions[0].checksum in text
    assert author.problems() == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (BRICKS, "sector: 制砖", "sector: 砖瓦"),
        (SHARED, "title: 水价", "title: 水的价格"),
        ("factors.yaml", '"0.7143"', '"0.7142"'),
    ],
)
def test_a_published_version_cannot_be_changed_by_any_of_its_files(
    author: Author, file: str, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    author.change(file, old, new)
    before = (author.folder / PUBLISHED).read_text("utf-8")

    assert author.problems() == [(PUBLISHED, 4, "published_changed")]
    assert main([str(author.folder), "--publish"]) == 1
    assert "发布后被改动" in capsys.readouterr().out
    assert (author.folder / PUBLISHED).read_text("utf-8") == before


def test_what_does_not_decide_the_score_may_still_change(author: Author) -> None:
    author.change(CARDS, "title: 低氮燃烧器", "title: 新的低氮燃烧器")
    author.change("factors.yaml", "title: 没有用到的因子", "title: 没有用到")

    assert author.problems() == []


def test_republishing_overwrites_on_purpose(author: Author, capsys: pytest.CaptureFixture[str]) -> None:
    author.change(BRICKS, "sector: 制砖", "sector: 砖瓦")

    assert main([str(author.folder), "--republish"]) == 0
    assert "已发布：brickworks 2026-1" in capsys.readouterr().out
    assert author.problems() == []


def test_republishing_does_not_pass_over_other_problems(author: Author) -> None:
    author.change(BRICKS, "sector: 制砖", "sector:")

    assert main([str(author.folder), "--republish"]) == 1


def test_publishing_again_changes_nothing(author: Author, capsys: pytest.CaptureFixture[str]) -> None:
    before = (author.folder / PUBLISHED).read_bytes()

    assert main([str(author.folder), "--publish"]) == 0
    assert "没有新的版本要发布" in capsys.readouterr().out
    assert (author.folder / PUBLISHED).read_bytes() == before


def test_a_published_version_cannot_disappear(author: Author) -> None:
    author.change(PUBLISHED, "version: 2026-1", "version: 2025-1")

    assert author.problems() == [(PUBLISHED, 4, "published_gone")]


def test_a_version_is_published_once(author: Author) -> None:
    text = (author.folder / PUBLISHED).read_text("utf-8")
    author.write(PUBLISHED, text + text.splitlines()[-1] + "\n")

    assert author.problems() == [(PUBLISHED, 5, "published_twice")]


def test_a_broken_questionnaire_is_not_taken_for_a_vanished_one(author: Author) -> None:
    author.write(BRICKS, "id: [\n")

    assert [code for _, _, code in author.problems()] == ["not_yaml"]


def _next_version(author: Author, renamed: str) -> None:
    text = (author.folder / BRICKS).read_text("utf-8")
    text = text.replace("version: 2026-1", "version: 2026-2").replace(
        "requirement: lawful", "requirement: law_abiding"
    )
    text = text.replace("requirements: [lawful]", "requirements: [law_abiding]")
    author.write("brickworks/2026-2.yaml", f"{text}renamed: {renamed}\n")


def test_a_new_version_says_which_ids_became_which(author: Author) -> None:
    _next_version(author, "{lawful: law_abiding}")

    assert author.problems() == []
    assert author.read().library().questionnaire("brickworks").renamed == {"lawful": "law_abiding"}


@pytest.mark.parametrize(
    ("renamed", "code"),
    [
        ("{legal: law_abiding}", "not_renamed"),
        ("{slag: law_abiding}", "not_renamed"),
        ("{lawful: abiding}", "not_in_questionnaire"),
    ],
)
def test_a_map_of_ids_that_leads_nowhere_is_told(author: Author, renamed: str, code: str) -> None:
    _next_version(author, renamed)

    line = author.line("brickworks/2026-2.yaml", "renamed:")
    assert author.problems() == [("brickworks/2026-2.yaml", line, code)]


def test_a_rename_does_not_take_an_id_that_the_version_before_used_for_something_else(author: Author) -> None:
    _next_version(author, "{lawful: slag}")

    line = author.line("brickworks/2026-2.yaml", "renamed:")
    assert author.problems() == [("brickworks/2026-2.yaml", line, "renamed_onto")]


def test_the_first_version_has_nothing_to_rename(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, "derived:\n", "renamed: {legal: lawful}\nderived:\n")

    assert author.problems() == [(BRICKS, author.line(BRICKS, "renamed:"), "not_renamed")]
