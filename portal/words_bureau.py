"""The Chinese words of the bureau's work: states, deeds, verdicts, reasons, kinds of evidence, roles and places."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from portal import words
from portal.core.advice import Range
from portal.core.audit import Event, Line, Outcome
from portal.core.campaign import CampaignState, Channel, LetterState
from portal.core.disclosure import LEAST, Place
from portal.core.evidence import EvidenceKind
from portal.core.levels import Grade
from portal.core.panels import Figure
from portal.core.participation import Participant, Stage
from portal.core.printing import JobKind
from portal.core.review import Deed, Objection, Party, Reason, ReviewState, VerdictKind
from portal.core.roles import CITY, Role
from portal.core.verification import FileVerdict, SignatureState

REVIEW_STATES: Mapping[ReviewState, str] = {
    ReviewState.WAITING: "待初审",
    ReviewState.REVIEWING: "初审中",
    ReviewState.RETURNED: "待补正",
    ReviewState.FORWARDED: "待复核",
    ReviewState.RECHECKING: "复核中",
    ReviewState.RETURNED_BY_CITY: "待补正（市级）",
    ReviewState.CONFIRMED: "已确认",
    ReviewState.OBJECTED: "异议处理中",
    ReviewState.CLOSED: "异议已处理",
}
PARTIES: Mapping[Party, str] = {
    Party.ENTERPRISE: "企业",
    Party.DISTRICT: "区县（初审）",
    Party.CITY: "市级（复核）",
}
DEEDS: Mapping[Deed, str] = {
    Deed.TAKE: "领取",
    Deed.RELEASE: "退回待办",
    Deed.HAND_OVER: "移交",
    Deed.JUDGE: "逐项审核",
    Deed.RETURN: "发出补正通知",
    Deed.ASK_EXTENSION: "申请延长补正期限",
    Deed.EXTEND: "延长补正期限",
    Deed.CORRECT: "补正",
    Deed.RESUBMIT: "补正后再次提交",
    Deed.RECALL: "逾期收回",
    Deed.FORWARD: "初审通过，报市级复核",
    Deed.SEND_BACK: "退回初审",
    Deed.CONFIRM: "复核确认",
    Deed.OBJECT: "提出异议",
    Deed.DECIDE: "答复异议",
}
PAPERS: Mapping[JobKind, str] = {
    JobKind.REPORT: "改进报告",
    JobKind.NOTICE: "补正通知书",
    JobKind.OPINION: "审核意见表",
    JobKind.WHITE_PAPER: "年度白皮书",
    JobKind.PACKAGE: "申报包",
    JobKind.BLANK: "空白填报表",
}
FILE_VERDICTS: Mapping[FileVerdict, tuple[str, str]] = {
    FileVerdict.UNCHANGED: ("文件未被改动", "这份文件与本门户出具时逐字节一致。"),
    FileVerdict.REVOKED: ("这份文件已撤销", "文件本身未被改动，但出具后已被撤销，不再有效。"),
    FileVerdict.CHANGED: (
        "文件与签名不符",
        "文件带有数字签名，但签名之后文件被改动过，或签名本身已损坏。请向提供者索取原件。",
    ),
    FileVerdict.UNRECORDED: (
        "门户没有登记这份文件",
        "文件带有本门户的签名，但与登记的任何一份都不一致：可能被改动过，也可能之后重新生成过。不能确认，请索取新的一份。",
    ),
    FileVerdict.ELSEWHERE: (
        "不是本门户登记的文件",
        "门户没有出具过与它逐字节一致的文件：它来自别处，或者被改动、另存、合并过。请核对原件。",
    ),
}
SIGNATURES: Mapping[SignatureState, str] = {
    SignatureState.NONE: "没有数字签名",
    SignatureState.OURS: "签名有效，覆盖整个文件",
    SignatureState.BROKEN: "签名无效",
    SignatureState.FOREIGN: "文件与签名相符，但不是本门户现用证书的签名",
}
VERDICTS: Mapping[VerdictKind, str] = {
    VerdictKind.CONFIRMED: "确认",
    VerdictKind.LOWERED: "核减",
    VerdictKind.RETURNED: "要求补正",
}
REASONS: Mapping[Reason, str] = {
    Reason.NO_EVIDENCE: "缺少佐证",
    Reason.EVIDENCE_EXPIRED: "佐证已过有效期",
    Reason.EVIDENCE_UNCLEAR: "佐证不清晰或不完整",
    Reason.NOT_COVERED: "佐证不足以支持所填程度",
    Reason.WRONG_PERIOD: "佐证或数据不在评价期内",
    Reason.WRONG_FIGURE: "数值与佐证或台账不符",
    Reason.NOT_IN_PLACE: "现场未实施或未运行",
    Reason.NOT_APPLICABLE: "“不适用”理由不成立",
    Reason.OTHER: "其他",
}
EVIDENCE_KINDS: Mapping[EvidenceKind, str] = {
    EvidenceKind.LICENCE: "证照许可",
    EvidenceKind.CERTIFICATE: "认证证书",
    EvidenceKind.TEST_REPORT: "检测报告",
    EvidenceKind.LEDGER: "台账报表",
    EvidenceKind.INVOICE: "票据账单",
    EvidenceKind.CONTRACT: "合同协议",
    EvidenceKind.RULES: "制度方案",
    EvidenceKind.PHOTO: "现场照片",
    EvidenceKind.DRAWING: "图纸流程图",
    EvidenceKind.OTHER: "其他",
}
LETTERS: Mapping[str, str] = {
    "campaign_invitation": "邀请",
    "campaign_reminder": "到期提醒",
    "campaign_call": "催报",
    "client_nudge": "咨询机构催办",
    "returned": "补正通知",
    "returned_by_city": "市级要求补正（告知初审）",
    "extended": "补正延期",
    "extension_asked": "申请延期",
    "resubmitted": "补正已提交",
    "confirmed": "复核确认",
    "objected": "异议",
    "decided": "异议答复",
}
CAMPAIGN_STATES: Mapping[CampaignState, str] = {
    CampaignState.DRAFT: "未发布",
    CampaignState.PUBLISHED: "已发布",
}
CHANNELS: Mapping[Channel, str] = {Channel.MAIL: "邮件", Channel.SMS: "短信"}
LETTER_STATES: Mapping[LetterState, str] = {
    LetterState.WAITING: "待发",
    LetterState.SENT: "已发",
    LetterState.FAILED: "未发出",
}
STAGES: Mapping[Stage, str] = {
    Stage.UNREGISTERED: "未注册",
    Stage.NOT_BEGUN: "未开始",
    Stage.DRAFT: "填报中",
    Stage.SUBMITTED: "已提交",
}
# What the columns of a list of invitees are called, and what else people call them.
INVITEE_COLUMNS: Mapping[str, str] = {
    "uscc": "统一社会信用代码",
    "name": "企业名称",
    "district": "区县",
    "sector": "行业",
    "mail": "邮箱",
    "mobile": "手机",
}
INVITEE_HEADINGS: Mapping[str, str] = {
    spelt: field for field, title in INVITEE_COLUMNS.items() for spelt in (title, field)
} | {
    "信用代码": "uscc",
    "社会信用代码": "uscc",
    "名称": "name",
    "单位名称": "name",
    "所在区县": "district",
    "区、县(市)": "district",
    "所在区、县(市)": "district",
    "所属行业": "sector",
    "电子邮箱": "mail",
    "联系邮箱": "mail",
    "手机号": "mobile",
    "手机号码": "mobile",
    "联系手机": "mobile",
}
INVITEE_SHEET = "企业名单"
INVITEE_EXAMPLE = ("91330111MA2DEM001F", "示例企业（请删去本行）", "富阳区", "name@example.cn", "13800000000")
DISTRICT_CODES: Mapping[str, str] = {
    spelt: code
    for code, name in words.DISTRICTS.items()
    for spelt in (code, name, name.removesuffix("区").removesuffix("县").removesuffix("市"))
}
PARTICIPANT_COLUMNS: tuple[tuple[str, int], ...] = (
    ("企业名称", 34),
    ("统一社会信用代码", 22),
    ("区、县（市）", 12),
    ("行业", 10),
    ("进度", 10),
    ("提交时间", 18),
    ("名单内", 8),
    ("邮箱", 26),
    ("电话", 18),
)
OUTCOMES: Mapping[Outcome, str] = {Outcome.DONE: "完成", Outcome.REFUSED: "被拒绝"}
AUDIT_SHEET = "审计日志"
AUDIT_COLUMNS: tuple[tuple[str, int], ...] = (
    ("序号", 8),
    ("时间", 18),
    ("操作人", 12),
    ("身份", 12),
    ("来源地址", 16),
    ("操作", 22),
    ("对象", 10),
    ("对象编号", 16),
    ("结果", 8),
    ("操作前", 40),
    ("操作后", 40),
    ("校验值", 20),
)
# Deeds that are not here are shown as they are kept.
AUDIT_DEEDS: Mapping[str, str] = {
    "account.register": "注册账号",
    "account.sign_in": "登录",
    "account.sign_out": "退出登录",
    "account.ask_reset": "申请重置密码",
    "account.reset": "重置密码",
    "account.change_password": "修改密码",
    "account.invite": "邀请同事",
    "account.join": "加入企业",
    "mandate.grant": "授予委托",
    "mandate.revoke": "撤销委托",
    "firm.create": "登记咨询机构",
    "firm.change": "修改咨询机构",
    "firm.join": "加入咨询机构",
    "firm.leave": "离开咨询机构",
    "firm.remind": "提醒自己",
    "firm.nudge": "提醒客户企业",
    "firm.export": "导出客户清单",
    "batch.start": "开始批量打印",
    "batch.pause": "暂停批量打印",
    "batch.resume": "继续批量打印",
    "batch.cancel": "取消批量打印",
    "batch.retry": "重试批量打印",
    "batch.fetch": "下载批量打印",
    "answer.save": "保存填报值",
    "workbook.apply": "导入离线填报表",
    "workbook.print": "打印空白填报表",
    "workbook.export": "导出离线填报表",
    "assessment.start": "开始自评价",
    "assessment.carry_over": "带入上年内容",
    "assessment.submit": "提交自评价",
    "audit.check": "校验审计日志",
    "audit.export": "导出审计日志",
    "campaign.create": "新建批次",
    "campaign.change": "修改批次",
    "campaign.publish": "发布批次",
    "campaign.invite": "导入企业名单",
    "campaign.withdraw": "移出企业名单",
    "campaign.remind": "发送催报提醒",
    "campaign.export": "导出企业进度",
    "data_check.explain": "说明体检发现",
    "enterprise.create": "登记企业",
    "enterprise.change": "修改企业信息",
    "evidence.add": "上传佐证",
    "evidence.change": "修改佐证信息",
    "evidence.remove": "移除佐证",
    "evidence.restore": "恢复佐证",
    "evidence.link": "关联佐证",
    "evidence.unlink": "取消关联佐证",
    "evidence.fetch": "查看佐证",
    "file.export": "导出文件",
    "letter.retry": "重新发送信件",
    "paper.ask": "生成审核文书",
    "paper.fetch": "下载审核文书",
    "demo.seed": "写入演示数据",
    "measure.add": "新增措施",
    "measure.export": "导出整改台账",
    "measure.link": "台账附上佐证",
    "measure.unlink": "台账移除佐证",
    "measure.change": "修改措施",
    "measure.remove": "删除措施",
    "phrase.add": "新增常用语",
    "phrase.remove": "删除常用语",
    "report.ask": "生成报告",
    "package.ask": "生成申报包",
    "report.fetch": "下载报告",
    "report.revoke": "撤销报告",
    "review.take": "领取审核",
    "review.release": "退回待办",
    "review.hand_over": "移交审核",
    "review.judge": "逐项审核",
    "review.return": "发出补正通知",
    "objection.draft": "起草异议",
    "review.ask_extension": "申请延长补正期限",
    "review.correct": "补正",
    "review.extend": "延长补正期限",
    "review.recall": "逾期收回",
    "review.reply": "答复补正意见",
    "review.resubmit": "补正后再次提交",
    "review.forward": "初审通过",
    "review.send_back": "退回初审",
    "review.confirm": "复核确认",
    "review.object": "提出异议",
    "review.decide": "答复异议",
    "verdict.confirm_rest": "其余条目一并确认",
    "verdict.save": "保存逐项意见",
    "scenario.change": "修改方案",
    "scenario.choose": "选定方案",
    "scenario.create": "新建方案",
    "scenario.remove": "删除方案",
    "statistics.rebuild": "重建统计",
    "white_paper.ask": "生成白皮书",
    "white_paper.fetch": "下载白皮书",
    "staff.bootstrap": "命令行建立管理员",
    "staff.create": "新建工作人员账号",
    "staff.disable": "停用账号",
    "staff.enable": "启用账号",
    "staff.grant": "授予角色",
    "staff.reset": "发送重置密码链接",
    "staff.revoke": "收回角色",
}
AUDIT_KINDS: Mapping[str, str] = {
    "account": "账号",
    "address": "网址",
    "assessment": "自评价",
    "audit": "审计日志",
    "campaign": "批次",
    "enterprise": "企业",
    "evidence": "佐证",
    "letter": "信件",
    "measure": "措施",
    "scenario": "方案",
    "statistics": "统计",
    "white_paper": "白皮书",
    "demo": "演示数据",
    "mandate": "委托",
    "phrase": "常用语",
    "report": "报告",
    "review": "审核",
}
AUDIT_FIELDS: Mapping[str, str] = {
    "": "",
    "name": "名称",
    "mail": "邮箱",
    "mobile": "手机",
    "office": "单位",
    "role": "身份",
    "jurisdiction": "管辖范围",
    "uscc": "统一社会信用代码",
    "district": "区、县（市）",
    "sector": "行业",
    "scale": "规模",
    "products": "主要产品",
    "address": "地址",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "contact_mail": "联系邮箱",
    "year": "年度",
    "title": "名称",
    "sectors": "行业",
    "opens_on": "开始日期",
    "closes_on": "截止日期",
    "rungs": "档次",
    "notice": "通知正文",
    "letters": "信件数",
    "rows": "行数",
    "lines": "行数",
    "checked": "已校验行数",
    "broken": "首个不符的行",
    "lost": "缺失至第几行",
    "item": "条目",
    "kind": "类别",
    "state": "状态",
    "round": "轮次",
    "comment": "意见",
    "counted": "核定内容",
    "reason": "理由",
    "due_at": "期限",
    "valid_until": "有效期至",
    "issued_on": "文件日期",
    "size": "大小",
    "sha256": "文件校验值",
    "holder": "经办人",
    "opinion": "意见",
    "points": "得分",
    "grade": "等级",
}
AUDIT_WORDS: Mapping[str, str] = {
    "password": "密码不对",
    "locked": "账号已锁定",
    "inactive": "账号未开通或已停用",
} | {state.value: text for state, text in REVIEW_STATES.items()}
ROLES: Mapping[Role, str] = {
    Role.MANAGER: "企业填报人",
    Role.REVIEWER: "审核人员",
    Role.CONSULTANT: "咨询机构",
    Role.OPERATOR: "系统管理员",
    Role.SECURITY: "安全管理员",
    Role.AUDITOR: "审计管理员",
}


# What stands in the head of the page, by role.
DOORS: Mapping[Role, tuple[tuple[str, str], ...]] = {
    Role.MANAGER: (("/desk", "我的自评价"),),
    Role.CONSULTANT: (("/clients", "客户"), ("/batches", "批量打印"), ("/firm", "本机构")),
    Role.REVIEWER: (("/reviews", "审核"), ("/campaigns", "年度批次"), ("/statistics", "统计")),
    Role.OPERATOR: (("/staff", "账号"),),
    Role.SECURITY: (("/staff", "账号与授权"),),
    Role.AUDITOR: (("/audit", "审计日志"),),
}


def standing(role: Role, code: str) -> str:
    """What a member of the staff is: 审核人员（富阳区）."""
    return f"{ROLES[role]}（{jurisdiction(code)}）" if code else ROLES[role]


def ruling(objection: Objection) -> str:
    """What became of an objection."""
    if objection.is_granted is None:
        return "处理中"
    if not objection.is_granted:
        return "维持核减"
    return "采纳" if objection.counted is None else "部分采纳"


def office(party: Party, district: str) -> str:
    """The bureau that acts, by its full name."""
    return f"{jurisdiction(CITY if party is Party.CITY else district)}主管部门"


def jurisdiction(code: str) -> str:
    """The name of a bureau's jurisdiction."""
    return "杭州市" if code == CITY else words.DISTRICTS.get(code, code)


def audit_deed(code: str) -> str:
    """The deed of a line of the audit trail; a refused address is told as it was."""
    return AUDIT_DEEDS.get(code, code)


def audit_value(field: str, value: object, sectors: Mapping[str, str]) -> str:
    """A value of a line of the audit trail, as far as there is a word for it; `sectors` are named by the library."""
    if value is None or value == "":
        return words.NOTHING
    if value == "sealed":
        return "（填报内容，不在审计中显示）"
    if isinstance(value, list):
        if len(value) > 20:
            return f"共 {len(value)} 项"
        return "、".join(audit_value(field, one, sectors) for one in value)
    if isinstance(value, dict):
        return "；".join(
            f"{AUDIT_FIELDS.get(key, key)} {audit_value(key, one, sectors)}" for key, one in value.items()
        )
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    match field:
        case "role" if text in set(Role):
            return ROLES[Role(text)]
        case "sector" | "sectors":
            return sectors.get(text, text)
        case "jurisdiction":
            return jurisdiction(text)
        case "district":
            return words.district(text)
        case "scale":
            return words.scale(text)
    return AUDIT_WORDS.get(text, text)


def audit_changes(event: Event, sectors: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What was there before and after, field by field; a text that is no object stands in one line."""
    before, after = _fields(event.before), _fields(event.after)
    return [
        (
            AUDIT_FIELDS.get(key, key),
            audit_value(key, before[key], sectors) if key in before else words.NOTHING,
            audit_value(key, after[key], sectors) if key in after else words.NOTHING,
        )
        for key in dict.fromkeys((*before, *after))
    ]


def _fields(text: str) -> dict[str, object]:
    if not text:
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    return value if isinstance(value, dict) else {"": value}


def audit_row(line: Line, sectors: Mapping[str, str]) -> tuple[str | int | datetime | None, ...]:
    """A line of the exported trail, in the order of AUDIT_COLUMNS."""
    event = line.event
    changes = audit_changes(event, sectors)
    return (
        line.number,
        line.at,
        line.name or words.NOTHING,
        ROLES[Role(line.role)] if line.role in set(Role) else words.NOTHING,
        line.origin,
        audit_deed(event.deed),
        AUDIT_KINDS.get(event.subject_kind, event.subject_kind),
        event.subject_id,
        OUTCOMES[event.outcome],
        "\n".join(f"{name} {before}".strip() for name, before, _ in changes if before != words.NOTHING),
        "\n".join(f"{name} {after}".strip() for name, _, after in changes if after != words.NOTHING),
        line.hash,
    )


def participant_row(one: Participant, sector: str) -> tuple[str | datetime | None, ...]:
    """A line of the exported list, in the order of PARTICIPANT_COLUMNS."""
    return (
        one.name,
        one.uscc,
        words.district(one.district),
        sector,
        STAGES[one.stage],
        one.submitted_at,
        "是" if one.is_invited else "否",
        one.mail,
        one.mobile,
    )


def difference(declared: Decimal | None, verified: Decimal | None) -> str:
    """How far the verified points lie from the declared ones, with its sign."""
    if declared is None or verified is None:
        return words.NOTHING
    apart = verified - declared
    if not apart:
        return "0.0"
    return ("+" if apart > 0 else "−") + words.points(abs(apart))


# ── Statistics ───────────────────────────────────────────────────────────────

HIDDEN = f"少于 {LEAST} 家，不显示"
WITHHELD = "不显示"  # large enough, but a small group could be worked out from it
HIDDEN_NOTE = f"企业少于 {LEAST} 家的组不显示，能由别的数推算出它们的组也不显示；均值取一位小数，占比取整。"
SPREAD_NOTE = f"分数段和等级按全市统一划分，企业少于 {LEAST} 家的段与相邻段合并。"
SPREADS: Mapping[str, str] = {
    "points": "自评得分",
    "verified": "核定得分",
    "grades": "自评等级",
    "verified_grades": "核定等级",
}
BY_SECTOR, BY_DISTRICT = "各行业均分", "各区、县（市）均分"
HEAT = "各行业最常见的差距（有差距的企业占比）"
_BELOW = "未达Ⅲ级或未评级"


def grade_key(key: str) -> str:
    """A grade as the sums write it."""
    return words.GRADES[Grade(key)] if key in {one.value for one in Grade} else _BELOW


def grade_class(keys: Sequence[str]) -> str:
    """One class of a distribution of grades, such as Ⅰ级、Ⅱ级."""
    return "、".join(grade_key(key) for key in keys)


def place(one: Place, sector: Callable[[str], str]) -> str:
    """富阳区, 全市水泥, 富阳区水泥; `sector` gives a sector's name."""
    where = words.district(one[0]) if one[0] else "全市"
    return where + (sector(one[1]) if one[1] else "")


def money(figure: Figure | None) -> str:
    """Yuan as 万元 or 亿元, from low to high."""
    if figure is None:
        return words.NOTHING
    by, name = (100_000_000, "亿元") if figure.high >= 100_000_000 else (10_000, "万元")
    return words.range_text(Range(low=Decimal(figure.low) / by, high=Decimal(figure.high) / by, unit=name))


def tonnes(figure: Figure | None) -> str:
    """Kilograms a year as tonnes, from low to high."""
    if figure is None:
        return words.NOTHING
    return words.range_text(Range(low=Decimal(figure.low) / 1000, high=Decimal(figure.high) / 1000, unit="t"))
