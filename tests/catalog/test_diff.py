"""Two versions compared: every difference in words, and where last year's answers go."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

import pytest

from portal.catalog import diff, diff_words
from portal.catalog.__main__ import main
from portal.catalog.library import read
from portal.core.answers import Chosen
from portal.core.questionnaire import ItemId, Questionnaire
from tests.catalog.author import BRICKS, SOUND, Author

NEXT = "brickworks/2027-1.yaml"
FUEL = """\
      - trait: fuel
        title: 燃料
        options:
          - {id: coal, title: 煤}
          - {id: gas, title: 天然气}
"""


@pytest.fixture
def author(tmp_path: Path) -> Author:
    """Has copied the version before and given it its new number."""
    author = Author(tmp_path)
    author.write(NEXT, (author.folder / BRICKS).read_text("utf-8"))
    author.change(NEXT, "version: 2026-1", "version: 2027-1")
    return author


def told(author: Author) -> list[str]:
    """What the comparison says, without indents."""
    difference = diff.of_versions(author.folder, "brickworks", "2026-1", "2027-1")
    return [line.strip() for line in diff_words.lines(difference)]


def append(author: Author, text: str) -> None:
    author.write(NEXT, (author.folder / NEXT).read_text("utf-8") + text)


def test_equal_versions_differ_in_nothing_and_every_answer_stays(author: Author) -> None:
    assert told(author) == [
        "制砖企业自评价问卷：2026-1 → 2027-1",
        "",
        "没有差别。",
        "",
        "上年填报值的沿用（沿用的都标为“待确认”）：11 项照旧沿用，0 项不沿用",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('weight: "61"', 'weight: "62"', "权重：61 → 62"),
        ("question: 装了低氮燃烧器吗？", "question: 都装了吗？", "问法：“装了低氮燃烧器吗？” → “都装了吗？”"),
        (
            '{grade: II, value: "50", source: gb_1, place: 表 1,',
            '{grade: II, value: "48", source: gb_1, place: 表 9,',
            "级别 · Ⅱ级 · 数值：50 → 48",
        ),
        ('step: "0.5"', 'step: "0.6"', "级别 · Ⅲ级（工序为焙烧） · 修正 · 每单位修正：0.5 → 0.6"),
        (
            '          - {grade: II, value: "50", source: gb_1, place: 表 1, verification: secondhand}\n',
            "",
            "级别 · Ⅱ级：删除（原为 数值 50，来源 “gb_1”，出处 “表 1”，核实程度 二手转述）",
        ),
        ("{id: pressing, title: 压制}", "{id: pressing, title: 成型}", "选项 · “压制” · 名称：“压制” → “成型”"),
        (
            "{id: pressing, title: 压制}",
            "{id: pressing, title: 压制}\n          - {id: drying, title: 干燥, help: 烘房}",
            "选项 · “干燥”：新增 填报说明 “烘房”",
        ),
        ("{id: firing, title: 焙烧}\n          - ", "", "选项 · “焙烧”：删除"),
        ("is_veto: true", "is_veto: false", "否决项：是 → 否"),
        (
            "is_zero_when_blank: true\n        when: {process: [firing]}",
            "is_zero_when_blank: true\n        when: {process: [firing, pressing]}",
            "适用条件：工序为焙烧 → 工序为焙烧或压制",
        ),
        (
            "is_zero_when_blank: true\n        when: {process: [firing]}",
            "is_zero_when_blank: true",
            "适用条件：工序为焙烧 → 全部企业",
        ),
        ('low: "1000", high: "900000"', 'low: "10", high: "9"', "通常范围：1,000–900,000（示例） → 10–9（示例）"),
        ("full: 都装了", "full: 每台都装了", "程度 · 全面实施：“都装了” → “每台都装了”"),
        ("direction: smaller", "direction: larger", "方向：越小越好 → 越大越好"),
        ("formula: raw_coal * ce_coal / bricks", "formula: raw_coal * ce_coal / bricks * 1",
         "公式：raw_coal * ce_coal / bricks → raw_coal * ce_coal / bricks * 1"),
        ("binding: {source: gb_1, place: 表 1 限定值}\n", "no_technology: 无\n", "限定性：gb_1 表 1 限定值 → （无）"),
        ("clauses: [{source: gb_1}]", "clauses: [{source: gb_1}, {source: hz_plan, place: 正文}]",
         "依据：gb_1 → gb_1；hz_plan 正文"),
        ("title: 窑炉\n", "title: 窑与炉\n", "一级指标 · “窑炉” · 名称：“窑炉” → “窑与炉”"),
        ("断成两行。", "断成三行。", "一级指标 · “窑炉” · 导语：“这一段说明在文件里断成两行。” → “这一段说明在文件里断成三行。”"),
        ("columns: {clean: \"60\", circular: \"40\"}", "columns: {clean: \"50\", circular: \"50\"}",
         "规则 · “得分” · 栏目占比 · 清洁生产：60 → 50"),
        ('members: {energy: "100"}', 'members: {energy: "90"}',
         "规则 · “参考分级” · 指标组 · “资源能源” · 成员 · 单位产品能耗：100 → 90"),
        ("{value: \"10\", source: gb_1, verification: secondhand}", "{value: \"11\", source: gb_1, verification: secondhand}",
         "规则 · “绿色工厂” · 评价轴 · “能源低碳化” · 成员 · “单位产品用煤” · 基准值 · 数值：10 → 11"),
        ('tolerance: "5"', 'tolerance: "6"', "数据体检 · “用煤一致” · 规则 · 允许相差：5 → 6"),
        ("at_most: {left: raw_coal, right: bricks, unit: t}",
         'within: {value: raw_coal, unit: t, low: "0", high: "9", basis: 示例}',
         "数据体检 · “用煤不超过产量” · 规则：左边 raw_coal，右边 bricks，单位 “t” → 数值 raw_coal，单位 “t”，"
         "下限 0，上限 9，依据 “示例”"),
        ('weight: "100", members: {energy: "100"}}', 'weight: "100", members: {energy: "100"}}\n'
         '      - {id: water, title: 水, weight: "0", members: {reuse_rate: "100"}}',
         "规则 · “参考分级” · 指标组 · “水”：新增 权重 0，成员 重复用水率 100"),
        ("title: 制砖企业自评价问卷", "title: 砖厂自评价问卷", "名称：“制砖企业自评价问卷” → “砖厂自评价问卷”"),
    ],
)  # fmt: skip
def test_a_change_is_told_in_words(author: Author, old: str, new: str, line: str) -> None:
    author.change(NEXT, old, new)

    said = told(author)

    assert line in said


def test_items_added_and_removed_are_listed_with_kind_and_weight(author: Author) -> None:
    author.change(NEXT, "    title: 企业与工艺\n    items:\n", f"    title: 企业与工艺\n    items:\n{FUEL}")
    author.change(NEXT, 'weights: {audit: "9", reuse_rate: "0"}', 'weights: {audit: "9"}')

    said = told(author)

    assert said[2:4] == ["新增条目（1）", "fuel  燃料（生产特征）"]
    assert said[5:7] == ["删除条目（1）", "reuse_rate  重复用水率（定量指标，循环型生产，权重 0）"]
    assert said[-5:] == [
        "不沿用（1）",
        "reuse_rate  重复用水率：新版本没有这个条目，renamed 里也没有",
        "",
        "须新填（1）",
        "fuel  燃料（生产特征）",
    ]


def test_a_renamed_item_keeps_its_answers_under_the_new_id(author: Author) -> None:
    author.change(NEXT, "practice: slag", "practice: slag_mix")
    author.change(NEXT, 'columns: {clean: "60"', 'columns: {clean: "61"')
    append(author, "renamed: {slag: slag_mix}\n")

    said = told(author)

    assert said[2:4] == ["改 id 的条目（1）", "slag → slag_mix  掺用矿渣"]
    assert said[-2:] == ["换到新条目（1）", "slag  掺用矿渣 → slag_mix  掺用矿渣"]
    assert "10 项照旧沿用，0 项不沿用" in "".join(said)


def test_an_item_may_move_to_another_section(author: Author) -> None:
    moved = "      - requirement: lawful\n        title: 守法\n        question: 是否守法？\n        is_veto: true\n" \
        "        clauses: [{source: gb_1}]\n"  # fmt: skip
    author.change(NEXT, moved, "")
    author.change(NEXT, "      - indicator: energy\n", f"{moved}      - indicator: energy\n")

    assert "所在一级指标：“企业与工艺” → “窑炉”" in told(author)


def test_a_section_may_come_and_go(author: Author) -> None:
    author.change(NEXT, "  - id: kiln\n", "  - id: furnace\n")

    said = told(author)

    assert "一级指标：“窑炉” → （无）" in said
    assert "一级指标：（无） → “窑炉”" in said


def test_answers_with_a_dropped_option_are_dropped_the_others_stay(author: Author) -> None:
    author.change(NEXT, "{id: pressing, title: 压制}", "{id: shaping, title: 成型}")

    assert told(author)[-2:] == [
        "只沿用一部分（1）",
        "process  工序：不沿用“压制”：没有这个选项，或不再可多选",
    ]


def test_several_options_are_dropped_where_only_one_may_be_chosen(author: Author) -> None:
    author.change(NEXT, "is_many: true", "is_many: false")

    assert "process  工序：不沿用同时选了“焙烧”、“压制”：没有这个选项，或不再可多选" in told(author)


def test_not_applicable_is_dropped_where_a_limit_has_become_binding(author: Author) -> None:
    author.change(BRICKS, "        binding: {source: gb_1, place: 表 1 限定值}\n", "")

    assert "energy  单位产品能耗：不沿用“不适用”：已是限定性指标，不能填不适用" in told(author)


def test_negative_values_are_dropped_where_no_level_is_negative_any_more(author: Author) -> None:
    author.change(BRICKS, '{grade: I, value: "40"', '{grade: I, value: "-40"')

    assert "energy  单位产品能耗：不沿用负数：不再接受负数" in told(author)


def test_a_changed_unit_is_pointed_out_because_nobody_converts_the_number(author: Author) -> None:
    author.change(NEXT, "title: 产量\n        unit: t", "title: 产量\n        unit: 万t")

    assert told(author)[-2:] == ["数值照搬、单位不同，须改填（1）", "bricks  产量：t → 万t"]


def test_answers_of_another_kind_are_dropped(author: Author) -> None:
    author.change(NEXT, "requirement: lawful", "activity: lawful")
    author.change(
        NEXT, "is_veto: true\n        clauses: [{source: gb_1}]", "unit: t\n        clauses: [{source: gb_1}]"
    )

    said = told(author)

    assert "种类：基本要求 → 活动数据" in said
    assert said[-2:] == ["不沿用（1）", "lawful  守法：条目种类变了"]


def test_a_practice_that_becomes_an_amount_loses_what_is_not_a_number(author: Author) -> None:
    author.change(NEXT, "      - practice: slag\n", "      - indicator: slag\n")
    author.change(NEXT, "extents: {full: 用, partial: 用一部分, planned: 列入计划, none: 不用}\n        evidence: [台账]\n"
        "      - practice: fly_ash", "unit: t\n        direction: larger\n        evidence: [台账]\n      - practice: fly_ash")  # fmt: skip

    said = told(author)

    assert "slag  掺用矿渣：不沿用“全面实施”：条目种类变了；“部分实施”：条目种类变了；“已列入计划”：条目种类变了；" \
        "“未实施”：条目种类变了" in said  # fmt: skip


def test_a_number_or_a_declaration_that_the_new_item_does_not_take_is_named_by_its_sort() -> None:
    items = read(SOUND).library().questionnaire("brickworks").items
    trait = items[ItemId("process")]

    sorts = [diff_words._sort(one.answer, trait) for id in ("bricks", "lawful")
             for one in diff._tried(items[ItemId(id)], trait)[1]]  # fmt: skip

    assert sorts == ["数值", "是否符合"]


def test_two_old_items_that_meet_in_one_are_pointed_out(author: Author) -> None:
    before = read(author.folder).library().questionnaire("brickworks", "2026-1")
    after = dataclasses.replace(
        before,
        sections=tuple(
            dataclasses.replace(part, items=tuple(one for one in part.items if one.id != "fly_ash"))
            for part in before.sections
        ),
        renamed={ItemId("fly_ash"): ItemId("slag")},
    )

    said = [line.strip() for line in diff_words.lines(diff.compare(before, after))]

    at = said.index("两个旧条目的值到了同一处，须改 renamed（1）")
    assert said[at + 1] == "fly_ash  掺用粉煤灰 → slag  掺用矿渣（slag 也到这里）"


def test_a_condition_on_what_is_no_trait_is_told_by_its_ids() -> None:
    questionnaire = read(SOUND).library().questionnaire("brickworks")
    condition = questionnaire.items[ItemId("raw_coal")].when
    strange = dataclasses.replace(condition, any_of={ItemId("gone"): ("x",)})

    assert diff_words._value(strange, questionnaire) == "gone为x"


def test_the_command_prints_the_comparison_of_two_versions(
    author: Author, capsys: pytest.CaptureFixture[str]
) -> None:
    author.change(NEXT, 'weight: "61"', 'weight: "62"')

    assert main([str(author.folder), "--diff", "brickworks", "2026-1", "2027-1"]) == 0

    assert "权重：61 → 62" in capsys.readouterr().out


def test_the_command_compares_two_files_wherever_they_lie(
    author: Author, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft.yaml"
    (author.folder / NEXT).rename(draft)

    assert main([str(author.folder), "--diff", str(author.folder / BRICKS), str(draft)]) == 0

    assert "没有差别。" in capsys.readouterr().out


def test_an_unknown_version_is_told(author: Author, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(author.folder), "--diff", "brickworks", "2026-1", "2028-1"]) == 1

    assert capsys.readouterr().err == "没有这个版本：brickworks 2028-1\n"


@pytest.mark.parametrize(
    "asked",
    [("brickworks", "2026-1", "2027-1"), ("brickworks/2026-1.yaml", "brickworks/2027-1.yaml")],
)
@pytest.mark.parametrize("text", ["id: brickworks\n  x: [", "id: brickworks\nversion: 2027-1\n"])
def test_a_version_that_cannot_be_read_is_told_by_line(
    author: Author, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...], text: str
) -> None:
    author.write(NEXT, text)
    asked = tuple(str(author.folder / one) if "/" in one else one for one in asked)

    assert main([str(author.folder), "--diff", *asked]) == 1

    assert f"{author.folder / NEXT}:" in capsys.readouterr().out


def test_a_version_with_a_part_left_out_is_not_compared(
    author: Author, capsys: pytest.CaptureFixture[str]
) -> None:
    author.change(NEXT, "include: shared/prices-2026-1.yaml", "include: shared/nothing.yaml")

    assert main([str(author.folder), "--diff", "brickworks", "2026-1", "2027-1"]) == 1

    assert "没有共用文件“shared/nothing.yaml”" in capsys.readouterr().out


def test_a_comparison_wants_two_files_or_an_id_with_two_versions(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(SOUND), "--diff", "brickworks"])

    assert diff_words.WHAT_TO_COMPARE in capsys.readouterr().err


def test_every_field_that_can_differ_has_a_word() -> None:
    names = {field.name for record in _records(Questionnaire, set()) for field in dataclasses.fields(record)}

    assert names - {"id", "version", "renamed", "items", "names", "_tree", "text"} <= set(diff_words.FIELDS)


def _records(kind: Any, seen: set[type]) -> Iterator[type]:
    """Every dataclass that a questionnaire can hold."""
    for part in get_args(kind) if get_args(kind) or isinstance(kind, UnionType) else ():
        yield from _records(part, seen)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind not in seen:
        seen.add(kind)
        yield kind
        for hint in get_type_hints(kind).values():
            yield from _records(hint, seen)


def test_the_carry_over_is_that_of_a_new_year(author: Author) -> None:
    """The words above rest on the rule that `actions.assessment` applies: `check`, after the map of ids."""
    author.change(NEXT, "{id: pressing, title: 压制}", "{id: shaping, title: 成型}")
    difference = diff.of_versions(author.folder, "brickworks", "2026-1", "2027-1")

    process = next(one for one in difference.carried if one.before.id == "process")

    assert [drop.answer for drop in process.dropped] == [Chosen(("pressing",))]
