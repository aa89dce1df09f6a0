"""Review: a case goes from the district to the city and back, and nobody sees or does what the table does not allow."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from portal.actions import assessment, correction, decision, judging, outbox, phrase, result, review
from portal.actions.judging import Judgement
from portal.actions.work import Door, NotFound, Work
from portal.core.answers import Answer, Measured, Practised
from portal.core.filing import Change
from portal.core.questionnaire import Extent, ItemId
from portal.core.review import (
    MOVES,
    Deed,
    NotAllowed,
    Party,
    Reason,
    ReviewState,
    Stale,
    VerdictKind,
    deeds_of,
)
from portal.core.roles import CITY, Account
from portal.storage import review as stored
from portal.storage.tables import AccountRow, AssessmentRow, DecisionRow, LetterRow, ReviewRow, VerdictRow
from tests.cast import Person, make_reviewer
from tests.make import HEAT, SNCR, WASTE, make_answers, make_changes

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
        assert judging.judge(work, who, id, said) == ()


def judged(door: Door, who: Account, id: str) -> None:
    """Take the case and confirm everything."""
    with at(door) as work:
        review.take(work, who, id)
    with at(door) as work:
        judging.confirm_rest(work, who, id, revision(door, id))


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
        assert judging.confirm_rest(work, district, submitted, revision(door, submitted)) == 3
    with at(door) as work:
        assert decision.forward(work, district, submitted, revision(door, submitted), "同意上报") == ()
    with at(door) as work:
        review.take(work, city, submitted)
    with at(door) as work:
        assert decision.confirm(work, city, submitted, revision(door, submitted), "同意") == ()
    with door.reading() as work:
        found = review.open_(work, city, submitted)
    assert found.case.state is ReviewState.CONFIRMED
    assert found.confirmed is not None and found.confirmed.points is not None
    declared = found.declared.points.total
    assert declared is not None and found.confirmed.points < declared
    assert found.confirmed.answers[SNCR] == Practised(Extent.NONE)
    assert all(one.issued_at == NOON for one in found.verdicts)
    assert [one.deed.value for one in found.decisions] == ["take", "forward", "take", "confirm"]


def forwarded(door: Door, who: Account, id: str) -> None:
    """Take, confirm everything, and pass on to the city."""
    judged(door, who, id)
    with at(door) as work:
        assert decision.forward(work, who, id, revision(door, id), "同意上报") == ()


def returned(door: Door, who: Account, id: str, item: ItemId = SNCR, days: int = 10) -> None:
    """Take, and send one item back."""
    with at(door) as work:
        review.take(work, who, id)
    say(door, who, id, item, VerdictKind.RETURNED, comment="请补充运行记录", reason=Reason.NO_EVIDENCE)
    with at(door) as work:
        assert (
            decision.send_for_correction(work, who, id, revision(door, id), days=days, remark="请尽快") == ()
        )


def resubmitted(door: Door, manager: Person, id: str, answer: Answer, now: datetime = NOON) -> None:
    """The plant corrects the item and submits again."""
    with at(door, now) as work:
        assert assessment.keep(work, manager.account, id, [Change(SNCR, answer, None)]).problems == ()
        assert correction.resubmit(work, manager.account, id, 1) == ()


# ── Whose it is ──────────────────────────────────────────────────────────────


def test_of_two_who_take_a_case_at_once_one_gets_it(door: Door, submitted: str, district: Account) -> None:
    other = make_reviewer(door, mail="other@example.cn")
    outcomes: list[str] = []

    def take(who: Account) -> None:
        try:
            with door.writing() as work:
                review.take(work, who, submitted)
            outcomes.append(who.id)
        except NotAllowed as told:
            outcomes.append(f"refused: {told.case.holder_id}")

    threads = [threading.Thread(target=take, args=(who,)) for who in (district, other) * 3]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with door.reading() as work:
        case = stored.find(work.session, submitted)
    assert case is not None and case.holder_id in outcomes
    assert sorted(outcomes).count(f"refused: {case.holder_id}") == 5
    assert case.revision == 2


def test_a_released_case_keeps_its_drafts_for_whoever_takes_it_next(
    door: Door, submitted: str, district: Account
) -> None:
    judged(door, district, submitted)
    other = make_reviewer(door, mail="other@example.cn")
    with at(door) as work:
        assert review.release(work, district, submitted, revision(door, submitted)).holder_id == ""
    with at(door) as work:
        review.take(work, other, submitted)
    with door.reading() as work:
        assert review.open_(work, other, submitted).left == ()


def test_a_case_is_handed_over_to_a_colleague_of_the_same_bureau_only(
    door: Door, submitted: str, district: Account, city: Account
) -> None:
    judged(door, district, submitted)
    other = make_reviewer(door, mail="other@example.cn")
    elsewhere = make_reviewer(door, "330182", "elsewhere@example.cn")
    for wrong in (city, elsewhere, district):
        with at(door) as work:
            problems = review.hand_over(work, district, submitted, revision(door, submitted), wrong.id, "")
        assert [one.code for one in problems] == ["not_an_option"]
    with at(door) as work:
        assert (
            review.hand_over(work, district, submitted, revision(door, submitted), other.id, "请接手") == ()
        )
    with door.reading() as work:
        found = review.open_(work, other, submitted)
        assert found.case.holder_id == other.id and found.decisions[-1].towards == other.name
        assert Deed.JUDGE in found.deeds
        assert review.open_(work, district, submitted).deeds == frozenset()


def test_a_case_whose_holder_was_disabled_can_be_taken(door: Door, submitted: str, district: Account) -> None:
    judged(door, district, submitted)
    other = make_reviewer(door, mail="other@example.cn")
    with door.writing() as work:
        work.session.execute(update(AccountRow).where(AccountRow.id == district.id).values(is_active=False))
    with at(door) as work:
        assert review.take(work, other, submitted).holder_id == other.id


def test_the_wrong_district_a_manager_and_nobody_find_nothing(
    door: Door, submitted: str, manager: Person, stranger: Person
) -> None:
    elsewhere = make_reviewer(door, "330182", "elsewhere@example.cn")
    for who in (elsewhere, manager.account, stranger.account):
        with door.writing() as work:
            for act in (review.open_, review.take):
                with pytest.raises(NotFound):
                    act(work, who, submitted)
                with pytest.raises(NotFound):
                    act(work, who, "nothing")


# ── What the table does not allow ────────────────────────────────────────────


def _acts(id: str, revision: int, colleague: Account) -> dict[Deed, Callable[[Work, Account], object]]:
    return {
        Deed.TAKE: lambda work, who: review.take(work, who, id),
        Deed.RELEASE: lambda work, who: review.release(work, who, id, revision),
        Deed.HAND_OVER: lambda work, who: review.hand_over(work, who, id, revision, colleague.id, ""),
        Deed.JUDGE: lambda work, who: judging.judge(
            work, who, id, Judgement(item=SNCR, kind=VerdictKind.CONFIRMED)
        ),
        Deed.RETURN: lambda work, who: decision.send_for_correction(work, who, id, revision),
        Deed.EXTEND: lambda work, who: decision.extend(work, who, id, revision, days=3),
        Deed.RECALL: lambda work, who: decision.recall(work, who, id, revision),
        Deed.FORWARD: lambda work, who: decision.forward(work, who, id, revision, "x"),
        Deed.SEND_BACK: lambda work, who: decision.send_back(work, who, id, revision, "x"),
        Deed.CONFIRM: lambda work, who: decision.confirm(work, who, id, revision, "x"),
        Deed.DECIDE: lambda work, who: decision.decide(work, who, id, revision, (), "x"),
    }


def _rows(work: Work, id: str) -> list[object]:
    row = work.session.execute(select(ReviewRow.__table__).where(ReviewRow.assessment_id == id)).one()
    drafts = work.session.execute(select(VerdictRow.__table__).where(VerdictRow.assessment_id == id)).all()
    steps = work.session.execute(select(DecisionRow.__table__).where(DecisionRow.assessment_id == id)).all()
    return [tuple(row), [tuple(one) for one in drafts], [tuple(one) for one in steps]]


def test_whatever_the_table_does_not_allow_is_refused_and_leaves_the_rows_alone(
    door: Door, submitted: str, district: Account, city: Account
) -> None:
    other = make_reviewer(door, mail="other@example.cn")
    other_city = make_reviewer(door, CITY, "other-city@example.cn")
    refused = 0
    for state in ReviewState:
        for who, holder in (
            (district, district),
            (district, other),
            (city, city),
            (city, other_city),
        ):
            with door.writing() as work:
                work.session.execute(
                    update(ReviewRow)
                    .where(ReviewRow.assessment_id == submitted)
                    .values(state=state, holder=holder.id, due_at=NOON + timedelta(days=1))
                )
            now = revision(door, submitted)
            with door.reading() as work:
                case = stored.find(work.session, submitted)
                assert case is not None
                before = _rows(work, submitted)
            party = review.party_of(who)
            allowed = deeds_of(case, party, who.id, now=NOON)
            colleague = other if party is Party.DISTRICT else other_city
            for deed, act in _acts(submitted, now, colleague).items():
                if deed in allowed:
                    continue
                with pytest.raises(NotAllowed), at(door) as work:
                    act(work, who)
                refused += 1
            with door.reading() as work:
                assert _rows(work, submitted) == before
    table = {(line.before, line.deed, line.party) for line in MOVES}
    assert refused > len(ReviewState) * len(Deed) - len(table)


def test_a_page_that_is_older_than_the_case_decides_nothing(
    door: Door, submitted: str, district: Account
) -> None:
    judged(door, district, submitted)
    old = revision(door, submitted)
    say(door, district, submitted, SNCR, VerdictKind.RETURNED, comment="请补照片")
    with pytest.raises(Stale) as told, at(door) as work:
        decision.forward(work, district, submitted, old, "同意")
    assert told.value.case.revision == old + 1
    with door.reading() as work:
        assert review.open_(work, district, submitted).case.state is ReviewState.REVIEWING


# ── Judging ──────────────────────────────────────────────────────────────────


def test_a_verdict_changed_elsewhere_is_not_overwritten(
    door: Door, submitted: str, district: Account
) -> None:
    judged(door, district, submitted)
    with at(door, NOON + timedelta(minutes=1)) as work:
        problems = judging.judge(
            work,
            district,
            submitted,
            Judgement(item=SNCR, kind=VerdictKind.RETURNED, comment="旧页面", seen=""),
        )
    assert [one.code for one in problems] == ["verdict_changed"]
    with door.reading() as work:
        assert review.open_(work, district, submitted).own[SNCR].kind is VerdictKind.CONFIRMED


def test_a_verdict_can_be_taken_back_and_is_noted_each_time(
    door: Door, submitted: str, district: Account
) -> None:
    with at(door) as work:
        review.take(work, district, submitted)
    say(door, district, submitted, SNCR, VerdictKind.RETURNED, comment="请补照片")
    with at(door) as work:
        seen = review.open_(work, district, submitted).own[SNCR].at.isoformat()
        assert judging.judge(work, district, submitted, Judgement(item=SNCR, kind=None, seen=seen)) == ()
        assert work.trail.events[-1].deed == "verdict.save" and work.trail.events[-1].after == ""
        assert "请补照片" in work.trail.events[-1].before.encode().decode("unicode_escape")
    with door.reading() as work:
        assert review.open_(work, district, submitted).own == {}


def test_what_cannot_stand_is_not_kept(door: Door, submitted: str, district: Account) -> None:
    with at(door) as work:
        review.take(work, district, submitted)
    with at(door) as work:
        said = Judgement(item=SNCR, kind=VerdictKind.LOWERED, counted=Practised(Extent.FULL))
        codes = {one.code for one in judging.judge(work, district, submitted, said)}
        assert codes == {"not_lower", "reason_wanted"}
        with pytest.raises(NotFound):
            judging.judge(
                work, district, submitted, Judgement(item=ItemId("ghost"), kind=VerdictKind.CONFIRMED)
            )
    with door.reading() as work:
        assert review.open_(work, district, submitted).verdicts == ()


def test_nothing_is_passed_on_before_every_item_is_judged(
    door: Door, submitted: str, district: Account
) -> None:
    with at(door) as work:
        review.take(work, district, submitted)
    with at(door) as work:
        problems = decision.forward(work, district, submitted, revision(door, submitted), "")
        assert [one.code for one in problems] == ["not_all_judged", "remark_wanted"]
        problems = decision.send_for_correction(work, district, submitted, revision(door, submitted), days=0)
        assert [one.code for one in problems] == ["nothing_sent_back", "days_out_of_range"]
    say(door, district, submitted, SNCR, VerdictKind.RETURNED, comment="请补照片")
    with at(door) as work:
        judging.confirm_rest(work, district, submitted, revision(door, submitted))
    with at(door) as work:
        problems = decision.forward(work, district, submitted, revision(door, submitted), "同意")
    assert [one.code for one in problems] == ["still_sent_back"]


# ── Drafts ───────────────────────────────────────────────────────────────────


def test_no_draft_is_seen_outside_the_bureau_that_made_it(
    door: Door, submitted: str, district: Account, city: Account, manager: Person
) -> None:
    with at(door) as work:
        review.take(work, district, submitted)
    say(door, district, submitted, SNCR, VerdictKind.RETURNED, comment="草稿标记")
    with door.reading() as work:
        assert review.open_(work, city, submitted).verdicts == ()
        assert stored.verdicts(work.session, submitted, is_issued=True) == ()
        assert "草稿标记" not in repr(assessment.open_(work, manager.account, submitted))
        assert "草稿标记" not in repr(result.of(work, manager.account, submitted))
    say(door, district, submitted, SNCR, VerdictKind.CONFIRMED)
    with at(door) as work:
        judging.confirm_rest(work, district, submitted, revision(door, submitted))
    with at(door) as work:
        decision.forward(work, district, submitted, revision(door, submitted), "同意")
    with at(door) as work:
        review.take(work, city, submitted)
    say(door, city, submitted, SNCR, VerdictKind.RETURNED, comment="市级草稿")
    with door.reading() as work:
        assert {one.party for one in review.open_(work, city, submitted).verdicts} == {
            Party.CITY,
            Party.DISTRICT,
        }
        assert {one.party for one in review.open_(work, district, submitted).verdicts} == {Party.DISTRICT}
    with at(door) as work:
        assert decision.send_back(work, city, submitted, revision(door, submitted), "请核实") == ()
    with door.reading() as work:
        found = review.open_(work, district, submitted)
        assert found.case.holder_id == district.id and found.case.state is ReviewState.REVIEWING
        assert "市级草稿" in {one.comment for one in found.verdicts}
        # The district still counts with its own verdicts.
        assert found.standing[SNCR].party is Party.DISTRICT
        assert stored.verdicts(work.session, submitted, is_issued=True) == ()


# ── 补正 ─────────────────────────────────────────────────────────────────────


def test_only_what_was_sent_back_is_issued_and_opened(
    door: Door, submitted: str, district: Account, manager: Person
) -> None:
    with at(door) as work:
        review.take(work, district, submitted)
    say(door, district, submitted, WASTE, VerdictKind.LOWERED, counted=Practised(Extent.NONE), reason=Reason.OTHER, comment="x")  # fmt: skip
    say(door, district, submitted, SNCR, VerdictKind.RETURNED, comment="请补照片")
    with at(door) as work:
        assert decision.send_for_correction(work, district, submitted, revision(door, submitted)) == ()
    with door.reading() as work:
        issued = stored.verdicts(work.session, submitted, is_issued=True)
        assert [one.item for one in issued] == [SNCR]
        assert assessment.open_(work, manager.account, submitted).reopened == {SNCR}
        case = stored.find(work.session, submitted)
    assert case is not None and case.due_at == datetime(2026, 12, 2, 16, tzinfo=UTC)
    with door.reading() as work:
        found = work.session.scalars(select(LetterRow).where(LetterRow.template == "returned")).all()
    assert len(found) == 1 and found[0].address == manager.mail and "2026-12-02" in found[0].fields
    assert outbox.deliver(door) == (1, 0)


def test_the_deadline_holds_to_the_second_and_moves_once(
    door: Door, submitted: str, district: Account, manager: Person
) -> None:
    returned(door, district, submitted)
    due = datetime(2026, 12, 2, 16, tzinfo=UTC)
    with at(door) as work:
        assert (
            decision.extend(work, district, submitted, revision(door, submitted), days=5, remark="同意延期")
            == ()
        )
    with pytest.raises(NotAllowed), at(door) as work:
        decision.extend(work, district, submitted, revision(door, submitted), days=5)
    due += timedelta(days=5)
    with door.reading() as work:
        case = stored.find(work.session, submitted)
    assert case is not None and case.due_at == due and case.is_extended
    last = due - timedelta(microseconds=1)
    with pytest.raises(NotAllowed), at(door, last) as work:
        decision.recall(work, district, submitted, revision(door, submitted))
    with at(door, last) as work:
        assert assessment.keep(
            work, manager.account, submitted, [Change(SNCR, Practised(Extent.FULL), None)]
        ).saved
    with pytest.raises(assessment.NotEditable), at(door, due) as work:
        assessment.keep(work, manager.account, submitted, [Change(SNCR, Practised(Extent.NONE), None)])
    with pytest.raises(NotAllowed), at(door, due) as work:
        correction.resubmit(work, manager.account, submitted, 1)
    with at(door, due) as work:
        assert decision.recall(work, district, submitted, revision(door, submitted), "逾期未补正") == ()
    with door.reading() as work:
        found = review.open_(work, district, submitted)
    assert (found.case.state, found.case.round, found.case.due_at) == (ReviewState.REVIEWING, 2, None)
    # What was typed and never submitted does not count, and the item wants a verdict again.
    assert found.declared.answers[SNCR] == make_answers()[SNCR]
    assert SNCR in found.left and found.changed == frozenset()


def test_an_extension_after_the_deadline_counts_from_today(
    door: Door, submitted: str, district: Account
) -> None:
    returned(door, district, submitted, days=1)
    late = NOON + timedelta(days=9)
    with at(door, late) as work:
        assert decision.extend(work, district, submitted, revision(door, submitted), days=2) == ()
    with door.reading() as work:
        case = stored.find(work.session, submitted)
    assert case is not None and case.due_on is not None and case.due_on.isoformat() == "2026-12-03"


def test_a_second_review_knows_what_has_changed(
    door: Door, submitted: str, district: Account, manager: Person
) -> None:
    judged(door, district, submitted)
    say(door, district, submitted, SNCR, VerdictKind.RETURNED, comment="请补照片")
    with at(door) as work:
        assert decision.send_for_correction(work, district, submitted, revision(door, submitted)) == ()
    resubmitted(door, manager, submitted, Practised(Extent.FULL))
    with door.reading() as work:
        found = review.open_(work, district, submitted)
    assert found.case.round == 2 and found.case.holder_id == district.id
    assert found.changed == {SNCR} and found.left == (SNCR,)
    assert found.before is not None and found.before.answers[SNCR] == make_answers()[SNCR]
    assert judging.rest_of(found) == ()
    say(door, district, submitted, SNCR, VerdictKind.CONFIRMED)
    with at(door) as work:
        assert decision.forward(work, district, submitted, revision(door, submitted), "同意") == ()


def test_the_city_sends_items_back_to_the_plant_itself_and_goes_on_with_the_answer(
    door: Door, submitted: str, district: Account, city: Account, manager: Person
) -> None:
    make_reviewer(door, mail="colleague@example.cn")
    judged(door, district, submitted)
    with at(door) as work:
        assert decision.forward(work, district, submitted, revision(door, submitted), "同意上报") == ()
    with at(door) as work:
        review.take(work, city, submitted)
    say(door, city, submitted, SNCR, VerdictKind.RETURNED, comment="请补运行记录")
    say(door, city, submitted, WASTE, VerdictKind.LOWERED, counted=Practised(Extent.NONE), reason=Reason.OTHER, comment="草稿")  # fmt: skip
    with at(door) as work:
        assert decision.send_for_correction(work, city, submitted, revision(door, submitted)) == ()
    with door.reading() as work:
        case = stored.find(work.session, submitted)
        assert case is not None and case.holder_id == city.id
        assert (case.state, case.bureau) == (ReviewState.RETURNED_BY_CITY, Party.CITY)
        # The plant and the district see who asks for what, and nothing of the city's draft.
        assert assessment.open_(work, manager.account, submitted).reopened == {SNCR}
        theirs = review.open_(work, district, submitted)
        assert [one.item for one in theirs.verdicts if one.party is Party.CITY] == [SNCR]
        assert theirs.deeds == frozenset() and theirs.decisions[-1].party is Party.CITY
        letter = work.session.scalars(select(LetterRow).where(LetterRow.template == "returned")).one()
        assert "杭州市主管部门" in json.loads(letter.fields)["bureau"]
        # Whoever made the first review reads of it, and no colleague.
        told = work.session.scalars(select(LetterRow).where(LetterRow.template == "returned_by_city")).one()
    assert told.address == district.mail
    fields = json.loads(told.fields)
    assert (fields["count"], fields["due"], fields["bureau"]) == ("1", "2026-12-02", "杭州市主管部门")
    assert fields["link"].endswith(f"/reviews/{submitted}")
    resubmitted(door, manager, submitted, Practised(Extent.FULL))
    with door.reading() as work:
        found = review.open_(work, city, submitted)
        answered = work.session.scalars(select(LetterRow).where(LetterRow.template == "resubmitted")).all()
    assert (found.case.state, found.case.round, found.case.holder_id) == (ReviewState.RECHECKING, 2, city.id)
    assert [one.address for one in answered] == [city.mail]
    assert found.left == (SNCR,) and found.standing[WASTE].kind is VerdictKind.LOWERED
    say(door, city, submitted, SNCR, VerdictKind.CONFIRMED)
    with at(door) as work:
        assert decision.confirm(work, city, submitted, revision(door, submitted), "同意") == ()


def test_the_city_takes_back_what_it_sent_out_once_the_time_is_over(
    door: Door, submitted: str, district: Account, city: Account
) -> None:
    judged(door, district, submitted)
    with at(door) as work:
        decision.forward(work, district, submitted, revision(door, submitted), "同意上报")
    with at(door) as work:
        review.take(work, city, submitted)
    say(door, city, submitted, SNCR, VerdictKind.RETURNED, comment="请补运行记录")
    with at(door) as work:
        assert decision.send_for_correction(work, city, submitted, revision(door, submitted), days=1) == ()
    late = NOON + timedelta(days=2)
    with pytest.raises(NotAllowed), at(door, late) as work:
        decision.recall(work, district, submitted, revision(door, submitted))
    with at(door, late) as work:
        assert decision.recall(work, city, submitted, revision(door, submitted)) == ()
    with door.reading() as work:
        found = review.open_(work, city, submitted)
    assert (found.case.state, found.case.round) == (ReviewState.RECHECKING, 2)
    assert found.left == (SNCR,)


def test_at_the_deadline_either_the_plant_submits_or_the_bureau_takes_back(
    door: Door, submitted: str, district: Account, manager: Person
) -> None:
    returned(door, district, submitted, days=1)
    with at(door) as work:
        assert correction.reply(work, manager.account, submitted, SNCR, "照片已补", "").problems == ()
    with door.reading() as work:
        case = stored.find(work.session, submitted)
    assert case is not None and case.due_at is not None
    due, barrier = case.due_at, threading.Barrier(4)
    outcomes: list[str] = []

    def press(name: str, now: datetime, act: Callable[[Work], object]) -> None:
        barrier.wait()
        try:
            with at(door, now) as work:
                act(work)
            outcomes.append(name)
        except (NotAllowed, assessment.NotEditable) as told:
            outcomes.append(type(told).__name__)

    last = due - timedelta(microseconds=1)
    answer = (Change(SNCR, Practised(Extent.FULL), None),)
    pressed: list[tuple[str, datetime, Callable[[Work], object]]] = [
        ("submitted", last, lambda work: correction.resubmit(work, manager.account, submitted, 1)),
        ("kept", last, lambda work: assessment.keep(work, manager.account, submitted, answer)),
        ("taken back", due, lambda work: decision.recall(work, district, submitted, case.revision)),
        ("taken back", due, lambda work: decision.recall(work, district, submitted, case.revision)),
    ]
    threads = [threading.Thread(target=press, args=one) for one in pressed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 4 and outcomes.count("submitted") + outcomes.count("taken back") == 1
    with door.reading() as work:
        found = review.open_(work, district, submitted)
        replies = stored.replies(work.session, submitted)
    assert (found.case.state, found.case.round, len(found.submissions)) == (ReviewState.REVIEWING, 2, 2)
    assert [one.text for one in replies] == ["照片已补"]
    # What was saved in time went out with the submission; what was not submitted does not count.
    is_changed = found.declared.answers[SNCR] == Practised(Extent.FULL)
    assert is_changed == ({"kept", "submitted"} <= set(outcomes))


def test_verdicts_said_while_a_case_changes_hands_are_kept_or_refused(
    door: Door, submitted: str, district: Account
) -> None:
    colleague = make_reviewer(door, mail="other@example.cn")
    with at(door) as work:
        review.take(work, district, submitted)
    before = revision(door, submitted)
    barrier, outcomes = threading.Barrier(4), []

    def press(name: str, act: Callable[[Work], object]) -> None:
        barrier.wait()
        try:
            with at(door) as work:
                act(work)
            outcomes.append(name)
        except NotAllowed as told:
            outcomes.append(type(told).__name__)

    def confirm(item: ItemId) -> Callable[[Work], object]:
        return lambda work: judging.judge(
            work, district, submitted, Judgement(item=item, kind=VerdictKind.CONFIRMED)
        )

    acts = [(str(item), confirm(item)) for item in (SNCR, HEAT, WASTE)]
    acts.append(
        ("handed over", lambda work: review.hand_over(work, district, submitted, before, colleague.id, ""))
    )
    threads = [threading.Thread(target=press, args=one) for one in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with door.reading() as work:
        found = review.open_(work, district, submitted)
    kept = {str(item) for item in found.own}
    assert kept == set(outcomes) & {str(SNCR), str(HEAT), str(WASTE)}
    assert found.case.holder == (colleague.name if "handed over" in outcomes else district.name)
    assert found.case.revision == before + len(kept) + ("handed over" in outcomes)
    assert set(outcomes) - kept <= {"handed over", "NotAllowed", "Stale"}


# ── Decisions ────────────────────────────────────────────────────────────────


def _objected(door: Door, id: str, district: Account, city: Account, manager: Person) -> None:
    with at(door) as work:
        review.take(work, district, id)
    for item, counted in ((SNCR, Practised(Extent.NONE)), (HEAT, Measured(Decimal(120)))):
        say(door, district, id, item, VerdictKind.LOWERED, counted=counted, reason=Reason.NO_EVIDENCE)
    with at(door) as work:
        judging.confirm_rest(work, district, id, revision(door, id))
    with at(door) as work:
        decision.forward(work, district, id, revision(door, id), "同意")
    with at(door) as work:
        review.take(work, city, id)
    with at(door) as work:
        assert decision.confirm(work, city, id, revision(door, id), "同意") == ()
    with at(door) as work:
        for item in (SNCR, HEAT):
            assert correction.draft_objection(work, manager.account, id, item, "现场在用", "").problems == ()
        assert correction.object_(work, manager.account, id) == ()


def test_objections_are_answered_together_and_the_result_is_final(
    door: Door, submitted: str, district: Account, city: Account, manager: Person
) -> None:
    _objected(door, submitted, district, city, manager)
    with door.reading() as work:
        before = review.open_(work, city, submitted).confirmed
    with at(door) as work:
        problems = decision.decide(work, city, submitted, revision(door, submitted), [], "")
        assert [one.code for one in problems] == ["ruling_wanted"] * 2
        rulings = [
            decision.Ruling(item=SNCR, is_granted=True, answer="补充的记录可以采信"),
            decision.Ruling(item=HEAT, is_granted=False, answer=""),
        ]
        problems = decision.decide(work, city, submitted, revision(door, submitted), rulings, "")
        assert [(one.place, one.code) for one in problems] == [(HEAT, "remark_wanted")]
    rulings[1] = replace(rulings[1], answer="台账不支持")
    with at(door) as work:
        assert decision.decide(work, city, submitted, revision(door, submitted), rulings, "") == ()
    with door.reading() as work:
        found = review.open_(work, city, submitted)
    assert found.case.state is ReviewState.CLOSED and found.deeds == frozenset()
    assert before is not None and found.confirmed is not None
    assert before.points is not None and found.confirmed.points is not None
    assert before.points < found.confirmed.points
    assert found.confirmed.answers[SNCR] == make_answers()[SNCR]
    assert found.confirmed.answers[HEAT] == Measured(Decimal(120))
    assert {one.item: one.is_granted for one in found.objections} == {SNCR: True, HEAT: False}


def test_an_objection_is_granted_in_part_between_both_levels(
    door: Door, submitted: str, district: Account, city: Account, manager: Person
) -> None:
    _objected(door, submitted, district, city, manager)
    part, too_much = Practised(Extent.PLANNED), Practised(Extent.FULL)
    rulings = [
        decision.Ruling(item=SNCR, is_granted=True, counted=too_much, answer="列入计划"),
        decision.Ruling(item=HEAT, is_granted=True, counted=Measured(Decimal(110)), answer="按台账"),
    ]
    with at(door) as work:
        problems = decision.decide(work, city, submitted, revision(door, submitted), rulings, "")
        assert [(one.place, one.code) for one in problems] == [(SNCR, "not_lower")]
    rulings[0] = replace(rulings[0], counted=part)
    with at(door) as work:
        assert decision.decide(work, city, submitted, revision(door, submitted), rulings, "") == ()
    with door.reading() as work:
        found = review.open_(work, city, submitted)
    assert found.confirmed is not None
    assert found.confirmed.answers[SNCR] == part
    assert found.confirmed.answers[HEAT] == Measured(Decimal(110))
    assert {one.counted for one in found.objections} == {part, Measured(Decimal(110))}


def test_the_receipt_of_the_verified_score_is_kept_with_its_checksum(
    door: Door, submitted: str, district: Account, city: Account
) -> None:
    forwarded(door, district, submitted)
    with at(door) as work:
        review.take(work, city, submitted)
    with at(door) as work:
        assert [
            one.code for one in decision.confirm(work, city, submitted, revision(door, submitted), "")
        ] == ["remark_wanted"]
        assert decision.confirm(work, city, submitted, revision(door, submitted), "同意") == ()
    with door.reading() as work:
        row = work.session.get(ReviewRow, submitted)
        assert row is not None and row.verified_receipt is not None
        slip = json.loads(row.verified_receipt)
        assert assessment.checksum(slip) == row.verified_checksum
        assert slip["points"]["total"]["rounded"] == str(row.verified_points)
        # Nothing was lowered: the verified score is the declared one.
        assert row.verified_points == work.session.get(AssessmentRow, submitted).points  # type: ignore[union-attr]
        assert row.city_opinion == "同意" and row.district_opinion == "同意上报"
    with pytest.raises(NotAllowed), at(door) as work:
        review.release(work, city, submitted, revision(door, submitted))


def test_every_deed_leaves_one_line_in_the_audit_trail(
    door: Door, submitted: str, district: Account, city: Account
) -> None:
    forwarded(door, district, submitted)
    with at(door) as work:
        review.take(work, city, submitted)
        assert [one.deed for one in work.trail.events] == ["review.take"]
        told = work.trail.events[0]
        assert (
            json.loads(told.before)["state"] == "forwarded"
            and json.loads(told.after)["state"] == "rechecking"
        )


def test_phrases_are_ones_own(door: Door, district: Account, city: Account) -> None:
    with door.writing() as work:
        assert phrase.add(work, district, " 请补充检测报告 ") == ()
        assert phrase.add(work, district, "请补充检测报告") == ()
        assert [one.code for one in phrase.add(work, district, " ")] == ["required"]
        assert [one.code for one in phrase.add(work, district, "长" * 301)] == ["too_long"]
        assert [one.code for one in phrase.add(work, district, "\x00x")] == ["unprintable"]
        (kept,) = phrase.mine(work, district)
        assert kept.text == "请补充检测报告" and phrase.mine(work, city) == ()
        with pytest.raises(NotFound):
            phrase.remove(work, city, kept.id)
        phrase.remove(work, district, kept.id)
        assert phrase.mine(work, district) == ()
        for number in range(30):
            assert phrase.add(work, district, f"常用语 {number}") == ()
        assert [one.code for one in phrase.add(work, district, "再来一条")] == ["too_many_phrases"]
