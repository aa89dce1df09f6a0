"""The Chinese words of the bureau's work: states, deeds, verdicts, reasons, kinds of evidence, roles and places."""

from collections.abc import Mapping
from decimal import Decimal

from portal import words
from portal.core.campaign import CampaignState, Channel, LetterState
from portal.core.evidence import EvidenceKind
from portal.core.review import Deed, Party, Reason, ReviewState, VerdictKind
from portal.core.roles import CITY, Role

REVIEW_STATES: Mapping[ReviewState, str] = {
    ReviewState.WAITING: "待初审",
    ReviewState.REVIEWING: "初审中",
    ReviewState.RETURNED: "待补正",
    ReviewState.FORWARDED: "待复核",
    ReviewState.RECHECKING: "复核中",
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
ROLES: Mapping[Role, str] = {
    Role.MANAGER: "企业填报人",
    Role.REVIEWER: "审核人员",
    Role.CONSULTANT: "咨询机构",
    Role.OPERATOR: "系统管理员",
    Role.SECURITY: "安全管理员",
    Role.AUDITOR: "审计管理员",
}


def jurisdiction(code: str) -> str:
    """The name of a bureau's jurisdiction."""
    return "杭州市" if code == CITY else words.DISTRICTS.get(code, code)


def difference(declared: Decimal | None, verified: Decimal | None) -> str:
    """How far the verified points lie from the declared ones, with its sign."""
    if declared is None or verified is None:
        return words.NOTHING
    apart = verified - declared
    if not apart:
        return "0.0"
    return ("+" if apart > 0 else "−") + words.points(abs(apart))
