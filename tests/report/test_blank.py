"""The blank form and the preview: every questionnaire, every item, nothing left to fetch."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import html5lib
import pikepdf
import pytest

from portal.catalog.editions import may_be_used
from portal.core.questionnaire import Activity, Indicator, ItemId, Questionnaire, Scored
from portal.report import blank
from tests.make import library
from tests.report.test_pdf import run

DAY = date(2026, 11, 22)
IDS = sorted({id for id, _ in library().questionnaires})


def make_form(questionnaire: Questionnaire) -> blank.BlankForm:
    cards = tuple(card for card in library().technologies if may_be_used(card, questionnaire))
    return blank.compose(questionnaire, library(), cards)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "cement.pdf"
    path.write_bytes(blank.print_form(make_form(library().questionnaire("cement")), DAY))
    return path


def test_the_form_is_a4_tagged_embedded_and_numbered(printed: Path) -> None:
    with pikepdf.open(printed) as file:
        assert {(round(float(page.mediabox[2])), round(float(page.mediabox[3]))) for page in file.pages} == {
            (595, 842)
        }
        assert bool(file.Root.MarkInfo.Marked)
        count = len(file.pages)
    assert 20 <= count <= 35
    fonts = run("pdffonts", str(printed)).splitlines()[2:]
    assert all("Noto-Sans-CJK-SC" in line and " yes yes yes " in line for line in fonts)
    pages = run("pdftotext", "-layout", str(printed), "-").split("\f")[:-1]
    for number, page in enumerate(pages, 1):
        assert f"第 {number} / {count} 页" in page.replace("\u00a0", " ")


def test_the_form_asks_every_item_with_unit_extents_and_evidence(printed: Path) -> None:
    text = "".join(run("pdftotext", "-raw", str(printed), "-").split())
    for item in library().questionnaire("cement").items.values():
        assert "".join(item.title.split()) in text, item.id
    for part in (
        "覆盖比例（按熟料产能）",
        "不适用，理由",
        "佐证材料清单",
        "引用文件",
        "企业名称",
        "全面实施",
        "符合",
    ):
        assert part in text


def test_a_box_to_tick_stands_before_every_choice() -> None:
    form = make_form(library().questionnaire("cement"))
    text = blank.html.fill("blank.html", form=form)
    items = [item for part in form.sections for item in part.items]
    choices = sum(len(item.choices) for item in items)
    excuses = sum(item.may_not_apply for item in items)
    papers = sum(len(item.evidence) for item in items)
    assert text.count('<svg class="tick"') == choices + excuses + papers + 2  # two in the instructions


def test_the_same_questionnaire_prints_the_same_bytes_on_any_day() -> None:
    form = make_form(library().questionnaire("cement"))
    short = replace(form, sections=form.sections[:1])
    assert blank.print_form(short, date(2030, 1, 1)) == blank.print_form(short, DAY)


@pytest.mark.parametrize("id", IDS)
def test_every_questionnaire_has_a_preview_that_tells_all_and_fetches_nothing(id: str) -> None:
    questionnaire = library().questionnaire(id)
    page = blank.preview(make_form(questionnaire))
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    assert not tree.findall(".//link") and not tree.findall(".//script") and not tree.findall(".//img")
    there = {article.get("id") for article in tree.iter("article")}
    assert there == set(questionnaire.items)
    text = "".join("".join(tree.itertext()).split())
    for item in questionnaire.items.values():
        for evidence in item.evidence:
            assert "".join(evidence.split()) in text


@pytest.mark.parametrize("id", IDS)
def test_every_formula_and_condition_is_worded_without_ids(id: str) -> None:
    questionnaire = library().questionnaire(id)
    names = {*questionnaire.items, *questionnaire.factors, *(one.id for one in questionnaire.derived)}
    form = make_form(questionnaire)
    blank.pdf.check_glyphs(blank.html.fill("blank.html", form=form))
    for item in (item for part in form.sections for item in part.items):
        for text in (item.formula, item.when, *item.levels_short):
            assert not any("_" in name and name in text for name in names), (item.id, text)


def test_an_item_names_its_levels_their_trust_its_weight_and_its_cards() -> None:
    form = make_form(library().questionnaire("cement"))
    items = {item.id: item for part in form.sections for item in part.items}
    energy = items["clinker_energy"]
    assert [level.grade for level in energy.levels] == ["Ⅰ级", "Ⅱ级", "Ⅲ级"]
    assert all(level.verification == "二手转述" for level in energy.levels)
    assert energy.levels[0].value.startswith("≤ ") and energy.levels[0].value.endswith("kgce/t")
    assert energy.binding and not energy.may_not_apply and energy.cards
    assert "×（水泥中熟料占比 − 75）" in items["cement_energy"].levels[0].value
    assert items["use_slag"].weight == "8" and items["use_slag"].column == "循环型生产"
    assert items["coprocessing"].is_many and items["coprocessing"].when == (
        "生产类型为“熟料、水泥一体”或“只生产熟料”"
    )
    assert items["clinker_cao"].blank_means == "可以不填"
    assert items["whr_power"].blank_means == "没有的填 0，不填按 0 计"


def test_the_weights_of_the_sections_add_up_to_both_columns() -> None:
    questionnaire = library().questionnaire("cement")
    sums = {item.column: 0 for item in questionnaire.scored()}
    for item in questionnaire.items.values():
        if isinstance(item, Scored):
            sums[item.column] += int(item.weight * 100)
    assert set(sums.values()) == {10000}
    assert "清洁生产权重 34，循环型生产权重 12" in [
        part.weights for part in make_form(questionnaire).sections
    ]


def test_a_limit_from_below_and_a_bare_number_are_worded() -> None:
    questionnaire = library().questionnaire("cement")
    wording = blank._Wording(questionnaire, blank.Citer(library().sources), ())
    rising = next(
        one
        for one in questionnaire.items.values()
        if isinstance(one, Indicator) and one.levels and one.direction.value == "larger"
    )
    assert wording.item(rising, "1").levels[0].value.startswith("≥ ")
    amount = next(one for one in questionnaire.items.values() if isinstance(one, Activity))
    assert wording.item(replace(amount, id=ItemId("bare"), unit="1"), "1").unit == ""


def test_levels_by_many_products_are_a_table_that_names_the_trait_once() -> None:
    form = make_form(library().questionnaire("chemicals"))
    tables = [item.level_table for part in form.sections for item in part.items if item.level_table]
    assert tables
    for table in tables:
        assert len(table.rows) > blank.MOST_LINES
        assert all(len(row.cells) == 3 and "为“" not in row.when for row in table.rows)
    rows = {row.when: row.cells for row in tables[0].rows}
    assert rows["轮胎：全钢子午胎"] == ("≤ 215*", "≤ 235*", "≤ 340*")


def test_a_condition_that_names_nearly_all_options_says_the_others() -> None:
    form = make_form(library().questionnaire("chemicals"))
    conditions = {item.when for part in form.sections for item in part.items}
    assert "能耗最大的产品不是“其他产品（没有强制性能耗限额，或限额未收录）”" in conditions
    assert max(map(len, conditions)) < 120
