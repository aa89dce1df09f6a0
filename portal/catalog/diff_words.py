"""The differences of two versions in Chinese, a line each, as `--diff` prints them."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum

from portal import words
from portal.catalog.diff import Carried, Change, Difference, ItemChange
from portal.core.answers import Answer, Chosen, Measured, NotApplicable, Practised
from portal.core.formula import Formula
from portal.core.levels import Grade
from portal.core.questionnaire import (
    ALWAYS,
    Citation,
    Column,
    Condition,
    Extent,
    Item,
    Level,
    Questionnaire,
    Scored,
    Trait,
    UsualRange,
)

# Every field that can differ, as an author calls it; a test keeps the list whole.
FIELDS: Mapping[str, str] = {
    # items
    "section": "所在一级指标", "kind": "种类", "title": "名称", "question": "问法", "help": "填报说明",
    "when": "适用条件", "clauses": "依据", "evidence": "佐证", "options": "选项", "is_many": "可多选",
    "unit": "单位", "is_zero_when_blank": "不填按 0 计", "is_optional": "可不填", "usual": "通常范围", "most": "最大可能值",
    "is_veto": "否决项", "column": "栏目", "weight": "权重", "weight_reason": "权重理由",
    "no_technology": "无技术说明", "direction": "方向", "levels": "级别", "binding": "限定性",
    "formula": "公式", "formula_source": "公式出处", "formula_note": "公式说明", "extents": "程度",
    "share_of": "覆盖比例口径",
    # values with a source
    "since": "起实施日期", "replaces": "代替的系数",
    "value": "数值", "source": "来源", "place": "出处", "term": "原短语", "verification": "核实程度",
    "note": "说明", "adjust": "修正", "grade": "级别", "quantity": "量", "origin": "起点", "step": "每单位修正",
    "low": "下限", "high": "上限", "basis": "依据", "any_of": "条件",
    # the whole
    "sector": "行业", "sections": "一级指标", "guide": "导语", "derived": "中间量", "factors": "系数",
    "rulebooks": "规则", "data_checks": "数据体检", "output": "主要产品产量",
    # rules
    "columns": "栏目占比", "provisional_below": "暂定线", "reason": "理由", "is_official": "官方分级",
    "thresholds": "等级门槛", "groups": "指标组", "members": "成员", "axes": "评价轴", "requirements": "作门槛的要求",
    "uses_levels": "以Ⅱ级、Ⅰ级作基准与引领", "item": "条目", "base": "基准值", "lead": "引领值",
    # data checks
    "look_at": "应核对", "rule": "规则", "left": "左边", "right": "右边", "tolerance": "允许相差",
    "year": "年度", "found": "佐证日期",
    "practice": "措施", "beyond": "越过方向", "bound": "界限", "share": "变化百分比",
}  # fmt: skip
# Keys of the rules' mappings.
CODES: Mapping[str, str] = {one.value: words.label(one) for kind in (Column, Extent, Grade) for one in kind}
NOTHING = "（无）"
SAME = "没有差别。"
REASONS: Mapping[str, str] = {
    "wrong_kind": "条目种类变了",
    "not_an_option": "没有这个选项，或不再可多选",
    "binding_not_applicable": "已是限定性指标，不能填不适用",
    "negative": "不再接受负数",
}
NO_SUCH_EDITION = "没有这个版本：{0}"
WHAT_TO_COMPARE = "--diff 后面写“问卷 旧版本 新版本”，或两个文件"


def lines(difference: Difference) -> Iterator[str]:
    """The whole comparison."""
    before, after = difference.before, difference.after
    yield f"{after.title}：{before.version} → {after.version}"
    parts = (
        _part("新增条目", [_named(item) for item in difference.added]),
        _part("删除条目", [_named(item) for item in difference.removed]),
        _part("改 id 的条目", [_moved(one) for one in difference.renamed]),
        _part("改动的条目", [line for one in difference.changed for line in _changed(one, difference)]),
        _part("其他改动", [_said(one, difference) for one in difference.general]),
    )
    told = [line for part in parts for line in part]
    yield from told or ("", SAME)
    yield from _answers(difference)


def _part(title: str, entries: Sequence[str]) -> list[str]:
    if not entries:
        return []
    count = sum(not one.startswith(" ") for one in entries)
    return ["", f"{title}（{count}）", *(f"  {one}" for one in entries)]


def _named(item: Item) -> str:
    column = ""
    if isinstance(item, Scored):
        column = f"，{words.label(item.column)}，权重 {words.number(item.weight)}"
    return f"{item.id}  {item.title}（{words.ITEM_KINDS[type(item)]}{column}）"


def _moved(one: ItemChange) -> str:
    return f"{one.before.id} → {one.after.id}  {one.after.title}"


def _changed(one: ItemChange, difference: Difference) -> Iterator[str]:
    yield f"{one.after.id}  {one.after.title}"
    for change in one.changes:
        yield f"    {_said(change, difference)}"


def _said(change: Change, difference: Difference) -> str:
    """所在、级别 Ⅰ级、数值：100 → 98."""
    whole = difference.after
    path = " · ".join(_step(step, whole) for step in change.path)
    if change.before is None and _is_named(change.after):
        return f"{path}：新增 {_value(change.after, whole)}".rstrip()
    if change.after is None and _is_named(change.before):
        return f"{path}：删除{_was(_value(change.before, difference.before))}"
    return f"{path}：{_value(change.before, difference.before)} → {_value(change.after, whole)}"


def _was(value: str) -> str:
    return f"（原为 {value}）" if value else ""


def _is_named(value: object) -> bool:
    """Whether the path already says what it is: a record of a list."""
    return isinstance(value, Level) or hasattr(value, "id")


def _step(step: object, whole: Questionnaire) -> str:
    if isinstance(step, Level):
        return words.grade(step.grade) + (f"（{_condition(step.when, whole)}）" if step.when.any_of else "")
    if hasattr(step, "id"):
        return f"“{getattr(step, 'title', step.id)}”"
    if isinstance(step, Enum):
        return words.label(step)
    return FIELDS.get(str(step)) or CODES.get(str(step)) or _title(str(step), whole)


def _title(id: str, whole: Questionnaire) -> str:
    """What an id is called, or the id itself."""
    items: Mapping[str, Item] = {str(name): item for name, item in whole.items.items()}
    return items[id].title if id in items else id


def _value(value: object, whole: Questionnaire) -> str:
    """Any value that a data file can hold, as one would read it out."""
    match value:
        case None | "" | ():
            return NOTHING
        case bool():
            return "是" if value else "否"
        case Decimal():
            return words.number(value)
        case type():
            return words.ITEM_KINDS[value]
        case Enum():
            return words.label(value)
        case Formula():
            return value.text
        case Condition():
            return _condition(value, whole) or "全部企业"
        case Citation():
            return " ".join(part for part in (value.source, value.place, value.term) if part)
        case UsualRange():
            return f"{words.number(value.low)}–{words.number(value.high)}（{value.basis}）"
        case tuple():
            return "；".join(_value(one, whole) for one in value)
        case Mapping():
            return "；".join(f"{_step(key, whole)} {_value(one, whole)}" for key, one in value.items())
    if dataclasses.is_dataclass(value):
        known = ("id", "title", "grade") if _is_named(value) else ()
        fields = {
            one.name: getattr(value, one.name) for one in dataclasses.fields(value) if one.name not in known
        }
        return "，".join(
            f"{FIELDS.get(name, name)} {_value(one, whole)}"
            for name, one in fields.items()
            if one not in (None, "", (), {}, ALWAYS)
        )
    return f"“{value}”"


def _condition(when: Condition, whole: Questionnaire) -> str:
    said = []
    for name, options in when.any_of.items():
        trait = whole.items.get(name)
        titles = {one.id: one.title for one in trait.options} if isinstance(trait, Trait) else {}
        said.append(f"{_title(name, whole)}为{'或'.join(titles.get(one, one) for one in options)}")
    return "，且".join(said)


# ── answers ──────────────────────────────────────────────────────────────────


def _answers(difference: Difference) -> Iterator[str]:
    """Where last year's answers go; what is carried over stays to be confirmed by the enterprise."""
    carried = difference.carried
    lost = [one for one in carried if one.is_lost]
    kept = [one for one in carried if not one.is_lost]
    plain = [one for one in kept if not one.dropped and one.units is None and one.rival is None]
    stays = sum(one.after is not None and one.after.id == one.before.id for one in plain)
    yield ""
    yield f"上年填报值的沿用（沿用的都标为“待确认”）：{stays} 项照旧沿用，{len(lost)} 项不沿用"
    yield from _part("换到新条目", [_to(one) for one in kept if one.after and one.after.id != one.before.id])
    yield from _part("只沿用一部分", [_partly(one) for one in kept if one.dropped])
    yield from _part("数值照搬、单位不同，须改填", [_unit(one) for one in kept if one.units])
    yield from _part("两个旧条目的值到了同一处，须改 renamed", [_to(one) for one in kept if one.rival])
    yield from _part("不沿用", [_lost(one) for one in lost])
    yield from _part("须新填", [_named(item) for item in difference.added])


def _to(one: Carried) -> str:
    assert one.after is not None  # only what is lost has nowhere to go
    also = f"（{one.rival} 也到这里）" if one.rival else ""
    return f"{one.before.id}  {one.before.title} → {one.after.id}  {one.after.title}{also}"


def _partly(one: Carried) -> str:
    reasons = "；".join(
        f"{_sort(drop.answer, one.before)}：{REASONS.get(drop.code, drop.code)}" for drop in one.dropped
    )
    return f"{one.before.id}  {one.before.title}：不沿用{reasons}"


def _unit(one: Carried) -> str:
    assert one.units is not None
    return f"{one.before.id}  {one.before.title}：{one.units[0]} → {one.units[1]}"


def _lost(one: Carried) -> str:
    if one.after is None:
        return f"{one.before.id}  {one.before.title}：新版本没有这个条目，renamed 里也没有"
    reasons = dict.fromkeys(REASONS.get(drop.code, drop.code) for drop in one.dropped)
    return f"{one.before.id}  {one.before.title}：{'；'.join(reasons)}"


def _sort(answer: Answer, item: Item) -> str:
    """What sort of answer it is."""
    match answer:
        case Chosen(options=options) if isinstance(item, Trait):
            titles = {one.id: one.title for one in item.options}
            return "同时选了" * (len(options) > 1) + "、".join(f"“{titles[one]}”" for one in options)
        case NotApplicable():
            return "“不适用”"
        case Practised(extent=extent):
            return f"“{words.label(extent)}”"
        case Measured(value=value):
            return "负数" if value < 0 else "数值"
        case _:
            return "是否符合"
