"""Files of evidence are part of a backup, and the doctor looks at their store."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal import cli
from portal.actions import evidence
from portal.actions.evidence import Upload
from portal.actions.work import Door
from portal.cli.doctor import examine
from portal.cli.rounds import sweep_orphans
from portal.config import Settings
from portal.core.evidence import Particulars
from portal.storage.files import open_store
from tests import papers
from tests.cast import Person, make_manager


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def runner(door: Door, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("PORTAL_DATA_FOLDER", str(door.settings.data_folder))
    monkeypatch.setenv("PORTAL_DATABASE_URL", door.settings.database_url)
    return CliRunner()


@pytest.fixture
def keeper(door: Door) -> Person:
    return make_manager(door)


def take(door: Door, who: Person, text: str) -> None:
    uploads = [Upload(name=f"{text}.docx", content=papers.make_office(text=text))]
    with door.reading() as work:
        arrivals = evidence.receive(work, who.account, who.enterprise, uploads)
    with door.writing() as work:
        evidence.add(work, who.account, who.enterprise, arrivals, Particulars(title="", kind=""))


def test_a_backup_copies_every_file_once(
    runner: CliRunner, door: Door, keeper: Person, tmp_path: Path
) -> None:
    take(door, keeper, "甲")
    first = runner.invoke(cli.commands, ["backup", str(tmp_path / "b" / "monday.sqlite")])
    assert first.exit_code == 0 and "新复制 1 个" in first.output, first.output
    take(door, keeper, "乙")
    second = runner.invoke(cli.commands, ["backup", str(tmp_path / "b" / "tuesday.sqlite")])
    assert "新复制 1 个" in second.output
    lying = {one.path for one in open_store(door.settings).everything()}
    copied = tmp_path / "b" / "evidence"
    assert {path.relative_to(copied).as_posix() for path in copied.rglob("*") if path.is_file()} == lying


def test_a_backup_that_lacks_a_file_fails_and_names_it(
    runner: CliRunner, door: Door, keeper: Person, tmp_path: Path
) -> None:
    take(door, keeper, "甲")
    (content,) = door.settings.evidence_folder.rglob("content")
    content.write_bytes(b"damaged")
    told = runner.invoke(cli.commands, ["backup", str(tmp_path / "monday.sqlite")])
    assert told.exit_code == 1 and "1 个佐证文件" in told.output
    shutil.rmtree(content.parent)
    again = runner.invoke(cli.commands, ["backup", str(tmp_path / "tuesday.sqlite")])
    assert again.exit_code == 1 and (tmp_path / "tuesday.sqlite").is_file()


def test_the_doctor_finds_a_row_without_its_file(
    door: Door, keeper: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    take(door, keeper, "甲")
    examine(door.settings)
    assert "1 条记录，0 条找不到文件" in capsys.readouterr().out
    (content,) = door.settings.evidence_folder.rglob("content")
    content.unlink()
    assert examine(door.settings) == 1
    assert "1 条记录，1 条找不到文件" in capsys.readouterr().out


def test_the_doctor_says_that_the_store_cannot_be_used(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.data_folder.mkdir(exist_ok=True)
    settings.evidence_folder.write_text("a file where the folder should be")
    assert examine(replace(settings, evidence_mebibytes=100)) == 1
    assert "✗ 佐证存储" in capsys.readouterr().out


def test_the_worker_leaves_fresh_files_alone(door: Door) -> None:
    open_store(door.settings).put("orphan/content", b"example")
    assert sweep_orphans(door) == 0
