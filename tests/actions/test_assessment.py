"""A self-check from its first field to its submission: nothing is lost, nothing submitted changes."""

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, text

from portal import words
from portal.actions import assessment, enterprise, result
from portal.actions.assessment import NotEditable, NotReady
from portal.actions.work import Door, NotFound
from portal.core.answers import MISSING, Chosen, Measured, NotApplicable, Practised
from portal.core.filing import AssessmentState, Change
from portal.core.formula import Formula
from portal.core.levels import Direction
from portal.core.questionnaire import Extent, ItemId
from portal.core.scoring import assess
from tests.cast import Person
from tests.make import (
    COAL,
    HEAT,
    KILN,
    PERMIT,
    SNCR,
    WASTE,
    make_answers,
    make_changes,
    make_library,
    make_profile,
    make_questionnaire,
)
from tests.trade import make_activity, make_indicator
from tests.trade import make_questionnaire as make_trade

YEAR = 2025


@pytest.fixture
def draft(door: Door, manager: Person) -> str:
    with door.writing() as work:
        return assessment.start(work, manager.account, manager.enterprise, YEAR)


def _keep(door: Door, who: Person, id: str, *changes: Change) -> assessment.KeepResult:
    with door.writing() as work:
        return assessment.keep(work, who.account, id, changes)


def _filled(door: Door, who: Person, id: str) -> None:
    assert _keep(door, who, id, *make_changes(make_answers())).problems == ()


def _submitted(door: Door, who: Person, id: str) -> str:
    _filled(door, who, id)
    with door.writing() as work:
        return assessment.submit(work, who.account, id)


# ── Starting ─────────────────────────────────────────────────────────────────


def test_starting_twice_is_starting_once(door: Door, manager: Person, colleague: Person, draft: str) -> None:
    with door.writing() as work:
        assert assessment.start(work, colleague.account, manager.enterprise, YEAR) == draft
        assert len(assessment.mine(work, manager.account)) == 1


def test_starting_at_the_same_moment_is_starting_once(door: Door, manager: Person) -> None:
    ids: list[str] = []

    def begin() -> None:
        with door.writing() as work:
            ids.append(assessment.start(work, manager.account, manager.enterprise, YEAR))

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 6
    assert len(set(ids)) == 1


@pytest.mark.parametrize("year", [2019, 2100])
def test_a_year_that_is_not_there_yet_is_refused(door: Door, manager: Person, year: int) -> None:
    with pytest.raises(NotFound), door.writing() as work:
        assessment.start(work, manager.account, manager.enterprise, year)


def test_the_year_turns_by_hangzhous_clock(door: Door) -> None:
    with door.reading() as work:
        at = work.now.replace(year=2025, month=12, day=31, hour=15, minute=59)
        assert assessment.this_year(at) == 2025
        assert assessment.this_year(at + timedelta(minutes=1)) == 2026


def test_a_draft_stays_with_its_questionnaire_version(door: Door, manager: Person, draft: str) -> None:
    newer = replace(door, library=make_library(make_questionnaire(), make_questionnaire("2027-1")))
    with newer.writing() as work:
        assert assessment.open_(work, manager.account, draft).questionnaire.version == "2026-1"
        later = assessment.start(work, manager.account, manager.enterprise, 2026)
        assert assessment.open_(work, manager.account, later).questionnaire.version == "2027-1"


def test_last_years_answers_are_carried_over_to_be_confirmed(door: Door, manager: Person, draft: str) -> None:
    _submitted(door, manager, draft)
    with door.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2026)
        carried = assessment.open_(work, manager.account, id)
        assert carried.given == make_answers()
        assert all(stored.is_carried_over for stored in carried.answers.values())
        ready = assessment.readiness(work, manager.account, id)
        assert not ready.may_submit
        assert {item.id for _, item in ready.unconfirmed} == set(make_answers())
        assert all(words.knows(problem.code) for problem in ready.problems)
        with pytest.raises(NotReady):
            assessment.submit(work, manager.account, id)
        # Saving the same again is confirming.
        kept = assessment.keep(work, manager.account, id, make_changes(make_answers(), 1))
        assert set(kept.saved.values()) == {2}
        assert assessment.readiness(work, manager.account, id).may_submit


def test_only_what_fits_the_new_questionnaire_is_carried_over(
    door: Door, manager: Person, draft: str
) -> None:
    _filled(door, manager, draft)
    _keep(door, manager, draft, Change(COAL, MISSING, 1))
    old = make_questionnaire()
    fewer = replace(
        old,
        version="2027-1",
        sections=(replace(old.sections[1], items=old.sections[1].items[1:]), old.sections[0]),
    )
    newer = replace(door, library=make_library(old, fewer))
    with newer.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2026)
        carried = assessment.open_(work, manager.account, id).answers
    assert list(carried) == [SNCR, WASTE, KILN, PERMIT]  # no HEAT any more, COAL said nothing


def test_an_item_under_a_new_id_keeps_last_years_answer(door: Door, manager: Person, draft: str) -> None:
    _filled(door, manager, draft)
    old = make_questionnaire()
    new_id = ItemId("kiln_sncr_anew")
    sections = tuple(
        replace(section, items=tuple(replace(i, id=new_id) if i.id == SNCR else i for i in section.items))
        for section in old.sections
    )
    newer = replace(old, version="2027-1", sections=sections, renamed={SNCR: new_id})
    with replace(door, library=make_library(old, newer)).writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2026)
        carried = assessment.open_(work, manager.account, id).answers
    assert carried[new_id].answer == make_answers()[SNCR]


def test_a_number_is_not_carried_over_into_another_unit(door: Door, manager: Person, draft: str) -> None:
    _filled(door, manager, draft)
    old = make_questionnaire()
    sections = tuple(
        replace(section, items=tuple(replace(i, unit="kg") if i.id == COAL else i for i in section.items))
        for section in old.sections
    )
    newer = replace(old, version="2027-1", sections=sections)
    with replace(door, library=make_library(old, newer)).writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2026)
        carried = assessment.open_(work, manager.account, id).answers
    assert COAL not in carried and HEAT in carried


# ── Saving ───────────────────────────────────────────────────────────────────


def test_what_was_saved_is_there_with_who_and_when(door: Door, manager: Person, draft: str) -> None:
    kept = _keep(door, manager, draft, *make_changes(make_answers()))
    assert set(kept.saved.values()) == {1}
    assert kept.state is AssessmentState.DRAFT
    with door.reading() as work:
        found = assessment.open_(work, manager.account, draft)
    assert found.given == make_answers()
    assert list(found.answers) == [KILN, COAL, PERMIT, HEAT, SNCR, WASTE]
    assert found.answers[COAL].saved_by == "王示例"
    assert found.answers[COAL].saved_at == kept.saved_at
    assert found.is_editable


@pytest.mark.parametrize(
    "value", ["0", "0.000001", "999999999999999", "123456789012345.654321", "100.10", "1E+3"]
)
def test_a_number_comes_back_with_the_same_digits(
    door: Door, manager: Person, draft: str, value: str
) -> None:
    _keep(door, manager, draft, Change(COAL, Measured(Decimal(value)), 0))
    with door.reading() as work:
        found = assessment.open_(work, manager.account, draft).answers[COAL].answer
    assert isinstance(found, Measured)
    assert format(found.value, "f") == format(Decimal(value), "f")


def test_saving_the_same_again_changes_nothing(door: Door, manager: Person, draft: str) -> None:
    _filled(door, manager, draft)
    assert set(_keep(door, manager, draft, *make_changes(make_answers())).saved.values()) == {1}
    with door.reading() as work:
        assert work.session.scalar(text("SELECT count(*) FROM answer_history")) == 6


def test_every_change_stays_in_the_history(door: Door, manager: Person, draft: str) -> None:
    for revision, value in enumerate(("1", "2", "3")):
        _keep(door, manager, draft, Change(COAL, Measured(Decimal(value)), revision))
    _keep(door, manager, draft, Change(COAL, MISSING, 3))
    with door.reading() as work:
        rows = work.session.execute(
            text("SELECT revision, value FROM answer_history ORDER BY revision")
        ).all()
        assert assessment.open_(work, manager.account, draft).given == {}
    assert [revision for revision, _ in rows] == [1, 2, 3, 4]
    assert '"value":"2"' in rows[1][1]


def test_a_stale_save_of_a_colleague_is_a_conflict_and_is_not_written(
    door: Door, manager: Person, colleague: Person, draft: str
) -> None:
    _keep(door, manager, draft, Change(COAL, Measured(Decimal(1)), 0))
    kept = _keep(
        door, colleague, draft,
        Change(COAL, Measured(Decimal(2)), 0), Change(HEAT, Measured(Decimal(99)), 0),
    )  # fmt: skip
    (conflict,) = kept.conflicts
    assert conflict.item == COAL
    assert conflict.theirs.answer == Measured(Decimal(1))
    assert conflict.theirs.saved_by == "王示例"
    assert conflict.yours == Measured(Decimal(2))
    assert kept.saved == {HEAT: 1}  # the rest is saved all the same
    with door.reading() as work:
        assert assessment.open_(work, manager.account, draft).answers[COAL].answer == Measured(Decimal(1))


def test_a_conflict_is_settled_by_overwriting_on_purpose(
    door: Door, manager: Person, colleague: Person, draft: str
) -> None:
    _keep(door, manager, draft, Change(COAL, Measured(Decimal(1)), 0))
    assert _keep(door, colleague, draft, Change(COAL, Measured(Decimal(2)), None)).saved == {COAL: 2}
    assert _keep(door, manager, draft, Change(COAL, Measured(Decimal(3)), 1)).conflicts


def test_the_same_value_is_no_conflict(door: Door, manager: Person, colleague: Person, draft: str) -> None:
    _keep(door, manager, draft, Change(COAL, Measured(Decimal(1)), 0))
    kept = _keep(door, colleague, draft, Change(COAL, Measured(Decimal("1.0")), 0))
    assert kept.conflicts == ()
    assert kept.saved == {COAL: 1}


def test_what_one_tab_sends_in_a_row_never_conflicts(door: Door, manager: Person, draft: str) -> None:
    for place, value in enumerate((1, 2, 3), 1):
        kept = _keep(door, manager, draft, Change(COAL, Measured(Decimal(value)), 0, "firsttab"))
        assert kept.conflicts == ()
        assert kept.saved == {COAL: place}


@pytest.mark.parametrize("other", ["secondtab", ""])
def test_a_stale_save_from_another_tab_of_the_same_person_is_a_conflict(
    door: Door, manager: Person, draft: str, other: str
) -> None:
    _keep(door, manager, draft, Change(COAL, Measured(Decimal(1)), 0, "firsttab"))
    (conflict,) = _keep(door, manager, draft, Change(COAL, Measured(Decimal(2)), 0, other)).conflicts
    assert conflict.is_own
    assert conflict.theirs.answer == Measured(Decimal(1))
    with door.reading() as work:
        assert assessment.open_(work, manager.account, draft).answers[COAL].answer == Measured(Decimal(1))
    # Settled on purpose, the second tab goes on without being asked again; then the first is the stale one.
    assert _keep(door, manager, draft, Change(COAL, Measured(Decimal(2)), 1, other)).saved == {COAL: 2}
    assert _keep(door, manager, draft, Change(COAL, Measured(Decimal(3)), 1, "firsttab")).conflicts


def test_saves_without_a_tab_are_told_apart_by_revision_alone(
    door: Door, manager: Person, draft: str
) -> None:
    _keep(door, manager, draft, Change(COAL, Measured(Decimal(1)), 0))
    assert _keep(door, manager, draft, Change(COAL, Measured(Decimal(2)), 0)).conflicts
    assert _keep(door, manager, draft, Change(COAL, Measured(Decimal(2)), 1)).saved == {COAL: 2}


def test_a_colleague_in_a_tab_of_the_same_name_still_conflicts(
    door: Door, manager: Person, colleague: Person, draft: str
) -> None:
    _keep(door, manager, draft, Change(COAL, Measured(Decimal(1)), 0, "firsttab"))
    (conflict,) = _keep(door, colleague, draft, Change(COAL, Measured(Decimal(2)), 0, "firsttab")).conflicts
    assert not conflict.is_own


def test_the_last_of_two_changes_to_one_item_counts(door: Door, manager: Person, draft: str) -> None:
    kept = _keep(
        door, manager, draft, Change(COAL, Measured(Decimal(1)), 0), Change(COAL, Measured(Decimal(2)), 0)
    )
    assert kept.saved == {COAL: 1}
    with door.reading() as work:
        assert assessment.open_(work, manager.account, draft).answers[COAL].answer == Measured(Decimal(2))


def test_a_refused_answer_does_not_hold_up_the_others(door: Door, manager: Person, draft: str) -> None:
    kept = _keep(
        door, manager, draft,
        Change(COAL, Measured(Decimal(-1)), 0),
        Change(ItemId("nothing"), Measured(Decimal(1)), 0),
        Change(KILN, Chosen(("balcony",)), 0),
        Change(SNCR, NotApplicable("a\0b"), 0),
        Change(WASTE, NotApplicable("  "), 0),
        Change(HEAT, Measured(Decimal("103.5")), 0),
    )  # fmt: skip
    assert kept.saved == {HEAT: 1}
    assert [(problem.place, problem.code) for problem in kept.problems] == [
        ("coal", "negative"), ("nothing", "unknown_item"), ("kiln", "not_an_option"), ("sncr", "unprintable"),
        ("waste_burning", "reason_missing"),
    ]  # fmt: skip
    assert all(words.knows(problem.code) for problem in kept.problems)


def test_an_unusual_value_is_written_with_a_warning(door: Door, manager: Person, draft: str) -> None:
    kept = _keep(door, manager, draft, Change(HEAT, Measured(Decimal(1035)), 0))
    assert kept.saved == {HEAT: 1} or kept.saved
    kept = _keep(door, manager, draft, Change(HEAT, Measured(Decimal(10350)), 1))
    (warning,) = kept.warnings
    assert (warning.place, warning.code, warning.details) == ("kiln_heat", "unusual", ("80", "150", "kgce/t"))
    assert kept.saved


def test_far_too_many_changes_at_once_are_refused_aloud(door: Door, manager: Person, draft: str) -> None:
    many = [Change(ItemId(f"x{place}"), MISSING, 0) for place in range(assessment.MOST_CHANGES + 1)]
    kept = _keep(door, manager, draft, *many)
    assert kept.problems[-1].code == "too_many_changes"
    assert words.knows("too_many_changes")


def test_two_who_write_at_once_lose_nothing(
    door: Door, manager: Person, colleague: Person, draft: str
) -> None:
    """Each writes its own item 20 times and the shared one on purpose: every write has its own revision."""

    def write(who: Person, own: ItemId) -> None:
        for number in range(1, 21):
            value = Measured(Decimal(number if who is manager else number + 1000))
            changes = (Change(own, value, None), Change(COAL, value, None))
            if own == SNCR:
                changes = (Change(own, Practised(Extent.PARTIAL, Decimal(number)), None), changes[1])
            _keep(door, who, draft, *changes)

    threads = [threading.Thread(target=write, args=args) for args in ((manager, HEAT), (colleague, SNCR))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with door.reading() as work:
        found = assessment.open_(work, manager.account, draft).answers
        history = work.session.scalar(text("SELECT count(*) FROM answer_history"))
    assert found[HEAT].answer == Measured(Decimal(20))
    assert found[SNCR].answer == Practised(Extent.PARTIAL, Decimal(20))
    assert found[COAL].revision == 40
    assert history == 80


def test_an_autosave_takes_few_statements_however_many_answers(
    door: Door, manager: Person, draft: str
) -> None:
    statements: list[str] = []
    event.listen(
        door.database._writing, "before_cursor_execute", lambda *given: statements.append(str(given[2]))
    )
    _keep(door, manager, draft, Change(COAL, Measured(Decimal(1)), 0))
    one = len([s for s in statements if not s.startswith(("BEGIN", "COMMIT"))])
    statements.clear()
    _filled(door, manager, draft)
    six = len([s for s in statements if not s.startswith(("BEGIN", "COMMIT"))])
    assert one == six
    assert one <= 7


# ── Submitting ───────────────────────────────────────────────────────────────


def test_what_is_missing_is_listed_with_its_section(door: Door, manager: Person, draft: str) -> None:
    with door.reading() as work:
        ready = assessment.readiness(work, manager.account, draft)
    assert [(section.id, item.id) for section, item in ready.missing] == [
        ("plant", "kiln"), ("plant", "coal"), ("plant", "permit"),
        ("measures", "kiln_heat"), ("measures", "sncr"), ("measures", "waste_burning"),
    ]  # fmt: skip
    assert [problem.code for problem in ready.problems] == ["nothing_counted"]
    assert words.knows("nothing_counted")
    _filled(door, manager, draft)
    with door.reading() as work:
        ready = assessment.readiness(work, manager.account, draft)
    assert ready.missing == ()
    assert ready.open_gates == ()
    assert ready.may_submit


def test_an_empty_self_check_cannot_be_submitted(door: Door, manager: Person, draft: str) -> None:
    with pytest.raises(NotReady) as caught, door.writing() as work:
        assessment.submit(work, manager.account, draft)
    assert [problem.code for problem in caught.value.problems] == ["nothing_counted"]


def test_submitting_twice_is_submitting_once(
    door: Door, manager: Person, colleague: Person, draft: str
) -> None:
    number = _submitted(door, manager, draft)
    assert number.startswith("HZ2025-")
    with door.writing() as work:
        assert assessment.submit(work, colleague.account, draft) == number


def test_submitting_at_the_same_moment_gives_one_number(door: Door, manager: Person, draft: str) -> None:
    _filled(door, manager, draft)
    numbers: list[str] = []

    def send() -> None:
        with door.writing() as work:
            numbers.append(assessment.submit(work, manager.account, draft))

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 5
    assert len(set(numbers)) == 1


def test_a_submitted_self_check_refuses_changes(door: Door, manager: Person, draft: str) -> None:
    _submitted(door, manager, draft)
    with pytest.raises(NotEditable):
        _keep(door, manager, draft, Change(COAL, Measured(Decimal(1)), None))
    with door.reading() as work:
        found = assessment.open_(work, manager.account, draft)
    assert not found.is_editable
    assert found.given == make_answers()


def test_submission_freezes_profile_questionnaire_and_result(door: Door, manager: Person, draft: str) -> None:
    _submitted(door, manager, draft)
    with door.reading() as work:
        before = result.of(work, manager.account, draft)
    with door.writing() as work:
        profile = enterprise.get(work, manager.account, manager.enterprise).profile
        assert (
            enterprise.change(work, manager.account, manager.enterprise, replace(profile, name="改名")) == ()
        )
        # Not even a row changed behind our back reaches the result: it comes from the frozen answers.
        work.session.execute(text("""UPDATE answer SET value = '{"kind":"missing"}'"""))
    newer = replace(door, library=make_library(make_questionnaire(), make_questionnaire("2027-1")))
    with newer.reading() as work:
        after = result.of(work, manager.account, draft)
    assert after.open.enterprise.profile.name == "示例水泥有限公司"
    assert after.assessment.points == before.assessment.points
    assert after.receipt == before.receipt
    assert after.checksum == before.checksum == after.open.checksum
    assert after.open.questionnaire.version == "2026-1"


def test_the_list_shows_every_self_check_in_one_query(door: Door, manager: Person, draft: str) -> None:
    _submitted(door, manager, draft)
    with door.writing() as work:
        assessment.start(work, manager.account, manager.enterprise, 2026)
    statements: list[str] = []
    event.listen(
        door.database._reading, "before_cursor_execute", lambda *given: statements.append(str(given[2]))
    )
    with door.reading() as work:
        newest, oldest = assessment.mine(work, manager.account)
    assert len([one for one in statements if one.lstrip().startswith("SELECT")]) == 1
    assert (newest.year, newest.state, newest.number, newest.points, newest.answered) == (
        2026, AssessmentState.DRAFT, "", "", 6,
    )  # fmt: skip
    assert (oldest.year, oldest.state, oldest.answered) == (2025, AssessmentState.SUBMITTED, 6)
    assert oldest.number.startswith("HZ2025-")
    assert Decimal(oldest.points) == Decimal(oldest.points).quantize(Decimal("0.01"))
    assert newest.enterprise_name == "示例水泥有限公司"


# ── Strangers ────────────────────────────────────────────────────────────────


def test_a_stranger_finds_nothing(door: Door, manager: Person, stranger: Person, draft: str) -> None:
    who = stranger.account
    with door.writing() as work:
        assert assessment.mine(work, who) == ()
        for id in (draft, "nothing"):
            for call in (assessment.open_, assessment.readiness, assessment.submit, result.of, result.live):
                with pytest.raises(NotFound):
                    call(work, who, id)
            with pytest.raises(NotFound):
                assessment.keep(work, who, id, [Change(COAL, Measured(Decimal(1)), None)])
        with pytest.raises(NotFound):
            assessment.start(work, who, manager.enterprise, YEAR)


def test_an_unknown_sector_cannot_be_given(door: Door, manager: Person) -> None:
    with door.writing() as work:
        _, problems = enterprise.create(work, manager.account, make_profile(sector="bakery"))
    assert [problem.place for problem in problems] == ["sector"]


# ── Doubtful values ──────────────────────────────────────────────────────────


def test_a_doubtful_value_is_submitted_only_when_confirmed(door: Door, manager: Person, draft: str) -> None:
    _filled(door, manager, draft)
    _keep(door, manager, draft, Change(HEAT, Measured(Decimal("10350")), 1))
    with door.writing() as work:
        (doubt,) = assessment.readiness(work, manager.account, draft).doubts
        assert (doubt.item.id, doubt.problem.code, doubt.token) == (HEAT, "unusual", "kiln_heat:10350")
        with pytest.raises(NotReady) as caught:
            assessment.submit(work, manager.account, draft)
        assert [(one.place, one.code) for one in caught.value.problems] == [(HEAT, "value_unconfirmed")]
        assert words.knows("value_unconfirmed")
    # What was confirmed is this value, not whatever stands there later.
    _keep(door, manager, draft, Change(HEAT, Measured(Decimal("20350")), 2))
    with door.writing() as work, pytest.raises(NotReady):
        assessment.submit(work, manager.account, draft, [doubt.token])
    with door.writing() as work:
        assert assessment.submit(work, manager.account, draft, ["kiln_heat:20350"])


def test_a_share_above_the_whole_is_doubtful_entered_or_computed() -> None:
    share = make_indicator("share", "90 80 70", unit="%", direction=Direction.LARGER)
    computed = replace(share, id=ItemId("computed"), formula=Formula.parse("waste_used / waste"))
    questionnaire = make_trade(share, computed, make_activity("waste"), make_activity("waste_used"))
    answers = {
        "share": Measured(Decimal(101)),
        "waste": Measured(Decimal(10)),
        "waste_used": Measured(Decimal(12)),
    }
    found = assess(questionnaire, {ItemId(item): answer for item, answer in answers.items()})
    doubts = assessment.doubts_of(found)
    assert [(doubt.item.id, doubt.problem.code, doubt.value) for doubt in doubts] == [
        ("share", "above_whole", 101),
        ("computed", "above_whole", 120),
    ]
