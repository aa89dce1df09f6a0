"""The demo as it runs: it serves, prints, stops cleanly, and a server killed in the middle of saving loses nothing."""

import http.client
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from portal.actions import demo
from portal.config import HOME
from portal.storage.session import Database

PATIENCE = 240  # seconds; a wait that succeeds costs nothing


@pytest.fixture
def database_kind() -> str:
    """The demo's own embedded database."""
    return "sqlite"


class Running:
    """A demo in a process group of its own, with all that it has said."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portal.cli", "demo", "--data", str(folder), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=HOME,
        )  # fmt: skip
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not any(words in line for line in self.said):
            assert self.process.poll() is None and time.monotonic() < deadline, "".join(self.said)
            time.sleep(0.1)

    @property
    def address(self) -> str:
        found = re.search(r"地址：(\S+)", "".join(self.said))
        assert found is not None
        return found[1]

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        self._listener.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


class Browser:
    """Enough of one to sign in and save."""

    def __init__(self, address: str) -> None:
        self._address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar).open
        self._token = ""

    def get(self, path: str) -> str:
        with self._open(self._address + path, timeout=PATIENCE) as answer:
            page: str = answer.read().decode()
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        self._token = found[1] if found else self._token
        return page

    def sign_in(self, mail: str) -> str:
        self.get("/sign-in")
        form = {"csrf_token": self._token, "login": mail, "password": demo.password()}
        with self._open(f"{self._address}/sign-in", urllib.parse.urlencode(form).encode()) as answer:
            page: str = answer.read().decode()
        self.get("/desk")
        return page

    def save(self, id: str, changes: list[dict[str, Any]]) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self._address}/assessments/{id}/answers",
            json.dumps({"changes": changes}).encode(),
            {"Content-Type": "application/json", "X-CSRFToken": self._token},
        )
        with self._open(request, timeout=PATIENCE) as answer:
            said: dict[str, Any] = json.loads(answer.read())
        return said


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    running: list[Running] = []

    def begin(*arguments: str) -> Running:
        one = Running(tmp_path / "data", *arguments)
        running.append(one)
        one.wait_for("按 Ctrl-C 停止")
        return one

    yield begin
    for one in running:
        one.stop()


def _children(process: int) -> list[int]:
    return [int(id) for id in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_the_demo_serves_prints_keeps_what_it_acknowledged_through_a_kill_and_stops(
    start: Callable[..., Running],
) -> None:
    """One demo for all of it: what takes time is to fill it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = start("--port", str(port))
        told = "".join(running.said)
        assert f"端口 {port} 已被占用" in told
    for mail in ("wang@example.cn", "chen@example.cn", "li@example.cn", "zhao@example.cn", demo.password()):
        assert mail in told
    assert "示例建德水泥有限公司" in Browser(running.address).sign_in("li@example.cn")
    _wait_for_print(running.folder)

    id, acknowledged = _save_until_killed(running)
    assert running.process.wait(PATIENCE) == 1  # the demo says that something died, and ends
    database = Database(f"sqlite:///{running.folder / 'portal.sqlite'}")
    with database.reading() as session:
        query = text("SELECT value FROM answer WHERE item = 'cement_output' AND assessment_id = :id")
        kept = json.loads(session.execute(query, {"id": id}).scalar_one())
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    database.close()
    # One more may have been committed whose answer did not get out any more.
    assert int(kept["value"]) in {acknowledged, acknowledged + 1}

    # The second time the data are there already.
    again = start("--port", str(port))
    assert "wang@example.cn" in "".join(again.said)
    browser = Browser(again.address)
    browser.sign_in("wang@example.cn")
    assert f'value="{kept["value"]}"' in browser.get(f"/assessments/{id}/sections/profile")
    children = _children(again.process.pid)
    assert len(children) == 2
    assert again.stop() == 0
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def _wait_for_print(folder: Path) -> None:
    """Until the report that the demo ordered is there."""
    database = Database(f"sqlite:///{folder / 'portal.sqlite'}")
    deadline = time.monotonic() + PATIENCE
    state, error = "", ""
    while state not in {"done", "failed"} and time.monotonic() < deadline:
        time.sleep(0.5)
        with database.reading() as session:
            state, error = session.execute(text("SELECT state, error FROM report_job")).one()
    database.close()
    assert (state, error) == ("done", "")
    (printed,) = (folder / "reports").glob("*.pdf")
    assert printed.read_bytes().startswith(b"%PDF")


def _save_until_killed(running: Running) -> tuple[str, int]:
    """Save one number after the other until the server is killed: the self-check, and the last one acknowledged."""
    browser = Browser(running.address)
    page = browser.sign_in("wang@example.cn")
    found = re.search(r"/assessments/([\w-]{12})", page + browser.get("/desk"))
    assert found is not None
    id = found[1]
    web = _children(running.process.pid)[0]
    acknowledged = 0
    is_saving = threading.Event()

    def kill_soon() -> None:
        assert is_saving.wait(PATIENCE)
        time.sleep(0.5)
        for process in (*_children(web), web):
            os.kill(process, signal.SIGKILL)

    killer = threading.Thread(target=kill_soon, daemon=True)
    killer.start()
    try:
        for value in range(1, 100_000):
            said = browser.save(id, [{"item": "cement_output", "value": str(value), "revision": None}])
            assert said["saved"], said
            acknowledged = value
            if acknowledged > 3:
                is_saving.set()
    except (OSError, http.client.HTTPException):
        pass  # the server is gone, perhaps in the middle of an answer
    killer.join()
    assert acknowledged > 3
    return id, acknowledged
