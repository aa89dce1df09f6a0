"""A page of the questionnaire and a save against a bare Flask route, in one process, through the whole stack."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, request
from flask.testing import FlaskClient

from portal.actions import assessment
from portal.actions.work import Door
from portal.app import create_app
from portal.core.questionnaire import Practice, Questionnaire
from portal.storage.migrations import migrate
from tests.benchmarks.measuring import Line, against, each
from tests.cast import PASSWORD, enrol
from tests.make import make_settings
from tests.web.browser import Browser


def lines() -> Iterator[Line]:
    """The pages' part of the table."""
    with tempfile.TemporaryDirectory() as name:
        settings = make_settings(Path(name))
        door = Door.open(settings)
        migrate(door.database, settings.migration_folder)
        person = enrol(door, "王示例", "manager@example.cn", name="示例水泥有限公司")
        browser = Browser(create_app(door=door))
        browser.client.post(
            "/sign-in", data={"login": person.mail, "password": PASSWORD, "csrf_token": browser.token}
        )
        with door.writing() as work:
            id = assessment.start(work, person.account, person.enterprise, 2025)
            questionnaire = assessment.open_(work, person.account, id).questionnaire
        yield from _compare(browser, f"/assessments/{id}", questionnaire)


def _compare(browser: Browser, address: str, questionnaire: Questionnaire) -> Iterator[Line]:
    bare = _bare()
    longest = max(questionnaire.sections, key=lambda section: len(section.items))
    sections = [f"{address}/sections/{section.id}" for section in questionnaire.sections]
    get = each(lambda: bare.get("/"), count=200)
    one = each(lambda: _open(browser, f"{address}/sections/{longest.id}"), count=10)
    yield against(f"section page, {len(longest.items)} items ÷ bare route", one, get, 25, "ms")
    whole = each(lambda: [_open(browser, section) for section in sections], count=2)
    yield against(f"whole questionnaire, {len(sections)} pages ÷ bare route", whole, get, 60, "ms")
    post = each(lambda: bare.post("/", json={"changes": []}), count=200)
    save, idle = _saving(browser, address, longest), each(lambda: browser.save(address, []), count=20)
    yield against("autosave, durable ÷ the same POST without a write", save, idle, 4.5, "ms")
    yield Line(
        what="autosave, durable ÷ a bare route that reads JSON",
        ours=f"{save * 1000:.2f} ms",
        baseline=f"{post * 1000:.2f} ms",
        ratio=f"{save / post:.2f}",
        goal="–",
    )


def _saving(browser: Browser, address: str, section: object) -> float:
    practices = [item for item in getattr(section, "items", ()) if isinstance(item, Practice)]
    extents = itertools.cycle(("full", "planned", "none"))

    def save() -> None:
        change = {"item": practices[0].id, "extent": next(extents), "revision": None}
        answer = browser.save(address, [change])
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert answer.get_json()["saved"], answer.get_json()

    return each(save, count=20)


def _open(browser: Browser, path: str) -> None:
    answer = browser.client.get(path)
    assert answer.status_code == 200, path


def _bare() -> FlaskClient:
    app = Flask("bare")

    @app.route("/", methods=["GET", "POST"])
    def index() -> dict[str, object]:
        return {"changes": request.get_json()["changes"]} if request.method == "POST" else {"a": "b"}

    return app.test_client()
