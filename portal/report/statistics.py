"""The statistics worded: charts as SVG and tables as sheets, the same for pages, workbooks and the white paper."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from portal import words, words_bureau
from portal.core.disclosure import LEAST, Place
from portal.core.panels import (
    Change,
    Distribution,
    Figure,
    Inflated,
    ItemLine,
    Mean,
    TechnologyLine,
)
from portal.report import figures
from portal.report.sheets import POINTS, WHOLE, Cell, Column, Sheet

TILES = 5  # of each sector in the heat map
_MONEY, _TONNE = Decimal(10_000), Decimal(1000)  # yuan in 万元, kilograms in t


class Named(Protocol):
    """What things are called."""

    def item(self, sector: str, item: str) -> str:
        """An item's title."""

    def technology(self, id: str) -> str:
        """A card's title."""

    def sector(self, id: str) -> str:
        """A sector's name."""


# ── Charts ───────────────────────────────────────────────────────────────────


def points_chart(title: str, found: Distribution, tone: figures.Tone = figures.Tone.CLEAN) -> str:
    """How many enterprises lie in which class of points."""
    piles = [figures.Pile(label=f"{one.lowest}–{one.end}", count=one.count) for one in found.classes]
    return figures.columns(title, piles, tone=tone)


def grades_chart(title: str, found: Distribution, tone: figures.Tone = figures.Tone.CIRCULAR) -> str:
    """How many enterprises reach which grade."""
    piles = [figures.Pile(label=words_bureau.grade_class(one.keys), count=one.count) for one in found.classes]
    return figures.columns(title, piles, tone=tone)


def means_chart(title: str, lines: Iterable[Mean], name_of: Callable[[Place], str]) -> str:
    """Declared and verified means, one row for each line with submissions."""
    rows = [
        figures.Pair(
            label=name_of(one.place), first=one.points, second=one.verified, note=f"{one.count:,} 家"
        )
        for one in lines
        if one.count
    ]
    return figures.pairs(title, rows, names=("自评均分", "核定均分"), hidden=words_bureau.WITHHELD)


def heat_chart(title: str, lines: Iterable[ItemLine], named: Named) -> str:
    """The commonest gaps of every sector, deepest first."""
    rows: dict[str, list[figures.Tile]] = {}
    for one in lines:
        tiles = rows.setdefault(one.sector, [])
        if len(tiles) < TILES and one.gap:
            tiles.append(figures.Tile(label=named.item(one.sector, one.item), share=one.gap))
    return figures.heat(title, [(named.sector(sector), tiles) for sector, tiles in rows.items() if tiles])


# ── Sheets ───────────────────────────────────────────────────────────────────


class Counted(Protocol):
    """A line of the table of progress."""

    place: Place
    registered: int
    begun: int
    submitted: int
    verified: int


def progress_sheet(lines: Iterable[Counted], named: Named) -> Sheet:
    """Registered, begun, submitted, verified."""
    return Sheet(
        title="进度",
        columns=(
            Column(title="范围", width=24),
            *(
                Column(title=title, width=12, form=WHOLE)
                for title in ("已注册", "已开始", "已提交", "已核定")
            ),
        ),
        rows=[
            (
                words_bureau.place(one.place, named.sector),
                one.registered,
                one.begun,
                one.submitted,
                one.verified,
            )
            for one in lines
        ],
    )


def points_sheet(lines: Iterable[Mean], named: Named) -> Sheet:
    """Means of declared and verified points."""
    return Sheet(
        title="得分",
        columns=(
            Column(title="范围", width=24),
            Column(title="已提交（家）", width=12, form=WHOLE),
            Column(title="已核定（家）", width=12, form=WHOLE),
            Column(title="自评均分", width=20, form=POINTS),
            Column(title="核定均分", width=20, form=POINTS),
            Column(title="自评高出核定", width=20, form=POINTS),
        ),
        rows=[
            (
                words_bureau.place(one.place, named.sector),
                one.count,
                one.verified_count,
                _told(one.points, one.count),
                _told(one.verified, one.verified_count),
                _told(one.inflation, one.verified_count),
            )
            for one in lines
        ],
        notes=(words_bureau.HIDDEN_NOTE, "“自评高出核定”只比较已核定的企业。"),
    )


def hidden(count: int) -> str | None:
    """Why a figure of so many enterprises is not there: too few, or others could be worked out from it."""
    if not count:
        return None
    return words_bureau.HIDDEN if count < LEAST else words_bureau.WITHHELD


def _told(value: Decimal | None, count: int) -> Cell:
    """The value, or that it is hidden where there would be one."""
    return value if value is not None else hidden(count)


def spread_sheet(found: Mapping[str, Distribution | None]) -> Sheet:
    """The distributions of one place; the keys are the names of `Spread`."""
    rows: list[tuple[Cell, ...]] = []
    for name, title in words_bureau.SPREADS.items():
        one = found.get(name)
        if one is None:
            rows.append((title, words_bureau.HIDDEN, None))
            continue
        for part in one.classes:
            label = (
                words_bureau.grade_class(part.keys) if "grades" in name else f"{part.lowest}–{part.end} 分"
            )
            rows.append((title, label, part.count))
    return Sheet(
        title="分布",
        columns=(
            Column(title="内容", width=14),
            Column(title="段", width=28),
            Column(title="企业（家）", width=12, form=WHOLE),
        ),
        rows=rows,
        notes=(words_bureau.SPREAD_NOTE, words_bureau.HIDDEN_NOTE),
    )


def gaps_sheet(lines: Iterable[ItemLine], named: Named) -> Sheet:
    """The heat map as a table: share of enterprises with the gap, by sector and item."""
    return Sheet(
        title="差距热力",
        columns=(
            Column(title="行业", width=10),
            Column(title="指标项", width=40),
            Column(title="涉及企业（家）", width=12, form=WHOLE),
            Column(title="有差距（%）", width=12, form=WHOLE),
            Column(title="全部到位（%）", width=12, form=WHOLE),
            Column(title="平均得分率（%）", width=12, form=WHOLE),
        ),
        rows=[
            (
                named.sector(one.sector),
                named.item(one.sector, one.item),
                one.count,
                one.gap,
                one.in_place,
                one.mean,
            )
            for one in lines
        ],
        notes=(words_bureau.HIDDEN_NOTE,),
    )


def inflation_sheet(lines: Iterable[Inflated], named: Named) -> Sheet:
    """By how much review lowered which item."""
    return Sheet(
        title="自评与核定之差",
        columns=(
            Column(title="行业", width=10),
            Column(title="指标项", width=40),
            Column(title="已核定（家）", width=12, form=WHOLE),
            Column(title="平均核减（占该项分值%）", width=14, form=WHOLE),
            Column(title="被核减的企业（%）", width=14, form=WHOLE),
        ),
        rows=[
            (
                named.sector(one.sector),
                named.item(one.sector, one.item),
                one.count,
                one.inflation,
                one.lowered,
            )
            for one in lines
        ],
        notes=(words_bureau.HIDDEN_NOTE,),
    )


_FIGURES = (("投资", "万元"), ("年节约", "万元/年"), ("年减排 CO₂", "t/年"))


def technologies_sheet(lines: Iterable[TechnologyLine], named: Named) -> Sheet:
    """Recommended technologies with the sums of those enterprises of which they could be computed."""
    return Sheet(
        title="推荐技术",
        columns=(
            Column(title="技术", width=34),
            Column(title="推荐给（家）", width=11, form=WHOLE),
            *(
                Column(title=title, width=13, form=WHOLE)
                for name, unit in _FIGURES
                for title in (f"{name}有数据（家）", f"{name}下限（{unit}）", f"{name}上限（{unit}）")
            ),
        ),
        rows=[
            (
                named.technology(one.technology),
                one.count,
                *_bounds(one.investment, _MONEY),
                *_bounds(one.saving, _MONEY),
                *_bounds(one.co2, _TONNE),
            )
            for one in lines
        ],
        notes=(words_bureau.HIDDEN_NOTE, "合计只含能按本厂数据算出的企业，家数见“有数据”一列。"),
    )


def _bounds(figure: Figure | None, by: Decimal) -> tuple[Cell, Cell, Cell]:
    if figure is None:
        return None, None, None
    return figure.count, _whole(figure.low / by), _whole(figure.high / by)


def _whole(value: Decimal) -> Decimal:
    """A sum as it is shown: three significant digits or the whole number."""
    return Decimal(words.short(value).replace(",", "").replace("−", "-"))


def summary_sheet(
    by_sector: Mapping[str, Sequence[TechnologyLine]], total: Sequence[TechnologyLine], named: Named
) -> Sheet:
    """推荐汇总表: technology × sector."""
    sectors = list(by_sector)
    counts = {(sector, one.technology): one.count for sector, lines in by_sector.items() for one in lines}
    return Sheet(
        title="推荐汇总表",
        columns=(
            Column(title="技术", width=34),
            *(Column(title=f"{named.sector(sector)}（家）", width=11, form=WHOLE) for sector in sectors),
            Column(title="合计（家）", width=10, form=WHOLE),
            *(
                Column(title=title, width=14, form=WHOLE)
                for name, unit in _FIGURES
                for title in (f"{name}下限（{unit}）", f"{name}上限（{unit}）")
            ),
        ),
        rows=[
            (
                named.technology(one.technology),
                *(counts.get((sector, one.technology)) for sector in sectors),
                one.count,
                *_bounds(one.investment, _MONEY)[1:],
                *_bounds(one.saving, _MONEY)[1:],
                *_bounds(one.co2, _TONNE)[1:],
            )
            for one in total
        ],
        notes=(words_bureau.HIDDEN_NOTE, "空格：没有推荐，或企业太少不显示。"),
    )


def changes_sheet(lines: Iterable[Change], named: Named, year: int) -> Sheet:
    """This year against last."""
    return Sheet(
        title="与上年比较",
        columns=(
            Column(title="范围", width=24),
            Column(title=f"{year - 1} 年自评均分", width=20, form=POINTS),
            Column(title=f"{year} 年自评均分", width=20, form=POINTS),
            Column(title="两年都提交（家）", width=12, form=WHOLE),
            Column(title="同一批企业平均变化", width=20, form=POINTS),
        ),
        rows=[
            (
                words_bureau.place(one.place, named.sector),
                one.earlier,
                one.points if one.points is not None else words_bureau.WITHHELD,
                one.count,
                _told(one.difference, one.count),
            )
            for one in lines
        ],
        notes=(words_bureau.HIDDEN_NOTE,),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the list behind a number."""

    name: str
    district: str
    sector: str
    points: Decimal | None
    verified: Decimal | None
    grade: str
    verified_grade: str


def list_sheet(lines: Iterable[Entry], named: Named) -> Sheet:
    """The enterprises behind a number, for those who may see them."""
    return Sheet(
        title="企业名单",
        columns=(
            Column(title="企业", width=34),
            Column(title="区、县（市）", width=12),
            Column(title="行业", width=10),
            Column(title="自评得分", width=10, form=POINTS),
            Column(title="自评等级", width=16),
            Column(title="核定得分", width=10, form=POINTS),
            Column(title="核定等级", width=16),
        ),
        rows=[
            (
                one.name,
                words.district(one.district),
                named.sector(one.sector),
                one.points,
                words_bureau.grade_key(one.grade or "-"),
                one.verified,
                None if one.verified is None else words_bureau.grade_key(one.verified_grade or "-"),
            )
            for one in lines
        ],
    )
