"""Roles × routes × objects: every route of the access table, tried by the whole cast on objects full of marks.

Nothing is listed by hand but what an action narrows further than role and sight; a new route is covered at once, or
the test fails with its name.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.actions import passwords, report
from portal.actions.work import Door
from portal.app import create_app
from portal.core.printing import Job, JobKind
from portal.storage.session import Database
from portal.storage.tables import ReportJobRow, Row
from portal.web.access import Access, access_table
from tests.cast import PASSWORD
from tests.make import make_library, make_settings
from tests.web.browser import Browser
from tests.web.matrix import (
    CAST,
    CITY_BUREAU,
    CONSULTANT,
    DISABLED,
    DISTRICT,
    MARK,
    NOBODY,
    OWNER,
    REVIEWERS,
    Object,
    World,
    disable,
    make_world,
)

# What an action grants to fewer than role and sight say: for whom the page answers.
NARROWER: Mapping[str, frozenset[str]] = {
    name: frozenset({CITY_BUREAU})
    for name in (
        "campaign.edit", "campaign.publish", "campaign.invitees", "campaign.invitee_template", "campaign.new",
        "campaign.letters",
    )
    # An application package is for whoever may print.
    "package.show": MANAGERS | {FIRM},
}  # fmt: skip
# What is not there for everything of its kind: a picture of a file that cannot be drawn, an objection out of season, the package of a draft.
NOT_ALWAYS = frozenset({"package.show", "evidence.page", "evidence.thumbnail", "correction.objection"})
# Whose pages tell of everybody by design: the trail holds before and after of every change but answers.
NOT_SWEPT = frozenset({"auditor"})
MISSING = "AAAAAAAAAAAA"
FILTERS = (
    "",
    "?state=all&district=330110&sector=cement&year={year}&words=MKC&q=MKC&item=sncr&page=1",
    "?state=all&district=330111&sector=cement&year={year}&words=MKA&q=MKA&item=sncr&page=1",
)

# More than a minute of CPU: asked for with `./run test -m slow`.
pytestmark = pytest.mark.slow


@dataclass
class Stage:
    """The filled portal with a browser for each of the cast."""

    app: Flask
    door: Door
    world: World
    browsers: dict[str, Browser]
    seen: set[str] = field(default_factory=set)  # marks that somebody came to see

    @property
    def routes(self) -> list[Access]:
        """Every route but files that are the same for all."""
        return [one for one in access_table(self.app) if one.subject != "static"]


def _stage(door: Door) -> Stage:
    world = make_world(door)
    app = create_app(door=door)
    browsers = {name: Browser(app) for name in CAST}
    for name, browser in browsers.items():
        if name != NOBODY:
            sent = {"login": world.accounts[name].mail, "password": PASSWORD, "csrf_token": browser.token}
            assert browser.client.post("/sign-in", data=sent).status_code == 302, name
        assert browser.token
    disable(door, world)
    return Stage(app, door, world, browsers)


@pytest.fixture(scope="module")
def stage(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One portal for the whole matrix; the tests that write come last."""
    folder = tmp_path_factory.mktemp("matrix")
    (folder / "portal.sqlite").write_bytes(migrated_file.read_bytes())
    database = Database(f"sqlite:///{folder / 'portal.sqlite'}")
    (folder / "data").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        settings = make_settings(folder / "data", database_url=f"sqlite:///{folder / 'portal.sqlite'}")
        yield _stage(Door(database, make_library(), settings))
    database.close()


# ── Addresses and answers ────────────────────────────────────────────────────

# What an address may name besides its object, where the object does not say it.
USUAL = {
    "section": "plant", "item": "sncr", "paper": "opinion", "scenario_id": MISSING, "measure_id": MISSING,
    "mandate_id": MISSING, "number": "HZ2020-0000", "token": MISSING, "kind": "none", "deed": "none", "account_id": MISSING,
}  # fmt: skip


def _path(route: Access, object_: Object | None, inner: Mapping[str, str] | None = None) -> str:
    """The address for the object, or for one that is not there; fails for a part nobody thought of."""
    parts = {
        **USUAL,
        "id": object_.id if object_ else MISSING,
        **(object_.parts if object_ else {}),
        **(inner or {}),
    }

    def part(found: re.Match[str]) -> str:
        assert found[1] in parts, f"{route.rule}: say in USUAL what stands for <{found[1]}>"
        return parts[found[1]]

    return re.sub(r"<(?:\w+:)?(\w+)>", part, route.rule)


def _objects(stage: Stage, route: Access) -> list[Object]:
    if "<" not in route.rule:
        return []
    subjects = {"technology": [Object("precise_sncr", frozenset(CAST), "a card")], "mail link": []}
    known = {**subjects, **stage.world.objects}
    assert route.subject in known, (
        f"{route.rule}: no object of the kind {route.subject!r} in tests/web/matrix.py"
    )
    return known[route.subject]


def _may(stage: Stage, name: str, route: Access) -> bool:
    if not route.roles:
        return True
    return name not in (NOBODY, DISABLED) and stage.world.accounts[name].role in route.roles


def _text(answer: TestResponse) -> str:
    """Everything that came: headers, body, and what lies in office files."""
    body = answer.get_data()
    parts = [unquote(str(answer.headers)), answer.get_data().decode(errors="replace")]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts += [archive.read(one).decode(errors="replace") for one in archive.namelist()]
    if answer.mimetype == "application/json":
        parts.append(json.dumps(answer.get_json(), ensure_ascii=False))
    return "\n".join(parts)


def _foreign(stage: Stage, name: str, text: str, route: Access | None = None) -> set[str]:
    """Marks that this person must not read."""
    marks = stage.world.marks
    found = {one for one in MARK.findall(text) if one in marks}
    stage.seen |= found
    if name in NOT_SWEPT:
        return set()
    if route is not None and route.subject == "report number":  # a printed report's number is known to all
        found = {one for one in found if not one.endswith("9name")}
    return {one for one in found if name not in marks[one]}


_CHANGING = re.compile(r"[\w.~-]{40,}|\d{2}:\d{2}(:\d{2})?|Date: [^\r\n]+")


def _alike(answer: TestResponse, path: str, id: str) -> tuple[int, str]:
    """The answer without what belongs to the request alone."""
    text = f"{answer.headers}\n{answer.get_data().decode(errors='replace')}"
    return answer.status_code, _CHANGING.sub("", text.replace(path, "PATH").replace(id, "ID"))


# ── Reading ──────────────────────────────────────────────────────────────────


def _reading(stage: Stage, name: str) -> Iterator[str]:
    """What is wrong with what the person can open."""
    client = stage.browsers[name].client
    for route in stage.routes:
        if "GET" not in route.methods:
            continue
        objects = _objects(stage, route)
        if not _may(stage, name, route):
            answer = client.get(_path(route, objects[0] if objects else None), buffered=True)
            expected = 302 if name in (NOBODY, DISABLED) else 403
            if answer.status_code != expected or _foreign(stage, name, _text(answer)):
                yield f"{name} GET {route.rule}: {answer.status_code}, not {expected}"
            continue
        if not objects:
            for query in FILTERS:
                path = _path(route, None) + query.format(year=2025)
                yield from _swept(stage, name, route, path, client.get(path, buffered=True), "")
            continue
        nothing = _path(route, None)
        missing = client.get(nothing, buffered=True)
        if missing.status_code != 404:
            yield f"{name} GET {route.rule}: {missing.status_code} for what is not there"
        for one in _picked(objects, name):
            path = _path(route, one)
            answer = client.get(path, buffered=True)
            yield from _swept(stage, name, route, path, answer, one.what)
            is_there = name in one.readers and name in NARROWER.get(route.endpoint, {name})
            if is_there and answer.status_code == 404 and not _is_excused(route, one):
                yield f"{name} GET {route.rule} ({one.what}): 404 for what is theirs"
            if is_there:
                continue
            if _alike(answer, path, one.id) != _alike(missing, nothing, MISSING):
                yield f"{name} GET {route.rule} ({one.what}): {answer.status_code}, unlike a missing one"


def _picked(objects: list[Object], name: str) -> list[Object]:
    """All that is theirs, up to every state of one plant, and four of the others: a walk over all takes minutes."""
    own = [one for one in objects if name in one.readers]
    others = [one for one in objects if name not in one.readers]
    return own[:6] + others[:: max(1, len(others) // 4)][:4]


def _is_excused(route: Access, one: Object) -> bool:
    """Whether the address names something that the object does not have."""
    if route.endpoint in NOT_ALWAYS:
        return True
    inner = [part for part in re.findall(r"<(\w+)>", route.rule) if part not in ("id", "number")]
    return any(one.parts.get(part, MISSING) in (MISSING, "none", "opinion") for part in inner)


def _swept(
    stage: Stage, name: str, route: Access, path: str, answer: TestResponse, what: str
) -> Iterator[str]:
    if answer.status_code >= 500:
        yield f"{name} GET {path} ({what}): {answer.status_code}"
    foreign = _foreign(stage, name, _text(answer), route)
    if foreign:
        yield f"{name} GET {path} ({what}): reads {sorted(foreign)}"


@pytest.mark.parametrize("name", CAST)
def test_nobody_reads_what_is_not_theirs(stage: Stage, name: str) -> None:
    wrong = list(_reading(stage, name))
    assert not wrong, "\n".join(wrong)


def test_every_mark_was_read_by_somebody(stage: Stage) -> None:
    """Otherwise the walk above has looked at nothing."""
    unread = {mark for mark, readers in stage.world.marks.items() if readers} - stage.seen
    assert not unread, sorted(unread)


def test_papers_hold_nothing_of_others(stage: Stage) -> None:
    """What a PDF would say, before it is laid out."""
    with stage.door.reading() as work:
        for row in work.session.execute(select(ReportJobRow)).scalars():
            job = Job(
                id=row.id,
                kind=row.kind,
                subject=row.subject,
                assessment_id=row.assessment_id or "",
                attempt=1,
                asked_by=row.asked_by,
                asked_at=row.asked_at,
                lease_until=work.now,
            )
            (one,) = [one for one in stage.world.objects["report"] if one.id == row.id]
            # The plant's own report tells of its plan; no page of the bureau names its address.
            readers = one.readers - REVIEWERS if row.kind is JobKind.REPORT else one.readers
            said = {
                one for one in MARK.findall(repr(report.compose_job(work, job))) if one in stage.world.marks
            }
            for name in readers:
                assert not {one for one in said if name not in stage.world.marks[one]}, (row.kind, name)


# ── Writing ──────────────────────────────────────────────────────────────────

UNCOUNTED = {"audit", "sign_in", "sign_in_failure"}


def _rows(stage: Stage, ids: frozenset[str] | None = None) -> dict[str, list[str]]:
    """Every row but the trail's and the sign-ins'; with `ids` only those that name one of them."""
    found = {}
    with stage.door.reading() as work:
        for table in Row.metadata.sorted_tables:
            if table.name in UNCOUNTED:
                continue
            rows = [repr(tuple(row)) for row in work.session.execute(select(table))]
            if ids is not None:
                rows = [row for row in rows if any(id in row for id in ids)]
            found[table.name] = sorted(rows)
    return found


def _changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    return [f"{name}: {set(rows) ^ set(after[name])}" for name, rows in before.items() if rows != after[name]]


def _fields(stage: Stage, ids: list[str]) -> dict[str, Any]:
    """Everything a form could name, all of it somebody else's."""
    return dict.fromkeys(("pick", "detach", "remove", "to", "evidence", "enterprise", "enterprise_id", "assessment", "id", "holder", "item", "technologies", "scenario", "mandate", "account", "uscc", "campaign", "firm"), ids) | {"revision": "1", "remark": "example", "text": "example", "title": "example", "year": "2025"}  # fmt: skip


def _send(stage: Stage, name: str, path: str, fields: dict[str, Any], *, is_json: bool) -> TestResponse:
    browser = stage.browsers[name]
    if is_json:
        headers = {"X-CSRFToken": browser.token, "Accept": "application/json"}
        changes = [{"item": "sncr", "value": {"kind": "missing"}, "revision": 0}]
        return browser.client.post(path, json={"changes": changes, **fields}, headers=headers, buffered=True)
    return browser.client.post(path, data={**fields, "csrf_token": browser.token}, buffered=True)


@pytest.mark.parametrize("name", CAST)
def test_nobody_writes_into_what_is_not_theirs(stage: Stage, name: str) -> None:
    before, wrong = _rows(stage), []
    for route in stage.routes:
        if "POST" not in route.methods:
            continue
        objects = _objects(stage, route)
        if not _may(stage, name, route):
            answer = _send(stage, name, _path(route, objects[0] if objects else None), {}, is_json=False)
            expected = 401 if name in (NOBODY, DISABLED) else 403
            if answer.status_code != expected:
                wrong.append(f"{name} POST {route.rule}: {answer.status_code}, not {expected}")
            continue
        narrow = NARROWER.get(route.endpoint, {name})
        nothing = _path(route, None)
        missing = (
            {kind: _send(stage, name, nothing, {}, is_json=kind) for kind in (False, True)} if objects else {}
        )
        for one in _picked(objects, name):
            if name in one.readers and name in narrow:
                continue
            for is_json in (False, True):
                path = _path(route, one)
                answer = _send(stage, name, path, {}, is_json=is_json)
                if _alike(answer, path, one.id) != _alike(missing[is_json], nothing, MISSING):
                    wrong.append(
                        f"{name} POST {path} ({one.what}): {answer.status_code}, unlike a missing one"
                    )
                if not 400 <= answer.status_code < 500:
                    wrong.append(f"{name} POST {path} ({one.what}): {answer.status_code}")
                foreign = _foreign(stage, name, _text(answer), route)
                if foreign:
                    wrong.append(f"{name} POST {path} ({one.what}): reads {sorted(foreign)}")
    changed = _changed(before, _rows(stage))
    assert not wrong + changed, "\n".join(wrong + changed)


@pytest.mark.parametrize("name", [OWNER, CONSULTANT, DISTRICT])
def test_a_form_cannot_name_what_is_not_theirs(stage: Stage, name: str) -> None:
    """At one's own addresses, with somebody else's ids in every field: no row that names those is touched or made."""
    world = stage.world
    theirs = [
        one
        for subject, objects in world.objects.items()
        if subject not in ("account", "report number", "technology")
        for one in objects
        if name not in one.readers
    ]
    own_objects = [one for objects in world.objects.values() for one in objects if name in one.readers]
    mine = {id for one in own_objects for id in (one.id, *one.parts.values())}
    if name == DISTRICT:  # whoever may be reminded is named by the letter
        mine |= {one.id for one in world.objects["enterprise"] if one.what in ("A", "B")}
    inner_ids = {id for one in theirs for id in one.parts.values() if len(id) == 12}
    ids = frozenset({one.id for one in theirs} | inner_ids) - mine
    fields = _fields(stage, sorted(ids))
    before, everything, wrong = _rows(stage, ids), _rows(stage), []
    for route in stage.routes:
        if "POST" not in route.methods or not route.roles or not _may(stage, name, route):
            continue
        if route.endpoint == "account.sign_out":
            continue
        own = [one for one in _objects(stage, route) if name in one.readers][:3]
        for one in own or [None]:
            inner = [key for key in re.findall(r"<(\w+)>", route.rule) if key.endswith("_id")]
            swaps: list[dict[str, str]] = [{}]
            swaps += [
                {key: other.parts[key]}
                for key in inner
                for other in theirs
                if len(other.parts.get(key, "")) == 12
            ]
            for swap in swaps:
                for is_json in (False, True):
                    path = _path(route, one, swap)
                    answer = _send(stage, name, path, fields, is_json=is_json)
                    if answer.status_code >= 500:
                        wrong.append(f"{name} POST {path}: {answer.status_code}")
                    foreign = _foreign(stage, name, _text(answer), route)
                    if foreign:
                        wrong.append(f"{name} POST {path}: reads {sorted(foreign)}")
    changed = _changed(before, _rows(stage, ids))
    if name == CONSULTANT:  # the mandate allows reading and printing, nothing else
        after = {table: rows for table, rows in _rows(stage).items() if table != "report_job"}
        changed += _changed({table: everything[table] for table in after}, after)
    assert not wrong + changed, "\n".join(wrong + changed)
