"""Roles × routes × objects: every route of the access table, tried by the whole cast on objects full of marks.

Nothing is listed by hand but what an action narrows further than role and sight; a new route is covered at once, or
the test fails with its name. The world is made once in a process; every test gets a copy or leaves it as it was.
"""

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from portal.actions import passwords, report
from portal.actions.work import Door
from portal.core.printing import Job, JobKind
from portal.report import html
from portal.storage import review as stored_review
from portal.storage.session import Database
from portal.storage.tables import AuditRow, ReportJobRow, Row
from portal.web.access import Access, access_table
from tests.cast import PASSWORD
from tests.make import make_library, make_settings
from tests.web.browser import Browser
from tests.web.conftest import make_app
from tests.web.matrix import (
    AUDITOR,
    CAST,
    CITY_BUREAU,
    CONSULTANT,
    DISABLED,
    DISMISSED,
    DISTRICT,
    FIRM,
    MANAGERS,
    MARK,
    NOBODY,
    OTHER,
    OWNER,
    REVIEWERS,
    STRANGER,
    Object,
    World,
    disable,
    make_world,
)

# What an action grants to fewer than role and sight say: for whom the page answers.
NARROWER: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "campaign.edit", "campaign.publish", "campaign.invitees", "campaign.invitee_template", "campaign.new",
            "campaign.letters",
        ),
        frozenset({CITY_BUREAU}),
    ),
    # An offline workbook is for filling in: a mandate that only lets read does not give it.
    **dict.fromkeys(("workbook.show", "workbook.export", "workbook.blank"), MANAGERS | {FIRM}),
    # So is an application package for whoever may print.
    "package.show": MANAGERS | {FIRM},
}  # fmt: skip
# What is not there for everything of its kind: a picture of a file that cannot be drawn, an objection out of season,
# the package of a draft.
NOT_ALWAYS = frozenset({"package.show", "evidence.page", "evidence.thumbnail", "correction.objection"})
# What the trail tells the auditor: what was done, and what about, but no answer and nothing that was said beside one.
UNTOLD = frozenset(
    {"reason", "corrected", "explained", "reply", "objection", "filetext", "unusedtext", "freshtext"}
)
# Who walks over everything that is theirs, and so must come to read every mark that is; the others look at some of it,
# and read what belongs to no plant.
THOROUGH = frozenset({OWNER, DISTRICT})
PLANTS = "ABC"
# How many statements a page may take, however much there is to show; most take a third of it.
MOST_STATEMENTS = 15
# What stands in print or in letters only: what an outsider knows of the enterprise, and who signs for a firm.
NOT_ON_PAGES = frozenset({"address", "contact", "products", "signatory"})
SOME = 2
MISSING = "AAAAAAAAAAAA"
FILTERED = (
    "?state=all&district=330110&sector=cement&year={year}&words=MKC&q=MKC&item=sncr&page=1&left={id}&right={id}",
    "?state=all&district=330111&sector=cement&year={year}&words=MKA&q=MKA&item=sncr&page=1&left={id}&right={id}",
)


@dataclass
class Stage:
    """A filled portal with a browser for each of the cast, opened when it is asked for."""

    app: Flask
    door: Door
    world: World
    every: int = 1  # more for a sample of the routes
    statements: list[str] = field(default_factory=list)  # of what was opened last
    _browsers: dict[str, Browser] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Listen to what pages that show ask the database."""

        @event.listens_for(self.door.database._reading, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            if statement != "BEGIN":
                self.statements.append(statement)

    def open(self, name: str, path: str) -> TestResponse:
        """What the person gets at an address."""
        client = self.browser(name).client
        self.statements.clear()
        return client.get(path, buffered=True)

    @property
    def routes(self) -> list[Access]:
        """Every route but files that are the same for all."""
        return [one for one in access_table(self.app) if one.subject != "static"][:: self.every]

    def browser(self, name: str) -> Browser:
        """The person's browser. Everybody has an address, so that nobody's haste counts against another."""
        if name not in self._browsers:
            browser = self._browsers[name] = Browser(self.app)
            browser.client.environ_base["REMOTE_ADDR"] = f"127.0.1.{CAST.index(name)}"
            if name != NOBODY:
                mail = self.world.accounts[name].mail
                sent = {"login": mail, "password": PASSWORD, "csrf_token": browser.token}
                assert browser.client.post("/sign-in", data=sent).status_code == 302, name
            if name == DISABLED:
                disable(self.door, self.world)
            assert browser.token
        return self._browsers[name]


@pytest.fixture(scope="session")
def filled(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The world on the disk, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    shutil.copyfile(migrated_file, folder / "portal.sqlite")
    with pytest.MonkeyPatch.context() as patch, _door(folder) as door:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        return folder, make_world(door)


@contextmanager
def _door(folder: Path) -> Iterator[Door]:
    """The door of the database in the folder, with its files."""
    url = f"sqlite:///{folder / 'portal.sqlite'}"
    (folder / "data").mkdir(exist_ok=True)
    database = Database(url)
    yield Door(database, make_library(), make_settings(folder / "data", database_url=url))
    database.close()


@pytest.fixture(scope="module")
def stage(filled: tuple[Path, World], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A copy for the tests that leave it as it was."""
    with _copied(filled, tmp_path_factory.mktemp("stage")) as stage:
        yield stage


@pytest.fixture
def own_stage(filled: tuple[Path, World], tmp_path: Path) -> Iterator[Stage]:
    """A copy for a test that writes."""
    with _copied(filled, tmp_path) as stage:
        yield stage


@contextmanager
def _copied(filled: tuple[Path, World], folder: Path) -> Iterator[Stage]:
    there, world = filled
    shutil.copytree(there, folder, dirs_exist_ok=True)
    with _door(folder) as door:
        yield Stage(make_app(door), door, world)


# ── Addresses and answers ────────────────────────────────────────────────────

# What an address may name besides its object, where the object does not say it.
USUAL = {
    "section": "plant", "item": "sncr", "paper": "opinion", "scenario_id": MISSING, "measure_id": MISSING,
    "mandate_id": MISSING, "number": "HZ2020-0000", "token": MISSING, "round": "0", "kind": "none", "deed": "none",
    "account_id": MISSING,
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


def _is_for(one: Object, name: str, route: Access) -> bool:
    return one.is_for(name, route.endpoint) and name in NARROWER.get(route.endpoint, {name})


def _mine(objects: list[Object], name: str, route: Access, turn: int) -> list[Object]:
    found = [one for one in objects if _is_for(one, name, route)]
    is_all = name in THOROUGH and route.subject not in ("report number", "account")
    return found if is_all else _turned(found, turn)


def _others(objects: list[Object], name: str, route: Access, turn: int) -> list[Object]:
    """Some of what is not theirs: of the neighbours and of elsewhere, other ones for every route."""
    return _turned([one for one in objects if not _is_for(one, name, route)], turn)


def _turned(objects: list[Object], turn: int) -> list[Object]:
    step = max(1, len(objects) // SOME)
    return [objects[(turn + step * n) % len(objects)] for n in range(min(SOME, len(objects)))]


def _tries(name: str, turn: int) -> bool:
    """Whether somebody tries a door that is shut for the role: each is tried by some, for one lock shuts all."""
    return (turn + CAST.index(name)) % 3 == 0


def _may(stage: Stage, name: str, route: Access) -> bool:
    if not route.roles:
        return True
    return name not in (NOBODY, DISABLED) and stage.world.accounts[name].role in route.roles


def _text(answer: TestResponse) -> str:
    """Everything that came: headers, body, and what lies in office files."""
    body = answer.get_data()
    parts = [unquote(str(answer.headers)), body.decode(errors="replace")]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts += [archive.read(one).decode(errors="replace") for one in archive.namelist()]
    if answer.mimetype == "application/json" and answer.is_json:
        parts.append(str(answer.get_json()))
    return "\n".join(parts)


def _foreign(stage: Stage, name: str, text: str, route: Access, seen: set[str] | None = None) -> set[str]:
    """Marks that this person must not read; those that were read are put into `seen`."""
    marks = stage.world.marks
    found = {one for one in MARK.findall(text) if one in marks}
    if seen is not None:
        seen |= found
    if route.subject == "report number":  # a printed report's number is known to all
        found = {one for one in found if not one.endswith("9name")}
    if name == AUDITOR and route.endpoint.startswith("audit."):
        return {one for one in found if one[4:] in UNTOLD}
    return {one for one in found if name not in marks[one]}


_CHANGING = re.compile(r"[\w.~-]{40,}|\d{2}:\d{2}(:\d{2})?|Date: [^\r\n]+")


def _alike(answer: TestResponse, path: str, id: str) -> tuple[int, str]:
    """The answer without what belongs to the request alone."""
    text = f"{answer.headers}\n{answer.get_data().decode(errors='replace')}"
    return answer.status_code, _CHANGING.sub("", text.replace(path, "PATH").replace(id, "ID"))


# ── Reading ──────────────────────────────────────────────────────────────────


def _reading(stage: Stage, name: str, seen: set[str]) -> Iterator[str]:
    """What is wrong with what the person can open."""
    client = stage.browser(name).client
    for turn, route in enumerate(stage.routes):
        if "GET" not in route.methods:
            continue
        objects = _objects(stage, route)
        others = _others(objects, name, route, turn)
        if not _may(stage, name, route):
            if not _tries(name, turn):
                continue
            answer = client.get(_path(route, objects[0] if objects else None), buffered=True)
            expected = 302 if name in (NOBODY, DISABLED) else 403
            if answer.status_code != expected or _foreign(stage, name, _text(answer), route, seen):
                yield f"{name} GET {route.rule}: {answer.status_code}, not {expected}"
            continue
        if not objects:
            theirs = next(one for one in stage.world.objects["assessment"] if name not in one.readers)
            for query in ("", FILTERED[turn % 2]) if route.roles else ("",):
                path = _path(route, None) + query.format(year=2025, id=theirs.id)
                answer = stage.open(name, path)
                yield from _swept(stage, name, route, path, answer, "", seen)
                yield from _untraced(stage, name, path, answer)
            continue
        nothing = _path(route, None)
        missing = client.get(nothing, buffered=True)
        if missing.status_code != 404:
            yield f"{name} GET {route.rule}: {missing.status_code} for what is not there"
        for one in others:
            path = _path(route, one)
            answer = stage.open(name, path)
            yield from _swept(stage, name, route, path, answer, one.what, seen)
            if _alike(answer, path, one.id) != _alike(missing, nothing, MISSING):
                yield f"{name} GET {route.rule} ({one.what}): {answer.status_code}, unlike a missing one"
        for one in _mine(objects, name, route, turn):
            path = _path(route, one)
            answer = stage.open(name, path)
            yield from _swept(stage, name, route, path, answer, one.what, seen)
            if answer.status_code == 404 and not _is_excused(route, one):
                yield f"{name} GET {route.rule} ({one.what}): 404 for what is theirs"
            yield from _untraced(stage, name, path, answer)


def _is_excused(route: Access, one: Object) -> bool:
    """Whether the address names something that the object does not have."""
    if route.endpoint in NOT_ALWAYS:
        return True
    inner = [part for part in re.findall(r"<(\w+)>", route.rule) if part not in ("id", "number")]
    return any(one.parts.get(part, MISSING) in (MISSING, "none", "opinion") for part in inner)


def _swept(
    stage: Stage, name: str, route: Access, path: str, answer: TestResponse, what: str, seen: set[str]
) -> Iterator[str]:
    if answer.status_code >= 500:
        yield f"{name} GET {path} ({what}): {answer.status_code}"
    if len(stage.statements) > MOST_STATEMENTS:
        yield f"{name} GET {path} ({what}): {len(stage.statements)} statements"
    foreign = _foreign(stage, name, _text(answer), route, seen)
    if foreign:
        yield f"{name} GET {path} ({what}): reads {sorted(foreign)}"


def _untraced(stage: Stage, name: str, path: str, answer: TestResponse) -> Iterator[str]:
    """Whether a file left without a line in the trail: it is fetched once more to see."""
    if name == NOBODY or not answer.headers.get("Content-Disposition", "").startswith("attachment"):
        return
    newest = select(func.max(AuditRow.number))
    with stage.door.reading() as work:
        before = work.session.scalar(newest)
    stage.browser(name).client.get(path, buffered=True)
    with stage.door.reading() as work:
        if work.session.scalar(newest) == before:
            yield f"{name} GET {path}: a file without a trace"


@pytest.mark.parametrize("name", CAST)
def test_nobody_reads_what_is_not_theirs(stage: Stage, name: str) -> None:
    seen: set[str] = set()
    wrong = list(_reading(stage, name, seen))
    mine = {mark for mark, readers in stage.world.marks.items() if name in readers}
    wrong += [  # otherwise the walk has looked at nothing
        f"{name} never read {mark}"
        for mark in sorted(mine - seen)
        if (name in THOROUGH or mark[2] not in PLANTS) and mark[4:] not in NOT_ON_PAGES
    ]
    assert not wrong, "\n".join(wrong)


def test_every_kind_of_mark_is_looked_for(stage: Stage) -> None:
    """Those who must read what is theirs read, together, marks of every kind."""
    marks = stage.world.marks
    kinds = {mark[4:] for mark, readers in marks.items() if readers & THOROUGH or mark[2] not in PLANTS}
    assert {mark[4:] for mark in marks} == kinds


def test_papers_hold_nothing_of_others(stage: Stage) -> None:
    """What a PDF says, before it is laid out."""
    objects = {one.id: one for one in stage.world.objects["report"]}
    with stage.door.reading() as work:
        rows = work.session.execute(select(ReportJobRow)).scalars().all()
        assert {row.id for row in rows} == set(objects)
        assert {row.kind for row in rows} >= {
            JobKind.REPORT,
            JobKind.NOTICE,
            JobKind.OPINION,
            JobKind.WHITE_PAPER,
        }
        for row in rows:
            job = Job(
                id=row.id,
                kind=row.kind,
                subject=row.subject,
                assessment_id=row.assessment_id or "",
                attempt=1,
                asked_by=row.asked_by,
                asked_at=row.asked_at,
                lease_until=work.now,
                firm_id=row.firm_id or "",
            )
            readers = {name for name in CAST if objects[row.id].is_for(name, "report.file")}
            printed = html.render(report.compose_job(work, job))
            said = {one for one in MARK.findall(printed) if one in stage.world.marks}
            for one in said:
                assert readers <= stage.world.marks[one], (objects[row.id].what, one)


# ── Writing ──────────────────────────────────────────────────────────────────

UNCOUNTED = {"audit", "sign_in", "sign_in_failure"}
Rows = dict[str, list[str]]


def _rows(stage: Stage, ids: frozenset[str] | None = None) -> Rows:
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


def _changed(before: Rows, after: Rows) -> list[str]:
    return [f"{name}: {set(rows) ^ set(after[name])}" for name, rows in before.items() if rows != after[name]]


def _send(stage: Stage, name: str, path: str, fields: dict[str, Any], *, is_json: bool) -> TestResponse:
    browser = stage.browser(name)
    if is_json:
        headers = {"X-CSRFToken": browser.token, "Accept": "application/json"}
        changes = [{"item": "sncr", "value": {"kind": "missing"}, "revision": 0}]
        return browser.client.post(path, json={"changes": changes, **fields}, headers=headers, buffered=True)
    return browser.client.post(path, data={**fields, "csrf_token": browser.token}, buffered=True)


def _writing(stage: Stage, name: str) -> Iterator[str]:
    """What is wrong with what the person can send to what is not theirs, by a plain form and as a script does."""
    for turn, route in enumerate(stage.routes):
        if "POST" not in route.methods:
            continue
        objects = _objects(stage, route)
        if not _may(stage, name, route):
            if not _tries(name, turn):
                continue
            answer = _send(stage, name, _path(route, objects[0] if objects else None), {}, is_json=False)
            expected = 401 if name in (NOBODY, DISABLED) else 403
            if answer.status_code != expected:
                yield f"{name} POST {route.rule}: {answer.status_code}, not {expected}"
            continue
        nothing, others = _path(route, None), _others(objects, name, route, turn)
        for is_json, one in zip((False, True), others, strict=False):
            missing = _send(stage, name, nothing, {}, is_json=is_json)
            path = _path(route, one)
            answer = _send(stage, name, path, {}, is_json=is_json)
            said = f"{name} POST {path} ({one.what}): {answer.status_code}"
            if _alike(answer, path, one.id) != _alike(missing, nothing, MISSING):
                yield f"{said}, unlike a missing one"
            if not 400 <= answer.status_code < 500:
                yield said
            foreign = _foreign(stage, name, _text(answer), route)
            if foreign:
                yield f"{said}, reads {sorted(foreign)}"


@pytest.mark.parametrize("name", CAST)
def test_nobody_writes_into_what_is_not_theirs(stage: Stage, name: str) -> None:
    stage.browser(name)
    before = _rows(stage)
    wrong = list(_writing(stage, name))
    wrong += _changed(before, _rows(stage))
    assert not wrong, "\n".join(wrong)


@pytest.mark.postgres
def test_postgres_hides_and_keeps_the_same(
    postgres: Callable[..., str], migrated_template: str, tmp_path: Path
) -> None:
    """A sample: who reads and writes beside the line on the other database."""
    url = postgres(migrated_template)
    database = Database(url)
    door = Door(database, make_library(), make_settings(tmp_path, database_url=url))
    world = make_world(door, stories=("confirmed", "draft"), letters="AC")
    stage = Stage(make_app(door), door, world, every=4)
    wrong = []
    for name in (STRANGER, OTHER, DISMISSED):
        stage.browser(name)
        before = _rows(stage)
        wrong += [*_reading(stage, name, set()), *_writing(stage, name)]
        wrong += _changed(before, _rows(stage))
    database.close()
    assert not wrong, "\n".join(wrong)


# ── Forms that name what is not theirs, and deeds out of season ──────────────

NAMED = (
    "pick", "detach", "remove", "to", "evidence", "enterprise", "enterprise_id", "assessment", "id", "holder", "item",
    "technologies", "scenario", "mandate", "account", "uscc", "campaign", "firm", "client", "account_id",
)  # fmt: skip
SAID = {
    "remark": "example", "text": "example", "title": "example", "opinion": "example", "comment": "example",
    "why": "example", "days": "10", "kind": "lowered", "counted": "none", "reason": "no_evidence", "ruling": "granted",
}  # fmt: skip


@pytest.mark.parametrize("name", [OWNER, CONSULTANT, FIRM, DISTRICT])
def test_a_form_cannot_name_what_is_not_theirs(own_stage: Stage, name: str) -> None:
    """At one's own addresses, with somebody else's ids in every field: no row that names those is touched or made."""
    stage, world = own_stage, own_stage.world
    theirs = [
        one
        for subject, objects in world.objects.items()
        if subject not in ("account", "report number", "technology")
        for one in objects
        if name not in one.readers
    ]
    own_objects = [one for objects in world.objects.values() for one in objects if name in one.readers]
    mine = {id for one in own_objects for id in (one.id, *one.parts.values())}
    if name == DISTRICT:  # whoever may be reminded is named by the letter, and the draft that it leads into
        mine |= {one.id for one in world.objects["enterprise"] if one.what in ("A", "B")}
        mine |= {one.id for one in world.objects["assessment"] if one.what in ("A, a draft", "B, a draft")}
    inner_ids = {id for one in theirs for id in one.parts.values() if len(id) == 12}
    ids = frozenset({one.id for one in theirs} | inner_ids) - mine
    fields = dict.fromkeys(NAMED, sorted(ids)) | SAID | {"revision": "1", "year": "2025"}
    stage.browser(name)
    before, everything, wrong = _rows(stage, ids), _rows(stage), []
    for turn, route in enumerate(stage.routes):
        if "POST" not in route.methods or not route.roles or not _may(stage, name, route):
            continue
        own = [one for one in _objects(stage, route) if name in one.readers]
        for one in _turned(own, turn)[:1] or [None]:
            inner = [key for key in re.findall(r"<(\w+)>", route.rule) if key.endswith("_id")]
            swaps: list[dict[str, str]] = [{}]
            for key in inner:
                there = [other for other in theirs if len(other.parts.get(key, "")) == 12]
                swaps += [{key: other.parts[key]} for other in _turned(there, turn)]
            for swap in swaps:
                for is_json in (False,) if swap else (False, True):
                    path = _path(route, one, swap)
                    answer = _send(stage, name, path, fields, is_json=is_json)
                    if answer.status_code >= 500:
                        wrong.append(f"{name} POST {path}: {answer.status_code}")
                    foreign = _foreign(stage, name, _text(answer), route)
                    if foreign:
                        wrong.append(f"{name} POST {path}: reads {sorted(foreign)}")
    changed = _changed(before, _rows(stage, ids))
    if name == CONSULTANT:  # the mandate allows reading, nothing else
        changed += _changed(everything, _rows(stage))
    assert not wrong + changed, "\n".join(wrong + changed)


# What a plant may still do beside a case that is under review or closed: plan, print, look after its library.
BESIDE = {"scenario", "measure", "report_job", "evidence", "letter"}


@pytest.mark.parametrize(
    ("name", "what"),
    [
        (DISTRICT, "A, closed"),
        (DISTRICT, "A, rechecking"),
        (CITY_BUREAU, "A, reviewing"),
        (OWNER, "A, closed"),
        (OWNER, "A, rechecking"),
    ],
)
def test_what_is_in_another_state_takes_no_deed(own_stage: Stage, name: str, what: str) -> None:
    """Every deed at the right address and at the wrong time: refused, and nothing changed."""
    stage = own_stage
    subject = "review" if name in REVIEWERS else "assessment"
    one = stage.world.one(subject, what)
    stage.browser(name)
    before, wrong = _rows(stage), []
    for route in stage.routes:
        if "POST" not in route.methods or route.subject != subject or not _may(stage, name, route):
            continue
        fields = {**SAID, "revision": str(_revision(stage, one.id)), "to": stage.world.accounts[DISABLED].id}
        for is_json in (False, True):
            answer = _send(stage, name, _path(route, one), fields, is_json=is_json)
            if answer.status_code >= 500:
                wrong.append(f"{name} POST {route.rule} ({what}): {answer.status_code}")
    after = _rows(stage)
    changed = _changed({table: rows for table, rows in before.items() if table not in BESIDE}, after)
    assert not wrong + changed, "\n".join(wrong + changed)


def _revision(stage: Stage, id: str) -> int:
    with stage.door.reading() as work:
        case = stored_review.find(work.session, id)
    assert case is not None
    return case.revision
