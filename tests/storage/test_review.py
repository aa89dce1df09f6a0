"""Rows of review: what was issued never changes, a stale case is not advanced, the queue asks the same for one as for many."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from portal.actions import assessment, review_queue
from portal.actions.work import Door
from portal.core.answers import Practised
from portal.core.questionnaire import Extent
from portal.core.review import Deed, Party, Reason, ReviewState, Verdict, VerdictKind
from portal.core.review_queue import Asked, Holding, Order
from portal.core.roles import CITY, Account
from portal.storage import review as stored
from portal.storage.tables import AssessmentRow, ReviewRow
from tests.cast import Person, enrol, make_reviewer
from tests.make import SNCR, WASTE, make_answers, make_changes

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def _submit(door: Door, who: Person, year: int = 2026) -> str:
    with door.writing() as work:
        id = assessment.start(work, who.account, who.enterprise, year)
        assessment.keep(work, who.account, id, make_changes(make_answers()))
        assessment.submit(work, who.account, id)
    return id


@pytest.fixture
def submitted(door: Door, manager: Person) -> str:
    """The manager's submission."""
    return _submit(door, manager)


@pytest.fixture
def district(door: Door) -> Account:
    """A reviewer of the manager's district."""
    return make_reviewer(door)


def _verdict(kind: VerdictKind = VerdictKind.CONFIRMED, **more: object) -> Verdict:
    settings: dict[str, object] = {
        "item": SNCR,
        "round": 1,
        "party": Party.DISTRICT,
        "kind": kind,
        "counted": None,
        "reason": None,
        "comment": "",
        "by": "审核示例",
        "at": NOW,
    }
    return Verdict(**(settings | more))  # type: ignore[arg-type]


def _all(session: Session, id: str) -> tuple[Verdict, ...]:
    return stored.verdicts(session, id, is_issued=False)


def test_a_draft_is_replaced_and_what_was_issued_stays(door: Door, submitted: str, district: Account) -> None:
    lowered = _verdict(
        VerdictKind.LOWERED,
        counted=Practised(Extent.PARTIAL, Decimal(20)),
        reason=Reason.NOT_COVERED,
        comment="现场一半在用",
    )
    with door.writing() as work:
        stored.keep_verdicts(work.session, submitted, [_verdict()], by=district.id)
        stored.keep_verdicts(work.session, submitted, [lowered], by=district.id)
        assert _all(work.session, submitted) == (lowered,)
        assert stored.verdicts(work.session, submitted, is_issued=True) == ()
        stored.issue(work.session, submitted, [lowered], NOW)
    with door.writing() as work:
        stored.keep_verdicts(work.session, submitted, [_verdict()], by=district.id)
        stored.drop_verdict(work.session, submitted, SNCR, round=1, party=Party.DISTRICT)
        stored.issue(work.session, submitted, [lowered], NOW + timedelta(days=1))
        assert _all(work.session, submitted) == (replace(lowered, issued_at=NOW),)


def test_only_the_verdicts_named_are_issued(door: Door, submitted: str, district: Account) -> None:
    said = [_verdict(), _verdict(item=WASTE), _verdict(party=Party.CITY)]
    with door.writing() as work:
        stored.keep_verdicts(work.session, submitted, said, by=district.id)
        stored.issue(work.session, submitted, [said[1]], NOW)
        stored.issue(work.session, submitted, [], NOW)
        assert [one.item for one in stored.verdicts(work.session, submitted, is_issued=True)] == [WASTE]


def test_a_case_read_before_another_change_is_not_advanced(
    door: Door, submitted: str, district: Account
) -> None:
    step = stored.Step(deed=Deed.TAKE, party=Party.DISTRICT, by=district.id, at=NOW)
    with door.writing() as work:
        case = stored.find(work.session, submitted)
        assert case is not None
        assert stored.advance(work.session, case, ReviewState.REVIEWING, step, holder=district.id)
        assert not stored.advance(work.session, case, ReviewState.WAITING, step, holder=None)
        now = stored.find(work.session, submitted, is_locking=True)
        assert now is not None and now.state is ReviewState.REVIEWING and now.revision == case.revision + 1
        assert [one.deed for one in stored.decisions(work.session, submitted)] == [Deed.TAKE]


@contextmanager
def _counting(door: Door) -> Iterator[list[str]]:
    engine = door.database._reading
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def test_the_queue_asks_the_same_for_one_as_for_many(door: Door, submitted: str, district: Account) -> None:
    if not door.database.is_sqlite:
        pytest.skip("counted once: the queries are the same")
    counts = []
    for number in (0, 12):
        for place in range(number):
            _submit(door, enrol(door, "王示例", f"m{place}@example.cn", name=f"示例水泥{place}有限公司"))
        with _counting(door) as said, door.reading() as work:
            found = review_queue.of(work, district, Asked())
        counts.append(len(said))
        assert found.count == number + 1 == len(found.lines)
    assert counts[0] == counts[1] <= 6
    # Long texts stay in the database.
    assert not any("frozen_answers" in one or "receipt" in one for one in said)


def test_filters_and_orders_find_what_they_say(door: Door, manager: Person, district: Account) -> None:
    first, second = (
        _submit(door, manager),
        _submit(door, enrol(door, "王示例", "b@example.cn", name="示例一百%有限公司")),
    )
    city = make_reviewer(door, CITY, "city@example.cn")
    with door.writing() as work:
        work.session.execute(
            update(ReviewRow)
            .where(ReviewRow.assessment_id == first)
            .values(
                state=ReviewState.RETURNED,
                holder=district.id,
                due_at=work.now - timedelta(seconds=1),
                waiting_since=work.now - timedelta(days=3),
                findings=2,
            )
        )
        # As text "9.5" would stand behind "62.5".
        work.session.execute(
            update(AssessmentRow).where(AssessmentRow.id == first).values(points=Decimal("9.5"))
        )
        work.session.execute(
            update(AssessmentRow).where(AssessmentRow.id == second).values(points=Decimal("62.5"))
        )
    with door.reading() as work:

        def ids(**more: object) -> list[str]:
            lines = review_queue.of(work, city, Asked(**more)).lines  # type: ignore[arg-type]
            return [one.case.assessment_id for one in lines]

        assert ids(order=Order.WAITING) == [first, second]
        assert ids(order=Order.POINTS) == ids(order=Order.FINDINGS) == ids(order=Order.DUE) == [first, second]
        assert ids(order=Order.NEWEST) == [second, first]
        assert ids(is_overdue=True) == ids(states=(ReviewState.RETURNED,)) == [first]
        assert ids(holding=Holding.NOBODY) == ids(words="一百%") == ids(words="示例 百%") == [second]
        assert ids(words="_") == ids(words="\\") == ids(district="330182") == ids(sector="paper") == []
        assert (
            ids(words="91330")
            == ids(year=2026)
            == ids(district="330111", order=Order.WAITING)
            == [first, second]
        )
        mine = review_queue.of(work, district, Asked(holding=Holding.MINE))
        assert mine.count == mine.overdue == 1 and mine.by_state == {ReviewState.RETURNED: 1}
        late = review_queue.of(work, city, Asked(is_overdue=True))
        assert late.count == late.overdue == 1 and sum(late.by_state.values()) == 2
        (line,) = mine.lines
        assert line.waiting_days(work.now) == 3 and line.case.is_overdue(work.now)
        done = replace(line, case=replace(line.case, state=ReviewState.CONFIRMED))
        assert done.waiting_days(work.now) is None
        beyond = review_queue.of(work, city, Asked(page=99))
        assert (beyond.page, beyond.pages, beyond.years, beyond.sectors) == (1, 1, (2026,), ("cement",))
