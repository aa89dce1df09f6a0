"""The panels of the statistics: sums in, figures out, with everything left out that may not be shown.

Each function takes sums as storage gives them, (district, sector, kind, key) → count, total, and a place (district,
sector; "" for all). Means carry one decimal and shares are whole per cent: no paper says more than the page.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from portal.core.disclosure import LEAST, Place, beside, classes, shown, shown_in_sector, with_sums
from portal.core.questionnaire import ItemId
from portal.core.statistics import BIN

Sums = Mapping[tuple[str, str, str, str], tuple[int, int]]
_TENTH = Decimal("0.1")
# The best so many per cent of a sector; each band is told only where it has LEAST enterprises.
CUTS = (10, 25, 50)
ALL = ("", "")


def counts_of(sums: Sums, kind: str, key: str = "") -> dict[Place, int]:
    """How many submissions of each district and sector stand behind one kind and key."""
    return {
        (district, sector): count
        for (district, sector, its_kind, its_key), (count, _) in sums.items()
        if its_kind == kind and its_key == key
    }


def _totals_of(sums: Sums, kind: str) -> dict[Place, int]:
    """The totals of a kind with their sums at the edges."""
    table: dict[Place, int] = defaultdict(int)
    for (district, sector, its_kind, _), (_, total) in sums.items():
        if its_kind == kind:
            for place in ((district, sector), (district, ""), ("", sector), ALL):
                table[place] += total
    return table


def mean(total: int, count: int, scale: int = 100) -> Decimal:
    """The mean of `count` whole numbers in units of 1/`scale`, with one decimal."""
    return (Decimal(total) / count / scale).quantize(_TENTH, rounding=ROUND_HALF_UP)


def per_cent(part: int, whole: int) -> int:
    """A share in whole per cent."""
    return int((Decimal(100 * part) / whole).quantize(Decimal(1), rounding=ROUND_HALF_UP))


# ── Points ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """One cell of the table of points: how many submitted and were verified, and the means that may be shown.

    `inflation` is how far the declared points of the verified ones lie above the verified.
    """

    place: Place
    count: int
    verified_count: int
    points: Decimal | None
    verified: Decimal | None
    inflation: Decimal | None

    @property
    def is_hidden(self) -> bool:
        """Whether there are submissions of which nothing is told."""
        return self.count > 0 and self.points is None


MEAN_KINDS = ("submitted", "verified", "declared_of_verified")
# What has one sum for each place: so few that every panel takes them all, and a page reads them once.
PLACE_KINDS = (*MEAN_KINDS, "again", "earlier")


def means(sums: Sums) -> dict[Place, Mean]:
    """Every cell with submissions, sums included."""
    counts, verified = counts_of(sums, "submitted"), counts_of(sums, "verified")
    opened = shown(counts)
    checked = shown(verified, opened)
    lowered = beside(counts, verified, opened) & checked
    table, verified_table = with_sums(counts), with_sums(verified)
    points, after, before = (_totals_of(sums, kind) for kind in MEAN_KINDS)
    found = {}
    for place, count in table.items():
        size = verified_table.get(place, 0)
        found[place] = Mean(
            place=place,
            count=count,
            verified_count=size,
            points=mean(points[place], count) if place in opened else None,
            verified=mean(after[place], size) if place in checked else None,
            inflation=mean(before[place] - after[place], size) if place in lowered else None,
        )
    return found


def no_mean(place: Place) -> Mean:
    """A cell without submissions."""
    return Mean(place=place, count=0, verified_count=0, points=None, verified=None, inflation=None)


# ── Distributions ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """One class of a distribution: the keys that it holds and how many enterprises."""

    keys: tuple[str, ...]
    count: int

    @property
    def lowest(self) -> int:
        """Of points: where the class begins."""
        return int(self.keys[0])

    @property
    def end(self) -> int:
        """Of points: where it ends."""
        return int(self.keys[-1]) + BIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How the enterprises of a place spread over classes."""

    place: Place
    classes: tuple[Class, ...]

    @property
    def count(self) -> int:
        """All of them."""
        return sum(one.count for one in self.classes)


def distributions(
    sums: Sums, kind: str, keys: Sequence[str], opened: frozenset[Place]
) -> dict[Place, Distribution]:
    """The distributions of rows, columns and the whole that may be shown, all cut into the same classes."""
    tables: dict[str, dict[Place, int]] = {key: {} for key in keys}
    for (district, sector, its_kind, key), (count, _) in sums.items():
        if its_kind == kind and key in tables:
            tables[key][district, sector] = count
    cut = classes(tables, keys, opened)
    whole = {key: with_sums(tables[key]) for key in keys}
    ways = dict.fromkeys(cut.places, cut.classes)
    if len(cut.fine) > 1:
        ways[ALL] = cut.fine
    return {
        place: Distribution(
            place=place,
            classes=tuple(
                Class(keys=names, count=sum(whole[key].get(place, 0) for key in names)) for names in way
            ),
        )
        for place, way in ways.items()
    }


# ── Items ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One item of a sector: of `count` enterprises that it concerns, how many per cent have the gap, and have it whole.

    `mean` is the mean share of its points that they declared, in whole per cent.
    """

    sector: str
    item: ItemId
    count: int
    gap: int
    in_place: int
    mean: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflated:
    """How far an item's declared share lies above the verified: of `count` verified ones, per cent of its points."""

    sector: str
    item: ItemId
    count: int
    inflation: int
    lowered: int


ItemCounts = Mapping[tuple[str, str], Mapping[str, int]]  # sector, item → district → enterprises
ItemSums = Mapping[tuple[str, str, str], tuple[int, int]]  # sector, kind, item → count, total at the place


def item_lines(counts: ItemCounts, sums: ItemSums, district: str, opened: frozenset[Place]) -> list[ItemLine]:
    """The items of every sector at the district ("" for the city), the commonest gap of each sector first."""
    lines = []
    for (sector, item), count in _open_items(counts, "item", sums, district, opened):
        lines.append(
            ItemLine(
                sector=sector,
                item=ItemId(item),
                count=count,
                gap=per_cent(sums.get((sector, "gap", item), (0, 0))[0], count),
                in_place=per_cent(sums.get((sector, "in_place", item), (0, 0))[0], count),
                mean=per_cent(sums[sector, "item", item][1], 1000 * count),
            )
        )
    return sorted(lines, key=lambda one: (one.sector, -one.gap, one.mean, one.item))


def inflated(counts: ItemCounts, sums: ItemSums, district: str, opened: frozenset[Place]) -> list[Inflated]:
    """The items whose declared share was lowered, the most inflated first."""
    lines = []
    for (sector, item), count in _open_items(counts, "inflation", sums, district, opened):
        lowered = sums.get((sector, "lowered", item), (0, 0))[0]
        total = sums[sector, "inflation", item][1]
        if lowered:
            lines.append(
                Inflated(
                    sector=sector,
                    item=ItemId(item),
                    count=count,
                    inflation=per_cent(total, 1000 * count),
                    lowered=per_cent(lowered, count),
                )
            )
    return sorted(lines, key=lambda one: (-one.inflation, -one.lowered, one.sector, one.item))


def _open_items(
    counts: ItemCounts, kind: str, sums: ItemSums, district: str, opened: frozenset[Place]
) -> Iterable[tuple[tuple[str, str], int]]:
    districts: dict[str, set[str]] = defaultdict(set)
    for its_district, sector in opened:
        districts[sector].add(its_district)
    for key, by_district in counts.items():
        sector, item = key
        if (sector, kind, item) not in sums or (district, sector) not in opened:
            continue
        found = shown_in_sector(by_district, districts[sector] - {""}, is_open=("", sector) in opened)
        if district in found:
            yield key, sums[sector, kind, item][0]


# ── Technologies ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A sum from low to high over the `count` enterprises of which it could be computed."""

    count: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnologyLine:
    """A technology and to how many enterprises it was recommended, with sums where enough have figures.

    Investment in yuan, saving in yuan a year, CO₂ in kilograms a year.
    """

    technology: str
    count: int
    investment: Figure | None
    saving: Figure | None
    co2: Figure | None


FIGURES = ("investment", "saving", "co2")
COUNT_KINDS = ("technology", *(f"{name}_low" for name in FIGURES))
MONEY_KINDS = tuple(f"{name}_{end}" for name in FIGURES for end in ("low", "high"))


def technology_lines(
    tables: Mapping[tuple[str, str], Mapping[Place, int]],
    money: ItemSums,
    technologies: Sequence[str],
    place: Place,
    opened: frozenset[Place],
) -> list[TechnologyLine]:
    """The technologies at the place, most often recommended first; those of too few enterprises are left out.

    `tables` has COUNT_KINDS of every district and sector by kind and key, `money` MONEY_KINDS of the place alone.
    """
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for (_, kind, key), (_, total) in money.items():
        totals[kind, key] += total
    lines = []
    for technology in technologies:
        counts = tables["technology", technology]
        visible = shown(counts, opened)
        if place not in visible:
            continue
        figures = {}
        for name in FIGURES:
            having = tables.get((f"{name}_low", technology), {})
            if place in shown(having, visible):
                figures[name] = Figure(
                    count=_at(having, place),
                    low=totals[f"{name}_low", technology],
                    high=totals[f"{name}_high", technology],
                )
        lines.append(
            TechnologyLine(
                technology=technology,
                count=_at(counts, place),
                investment=figures.get("investment"),
                saving=figures.get("saving"),
                co2=figures.get("co2"),
            )
        )
    return sorted(lines, key=lambda one: (-one.count, one.technology))


def _at(counts: Mapping[Place, int], place: Place) -> int:
    """How many there are at the place, a sum included."""
    return sum(size for one, size in counts.items() if place[0] in ("", one[0]) and place[1] in ("", one[1]))


# ── Against last year ────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A place this year and last: means of all, and the mean difference of the `count` that submitted in both."""

    place: Place
    count: int
    difference: Decimal | None
    points: Decimal | None
    earlier: Decimal | None


def changes(sums: Sums, before: Sums) -> dict[Place, Change]:
    """Every cell with submissions this year, sums included; `before` are the sums of the year before."""
    counts, past, again = (
        counts_of(sums, "submitted"),
        counts_of(before, "submitted"),
        counts_of(sums, "again"),
    )
    opened, opened_before = shown(counts), shown(past)
    both = beside(counts, again, opened) & beside(past, again, opened_before)
    table, past_table, sizes = with_sums(counts), with_sums(past), with_sums(again)
    points, past_points = _totals_of(sums, "submitted"), _totals_of(before, "submitted")
    now, earlier = _totals_of(sums, "again"), _totals_of(sums, "earlier")
    return {
        place: Change(
            place=place,
            count=sizes.get(place, 0),
            difference=mean(now[place] - earlier[place], sizes[place]) if place in both else None,
            points=mean(points[place], table[place]) if place in opened else None,
            earlier=mean(past_points[place], past_table[place]) if place in opened_before else None,
        )
        for place in table
    }


# ── Peers ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """What an enterprise learns of its sector: how many have submitted, and the band in which its points lie.

    `band` is (from, to) in per cent from the best; None where the bands would have too few. `in_place` says of each
    item which per cent of the sector have it whole; `as_of` is when the last of the submissions counted came in.
    """

    count: int
    band: tuple[int, int] | None
    in_place: Mapping[ItemId, int]
    as_of: datetime | None


def band(count: int, better: int) -> tuple[int, int] | None:
    """The band of somebody with `better` enterprises before him among `count` in all, himself included."""
    cuts = [0]
    sizes = [0]
    for cut in CUTS:
        size = int((Decimal(count * cut) / 100).to_integral_value(rounding=ROUND_FLOOR))
        if size - sizes[-1] >= LEAST and count - size >= LEAST:
            cuts.append(cut)
            sizes.append(size)
    if len(cuts) == 1:
        return None
    at = max(place for place, size in enumerate(sizes) if better >= size)
    return cuts[at], cuts[at + 1] if at + 1 < len(cuts) else 100
