"""Campaigns: the deadline to the second, who is behind within one's jurisdiction, letters once however often asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from portal.actions import assessment, campaign, outbox
from portal.actions.campaign import CampaignClosed
from portal.actions.work import Door, NotFound, Work
from portal.core.campaign import LetterState, TypedPlan, TypedRung
from portal.core.filing import AssessmentState
from portal.core.participation import Stage, Wanted
from portal.core.roles import CITY, Account
from tests.cast import Person, enrol, make_reviewer
from tests.make import make_answers, make_changes, make_uscc

# 09:00 in Hangzhou, thirty days before the last day.
NINE = datetime(2026, 10, 31, 1, tzinfo=UTC)
LAST = datetime(2026, 11, 30, 16, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def _plan(**changes: object) -> TypedPlan:
    plan = TypedPlan(
        year="2026",
        title="示例批次",
        sectors=("cement",),
        opens_on="2026-09-01",
        closes_on="2026-11-30",
        rungs=(TypedRung(title="市级", points="1", grade=""),),
        notice="示例通知",
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


@pytest.fixture
def city(door: Door) -> Account:
    return make_reviewer(door, CITY, "city@example.cn")


@pytest.fixture
def district(door: Door) -> Account:
    return make_reviewer(door, "330109", "district@example.cn")


@contextmanager
def _at(door: Door, now: datetime) -> Iterator[Work]:
    with door.writing() as work:
        # Not a copy: the door writes this unit's trail.
        object.__setattr__(work, "now", now)
        yield work


def _publish(door: Door, city: Account, now: datetime = NINE - timedelta(days=10), **changes: object) -> str:
    with _at(door, now) as work:
        id, problems = campaign.create(work, city, _plan(**changes))
        assert id is not None, problems
        campaign.publish(work, city, id)
    return id


def _fill_in(door: Door, person: Person) -> str:
    with _at(door, NINE) as work:
        id = assessment.start(work, person.account, person.enterprise, 2026)
        assessment.keep(work, person.account, id, make_changes(make_answers()))
    return id


def _letters(door: Door, city: Account) -> list[tuple[str, str]]:
    with door.reading() as work:
        found = outbox.listed(work, city, limit=500).letters
    return sorted((one.template, one.address) for one in found)


# ── Planning ─────────────────────────────────────────────────────────────────


def test_only_the_city_plans_and_districts_see_what_is_published(
    door: Door, city: Account, district: Account
) -> None:
    with door.writing() as work:
        with pytest.raises(NotFound):
            campaign.create(work, district, _plan())
        id, _ = campaign.create(work, city, _plan())
        assert id is not None
        assert campaign.create(work, city, _plan())[1][0].code == "campaign_there"
        with pytest.raises(NotFound):
            campaign.get(work, district, id)
        assert campaign.all_(work, district) == ()
        campaign.publish(work, city, id)
        assert campaign.get(work, district, id).title == "示例批次"
        for forbidden in (campaign.publish, campaign.change):
            with pytest.raises(NotFound):
                forbidden(work, district, id, *((_plan(),) if forbidden is campaign.change else ()))
        assert campaign.publish(work, city, id) is None


def test_a_published_campaign_can_be_extended_and_nothing_else(door: Door, city: Account) -> None:
    id = _publish(door, city)
    with door.writing() as work:
        assert campaign.change(work, city, id, _plan(closes_on="2026-12-31")) == ()
        assert campaign.change(work, city, id, _plan(closes_on="2026-12-30"))[0].code == "closes_earlier"
        assert campaign.get(work, city, id).closes_on.isoformat() == "2026-12-31"


def test_a_drafts_year_stays(door: Door, city: Account) -> None:
    with door.writing() as work:
        id, _ = campaign.create(work, city, _plan())
        assert id is not None
        assert campaign.change(work, city, id, _plan(year="2027"))[0].code == "published_fixed"
        assert campaign.change(work, city, id, _plan(title="另一个名称")) == ()


def test_a_reviewer_without_jurisdiction_sees_no_campaign(door: Door, city: Account) -> None:
    _publish(door, city)
    nowhere = make_reviewer(door, "", "nowhere@example.cn")
    with door.reading() as work, pytest.raises(NotFound):
        campaign.all_(work, nowhere)


# ── The deadline ─────────────────────────────────────────────────────────────


def test_submission_obeys_the_campaign_to_the_second_and_drafts_stay(
    door: Door, city: Account, manager: Person
) -> None:
    id = _fill_in(door, manager)
    _publish(door, city)
    for now, code in (
        (LAST, "campaign_closed"),
        (datetime(2026, 8, 31, 15, 59, 59, tzinfo=UTC), "campaign_not_open"),
    ):
        with _at(door, now) as work:
            with pytest.raises(assessment.NotReady) as refused:
                assessment.submit(work, manager.account, id)
            assert [one.code for one in refused.value.problems] == [code]
            ready = assessment.readiness(work, manager.account, id)
            assert code in {one.code for one in ready.problems}
            assert not ready.may_submit
            # Filling in goes on.
            kept = assessment.keep(work, manager.account, id, make_changes(make_answers(), None)[:1])
            assert kept.state is AssessmentState.DRAFT
    with _at(door, LAST - SECOND) as work:
        assert assessment.submit(work, manager.account, id)
    with _at(door, LAST) as work:
        # What was submitted in time is not asked again.
        assert assessment.submit(work, manager.account, id)


def test_a_refused_submission_is_in_the_trail(door: Door, city: Account, manager: Person) -> None:
    id = _fill_in(door, manager)
    _publish(door, city)
    with _at(door, LAST) as work, pytest.raises(assessment.NotReady):
        assessment.submit(work, manager.account, id)
    with door.reading() as work:
        found = work.session.execute(
            text("SELECT after, outcome FROM audit WHERE deed = 'assessment.submit'")
        ).all()
    assert [tuple(one) for one in found] == [("campaign_closed", "refused")]


def test_an_extension_opens_it_again(door: Door, city: Account, manager: Person) -> None:
    id = _fill_in(door, manager)
    there = _publish(door, city)
    with _at(door, LAST) as work:
        assert campaign.change(work, city, there, _plan(closes_on="2026-12-01")) == ()
        assert assessment.submit(work, manager.account, id)


def test_without_a_campaign_in_draft_or_for_others_nothing_changes(
    door: Door, city: Account, manager: Person
) -> None:
    id = _fill_in(door, manager)
    with _at(door, LAST) as work:
        campaign.create(work, city, _plan())
        assert assessment.readiness(work, manager.account, id).may_submit
        work.session.execute(text("UPDATE campaign SET state = 'published', sectors = '[\"paper\"]'"))
        assert assessment.readiness(work, manager.account, id).may_submit


def test_an_invited_enterprise_of_another_sector_takes_part(
    door: Door, city: Account, manager: Person
) -> None:
    there = _publish(door, city)
    with _at(door, NINE) as work:
        work.session.execute(text("UPDATE campaign SET sectors = '[\"paper\"]'"))
        profile = assessment.enterprise.get(work, manager.account, manager.enterprise).profile
        assert campaign.announced(work, 2026, profile) is None
        rows = f"uscc,name,district,sector\n{profile.uscc},{profile.name},330111,cement"
        assert campaign.import_invitees(work, city, there, pasted=rows, content=b"") == (1, ())
        work.session.expire_all()
        found = campaign.announced(work, 2026, profile)
        assert found is not None
        assert found.days_left == 30
        ((one, enterprises),) = campaign.announcements(work, manager.account) or ((None, ()),)
        assert (one, [each.id for each in enterprises]) == (found, [manager.enterprise])


# ── Who is behind ────────────────────────────────────────────────────────────


@pytest.fixture
def scene(door: Door, city: Account, manager: Person, stranger: Person) -> str:
    """Submitted, begun, not begun in 富阳, 富阳, 萧山; one of 萧山 is on the list and has not registered."""
    here = enrol(door, "周示例", "zhou@example.cn", name="示例萧山水泥有限公司", district="330109")
    assert here.enterprise
    id = _fill_in(door, manager)
    with _at(door, NINE) as work:
        assessment.submit(work, manager.account, id)
        assessment.start(work, stranger.account, stranger.enterprise, 2026)
    there = _publish(door, city)
    rows = "\n".join(
        (
            "统一社会信用代码,企业名称,区县,行业,邮箱,手机",
            f"{make_uscc()},示例未登记甲,萧山,水泥,jia@example.cn,",
            f"{make_uscc()},示例未登记乙,萧山区,水泥,,13800000009",
            f"{make_uscc()},示例未登记丙,330109,cement,,",
        )
    )
    with _at(door, NINE - timedelta(days=10)) as work:
        assert campaign.import_invitees(work, city, there, pasted=rows, content=b"") == (3, ())
    return there


def test_the_counts_lead_to_lists_of_the_same_length(
    door: Door, city: Account, district: Account, scene: str
) -> None:
    with door.reading() as work:
        for who, total in ((city, 6), (district, 4)):
            one = campaign.get(work, who, scene)
            overview = campaign.overview(work, who, one)
            assert overview.total.total == total
            for row in overview.districts:
                for stage, count in row.counts.items():
                    wanted = Wanted(district=row.key, stages=(stage,))
                    found = campaign.participants(work, who, one, wanted)
                    assert len(found.found) == found.count == count
            assert sum(row.total for row in overview.sectors) == total


def test_a_district_sees_its_own_only_whatever_it_asks_for(door: Door, district: Account, scene: str) -> None:
    with door.reading() as work:
        one = campaign.get(work, district, scene)
        assert campaign.participants(work, district, one, Wanted(district="330111")).found == ()
        found = campaign.participants(work, district, one, Wanted()).found
        assert {each.district for each in found} == {"330109"}
        export = campaign.export(work, district, one, Wanted())
        assert export[:2] == b"PK"
        assert campaign.count_call(work, district, one, Wanted()).enterprises == 4


def test_stages_and_words_narrow_the_list(door: Door, city: Account, manager: Person, scene: str) -> None:
    with door.reading() as work:
        one = campaign.get(work, city, scene)

        def names(**wanted: object) -> list[str]:
            return [p.name for p in campaign.participants(work, city, one, Wanted(**wanted)).found]  # type: ignore[arg-type]

        assert names(stages=(Stage.SUBMITTED,)) == ["示例水泥有限公司"]
        assert names(stages=(Stage.DRAFT,)) == ["示例造纸有限公司"]
        assert names(stages=(Stage.NOT_BEGUN,)) == ["示例萧山水泥有限公司"]
        assert len(names(stages=(Stage.UNREGISTERED,))) == 3
        assert names(words="未登记甲") == ["示例未登记甲"]
        assert names(words="%") == names(words="_") == []
        assert len(names(words="91330")) == 6


def test_registering_makes_one_of_two_and_withdrawing_takes_off_the_list(
    door: Door, city: Account, scene: str
) -> None:
    with door.reading() as work:
        one = campaign.get(work, city, scene)
        code = campaign.participants(work, city, one, Wanted(words="未登记甲")).found[0].uscc
    enrol(door, "吴示例", "wu@example.cn", name="示例已登记甲", district="330109", uscc=code)
    with door.writing() as work:
        found = campaign.participants(work, city, one, Wanted(words=code)).found
        assert [(each.name, each.stage, each.is_invited) for each in found] == [
            ("示例已登记甲", Stage.NOT_BEGUN, True)
        ]
        campaign.withdraw(work, city, scene, code)
        with pytest.raises(NotFound):
            campaign.withdraw(work, city, scene, code)


def test_a_list_with_one_fault_imports_nothing(door: Door, city: Account, scene: str) -> None:
    rows = f"统一社会信用代码,企业名称,区县,行业\n{make_uscc()},示例,萧山,水泥\n1,示例,萧山,水泥"
    with door.writing() as work:
        count, problems = campaign.import_invitees(work, city, scene, pasted=rows, content=b"")
        assert (count, [one.place for one in problems]) == (0, ["A3"])
        one = campaign.get(work, city, scene)
        assert campaign.overview(work, city, one).total.total == 6
        _, refused = campaign.import_invitees(work, city, scene, pasted="", content=b"\0")
        assert [one.code for one in refused] == ["file_not_a_table"]


def test_the_template_can_be_filled_in_and_read_again(door: Door, city: Account, scene: str) -> None:
    with door.writing() as work:
        content = campaign.invitee_template(work)
        assert campaign.import_invitees(work, city, scene, pasted="", content=content) == (1, ())


# ── Letters ──────────────────────────────────────────────────────────────────


def test_publishing_invites_everybody_who_has_not_submitted_once(
    door: Door, city: Account, scene: str
) -> None:
    assert _letters(door, city) == [
        ("campaign_invitation", "13800000009"),
        ("campaign_invitation", "jia@example.cn"),
        ("campaign_invitation", "stranger@example.cn"),
        ("campaign_invitation", "zhou@example.cn"),
    ]
    with door.writing() as work:
        # The same list once more writes nobody twice.
        one = campaign.get(work, city, scene)
        found = campaign.participants(work, city, one, Wanted(stages=(Stage.UNREGISTERED,))).found
        rows = "\n".join(["uscc,name,district,sector", *(f"{p.uscc},{p.name},330109,cement" for p in found)])
        campaign.import_invitees(work, city, scene, pasted=rows, content=b"")
    assert len(_letters(door, city)) == 4


def test_a_reminder_asked_for_twice_in_one_click_leaves_once(
    door: Door, district: Account, city: Account, scene: str
) -> None:
    with _at(door, NINE) as work:
        one = campaign.get(work, district, scene)
        call = campaign.remind(work, district, one, Wanted(), "token")
        assert (call.enterprises, call.letters, [p.name for p in call.unreachable]) == (
            4,
            3,
            ["示例未登记丙"],
        )
        assert campaign.remind(work, district, one, Wanted(), "token").letters == 0
        assert campaign.remind(work, district, one, Wanted(stages=(Stage.SUBMITTED,)), "other").letters == 0
        assert campaign.remind(work, district, one, Wanted(stages=(Stage.NOT_BEGUN,)), "other").letters == 1
    called = [address for template, address in _letters(door, city) if template == "campaign_call"]
    assert called == ["13800000009", "jia@example.cn", "zhou@example.cn", "zhou@example.cn"]


def test_nobody_is_reminded_of_what_is_over(door: Door, city: Account, scene: str) -> None:
    with _at(door, LAST) as work, pytest.raises(CampaignClosed):
        campaign.remind(work, city, campaign.get(work, city, scene), Wanted(), "t")


@pytest.mark.parametrize("days", [30, 7, 1])
def test_the_reminders_of_the_day_leave_once(door: Door, city: Account, scene: str, days: int) -> None:
    nine = NINE + timedelta(days=30 - days)
    with _at(door, nine - SECOND) as work:
        assert not campaign.has_due(work)
        assert campaign.remind_due(work) == 0
    with _at(door, nine) as work:
        assert campaign.has_due(work)
        assert campaign.remind_due(work) == 4
    for later in (nine + SECOND, nine + timedelta(hours=14)):
        with _at(door, later) as work:
            assert not campaign.has_due(work)
            assert campaign.remind_due(work) == 0
    reminded = [address for template, address in _letters(door, city) if template == "campaign_reminder"]
    assert reminded == ["13800000009", "jia@example.cn", "stranger@example.cn", "zhou@example.cn"]


def test_whoever_was_written_to_this_morning_is_left_in_peace(door: Door, city: Account, scene: str) -> None:
    with _at(door, NINE - timedelta(hours=1)) as work:
        one = campaign.get(work, city, scene)
        campaign.remind(work, city, one, Wanted(stages=(Stage.DRAFT,)), "morning")
    with _at(door, NINE) as work:
        assert campaign.remind_due(work) == 3


def test_a_letter_comes_with_the_deed_or_not_at_all(door: Door, city: Account, scene: str) -> None:
    before = _letters(door, city)

    def remind_and_fail() -> None:
        with _at(door, NINE) as work:
            campaign.remind(work, city, campaign.get(work, city, scene), Wanted(), "t")
            raise KeyError

    with pytest.raises(KeyError):
        remind_and_fail()
    assert _letters(door, city) == before
    with door.reading() as work:
        assert outbox.listed(work, city, state=LetterState.SENT).count == 0


def test_rungs_stand_beside_the_result(door: Door, city: Account, manager: Person, scene: str) -> None:
    from portal.actions import result

    with _at(door, NINE) as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2026)
        found = result.of(work, manager.account, id)
        profile = found.open.enterprise.profile
        (standing,) = campaign.rungs(work, 2026, profile, found.assessment)
        assert standing.is_reached
        assert campaign.rungs(work, 2025, profile, found.assessment) == ()
