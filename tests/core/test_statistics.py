"""Sums over many submissions."""

from decimal import Decimal as D

from portal.core.answers import Measured, NotApplicable, Practised
from portal.core.gaps import find_gaps
from portal.core.questionnaire import Extent, ItemId
from portal.core.scoring import assess
from portal.core.statistics import (
    Facts,
    Offer,
    Outcome,
    bin_of,
    changed,
    hundredths,
    offers,
    outcomes,
    sums,
)
from tests.core.test_advice import POWER, cost, save_with
from tests.trade import make_answers, make_indicator, make_practice, make_questionnaire


def make_facts(**changes: object) -> Facts:
    given: dict[str, object] = {
        "year": 2026,
        "district": "330111",
        "sector": "cement",
        "scale": "medium",
        "points": 6512,
        "verified": None,
        "grade": "II",
        "verified_grade": "",
        "outcomes": (
            Outcome(item=ItemId("sncr"), declared=1000, verified=None, is_gap=False),
            Outcome(item=ItemId("heat"), declared=600, verified=None, is_gap=True),
        ),
        "offers": (Offer(technology="grate", rank=1, investment=(100, 200), saving=None, co2=(5, 6)),),
    }
    return Facts(**(given | changes))  # type: ignore[arg-type]


def test_one_submission_adds_what_it_is() -> None:
    found = sums(make_facts())
    assert found["submitted", ""] == (1, 6512)
    assert found["points", "60"] == (1, 6512)
    assert found["grade", "II"] == (1, 0)
    assert found["item", "heat"] == (1, 600)
    assert found["gap", "heat"] == (1, 0)
    assert found["in_place", "sncr"] == (1, 0)
    assert found["investment_high", "grate"] == (1, 200)
    assert not [kind for kind, _ in found if kind.startswith(("saving", "verified", "inflation"))]


def test_a_verified_one_also_adds_how_far_it_was_lowered() -> None:
    outcome = Outcome(item=ItemId("sncr"), declared=1000, verified=400, is_gap=False)
    found = sums(make_facts(verified=6000, verified_grade="III", outcomes=(outcome,)))
    assert found["verified", ""] == (1, 6000)
    assert found["declared_of_verified", ""] == (1, 6512)
    assert found["inflation", "sncr"] == (1, 600)
    assert found["lowered", "sncr"] == (1, 0)


def test_the_difference_of_two_contributions_leads_from_one_to_the_other() -> None:
    before, after = sums(make_facts()), sums(make_facts(points=9000, grade="I", outcomes=(), offers=()))
    steps = changed(before, after)
    for place in before.keys() | after.keys():
        count, total = before.get(place, (0, 0))
        assert (count + steps.get(place, (0, 0))[0], total + steps.get(place, (0, 0))[1]) == after.get(
            place, (0, 0)
        )


def test_without_points_there_is_no_column_and_nothing_to_compare() -> None:
    found = sums(make_facts(points=None, grade="", earlier=5000, outcomes=(), offers=()))
    assert found == {("submitted", ""): (1, 0), ("scale", "medium"): (1, 0), ("grade", "-"): (1, 0)}


def test_who_was_there_last_year_is_counted_with_both_points() -> None:
    found = sums(make_facts(earlier=6000))
    assert (found["again", ""], found["earlier", ""]) == ((1, 6512), (1, 6000))
    assert ("again", "") not in sums(make_facts())


def test_what_was_confirmed_as_declared_is_not_inflated_and_what_was_taken_away_wholly() -> None:
    kept, gone, unasked = (
        Outcome(item=ItemId(name), declared=declared, verified=verified, is_gap=True)
        for name, declared, verified in (("kept", 600, 600), ("gone", 600, None), ("unasked", None, None))
    )
    found = sums(make_facts(verified=6000, outcomes=(kept, gone, unasked)))
    assert (found["inflation", "kept"], found["inflation", "gone"]) == ((1, 0), (1, 600))
    assert [key for kind, key in found if kind == "lowered"] == ["gone"]
    assert "unasked" not in {key for _, key in found}  # it had no weight or level: a share of it is no figure


# ── The facts of one submission ──────────────────────────────────────────────


def test_outcomes_are_in_thousandths_and_leave_out_what_neither_counts_nor_is_a_gap() -> None:
    questionnaire = make_questionnaire(
        make_practice("whole"),
        make_practice("part"),
        make_practice("absent"),
        make_practice("missing"),
        make_indicator("limit", weight=D(0), is_binding=True),
    )
    answers = make_answers(
        whole=Practised(Extent.FULL),
        part=Practised(Extent.PARTIAL, D(40)),
        absent=NotApplicable("无窑"),
        limit=Measured(D(130)),
    )
    declared = assess(questionnaire, answers)
    after = assess(questionnaire, answers | make_answers(whole=Practised(Extent.PARTIAL, D("12.5"))))
    gaps = find_gaps(declared)
    assert [
        (one.item, one.declared, one.verified, one.is_gap) for one in outcomes(declared, gaps, after)
    ] == [
        ("whole", 1000, 125, False),
        ("part", 400, 400, True),
        ("limit", None, None, True),  # an open gate without weight: a gap without points
    ]
    assert {one.verified for one in outcomes(declared, gaps, None)} == {None}


def test_an_answer_taken_away_has_no_verified_share() -> None:
    questionnaire = make_questionnaire(make_practice("a"))
    declared = assess(questionnaire, make_answers(a=Practised(Extent.FULL)))
    (one,) = outcomes(declared, (), assess(questionnaire, make_answers(a=NotApplicable("无窑"))))
    assert (one.declared, one.verified) == (1000, None)


def test_offers_are_in_yuan_and_kilograms_and_ranked() -> None:
    scaled = save_with(POWER, investments=(cost(1, 2, "元/t", "clinker"),))
    # Another plant's investment is not this one's, and without a price there is no money.
    foreign = save_with(POWER, prices=False, investments=(cost(700, 700, "万元"),))
    co2 = (1_000_000, 1_500_000)
    assert offers([scaled, foreign]) == (
        Offer(
            technology="t",
            rank=1,
            investment=(1_000_000, 2_000_000),
            saving=(1_300_000, 1_950_000),
            co2=co2,
        ),
        Offer(technology="t", rank=2, investment=None, saving=None, co2=co2),
    )


def test_points_are_kept_in_hundredths_rounded_half_up() -> None:
    assert [hundredths(points) for points in (None, D("65.125"), D(100))] == [None, 6513, 10000]


def test_full_marks_fall_into_the_last_column() -> None:
    assert [bin_of(points) for points in (0, 999, 1000, 9999, 10000)] == ["00", "00", "10", "90", "90"]
