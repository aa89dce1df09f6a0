"""Settings: read once, every fault at once, nothing created by reading."""

import threading
from pathlib import Path

import pytest

from portal.config import Settings, SettingsError


def test_an_empty_environment_suits_one_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment({})
    assert settings.database_url == f"sqlite:///{tmp_path}/data/portal.sqlite"
    assert settings.address == "http://127.0.0.1:8080"
    assert not settings.is_https
    assert list(tmp_path.iterdir()) == []


def test_names_are_read_and_blanks_count_as_not_given(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "PORTAL_DATA_FOLDER": str(tmp_path),
            "PORTAL_DATABASE_URL": "postgresql://x@/y",
            "PORTAL_BASE_URL": "https://green.example.cn/",
            "PORTAL_PORT": "9000",
            "PORTAL_HOST": " ",
            "PORTAL_SECRET": "s" * 32,
            "HOME": "/root",
        }
    )
    assert settings.database_url == "postgresql://x@/y"
    assert settings.address == "https://green.example.cn"
    assert settings.is_https
    assert (settings.port, settings.host, settings.secret_key) == (9000, "127.0.0.1", "s" * 32)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(
            {
                "PORTAL_PORT": "70000",
                "PORTAL_PROXIES": "many",
                "PORTAL_DATABASE_URL": "mysql://x",
                "PORTAL_BASE_URL": "green.example.cn",
                "PORTAL_SECRET": "short",
                "PORTAL_COLOUR": "green",
            }
        )
    told = "\n".join(caught.value.faults)
    assert len(caught.value.faults) == 6
    for name in ("PORT=", "PROXIES", "DATABASE_URL", "BASE_URL", "SECRET", "COLOUR"):
        assert f"PORTAL_{name}" in told


def test_the_secret_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    settings = Settings.of_folder(tmp_path / "data")
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(settings.secret_key)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found[0]) == 64
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret_key"]
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
