"""The commands, run as a person runs them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pysqlite3.dbapi2
import pytest
from click.testing import CliRunner

from portal import cli
from portal.actions import report
from portal.actions.work import Door
from portal.cli import doctor as doctor_module
from portal.cli import worker as worker_module
from portal.cli.upkeep import check_copy
from portal.config import HOME, Settings
from portal.storage.session import Database, StorageBusy, StorageError

EXAMPLE = HOME / "demo" / "cement-clinker.json"
SMALL = HOME / "tests" / "catalog" / "folder"


@pytest.fixture
def database_kind() -> str:
    """Commands are tried on the embedded database; what they do to tables is tested on both elsewhere."""
    return "sqlite"


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("PORTAL_DATA_FOLDER", str(tmp_path / "data"))
    # What these commands do, they do with any content: a small one is read in no time.
    monkeypatch.setenv("PORTAL_CONTENT_FOLDER", str(SMALL))
    return CliRunner()


Told = subprocess.CompletedProcess[str]


def _portal(*arguments: str, **environment: str) -> Told:
    """A real start, as a person types it."""
    return subprocess.run(
        [sys.executable, "-m", "portal.cli", *arguments],
        capture_output=True, text=True, timeout=300, check=False, env=os.environ | environment, cwd=HOME,
    )  # fmt: skip


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """The same through `main` in this process, which is loaded already."""

    def run(*arguments: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["portal", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return Told(sys.argv, end.value.code or 0, said.out, said.err)  # type: ignore[arg-type]

    return run


def test_help_is_chinese_and_names_every_command(runner: CliRunner) -> None:
    told = runner.invoke(cli.commands, ["--help"]).output
    for name in ("assess", "backup", "demo", "doctor", "migrate", "report", "routes", "serve", "worker"):
        assert name in told
    assert "preview" in told
    assert "备份" in told


def test_migrating_says_what_it_did(runner: CliRunner) -> None:
    first = runner.invoke(cli.commands, ["migrate"])
    assert first.exit_code == 0
    assert "0001_accounts" in first.output
    assert "已是最新" in runner.invoke(cli.commands, ["migrate"]).output


def test_serving_a_database_without_tables_is_refused(runner: CliRunner) -> None:
    told = runner.invoke(cli.commands, ["serve"])
    assert told.exit_code == 1
    assert "portal migrate" in told.output


def test_a_wrong_setting_is_one_line_not_a_traceback() -> None:
    told = _portal("migrate", PORTAL_PORT="seventy")
    assert told.returncode == 1
    assert "PORTAL_PORT=seventy" in told.stderr
    assert "Traceback" not in told.stderr


# ── Assess ───────────────────────────────────────────────────────────────────


def test_the_receipt_is_printed_as_json(portal: Callable[..., Told]) -> None:
    told = portal("assess", "--questionnaire", "cement", "--answers", str(EXAMPLE))
    assert told.returncode == 0, told.stderr
    slip = json.loads(told.stdout)
    assert slip["questionnaire"]["id"] == "cement"
    assert slip["points"]["total"]


def test_scoring_loads_neither_the_web_nor_the_printing_nor_the_database() -> None:
    script = f"""
import sys
from portal import cli
try:
    cli.commands(["assess", "--questionnaire", "cement", "--answers", {str(EXAMPLE)!r}])
except SystemExit as end:
    assert not end.code, end.code
loaded = [name for name in ("flask", "weasyprint", "sqlalchemy") if name in sys.modules]
assert not loaded, loaded
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=HOME
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", "不是有效的 JSON"),
        ('{"nothing": {"kind": "measured", "value": "1"}}', "nothing：问卷中没有这一项"),
        ('{"veto_operating": {"kind": "measured", "value": "NaN"}}', "veto_operating"),
        ("[]", "填报值有误"),
    ],
)
def test_a_wrong_file_of_answers_is_told_item_by_item(
    portal: Callable[..., Told], tmp_path: Path, content: str, expected: str
) -> None:
    file = tmp_path / "answers.json"
    file.write_text(content)
    told = portal("assess", "--questionnaire", "cement", "--answers", str(file))
    assert told.returncode == 1
    assert expected in told.stderr
    assert "Traceback" not in told.stderr


def test_an_unknown_questionnaire_is_told(portal: Callable[..., Told]) -> None:
    told = portal("assess", "--questionnaire", "bakery", "--answers", str(EXAMPLE))
    assert told.returncode == 1
    assert "没有这份问卷：bakery" in told.stderr


def test_a_file_may_say_whose_answers_it_holds(portal: Callable[..., Told], tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    whole = {
        "questionnaire": "cement", "version": "2026-1", "year": 2025,
        "enterprise": {"name": "示例水泥有限公司"}, "answers": json.loads(EXAMPLE.read_text()),
    }  # fmt: skip
    file.write_text(json.dumps(whole))
    alone = portal("assess", "--questionnaire", "cement", "--answers", str(EXAMPLE))
    told = portal("assess", "--questionnaire", "cement/2026-1", "--answers", str(file))
    # The file also knows its year, which decides about limits that come into force later.
    assert json.loads(told.stdout) == json.loads(alone.stdout) | {"year": 2025}
    other = portal("assess", "--questionnaire", "paper", "--answers", str(file))
    assert other.returncode == 1
    assert "属于问卷 cement" in other.stderr


def test_a_report_is_printed_without_a_database_and_is_the_same_twice(
    portal: Callable[..., Told], tmp_path: Path
) -> None:
    outs = [tmp_path / "a.pdf", tmp_path / "b.pdf"]
    for out, start in zip(outs, (_portal, portal), strict=True):
        told = start(
            "report", "--questionnaire", "cement", "--answers", str(EXAMPLE), "--out", str(out),
            "--name", "示例水泥有限公司", "--year", "2025", "--date", "2026-11-22",
        )  # fmt: skip
        assert told.returncode == 0, told.stderr
        assert "100%" in told.stderr
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "b.pdf"]


# ── Backup ───────────────────────────────────────────────────────────────────


def test_a_backup_is_tried_out_before_it_counts(
    runner: CliRunner, tmp_path: Path, migrated_file: Path
) -> None:
    (tmp_path / "data").mkdir()
    shutil.copyfile(migrated_file, tmp_path / "data" / "portal.sqlite")
    file = tmp_path / "backups" / "monday.sqlite"
    told = runner.invoke(cli.commands, ["backup", str(file)])
    assert told.exit_code == 0, told.output
    assert "已打开备份并检查" in told.output
    assert [path.name for path in file.parent.iterdir()] == ["monday.sqlite"]
    restored = Database(f"sqlite:///{file}")
    assert restored.check()["SQLite"]
    restored.close()
    again = runner.invoke(cli.commands, ["backup", str(file)])
    assert again.exit_code == 1
    assert "不会覆盖" in again.output


def test_a_damaged_copy_is_refused(tmp_path: Path, migrated_file: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(migrated_file, copy)
    with copy.open("r+b") as stream:
        stream.seek(4096 * 5)
        stream.write(b"\xff" * 8192)
    with pytest.raises((StorageError, pysqlite3.dbapi2.DatabaseError)):
        check_copy(copy, Settings.of_folder(tmp_path))


def test_a_copy_without_tables_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    pysqlite3.dbapi2.connect(str(copy)).close()
    with pytest.raises(StorageError, match="lacks migrations"):
        check_copy(copy, Settings.of_folder(tmp_path))


def test_nothing_to_back_up_is_told(runner: CliRunner, tmp_path: Path) -> None:
    told = runner.invoke(cli.commands, ["backup", str(tmp_path / "x.sqlite")])
    assert told.exit_code == 1
    assert "没有找到数据库文件" in told.output


# ── Doctor ───────────────────────────────────────────────────────────────────


def _examined(runner: CliRunner) -> tuple[int, str]:
    told = runner.invoke(cli.commands, ["doctor"])
    return told.exit_code, told.output


def test_the_doctor_asks_for_tables_and_is_content_once_they_are_there(runner: CliRunner) -> None:
    code, told = _examined(runner)
    assert code == 1
    assert "执行 portal migrate" in told
    runner.invoke(cli.commands, ["migrate"])
    code, told = _examined(runner)
    assert code == 0, told
    assert "synchronous 2" in told
    assert "全部正常" in told


def test_the_doctor_misses_the_font(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_module, "FONT", "No Such Font")
    code, told = _examined(runner)
    assert code == 1
    assert "apt-get install fonts-noto-cjk" in told


def test_the_doctor_sees_a_secret_that_others_can_read(runner: CliRunner, tmp_path: Path) -> None:
    assert Settings.of_folder(tmp_path / "data").secret_key
    (tmp_path / "data" / "secret_key").chmod(0o644)
    assert "chmod 600" in _examined(runner)[1]


def test_the_doctor_sees_broken_content(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_CONTENT_FOLDER", str(tmp_path / "nothing"))
    assert "✗ 问卷数据" in _examined(runner)[1]


def test_the_doctor_names_a_database_that_does_not_answer(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", f"postgresql://nobody@/nothing?host={tmp_path}")
    assert "✗ 数据库：" in _examined(runner)[1]


# ── Routes ───────────────────────────────────────────────────────────────────


def test_every_route_is_listed_with_methods_roles_and_object(tmp_path: Path) -> None:
    told = _portal("routes", "--json", PORTAL_DATA_FOLDER=str(tmp_path))
    assert told.returncode == 0, told.stderr
    lines = json.loads(told.stdout)
    assert {"endpoint", "path", "methods", "roles", "object"} == set(lines[0])
    by_path = {line["path"]: line for line in lines}
    assert by_path["/assessments/<id>"]["roles"] == ["consultant", "manager"]
    assert by_path["/assessments/<id>"]["object"] == "assessment"


# ── Worker ───────────────────────────────────────────────────────────────────


def test_the_worker_puts_back_what_a_dead_worker_of_this_machine_left(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[list[str]] = []
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = (f"{worker_module.socket.gethostname()}:{dead.pid}", "elsewhere:1", worker_module.me())
    monkeypatch.setattr(report, "workers", lambda work: names)
    monkeypatch.setattr(report, "put_back_abandoned", lambda work, given: lost.append(given))
    worker_module.sweep(door)
    assert lost == [[names[0]]]


def test_the_worker_looks_again_when_the_database_is_busy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looks: list[int] = []

    def print_next(*_: object) -> bool:
        looks.append(1)
        if len(looks) < 3:
            raise StorageBusy("database is locked")
        return False

    monkeypatch.setattr(worker_module.signal, "signal", lambda *_: None)
    monkeypatch.setattr(worker_module, "PAUSE", 0.0)
    monkeypatch.setattr(worker_module, "warm_up", lambda: None)
    monkeypatch.setattr(worker_module, "_print_next", print_next)
    assert worker_module.work_on(settings, is_once=True) == 0
    assert len(looks) == 3
    assert capsys.readouterr().err.count("StorageBusy") == 2


def test_the_statistics_are_counted_anew(runner: CliRunner) -> None:
    assert runner.invoke(cli.commands, ["migrate"]).exit_code == 0
    told = runner.invoke(cli.commands, ["statistics", "rebuild"])
    assert told.exit_code == 0, told.output
    assert "已重新统计 0 份提交" in told.output
