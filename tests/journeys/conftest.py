"""A running portal with the published questionnaires, and real browsers on it."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from werkzeug.serving import make_server

from portal.actions.work import Door
from portal.app import create_app
from portal.config import Settings
from portal.storage.session import Database
from tests.cast import PASSWORD, Person, enrol
from tests.make import library, make_settings
from tests.postgres_server import unavailable

# Milliseconds. A wait that succeeds costs nothing, one on a busy machine must not fail.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
Open = Callable[..., Page]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One embedded database; journeys are about the browser."""
    return make_settings(tmp_path / "data")


@pytest.fixture
def door(settings: Settings, migrated_file: Path) -> Iterator[Door]:
    """A portal with everything that is published."""
    settings.data_folder.mkdir(parents=True)
    database = Database(settings.database_url)
    assert database.file is not None
    shutil.copyfile(migrated_file, database.file)
    yield Door(database, library(), settings)
    database.close()


@pytest.fixture
def site(door: Door) -> Iterator[str]:
    """The address of the running portal."""
    app = create_app(door=door)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def manager(door: Door) -> Person:
    """The manager of a grinding station."""
    return enrol(door, "王示例", "manager@example.cn", name="示例水泥有限公司", sector="cement")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        unavailable("chromium is missing: ./run test installs it")
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Open]:
    """`open_page(width="phone", who=person, scripts=True)`: a page of its own, signed in or not; errors fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def start(width: str = "desktop", who: Person | None = None, *, scripts: bool = True) -> Page:
        wide, high = WIDTHS[width]
        context = chromium.new_context(
            viewport={"width": wide, "height": high},
            locale="zh-CN",
            base_url=site,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
        if who is not None:
            page.goto("/sign-in")
            page.get_by_label("邮箱或手机号码").fill(who.mail)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="登录").click()
            page.wait_for_url("**/desk")
        return page

    yield start
    for context in contexts:
        context.close()
    assert not errors


def no_wider_than_the_screen(page: Page) -> None:
    """Nothing is cut off, neither as wide as the page is now nor as wide as it may be."""
    shown = page.viewport_size
    assert shown is not None
    for wide, high in WIDTHS.values():
        page.set_viewport_size({"width": wide, "height": high})
        assert page.evaluate("document.documentElement.scrollWidth") <= wide, (page.url, wide)
    page.set_viewport_size(shown)


@pytest.fixture
def print_reports(settings: Settings) -> Callable[[], None]:
    """Run the worker until the queue is empty."""

    def work() -> None:
        environment = os.environ | {
            "PORTAL_DATA_FOLDER": str(settings.data_folder),
            "PORTAL_SECRET": settings.secret,
        }
        command = [sys.executable, "-m", "portal.cli", "worker", "--once"]
        subprocess.run(command, env=environment, check=True, timeout=300, cwd=Path(__file__).parents[2])

    return work
