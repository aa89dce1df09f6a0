"""Figures out of sums: rounded, and left out where they may not be shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.disclosure import LEAST, shown
from portal.core.panels import (
    ALL,
    band,
    changes,
    distributions,
    means,
    no_mean,
    per_cent,
    technology_lines,
)
from portal.core.statistics import BINS

SIX = {("a", "x", "submitted", ""): (6, 6 * 5050), ("b", "x", "submitted", ""): (7, 7 * 7000)}


def test_means_carry_one_decimal() -> None:
    found = means(SIX)
    assert found["a", "x"].points == Decimal("50.5")
    assert found[ALL].points == Decimal("61.0")
    assert found["a", "x"].verified is None
    assert not found["a", "x"].is_hidden
    assert no_mean(ALL).count == 0
    assert not no_mean(ALL).is_hidden


def test_a_small_cell_keeps_its_count_and_loses_its_mean() -> None:
    found = means({("a", "x", "submitted", ""): (4, 20_000), ("b", "x", "submitted", ""): (30, 90_000)})
    assert found["a", "x"].count == 4
    assert found["a", "x"].is_hidden


def test_verified_means_and_the_difference_stand_beside() -> None:
    sums = SIX | {
        ("a", "x", "verified", ""): (6, 6 * 4800),
        ("a", "x", "declared_of_verified", ""): (6, 6 * 5050),
    }
    found = means(sums)["a", "x"]
    assert found.verified == Decimal("48.0")
    assert found.inflation == Decimal("2.5")


def test_a_distribution_counts_everybody_once() -> None:
    sums = {("a", "x", "points", "40"): (6, 0), ("a", "x", "points", "90"): (8, 0)}
    (found,) = {
        one
        for one in distributions(sums, "points", BINS, shown({("a", "x"): 14})).values()
        if one.place == ALL
    }
    assert found.count == 14
    assert found.classes[0].lowest == 0
    assert found.classes[-1].end == 100
    assert [one.count for one in found.classes] == [6, 0, 0, 0, 0, 8]


def test_money_is_summed_over_those_that_have_it() -> None:
    counts = {
        ("technology", "t"): {("a", "x"): 9},
        ("investment_low", "t"): {("a", "x"): 6},
        ("saving_low", "t"): {("a", "x"): 4},
        ("technology", "rare"): {("a", "x"): 3},
    }
    money = {("x", "investment_low", "t"): (6, 100), ("x", "investment_high", "t"): (6, 200)}
    (line,) = technology_lines(counts, money, ("t", "rare"), ALL, shown({("a", "x"): 9}))
    assert line.count == 9
    assert line.investment is not None
    assert (line.investment.count, line.investment.low, line.investment.high) == (6, 100, 200)
    assert line.saving is None and line.co2 is None


def test_a_year_is_compared_with_the_one_before() -> None:
    now = {
        ("a", "x", "submitted", ""): (6, 6 * 6000),
        ("a", "x", "again", ""): (6, 6 * 6000),
        ("a", "x", "earlier", ""): (6, 6 * 5500),
    }
    before = {("a", "x", "submitted", ""): (6, 6 * 5500)}
    found = changes(now, before)["a", "x"]
    assert found.difference == Decimal("5.0")
    assert found.earlier == Decimal("55.0")
    newcomers = changes(now | {("a", "x", "submitted", ""): (8, 8 * 6000)}, before)["a", "x"]
    assert newcomers.difference is None  # two came anew: what all have less what six have would be theirs


def test_shares_are_whole_per_cent() -> None:
    assert [per_cent(1, 3), per_cent(1, 8), per_cent(5, 5)] == [33, 13, 100]


@pytest.mark.parametrize(
    ("count", "better", "expected"),
    [(9, 0, None), (10, 0, (0, 50)), (10, 5, (50, 100)), (20, 4, (0, 25)), (20, 5, (25, 50)), (50, 4, (0, 10)),
     (50, 5, (10, 25)), (100, 99, (50, 100))],
)  # fmt: skip
def test_bands(count: int, better: int, expected: tuple[int, int] | None) -> None:
    assert band(count, better) == expected


@given(st.integers(1, 400))
def test_every_band_has_five(count: int) -> None:
    told = [band(count, better) for better in range(count)]
    if None in told:
        assert set(told) == {None}
    else:
        assert all(told.count(one) >= LEAST for one in set(told))
