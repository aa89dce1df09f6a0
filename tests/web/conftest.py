"""A portal with its pages, and a browser for each of the cast."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portal.actions.work import Door
from portal.app import create_app
from tests.cast import PASSWORD, Person
from tests.web.browser import Browser

Enter = Callable[[Person | None], Browser]


@pytest.fixture
def app(door: Door) -> Flask:
    """The portal."""
    return create_app(door=door)


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
