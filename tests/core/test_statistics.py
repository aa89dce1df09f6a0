"""Sums over many submissions."""

from portal.core.questionnaire import ItemId
from portal.core.statistics import Facts, Offer, Outcome, bin_of, changed, sums


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


def test_full_marks_fall_into_the_last_column() -> None:
    assert [bin_of(points) for points in (0, 999, 1000, 9999, 10000)] == ["00", "00", "10", "90", "90"]
