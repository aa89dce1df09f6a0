"""`portal white-paper`: prints what there is, and says what there is not."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from portal import cli
from portal.actions.work import Door
from portal.config import Settings
from portal.core.statistics import Facts, sums
from portal.storage import statistics as stored


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("PORTAL_DATA_FOLDER", str(tmp_path / "data"))
    made = CliRunner()
    assert made.invoke(cli.commands, ["migrate"]).exit_code == 0
    return made


def _print(runner: CliRunner, tmp_path: Path, *more: str) -> tuple[int, str]:
    out = runner.invoke(cli.commands, ["white-paper", "--out", str(tmp_path / "paper.pdf"), *more])
    return out.exit_code, out.output


def test_without_submissions_or_with_an_unknown_district_it_says_so(
    runner: CliRunner, tmp_path: Path
) -> None:
    code, said = _print(runner, tmp_path)
    assert code != 0
    assert "没有任何年度" in said
    code, said = _print(runner, tmp_path, "--district", "110000")
    assert code != 0
    assert "330110" in said
    assert not (tmp_path / "paper.pdf").exists()


def test_it_prints_the_newest_year_as_pdf_and_word(runner: CliRunner, tmp_path: Path) -> None:
    door = Door.open(Settings.from_environment())
    with door.writing() as work:
        for points in range(3000, 9000, 1000):
            one = Facts(
                year=2025, district="330111", sector="cement", scale="small", points=points,
                verified=None, grade="", verified_grade="", outcomes=(), offers=(),
            )  # fmt: skip
            stored.move(work.session, one, sums(one))
    door.database.close()
    code, said = _print(runner, tmp_path, "--word", str(tmp_path / "paper.docx"), "--date", "2026-11-23")
    assert code == 0, said
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert (tmp_path / "paper.docx").read_bytes().startswith(b"PK")
