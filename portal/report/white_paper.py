"""The yearly white paper: the statistics of a city or a district as chapters of text, tables and charts.

The same blocks go to print and into Word. Hidden groups arrive here hidden already: a figure that is None is never
worked out again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal import words
from portal.core.advice import Range
from portal.core.campaign import Rung
from portal.core.disclosure import LEAST
from portal.core.goals import Goal
from portal.core.levels import Grade
from portal.core.library import Library
from portal.core.panels import (
    Change,
    Distribution,
    Figure,
    Inflated,
    ItemLine,
    Mean,
    TechnologyLine,
)
from portal.core.questionnaire import Indicator, Practice, Questionnaire
from portal.core.technology import Technology
from portal.report import annexes, figures
from portal.report.blocks import Block, Chapter, Chart, Column, Head, Table, Text
from portal.report.citing import Citer
from portal.report.results import Fact

HIDDEN = f"少于 {LEAST} 家，不显示"
PROTECTED = f"为保护少于 {LEAST} 家的分组，不显示"
CITY = "杭州市"
TOP_GAPS, TOP_IN_PLACE, TOP_TECHNOLOGIES, TOP_SAVING, TOP_INFLATED = 10, 6, 6, 4, 30

# ── What it is made from ─────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How many enterprises of a sector or district are how far; `key` is its id, empty for all."""

    key: str
    registered: int
    begun: int
    submitted: int
    verified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorYear:
    """One sector at the place, with the city-wide mean beside it; distributions are the city's."""

    questionnaire: Questionnaire
    mean: Mean
    city: Mean
    points: Distribution | None
    grades: Distribution | None
    items: tuple[ItemLine, ...]
    technologies: tuple[TechnologyLine, ...]
    change: Change | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Yearbook:
    """Everything that the paper tells of; `district` is a code, empty for the city; `as_of`: the newest submission."""

    year: int
    district: str
    printed_on: date
    as_of: datetime | None
    total: Stage
    by_sector: tuple[Stage, ...]
    by_district: tuple[Stage, ...]
    mean: Mean
    city_mean: Mean
    sector_means: tuple[Mean, ...]
    district_means: tuple[Mean, ...]
    points: Distribution | None
    verified: Distribution | None
    grades: Distribution | None
    technologies: tuple[TechnologyLine, ...]
    inflated: tuple[Inflated, ...]
    change: Change | None
    sector_changes: tuple[Change, ...]
    district_changes: tuple[Change, ...]
    goals: tuple[Goal, ...]
    reaching: tuple[tuple[Rung, int | None], ...]
    sectors: tuple[SectorYear, ...]
    library: Library


# ── What it consists of ──────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class WhitePaper:
    """The whole paper, worded."""

    title: str
    period: str
    place: str
    facts: tuple[Fact, ...]
    tiles: tuple[Fact, ...]
    findings: tuple[str, ...]
    chart: str
    note: str
    chapters: tuple[Chapter, ...]
    printed_on: date


def compose(book: Yearbook) -> WhitePaper:
    """All chapters in the order in which they are read: that numbers the sources."""
    citer = Citer(book.library.sources)
    place = words.district(book.district) if book.district else CITY
    chapters = [_basis(book), _overview(book, citer)]
    for sector in book.sectors:
        chapters.append(_sector(book, sector, citer, len(chapters) + 1))
    chapters.append(_technologies(book, citer, len(chapters) + 1))
    chapters.append(_inflation(book, len(chapters) + 1))
    annex = _annexes(book, citer)
    return WhitePaper(
        title=f"{place}绿色工厂自评价白皮书",
        period=f"{book.year} 年度",
        place=place,
        facts=(
            Fact(label="统计范围", value=_scope(book)),
            Fact(label="数据截至", value=words.day(book.as_of)),
            Fact(label="提交 / 核定", value=f"{book.total.submitted} 家 / {book.total.verified} 家"),
            Fact(label="问卷版本", value=_versions(book)),
            Fact(label="编印日期", value=words.long_day(book.printed_on)),
        ),
        tiles=_tiles(book),
        findings=tuple(_findings(book)),
        chart=_means_chart(book),
        note=_rule(),
        chapters=(*chapters, *annex),
        printed_on=book.printed_on,
    )


def _scope(book: Yearbook) -> str:
    if not book.district:
        return "杭州市 13 个区、县（市），六个行业"
    return f"{words.district(book.district)}；全市数据作对照"


def _versions(book: Yearbook) -> str:
    found = [f"{one.questionnaire.sector} {one.questionnaire.version}" for one in book.sectors]
    return "，".join(found)


def _rule() -> str:
    return (
        f"少于 {LEAST} 家企业的分组不显示任何数值，能由其他数值推算出这些分组的单元格也一并隐去；"
        "比例取整数百分比，均值保留一位小数。本白皮书不含任何企业名称。"
    )


def _tiles(book: Yearbook) -> tuple[Fact, ...]:
    mean, total = book.mean, book.total
    change = book.change
    return (
        Fact(label="已提交企业", value=f"{total.submitted} 家", note=f"注册 {total.registered} 家，提交率 {_rate(total.submitted, total.registered)}"),
        Fact(label="填报均分", value=_figure(mean.points), note="满分 100，按提交企业"),
        Fact(label="核定均分", value=_figure(mean.verified), note=f"已核定 {total.verified} 家"),
        Fact(
            label="同比变化",
            value=_change(change),
            note=f"两年都提交的 {change.count} 家" if change is not None and change.count >= LEAST else "上年无可比数据",
        ),
    )  # fmt: skip


def _findings(book: Yearbook) -> Iterator[str]:
    ranked = sorted(
        (one for one in book.sector_means if one.points is not None), key=lambda one: -(one.points or 0)
    )
    if len(ranked) > 1:
        best, last = ranked[0], ranked[-1]
        yield (
            f"填报均分最高的行业是{_sector_name(book, best.place[1])}（{_figure(best.points)}），"
            f"最低的是{_sector_name(book, last.place[1])}（{_figure(last.points)}）。"
        )
    if book.mean.inflation is not None:
        yield f"已核定的 {book.mean.verified_count} 家企业，填报得分平均比核定得分高 {_figure(book.mean.inflation)} 分。"
    deepest = [(one, one.items[0]) for one in book.sectors if one.items]
    if deepest:
        named = "；".join(
            f"{sector.questionnaire.sector}“{_title(sector.questionnaire, line)}”（{line.gap}%）"
            for sector, line in deepest
        )
        yield f"各行业最普遍的差距：{named}。括号内为有此差距的企业占比。"
    if book.technologies:
        line = book.technologies[0]
        yield f"推荐次数最多的技术是“{_card_title(book, line.technology)}”，共 {line.count} 家。"
    for rung, count in book.reaching:
        told = HIDDEN if count is None else f"{count} 家"
        yield f"核定得分和等级达到“{rung.title}”（{words.number(rung.points)} 分以上{_grade_wanted(rung)}）的企业：{told}。"


def _grade_wanted(rung: Rung) -> str:
    return f"、{words.grade(rung.grade)}以上" if rung.grade is not None else ""


def _means_chart(book: Yearbook) -> str:
    rows = [
        figures.Pair(
            label=_sector_name(book, one.place[1]),
            first=one.points,
            second=one.verified,
            note=f"{one.count} 家",
        )
        for one in book.sector_means
    ]
    return figures.pairs("各行业的填报均分与核定均分", rows, names=("填报", "核定"), hidden="不显示")


# ── Chapters ─────────────────────────────────────────────────────────────────


def _basis(book: Yearbook) -> Chapter:
    total = book.total
    blocks: list[Block] = [
        Text(
            kind="lead",
            text=f"{book.year} 年度共有 {total.registered} 家企业注册，{total.begun} 家开始填报，"
            f"{total.submitted} 家提交，{total.verified} 家经区县初审、市级复核核定。",
        ),
        Head(anchor="c1-1", number="1.1", text="参与情况"),
        _stages(
            "表 1-1　各行业参与情况（家）", "行业", book.by_sector, total, lambda key: _sector_name(book, key)
        ),
        _stages(
            "表 1-2　各区、县（市）参与情况（家）", "区、县（市）", book.by_district, None, words.district
        ),
        Head(anchor="c1-2", number="1.2", text="得分怎样算"),
        Text(
            text="企业按本行业问卷填报定量指标和措施。每个条目有权重和系数：定量指标按达到的级别、措施按实施程度取系数，"
            "栏目得分 = 100 × Σ（权重 × 系数）÷ Σ 已计分条目的权重，清洁生产与循环型生产按问卷规定的比例合成综合得分。"
            "不适用的条目退出分母，未填报的条目只降低完整度。级别标注“待核实”的不计分。"
        ),
        Text(
            text="填报得分是企业自评的结果；核定得分按区县和市级审核后计的答案重算。"
            "“差距”指计分条目未达到最好一级；“已全面实施”指该条目的系数为 1。"
        ),
        Head(anchor="c1-3", number="1.3", text="哪些数不显示"),
        Text(text=_rule()),
        Text(
            text="技术的投资、节约和减排按每家企业的产量、能源价格和门户公开的技术卡片逐家估算后相加，"
            "只加能够算出的企业，并写出家数；低值和高值分别相加，不代表概率范围。"
            "几项技术作用于同一能源时会有重叠，合计不等于同时实施的总效果。"
        ),
    ]
    return Chapter(anchor="c1", number="1", title="数据基础与方法", blocks=tuple(blocks))


def _stages(caption: str, what: str, lines: Sequence[Stage], total: Stage | None, name: object) -> Table:
    assert callable(name)
    rows = [(name(one.key), one) for one in lines]
    if total is not None:
        rows.append(("合计", total))
    return Table(
        caption=caption,
        columns=(
            Column(title=what),
            Column(title="注册", width=20, is_number=True),
            Column(title="开始填报", width=22, is_number=True),
            Column(title="提交", width=20, is_number=True),
            Column(title="提交率", width=22, is_number=True),
            Column(title="核定", width=20, is_number=True),
            Column(title="核定率", width=22, is_number=True),
        ),
        rows=tuple(
            (
                label, str(one.registered), str(one.begun), str(one.submitted),
                _rate(one.submitted, one.registered), str(one.verified), _rate(one.verified, one.submitted),
            )
            for label, one in rows
        ),
    )  # fmt: skip


def _overview(book: Yearbook, citer: Citer) -> Chapter:
    blocks: list[Block] = [Head(anchor="c2-1", number="2.1", text="对照规划目标")]
    goals = "；".join(
        f"{goal.year} 年{goal.title} {words.number(goal.count)} 家"
        f"{'（起点）' if goal.is_start else ''}{citer.short(goal.source, goal.place, goal.verification)}"
        for goal in book.goals
    )
    blocks.append(
        Text(
            text=f"规划提出：{goals}。门户统计的是参加自评价的企业，与认定的绿色工厂不是同一口径："
            f"{book.year} 年度{'全市' if not book.district else words.district(book.district)}提交 {book.total.submitted} 家，"
            f"核定 {book.total.verified} 家。"
        )
    )
    blocks += [
        Head(anchor="c2-2", number="2.2", text="得分分布"),
        *_spread(book.points, book.verified, book.grades, "表 2-1", "全部行业"),
        Head(anchor="c2-3", number="2.3", text="各行业"),
        _means("表 2-2　各行业均分", "行业", (*book.sector_means, book.mean), lambda one: _sector_name(book, one.place[1])),
        Head(anchor="c2-4", number="2.4", text="各区、县（市）"),
        _means("表 2-3　各区、县（市）均分", "区、县（市）", _with_city(book), lambda one: words.district(one.place[0]) if one.place[0] else "全市"),
        Head(anchor="c2-5", number="2.5", text="与上年比较"),
        *_changes(book),
    ]  # fmt: skip
    return Chapter(anchor="c2", number="2", title="总体情况", blocks=tuple(blocks), is_flowing=True)


def _with_city(book: Yearbook) -> tuple[Mean, ...]:
    return (*book.district_means, book.city_mean)


def _spread(
    points: Distribution | None,
    verified: Distribution | None,
    grades: Distribution | None,
    number: str,
    what: str,
) -> Iterator[Block]:
    if points is None and grades is None:
        yield Text(text=f"得分和等级分布：{PROTECTED}。")
        return
    if points is not None:
        piles = [figures.Pile(label=f"{one.lowest}–{one.end}", count=one.count) for one in points.classes]
        yield Chart(
            svg=figures.columns(f"{what}填报得分分布（家）", piles),
            caption=f"图　{what}填报得分分布（家）",
        )
    rows: list[tuple[str, ...]] = []
    for label, found in (("填报得分", points), ("核定得分", verified)):
        if found is not None:
            rows.append(
                (label, "，".join(f"{one.lowest}–{one.end} 分 {one.count} 家" for one in found.classes))
            )
    if grades is not None:
        rows.append(
            (
                "清洁生产等级",
                "，".join(
                    f"{'、'.join(_grade_of(key) for key in one.keys)} {one.count} 家"
                    for one in grades.classes
                ),
            )
        )
    yield Table(
        caption=f"{number}　{what}得分与等级分布；不足 {LEAST} 家的档并入相邻一档",
        columns=(Column(title="项目", width=30), Column(title="分布")),
        rows=tuple(rows),
    )  # fmt: skip


def _grade_of(key: str) -> str:
    return words.grade(Grade(key)) if key != "-" else "未达级或未评级"


def _means(caption: str, what: str, lines: Sequence[Mean], name: object) -> Table:
    assert callable(name)
    return Table(
        caption=caption,
        columns=(
            Column(title=what),
            Column(title="提交", width=18, is_number=True),
            Column(title="填报均分", width=36, is_number=True),
            Column(title="核定", width=18, is_number=True),
            Column(title="核定均分", width=36, is_number=True),
            Column(title="填报偏高", width=24, is_number=True),
        ),
        rows=tuple(
            (
                name(one), str(one.count), _shown(one.points, one.count), str(one.verified_count),
                _shown(one.verified, one.verified_count), _figure(one.inflation),
            )
            for one in lines
        ),
    )  # fmt: skip


def _changes(book: Yearbook) -> Iterator[Block]:
    lines = [one for one in (*book.sector_changes, *book.district_changes) if one.earlier is not None]
    if book.change is None or not lines:
        yield Text(text="上年没有可比的数据。")
        return
    total = () if book.change in lines else (book.change,)
    yield Text(
        text="均分受当年提交企业构成的影响；“同一批企业”只比较两年都提交、行业和区县未变的企业，更能说明变化。"
    )

    def name(one: Change) -> str:
        district, sector = one.place
        if district and not sector:
            return words.district(district)
        return _sector_name(book, sector) if sector else "合计"

    yield Table(
        caption=f"表 2-4　{book.year} 年度与 {book.year - 1} 年度比较",
        columns=(
            Column(title="行业或区、县（市）"),
            Column(title=f"{book.year - 1} 均分", width=36, is_number=True),
            Column(title=f"{book.year} 均分", width=36, is_number=True),
            Column(title="同一批企业", width=22, is_number=True),
            Column(title="平均变化", width=22, is_number=True),
        ),
        rows=tuple(
            (
                name(one), _shown(one.earlier, 1), _shown(one.points, 1),
                f"{one.count} 家" if one.difference is not None else words.NOTHING, _change(one),
            )
            for one in (*lines, *total)
        ),
    )  # fmt: skip


def _sector(book: Yearbook, sector: SectorYear, citer: Citer, number: int) -> Chapter:
    named, mean = sector.questionnaire.sector, sector.mean
    anchor = f"c{number}"
    blocks: list[Block] = [Text(kind="lead", text=_sector_lead(book, sector))]
    head = iter(range(1, 9))

    def heading(text: str) -> Head:
        part = next(head)
        return Head(anchor=f"{anchor}-{part}", number=f"{number}.{part}", text=text)

    blocks.append(heading("得分与等级"))
    scope = f"全市{named}" if book.district else named
    blocks += _spread(sector.points, None, sector.grades, f"表 {number}-1", scope)
    if not sector.items:
        hidden = _why_hidden(mean.count) if mean.count else "本年度没有企业提交"
        blocks += [heading("条目、差距与技术"), Text(text=f"{hidden}。")]
        return Chapter(anchor=anchor, number=str(number), title=named, blocks=tuple(blocks))
    blocks.append(heading("哪些已经做到"))
    best = sorted(sector.items, key=lambda one: (-one.in_place, one.item))[:TOP_IN_PLACE]
    blocks.append(_items(f"表 {number}-2　全面实施最多的条目", sector.questionnaire, best, None))
    blocks.append(heading("哪些普遍欠缺"))
    behind = [one for one in sector.items if one.gap][:TOP_GAPS]
    blocks.append(
        Chart(
            svg=figures.bars(
                f"{named}最普遍的差距（有差距的企业占比，%）",
                [
                    figures.Bar(
                        label=_title(sector.questionnaire, one),
                        value=Decimal(one.gap),
                        tone=figures.Tone.WARNING,
                        note=f"{one.count} 家",
                    )
                    for one in behind
                ],
                unit="%",
            ),
            caption=f"图　{named}最普遍的差距：有差距的企业占比",
        )
    )
    blocks.append(_items(f"表 {number}-3　最普遍的差距与出处", sector.questionnaire, behind, citer))
    blocks.append(heading("哪些技术能带来多少"))
    blocks += _technology_blocks(
        book, _chosen(sector.technologies), citer, f"表 {number}-4　推荐最多和节约最多的技术"
    )
    return Chapter(anchor=anchor, number=str(number), title=named, blocks=tuple(blocks))


def _sector_lead(book: Yearbook, sector: SectorYear) -> str:
    mean, named = sector.mean, sector.questionnaire.sector
    place = words.district(book.district) if book.district else "全市"
    if not mean.count:
        return f"{place}{named}行业本年度没有企业提交。"
    told = f"{place}{named}行业提交 {mean.count} 家，核定 {mean.verified_count} 家"
    if mean.points is None:
        return f"{told}；{_why_hidden(mean.count)}。"
    told += f"，填报均分 {_figure(mean.points)}"
    if mean.verified is not None:
        told += f"，核定均分 {_figure(mean.verified)}"
    if book.district and sector.city.points is not None:
        told += f"（全市填报均分 {_figure(sector.city.points)}）"
    if sector.change is not None and sector.change.difference is not None:
        told += f"；两年都提交的 {sector.change.count} 家平均变化 {_signed(sector.change.difference)}"
    return told + "。"


def _items(
    caption: str, questionnaire: Questionnaire, lines: Sequence[ItemLine], citer: Citer | None
) -> Table:
    columns = [
        Column(title="条目", width=0 if citer is None else 56),
        Column(title="填报企业", width=18, is_number=True),
        Column(title="已全面实施", width=20, is_number=True),
        Column(title="有差距", width=16, is_number=True),
    ]
    if citer is not None:
        columns.append(Column(title="出处"))
    rows = []
    for one in lines:
        row = [_title(questionnaire, one), f"{one.count} 家", f"{one.in_place}%", f"{one.gap}%"]
        if citer is not None:
            row.append(_basis_of(questionnaire, one, citer))
        rows.append(tuple(row))
    return Table(caption=caption, columns=tuple(columns), rows=tuple(rows))


def _basis_of(questionnaire: Questionnaire, line: ItemLine, citer: Citer) -> str:
    item = questionnaire.items.get(line.item)
    return citer.places(item.clauses) if isinstance(item, Indicator | Practice) else ""


def _chosen(lines: Sequence[TechnologyLine]) -> tuple[TechnologyLine, ...]:
    """The technologies recommended most often, and besides those that would save most."""
    often = lines[:TOP_TECHNOLOGIES]
    saving = sorted(
        (one for one in lines if one.saving is not None and one not in often),
        key=lambda one: -(one.saving.high if one.saving is not None else 0),
    )
    return tuple(one for one in lines if one in often or one in saving[:TOP_SAVING])


def _technology_blocks(
    book: Yearbook, lines: Sequence[TechnologyLine], citer: Citer, caption: str
) -> Iterator[Block]:
    if not lines:
        yield Text(text=f"没有推荐给 {LEAST} 家以上企业的技术。")
        return
    cards = _cards(book)
    yield Table(
        caption=f"{caption}；年节约、年减排为可算企业之和（低值–高值），括号内为可算家数",
        columns=(
            Column(title="技术"),
            Column(title="类别", width=14),
            Column(title="推荐", width=14, is_number=True),
            Column(title="投资（单厂案例）", width=27, is_number=True),
            Column(title="年节约", width=39, is_number=True),
            Column(title="年减排 CO2", width=37, is_number=True),
        ),
        rows=tuple(
            (
                _card_title(book, one.technology) + _marks(cards.get(one.technology), citer),
                words.label(cards[one.technology].cost_class) if one.technology in cards else words.NOTHING,
                f"{one.count} 家",
                _investment(one, cards.get(one.technology)),
                _money(one.saving),
                _tonnes(one.co2),
            )
            for one in lines
        ),
    )


def _investment(line: TechnologyLine, card: Technology | None) -> str:
    """The sum over the plants where it could be scaled to them, else what the sources name for one plant."""
    if line.investment is not None:
        return "合计 " + _money(line.investment)
    told = [
        words.range_text(Range(low=cost.low, high=cost.high, unit=cost.unit))
        + (f"/{cost.per}" if cost.per else "")
        for cost in (card.investments if card is not None else ())
    ]
    return "；".join(told[:2]) or words.NOTHING


def _marks(card: Technology | None, citer: Citer) -> str:
    if card is None:
        return ""
    return "".join(citer.mark(source) for source in dict.fromkeys(one.source for one in card.backing))


def _technologies(book: Yearbook, citer: Citer, number: int) -> Chapter:
    saving = sorted(
        (one for one in book.technologies if one.saving is not None),
        key=lambda one: (-(one.saving.high if one.saving is not None else 0), one.technology),
    )
    blocks: tuple[Block, ...] = (
        Text(
            kind="lead",
            text="汇总全部行业。无低费技术宜先行；中费、高费技术宜结合设备更新安排。",
        ),
        Head(anchor=f"c{number}-1", number=f"{number}.1", text="推荐最多的技术"),
        *_technology_blocks(book, book.technologies[:15], citer, f"表 {number}-1　推荐最多的技术"),
        Head(anchor=f"c{number}-2", number=f"{number}.2", text="能够算出节约的技术"),
        *_technology_blocks(book, saving[:15], citer, f"表 {number}-2　年节约最多的技术"),
        Text(
            kind="note",
            text="投资多随规模和现场条件而变，来源只给出其案例的数，不能乘以家数当作总投资；能按本厂规模换算的才写“合计”。"
            "没有能源价格或产量的企业算不出节约，不在合计之内。",
        ),
    )
    return Chapter(
        anchor=f"c{number}", number=str(number), title="技术推广汇总", blocks=blocks, is_flowing=True
    )


def _inflation(book: Yearbook, number: int) -> Chapter:
    blocks: list[Block] = [
        Text(
            text="下表只统计已核定的企业：“平均偏高”是该条目填报系数与核定系数之差的平均值，“核减企业”是被核减的企业占比。"
            "偏高多由佐证不足、覆盖范围填宽引起，不等于虚报。"
        )
    ]
    if book.inflated:
        blocks.append(_inflated_table(book, f"表 {number}-1　核减最多的条目", book.inflated[:TOP_INFLATED]))
    else:
        blocks.append(Text(text=f"没有可以显示的数据（{HIDDEN}）。"))
    return Chapter(
        anchor=f"c{number}",
        number=str(number),
        title="填报与核定的差异",
        blocks=tuple(blocks),
        is_flowing=True,
    )


def _inflated_table(book: Yearbook, caption: str, lines: Sequence[Inflated]) -> Table:
    columns = (
        Column(title="行业", width=22),
        Column(title="条目"),
        Column(title="已核定", width=20, is_number=True),
        Column(title="平均偏高", width=26, is_number=True),
        Column(title="核减企业", width=24, is_number=True),
    )
    rows = [
        (
            _sector_name(book, one.sector), _item_title(book, one), f"{one.count} 家",
            f"{one.inflation} 个百分点", f"{one.lowered}%",
        )
        for one in lines
    ]  # fmt: skip
    return Table(caption=caption, columns=columns, rows=tuple(rows))


def _annexes(book: Yearbook, citer: Citer) -> Iterator[Chapter]:
    blocks: list[Block] = [Text(text="按行业列出全部可以显示的条目，差距大的在前。")]
    for place, sector in enumerate((one for one in book.sectors if one.items), 1):
        caption = f"表 A-{place}　{sector.questionnaire.sector}"
        blocks.append(_items(caption, sector.questionnaire, sector.items, None))
    yield Chapter(anchor="a1", number="附录 A", title="各条目一览", blocks=tuple(blocks))
    lines = annexes.source_lines(citer)
    table = Table(
        caption="表 B-1　引用文件。原文核对：读到原文；二手转述：读到他人转录；待核实：尚未核对",
        columns=(
            Column(title="序号", width=12),
            Column(title="文件"),
            Column(title="状态", width=22),
            Column(title="核实程度", width=22),
        ),
        rows=tuple(
            (str(one.number), one.name + (f"，{one.issuer}" if one.issuer else ""), one.status, one.read)
            for one in lines
        ),
    )
    yield Chapter(anchor="a2", number="附录 B", title="引用文件", blocks=(table,), is_flowing=True)


# ── Words ────────────────────────────────────────────────────────────────────


def _figure(value: Decimal | None) -> str:
    return words.NOTHING if value is None else words.number(value, 1)


def _shown(value: Decimal | None, count: int) -> str:
    """A mean, or why there is none."""
    if value is not None:
        return words.number(value, 1)
    return "不显示" if count else words.NOTHING


def _signed(value: Decimal | None) -> str:
    if value is None:
        return words.NOTHING
    return f"+{words.number(value, 1)}" if value > 0 else words.number(value, 1)


def _why_hidden(count: int) -> str:
    """Why nothing is told of so many: they are few, or few others would follow from them."""
    return HIDDEN if count < LEAST else PROTECTED


def _change(found: Change | None) -> str:
    """The mean change of those that submitted in both years, or why there is none."""
    if found is None or not found.count:
        return words.NOTHING
    return "不显示" if found.difference is None else _signed(found.difference)


def _rate(part: int, whole: int) -> str:
    return words.percent(Decimal(100 * part) / whole) if whole else words.NOTHING


def _money(found: Figure | None) -> str:
    """Yuan as 万元 or 亿元, with the number of enterprises."""
    if found is None:
        return words.NOTHING
    is_large = found.low >= 100_000_000
    unit, factor = ("亿元", 100_000_000) if is_large else ("万元", 10_000)
    span = Range(low=Decimal(found.low) / factor, high=Decimal(found.high) / factor, unit=unit)
    return f"{words.range_text(span)}（{found.count} 家）"


def _tonnes(found: Figure | None) -> str:
    if found is None:
        return words.NOTHING
    span = Range(low=Decimal(found.low) / 1000, high=Decimal(found.high) / 1000, unit="t")
    return f"{words.range_text(span)}（{found.count} 家）"


def _sector_name(book: Yearbook, id: str) -> str:
    for one in book.sectors:
        if one.questionnaire.id == id:
            return one.questionnaire.sector
    return id or "合计"


def _title(questionnaire: Questionnaire, line: ItemLine) -> str:
    item = questionnaire.items.get(line.item)
    return item.title if item is not None else line.item


def _item_title(book: Yearbook, line: Inflated) -> str:
    for one in book.sectors:
        if one.questionnaire.id == line.sector and line.item in one.questionnaire.items:
            return one.questionnaire.items[line.item].title
    return line.item


def _cards(book: Yearbook) -> Mapping[str, Technology]:
    return {one.id: one for one in book.library.technologies}


def _card_title(book: Yearbook, id: str) -> str:
    card = _cards(book).get(id)
    return card.title if card is not None else id
