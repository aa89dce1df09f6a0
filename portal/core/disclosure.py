"""Which sums may be shown, so that no group under five enterprises can be worked out from those that are.

A table has districts down and sectors across, with sums at its edges; "" stands for "all". Whoever reads it may add and
subtract what is shown. A group of base cells follows from it exactly when every table of numbers that leaves the shown
cells at nought leaves the group's sum at nought too; one random such table tells it, for an accident modulo the prime
is out of reach. (Gusfield, "A graph theoretic approach to statistical data security", SIAM J. Comput. 17, 1988, is the
special case of one table: such tables are circulations in the net of hidden cells.)
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations

LEAST = 5  # fewer enterprises than this are no statistics but a portrait
_PRIME = 2**61 - 1

Place = tuple[str, str]  # district, sector
Counts = Mapping[Place, int]
_Cut = list[tuple[tuple[str, ...], dict[Place, int]]]  # neighbouring keys with their counts
_Small = tuple[Hashable, int, int]  # a base cell, its enterprises, its number in the random table


def with_sums(counts: Counts) -> dict[Place, int]:
    """The table with its edges; cells without enterprises are left out."""
    table: dict[Place, int] = defaultdict(int)
    for (district, sector), count in counts.items():
        if count:
            for place in _sums_of((district, sector)):
                table[place] += count
    return dict(table)


def _sums_of(place: Place) -> tuple[Place, ...]:
    district, sector = place
    return (place, (district, ""), ("", sector), ("", ""))


def shown(counts: Counts, within: Collection[Place] | None = None) -> frozenset[Place]:
    """The cells of the table that may be shown, of those `within` where given.

    Hidden are groups under LEAST, and as many more that no group under LEAST follows from the shown ones by any
    addition or subtraction.
    """
    return _shown(
        frozenset((place, count) for place, count in counts.items() if count),
        None if within is None else frozenset(within),
    )


@lru_cache(maxsize=4096)
def _shown(counts: frozenset[tuple[Place, int]], within: frozenset[Place] | None) -> frozenset[Place]:
    table = with_sums(dict(counts))
    small = {
        place
        for place, count in table.items()
        if count < LEAST or (within is not None and place not in within)
    }
    hidden = set(small)
    while len(hidden) < len(table):
        weak = _given_away(hidden, table)
        if not weak:
            break
        hidden.add(_smallest_beside(weak, table, table.keys() - hidden))
    # Some that were hidden on the way were of no help: the largest sums come back first.
    for place in sorted(hidden - small, key=lambda one: (-one.count(""), -table[one], one)):
        if not _given_away(hidden - {place}, table):
            hidden.remove(place)
    return frozenset(table.keys() - hidden)


def _given_away(hidden: Collection[Place], table: Counts) -> tuple[Place, ...]:
    """A group of cells that follows from the shown ones and must not; empty when there is none."""
    numbers = _circulation(hidden)
    return _small_group([(place, table[place], numbers[place]) for place in sorted(hidden) if all(place)])


def _smallest_beside(weak: Sequence[Place], table: Counts, rest: Collection[Place]) -> Place:
    """What to hide next: a shown cell in a row or column of the weak ones rather than another, an inner cell rather
    than a sum, the whole city last; of those the smallest.
    """
    lines = {knot for place in weak for knot in _knots(place)}

    def loss(one: Place) -> tuple[bool, bool, int, int, Place]:
        return not any(one), not lines & set(_knots(one)), one.count(""), table[one], one

    return min(rest, key=loss)


def _circulation(threads: Collection[Place]) -> dict[Place, int]:
    """Random numbers on the hidden cells whose sum is nought in every row and column (a sum counts negative)."""
    at: dict[tuple[int, str], list[Place]] = defaultdict(list)
    for thread in sorted(threads):
        for knot in _knots(thread):
            at[knot].append(thread)
    numbers: dict[Place, int] = {}
    seen: set[tuple[int, str]] = set()
    for start in at:
        if start in seen:
            continue
        seen.add(start)
        order, towards, ahead = [start], dict[tuple[int, str], Place](), [start]
        while ahead:
            knot = ahead.pop()
            for thread in at[knot]:
                (other,) = set(_knots(thread)) - {knot}
                if other not in seen:
                    seen.add(other)
                    towards[other] = thread
                    order.append(other)
                    ahead.append(other)
        tree = set(towards.values())
        numbers |= {thread: _random(thread) for knot in order for thread in at[knot] if thread not in tree}
        for knot in reversed(order[1:]):
            numbers[towards[knot]] = 0
            numbers[towards[knot]] = -sum(numbers[thread] for thread in at[knot]) % _PRIME
    return numbers


def _knots(place: Place) -> tuple[tuple[int, str], tuple[int, str]]:
    return (0, place[0]), (1, place[1])


def _random(key: Hashable) -> int:
    """The same number for the same cell at all times: what is shown must not change from page to page."""
    return int.from_bytes(blake2b(repr(key).encode(), digest_size=16).digest()) % _PRIME


def _small_group(cells: Iterable[_Small]) -> tuple[Place, ...]:
    """Base cells of under LEAST enterprises together whose numbers add up to nought; at most four cells do."""
    small = [one for one in cells if one[1] < LEAST]
    for cell, _, number in small:
        if not number:
            return _places(cell)
    pairs: dict[int, list[tuple[_Small, _Small]]] = defaultdict(list)
    for one, other in combinations(small, 2):
        if one[1] + other[1] < LEAST:
            pairs[(one[2] + other[2]) % _PRIME].append((one, other))
    for pair in pairs.get(0, ()):
        return _places(*(one[0] for one in pair))
    for number, found in pairs.items():
        for pair in found:
            for more in _third(pair, small, number):
                return _places(*(one[0] for one in pair), more[0])
            for others in pairs.get(-number % _PRIME, ()):
                if sum(one[1] for one in {*pair, *others}) < LEAST and not set(pair) & set(others):
                    return _places(*(one[0] for one in (*pair, *others)))
    return ()


def _third(pair: tuple[_Small, _Small], small: Sequence[_Small], number: int) -> Iterator[_Small]:
    room = LEAST - pair[0][1] - pair[1][1]
    wanted = -number % _PRIME
    return (one for one in small if one[2] == wanted and one[1] < room and one not in pair)


def _places(*cells: Hashable) -> tuple[Place, ...]:
    """The places of base cells; those of two layers carry the layer behind them."""
    return tuple((cell[0], cell[1]) for cell in cells if isinstance(cell, tuple))


# ── A part of the enterprises beside all of them ─────────────────────────────


def beside(counts: Counts, part: Counts, opened: Collection[Place]) -> frozenset[Place]:
    """Where the sum of a figure over a part may be shown, while the same figure over all is shown at `opened`.

    The verified ones beside all, those that were there last year beside all: the difference of both is the rest, and
    the rest must not be a group under LEAST either.
    """
    return _beside(
        frozenset((place, count) for place, count in counts.items() if count),
        frozenset((place, count) for place, count in part.items() if count),
        frozenset(opened),
    )


@lru_cache(maxsize=256)
def _beside(
    counts: frozenset[tuple[Place, int]], part: frozenset[tuple[Place, int]], opened: frozenset[Place]
) -> frozenset[Place]:
    mine = dict(part)
    rest = {place: count - mine.get(place, 0) for place, count in counts}
    totals, left = with_sums(mine), with_sums(rest)
    found = set(shown(mine, opened)) & (shown(rest, opened) | (totals.keys() - left.keys()))
    sizes = {(*place, "part"): count for place, count in part}
    sizes |= {(*place, "rest"): count for place, count in rest.items() if count}
    while found:
        rows = [_members(place, sizes, ("part", "rest")) for place in sorted(opened)]
        rows += [_members(place, sizes, ("part",)) for place in sorted(found)]
        numbers = _random_solution(rows, sorted(sizes))
        weak = _small_group((cell, sizes[cell], numbers[cell]) for cell in sorted(sizes))
        if not weak:
            break
        found.remove(_smallest_beside(weak, totals, found))
    return frozenset(found)


def _members(
    place: Place, sizes: Mapping[tuple[str, str, str], int], layers: tuple[str, ...]
) -> list[tuple[str, str, str]]:
    return [
        cell
        for cell in sizes
        if place[0] in ("", cell[0]) and place[1] in ("", cell[1]) and cell[2] in layers
    ]


def _random_solution(
    rows: Iterable[Sequence[tuple[str, str, str]]], cells: Sequence[tuple[str, str, str]]
) -> dict[tuple[str, str, str], int]:
    """Random numbers on the cells whose sum is nought over every row, modulo the prime."""
    pivots: list[tuple[tuple[str, str, str], dict[tuple[str, str, str], int]]] = []
    for members in sorted(rows, key=len):
        row = dict.fromkeys(members, 1)
        for cell, earlier in pivots:
            if factor := row.get(cell):
                for name, value in earlier.items():
                    row[name] = (row.get(name, 0) - factor * value) % _PRIME
                row = {name: value for name, value in row.items() if value}
        if row:
            cell = next(iter(row))
            inverse = pow(row[cell], -1, _PRIME)
            pivots.append((cell, {name: value * inverse % _PRIME for name, value in row.items()}))
    bound = {cell for cell, _ in pivots}
    numbers = {cell: _random(cell) for cell in cells if cell not in bound}
    for cell, row in reversed(pivots):
        numbers[cell] = -sum(value * numbers[name] for name, value in row.items() if name != cell) % _PRIME
    return numbers


# ── Items: one sector, its districts and their sum ───────────────────────────


def shown_in_sector(
    counts: Mapping[str, int], districts: Collection[str], *, is_open: bool
) -> frozenset[str]:
    """The districts whose sum over a part of one sector's enterprises may be shown, and "" when the sector's may.

    `counts` has the part by district, `districts` are those whose own cell is shown, `is_open` says whether the
    sector's is. All that follows is the sector less the shown districts: it must be nobody, or LEAST at the least.
    """
    found = {district for district, count in counts.items() if count >= LEAST and district in districts}
    total = sum(counts.values())
    if not is_open or total < LEAST:
        return frozenset(found)
    while 0 < total - sum(counts[district] for district in found) < LEAST:
        found.remove(min(found, key=lambda district: (counts[district], district)))
    return frozenset({*found, ""})


# ── Distributions ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Classes:
    """How a distribution is cut: neighbouring keys together, the same way in every row and column that shows it.

    `fine` is the way of the whole alone, which may be finer: what cannot be split by row or column gives none away.
    """

    classes: tuple[tuple[str, ...], ...]
    places: frozenset[Place]
    fine: tuple[tuple[str, ...], ...] = ()


def classes(tables: Mapping[str, Counts], keys: Sequence[str], within: Collection[Place]) -> Classes:
    """One way of cutting for all rows and columns of a table, so that no class of any shown one has under LEAST.

    Inner cells have no distribution: five classes of eight enterprises would single them out. Of the ways to merge
    neighbours the one that shows most numbers is taken.
    """
    return _classes(
        tuple((key, frozenset((p, n) for p, n in tables.get(key, {}).items() if n)) for key in keys),
        frozenset(within),
    )


@lru_cache(maxsize=64)
def _classes(
    tables: tuple[tuple[str, frozenset[tuple[Place, int]]], ...], within: frozenset[Place]
) -> Classes:
    cut: _Cut = [((key,), dict(counts)) for key, counts in tables]
    ways: list[_Cut] = []
    _close_ends(cut)
    while cut:
        if all(not (0 < sum(counts.values()) < LEAST) for _, counts in cut):
            ways.append(list(cut))
        if len(cut) == 1:
            break
        _merge_smallest(cut)
    if not ways or ("", "") not in within:
        return Classes((), frozenset())
    best = Classes(_names(ways[-1]), frozenset(), _names(ways[0]))
    # From coarse to fine: a finer way is given up as soon as it cannot show more.
    for way in reversed(ways):
        # One class alone says nothing: what counts are the bounds between classes.
        least = len(best.places) * (len(best.classes) - 1) // max(len(way) - 1, 1) + 1
        places = _shown_together([counts for _, counts in way], within, least)
        if len(way) > 1 and places:
            best = Classes(_names(way), places, best.fine)
    return best


def _names(cut: _Cut) -> tuple[tuple[str, ...], ...]:
    return tuple(names for names, _ in cut)


def _close_ends(cut: _Cut) -> None:
    """Nobody is below the lowest or above the highest: no class of their own."""
    while len(cut) > 1 and not any(cut[0][1].values()):
        cut[:2] = [(cut[0][0] + cut[1][0], cut[1][1])]
    while len(cut) > 1 and not any(cut[-1][1].values()):
        cut[-2:] = [(cut[-2][0] + cut[-1][0], cut[-2][1])]


def _merge_smallest(cut: _Cut) -> None:
    sizes = [sum(counts.values()) for _, counts in cut]
    at = min(range(len(cut)), key=lambda place: (sizes[place], place))
    sides = [place for place in (at - 1, at + 1) if 0 <= place < len(cut)]
    with_ = min(sides, key=lambda place: sizes[place])
    first, second = sorted((at, with_))
    together = defaultdict(int, cut[first][1])
    for place, count in cut[second][1].items():
        together[place] += count
    cut[first : second + 1] = [(cut[first][0] + cut[second][0], dict(together))]


def _shown_together(tables: Sequence[Counts], within: Collection[Place], least: int) -> frozenset[Place]:
    """The rows and columns whose numbers may be shown in every one of the tables; none if under `least` are left."""
    sums = [with_sums(counts) for counts in tables]
    whole: dict[Place, int] = defaultdict(int)
    for table in sums:
        for place, count in table.items():
            whole[place] += count
    found = {place for place in whole if not all(place) and place in within}
    at = 0
    while at < len(sums):
        if len(found) < max(least, 1):
            return frozenset()
        table = sums[at]
        numbers = _circulation(table.keys() - found)
        weak = _small_group((place, table[place], numbers[place]) for place in sorted(table) if all(place))
        if weak:
            found.remove(_smallest_beside(weak, whole, found))
            at = 0
        else:
            at += 1
    return frozenset(found)
