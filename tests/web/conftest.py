"""A portal with its pages, and a browser for each of the cast."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from portal.actions.work import Door
from portal.app import create_app
from portal.config import Settings
from tests.cast import PASSWORD, Person
from tests.web.browser import Browser

Enter = Callable[[Person | None], Browser]


class Compiled(BytecodeCache):
    """Templates that were compiled already in this process: every test has an app of its own, and would do it again."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is there; jinja compares the checksum of the source."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next app."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = Compiled()


def make_app(door: Door) -> Flask:
    """The portal on that door, an app of its own."""
    app = create_app(door=door)
    app.jinja_env.bytecode_cache = _COMPILED
    return app


_SHARED: dict[Settings, Flask] = {}


@pytest.fixture
def app(door: Door) -> Flask:
    """The portal: one for all tests with such settings, for hanging its routes takes longer than most tests."""
    alike = replace(door.settings, data_folder=Path(), database_url="")
    if alike not in _SHARED:
        _SHARED[alike] = make_app(door)
    app = _SHARED[alike]
    app.extensions["door"] = door
    for limiter in app.extensions["limiter"]:
        limiter.reset()
    return app


@pytest.fixture
def enter(app: Flask) -> Iterator[Enter]:
    """A browser in which the person has signed in, or nobody."""

    def sign_in(person: Person | None) -> Browser:
        browser = Browser(app)
        if person is not None:
            answer = browser.post("/sign-in", login=person.mail, password=PASSWORD)
            assert answer.status_code == 302
        return browser

    return sign_in


@pytest.fixture
def assessment(enter: Enter, manager: Person) -> str:
    """The address of the manager's self-check of this year."""
    started = enter(manager).post(f"/enterprises/{manager.enterprise}/assessments")
    return started.headers["Location"]
