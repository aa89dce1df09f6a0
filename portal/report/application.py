"""The application (自评价报告) in the order of a frame: one document of blocks, from which print and Word are made.

What the portal does not know it says so, with room to write; nothing is invented.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from portal import words
from portal.core.answers import MISSING, Declared, NotApplicable, Practised
from portal.core.assessment import Assessment, Standing
from portal.core.axes import AxisRating, MemberRating, MemberStanding, ratings
from portal.core.enterprise import EnterpriseProfile
from portal.core.evidence import Evidence, Lack
from portal.core.package import (
    Blank,
    Bound,
    Frame,
    FrameChapter,
    FramePart,
    Group,
    Holds,
    Known,
    Left,
    Refusal,
    Volume,
    placed,
)
from portal.core.plant import Concern, concern
from portal.core.questionnaire import (
    Activity,
    Extent,
    Indicator,
    Item,
    ItemId,
    Practice,
    Requirement,
    Source,
    Trait,
)
from portal.core.rulebook import AxisMember
from portal.report.annexes import settable
from portal.report.blocks import Block, Chapter, Column, Head, Room, Table, Text
from portal.report.citing import book
from portal.report.document import Particulars
from portal.report.plan import PlanPart
from portal.report.results import Fact, answer_words, reached, readable

UNKNOWN = "本门户未采集，请企业补写"
REFUSALS: Mapping[Refusal, str] = {
    Refusal.ENCRYPTED: "文件加密，打不开；请去掉密码后重新上传",
    Refusal.DAMAGED: "文件损坏，打不开；请重新上传",
    Refusal.GONE: "文件已不在存储中；请重新上传",
}
MOST_LINES = 44  # of what lacks, on one page
_INDEX = Column(title="证明材料索引", width=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that an application is worded from; `particulars` are those of the improvement report."""

    frame: Frame
    source: Source
    assessment: Assessment
    particulars: Particulars
    profile: EnterpriseProfile
    lacks: tuple[Lack, ...]
    day: date  # on which evidence must be valid
    planned: PlanPart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The whole paper, worded."""

    title: str
    enterprise: str
    period: str
    number: str
    cover: tuple[Fact, ...]
    note: str
    chapters: tuple[Chapter, ...]
    printed_on: date


def compose(dossier: Dossier, volume: Volume) -> Application:
    """The paper; page numbers are those of the bound volume."""
    frame, given = dossier.frame, dossier.particulars
    maker = _Maker(dossier, volume)
    return Application(
        title=frame.form,
        enterprise=given.name,
        period=f"{given.year} 年度",
        number=given.number,
        cover=tuple(Fact(label=one.title, value=known(dossier, one)) for one in frame.cover),
        note=_note(dossier),
        chapters=tuple(maker.chapter(one) for one in frame.chapters),
        printed_on=given.printed_on,
    )


def known(dossier: Dossier, blank: Blank) -> str:
    """What the portal knows for a field of the form; nothing for one that the enterprise writes by hand."""
    given = dossier.particulars
    match blank.known:
        case Known.NAME:
            return given.name
        case Known.USCC:
            return given.uscc
        case Known.SECTOR:
            return f"{dossier.assessment.questionnaire.sector}（请按 GB/T 4754 填写代码）"
        case Known.PLACE:
            return f"浙江省杭州市{words.district(given.district)}"
        case Known.ADDRESS:
            return given.address
        case Known.SCALE:
            return words.scale(given.scale)
        case Known.PRODUCTS:
            return given.products
        case Known.CONTACT_NAME:
            return dossier.profile.contact_name
        case Known.CONTACT_PHONE:
            return dossier.profile.contact_phone
        case Known.CONTACT_MAIL:
            return dossier.profile.contact_mail
        case None:
            return ""


def _note(dossier: Dossier) -> str:
    given, source = dossier.particulars, dossier.source
    name = f"{source.number} " if source.number else book(source.short or source.title)
    basis = f"框架依据：{name}{dossier.frame.place}（{words.label(dossier.frame.verification)}）。"
    return (
        f"本报告由企业绿色工厂自评价门户按企业提交的 {given.year} 年度自评价整理，编号 {given.number}，"
        f"提交于 {words.day(given.submitted_at)}。{basis}{dossier.frame.note}"
    )


def pages_of(one: Bound) -> str:
    """附件 3，第 12–16 页."""
    span = f"第 {one.first} 页" if one.pages == 1 else f"第 {one.first}–{one.last} 页"
    return f"附件 {one.number}，{span}"


def index_of(volume: Volume, item: Item) -> str:
    """The exhibits of an item with their pages."""
    return "；".join(pages_of(one) for one in volume.proving(item.id)) or words.NOTHING


def value_of(assessment: Assessment, item: Item) -> tuple[str, str]:
    """What was answered, as one says it, and where the figure comes from: 填报 or 计算."""
    said = answer_words(assessment, item)
    if said != words.NOTHING:
        return said, "填报"
    result = assessment.result_if_scored(item.id)
    if result is not None and result.reading is not None and result.reading.computed is not None:
        return words.quantity(readable(result.reading.computed), getattr(item, "unit", "")), "计算"
    return words.NOTHING, ""


def is_asked(assessment: Assessment, item: Item) -> bool:
    """Whether the item concerns the plant, and says anything where it may be left blank."""
    if concern(item.when, assessment.chosen) is Concern.NO:
        return False
    is_blank = assessment.answers.get(item.id, MISSING) == MISSING
    return not (isinstance(item, Activity) and is_blank and (item.is_zero_when_blank or item.is_optional))


def judged(assessment: Assessment, item: Item) -> str:
    """How the answer counts: 符合, a level, or points of the weight."""
    if isinstance(item, Requirement):
        answer = assessment.answers.get(item.id, MISSING)
        return words.NOTHING if not isinstance(answer, Declared) else "符合" if answer.is_met else "不符合"
    result = assessment.result_if_scored(item.id)
    if result is None:
        return words.NOTHING
    if isinstance(item, Indicator):
        return reached(result)
    if result.standing is not Standing.COUNTED:
        return words.label(result.standing)
    if not item_weight(item):
        return "不计分"
    return f"得 {words.number(result.earned, 2)} / {words.number(result.item.weight)} 分"


def item_weight(item: Item) -> object:
    """The weight of a scored item."""
    return getattr(item, "weight", 0)


class _Maker:
    """Words the chapters of one application."""

    def __init__(self, dossier: Dossier, volume: Volume) -> None:
        self.dossier, self.volume = dossier, volume
        self.assessment = dossier.assessment
        self.groups = {group.id: group for group in dossier.frame.groups}
        self.items = {
            id: tuple(item for item in items if is_asked(self.assessment, item))
            for id, items in placed(dossier.frame, self.assessment.questionnaire).items()
        }
        self.ratings = {axis.axis.title: axis for one in ratings(self.assessment) for axis in one.axes}
        self.tables = 0

    def chapter(self, chapter: FrameChapter) -> Chapter:
        blocks = list(self._blocks(chapter))
        for part in chapter.parts:
            blocks.append(Head(anchor=part.id, number=part.number, text=part.title))
            blocks += self._blocks(part)
        return Chapter(
            anchor=f"c-{chapter.id}",
            number=chapter.number,
            title=chapter.title,
            blocks=tuple(blocks),
            # What is signed stands alone; what describes the plant runs on.
            is_flowing=chapter.holds in (Holds.GROUPS, Holds.PLAN),
        )

    def _blocks(self, part: FramePart) -> Iterator[Block]:
        match part.holds:
            case Holds.INFORMATION:
                rows = tuple((one.title, known(self.dossier, one)) for one in self.dossier.frame.fields)
                yield self._table("基本信息", (Column(title="项目", width=46), Column(title="内容")), rows)
            case Holds.PLEDGE:
                yield Text(text=self.dossier.frame.pledge)
                yield Text(text="法人或单位负责人签字：", kind="sign")
                yield Text(text="（公章）", kind="sign")
                yield Text(text="日期：　　　　年　　　月　　　日", kind="sign")
            case Holds.PLANT:
                yield from self._plant()
                for id in part.groups:
                    yield from self._group(self.groups[id])
            case Holds.GROUPS:
                for id in part.groups:
                    yield from self._group(self.groups[id])
            case Holds.PLAN:
                yield from self._plan()
            case Holds.TABLE:
                yield from self._score()
                for id in part.groups:
                    yield from self._indicators(self.groups[id])
            case Holds.EVIDENCE:
                yield from index_blocks(self.volume, self.dossier, self._caption)
                yield from left_blocks(self.volume, self._caption)
                yield from lacking_blocks(self.dossier, self._caption)
        if part.unknown:
            yield Room(text=f"{UNKNOWN}：{'、'.join(part.unknown)}。")

    def _caption(self, text: str) -> str:
        self.tables += 1
        return f"表 {self.tables}　{text}"

    def _table(self, caption: str, columns: tuple[Column, ...], rows: tuple[tuple[str, ...], ...]) -> Table:
        return Table(caption=self._caption(caption), columns=columns, rows=rows)

    def _plant(self) -> Iterator[Block]:
        given = self.dossier.particulars
        facts = [
            ("企业规模", words.scale(given.scale)),
            ("主要产品", given.products),
            ("自评价年度", f"{given.year} 年度"),
            (
                "自评价问卷",
                f"{self.assessment.questionnaire.title} {self.assessment.questionnaire.version} 版",
            ),
        ]
        yield self._table(
            "企业概况",
            (Column(title="项目", width=46), Column(title="内容")),
            tuple((label, value) for label, value in facts if value),
        )

    def _group(self, group: Group) -> Iterator[Block]:
        items = self.items[group.id]
        yield from self._rating(group)
        yield from _sentences(self.assessment, items)
        figures = [item for item in items if isinstance(item, Activity | Indicator | Trait)]
        told = [(item, *value_of(self.assessment, item)) for item in figures]
        rows: tuple[tuple[str, ...], ...] = tuple(
            (item.title, said, origin, index_of(self.volume, item))
            for item, said, origin in told
            if said != words.NOTHING
        )
        if rows:
            columns: tuple[Column, ...] = (
                Column(title="内容"),
                Column(title="数值或情况", width=44),
                Column(title="来源", width=13),
                _INDEX,
            )
            if all(row[-1] == words.NOTHING for row in rows):  # an empty column only takes room
                columns, rows = columns[:-1], tuple(row[:-1] for row in rows)
            yield self._table(f"{group.title}：数据", columns, rows)
        missing = [item.title for item, said, _ in told if said == words.NOTHING]
        if missing:
            yield Text(text=f"没有填报的数据：{'、'.join(missing)}。")
        if not items:
            yield Text(text="本行业问卷在这一方面没有设条目。")

    def _rating(self, group: Group) -> Iterator[Block]:
        axis = self.ratings.get(group.title)
        if axis is None:
            return
        yield self._table(
            f"{group.title}：按标准附录 C 的示例指标与权重",
            (
                Column(title="指标"),
                Column(title="本年度值", width=28),
                Column(title="基准值", width=20),
                Column(title="引领值", width=20),
                Column(title="得分 / 权重", width=32),
            ),
            tuple(self._member(one) for one in axis.members),
        )

    def _member(self, one: MemberRating) -> tuple[str, ...]:
        member, value = one.member, words.NOTHING
        if one.value is not None:
            value = words.quantity(readable(one.value), unit_of(self.assessment, member))
        if one.share is not None:
            score = f"{words.number(one.share * member.weight, 2)} / {words.number(member.weight)}"
            value = "按实施程度" if one.value is None else value
        else:
            standing = MemberStanding.UNPUBLISHED if one.value is not None else one.standing
            mark = words.MEMBER_STANDINGS[standing].partition("，")[0]
            score = f"{mark}（权重 {words.number(member.weight)}）"
        return member.title, value, words.number(one.base), words.number(one.lead), score

    def _score(self) -> Iterator[Block]:
        points = self.assessment.points
        columns = "，".join(
            f"{words.label(one.column)} {words.points(one.points)} 分" for one in points.columns
        )
        total = f"门户自评价总得分 {words.points(points.total)} 分（{columns}）"
        yield Text(
            text=f"{total}，完整度 {words.percent(points.completeness)}"
            + (f"，{words.PROVISIONAL}" if points.is_provisional else "")
            + f"；{words.verdict(self.assessment.gate_verdict)}。证明材料索引里的页码是《证明材料合订本》的总页码。"
        )
        if self.ratings:
            yield Text(text=self._standard())

    def _standard(self) -> str:
        said = "；".join(f"{one.axis.title} {_axis(one)}" for one in self.ratings.values())
        return f"按 GB/T 36132—2025 附录 C 的示例权重（标准注明仅作示例）：{said}。"

    def _indicators(self, group: Group) -> Iterator[Block]:
        items = [item for item in self.items[group.id] if not isinstance(item, Trait | Activity)]
        if not items:
            return
        rows = tuple(
            (
                str(number),
                item.title,
                value_of(self.assessment, item)[0],
                judged(self.assessment, item),
                index_of(self.volume, item),
            )
            for number, item in enumerate(items, 1)
        )
        columns = (
            Column(title="序号", width=10),
            Column(title="评价内容"),
            Column(title="自评结果", width=38),
            Column(title="判定", width=28),
            _INDEX,
        )
        yield self._table(group.title, columns, rows)

    def _plan(self) -> Iterator[Block]:
        planned = [
            item.title
            for item in self.assessment.questionnaire.items.values()
            if isinstance(item, Practice)
            and isinstance(answer := self.assessment.answers.get(item.id, MISSING), Practised)
            and answer.extent is Extent.PLANNED
        ]
        if planned:
            yield Text(text=f"填报为“已列入计划”的措施：{'、'.join(planned)}。")
        plan = self.dossier.planned
        if plan is None:
            yield Room(text="企业还没有在门户选定改进方案，请补写拟开展的重点工作和拟实施的重大项目。")
            return
        yield Text(text=f"企业选定的改进方案“{settable(plan.title)}”包括 {len(plan.lines)} 项措施。")
        columns = (
            Column(title="措施"),
            Column(title="负责", width=22),
            Column(title="完成日期", width=22),
            Column(title="投资", width=38),
            Column(title="状态", width=16),
        )
        rows = tuple((one.title, one.owner, one.due, one.cost, one.state) for one in plan.lines)
        yield self._table("下一步工作", columns, rows)
        yield Text(text="；".join(f"{one.label} {one.value}" for one in plan.totals) + "。")
        for note in plan.notes:
            yield Text(text=note, kind="note")


def _axis(axis: AxisRating) -> str:
    weight = sum(one.member.weight for one in axis.members)
    return (
        f"{words.points(axis.points)} 分（可评价权重 {words.number(axis.counted)} / {words.number(weight)}）"
    )


def unit_of(assessment: Assessment, member: AxisMember) -> str:
    """The unit of an indicator of the axes: its own, or that of the item it is taken from."""
    item = assessment.questionnaire.items.get(ItemId(member.item))
    return member.unit or getattr(item, "unit", "")


def _sentences(assessment: Assessment, items: Iterable[Item]) -> Iterator[Block]:
    """Which practices and requirements stand where, a sentence for each extent."""
    found: dict[str, list[str]] = {}
    for item in items:
        if not isinstance(item, Practice | Requirement):
            continue
        match assessment.answers.get(item.id, MISSING):
            case Practised(extent=extent, share=share):
                mark = f"（{words.percent(share)}）" if share is not None else ""
                found.setdefault(words.label(extent), []).append(item.title + mark)
            case Declared(is_met=is_met):
                found.setdefault("符合" if is_met else "不符合", []).append(item.title)
            case NotApplicable(reason=reason):
                found.setdefault("不适用", []).append(
                    f"{item.title}（{settable(reason).rstrip('。．.；; ')}）"
                )
            case _:
                found.setdefault("未填报", []).append(item.title)
    order = ["符合", "不符合", *(words.label(extent) for extent in Extent), "不适用", "未填报"]
    for name in order:
        if name in found:
            yield Text(text=f"{name}（{len(found[name])} 项）：{'、'.join(found[name])}。")


# ── The evidence, in the application and at the front of the bound volume ────


def index_blocks(volume: Volume, dossier: Dossier, caption: Callable[[str], str] = str) -> Iterator[Block]:
    """The exhibits with their pages; `caption` may number the table."""
    if volume.bound:
        yield Table(
            caption=caption("证明材料索引"),
            columns=(
                Column(title="附件", width=12),
                Column(title="名称"),
                Column(title="种类与日期", width=42),
                Column(title="页码", width=20),
                Column(title="证明的内容", width=46),
            ),
            rows=tuple(_exhibit(one, dossier.day) for one in volume.bound),
        )
    else:
        yield Text(text="没有可以装订的证明材料。")


def _exhibit(one: Bound, day: date) -> tuple[str, ...]:
    evidence = one.exhibit.evidence
    title = settable(evidence.title) + ("（原件另附）" if one.original else "")
    span = f"{one.first}" if one.pages == 1 else f"{one.first}–{one.last}"
    return (
        str(one.number),
        title,
        described(evidence, day),
        span,
        "、".join(item.title for item in one.exhibit.items),
    )


def described(evidence: Evidence, day: date) -> str:
    """检测报告，2026-05-01，有效期至 2027-04-30."""
    parts = [words.EVIDENCE_KINDS[evidence.kind]]
    if evidence.issued_on is not None:
        parts.append(words.day(evidence.issued_on))
    if evidence.valid_until is not None:
        parts.append(f"有效期至 {words.day(evidence.valid_until)}")
    if evidence.is_expired(day):
        parts.append("已过期，按缺失计")
    return "，".join(parts)


def lacking_blocks(dossier: Dossier, caption: Callable[[str], str] = str) -> Iterator[Block]:
    """缺失的证明材料: item by item while one page holds them, by section beyond that."""
    lacks = dossier.lacks
    if not lacks:
        yield Text(text="需要证明材料的条目都已附上有效的材料。")
        return
    rows: list[tuple[str, ...]]
    columns: tuple[Column, ...]
    yield Text(text=f"以下 {len(lacks)} 项已填报，通常需要证明材料，但没有附上或只有过期的。")
    if len(lacks) <= MOST_LINES:
        columns = (
            Column(title="评价内容", width=58),
            Column(title="通常需要的材料"),
            Column(title="情况", width=18),
        )
        rows = [
            (one.item.title, "、".join(one.item.evidence), "只有过期的" if one.expired else "没有附")
            for one in lacks
        ]
    else:
        columns = (Column(title="部分", width=40), Column(title="评价内容"))
        titles: dict[str, list[str]] = {}
        for one in lacks:
            mark = "（只有过期的）" if one.expired else ""
            titles.setdefault(one.section.title, []).append(one.item.title + mark)
        rows = [(title, "、".join(some)) for title, some in titles.items()]
    yield Table(caption=caption("缺失的证明材料"), columns=columns, rows=tuple(rows), is_dense=True)


def left_blocks(volume: Volume, caption: Callable[[str], str] = str) -> Iterator[Block]:
    """The files that could not be bound in, by name and with the reason."""
    if not volume.left:
        return
    yield Table(
        caption=caption("未能并入合订本的文件"),
        columns=(
            Column(title="名称"),
            Column(title="原因", width=70),
            Column(title="证明的内容", width=50),
        ),
        rows=tuple(_left(one) for one in volume.left),
    )


def _left(one: Left) -> tuple[str, ...]:
    name, why = left_words(one)
    return name, why, "、".join(item.title for item in one.exhibit.items)


def left_words(one: Left) -> tuple[str, str]:
    """The name of a file that was left out, and why."""
    evidence = one.exhibit.evidence
    return f"{settable(evidence.title)}（{settable(evidence.original_name)}）", REFUSALS[one.why]
