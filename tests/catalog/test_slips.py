"""One slip of an author at a time: exactly one problem comes of it, on the line of the slip."""

from pathlib import Path

import pytest

from portal.catalog.messages import sentence
from tests.catalog.author import BRICKS, CARDS, PLAN, SHARED, SOURCES, Author

# file, what stands there, what the author writes instead, what marks the line of the problem, its code
SLIPS = [
    # YAML
    (BRICKS, "title: 窑炉\n", "title: 窑炉\n    title: 窑\n", "title: 窑\n", "equal_keys"),
    (BRICKS, "title: 压制}", "title: no}", "title: no}", "unquoted"),
    (BRICKS, "title: 压制}", "title: 010}", "title: 010}", "unquoted"),
    (BRICKS, "title: 压制}", "title: 1:30}", "title: 1:30}", "unquoted"),
    (BRICKS, "title: 压制}", "title: 2026-01-02}", "title: 2026-01-02}", "unquoted"),
    (BRICKS, 'weight: "61"', "weight: 61", "weight: 61", "unquoted"),
    (BRICKS, "sector: 制砖", "sector: &a 制砖", "sector: &a", "anchor"),
    (BRICKS, "sector: 制砖", "sector: !!str 制砖", "sector: !!str", "tag"),
    (BRICKS, "sector: 制砖\n", "sector: 制砖\n? [a]\n: b\n", "? [a]", "key_not_text"),
    (PLAN, "term: 矿渣, sectors: [brickworks]}\n", "term: 矿渣, sectors: [brickworks]}\n---\na: b\n", "---", "second_document"),
    # single values
    (BRICKS, "sector: 制砖", "sector:", "sector:", "empty"),
    (BRICKS, "sector: 制砖", 'sector: ""', 'sector: ""', "empty"),
    (BRICKS, 'weight: "61"', 'weight: ""', 'weight: ""', "empty"),
    (BRICKS, 'weight: "61"', "weight: ~", "weight: ~", "empty"),
    (BRICKS, 'weight: "61"', 'weight: "6l"', 'weight: "6l"', "not_a_number"),
    (BRICKS, 'weight: "61"', 'weight: "061"', 'weight: "061"', "not_a_number"),
    (BRICKS, 'weight: "61"', 'weight: "６１"', 'weight: "６１"', "not_a_number"),
    (BRICKS, 'weight: "61"', 'weight: "NaN"', 'weight: "NaN"', "not_a_number"),
    (BRICKS, 'weight: "61"', 'weight: "61e0"', 'weight: "61e0"', "not_a_number"),
    (BRICKS, "is_many: true", "is_many: yes", "is_many: yes", "not_a_flag"),
    (BRICKS, "is_many: true", 'is_many: "true"', 'is_many: "true"', "not_a_flag"),
    (BRICKS, "direction: smaller", "direction: up", "direction: up", "not_a_choice"),
    (BRICKS, "sector: 制砖", "sector: [制砖]", "sector: [制砖]", "not_text"),
    (BRICKS, "    is_official: false\n", "    is_official: []\n", "is_official: []", "not_text"),
    (BRICKS, "evidence: [能源报表]", "evidence: 能源报表", "evidence: 能源报表", "not_a_list"),
    (BRICKS, 'usual: {low: "20", high: "90", basis: 示例}', "usual: 20", "usual: 20", "not_a_mapping"),
    (BRICKS, 'thresholds: {I: "85", II: "85", III: "100"}', "thresholds: [I]", "thresholds: [I]", "not_a_mapping"),
    (BRICKS, "    items: [price_coal]", "    items: [price_coal, Price]", "Price]", "not_an_id"),
    (BRICKS, "version: 2026-1", "version: v1", "version: v1", "not_a_version"),
    (BRICKS, "formula: raw_coal * ce_coal / bricks", "formula: raw_coal ** 2", "** 2", "not_a_formula"),
    (BRICKS, "title: 窑炉\n", "titel: 窑\n    title: 窑炉\n", "titel:", "unknown_key"),
    (BRICKS, "sector: 制砖\n", "", "id: brickworks", "missing_key"),
    (BRICKS, '        weight: "61"\n', '        weight:\n', "        weight:\n", "empty"),
    (CARDS, "unit: kg/t, per: bricks", "per: bricks", "{saves: coal", "missing_key"),
    (CARDS, "    cost_class: medium\n", "", "- id: brickworks_burner", "missing_key"),
    (CARDS, "    sources: [{source: hz_plan, verification: original}]\n", "", "- id: brickworks_slag", "missing_key"),
    (BRICKS, "- practice: low_nox", "- practise: low_nox", "- practise: low_nox", "which_kind"),
    (BRICKS, "- practice: low_nox", "- practice: low_nox\n        trait: low", "- practice: low_nox", "which_kind"),
    (BRICKS, "kind: axes", "kind: stars", "kind: stars", "not_a_choice"),
    (BRICKS, "kind: axes", "sort: axes", "sort: axes", "which_kind"),
    (BRICKS, "      - trait: process", "      - 工序\n      - trait: process", "- 工序", "not_a_mapping"),
    (PLAN, "sectors: [brickworks]}\n  - {place: 专栏4-1, term: 粉煤灰, ", "sectors: [BRICK, brickworks]}\n  - {place: 专栏4-1, term: 粉煤灰, ", "[BRICK,", "not_a_slug"),
    (BRICKS, 'columns: {clean: "60"', 'columns: {round: "1", clean: "60"', 'round: "1"', "not_a_choice"),
    (CARDS, '{saves: coal, low: "1", high: "2", unit: kg/t, per: bricks, source: gb_1, year: "2020", verification: secondhand', '{saves: coal, low: "1", high: "2", unit: kg/t, per: bricks, source: gb_1, year: "2020", verification: seen', "verification: seen", "not_a_choice"),
    (CARDS, 'per: bricks, source: gb_1, year: "2020"', 'per: bricks, sauce: gb_1, source: gb_1, year: "2020"', "sauce", "unknown_key"),
    # records
    (SHARED, "practice: audit", "activity: price_coal\n    title: 煤价\n    unit: 元/t\n  - practice: audit", "activity: price_coal\n    title: 煤价", "duplicate_id"),
    (BRICKS, "          - {id: pressing, title: 压制}", "          - {id: pressing, title: 压制}\n          - {id: pressing, title: 压}", "title: 压}", "duplicate_id"),
    (BRICKS, "id: kiln", "id: profile", "id: profile\n    title: 窑炉", "duplicate_id"),
    (BRICKS, "derived:\n", "derived:\n  - {id: bricks, title: 砖, unit: t, formula: raw_coal}\n", "{id: bricks", "duplicate_id"),
    (BRICKS, "{id: coal_below,", "{id: coal_agrees,", "title: 用煤不超过产量", "duplicate_id"),
    (CARDS, "id: brickworks_slag", "id: brickworks_burner", "id: brickworks_burner\n    title: 矿渣", "duplicate_id"),
    (SOURCES, "  - {id: vendor", "  - {id: gb_1, title: 又一次, status: draft, read: secondhand}\n  - {id: vendor", "{id: gb_1,", "duplicate_id"),
    (BRICKS, "binding: {source: gb_1", "binding: {source: gb_2", "source: gb_2", "unknown_source"),
    (CARDS, "per: bricks, source: gb_1, year", "per: bricks, source: gb_2, year", "source: gb_2", "unknown_source"),
    (PLAN, "source: hz_plan", "source: hz_plam", "source: hz_plam", "unknown_source"),
    (BRICKS, 'grade: I, value: "40", source: gb_1, place: 表 1, verification: secondhand', 'grade: I, value: "40", source: gb_1, verification: original', "verification: original", "more_than_read"),
    (BRICKS, 'usual: {low: "20", high: "90"', 'usual: {low: "90", high: "20"', 'low: "90", high', "usual_not_a_range"),
    (BRICKS, 'usual: {low: "20", high: "90", basis: 示例}', 'usual: {low: "20", high: "90", basis: 示例}\n        most: "50"', 'most: "50"', "usual_above_most"),
    (CARDS, '{saves: coal, low: "1"', '{saves: coal, low: "3"', "{saves: coal", "low_above_high"),
    (CARDS, 'low: "1", high: "5", of', 'low: "1", high: "500", of', 'high: "500"', "not_percent"),
    (BRICKS, "extents: {full: 都装了, partial: 装了一部分, ", "extents: {full: 都装了, ", "full: 都装了", "extent_missing"),
    (BRICKS, "planned: 列入计划, none: 没有装", 'planned: "", none: 没有装', "none: 没有装", "extent_missing"),
    (BRICKS, "        evidence: [铭牌]\n", "", "- practice: low_nox", "nothing_said"),
    (BRICKS, "evidence: [能源报表]", "evidence: []", "evidence: []", "nothing_said"),
    (BRICKS, "        question: 装了低氮燃烧器吗？\n", "", "- practice: low_nox", "nothing_said"),
    (BRICKS, "      - activity: bricks", "      - {trait: size, title: 规模, options: [{id: large, title: 大}]}\n      - activity: bricks", "{trait: size", "too_few_options"),
    (BRICKS, 'grade: II, value: "50"', 'grade: I, value: "50"', 'value: "50"', "equal_grades"),
    (BRICKS, 'grade: I, value: "40"', 'grade: I, value: "51"', 'value: "50"', "levels_out_of_order"),
    (BRICKS, 'grade: III, value: "55"', 'grade: III, value: "49"', 'value: "49"', "levels_out_of_order"),
    (BRICKS, "        levels:\n", "        levels:\n          - {grade: I, value: \"45\", source: gb_1, verification: secondhand}\n", 'value: "40"', "equal_grades"),
    (SHARED, "    column: clean\n", '    column: clean\n    weight: "1"\n', 'weight: "1"', "weight_in_shared"),
    # questionnaires
    (BRICKS, "version: 2026-1", "version: 2026-2", "version: 2026-2", "not_its_name"),
    (BRICKS, "items: [price_coal]\n", "items: [price_coal, audit]\n", "items: [price_coal, audit]", "listed_counted"),
    (BRICKS, "items: [price_coal]\n", "items: [price_coal, price_gas]\n", "price_gas", "not_in_include"),
    (BRICKS, 'reuse_rate: "0"', 'price_coal: "0"', 'price_coal: "0"', "cannot_weigh"),
    (BRICKS, 'weights: {audit: "9", reuse_rate: "0"}', 'weights: {audit: "10"}', "sections:", "sum_not_100"),
    (BRICKS, "columns: {clean: \"60\"", "columns: {clean: \"50\"", 'columns: {clean: "50"', "sum_not_100"),
    (BRICKS, "members: {energy: \"100\"}", "members: {energy: \"99.5\"}", 'energy: "99.5"', "sum_not_100"),
    (BRICKS, 'title: 资源能源, weight: "100"', 'title: 资源能源, weight: "10"', "    groups:", "sum_not_100"),
    (BRICKS, "kind: grades\n    id: grade", "kind: grades\n    id: points", "- kind: grades", "duplicate_id"),
    (BRICKS, "levels: {I: \"1\", II: \"0.8\", III: \"0.6\"}", 'levels: {I: "1", II: "0.8"}', 'levels: {I: "1", II', "words_missing"),
    (BRICKS, "levels: {I: \"1\", II: \"0.8\", III: \"0.6\"}", 'levels: {I: "1", II: "0.8", III: "0.9"}', 'III: "0.9"', "factors_wrong"),
    (BRICKS, 'extents: {full: "1", planned', 'extents: {full: "1.2", planned', 'full: "1.2"', "factors_wrong"),
    (BRICKS, "members: {energy: \"100\"}", "members: {low_nox: \"100\"}", 'low_nox: "100"', "member_not_indicator"),
    (BRICKS, "members: {energy: \"100\"}", "members: {reuse_rate: \"100\"}", 'reuse_rate: "100"', "member_without_level"),
    (BRICKS, 'weight: "40", item: low_nox', 'weight: "40"', "{id: burner,", "item_or_formula"),
    (BRICKS, 'weight: "40", item: low_nox', 'weight: "40", item: low_sox', "low_sox", "unknown_item"),
    (BRICKS, "requirements: [lawful]", "requirements: [process]", "[process]\n    axes", "unknown_requirement"),
    (BRICKS, "        is_zero_when_blank: true\n        when: {process: [firing]}", "        is_zero_when_blank: true\n        when: {proces: [firing]}", "proces:", "unknown_trait"),
    (BRICKS, "        is_zero_when_blank: true\n        when: {process: [firing]}", "        is_zero_when_blank: true\n        when: {process: [fire]}", "[fire]", "unknown_option"),
    (BRICKS, "        is_zero_when_blank: true\n        when: {process: [firing]}", "        is_zero_when_blank: true\n        when: {process: []}", "process: []", "no_option"),
    (BRICKS, "output: bricks", "output: tiles", "output: tiles", "unknown_activity"),
    (BRICKS, "formula: raw_coal * ce_coal / bricks", "formula: raw_coal * ce_gas / bricks", "ce_gas", "unknown_name"),
    (BRICKS, "quantity: coal_share", "quantity: coal_part", "coal_part", "unknown_name"),
    (BRICKS, "formula: raw_coal * ce_coal / bricks", "formula: raw_coal * ce_coal / (bricks - bricks)", "(bricks - bricks)", "divides_by_zero"),
    (BRICKS, "formula: raw_coal * ce_coal / bricks", "formula: (raw_coal * ce_coal + bricks) / bricks", "+ bricks)", "units_do_not_add"),
    (BRICKS, "      - activity: raw_coal\n        title: 原煤用量\n        unit: t\n", "      - activity: raw_coal\n        title: 原煤用量\n        unit: 担\n", "unit: 担", "unknown_unit"),
    (BRICKS, "{id: coal_share, title: 吨砖用煤, unit: \"%\"", "{id: coal_share, title: 吨砖用煤, unit: 份", "unit: 份", "unknown_unit"),
    (BRICKS, "formula: raw_coal * ce_coal / bricks", "formula: raw_coal / bricks * 1000", "* 1000", "wrong_dimension"),
    (BRICKS, "quantity: raw_coal, unit: t,", "quantity: raw_coal, unit: m³,", "unit: m³,", "wrong_dimension"),
    (BRICKS, "quantity: raw_coal, unit: t,", "quantity: coal, unit: t,", "quantity: coal,", "unknown_name"),
    (BRICKS, "practice: low_nox, extents", "practice: energy, extents", "practice: energy", "unknown_practice"),
    (BRICKS, "item: energy, beyond", "item: low_nox, beyond", "item: low_nox, beyond", "member_not_indicator"),
    (BRICKS, 'bound: "80", unit: kgce/t', 'bound: "80", unit: kg/t', "unit: kg/t", "other_unit"),
    # units, carriers, cards
    (SHARED, "unit: 元/m³", "unit: 元/方", "unit: 元/方", "unknown_unit"),
    (SHARED, "unit: 元/t", "unit: 元/m³\n    help: 每方", "price: price_coal", "wrong_product"),
    (BRICKS, 'value: "40", source', 'value: "40", since: "2026-4-1", source', '"2026-4-1"', "not_a_day"),
    (SHARED, "title: 原煤价格\n", "title: 原煤价格\n    replaces: {ef_water: price_coal}\n", "ef_water", "unknown_factor"),
    (SHARED, "title: 原煤价格\n", "title: 原煤价格\n    replaces: {ef_coal: price_coal}\n", "ef_coal", "wrong_dimension"),
    (SHARED, "title: 原煤价格\n", "title: 原煤价格\n    replaces: {ef_coal: price_coal * bricks}\n", "ef_coal", "unknown_name"),
    ("carriers.yaml", "co2: ef_coal", "co2: ef_gas", "ef_gas", "unknown_factor"),
    ("carriers.yaml", "co2: ef_coal", "co2: ce_coal", "co2: ce_coal", "wrong_product"),
    ("carriers.yaml", "title: 新鲜水, unit: m³", "title: 新鲜水, unit: m³, price: price_air", "price_air", "unknown_activity"),
    ("factors.yaml", "id: ef_unused", "id: ef_coal", "- id: ef_coal\n    title: 没有用到的因子", "duplicate_id"),
    (CARDS, "unit: kg/t, per: bricks", "unit: kWh/t, per: bricks", "per: bricks, source: gb_1, year", "wrong_product"),
    (CARDS, "unit: kg/t, per: bricks", "unit: kg/t, per: tiles", "per: tiles", "unknown_quantity"),
    (CARDS, "of: raw_coal", "of: coal_share", "of: coal_share", "wrong_product"),
    (CARDS, "{saves: coal", "{saves: coals", "{saves: coals", "unknown_carrier"),
    (CARDS, "{saves_share: coal", "{saves_share: coals", "{saves_share: coals", "unknown_carrier"),
    (CARDS, 'high: "80", unit: 万元', 'high: "80", unit: 万元/t', "unit: 万元/t", "wrong_product"),
    (CARDS, "unit: 万元/a", "unit: kWh/a", "unit: kWh/a", "not_money"),
    (CARDS, "unit: 万元/a", "unit: 万圆/a", "unit: 万圆/a", "unknown_unit"),
    (CARDS, "[{source: hz_plan, verification: original}]", "[]", "sources: []", "card_without_source"),
    (CARDS, "closes: [low_nox, energy]", "closes: [low_nox, energy, low_sox]", "low_sox", "unknown_item"),
    (CARDS, "closes: [slag, fly_ash]", "closes: [slag, fly_ash, Slag]", "Slag]", "not_an_id"),
    (CARDS, "{lowers: energy", "{lowers: low_nox", "{lowers: low_nox", "unknown_indicator"),
    (CARDS, "{reaches: energy", "{reaches: low_nox", "{reaches: low_nox", "unknown_indicator"),
    (CARDS, "unless: {process: [pressing]}", "unless: {process: [press]}", "[press]", "option_nowhere"),
    (CARDS, "unless: {process: [pressing]}", "unless: {process: []}", "process: []", "no_option"),
    (CARDS, "closes: [slag, fly_ash]", "closes: [slag]", "- practice: fly_ash", "without_technology"),
    (BRICKS, "title: 低氮燃烧\n", "title: 低氮燃烧\n        no_technology: 没有\n", "no_technology: 没有", "has_technology"),
    # the plan
    (BRICKS, "place: 专栏3-1, term: 低氮燃烧", "place: 专栏3-2, term: 低氮燃烧", "sections:", "not_covered"),
    (PLAN, "term: 粉煤灰, sectors: [brickworks]", "term: 粉煤灰, sectors: [brickworks, tiles]", "[brickworks, tiles]", "unknown_sector"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "marker", "code"),
    SLIPS,
    ids=[f"{slip[4]}-{index}" for index, slip in enumerate(SLIPS)],
)
def test_a_slip_is_told_once_and_on_its_line(
    tmp_path: Path, file: str, old: str, new: str, marker: str, code: str
) -> None:
    author = Author(tmp_path)
    author.change(file, old, new)

    problems = author.problems()

    where = next(
        one for one in (file, BRICKS, "carriers.yaml") if marker in (author.folder / one).read_text("utf-8")
    )
    assert problems == [(where, author.line(where, marker), code)]
    assert sentence(author.read().problems[0])
