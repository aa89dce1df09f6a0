"""The plant's side: only what was sent back opens, in time, once; nothing of a draft shows; objections go once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from portal.actions import assessment, correction, decision, evidence, judging, review, verified
from portal.actions.assessment import NotEditable
from portal.actions.decision import Ruling
from portal.actions.judging import Judgement
from portal.actions.work import Door, NotFound, Work
from portal.core.answers import Measured, Practised
from portal.core.evidence import Particulars
from portal.core.filing import Change
from portal.core.letter import Letter
from portal.core.questionnaire import Extent, ItemId
from portal.core.review import DAYS_TO_OBJECT, Deed, NotAllowed, Reason, ReviewState, Stale, VerdictKind
from portal.core.roles import CITY, Account
from portal.storage import audit as stored_audit
from portal.storage import letter as stored_letter
from portal.storage import review as stored_review
from tests.cast import Person, make_reviewer
from tests.make import HEAT, SNCR, WASTE, make_answers, make_changes

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)  # in Hangzhou
DEADLINE = datetime(2026, 12, 2, 16, tzinfo=UTC)  # ten days later, at midnight in Hangzhou


@contextmanager
def at(door: Door, now: datetime = NOON) -> Iterator[Work]:
    """A unit of work at that moment."""
    with door.writing() as work:
        yield replace(work, now=now)


@pytest.fixture
def district(door: Door) -> Account:
    """A reviewer of the manager's district."""
    return make_reviewer(door)


@pytest.fixture
def city(door: Door) -> Account:
    """A reviewer of the city."""
    return make_reviewer(door, CITY, "city@example.cn")


@pytest.fixture
def submitted(door: Door, manager: Person) -> str:
    """The manager's submission."""
    with at(door) as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2026)
        assessment.keep(work, manager.account, id, make_changes(make_answers()))
        assessment.submit(work, manager.account, id)
    return id


def case_of(door: Door, id: str):  # type: ignore[no-untyped-def]
    """The case as it stands."""
    with door.reading() as work:
        found = stored_review.find(work.session, id)
    assert found is not None
    return found


def say(door: Door, who: Account, id: str, item: ItemId, kind: VerdictKind, **more: object) -> None:
    """Judge one item."""
    with at(door) as work:
        own = review.open_(work, who, id).own.get(item)
        said = Judgement(item=item, kind=kind, seen=own.at.isoformat() if own else "", **more)  # type: ignore[arg-type]
        assert judging.judge(work, who, id, said) == ()


@pytest.fixture
def returned(door: Door, submitted: str, district: Account) -> str:
    """The submission with two items sent back, and one lowered in a draft."""
    with at(door) as work:
        review.take(work, district, submitted)
    for item in (SNCR, HEAT):
        say(
            door,
            district,
            submitted,
            item,
            VerdictKind.RETURNED,
            comment=f"请补充 {item}",
            reason=Reason.OTHER,
        )
    say(
        door, district, submitted, WASTE, VerdictKind.LOWERED,
        counted=Practised(Extent.NONE), reason=Reason.NO_EVIDENCE, comment="内部草稿",
    )  # fmt: skip
    with at(door) as work:
        revision = case_of(door, submitted).revision
        assert decision.send_for_correction(work, district, submitted, revision, remark="请按期补正") == ()
    return submitted


def answer(door: Door, who: Account, id: str, now: datetime = NOON) -> None:
    """Change one item, say something to the other."""
    with at(door, now) as work:
        assessment.keep(work, who, id, (Change(HEAT, Measured(Decimal("107")), None),))
        assert correction.reply(work, who, id, SNCR, "运行记录已补充", "").problems == ()


def resubmit(door: Door, who: Account, id: str, round: int = 1, now: datetime = NOON) -> tuple[str, ...]:
    with at(door, now) as work:
        return tuple(one.code for one in correction.resubmit(work, who, id, round))


def confirmed(door: Door, district: Account, city: Account, id: str) -> None:
    """The district lowers what it had drafted, the city confirms."""
    with at(door) as work:
        judging.confirm_rest(work, district, id, case_of(door, id).revision)
        for item in review.open_(work, district, id).left:
            said = Judgement(item=item, kind=VerdictKind.CONFIRMED)
            assert judging.judge(work, district, id, said) == ()
    with at(door) as work:
        assert decision.forward(work, district, id, case_of(door, id).revision, "同意上报") == ()
    with at(door) as work:
        review.take(work, city, id)
    with at(door) as work:
        assert decision.confirm(work, city, id, case_of(door, id).revision, "同意") == ()


def letters(door: Door) -> list[tuple[str, str]]:
    """What lies in the outbox: template and address."""
    return sorted((one.template, one.address) for one in _letters(door))


def _letters(door: Door) -> tuple[Letter, ...]:
    with door.reading() as work:
        found, _ = stored_letter.listed(
            work.session, state=None, campaign_id="", words="", offset=0, limit=100
        )
    return found


# ── 补正 ─────────────────────────────────────────────────────────────────────


def test_the_plant_sees_what_was_sent_back_and_nothing_of_a_draft(
    door: Door, manager: Person, returned: str
) -> None:
    with at(door) as work:
        found = correction.open_(work, manager.account, returned)
    assert [one.item.id for one in found.items] == [HEAT, SNCR]
    assert found.remark == "请按期补正"
    assert (found.answered, found.case.due_at) == (0, DEADLINE)
    assert "内部草稿" not in repr(found)
    assert found.open.reopened == {HEAT, SNCR}


def test_every_item_wants_an_answer(door: Door, manager: Person, returned: str) -> None:
    assert resubmit(door, manager.account, returned) == ("reply_wanted", "reply_wanted")
    with at(door) as work:
        correction.reply(work, manager.account, returned, SNCR, "已补充", "")
    assert resubmit(door, manager.account, returned) == ("reply_wanted",)


def test_a_resubmission_is_a_new_round_under_the_same_number(
    door: Door, manager: Person, district: Account, returned: str
) -> None:
    with door.reading() as work:
        number = assessment.open_(work, manager.account, returned).number
    answer(door, manager.account, returned)
    assert resubmit(door, manager.account, returned) == ()
    case = case_of(door, returned)
    assert (case.state, case.round, case.holder_id, case.due_at) == (
        ReviewState.REVIEWING, 2, district.id, None,
    )  # fmt: skip
    with door.reading() as work:
        one = assessment.open_(work, manager.account, returned)
        rounds = stored_review.submissions(work.session, returned)
    assert one.number == number
    assert one.given[HEAT] == Measured(Decimal("107"))
    assert [slip.round for slip in rounds] == [1, 2]
    assert rounds[0].checksum != rounds[1].checksum == one.checksum
    assert ("resubmitted", district.mail) in letters(door)


def test_pressing_twice_is_one_resubmission(door: Door, manager: Person, returned: str) -> None:
    answer(door, manager.account, returned)
    assert resubmit(door, manager.account, returned) == ()
    assert resubmit(door, manager.account, returned) == ()
    assert case_of(door, returned).round == 2
    assert len([one for one in letters(door) if one[0] == "resubmitted"]) == 1


def test_other_items_refuse_writes_and_replies(door: Door, manager: Person, returned: str) -> None:
    with at(door) as work:
        kept = assessment.keep(
            work, manager.account, returned, (Change(WASTE, Practised(Extent.NONE), None),)
        )
        assert [one.code for one in kept.problems] == ["not_reopened"]
        said = correction.reply(work, manager.account, returned, WASTE, "不能写", "")
        assert [one.code for one in said.problems] == ["not_reopened"]
        assert stored_review.replies(work.session, returned) == ()


def test_the_deadline_holds_to_the_second(door: Door, manager: Person, returned: str) -> None:
    last = DEADLINE - timedelta(seconds=1)
    answer(door, manager.account, returned, last)
    for late in (DEADLINE, DEADLINE + timedelta(seconds=1)):
        with pytest.raises(NotEditable), at(door, late) as work:
            assessment.keep(work, manager.account, returned, (Change(HEAT, Measured(Decimal(99)), None),))
        with pytest.raises(NotAllowed), at(door, late) as work:
            correction.reply(work, manager.account, returned, SNCR, "迟到", "")
        with pytest.raises(NotAllowed):
            resubmit(door, manager.account, returned, now=late)
        with pytest.raises(NotAllowed), at(door, late) as work:
            correction.ask_extension(work, manager.account, returned, 1, "来不及")
        with at(door, late) as work:
            found = correction.open_(work, manager.account, returned)
            assert found.open.reopened == frozenset()
            assert found.deeds == frozenset()
    assert resubmit(door, manager.account, returned, now=last) == ()


def test_corrections_that_came_too_late_are_not_in_the_next_round(
    door: Door, manager: Person, district: Account, returned: str
) -> None:
    with at(door) as work:
        assessment.keep(work, manager.account, returned, (Change(HEAT, Measured(Decimal("90")), None),))
    with at(door, DEADLINE) as work:
        assert decision.recall(work, district, returned, case_of(door, returned).revision) == ()
    with at(door, DEADLINE) as work:
        one = assessment.open_(work, manager.account, returned)
        assert one.given[HEAT] == Measured(Decimal("103.5"))
    with pytest.raises(Stale):
        resubmit(door, manager.account, returned, now=DEADLINE)
    say(door, district, returned, SNCR, VerdictKind.RETURNED, comment="再补", reason=Reason.OTHER)
    with at(door) as work:
        decision.send_for_correction(work, district, returned, case_of(door, returned).revision)
    with at(door) as work:
        correction.reply(work, manager.account, returned, SNCR, "好", "")
    assert resubmit(door, manager.account, returned, 2) == ()
    with door.reading() as work:
        assert assessment.open_(work, manager.account, returned).given[HEAT] == Measured(Decimal("103.5"))


def test_more_time_is_asked_for_once_and_granted_by_the_bureau(
    door: Door, manager: Person, district: Account, returned: str
) -> None:
    with at(door) as work:
        codes = [one.code for one in correction.ask_extension(work, manager.account, returned, 1, " ")]
        assert codes == ["remark_wanted"]
        assert correction.ask_extension(work, manager.account, returned, 1, "检测报告尚未出具") == ()
        again = correction.ask_extension(work, manager.account, returned, 1, "再问一次")
        assert [one.code for one in again] == ["extension_asked"]
    with at(door) as work:
        assert decision.extend(work, district, returned, case_of(door, returned).revision, days=5) == ()
    with at(door, DEADLINE) as work:
        found = correction.open_(work, manager.account, returned)
    assert found.asked is not None and found.asked.remark == "检测报告尚未出具"
    assert (found.case.is_extended, found.may_ask) == (True, False)
    assert Deed.RESUBMIT in found.deeds
    assert ("extension_asked", district.mail) in letters(door)


def test_two_colleagues_never_overwrite_each_others_reply(
    door: Door, manager: Person, colleague: Person, returned: str
) -> None:
    with at(door) as work:
        first = correction.reply(work, manager.account, returned, SNCR, "我的说明", "")
        assert first.theirs is None
    later = NOON + timedelta(seconds=5)
    with at(door, later) as work:
        second = correction.reply(work, colleague.account, returned, SNCR, "同事的说明", "")
        assert second.theirs is not None and second.theirs.text == "我的说明"
        chosen = correction.reply(work, colleague.account, returned, SNCR, "合并的说明", second.seen)
        assert chosen.theirs is None
        cleared = correction.reply(work, colleague.account, returned, SNCR, "", chosen.seen)
        assert cleared.seen == ""
        assert stored_review.replies(work.session, returned) == ()


def test_two_colleagues_resubmit_at_once_and_a_reviewer_takes_it_back(
    door: Door, manager: Person, colleague: Person, district: Account, returned: str
) -> None:
    answer(door, manager.account, returned)
    revision = case_of(door, returned).revision
    outcomes: list[str] = []
    barrier = threading.Barrier(3)

    def press(who: Account) -> None:
        barrier.wait()
        outcomes.append(f"resubmitted {resubmit(door, who, returned)}")

    def extend() -> None:
        barrier.wait()
        try:
            with at(door) as work:
                decision.extend(work, district, returned, revision, days=3)
            outcomes.append("extended")
        except NotAllowed as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=press, args=(one.account,)) for one in (manager, colleague)]
    threads.append(threading.Thread(target=extend))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    case = case_of(door, returned)
    assert outcomes.count("resubmitted ()") == 2
    assert set(outcomes) <= {"resubmitted ()", "extended", "Stale"}
    assert (case.state, case.round) == (ReviewState.REVIEWING, 2)
    with door.reading() as work:
        assert len(stored_review.submissions(work.session, returned)) == 2


def test_a_stranger_finds_nothing(door: Door, stranger: Person, district: Account, returned: str) -> None:
    for who in (stranger.account, district):
        with pytest.raises(NotFound), at(door) as work:
            correction.reply(work, who, returned, SNCR, "不该写", "")
        with pytest.raises(NotFound), at(door) as work:
            correction.resubmit(work, who, returned, 1)
        with pytest.raises(NotFound), at(door) as work:
            correction.object_(work, who, returned)
    with pytest.raises(NotFound), at(door) as work:
        correction.open_(work, stranger.account, returned)


# ── 异议 ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def lowered(door: Door, manager: Person, district: Account, city: Account, returned: str) -> str:
    """The submission, corrected and confirmed with one item lowered."""
    answer(door, manager.account, returned)
    assert resubmit(door, manager.account, returned) == ()
    confirmed(door, district, city, returned)
    return returned


def test_the_verified_score_stands_beside_the_declared_one(door: Door, manager: Person, lowered: str) -> None:
    with door.reading() as work:
        one = assessment.open_(work, manager.account, lowered)
        declared = review.assess(one.questionnaire, one.given, one.year)
        found = verified.of(work, one, declared)
    assert found is not None
    assert [line.item.id for line in found.lowered] == [WASTE]
    assert found.lowered[0].counted == Practised(Extent.NONE)
    assert found.assessment.points.total is not None and declared.points.total is not None
    assert found.assessment.points.total < declared.points.total
    assert (found.confirmed.district_opinion, found.confirmed.city_opinion) == ("同意上报", "同意")


def test_an_objection_goes_once_with_evidence_and_is_decided(
    door: Door, manager: Person, city: Account, lowered: str
) -> None:
    with at(door) as work:
        assert [one.code for one in correction.object_(work, manager.account, lowered)] == [
            "objection_wanted"
        ]
        kept = correction.draft_objection(work, manager.account, lowered, WASTE, "现场已运行", "")
        assert kept.problems == () and kept.theirs is None
        with pytest.raises(NotFound):
            correction.draft_objection(work, manager.account, lowered, HEAT, "没有核减", "")
    with door.reading() as work:
        assert review.open_(work, city, lowered).objections == ()  # a draft is nobody else's business
    with at(door) as work:
        assert correction.object_(work, manager.account, lowered) == ()
        assert correction.object_(work, manager.account, lowered) == ()
    assert case_of(door, lowered).state is ReviewState.OBJECTED
    with pytest.raises(NotAllowed), at(door) as work:
        correction.draft_objection(work, manager.account, lowered, WASTE, "再说一次", kept.seen)
    assert ("objected", city.mail) in letters(door)
    with at(door) as work:
        rulings = [Ruling(item=WASTE, is_granted=True, answer="核实无误，予以采纳")]
        assert decision.decide(work, city, lowered, case_of(door, lowered).revision, rulings, "已答复") == ()
    assert [one.fields["opinion"] for one in _letters(door) if one.template == "decided"] == ["已答复"]
    with at(door) as work:
        found = correction.dispute(work, manager.account, lowered)
        assert found.items[0].objection is not None
        assert found.items[0].objection.answer == "核实无误，予以采纳"
        assert found.may_object is False
        assert correction.object_(work, manager.account, lowered) == ()


def test_the_days_for_an_objection_end_to_the_second(door: Door, manager: Person, lowered: str) -> None:
    end = datetime(2026, 11, 22, 16, tzinfo=UTC) + timedelta(days=DAYS_TO_OBJECT)
    with at(door, end - timedelta(seconds=1)) as work:
        correction.draft_objection(work, manager.account, lowered, WASTE, "还来得及", "")
    with pytest.raises(NotAllowed), at(door, end) as work:
        correction.object_(work, manager.account, lowered)
    with at(door, end) as work:
        assert correction.dispute(work, manager.account, lowered).may_object is False
    with at(door, end - timedelta(seconds=1)) as work:
        assert correction.object_(work, manager.account, lowered) == ()


def test_every_deed_leaves_one_line_in_the_trail(door: Door, manager: Person, lowered: str) -> None:
    with door.reading() as work:
        deeds = [line.event.deed for line in stored_audit.read(work.session)]
    assert deeds.count("review.resubmit") == 1
    assert deeds.count("review.reply") == 1


def test_a_file_alone_is_an_answer(door: Door, manager: Person, returned: str) -> None:
    with door.reading() as work:
        upload = evidence.Upload(name="照片.png", content=_picture())
        arrivals = evidence.receive(work, manager.account, manager.enterprise, (upload,))
    with at(door) as work:
        added = evidence.add(
            work, manager.account, manager.enterprise, arrivals, Particulars(title="", kind="")
        )
        assert added[0].evidence is not None
        evidence.attach(work, manager.account, returned, SNCR, [added[0].evidence.id])
        found = correction.open_(work, manager.account, returned)
    assert [one.is_answered for one in found.items] == [False, True]


def _picture() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (40, 40), "#2f7d62").save(stream, "PNG")
    return stream.getvalue()
