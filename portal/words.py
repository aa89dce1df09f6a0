"""The Chinese words of the product: labels, numbers, units, dates and the sentence for every problem.

Shared by pages and report, so that a grade or a figure is worded the same on the screen and on paper.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any, assert_never

from markupsafe import Markup, escape

from portal.core.advice import Range
from portal.core.assessment import GateState, GateVerdict, Standing, Verdict, rounded
from portal.core.axes import MemberStanding
from portal.core.clients import Gates, Line, Stage, Step
from portal.core.data_check import Finding
from portal.core.errors import Problem
from portal.core.evidence import EvidenceKind, Order, Shelf
from portal.core.gaps import Urgency
from portal.core.levels import Direction, Grade, Verification
from portal.core.optimise import Limit
from portal.core.plain_text import file_part
from portal.core.planning import MeasureState
from portal.core.printing import BatchState, ItemState
from portal.core.questionnaire import (
    Activity,
    Agree,
    AtMost,
    Column,
    Contradiction,
    Extent,
    Indicator,
    Jump,
    OfTheYear,
    Practice,
    Requirement,
    Trait,
    Within,
)
from portal.core.technology import CostClass
from portal.core.whatif import Pricing

# China keeps one time without daylight saving; a fixed offset needs no time-zone database.
BEIJING = timezone(timedelta(hours=8), "北京时间")
NOTHING = "–"
PROVISIONAL = "暂定"

COLUMNS: Mapping[Column, str] = {Column.CLEAN: "清洁生产", Column.CIRCULAR: "循环型生产"}
GRADES: Mapping[Grade, str] = {Grade.I: "Ⅰ级", Grade.II: "Ⅱ级", Grade.III: "Ⅲ级"}
BELOW_GRADES = "未达Ⅲ级"
NOT_RATED = "未评级"
ITEM_KINDS: Mapping[type, str] = {
    Trait: "生产特征",
    Activity: "活动数据",
    Requirement: "基本要求",
    Indicator: "定量指标",
    Practice: "定性措施",
}
EXTENTS: Mapping[Extent, str] = {
    Extent.FULL: "全面实施",
    Extent.PARTIAL: "部分实施",
    Extent.PLANNED: "已列入计划",
    Extent.NONE: "未实施",
}
VERIFICATIONS: Mapping[Verification, str] = {
    Verification.ORIGINAL: "原文核对",
    Verification.SECONDHAND: "二手转述",
    Verification.UNVERIFIED: "待核实",
}
VERIFICATION_HELP: Mapping[Verification, str] = {
    Verification.ORIGINAL: "数值在标准原文中读到并核对",
    Verification.SECONDHAND: "数值来自对标准的公开转述，尚未对照原文",
    Verification.UNVERIFIED: "数值尚未核实：不计分，也不作门槛",
}
DIRECTIONS: Mapping[Direction, str] = {Direction.SMALLER: "越小越好", Direction.LARGER: "越大越好"}
COST_CLASSES: Mapping[CostClass, str] = {
    CostClass.LOW: "无低费",
    CostClass.MEDIUM: "中费",
    CostClass.HIGH: "高费",
}
STEPS: Mapping[CostClass, str] = {
    CostClass.LOW: "立即实施（无低费）",
    CostClass.MEDIUM: "一年内实施（中费）",
    CostClass.HIGH: "三年内实施（高费）",
}
HORIZONS: Mapping[CostClass, str] = {
    CostClass.LOW: "立即可做（只用无低费措施）",
    CostClass.MEDIUM: "一年内（无低费和中费措施）",
    CostClass.HIGH: "三年内（全部措施）",
}
PRICINGS: Mapping[Pricing, str] = {
    Pricing.OWN: "本厂估算",
    Pricing.SCALED: "按本厂规模折算",
    Pricing.CASE: "来源案例",
    Pricing.UNKNOWN: "没有投资数据",
}
MEASURE_STATES: Mapping[MeasureState, str] = {
    MeasureState.PLANNED: "已计划",
    MeasureState.RUNNING: "实施中",
    MeasureState.DONE: "已完成",
    MeasureState.DROPPED: "不再实施",
}
# What is said in a line of the ledger, in the order of its form.
MEASURE_FIELDS: Mapping[str, str] = {
    "state": "状态",
    "owner": "负责人",
    "due_on": "计划完成日期",
    "started_on": "开始日期",
    "finished_on": "实际完成日期",
    "budget": "预算",
    "spent": "实际投入",
    "saving": "实际年节约",
    "effect": "实测效果",
    "effect_unit": "效果的单位",
    "note": "说明",
}
LIMITS: Mapping[Limit, str] = {
    Limit.POINTS: "不要求得分",
    Limit.GRADE: "不要求等级",
    Limit.GATES: "不要求门槛全部满足",
    Limit.BUDGET: "不限预算",
    Limit.TIME: "放宽到三年",
    Limit.EXCLUDED: "允许使用已排除的措施",
    Limit.UNPRICED: "也考虑没有投资数据的措施",
}
BATCH_STATES: Mapping[BatchState, str] = {
    BatchState.RUNNING: "打印中",
    BatchState.PAUSED: "已暂停",
    BatchState.CANCELLED: "已取消",
    BatchState.DONE: "已结束",
}
ITEM_STATES: Mapping[ItemState, str] = {
    ItemState.WAITING: "等待",
    ItemState.PRINTED: "已印好",
    ItemState.FAILED: "未成功",
    ItemState.REFUSED: "无权打印",
    ItemState.CANCELLED: "已取消",
}
CLIENT_STAGES: Mapping[Stage, str] = {
    Stage.NONE: "未开始",
    Stage.DRAFT: "填报中",
    Stage.REVIEW: "审核中",
    Stage.RETURNED: "待补正",
    Stage.CONFIRMED: "已确认",
}
CLIENT_STEPS: Mapping[Step, str] = {
    Step.START: "开始自评价",
    Step.FILL: "继续填报",
    Step.SUBMIT: "请企业核对提交",
    Step.CORRECT: "逐项补正",
    Step.PRINT: "打印报告",
    Step.LOOK: "查看",
}
CLIENT_GATES: Mapping[Gates, str] = {
    Gates.OPEN: "有门槛不满足",
    Gates.UNDECIDED: "尚未判定",
    Gates.MET: "全部满足",
}
STANDINGS: Mapping[Standing, str] = {
    Standing.COUNTED: "已计分",
    Standing.MISSING: "未填报",
    Standing.NOT_APPLICABLE: "不适用",
    Standing.NOT_CONCERNED: "不涉及",
    Standing.UNRATED: "不计分（没有可用级别）",
}
MEMBER_STANDINGS: Mapping[MemberStanding, str] = {
    MemberStanding.COUNTED: "已计分",
    MemberStanding.MISSING: "未填报",
    MemberStanding.NOT_APPLICABLE: "不适用",
    MemberStanding.UNPUBLISHED: "未公布，不计分",
}
GATE_STATES: Mapping[GateState, str] = {
    GateState.PASSED: "满足",
    GateState.OPEN: "不满足",
    GateState.UNANSWERED: "未填报",
}
URGENCIES: Mapping[Urgency, str] = {Urgency.GATE: "门槛", Urgency.LARGE: "较大", Urgency.SMALL: "一般"}
EVIDENCE_KINDS: Mapping[EvidenceKind, str] = {
    EvidenceKind.LICENCE: "许可证照",
    EvidenceKind.CERTIFICATE: "认证证书",
    EvidenceKind.TEST_REPORT: "检测报告",
    EvidenceKind.LEDGER: "台账报表",
    EvidenceKind.INVOICE: "发票单据",
    EvidenceKind.CONTRACT: "合同协议",
    EvidenceKind.RULES: "制度文件",
    EvidenceKind.PHOTO: "现场照片",
    EvidenceKind.DRAWING: "图纸流程",
    EvidenceKind.OTHER: "其他",
}
SHELVES: Mapping[Shelf, str] = {Shelf.ALL: "全部", Shelf.EXPIRED: "已过期", Shelf.UNUSED: "未使用"}
ORDERS: Mapping[Order, str] = {
    Order.NEWEST: "最近上传",
    Order.TITLE: "名称",
    Order.VALID: "有效期先到",
    Order.LARGEST: "文件大小",
}
STATES: Mapping[str, str] = {
    "draft": "填报中",
    "submitted": "已提交",
    "returned": "已退回",
    "accepted": "已确认",
    "queued": "排队中",
    "running": "生成中",
    "done": "已生成",
    "failed": "未能生成",
}
SOURCE_STATUSES: Mapping[str, str] = {
    "in_force": "现行",
    "replaced": "已被代替",
    "draft": "征求意见稿",
    "reference": "参考资料",
}
DISTRICTS: Mapping[str, str] = {
    "330102": "上城区",
    "330105": "拱墅区",
    "330106": "西湖区",
    "330108": "滨江区",
    "330109": "萧山区",
    "330110": "余杭区",
    "330113": "临平区",
    "330114": "钱塘区",
    "330111": "富阳区",
    "330112": "临安区",
    "330122": "桐庐县",
    "330127": "淳安县",
    "330182": "建德市",
}
SCALES: Mapping[str, str] = {"large": "大型", "medium": "中型", "small": "小型", "micro": "微型"}
ROLES: Mapping[str, str] = {
    "manager": "企业",
    "reviewer": "主管部门",
    "consultant": "咨询机构",
    "operator": "系统管理员",
}

_TABLES: tuple[Mapping[Any, str], ...] = (
    COLUMNS,
    GRADES,
    EXTENTS,
    VERIFICATIONS,
    DIRECTIONS,
    COST_CLASSES,
    STANDINGS,
    MEMBER_STANDINGS,
    GATE_STATES,
    URGENCIES,
)
_LABELS: Mapping[Enum, str] = {member: text for table in _TABLES for member, text in table.items()}


def label(member: Enum) -> str:
    """The Chinese word for a member of any enumeration that people see; raises KeyError for another."""
    return _LABELS[member]


def verdict(one: GateVerdict) -> str:
    """What the gates say together, the same on every page and in print."""
    match one.verdict:
        case Verdict.OPEN:
            return f"{one.open} 项门槛不满足"
        case Verdict.UNDECIDED:
            return f"门槛尚未判定（缺 {len(one.lacking)} 项）"
        case Verdict.PROVISIONAL:
            return "已判定的门槛均满足，填报尚不完整"
        case Verdict.MET:
            return "门槛全部满足"
        case Verdict.MET_WITHOUT_LIMITS:
            return "否决项与基本要求均满足；本问卷没有可核实的限定性指标"
    assert_never(one.verdict)


def grade(reached: Grade | None, is_rated: bool = True) -> str:
    """The cleaner-production grade; None is 未达Ⅲ级 where there was something to rate."""
    if not is_rated:
        return NOT_RATED
    return GRADES[reached] if reached is not None else BELOW_GRADES


def client_line(name: str, stage: Stage, due: date | None) -> str:
    """A client in a list that a consultant mails to oneself."""
    until = f"，截止 {day(due)}" if due is not None else ""
    return f"· {name}：{CLIENT_STAGES[stage]}{until}"


def signatory(name: str) -> str:
    """Who signs for a consulting firm, on the cover."""
    return f"签字人：{name}" if name else ""


def blank_form_file(sector: str) -> str:
    """The name of the blank questionnaire for saving."""
    return f"{sector}_空白填报表.pdf"


def client_standing(line: Line) -> str:
    """Where a client stands and what is lacking, in one sentence of a letter."""
    told = [f"状态：{CLIENT_STAGES[line.client.stage]}"]
    if line.deadline is not None:
        told.append(f"截止日期 {day(line.deadline)}")
    if line.score is not None and line.client.stage is Stage.DRAFT:
        told.append(f"还有 {line.score.missing} 项没有填" if line.score.missing else "已填完，请核对后提交")
    if line.lacks:
        told.append(f"{line.lacks} 项缺少有效佐证")
    return "；".join(told) + "。"


def district(code: str) -> str:
    """The district's name, or the code itself where it is not one of Hangzhou's."""
    return DISTRICTS.get(code, code)


def scale(code: str) -> str:
    """The scale's name, or the code itself where it is unknown."""
    return SCALES.get(code, code)


def state(code: str) -> str:
    """The name of a state of an assessment or a report, or the code itself where it is unknown."""
    return STATES.get(code, code)


# ── Numbers ──────────────────────────────────────────────────────────────────


def number(value: Decimal | int | None, places: int | None = None) -> str:
    """`1234567.50` as 1,234,567.5, or with exactly `places` decimals; nothing is a dash.

    Without `places` the figure is shown as it was given, without trailing zeros and never as a power of ten.
    """
    if value is None:
        return NOTHING
    value = Decimal(value)
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        text = f"{value:,f}"
    else:
        text = f"{value:,f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    # The minus sign of good printing, not a hyphen; and no "−0".
    text = text.replace("-", "−")
    return text.removeprefix("−") if not value else text


def short(value: Decimal | int | None) -> str:
    """A figure for running text: three significant digits or the whole number, whichever is longer."""
    if value is None:
        return NOTHING
    value = Decimal(value)
    if not value:
        return "0"
    places = max(0, 2 - value.adjusted())
    return number(value.quantize(Decimal(1).scaleb(-min(places, 6)), rounding=ROUND_HALF_UP))


def points(value: Decimal | str | None) -> str:
    """Points with one decimal, as people read them everywhere but in the receipt; nothing counted is a dash.

    They are taken from the two decimals that a submission keeps, so that lists and results never differ.
    """
    return NOTHING if value is None or value == "" else number(rounded(Decimal(value)), 1)


def points_between(before: Decimal | None, after: Decimal | None) -> str:
    """`+23.5`: the difference of the two as they are shown, so that whoever subtracts them finds the same."""
    if before is None or after is None:
        return NOTHING
    low, high = (rounded(one).quantize(Decimal("0.1"), ROUND_HALF_UP) for one in (before, after))
    return f"{'+' if high >= low else ''}{number(high - low, 1)}"


def percent(value: Decimal | None, places: int = 0) -> str:
    """`63.4` as 63%."""
    return NOTHING if value is None else f"{number(value, places)}%"


def money(value: Decimal | None) -> str:
    """万元, rounded to what one would say."""
    return NOTHING if value is None else f"{short(value)} 万元"


def range_text(span: Range | None) -> str:
    """`2–3 万元`; a range of one value is that value."""
    if span is None:
        return NOTHING
    low, high = short(span.low), short(span.high)
    figure = low if low == high else f"{low}–{high}"
    return f"{figure} {span.unit}".rstrip() if span.unit != "%" else f"{figure}%"


def quantity(value: Decimal | None, unit: str) -> str:
    """A figure with its unit; per cent stands close, a bare number (unit 1) stands alone."""
    if value is None:
        return NOTHING
    if unit in ("%", "‰"):
        return f"{number(value)}{unit}"
    return number(value) if unit in ("", "1") else f"{number(value)} {unit}"


def amount(value: Decimal | None, unit: str) -> str:
    """A measured figure with its unit: four significant digits, so that a value and its distance agree."""
    return quantity(None if value is None else _shortened(value), unit)


def co2(text: str) -> Markup:
    """`CO2` and `CO₂` with a real subscript: the report's typeface has no ₂."""
    return Markup(re.sub(r"CO(?:2|₂)", "CO<sub>2</sub>", str(escape(text))))  # noqa: S704 - escaped just above


EVIDENCE_PERIOD = (
    "佐证日期不在评价期内",
    "核对检测报告、台账和发票上的日期：应为评价年度之内；确实沿用其他年度文件的，请说明原因",
)


def file_size(count: int) -> str:
    """1.4 MB, 320 KB: as file managers write it."""
    if count >= 1024**3:
        return f"{number((Decimal(count) / 1024**3).quantize(Decimal('0.1')))} GB"
    if count < 1024**2:
        return f"{max(1, round(count / 1024)):,} KB"
    return f"{number(Decimal(count) / 1024**2, 1)} MB"


# ── Dates ────────────────────────────────────────────────────────────────────


def local(moment: datetime) -> datetime:
    """An aware moment on Hangzhou's clock."""
    return moment.astimezone(BEIJING)


def day(moment: date | datetime | None) -> str:
    """2026-11-22."""
    if moment is None:
        return NOTHING
    return (local(moment) if isinstance(moment, datetime) else moment).strftime("%Y-%m-%d")


def long_day(moment: date | datetime | None) -> str:
    """2026年11月22日."""
    if moment is None:
        return NOTHING
    when = local(moment) if isinstance(moment, datetime) else moment
    return f"{when.year}年{when.month}月{when.day}日"


def minute(moment: datetime | None) -> str:
    """2026-11-22 14:32."""
    return NOTHING if moment is None else local(moment).strftime("%Y-%m-%d %H:%M")


def clock(moment: datetime) -> str:
    """14:32."""
    return local(moment).strftime("%H:%M")


# ── Problems ─────────────────────────────────────────────────────────────────

_PROBLEMS: Mapping[str, str] = {
    # numbers and answers
    "not_a_number": "请填写数字，例如 1234.5；不要写单位或文字",
    "not_an_object": "填报值应是一个 JSON 对象：条目编号对应填报值",
    "negative": "不能是负数，请核对正负号",
    "too_large": "数字太大：整数部分最多 {0} 位，请核对单位",
    "too_many_decimals": "小数太长：最多 {0} 位小数",
    "too_long": "内容太长：最多 {0} 个字",
    "share_without_partial": "只有选择“部分实施”时才填覆盖比例",
    "share_missing": "选择了“部分实施”，请填写覆盖比例（大于 0、小于 100 的百分数）",
    "share_out_of_range": "覆盖比例应大于 0、小于 100；已全部覆盖请选“全面实施”，尚未开始请选“未实施”",
    "reason_missing": "选择了“不适用”，请写明理由，例如“本厂无此工序”",
    "reason_too_long": "理由太长：最多 {0} 个字",
    "binding_not_applicable": "限定性指标对所有涉及的企业都适用，不能填“不适用”；本厂没有这道工序的，请在“企业与工艺”中改选工序",
    "not_an_option": "请从列出的选项中选择",
    "wrong_kind": "这一项不能这样填写，请重新选择",
    "unusual": "这个数与常见范围 {0}–{1} {2} 相差十倍以上，请核对单位和小数点；确认无误可以保留",
    "above_most": "不可能大于 {0} {1}，请核对数值和单位",
    "above_whole": "占比超过 100%，请核对分子、分母和单位；确认无误可以保留",
    "value_unconfirmed": "请核对这个数值，无误的勾选“数值确认无误”",
    "bad_grouping": "分隔的位置不对：千分位应三位一组，例如 1,234,567；小数点请用“.”",
    "unreadable": "这一项的内容无法识别，请重新填写",
    "unknown_item": "问卷中没有这一项",
    "missing": "请填写",
    "required": "请填写",
    "unprintable": "含有无法显示的字符，请删去后重新填写",
    # enterprise
    "uscc_missing": "请填写统一社会信用代码",
    "uscc_length": "统一社会信用代码应为 18 位，现在是 {0} 位",
    "uscc_region": "第 3–8 位应为登记机关行政区划码（6 位数字），现在是“{0}”",
    "uscc_letters": "统一社会信用代码只含数字和大写字母（不含 I、O、S、V、Z），请核对：{0}",
    "uscc_check_digit": "第 18 位校验码不对：按前 17 位计算应为 {0}。请对照营业执照逐位核对",
    "uscc_taken": "这家企业已经登记过。请向已登记的同事索取邀请，加入后即可共同填报",
    "name_missing": "请填写名称",
    "name_too_long": "名称太长：最多 {0} 个字",
    "district_unknown": "请选择所在区、县（市）",
    "sector_unknown": "请选择行业",
    "scale_unknown": "请选择企业规模",
    "mail_missing": "请填写电子邮箱",
    "mail_form": "电子邮箱格式不对，应类似 name@example.cn",
    "mobile_missing": "请填写手机号码",
    "mobile_form": "手机号码应为 11 位数字，以 1 开头",
    "phone_form": "电话号码格式不对，例如 0571-87654321 或 13800000000",
    # account
    "mail_taken": "这个邮箱已经注册，请直接登录，忘记密码可以重置",
    "mobile_taken": "这个手机号码已经注册，请直接登录，忘记密码可以重置",
    "login_missing": "请填写邮箱或手机号码",
    "password_missing": "请填写密码",
    "password_short": "密码至少 {0} 个字符",
    "password_long": "密码最多 {0} 个字符",
    "password_is_login": "密码不能与邮箱、手机号码或姓名相同",
    "password_wrong": "当前密码不对",
    "password_common": "这个密码太常见，请换一个",
    "password_repeat": "两次输入的密码不一样",
    "sign_in_failed": "账号或密码不对。连续 5 次错误后，账号会锁定 15 分钟",
    "locked": "错误次数过多，账号已锁定。请在 15 分钟后再试，或通过“忘记密码”重置",
    "token_invalid": "链接已失效或已使用过，请重新申请",
    "invitation_invalid": "邀请链接已失效或已使用过，请向同事重新索取",
    "already_colleague": "这位同事已经可以填报本企业",
    # review
    "verdict_changed": "这一项的审核意见已在别处改过，请核对最新的意见后再存",
    "reason_wanted": "请选择核减理由",
    "counted_wanted": "请选择或填写核定的内容",
    "not_lower": "核减后的内容应低于企业填报的内容；相同的请选“确认”",
    "days_out_of_range": "期限应为 {0} 到 {1} 天",
    "nothing_sent_back": "还没有要求补正的项目。请先在相应项目上选“要求补正”并写明要求",
    "not_all_judged": "还有 {0} 项没有审核意见：打开“还没有意见的”逐项审核；没有要求过补正的，也可以用“其余各项按填报值确认”",
    "remark_wanted": "请写明意见或理由",
    "still_sent_back": "还有 {0} 项要求补正：请先发出补正通知，或改为确认、核减",
    "too_many_phrases": "常用语最多 {0} 条，请先删去不用的",
    "ruling_wanted": "请选择采纳、部分采纳或维持",
    "not_between": "部分采纳应介于核减后的结果与企业填报之间",
    "reply_wanted": "还没有答复：请改正填报内容、补充佐证，或写明情况",
    "extension_asked": "本轮已经申请过延期，请等待主管部门答复",
    "extension_granted": "本轮期限已经延长过一次，不能再申请",
    "objection_wanted": "还没有写异议理由：请至少在一项核减下写明理由",
    # assessment
    "not_editable": "这份自评价已经提交，内容不能再修改",
    "too_many_changes": "一次保存的内容太多，请分次保存",
    "to_confirm": "上年度带入的内容，请核对后确认",
    "not_reopened": "这一项没有要求补正，不能再修改",
    # evidence
    "day_form": "日期不对，请按 2026-11-22 的样子填写",
    "valid_before_issued": "有效期不能早于文件日期",
    "too_many_links": "一个条目最多附 {0} 个文件，请先取下不用的",
    "too_many_files": "一次最多上传 {0} 个文件，请分几次上传",
    "file_empty": "文件是空的，请重新选择",
    "file_too_large": "文件超过 {0} MB，请压缩或拆分后再上传",
    "file_unknown": "只能上传 PDF、JPG、PNG、Word（docx）、Excel（xlsx）文件；这个文件的内容不是其中之一",
    "file_archive": "压缩包不能上传，请解压后逐个上传里面的文件",
    "file_heic": "这是苹果手机的 HEIC 照片，请转成 JPG 再上传：在手机“设置 → 相机 → 格式”中选“兼容性最佳”后重拍，或在“照片”中截图",
    "file_other_picture": "这种图片格式不能上传，请另存为 JPG 或 PNG",
    "file_ofd": "OFD 版式文件请用阅读器另存为 PDF 再上传",
    "file_old_office": "这是旧版 Word、Excel 文件（doc、xls），请另存为 docx 或 xlsx 再上传",
    "file_encrypted": "文件有打开密码，请去掉密码后再上传",
    "file_macros": "文件含有宏、控件或外部模板，请另存为不带宏的 docx、xlsx，或导出为 PDF",
    "file_scripts": "PDF 中含有脚本或启动程序的动作，请用“打印为 PDF”另存一份再上传",
    "file_too_many_pages": "PDF 超过 {0} 页，请拆分后再上传",
    "file_too_many_pixels": "图片超过 {0} 万像素，请缩小后再上传",
    "file_unpacks_too_large": "文件展开后太大，请删去多余的内容，或导出为 PDF",
    "file_damaged": "文件打不开，可能已损坏，请在电脑上确认能正常打开后重新上传",
    "quota_reached": "佐证库已满（上限 {0} MB），请先移除不用的文件",
    "store_full": "服务器磁盘已满，文件没有保存。请通知系统管理员，然后再传一次",
    "store_unreachable": "暂时连不上文件存储，文件没有保存。请稍后再传一次",
    "nothing_chosen": "请先选择文件",
    "nothing_counted": "还没有任何可以计分的填报内容，请先填报再提交",
    "campaign_not_open": "本年度自评价从 {0} 开始受理提交。现在可以先填报，内容会一直保留",
    "campaign_closed": "本年度自评价已于 {0} 截止，不能再提交。填报的内容仍然保留；需要补报的，请联系所在区、县（市）主管部门",
    # scenarios and the ledger
    "too_many_scenarios": "方案太多：最多 {0} 个，请先删去不用的",
    "changed_meanwhile": "您打开这一页之后内容有了变动，没有照做。下面是现在的内容，请核对后再操作",
    "too_much_money": "金额太大，请核对单位是否为万元",
    "goal_missing": "请至少填写一个目标：得分、等级或档次",
    "target_out_of_range": "目标得分应为 0 到 100 之间的数",
    "finished_before_started": "完成日期不能早于开始日期",
    "finished_ahead": "完成日期不能晚于今天；还没有完成的，请填计划日期",
    "finished_missing": "状态为“已完成”，请填写完成日期",
    # mandates
    "holder_unknown": "没有找到这个邮箱或邀请码对应的咨询人员或机构，请核对",
    "scopes_missing": "请至少选择一项授权内容",
    "mandate_ended": "结束日期不能早于今天和开始日期",
    "mandate_too_long": "一次授权最长 {0} 年",
    "firm_taken": "这个统一社会信用代码已经登记为咨询机构，请原机构的同事把您加入",
    "in_a_firm": "这位同事已经属于一家咨询机构",
    "last_of_firm": "机构里只剩一个人，不能移出",
    "logo_kind": "标志只能是 PNG 或 JPEG 图片",
    # campaigns
    "year_form": "年度应为四位数字，例如 2026",
    "campaign_there": "{0} 年度已经有一个批次，请直接修改它",
    "closes_before_opens": "截止日期不能早于开始日期",
    "sectors_missing": "请至少选择一个行业",
    "published_fixed": "批次已经发布，这一项不能再改",
    "opens_later": "批次已经发布，开始日期只能提前，不能晚于 {0}",
    "closes_earlier": "批次已经发布，截止日期只能延后，不能早于 {0}",
    "rung_points": "分数应为 0 到 100 之间的数，最多 1 位小数",
    "rung_twice": "档次名称不能重复",
    "table_empty": "表格中没有内容：第一行应为列名，以下每行一家企业",
    "table_too_long": "行数太多：一次最多 {0} 家企业",
    "column_missing": "缺少这一列",
    "uscc_twice": "同一个统一社会信用代码出现了两次：{0}",
    "district_unread": "不是杭州市的区、县（市），例如：富阳区",
    "sector_unread": "不是问卷中的行业，例如：水泥",
    "file_not_a_table": "无法读成表格：请上传 .xlsx 或 .csv 文件，或从 Excel 中复制后粘贴",
    # the offline workbook
    "workbook_not_xlsx": "这不是 Excel 工作簿（.xlsx）。请用本系统导出、填好后仍保存为 .xlsx 的填报表（用 WPS 填写的也请选“.xlsx”）",
    "workbook_foreign": "这不是本系统导出的离线填报表，或者已被另存成别的样子。请重新导出，把内容填进新表",
    "workbook_stamp_edited": "表中隐藏的版本信息被改动过，不能导入。请重新导出，把内容填进新表",
    "workbook_other_questionnaire": "这是另一个行业的填报表，不能导入这份自评价",
    "workbook_other_version": "这份表用的是问卷版本 {0}，自评价用的是 {1}，不能导入。请重新导出",
    "workbook_other_assessment": "这份表是从另一份自评价导出的，不能导入这里",
    "workbook_sheet_missing": "缺少这张工作表，或者改了名称",
    "workbook_id_unknown": "这一行隐藏的条目编号被改动过",
    "workbook_id_twice": "这一行是复制出来的：同一条目出现了两次",
    "workbook_id_missing": "缺少条目“{0}”的行，请不要删除行",
    "workbook_error": "公式有错误或没有算出结果，请改成数值",
    "workbook_day": "这是日期格式，请把单元格改为“常规”后重新填写",
    "workbook_merged": "单元格被合并过，分不清各格填的内容。请取消合并，逐格填写",
    "workbook_percent": "这是百分比格式，请按“单位”一列填写数字",
    "workbook_value_and_reason": "既填了内容又写了不适用理由，请只留一种",
    "workbook_share_alone": "只填了覆盖比例，请在“填报”一列选择“部分实施”",
    "workbook_too_long": "表中有很远的单元格写了内容，请删去表格以外的内容",
    # staff
    "account_disabled": "这个账号还没有开通或已被停用，请联系系统管理员",
    "office_missing": "请填写单位和科室",
    "own_account": "不能对自己的账号做这件事，请由另一位管理员办理",
    "staff_there": "已经有可用的{0}账号，请在网页上由系统管理员建立账号、安全管理员授予角色",
    "last_of_role": "这是最后一个可用的{0}账号，不能停用或改作他用",
    "not_granted": "安全管理员还没有授予角色，账号不能启用",
    "jurisdiction_missing": "审核人员需要指定管辖范围",
    "jurisdiction_unwanted": "只有审核人员有管辖范围",
}


def problem(one: Problem) -> str:
    """The sentence for one problem: what is wrong and what to do."""
    sentence = _PROBLEMS.get(one.code)
    if sentence is None:
        return "请核对这一项"
    details = tuple(_figure(detail) for detail in one.details)
    return sentence.format(*details, *("…" for _ in range(3)))


# Why a report could not be printed, as the worker notes it; anything else is worded by the report itself.
REPORT_ERRORS: Mapping[str, str] = {
    "abandoned": "打印程序多次中断，请重新生成；仍不成功请联系管理员",
    "crashed": "打印程序意外退出，请重新生成；仍不成功请联系管理员",
    "mandate_over": "企业的授权已经结束或不包括打印",
    "file_gone": "印好的文件不在存储中，请重试",
    "NotFound:": "报告对应的自评价已不能打印，授权可能已经结束",
    "StoreUnreachable:": "佐证存储暂时无法访问，请稍后重新生成；仍不成功请联系管理员",
}


def report_error(code: str) -> str:
    """The sentence for a report that failed."""
    return REPORT_ERRORS.get(code.partition(" ")[0], code)


def batch_file(title: str, count: int, kind: str) -> str:
    """The name under which a file of a batch is saved."""
    what = {"zip": "改进报告", "pdf": "改进报告合并打印件", "xlsx": "改进报告目录"}[kind]
    return f"{title}_{what}_{count}份.{kind}"


def white_paper_file(year: int, district: str) -> str:
    """The name under which a year's white paper is saved, without its ending."""
    return f"{year}_{DISTRICTS.get(district, '杭州市')}_绿色工厂自评价白皮书"


def report_file(year: int, enterprise: str, number: str) -> str:
    """The name under which a report is downloaded; characters that file systems refuse become spaces."""
    return f"{year}_{file_part(enterprise)}_自评价改进报告_{number or '草稿'}.pdf"


def package_file(year: int, enterprise: str, number: str) -> str:
    """The name under which an application package is downloaded."""
    return f"{year}_{file_part(enterprise)}_申报包_{number}.zip"


def finding(one: Finding) -> str:
    """What the data check found, in figures; what to look at stands in the rule itself."""
    figures = [quantity(_shortened(value), unit) for value, unit in one.figures]
    match one.check.rule:
        case Agree(tolerance=tolerance):
            return f"两处数据为 {figures[0]} 与 {figures[1]}，相差超过 {number(tolerance)}%"
        case AtMost():
            return f"{figures[0]}，不应大于 {figures[1]}"
        case Within():
            return f"{figures[0]}，应在 {figures[1]} 到 {figures[2]} 之间"
        case Contradiction(beyond=beyond):
            than = "高于" if beyond is Direction.LARGER else "低于"
            return f"填报的措施已实施，指标却为 {figures[0]}，{than} {figures[1]}"
        case Jump(share=share):
            return f"上年 {figures[0]}，本年 {figures[1]}，变化超过 {number(share)}%"
        case OfTheYear(year=year, found=found):
            dated = "、".join(f"“{title}”（{day(on)}）" for title, on in found[:5])
            more = f"等 {len(found)} 个文件" if len(found) > 5 else ""
            return f"{dated}{more}的日期不在 {year} 年度内"
        case _:
            assert_never(one.check.rule)


def _shortened(value: Decimal) -> Decimal:
    """Four significant digits, whole numbers untouched: a computed figure has many more than anyone reads."""
    places = max(0, 3 - value.adjusted()) if value else 0
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def knows(code: str) -> bool:
    """Whether there is a sentence for the code of a problem."""
    return code in _PROBLEMS


def _figure(detail: str) -> str:
    """A detail that is a plain number gets its thousands separators."""
    return number(Decimal(detail)) if re.fullmatch(r"-?\d{4,}(\.\d+)?", detail) else detail


FILTERS: Mapping[str, Callable[..., object]] = {
    "label": label,
    "grade": grade,
    "number": number,
    "short": short,
    "points": points,
    "percent": percent,
    "money": money,
    "range_text": range_text,
    "quantity": quantity,
    "amount": amount,
    "co2": co2,
    "day": day,
    "long_day": long_day,
    "minute": minute,
    "clock": clock,
    "district": district,
    "scale": scale,
    "state": state,
    "problem": problem,
    "finding": finding,
    "verdict": verdict,
    "file_size": file_size,
    # Members of these share their values with other enumerations, so that `label` cannot tell them apart.
    "evidence_kind": EVIDENCE_KINDS.__getitem__,
}
