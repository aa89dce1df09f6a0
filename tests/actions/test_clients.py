"""The client desk: the same few statements however many clients there are, and the scores that a page would show."""

from datetime import UTC, datetime

from sqlalchemy import event

from portal.actions import account, assessment, clients, evidence, mandate, result
from portal.actions.work import Door
from portal.core.clients import Asked, Gates, Line, Order, Step
from portal.core.mandate import Wish
from portal.storage import account as stored_account
from tests.cast import Person, enrol, make_consultant
from tests.make import make_answers, make_changes

YEAR = datetime.now(UTC).year


def _client(door: Door, consultant: Person, number: int, *, is_submitted: bool) -> str:
    person = enrol(door, "王示例", f"m{number}@example.cn", name=f"示例水泥{number}有限公司")
    wish = Wish(
        holder=consultant.mail,
        scopes=("read", "fill", "print"),
        starts_on=f"{YEAR}-01-01",
        ends_on=f"{YEAR + 1}-12-31",
    )
    with door.writing() as work:
        assert mandate.grant(work, person.account, person.enterprise, wish)[0]
        id = assessment.start(work, person.account, person.enterprise, assessment.this_year(work.now))
        assessment.keep(work, person.account, id, make_changes(make_answers()))
        if is_submitted:
            assessment.submit(work, person.account, id)
    return id


def _look(door: Door, consultant: Person, asked: Asked) -> tuple[tuple[Line, ...], list[str]]:
    statements: list[str] = []

    def note(*given: object) -> None:
        statements.append(str(given[2]))

    with door.reading() as work:
        known = stored_account.find(work.session, consultant.account.id)
        assert known is not None
        who = account.mandated(work, known)
        event.listen(door.database._reading, "before_cursor_execute", note)
        found = clients.page_of(work, who, clients.table(work, who, asked), 0, 25)
        event.remove(door.database._reading, "before_cursor_execute", note)
    return found, statements


def test_more_clients_ask_the_database_no_more_often(door: Door) -> None:
    consultant = make_consultant(door)
    with door.reading() as work:
        asked = Asked(year=assessment.this_year(work.now), order=Order.POINTS)
    counts = []
    for number in range(4):
        _client(door, consultant, number, is_submitted=number % 2 == 1)
        found, statements = _look(door, consultant, asked)
        assert len(found) == number + 1
        counts.append(len(statements))
    assert counts[1] == counts[3] <= 12


def test_a_line_says_what_the_clients_own_pages_say(door: Door) -> None:
    consultant = make_consultant(door)
    ids = [_client(door, consultant, number, is_submitted=number == 1) for number in range(2)]
    with door.reading() as work:
        asked = Asked(year=assessment.this_year(work.now))
    found, _ = _look(door, consultant, asked)
    with door.reading() as work:
        known = stored_account.find(work.session, consultant.account.id)
        assert known is not None
        who = account.mandated(work, known)
        for id, line in zip(ids, found, strict=True):
            shown = result.of(work, who, id)
            score = line.score
            assert score is not None
            assert score.points == shown.assessment.points.total
            assert score.verdict == shown.assessment.gate_verdict
            assert score.gap == (shown.gaps[0].result.item if shown.gaps else None)
            assert line.lacks == len(evidence.coverage_of(work, shown.open, shown.assessment).lacks)
            assert score.missing == len(assessment.ready(shown.open).missing)
    assert [line.step for line in found][1] is Step.PRINT
    met = Asked(year=asked.year, gates=Gates.MET)
    assert all(line.score and line.score.verdict.is_met for line in _look(door, consultant, met)[0])
