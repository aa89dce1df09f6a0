"""`portal verify FILE`: what the record and the signature say of a file, and an exit code for scripts."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal import cli
from portal.actions import assessment, report
from portal.actions.work import Door
from portal.config import HOME
from portal.report.signing import load_seal, make_demo
from tests.cast import Person
from tests.make import make_answers, make_changes
from tests.papers import make_pdf


@pytest.fixture
def database_kind() -> str:
    """What is looked up is tested on both kinds elsewhere."""
    return "sqlite"


@pytest.fixture
def signing(door: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Door:
    """The portal with a certificate of the operator, also for the commands."""
    certificate, password = make_demo(tmp_path / "seal", datetime.now(UTC))
    monkeypatch.setenv("PORTAL_DATA_FOLDER", str(door.settings.data_folder))
    monkeypatch.setenv("PORTAL_DATABASE_URL", door.settings.database_url)
    # None of this depends on the content: a small one is read in no time.
    monkeypatch.setenv("PORTAL_CONTENT_FOLDER", str(HOME / "tests" / "catalog" / "folder"))
    monkeypatch.setenv("PORTAL_SIGNING_CERTIFICATE", str(certificate))
    monkeypatch.setenv("PORTAL_SIGNING_PASSWORD_FILE", str(password))
    settings = replace(door.settings, signing_certificate=certificate, signing_password_file=password)
    return replace(door, settings=settings)


@pytest.fixture
def printed(signing: Door, manager: Person) -> tuple[str, Path]:
    """A submitted report as the worker hands it out, signed: its id and its file."""
    with signing.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2025)
        assessment.keep(work, manager.account, id, make_changes(make_answers()))
        assessment.submit(work, manager.account, id)
        asked = report.ask(work, manager.account, id)
        job = report.claim(work, "here:1")
    seal = report.seal_of(signing.settings)
    assert job is not None and seal is not None
    draft = signing.settings.report_folder / ".draft.pdf"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(seal.sign(make_pdf(2)))
    with signing.writing() as work:
        assert report.finish(work, job, draft, is_signed=True)
        return asked, report.fetch(work, manager.account, asked)[0]


def _verify(file: Path) -> tuple[int, str]:
    done = CliRunner().invoke(cli.commands, ["verify", str(file)])
    return done.exit_code, done.output


def test_an_unchanged_report_is_told_with_its_record_and_signature(printed: tuple[str, Path]) -> None:
    code, told = _verify(printed[1])
    assert code == 0
    for word in (
        "文件未被改动", "示例水泥有限公司", "HZ2025-", "演示证书",
        hashlib.sha256(printed[1].read_bytes()).hexdigest(),
    ):  # fmt: skip
        assert word in told


def test_one_flipped_byte_is_told(printed: tuple[str, Path], tmp_path: Path) -> None:
    changed = bytearray(printed[1].read_bytes())
    changed[20] ^= 1
    (tmp_path / "changed.pdf").write_bytes(changed)
    code, told = _verify(tmp_path / "changed.pdf")
    assert code == 1
    assert "文件与签名不符" in told
    assert "示例水泥有限公司" not in told


def test_a_file_from_elsewhere_is_told(printed: tuple[str, Path], signing: Door, tmp_path: Path) -> None:
    (tmp_path / "plain.pdf").write_bytes(make_pdf(1))
    code, told = _verify(tmp_path / "plain.pdf")
    assert (code, "不是本门户登记的文件" in told, "没有数字签名" in told) == (1, True, True)
    seal = load_seal(*make_demo(tmp_path / "other", datetime.now(UTC)))
    (tmp_path / "foreign.pdf").write_bytes(seal.sign(make_pdf(1)))
    code, told = _verify(tmp_path / "foreign.pdf")
    assert code == 1
    assert "不是本门户登记的文件" in told


def test_a_revoked_report_says_so_and_why(printed: tuple[str, Path], signing: Door, manager: Person) -> None:
    with signing.writing() as work:
        assert report.revoke(work, manager.account, printed[0], "产量填错") == ()
    code, told = _verify(printed[1])
    assert code == 1
    assert "已撤销" in told and "产量填错" in told


def test_a_file_that_is_not_there_is_one_line(signing: Door, tmp_path: Path) -> None:
    code, told = _verify(tmp_path / "missing.pdf")
    assert code == 2
    assert "missing.pdf" in told
