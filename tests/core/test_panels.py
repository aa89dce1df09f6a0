"""Figures out of sums: rounded, and left out where they may not be shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.disclosure import LEAST, shown
from portal.core.panels import (
    ALL,
    Inflated,
    ItemCounts,
    ItemLine,
    ItemSums,
    band,
    changes,
    distributions,
    inflated,
    item_lines,
    means,
    no_mean,
    per_cent,
    technology_lines,
)
from portal.core.questionnaire import ItemId
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


def test_a_distribution_takes_only_its_own_kind_and_keys() -> None:
    sums = {
        ("a", "x", "points", "40"): (6, 0),
        ("a", "x", "points", "60"): (8, 0),
        ("a", "x", "verified_points", "60"): (7, 0),
        ("a", "x", "points", "unread"): (9, 0),
    }
    found = distributions(sums, "points", BINS, shown({("a", "x"): 14}))
    assert {place: one.count for place, one in found.items()} == {("a", ""): 14, ("", "x"): 14, ALL: 14}


def test_one_class_alone_is_no_distribution() -> None:
    sums = {("a", "x", "grade", "I"): (6, 0), ("a", "x", "grade", "II"): (4, 0)}
    assert distributions(sums, "grade", ("I", "II"), shown({("a", "x"): 10})) == {}


# ── Items ────────────────────────────────────────────────────────────────────

CEMENT = frozenset({("a", "x"), ("b", "x"), ("", "x"), ("a", ""), ("b", ""), ALL})


def _line(item: str, count: int, gap: int, in_place: int, mean: int) -> ItemLine:
    return ItemLine(sector="x", item=ItemId(item), count=count, gap=gap, in_place=in_place, mean=mean)


def test_the_commonest_gap_of_a_sector_comes_first() -> None:
    counts: ItemCounts = {("x", item): {"a": 6, "b": 10} for item in ("rare", "common", "nobodys")}
    sums: ItemSums = {
        ("x", "item", "rare"): (16, 14_000),
        ("x", "gap", "rare"): (4, 0),
        ("x", "in_place", "rare"): (12, 0),
        ("x", "item", "common"): (16, 4_000),
        ("x", "gap", "common"): (14, 0),
        ("x", "item", "nobodys"): (16, 16_000),
    }
    assert item_lines(counts, sums, "", CEMENT) == [
        _line("common", 16, 88, 0, 25),  # 14 of 16 are 87.5 %; 4,000 of 16,000 thousandths
        _line("rare", 16, 25, 75, 88),
        _line("nobodys", 16, 0, 0, 100),
    ]


def test_an_item_of_too_few_in_a_district_is_told_of_the_city_only() -> None:
    counts: ItemCounts = {("x", "few"): {"a": 4, "b": 10}, ("x", "many"): {"a": 6, "b": 10}}
    city: ItemSums = {("x", "item", "few"): (14, 7_000), ("x", "item", "many"): (16, 8_000)}
    here: ItemSums = {("x", "item", "few"): (4, 4_000), ("x", "item", "many"): (6, 3_000)}
    assert [one.item for one in item_lines(counts, city, "", CEMENT)] == ["few", "many"]
    assert item_lines(counts, here, "a", CEMENT) == [_line("many", 6, 0, 0, 50)]


def test_items_of_a_place_that_is_hidden_or_has_no_sums_are_left_out() -> None:
    counts: ItemCounts = {("x", "a1"): {"a": 9}, ("y", "b1"): {"a": 9}, ("x", "unsummed"): {"a": 9}}
    sums: ItemSums = {("x", "item", "a1"): (9, 9_000), ("y", "item", "b1"): (9, 9_000)}
    assert [one.item for one in item_lines(counts, sums, "a", CEMENT)] == ["a1"]
    assert item_lines(counts, sums, "a", CEMENT - {("a", "x")}) == []


def test_the_most_inflated_item_comes_first_and_what_nobody_lowered_is_none() -> None:
    counts: ItemCounts = {("x", item): {"a": 10} for item in ("little", "much", "none")}
    sums: ItemSums = {
        ("x", "inflation", "little"): (10, 500),
        ("x", "lowered", "little"): (1, 0),
        ("x", "inflation", "much"): (10, 2_000),
        ("x", "lowered", "much"): (4, 0),
        ("x", "inflation", "none"): (10, 0),
    }
    assert inflated(counts, sums, "a", CEMENT) == [
        Inflated(sector="x", item=ItemId("much"), count=10, inflation=20, lowered=40),
        Inflated(sector="x", item=ItemId("little"), count=10, inflation=5, lowered=10),
    ]


# ── Technologies, years, peers ───────────────────────────────────────────────


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
