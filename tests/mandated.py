"""A consultant with many clients that have submitted real questionnaires: for journeys, batches and benchmarks."""

import json
from datetime import UTC, datetime, timedelta

from portal.actions import account, assessment, enterprise, mandate
from portal.actions.work import Door
from portal.config import HOME
from portal.core.answers import Answers, from_json
from portal.core.filing import Change
from portal.core.mandate import Wish
from portal.core.questionnaire import ItemId
from tests.cast import PASSWORD, Person
from tests.make import make_profile


def example_answers() -> Answers:
    """The grinding station of the demo."""
    kept = json.loads((HOME / "demo" / "cement-grinding.json").read_text("utf-8"))
    kept = kept.get("answers", kept)
    return {ItemId(item): from_json(value) for item, value in kept.items() if isinstance(value, dict)}


def make_clients(door: Door, consultant: Person, count: int, mail: str = "owner@example.cn") -> Person:
    """One manager with so many submitted plants, each of which lets the consultant do everything."""
    given = example_answers()
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    first = ""
    with door.writing() as work:
        who, problems = account.register(work, name="钱示例", mail=mail, mobile="", password=PASSWORD)
        assert who is not None, problems
        for number in range(1, count + 1):
            id, problems = enterprise.create(work, who, make_profile(name=f"示例水泥{number:03d}有限公司"))
            assert id is not None, problems
            first = first or id
            one = assessment.start(work, who, id, assessment.this_year(work.now))
            changes = [Change(item, answer, 0) for item, answer in given.items()]
            for begin in range(0, len(changes), assessment.MOST_CHANGES):
                assessment.keep(work, who, one, changes[begin : begin + assessment.MOST_CHANGES])
            draft = assessment.open_(work, who, one)
            doubts = [doubt.token for doubt in assessment.ready(draft).doubts]
            assessment.submit(work, who, one, doubts)
            wish = Wish(
                holder=consultant.mail,
                scopes=("read", "fill", "print"),
                starts_on=today.isoformat(),
                ends_on=(today + timedelta(days=90)).isoformat(),
            )
            made, problems = mandate.grant(work, who, id, wish)
            assert made is not None, problems
        known = account.stored.find(work.session, who.id)
        assert known is not None
    return Person(account=known, enterprise=first)
