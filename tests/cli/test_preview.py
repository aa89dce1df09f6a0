"""`portal preview`, as an author runs it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from portal.config import HOME

SMALL = HOME / "tests" / "catalog" / "folder"


def _preview(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "portal.cli", "preview", *arguments],
        capture_output=True, text=True, timeout=300, check=False, env=os.environ | environment, cwd=HOME,
    )  # fmt: skip


def test_page_and_form_are_written_without_database_or_web(tmp_path: Path) -> None:
    program = (
        "import sys; from portal.cli import commands\n"
        f"commands(['preview', 'brickworks', '--out', {str(tmp_path / 'out')!r}], standalone_mode=False)\n"
        "print([name for name in ('flask', 'sqlalchemy', 'portal.storage', 'portal.web') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=True, cwd=HOME,
        env=os.environ | {"PORTAL_CONTENT_FOLDER": str(SMALL)},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"
    page, form = sorted((tmp_path / "out").iterdir())
    assert page.name.startswith("brickworks-") and page.suffix == ".html"
    assert "制砖企业" in page.read_text("utf-8")
    assert form.read_bytes().startswith(b"%PDF-")


def test_an_unknown_questionnaire_is_told(tmp_path: Path) -> None:
    done = _preview("bricks/2026-1", "--out", str(tmp_path))
    assert done.returncode == 1
    assert "没有这份问卷：bricks 2026-1" in done.stderr
    assert not list(tmp_path.iterdir())


def test_data_that_are_not_sound_are_told_by_line(tmp_path: Path) -> None:
    content = tmp_path / "questionnaires"
    shutil.copytree(SMALL, content)
    file = content / "brickworks" / "2026-1.yaml"
    file.write_text(file.read_text("utf-8").replace('weight: "61"', 'weight: "60"'), "utf-8")
    done = _preview("brickworks", "--out", str(tmp_path / "out"), PORTAL_CONTENT_FOLDER=str(content))
    assert done.returncode == 1
    assert "合计是" in done.stderr
    assert not (tmp_path / "out").exists()
