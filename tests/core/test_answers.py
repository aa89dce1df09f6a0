"""Answers: what is accepted for which item, the JSON form, files of answers."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.answers import (
    MISSING,
    AnswersError,
    Chosen,
    Declared,
    Measured,
    NotApplicable,
    Practised,
    check,
    from_json,
    is_usual,
    read_answers,
    to_json,
    usual_range_warning,
)
from portal.core.questionnaire import Extent, UsualRange
from tests.trade import (
    make_activity,
    make_indicator,
    make_practice,
    make_questionnaire,
    make_requirement,
    make_trait,
)

INDICATOR, PRACTICE = make_indicator("a"), make_practice("p")
TRAIT, MANY = make_trait("t", ["x", "y"]), make_trait("t", ["x", "y"], is_many=True)


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        (INDICATOR, MISSING),
        (INDICATOR, Measured(D("103.25"))),
        (INDICATOR, Measured(D(0))),
        (INDICATOR, Measured(D("999999999999999"))),
        (INDICATOR, NotApplicable("没有这道工序")),
        (make_indicator("acid", levels="-115 -100 -85"), Measured(D(-90))),
        (make_activity("c"), Measured(D(1))),
        (PRACTICE, Practised(Extent.FULL)),
        (PRACTICE, Practised(Extent.PARTIAL, D("0.5"))),
        (PRACTICE, NotApplicable("没有窑")),
        (TRAIT, Chosen(("x",))),
        (MANY, Chosen(("x", "y"))),
        (make_requirement("r"), Declared(is_met=False)),
    ],
)
def test_an_honest_answer_is_accepted(item, answer):
    assert check(item, answer) == ()


@pytest.mark.parametrize(
    ("item", "answer", "code"),
    [
        (INDICATOR, Measured(D("NaN")), "not_a_number"),
        (INDICATOR, Measured(D("sNaN")), "not_a_number"),
        (INDICATOR, Measured(D("Infinity")), "not_a_number"),
        (INDICATOR, Measured(D("-0.1")), "negative"),
        (INDICATOR, Measured(D("1E+15")), "too_large"),
        (INDICATOR, Measured(D("9" * 400)), "too_large"),
        (INDICATOR, Measured(D("1E+999999")), "too_large"),
        (INDICATOR, Measured(D("0.0000001")), "too_many_decimals"),
        (INDICATOR, NotApplicable("  "), "reason_missing"),
        (INDICATOR, NotApplicable("长" * 501), "reason_too_long"),
        (make_indicator("b", is_binding=True), NotApplicable("不想填"), "binding_not_applicable"),
        (PRACTICE, Practised(Extent.PARTIAL), "share_missing"),
        (PRACTICE, Practised(Extent.FULL, D(50)), "share_without_partial"),
        (PRACTICE, Practised(Extent.PARTIAL, D(0)), "share_out_of_range"),
        (PRACTICE, Practised(Extent.PARTIAL, D(100)), "share_out_of_range"),
        (PRACTICE, Practised(Extent.PARTIAL, D("NaN")), "share_out_of_range"),
        (PRACTICE, Practised(Extent.PARTIAL, D("1E-9")), "share_out_of_range"),
        (TRAIT, Chosen(("z",)), "not_an_option"),
        (TRAIT, Chosen(()), "not_an_option"),
        (TRAIT, Chosen(("x", "y")), "not_an_option"),
        (make_activity("c"), NotApplicable("无"), "wrong_kind"),
        (PRACTICE, Measured(D(1)), "wrong_kind"),
    ],
)
def test_a_bad_answer_is_refused_with_its_reason(item, answer, code):
    assert [problem.code for problem in check(item, answer)] == [code]


@pytest.mark.parametrize(
    ("value", "warns"),
    [("8", True), ("8.1", False), ("100", False), ("1599", False), ("1600", True), ("0", False)],
)
def test_a_value_ten_times_off_its_usual_range_gets_a_warning_with_the_range(value, warns):
    item = make_indicator("a", usual=UsualRange(low=D(80), high=D(160), basis="示例"))
    warning = usual_range_warning(item, Measured(D(value)))
    assert (warning is not None) == warns
    if warning:
        assert warning.details == ("80", "160", "kgce/t")


def test_without_a_usual_range_nothing_warns():
    assert usual_range_warning(INDICATOR, Measured(D(10**9))) is None
    assert usual_range_warning(PRACTICE, Practised(Extent.FULL)) is None


numbers = st.decimals(0, 10**12, places=6)
answers = st.one_of(
    st.builds(Measured, numbers),
    st.builds(Practised, st.sampled_from([Extent.FULL, Extent.PLANNED, Extent.NONE])),
    st.builds(Practised, st.just(Extent.PARTIAL), numbers),
    st.builds(Chosen, st.lists(st.text(), max_size=3).map(tuple)),
    st.builds(Declared, st.booleans()),
    st.builds(NotApplicable, st.text()),
    st.just(MISSING),
)


@given(answers)
def test_the_json_form_reads_back_as_the_same_answer(answer):
    assert from_json(to_json(answer)) == answer


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        {"kind": "measured"},
        {"kind": "measured", "value": 5},
        {"kind": "measured", "value": "five"},
        {"kind": "measured", "value": "5", "unit": "t"},
        {"kind": "practised", "extent": "wholly"},
        {"kind": "declared", "is_met": "yes"},
        {"kind": "chosen", "options": [1]},
    ],
)
def test_anything_else_is_refused(raw):
    with pytest.raises(ValueError):  # noqa: PT011 - any text: the value itself
        from_json(raw)


def test_a_file_of_answers_is_read_whole():
    questionnaire = make_questionnaire(INDICATOR, PRACTICE)
    raw = {"a": {"kind": "measured", "value": "101"}, "p": {"kind": "practised", "extent": "none"}}
    assert read_answers(questionnaire, raw) == {"a": Measured(D(101)), "p": Practised(Extent.NONE)}


def test_a_file_of_answers_names_every_problem_at_once():
    questionnaire = make_questionnaire(INDICATOR, PRACTICE)
    raw = {"a": {"kind": "measured", "value": "-1"}, "p": "yes", "ghost": {"kind": "missing"}}
    with pytest.raises(AnswersError) as caught:
        read_answers(questionnaire, raw)
    assert [(p.place, p.code) for p in caught.value.problems] == [
        ("a", "negative"),
        ("p", "unreadable"),
        ("ghost", "unknown_item"),
    ]


def test_a_file_that_is_no_object_is_refused():
    with pytest.raises(AnswersError):
        read_answers(make_questionnaire(INDICATOR), [])


def test_more_than_the_most_possible_is_refused_and_less_is_not():
    item = make_activity("share", unit="%", most=D(100))
    assert check(item, Measured(D(100))) == ()
    (problem,) = check(item, Measured(D("100.1")))
    assert (problem.code, problem.details) == ("above_most", ("100", "%"))
    (problem,) = check(make_indicator("rate", unit="%", most=D(100)), Measured(D(101)))
    assert problem.code == "above_most"
    assert (
        usual_range_warning(item, Measured(D(101))).code == "above_most"
    )  # computed, where nothing refuses it


def test_a_share_above_the_whole_is_a_warning_unless_the_data_forbid_it():
    item = make_activity("share", unit="%")
    assert check(item, Measured(D(101))) == ()
    assert usual_range_warning(item, Measured(D(101))).code == "above_whole"
    assert usual_range_warning(item, Measured(D(100))) is None


def test_usual_is_within_the_range_or_without_one():
    item = make_activity("price", usual=UsualRange(low=D(1), high=D(2), basis="example"))
    assert [is_usual(item, D(value)) for value in ("0.9", "1", "2", "2.1")] == [False, True, True, False]
    assert is_usual(make_activity("price"), D(9))
    assert is_usual(make_practice("a"), D(9))
