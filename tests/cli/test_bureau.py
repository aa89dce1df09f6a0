"""Commands for those who run the portal: the first administrators, reminders by hand, checking the audit trail."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from portal import cli
from portal.actions.work import Door
from portal.cli import rounds
from portal.config import HOME, Settings
from portal.core.roles import Role
from portal.storage.session import StorageBusy
from tests.cast import make_staff


@pytest.fixture
def database_kind() -> str:
    """What the commands do to tables is tested on both kinds elsewhere."""
    return "sqlite"


@pytest.fixture
def runner(door: Door, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("PORTAL_DATA_FOLDER", str(door.settings.data_folder))
    monkeypatch.setenv("PORTAL_DATABASE_URL", door.settings.database_url)
    # None of this depends on the content: a small one is read in no time.
    monkeypatch.setenv("PORTAL_CONTENT_FOLDER", str(HOME / "tests" / "catalog" / "folder"))
    return CliRunner()


def _staff(runner: CliRunner, role: str, mail: str) -> tuple[int, str]:
    done = runner.invoke(
        cli.commands, ["staff", "--role", role, "--name", "卫示例", "--mail", mail, "--office", "示例中心"]
    )
    return done.exit_code, done.output


def test_the_first_of_each_power_is_made_and_no_second(runner: CliRunner) -> None:
    for role in ("operator", "security", "auditor"):
        code, told = _staff(runner, role, f"{role}@example.cn")
        assert code == 0
        assert "/reset/" in told
    code, told = _staff(runner, "operator", "second@example.cn")
    assert code == 1
    assert "已经有可用的系统管理员账号" in told
    assert _staff(runner, "reviewer", "r@example.cn")[0] == 2


def test_the_trail_is_checked_with_an_exit_code(runner: CliRunner, door: Door) -> None:
    _staff(runner, "operator", "operator@example.cn")
    whole = runner.invoke(cli.commands, ["audit", "verify"])
    assert whole.exit_code == 0
    assert "审计日志完整" in whole.output
    assert runner.invoke(cli.commands, ["audit", "verify", "--since", "2020-01-01"]).exit_code == 0
    with door.writing() as work:
        work.session.execute(text("UPDATE audit SET after = '' WHERE number = 1"))
    broken = runner.invoke(cli.commands, ["audit", "verify"])
    assert broken.exit_code == 1
    assert "从第 1 行起不符" in broken.output


def test_lines_that_were_cut_off_are_told(runner: CliRunner, door: Door) -> None:
    make_staff(door, Role.OPERATOR, "o@example.cn")
    with door.writing() as work:
        work.note("staff.create", "account", "a")
    assert rounds.anchor(door)
    with door.writing() as work:
        work.session.execute(text("DELETE FROM audit"))
    told = runner.invoke(cli.commands, ["audit", "verify"])
    assert told.exit_code == 1
    assert "曾有 1 行" in told.output


def test_reminding_by_hand_says_what_it_did(runner: CliRunner) -> None:
    done = runner.invoke(cli.commands, ["remind"])
    assert done.exit_code == 0
    assert "新写提醒 0 封；发出 0 封" in done.output


def test_a_round_that_fails_is_told_and_does_not_stop_the_others(
    door: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    walked: list[str] = []

    def fail(_: Door) -> int:
        raise StorageBusy("another writer")

    monkeypatch.setattr(rounds, "remind", fail)
    monkeypatch.setattr(rounds, "deliver", lambda _: walked.append("letters"))
    monkeypatch.setattr(rounds, "anchor", lambda _: walked.append("anchors"))
    walking = rounds.Rounds(door)
    walking.walk()
    walking.walk()  # nothing is due again yet
    assert walked == ["letters", "anchors"]
    assert "another writer" in capsys.readouterr().err


def test_settings_of_the_mail_server_are_checked_at_once(tmp_path: Path) -> None:
    from portal.config import SettingsError

    wrong = {
        "PORTAL_SMTP_SECURITY": "ssl3",
        "PORTAL_MAIL_SENDER": "nobody",
        "PORTAL_SMTP_PORT": "0",
    }
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(wrong)
    assert len(refused.value.faults) == 3
    right = Settings.from_environment(
        {"PORTAL_SMTP_HOST": "mail.example.cn", "PORTAL_SMTP_SECURITY": "starttls"}
    )
    assert (right.smtp_host, right.smtp_port, right.smtp_security) == ("mail.example.cn", 465, "starttls")
    assert timedelta(seconds=rounds.LETTERS) < timedelta(seconds=10)
