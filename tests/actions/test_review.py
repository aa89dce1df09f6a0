"""Review: a case goes from the district to the city and back, and nobody sees or does what the table does not allow."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from portal.actions import assessment, review
from portal.actions.review import Judgement
from portal.actions.work import Door, NotFound, Work
from portal.core.answers import Measured, Practised
from portal.core.questionnaire import Extent, ItemId
from portal.core.review import NotAllowed, Reason, ReviewState, Stale, VerdictKind
from portal.core.roles import CITY, Account
from portal.storage import review as stored
from tests.cast import Person, make_reviewer
from tests.make import HEAT, PERMIT, SNCR, WASTE, make_answers, make_changes

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)  # in Hangzhou


@contextmanager
def at(door: Door, now: datetime = NOON) -> Iterator[Work]:
    """A unit of work at that moment."""
    with door.writing() as work:
        moved = replace(work, now=now)
        yield moved


@pytest.fixture
def submitted(door: Door, manager: Person) -> str:
    """The manager's submission."""
    with at(door) as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2026)
        assessment.keep(work, manager.account, id, make_changes(make_answers()))
        assessment.submit(work, manager.account, id)
    return id


@pytest.fixture
def district(door: Door) -> Account:
    """A reviewer of the manager's district."""
    return make_reviewer(door)


@pytest.fixture
def city(door: Door) -> Account:
    """A reviewer of the city."""
    return make_reviewer(door, CITY, "city@example.cn")


def revision(door: Door, id: str) -> int:
    """The case's revision as it stands."""
    with door.reading() as work:
        case = stored.find(work.session, id)
    assert case is not None
    return case.revision


def say(door: Door, who: Account, id: str, item: ItemId, kind: VerdictKind, **more: object) -> None:
    """Judge one item, whatever stands there."""
    with at(door) as work:
        own = review.open_(work, who, id).own.get(item)
        seen = own.at.isoformat() if own else ""
        said = Judgement(item=item, kind=kind, seen=seen, **more)  # type: ignore[arg-type]
        assert review.judge(work, who, id, said) == ()


def judged(door: Door, who: Account, id: str) -> None:
    """Take the case and confirm everything."""
    with at(door) as work:
        review.take(work, who, id)
    with at(door) as work:
        review.confirm_rest(work, who, id, revision(door, id))


def test_a_case_goes_from_the_district_to_the_city_with_a_verified_score(
    door: Door, submitted: str, district: Account, city: Account
) -> None:
    with at(door) as work:
        review.take(work, district, submitted)
    say(
        door,
        district,
        submitted,
        SNCR,
        VerdictKind.LOWERED,
        counted=Practised(Extent.NONE),
        reason=Reason.NO_EVIDENCE,
    )
    with at(door) as work:
        assert review.confirm_rest(work, district, submitted, revision(door, submitted)) == 3
    with at(door) as work:
        assert review.forward(work, district, submitted, revision(door, submitted), "同意上报") == ()
    with at(door) as work:
        review.take(work, city, submitted)
    with at(door) as work:
        assert review.confirm(work, city, submitted, revision(door, submitted), "同意") == ()
    with door.reading() as work:
        found = review.open_(work, city, submitted)
    assert found.case.state is ReviewState.CONFIRMED
    assert found.confirmed is not None and found.confirmed.points is not None
    declared = found.declared.points.total
    assert declared is not None and found.confirmed.points < declared
    assert found.confirmed.answers[SNCR] == Practised(Extent.NONE)
    assert all(one.issued_at == NOON for one in found.verdicts)
    assert [one.deed.value for one in found.decisions] == ["take", "forward", "take", "confirm"]
