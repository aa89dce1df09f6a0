"""申报包: the application in print and in Word, the bound evidence, a sheet to type from, and the originals, as one ZIP."""

import hashlib
import zipfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from portal import words
from portal.core.answers import Measured
from portal.core.assessment import Assessment
from portal.core.axes import MemberRating, ratings
from portal.core.package import PlatformLine, Volume, placed
from portal.core.plain_text import file_part
from portal.core.quantity import Quantity, UnitError
from portal.core.questionnaire import Item, ItemId, Trait
from portal.report import html, pdf, word
from portal.report.application import (
    UNKNOWN,
    Application,
    Dossier,
    compose,
    index_of,
    is_asked,
    judged,
    known,
    left_words,
    unit_of,
    value_of,
)
from portal.report.binding import bind
from portal.report.bundle import zip_info
from portal.report.parcel import FIGURES, INDEX, MADE, ORIGINALS, REPORT, TWIN, VOLUME, Package
from portal.report.results import readable
from portal.report.sheets import Cell, Column, Sheet, workbook

_PART = 1 << 20

Tell = Callable[[int, str], None]
Sign = Callable[[bytes], bytes]


def pack(package: Package, path: Path, tell: Tell, sign: Sign | None = None) -> None:
    """Write the archive to `path`, whole or not at all is the caller's business."""
    dossier = package.dossier
    with TemporaryDirectory(prefix=".package-", dir=path.parent) as name:
        folder = Path(name)
        tell(3, "装订证明材料")
        volume = bind(
            package.exhibits,
            package.files,
            dossier,
            folder / VOLUME,
            lambda share, step: tell(5 + share * 55 // 100, step),
        )
        tell(62, "编写自评价报告")
        application = compose(dossier, volume)
        content = printed(application, dossier.particulars.checksum)
        (folder / REPORT).write_bytes(sign(content) if sign is not None else content)
        tell(80, "编写 Word 文件")
        (folder / TWIN).write_bytes(word.write_application(application))
        tell(88, "编写填报对照表")
        at = dossier.particulars.submitted_at
        assert at is not None  # a package is made of what was submitted
        (folder / FIGURES).write_bytes(workbook(sheets(dossier, volume), at=at))
        tell(92, "打包")
        _archive(package, volume, folder, path)


def printed(application: Application, identifier: str) -> bytes:
    """The application in print."""
    return pdf.write(
        html.fill("application.html", paper=application),
        imprint=pdf.Imprint(made_on=application.printed_on, identifier=identifier.encode()),
    )


def _archive(package: Package, volume: Volume, folder: Path, path: Path) -> None:
    top = file_part(package.dossier.particulars.name) or "申报包"
    inside = [(name, folder / name) for name in MADE]
    inside += [
        (f"{ORIGINALS}/{one.original}", package.files[one.exhibit.evidence.id])
        for one in volume.bound
        if one.original
    ]
    lines = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, source in inside:
            digest = hashlib.sha256()
            with source.open("rb") as given, archive.open(zip_info(f"{top}/{name}"), "w") as target:
                while part := given.read(_PART):
                    digest.update(part)
                    target.write(part)
            lines.append(f"{digest.hexdigest()}  {source.stat().st_size:>11,}  {name}")
        archive.writestr(zip_info(f"{top}/{INDEX}"), _index(package.dossier, volume, lines))


def _index(dossier: Dossier, volume: Volume, lines: list[str]) -> bytes:
    """The list of files as Windows opens it, with their SHA-256."""
    given = dossier.particulars
    head = [
        f"{given.name}　{given.year} 年度绿色工厂申报包",
        f"编号 {given.number}，框架：{dossier.frame.title}",
        f"证明材料 {len(volume.bound)} 件，共 {volume.pages} 页；未能并入 {len(volume.left)} 件；缺失 {len(dossier.lacks)} 项",
        "",
        "SHA-256、字节数、文件：",
    ]
    tail = [f"未能并入：{'，'.join(left_words(one))}" for one in volume.left]
    if any(one.original for one in volume.bound):
        tail.append("“原件”文件夹里是 Word、Excel 原文件：合订本里的页面由门户按内容排版，版式以原文件为准。")
    return "\r\n".join([*head, *lines, "", *tail, ""]).encode("utf-8-sig")


# ── 填报对照表 ────────────────────────────────────────────────────────────────


def sheets(dossier: Dossier, volume: Volume) -> list[Sheet]:
    """What is typed into the ministry's platform, in the frame's order."""
    return [
        *_platform(dossier, volume),
        _figures(dossier, volume),
        *_standard(dossier),
        _information(dossier),
        _evidence(volume),
    ]


def _platform(dossier: Dossier, volume: Volume) -> list[Sheet]:
    """The lines of the ministry's platform, each with what answers it; a line may take several indicators."""
    platform = dossier.frame.platform
    if platform is None:
        return []
    rows: list[tuple[Cell, ...]] = []
    members = {
        one.member.id: one
        for rating in ratings(dossier.assessment)
        for axis in rating.axes
        for one in axis.members
    }
    answered = [
        (
            line,
            [found for id in line.takes if (found := _taken(dossier, volume, members, line, id)) is not None],
        )
        for line in platform.lines
    ]
    numbers = {line.number for line, taken in answered if taken}
    for line, taken in answered:
        nothing = "未填报" if _is_asked_here(dossier.assessment, members, line) else UNKNOWN
        if line.number in numbers:  # the platform wants one of two
            nothing = "两项选一，已填另一项"
        for value, unit, told in taken or [(nothing, line.unit, ("", "", ""))]:
            rows.append(
                (line.number, line.first, line.second, line.title, value, unit, *told, "；".join(line.proofs))
            )
    columns = (
        Column(title="序号", width=6),
        Column(title="一级指标", width=12),
        Column(title="二级指标", width=18),
        Column(title="三级指标", width=34),
        Column(title="本年度指标值", width=16),
        Column(title="单位", width=12),
        Column(title="取自", width=26),
        Column(title="条目", width=22),
        Column(title="已附证明材料", width=24),
        Column(title="平台要求的证明材料", width=44),
    )
    return [Sheet(title="平台申报表", columns=columns, rows=rows, notes=(platform.note,))]


def _is_asked_here(assessment: Assessment, members: Mapping[str, MemberRating], line: PlatformLine) -> bool:
    """Whether the sector's questionnaire asks, or computes, what answers the line."""

    def is_computed(id: str) -> bool:
        one = members.get(id)
        return (
            one is not None
            and one.member.formula is not None
            and _in_unit(Decimal(1), unit_of(assessment, one.member), line.unit) is not None
        )

    return any(ItemId(id) in assessment.questionnaire.items or is_computed(id) for id in line.takes)


def _taken(
    dossier: Dossier, volume: Volume, members: Mapping[str, MemberRating], line: PlatformLine, id: str
) -> tuple[Cell, str, tuple[str, str, str]] | None:
    """The figure of an item or of a computed indicator in the line's unit; None where there is none."""
    assessment = dossier.assessment
    item = assessment.questionnaire.items.get(ItemId(id))
    if item is not None:
        said, _ = value_of(assessment, item)
        if said == words.NOTHING or not is_asked(assessment, item):
            return None
        told = (item.title, item.id, index_of(volume, item))
        value = _value(dossier, item)
        if value is None:
            return said, "", told
        found = _in_unit(value, getattr(item, "unit", ""), line.unit)
        return (*found, told) if found is not None else None
    member = members.get(id)
    if member is None or member.value is None:
        return None
    found = _in_unit(member.value, unit_of(assessment, member.member), line.unit)
    return (*found, (member.member.title, id, "")) if found is not None else None


def _in_unit(value: Decimal, unit: str, wanted: str) -> tuple[Decimal, str] | None:
    """The figure in the unit that is wanted; None where it measures something else."""
    if not wanted:
        return readable(value), unit
    try:
        return readable(Quantity.of(value, unit).to(wanted)), wanted
    except UnitError:
        return None


def _figures(dossier: Dossier, volume: Volume) -> Sheet:
    assessment = dossier.assessment
    rows: list[tuple[Cell, ...]] = []
    inside = placed(dossier.frame, assessment.questionnaire)
    for group in dossier.frame.groups:
        for item in inside[group.id]:
            if not is_asked(assessment, item):
                continue
            said, origin = value_of(assessment, item)
            value = _value(dossier, item)
            rows.append(
                (
                    len(rows) + 1,
                    group.title,
                    item.title,
                    value if value is not None else said,
                    getattr(item, "unit", "") if value is not None else "",
                    origin,
                    "" if isinstance(item, Trait) else judged(assessment, item),
                    index_of(volume, item),
                    item.id,
                )
            )
    columns = (
        Column(title="序号", width=6, form="0"),
        Column(title="一级指标", width=16),
        Column(title="评价内容", width=34),
        Column(title="数值或情况", width=24),
        Column(title="单位", width=12),
        Column(title="数据来源", width=9),
        Column(title="判定", width=18),
        Column(title="证明材料", width=30),
        Column(title="条目", width=24),
    )
    return Sheet(title="填报对照表", columns=columns, rows=rows, notes=(dossier.frame.note,))


def _value(dossier: Dossier, item: Item) -> Decimal | None:
    """The figure as a number, entered or computed."""
    answer = dossier.assessment.answers.get(item.id)
    if isinstance(answer, Measured):
        return answer.value
    result = dossier.assessment.result_if_scored(item.id)
    computed = result.reading.computed if result is not None and result.reading is not None else None
    return readable(computed) if computed is not None and answer is None else None


def _standard(dossier: Dossier) -> list[Sheet]:
    rows: list[tuple[Cell, ...]] = []
    notes: list[str] = []
    for rating in ratings(dossier.assessment):
        notes.append(rating.rulebook.basis)
        for axis in rating.axes:
            rows += [
                (
                    axis.axis.title,
                    one.member.title,
                    readable(one.value) if one.value is not None else None,
                    unit_of(dossier.assessment, one.member),
                    one.base,
                    one.lead,
                    one.member.weight,
                    readable(one.share * one.member.weight) if one.share is not None else None,
                    words.MEMBER_STANDINGS[one.standing],
                )
                for one in axis.members
            ]
    if not rows:
        return []
    columns = (
        Column(title="一级指标", width=14),
        Column(title="指标", width=40),
        Column(title="本年度值", width=12),
        Column(title="单位", width=12),
        Column(title="基准值", width=10),
        Column(title="引领值", width=10),
        Column(title="权重", width=8),
        Column(title="得分", width=8),
        Column(title="状态", width=12),
    )
    return [Sheet(title="绿色工厂指标（示例权重）", columns=columns, rows=rows, notes=tuple(notes))]


def _information(dossier: Dossier) -> Sheet:
    return Sheet(
        title="基本信息",
        columns=(Column(title="项目", width=24), Column(title="内容", width=60)),
        rows=[(one.title, known(dossier, one)) for one in dossier.frame.fields],
    )


def _evidence(volume: Volume) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (
            one.number,
            one.exhibit.evidence.title,
            words.EVIDENCE_KINDS[one.exhibit.evidence.kind],
            one.first,
            one.last,
            one.exhibit.evidence.issued_on,
            one.exhibit.evidence.valid_until,
            one.original,
            "、".join(item.title for item in one.exhibit.items),
        )
        for one in volume.bound
    ]
    columns = (
        Column(title="附件", width=6, form="0"),
        Column(title="名称", width=36),
        Column(title="种类", width=10),
        Column(title="起始页", width=8, form="0"),
        Column(title="末页", width=8, form="0"),
        Column(title="日期", width=12),
        Column(title="有效期至", width=12),
        Column(title="原件", width=30),
        Column(title="证明的内容", width=50),
    )
    notes = tuple(f"未能并入合订本：{'，'.join(left_words(one))}" for one in volume.left)
    return Sheet(title="证明材料", columns=columns, rows=rows, notes=notes)
