"""No group under five can be worked out from what is shown, by whatever addition and subtraction."""

from collections import defaultdict
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.core.disclosure import LEAST, Classes, Place, beside, classes, shown, shown_in_sector, with_sums

DISTRICTS, SECTORS = ("a", "b", "c", "d"), ("x", "y", "z")
PLACES = st.tuples(st.sampled_from(DISTRICTS), st.sampled_from(SECTORS))
TABLES = st.dictionaries(PLACES, st.integers(1, 14), max_size=12)
SPARSE = st.dictionaries(PLACES, st.integers(1, 6), max_size=9)
Cell = tuple[str, ...]
Row = list[Fraction]


def _covers(place: Place, cell: Cell) -> bool:
    return place[0] in ("", cell[0]) and place[1] in ("", cell[1])


def _reduced(rows: list[Row]) -> list[Row]:
    """The rows in echelon form: what can be worked out is every sum of them."""
    rows, done = [list(row) for row in rows], []
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        done.append([value / pivot[column] for value in pivot])
        for row in rows:
            factor = row[column]
            row[:] = [mine - factor * its for mine, its in zip(row, done[-1], strict=True)]
    return done


def _follows(target: Row, reduced: list[Row]) -> bool:
    left = list(target)
    for row in reduced:
        column = next(at for at, value in enumerate(row) if value)
        factor = left[column]
        left = [mine - factor * its for mine, its in zip(left, row, strict=True)]
    return not any(left)


def _given_away(sizes: dict[Cell, int], published: list[list[Cell]]) -> list[tuple[Cell, ...]]:
    """Every group under LEAST that follows from the published sums; by brute force and in fractions."""
    cells = sorted(sizes)
    reduced = _reduced([[Fraction(int(cell in members)) for cell in cells] for members in published])
    small = [cell for cell in cells if sizes[cell] < LEAST]
    groups = (group for size in range(1, LEAST) for group in combinations(small, size))
    return [
        group
        for group in groups
        if sum(sizes[cell] for cell in group) < LEAST
        and _follows([Fraction(int(cell in group)) for cell in cells], reduced)
    ]


def _rows(places: frozenset[Place], sizes: dict[Cell, int]) -> list[list[Cell]]:
    return [[cell for cell in sizes if _covers(place, cell)] for place in places]


# ── Tables ───────────────────────────────────────────────────────────────────


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


def test_two_cells_whose_sum_follows_are_one_group() -> None:
    # Rows a and b less column z leave two enterprises of two districts: no cell follows, but their sum would.
    counts = {
        ("a", "x"): 1, ("a", "z"): 4, ("b", "y"): 1, ("b", "z"): 4,
        ("c", "x"): 9, ("c", "y"): 4, ("d", "x"): 4, ("d", "y"): 9,
    }  # fmt: skip
    assert not _given_away(dict(counts), _rows(shown(counts), dict(counts)))


@pytest.mark.parametrize("size", [3, 4])
def test_three_or_four_cells_whose_sum_follows_are_one_group_too(size: int) -> None:
    # The rows less column z leave one enterprise in each of the other columns: all together, and no fewer, follow.
    rows, columns = "abcd"[:size], "uvwx"[:size]
    ones: dict[Cell, int] = dict.fromkeys(zip(rows, columns, strict=True), 1)
    counts = {(row, "z"): 4 for row in rows} | {("e", column): 4 for column in columns}
    counts |= dict.fromkeys(ones, 1)
    edges = frozenset(place for place in with_sums(counts) if not all(place))
    assert all(with_sums(counts)[place] >= LEAST for place in edges)
    assert _given_away(dict(counts), _rows(edges, dict(counts))) == [tuple(sorted(ones))]
    visible = shown(counts)
    assert ("", "") in visible
    assert not _given_away(dict(counts), _rows(visible, dict(counts)))


def test_four_cells_of_five_enterprises_may_follow() -> None:
    ones = {("a", "u"): 1, ("b", "v"): 1, ("c", "w"): 1, ("d", "x"): 2}
    counts = {(row, "z"): 4 for row in "abcd"} | {("e", column): 4 for column in "uvwx"} | ones
    assert shown(counts) == {place for place in with_sums(counts) if not all(place)}


@settings(deadline=None)
@given(TABLES | SPARSE)
def test_no_group_under_five_follows_from_the_shown_cells(counts: dict[Place, int]) -> None:
    visible = shown(counts)
    assert all(with_sums(counts)[place] >= LEAST for place in visible)
    assert not _given_away(dict(counts), _rows(visible, dict(counts)))


@settings(deadline=None)
@given(TABLES, TABLES)
def test_a_part_of_the_enterprises_is_shown_within_the_whole_only(
    counts: dict[Place, int], part: dict[Place, int]
) -> None:
    visible = shown(part, shown(counts))
    assert visible <= shown(counts)
    assert not _given_away(dict(part), _rows(visible, dict(part)))


# ── A part beside the whole ──────────────────────────────────────────────────


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(PLACES, st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=9))
@example({("a", "y"): (9, 0), ("a", "z"): (3, 9)})  # row a less column y is the part of three
def test_neither_the_part_nor_the_rest_gives_away_a_small_group(
    both: dict[Place, tuple[int, int]],
) -> None:
    counts = {place: part + rest for place, (part, rest) in both.items()}
    part = {place: size for place, (size, _) in both.items()}
    whole = shown(counts)
    found = beside(counts, part, whole)
    sizes: dict[Cell, int] = {(*place, "part"): size for place, (size, _) in both.items() if size}
    sizes |= {(*place, "rest"): size for place, (_, size) in both.items() if size}
    published = _rows(whole, sizes) + [
        [cell for cell in sizes if _covers(place, cell) and cell[2] == "part"] for place in found
    ]
    assert found <= whole
    assert not _given_away(sizes, published)


def test_a_part_that_is_the_whole_is_shown_like_it() -> None:
    counts = {("a", "x"): 6, ("b", "x"): 7}
    assert beside(counts, counts, shown(counts)) == shown(counts)


def test_all_but_three_is_not_shown_beside_all() -> None:
    counts, part = {("a", "x"): 9, ("b", "x"): 20}, {("a", "x"): 6, ("b", "x"): 20}
    found = beside(counts, part, shown(counts))
    assert ("a", "x") not in found
    assert ("", "x") not in found


# ── Items ────────────────────────────────────────────────────────────────────


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 12)), st.sets(st.sampled_from("abcdef")))
def test_what_is_left_of_a_sector_is_nobody_or_five(counts: dict[str, int], districts: set[str]) -> None:
    found = shown_in_sector(counts, districts, is_open=True)
    assert all(counts[district] >= LEAST and district in districts for district in found - {""})
    if "" in found:
        left = sum(count for district, count in counts.items() if district not in found)
        assert left == 0 or left >= LEAST


def test_a_sector_that_is_hidden_shows_its_districts_only() -> None:
    assert shown_in_sector({"a": 6}, {"a"}, is_open=False) == {"a"}
    assert shown_in_sector({"a": 3}, {"a"}, is_open=True) == frozenset()
    assert shown_in_sector({"a": 5, "b": 3}, {"a"}, is_open=True) == {""}


# ── Distributions ────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(PLACES, st.lists(st.integers(0, 6), min_size=4, max_size=4), max_size=9))
@example({("c", "x"): [2, 6, 2, 5], ("a", "z"): [6, 4, 5, 5]})  # sums are hidden until too few are left
def test_no_class_of_any_row_or_column_gives_away_a_small_group(cells: dict[Place, list[int]]) -> None:
    keys = ("0", "1", "2", "3")
    tables = {key: {place: numbers[at] for place, numbers in cells.items()} for at, key in enumerate(keys)}
    counts = {place: sum(numbers) for place, numbers in cells.items()}
    found = classes(tables, keys, shown(counts))
    assert [key for names in found.classes for key in names] == list(keys) or not found.classes
    assert {key for names in found.fine for key in names} == set(keys) or not found.fine
    for names in found.fine:
        size = sum(count for key in names for count in tables[key].values())
        assert size == 0 or size >= LEAST
        assert any(set(names) <= set(wider) for wider in found.classes)
    assert found.places <= shown(counts)
    for names in found.classes:
        sizes: dict[Cell, int] = defaultdict(int)
        for key in names:
            for place, count in tables[key].items():
                sizes[place] += count
        sizes = {cell: size for cell, size in sizes.items() if size}
        assert not _given_away(sizes, _rows(found.places, sizes)), names


def test_thin_classes_go_to_their_neighbours() -> None:
    tables = {"lo": {("a", "x"): 2}, "mid": {("a", "x"): 9}, "hi": {("a", "x"): 8}}
    found = classes(tables, ("lo", "mid", "hi"), shown({("a", "x"): 19}))
    assert found.classes == (("lo", "mid"), ("hi",))
    assert found.places == {("a", ""), ("", "x"), ("", "")}
    assert found.fine == found.classes


def test_nobody_at_either_end_is_no_class_of_its_own() -> None:
    tables = {"lo": {("a", "x"): 9}, "hi": {("a", "x"): 8}}
    found = classes(tables, ("none", "lo", "hi", "high", "top"), shown({("a", "x"): 17}))
    assert found.classes == found.fine == (("none", "lo"), ("hi", "high", "top"))


def test_without_classes_there_is_no_distribution() -> None:
    assert classes({}, (), shown({("a", "x"): 9})) == Classes((), frozenset())


def test_without_enough_enterprises_there_is_no_distribution() -> None:
    assert classes({"lo": {("a", "x"): 3}}, ("lo",), frozenset()) == Classes((), frozenset())


@pytest.mark.parametrize("size", [(13, 6)])
def test_a_city_is_decided_upon_without_delay(size: tuple[int, int]) -> None:
    """Many small cells at once still come to an end; the benchmark says how soon."""
    counts = {(f"{d:02}", f"{s}"): (d * 7 + s * 5) % 12 for d in range(size[0]) for s in range(size[1])}
    assert ("", "") in shown(counts)
