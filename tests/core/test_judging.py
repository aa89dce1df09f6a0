"""What needs a verdict, what may be said to an item, and what it does to the score."""

from decimal import Decimal

import pytest

from portal.core.answers import MISSING, Answer, Declared, Measured, NotApplicable, Practised
from portal.core.judging import (
    changed,
    check_between,
    check_remark,
    check_verdict,
    items_to_judge,
    kinds_for,
    left_to_judge,
    points_of,
    sent_back,
)
from portal.core.questionnaire import Extent, ItemId
from portal.core.review import Party, Reason, VerdictKind
from portal.core.scoring import assess
from tests.core.test_review import NOON, make_verdict
from tests.make import COAL, HEAT, KILN, PERMIT, SNCR, WASTE, make_answers, make_questionnaire

D = Decimal
QUESTIONNAIRE = make_questionnaire()
CONFIRMED, LOWERED, RETURNED = VerdictKind


def _assess(**changes: Answer):  # type: ignore[no-untyped-def]
    given = make_answers() | {ItemId(name): answer for name, answer in changes.items()}
    return assess(QUESTIONNAIRE, {item: answer for item, answer in given.items() if answer != MISSING})


def _codes(item: ItemId, counted: Answer | None, declared: Answer | None = None, **more: object) -> list[str]:
    verdict = make_verdict(item, LOWERED, **({"counted": counted, "reason": Reason.NO_EVIDENCE} | more))
    assessment = _assess(**{item: declared}) if declared is not None else _assess()
    return [one.code for one in check_verdict(assessment, verdict)]


def test_scored_items_and_declared_gates_need_a_verdict() -> None:
    assert items_to_judge(_assess()) == (PERMIT, HEAT, SNCR, WASTE)
    assert items_to_judge(_assess(sncr=MISSING, permit=MISSING, waste_burning=NotApplicable("无"))) == (
        HEAT,
        WASTE,
    )


def test_what_was_sent_back_or_has_changed_is_left_to_judge_again() -> None:
    assessment = _assess()
    said = {
        PERMIT: make_verdict(PERMIT),
        HEAT: make_verdict(HEAT, RETURNED, comment="x", issued_at=NOON),
        SNCR: make_verdict(SNCR),
    }
    assert left_to_judge(assessment, said, {1: {SNCR}}) == (HEAT, SNCR, WASTE)
    # What earns no points was asked for as well: somebody looks at what came of it.
    coal = {**said, COAL: make_verdict(COAL, RETURNED, comment="x", issued_at=NOON)}
    assert COAL in left_to_judge(assessment, coal, {1: ()})
    assert COAL not in left_to_judge(assessment, {**said, COAL: make_verdict(COAL, RETURNED)}, {})
    draft = {**said, HEAT: make_verdict(HEAT, RETURNED, comment="x", round=2)}
    assert left_to_judge(assessment, draft, {1: ()}) == (WASTE,)
    assert [one.item for one in sent_back(draft, 2, Party.DISTRICT)] == [HEAT]
    assert sent_back(draft, 2, Party.CITY) == () and sent_back(said, 1, Party.DISTRICT) == ()


def test_what_may_be_said_depends_on_item_and_answer() -> None:
    kinds = lambda item, **changes: kinds_for(_assess(**changes), QUESTIONNAIRE.items[item])  # noqa: E731
    assert kinds(SNCR) == (CONFIRMED, LOWERED, RETURNED)
    assert kinds(SNCR, sncr=MISSING) == (CONFIRMED, RETURNED)
    assert kinds(SNCR, sncr=Practised(Extent.NONE)) == (CONFIRMED, RETURNED)
    assert kinds(PERMIT, permit=Declared(False)) == (CONFIRMED, RETURNED)
    assert kinds(KILN) == (CONFIRMED, RETURNED)
    assert kinds(HEAT) == kinds(COAL) == (CONFIRMED, LOWERED, RETURNED)


@pytest.mark.parametrize(
    ("item", "counted", "codes"),
    [
        (SNCR, Practised(Extent.NONE), []),
        (SNCR, Practised(Extent.PARTIAL, D(39)), []),
        (SNCR, Practised(Extent.PARTIAL, D(40)), ["not_lower"]),
        (SNCR, Practised(Extent.FULL), ["not_lower"]),
        (SNCR, Practised(Extent.PARTIAL), ["share_missing"]),
        (SNCR, NotApplicable("无"), ["counted_wanted"]),
        (SNCR, MISSING, ["counted_wanted"]),
        (SNCR, None, ["counted_wanted"]),
        (SNCR, Measured(D(1)), ["wrong_kind"]),
        (HEAT, Measured(D(110)), []),
        (HEAT, Measured(D("103.5")), ["not_lower"]),
        (HEAT, Measured(D(90)), ["not_lower"]),
        (HEAT, Measured(D(-1)), ["negative"]),
        (COAL, Measured(D(130000)), []),
        (COAL, Measured(D(120000)), ["not_lower"]),
        (PERMIT, Declared(False), []),
        (PERMIT, Declared(True), ["not_lower"]),
    ],
)
def test_what_shall_count_must_be_less_than_what_was_declared(
    item: ItemId, counted: Answer | None, codes: list[str]
) -> None:
    assert _codes(item, counted) == codes


def test_a_reason_that_does_not_hold_counts_as_blank_or_as_any_extent() -> None:
    for counted in (MISSING, Practised(Extent.NONE), Practised(Extent.FULL)):
        assert _codes(SNCR, counted, NotApplicable("无此工序")) == []
    assert _codes(SNCR, None, NotApplicable("无此工序")) == ["counted_wanted"]


def test_lowering_wants_a_reason_and_other_reasons_want_words() -> None:
    none = Practised(Extent.NONE)
    assert _codes(SNCR, none, reason=None) == ["reason_wanted"]
    assert _codes(SNCR, none, reason=Reason.OTHER) == ["remark_wanted"]
    assert _codes(SNCR, none, reason=Reason.OTHER, comment="现场未见") == []
    assert _codes(SNCR, none, comment="长" * 1001) == ["too_long"]
    assert _codes(SNCR, none, comment="\x00") == ["unprintable"]
    assert _codes(KILN, none) == ["not_an_option", "wrong_kind"]


@pytest.mark.parametrize(
    ("item", "declared", "now", "decided", "codes"),
    [
        (SNCR, Practised(Extent.FULL), Practised(Extent.NONE), Practised(Extent.PARTIAL, D(30)), []),
        (
            SNCR,
            Practised(Extent.FULL),
            Practised(Extent.PARTIAL, D(30)),
            Practised(Extent.PARTIAL, D(60)),
            [],
        ),
        (SNCR, Practised(Extent.FULL), Practised(Extent.NONE), Practised(Extent.FULL), ["not_lower"]),
        (SNCR, Practised(Extent.FULL), Practised(Extent.NONE), Practised(Extent.NONE), ["not_between"]),
        (SNCR, NotApplicable("无"), MISSING, Practised(Extent.PLANNED), []),
        (SNCR, NotApplicable("无"), MISSING, MISSING, ["not_between"]),
        (HEAT, Measured(D(103)), Measured(D(120)), Measured(D(110)), []),
        (HEAT, Measured(D(103)), Measured(D(120)), Measured(D(121)), ["not_between"]),
        (HEAT, Measured(D(103)), Measured(D(120)), Measured(D(120)), ["not_between"]),
        (HEAT, Measured(D(103)), MISSING, Measured(D(120)), []),
        (PERMIT, Declared(True), Declared(False), Declared(False), ["not_between"]),
    ],
)
def test_an_objection_granted_in_part_lies_between_what_counts_and_what_was_declared(
    item: ItemId, declared: Answer, now: Answer, decided: Answer, codes: list[str]
) -> None:
    found = check_between(
        _assess(**{item: declared}), _assess(**{item: now}), QUESTIONNAIRE.items[item], decided
    )
    assert [one.code for one in found] == codes


def test_asking_for_a_correction_wants_words() -> None:
    bare = make_verdict(SNCR, RETURNED)
    assert [one.code for one in check_verdict(_assess(), bare)] == ["remark_wanted"]
    assert check_verdict(_assess(), make_verdict(SNCR, RETURNED, comment="请补照片")) == ()
    assert check_verdict(_assess(), make_verdict(SNCR)) == ()
    assert check_remark("") == ()


def test_the_points_of_the_items_add_up_to_the_total() -> None:
    assessment = _assess()
    assert sum(points_of(assessment).values()) == assessment.points.total
    assert points_of(_assess(kiln_heat=MISSING, sncr=MISSING, waste_burning=MISSING)) == {}


def test_a_change_is_seen_in_answers_and_in_what_is_computed_from_them() -> None:
    assert changed(_assess(), _assess()) == frozenset()
    assert changed(_assess(), _assess(sncr=Practised(Extent.FULL))) == {SNCR}
    assert changed(_assess(), _assess(coal=MISSING)) == {COAL}
