"""Sums over many submissions, and that no group under five can be worked out from what is shown."""

from collections import defaultdict
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.questionnaire import ItemId
from portal.core.statistics import LEAST, Facts, Offer, Outcome, bin_of, changed, shown, sums

DISTRICTS, SECTORS = ("a", "b", "c", "d"), ("x", "y", "z")
TABLES = st.dictionaries(
    st.tuples(st.sampled_from(DISTRICTS), st.sampled_from(SECTORS)), st.integers(1, 14), max_size=12
)


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


# ── What may be shown ────────────────────────────────────────────────────────


def test_large_groups_are_shown() -> None:
    counts = {("a", "x"): 5, ("b", "x"): 7}
    assert shown(counts) == {("a", "x"), ("b", "x"), ("a", ""), ("b", ""), ("", "x"), ("", "")}


def test_a_single_small_group_takes_a_second_one_with_it() -> None:
    counts = {("a", "x"): 2, ("b", "x"): 7, ("a", "y"): 9, ("b", "y"): 8, ("c", "x"): 30, ("c", "y"): 30}
    visible = shown(counts)
    assert ("a", "x") not in visible
    assert len([place for place in counts if place[1] == "x" and place not in visible]) > 1
    assert len([place for place in counts if place[0] == "a" and place not in visible]) > 1
    assert ("", "") in visible


def test_one_lonely_enterprise_hides_everything() -> None:
    assert shown({("a", "x"): 1}) == frozenset()
    assert shown({}) == frozenset()


@settings(deadline=None)
@given(TABLES)
def test_no_hidden_cell_follows_from_the_shown_ones(counts: dict[tuple[str, str], int]) -> None:
    table: dict[tuple[str, str], int] = defaultdict(int)
    for (district, sector), count in counts.items():
        for place in ((district, sector), (district, ""), ("", sector), ("", "")):
            table[place] += count
    hidden = sorted(set(table) - shown(counts))
    assert all(place in hidden for place, count in table.items() if count < LEAST)
    equations = []
    for line, key in {(0, place[0]) for place in hidden} | {(1, place[1]) for place in hidden}:
        row = [Fraction(0)] * len(hidden)
        for at, place in enumerate(hidden):
            if place[line] == key:
                row[at] = Fraction(-1 if place[1 - line] == "" else 1)
        equations.append(row)
    for at in range(len(hidden)):
        unit = [Fraction(int(place == at)) for place in range(len(hidden))]
        assert _rank([*equations, unit]) == _rank(equations) + 1, hidden[at]


def _rank(rows: list[list[Fraction]]) -> int:
    rows, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((at for at in range(rank, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for at in range(len(rows)):
            if at != rank and rows[at][column]:
                factor = rows[at][column] / rows[rank][column]
                rows[at] = [mine - factor * its for mine, its in zip(rows[at], rows[rank], strict=True)]
        rank += 1
    return rank
