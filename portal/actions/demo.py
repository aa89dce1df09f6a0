"""Example data that feels real, from the folder `demo/`: through the same actions that people use."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from portal.actions import (
    account,
    assessment,
    campaign,
    data_check,
    enterprise,
    evidence,
    firm,
    mandate,
    measure,
    report,
    scenario,
    staff,
)
from portal.actions.passwords import hash_of
from portal.actions.work import Door, Work, keep_trail
from portal.config import HOME
from portal.core.answers import Answers, read_answers
from portal.core.campaign import TypedPlan, TypedRung, local_day
from portal.core.enterprise import EnterpriseProfile
from portal.core.errors import PortalError
from portal.core.evidence import Particulars
from portal.core.filing import Change
from portal.core.mandate import Wish
from portal.core.participation import INVITEE_FIELDS
from portal.core.planning import Entry, MeasureState
from portal.core.questionnaire import ItemId
from portal.core.roles import Account, Role
from portal.storage import account as stored
from portal.storage import assessment as stored_assessment
from portal.storage import enterprise as stored_enterprise


class DemoError(PortalError):
    """The example data do not fit the portal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who can sign in; `about` says what there is to see."""

    name: str
    mail: str
    about: str


@cache
def _script(folder: Path) -> dict[str, Any]:
    script: dict[str, Any] = json.loads((folder / "demo.json").read_text("utf-8"))
    return script


def password(folder: Path = HOME / "demo") -> str:
    """The password of everybody."""
    return str(_script(folder)["password"])


def seed(door: Door) -> tuple[Person, ...]:
    """Add the example data to an empty database; the people to sign in as, also when they were there before."""
    folder = door.settings.demo_folder
    script = _script(folder)
    everybody = (*script["people"], *script["consultants"], *script["staff"])
    people = tuple(Person(name=one["name"], mail=one["mail"], about=one["about"]) for one in everybody)
    with door.writing() as work:
        if not stored.is_empty(work.session):
            return tuple(one for one in people if stored.find_by_login(work.session, one.mail))
        accounts = {one["mail"]: _register(work, one, script["password"]) for one in script["people"]}
        for one in script["enterprises"]:
            _enterprise(work, folder, one, [accounts[mail] for mail in one["members"]])
        for one in script["consultants"]:
            _consultant(work, one, script["password"], accounts)
        officials = _staff(work, script["staff"], script["password"])
        _campaign(work, next(one for one in officials if one.is_city), script["campaign"])
    return people


def _consultant(work: Work, script: dict[str, Any], word: str, members: dict[str, Account]) -> None:
    """Somebody with a firm and the mandates of some plants, one of which follows a plan."""
    who = _register(work, script, word, Role.CONSULTANT)
    _act(work, who)
    if problems := firm.keep(work, who, script["firm"]):
        raise DemoError(str(problems))
    today = local_day(work.now)
    wish = Wish(
        holder=who.mail,
        scopes=("read", "fill", "print"),
        starts_on=today.isoformat(),
        ends_on=(today + timedelta(days=365)).isoformat(),
    )
    for mail in script["clients"]:
        owner = members[mail]
        _act(work, owner)
        (enterprise_id, *_) = [one.id for one in enterprise.mine(work, owner)]
        id, problems = mandate.grant(work, owner, enterprise_id, wish)
        if id is None:
            raise DemoError(str(problems))
        if mail == script["plan"]["client"]:
            _act(work, who)
            _plan(work, account.mandated(work, who), enterprise_id, script["plan"])


def _plan(work: Work, who: Account, enterprise_id: str, script: dict[str, Any]) -> None:
    """The plan of last year's self-check, one measure of which is done and one under way."""
    last_year = stored_assessment.id_of(work.session, enterprise_id, assessment.this_year(work.now) - 1)
    if last_year is None:
        raise DemoError(enterprise_id)
    advised = scenario.bench(work, who, last_year).result.recommendations[: script["count"]]
    chosen = [one.technology.id for one in advised]
    id, problems = scenario.create(work, who, last_year, script["title"], chosen, {})
    if id is None:
        raise DemoError(str(problems))
    scenario.choose(work, who, last_year, id)
    done_on = local_day(work.now) - timedelta(days=script["done_days_ago"])
    entries = (
        Entry(
            owner=who.name,
            state=MeasureState.DONE,
            started_on=done_on - timedelta(days=30),
            finished_on=done_on,
            spent=Decimal(script["spent"]),
            saving=Decimal(script["saving"]),
        ),
        Entry(
            owner=who.name,
            state=MeasureState.RUNNING,
            started_on=done_on,
            due_on=done_on + timedelta(days=180),
        ),
    )
    lines = {line.measure.technology: line for line in measure.ledger(work, who, enterprise_id).lines}
    for technology, entry in zip(chosen, entries, strict=False):
        if problems := measure.keep(work, who, enterprise_id, lines[technology].measure.id, entry):
            raise DemoError(str(problems))


def _staff(work: Work, script: list[dict[str, str]], word: str) -> list[Account]:
    """The three administrators, then the reviewers, whom the first two of them let in."""
    keep_trail(work)
    work.trail.who = None  # the first three come from the command line
    made: dict[str, Account] = {}
    for one in sorted(script, key=lambda one: one["role"] == Role.REVIEWER):
        if one["role"] == Role.REVIEWER:
            given = {name: one[name] for name in ("name", "mail", "office")}
            _act(work, made[Role.OPERATOR])
            id, problems = staff.create(work, made[Role.OPERATOR], **given, mobile="")
            _act(work, made[Role.SECURITY])
            if id is not None:
                problems = staff.grant(work, made[Role.SECURITY], id, one["role"], one["jurisdiction"])
        else:
            _, problems = staff.bootstrap(
                work, Role(one["role"]), name=one["name"], mail=one["mail"], office=one["office"]
            )
        found = stored.find_by_login(work.session, one["mail"])
        if problems or found is None:
            raise DemoError(str(problems))
        stored.set_password_hash(work.session, found.id, hash_of(word))
        made[one["role"] if one["role"] != Role.REVIEWER else one["mail"]] = found
    return list(made.values())


def _campaign(work: Work, city: Account, script: dict[str, Any]) -> None:
    """This year's campaign, open for a while already."""
    _act(work, city)
    today = local_day(work.now)
    opens, closes = (
        today + timedelta(days=days) for days in (-script["opened_days_ago"], script["closes_in_days"])
    )
    plan = TypedPlan(
        year=str(today.year),
        title=script["title"].format(year=today.year),
        sectors=tuple(one.id for one in work.library.newest()),
        opens_on=opens.isoformat(),
        closes_on=closes.isoformat(),
        rungs=tuple(TypedRung(**one) for one in script["rungs"]),
        notice=script["notice"],
    )
    id, problems = campaign.create(work, city, plan)
    if id is None:
        raise DemoError(str(problems))
    table = "\n".join(",".join(one) for one in (INVITEE_FIELDS, *script["invitees"]))
    _, problems = campaign.import_invitees(work, city, id, pasted=table, content=b"")
    if problems:
        raise DemoError(str(problems))
    campaign.publish(work, city, id)


def _act(work: Work, who: Account) -> None:
    """From now on the trail names this person."""
    keep_trail(work)
    work.trail.who = who


def _register(work: Work, person: dict[str, Any], word: str, role: Role = Role.MANAGER) -> Account:
    who, problems = account.register(
        work, name=person["name"], mail=person["mail"], mobile=person["mobile"], password=word, role=role
    )
    if who is None:
        raise DemoError(str(problems))
    keep_trail(work)
    return who


def _enterprise(work: Work, folder: Path, script: dict[str, Any], members: list[Account]) -> None:
    _act(work, members[0])
    id, problems = enterprise.create(work, members[0], EnterpriseProfile(**script["profile"]))
    if id is None:
        raise DemoError(str(problems))
    for colleague in members[1:]:
        stored_enterprise.add_member(work.session, colleague.id, id, work.now)
    for one in script["assessments"]:
        _assessment(work, folder, one, id, members)


def _assessment(
    work: Work, folder: Path, script: dict[str, Any], enterprise_id: str, members: list[Account]
) -> None:
    year = assessment.this_year(work.now) + script["years_from_now"]
    id = assessment.start(work, members[0], enterprise_id, year)
    if script["answers"]:
        _fill_in(work, folder, script, id, members)
    _act(work, members[0])
    for one in script.get("evidence", ()):
        _attach(work, folder, one, members[0], enterprise_id, id)
    for rule, said in script.get("explanations", {}).items():
        if data_check.explain(work, members[0], id, rule, said):
            raise DemoError(rule)
    if script["is_submitted"]:
        assessment.submit(work, members[0], id)
    if script["is_printed"]:
        report.ask(work, members[0], id)


def _attach(
    work: Work, folder: Path, script: dict[str, Any], who: Account, enterprise_id: str, id: str
) -> None:
    """A file of the example folder, taken in like any upload, beside its items."""
    file = folder / "evidence" / script["file"]
    upload = evidence.Upload(name=file.name, content=file.read_bytes())
    year = assessment.open_(work, who, id).year
    issued_on = min(date(year, *script["issued"]), local_day(work.now))
    given = Particulars(title=file.stem, kind=script["kind"], issued_on=issued_on.isoformat())
    (added,) = evidence.add(
        work, who, enterprise_id, evidence.receive(work, who, enterprise_id, [upload]), given
    )
    if added.evidence is None:
        raise DemoError(str(added.problem))
    for item in script["items"]:
        if problems := evidence.attach(work, who, id, ItemId(item), [added.evidence.id]):
            raise DemoError(str(problems))


def _fill_in(work: Work, folder: Path, script: dict[str, Any], id: str, members: list[Account]) -> None:
    questionnaire = assessment.open_(work, members[0], id).questionnaire
    answers = read_answers(questionnaire, json.loads((folder / script["answers"]).read_text("utf-8")))
    given = list(answers)[: len(answers) * script["percent"] // 100]
    # Colleagues take turns: the pages then show who filled in what.
    for place, who in enumerate(members):
        _keep(work, who, id, {item: answers[item] for item in given[place :: len(members)]})


def _keep(work: Work, who: Account, id: str, answers: Answers) -> None:
    changes = [Change(item, answer, None) for item, answer in answers.items()]
    _act(work, who)
    result = assessment.keep(work, who, id, changes)
    if result.problems or result.conflicts:
        raise DemoError(str(result.problems or result.conflicts))
