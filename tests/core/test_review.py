"""The table of moves, deadlines, and which verdict stands or may be seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from portal.core.answers import Measured, Practised
from portal.core.questionnaire import Extent, ItemId
from portal.core.review import (
    DAYS_TO_OBJECT,
    MOVES,
    Case,
    Decision,
    Deed,
    NotAllowed,
    Objection,
    Only,
    Party,
    ReviewState,
    Verdict,
    VerdictKind,
    after_objections,
    deadline,
    deeds_of,
    may_see,
    move,
    prevailing,
    standing,
    verified,
)
from tests.trade import D

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)  # in Hangzhou
HOLDER, OTHER = "holder", "other"
S = ReviewState


def make_case(state: ReviewState = S.REVIEWING, **more: object) -> Case:
    """A case in the hands of HOLDER."""
    settings: dict[str, object] = {
        "assessment_id": "x",
        "state": state,
        "round": 1,
        "district": "330111",
        "holder_id": HOLDER,
        "holder": "审核示例",
        "waiting_since": NOON,
        "due_at": NOON + timedelta(days=1),
        "is_extended": False,
        "revision": 1,
    }
    return Case(**(settings | more))  # type: ignore[arg-type]


def make_verdict(item: str, kind: VerdictKind = VerdictKind.CONFIRMED, **more: object) -> Verdict:
    """A draft of the district in the first round."""
    settings: dict[str, object] = {
        "item": ItemId(item),
        "round": 1,
        "party": Party.DISTRICT,
        "kind": kind,
        "counted": None,
        "reason": None,
        "comment": "",
        "by": "审核示例",
        "at": NOON,
    }
    return Verdict(**(settings | more))  # type: ignore[arg-type]


# ── The table ────────────────────────────────────────────────────────────────


def test_whatever_the_table_does_not_name_is_refused() -> None:
    for state, deed, party, account in product(ReviewState, Deed, Party, (HOLDER, OTHER)):
        case = make_case(state)
        allowed = [
            line
            for line in MOVES
            if (line.before, line.deed, line.party) == (state, deed, party)
            and (account == HOLDER or not line.is_holders)
            # The case waits since noon, its deadline is tomorrow and somebody holds it.
            and line.only not in (Only.OVERDUE, Only.ORPHANED)
        ]
        if allowed:
            assert move(case, deed, party, account, now=NOON) is allowed[0].after
        else:
            with pytest.raises(NotAllowed) as told:
                move(case, deed, party, account, now=NOON)
            assert told.value.case is case and told.value.deed is deed
        assert (deed in deeds_of(case, party, account, now=NOON)) == bool(allowed)


def test_no_two_lines_lead_to_different_states() -> None:
    found: dict[tuple[object, ...], ReviewState] = {}
    for line in MOVES:
        key = (line.before, line.deed, line.party)
        assert found.setdefault(key, line.after) is line.after


def test_every_state_can_be_reached_and_only_the_last_one_ends() -> None:
    reached = {line.after for line in MOVES} | {S.WAITING}
    assert reached == set(ReviewState)
    assert set(ReviewState) - {line.before for line in MOVES} == {S.CLOSED}


def test_every_deed_is_somebodys() -> None:
    assert {line.deed for line in MOVES} == set(Deed)


@pytest.mark.parametrize(
    ("deed", "party", "before_it", "after_it"),
    [
        (Deed.CORRECT, Party.ENTERPRISE, True, False),
        (Deed.RESUBMIT, Party.ENTERPRISE, True, False),
        (Deed.RECALL, None, False, True),
        (Deed.EXTEND, None, True, True),
    ],
)
@pytest.mark.parametrize(
    ("state", "bureau"), [(S.RETURNED, Party.DISTRICT), (S.RETURNED_BY_CITY, Party.CITY)]
)
def test_the_deadline_is_kept_to_the_second(
    deed: Deed, party: Party | None, before_it: bool, after_it: bool, state: ReviewState, bureau: Party
) -> None:
    due = deadline(NOON, 10)
    case = make_case(state, due_at=due)
    party = party or bureau
    assert case.is_out and case.bureau is bureau
    last = due - timedelta(microseconds=1)
    assert (deed in deeds_of(case, party, HOLDER, now=last)) is before_it
    assert (deed in deeds_of(case, party, HOLDER, now=due)) is after_it


def test_an_objection_comes_in_time_until_its_last_day_has_ended() -> None:
    case = make_case(S.CONFIRMED)
    ends = deadline(NOON, DAYS_TO_OBJECT)
    assert move(case, Deed.OBJECT, Party.ENTERPRISE, now=ends - timedelta(microseconds=1)) is S.OBJECTED
    assert deeds_of(case, Party.ENTERPRISE, now=ends) == frozenset()


def test_a_deadline_ends_with_its_day_in_hangzhou() -> None:
    assert deadline(NOON, 10) == datetime(2026, 12, 2, 16, tzinfo=UTC)
    # One minute past midnight in Hangzhou is still the day before by UTC.
    assert deadline(datetime(2026, 11, 22, 16, 1, tzinfo=UTC), 10) == datetime(2026, 12, 3, 16, tzinfo=UTC)
    day = make_case(S.RETURNED, due_at=deadline(NOON, 10)).due_on
    assert day is not None and day.isoformat() == "2026-12-02"
    assert make_case(due_at=None).due_on is None
    step = Decision(
        revision=2, deed=Deed.RETURN, party=Party.DISTRICT, round=1, remark="", due_at=deadline(NOON, 10),
        by="审核示例", at=NOON,
    )  # fmt: skip
    assert step.due_on == day and replace(step, due_at=None).due_on is None


def test_the_deadline_moves_once() -> None:
    case = make_case(S.RETURNED, is_extended=True)
    assert Deed.EXTEND not in deeds_of(case, Party.DISTRICT, HOLDER, now=NOON)


@pytest.mark.parametrize(
    ("state", "party"),
    [
        (S.REVIEWING, Party.DISTRICT),
        (S.RETURNED, Party.DISTRICT),
        (S.RECHECKING, Party.CITY),
        (S.RETURNED_BY_CITY, Party.CITY),
    ],
)
def test_a_case_whose_holder_is_gone_can_be_taken(state: ReviewState, party: Party) -> None:
    case = make_case(state)
    assert Deed.TAKE not in deeds_of(case, party, OTHER, now=NOON)
    orphaned = replace(case, is_orphaned=True)
    assert move(orphaned, Deed.TAKE, party, OTHER, now=NOON) is state


# ── Verdicts together ────────────────────────────────────────────────────────


def test_the_newest_round_prevails_and_within_it_the_city() -> None:
    first = make_verdict("a", party=Party.CITY)
    second = make_verdict("a", VerdictKind.LOWERED, round=2)
    third = make_verdict("a", party=Party.CITY, round=2)
    assert prevailing((third, first, second)) == {"a": third}
    assert prevailing((second, first)) == {"a": second}
    assert standing((third, first, second), Party.DISTRICT) == {"a": second}
    assert standing((third, first, second), Party.CITY) == {"a": third}


CITY_AT_WORK = {S.FORWARDED, S.RECHECKING, S.RETURNED_BY_CITY}
SEEN_BY_CITY = CITY_AT_WORK | {S.CONFIRMED, S.OBJECTED, S.CLOSED}


@pytest.mark.parametrize("state", ReviewState)
def test_a_draft_is_seen_by_the_other_bureau_only_once_it_is_passed_on(state: ReviewState) -> None:
    districts, cities = make_verdict("a"), make_verdict("a", party=Party.CITY)
    assert may_see(districts, Party.DISTRICT, state) and may_see(cities, Party.CITY, state)
    assert may_see(districts, Party.CITY, state) is (state in SEEN_BY_CITY)
    assert may_see(cities, Party.DISTRICT, state) is (state not in CITY_AT_WORK)
    for draft in (districts, cities):
        assert not may_see(draft, Party.ENTERPRISE, state)
        issued = replace(draft, issued_at=NOON)
        assert all(may_see(issued, party, state) for party in Party)


def test_a_lowered_answer_counts_instead_of_the_declared_one() -> None:
    answers = {ItemId("a"): Measured(D(1)), ItemId("b"): Practised(Extent.FULL), ItemId("c"): Measured(D(2))}
    said = {
        ItemId("a"): make_verdict("a"),
        ItemId("b"): make_verdict("b", VerdictKind.LOWERED, counted=Practised(Extent.NONE)),
        ItemId("c"): make_verdict("c", VerdictKind.RETURNED),
    }
    assert verified(answers, said) == answers | {ItemId("b"): Practised(Extent.NONE)}


def test_a_granted_objection_brings_back_the_declared_answer_or_the_one_decided() -> None:
    a, b, c = ItemId("a"), ItemId("b"), ItemId("c")
    declared = {a: Measured(D(1)), b: Practised(Extent.FULL), c: Practised(Extent.FULL)}
    counting = {a: Measured(D(9)), b: Practised(Extent.NONE), c: Practised(Extent.NONE)}
    common = {"text": "", "by": "", "at": NOON}
    decided = (
        Objection(item=a, is_granted=True, **common),  # type: ignore[arg-type]
        Objection(item=b, is_granted=True, counted=Practised(Extent.PARTIAL, D(50)), **common),  # type: ignore[arg-type]
        Objection(item=c, is_granted=False, **common),  # type: ignore[arg-type]
    )
    assert after_objections(declared, counting, decided) == {
        a: Measured(D(1)),
        b: Practised(Extent.PARTIAL, D(50)),
        c: Practised(Extent.NONE),
    }
