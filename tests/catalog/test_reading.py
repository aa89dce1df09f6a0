"""What comes out of a folder of data files, and what happens when much is wrong at once."""

from decimal import Decimal
from pathlib import Path

import pytest

from portal.catalog.library import CatalogError, load
from portal.core.levels import Direction, Verification
from portal.core.questionnaire import Activity, Extent, Indicator, ItemId, Practice, Within
from portal.core.technology import Reaches, Saves
from tests.catalog.author import BRICKS, CARDS, PLAN, SHARED, SOUND, SOURCES, Author

TRAIT = """\
      - trait: glazing
        title: 上釉
        options: [{id: lead, title: 含铅}, {id: free, title: 无铅}]
"""
EVERY_FILE = sorted(path.relative_to(SOUND).as_posix() for path in SOUND.rglob("*.yaml"))


def test_a_sound_folder_becomes_the_core_library() -> None:
    library = load(SOUND)

    questionnaire = library.questionnaire("brickworks")
    assert [section.id for section in questionnaire.sections] == ["profile", "kiln", "prices"]
    energy = questionnaire.items[ItemId("energy")]
    assert isinstance(energy, Indicator)
    assert energy.direction is Direction.SMALLER
    assert energy.levels[2].value == Decimal("55")
    assert energy.levels[2].verification is Verification.SECONDHAND
    assert energy.levels[2].adjust is not None
    assert energy.levels[2].adjust.step == Decimal("0.5")
    assert energy.formula is not None
    assert energy.formula.names == ("raw_coal", "ce_coal", "bricks")
    nox = questionnaire.items[ItemId("low_nox")]
    assert isinstance(nox, Practice)
    assert nox.extents[Extent.NONE] == "没有装"
    assert isinstance(questionnaire.data_checks[0].rule, Within)
    burner = library.technologies[0]
    assert [type(effect) for effect in burner.effects if isinstance(effect, Saves | Reaches)] == [
        Saves,
        Reaches,
    ]
    assert burner.backing[0].source == "hz_plan"
    assert library.sources[burner.backing[0].source].title == "示例规划"
    assert library.carriers["coal"].price == "price_coal"


def test_an_include_brings_listed_items_and_weighed_ones_and_nothing_else() -> None:
    section = load(SOUND).questionnaire("brickworks").sections[2]

    assert [item.id for item in section.items] == ["price_coal", "audit", "reuse_rate"]
    assert [item.weight for item in section.items if isinstance(item, Practice | Indicator)] == [9, 0]


def test_an_include_without_items_brings_everything_that_is_not_counted(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, "    items: [price_coal]\n", "")

    section = author.read().library().questionnaire("brickworks").sections[2]

    assert [item.id for item in section.items if isinstance(item, Activity)] == ["price_coal", "price_water"]


def test_a_questionnaire_holds_only_the_factors_that_its_formulas_and_cards_need() -> None:
    assert list(load(SOUND).questionnaire("brickworks").factors) == ["ce_coal", "ef_coal"]


def test_lines_broken_between_chinese_characters_are_joined_without_a_space() -> None:
    assert load(SOUND).questionnaire("brickworks").sections[1].guide == "这一段说明在文件里断成两行。"


def test_words_that_yaml_would_guess_are_kept_as_written_when_quoted(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, "title: 压制}", 'title: "no"}')
    author.change(SOURCES, "title: 示例标准", 'title: "010"')

    library = author.read().library()

    assert author.problems() == []
    assert library.sources["gb_1"].title == "010"  # type: ignore[index]


def test_every_problem_of_every_file_is_told_at_once_in_order(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, 'weight: "61"', 'weight: "60"')
    author.change(BRICKS, "title: 窑炉\n", "title: 窑炉\n    title: 窑\n")
    author.change(BRICKS, "trait: process", "trait: lawful")
    author.change(BRICKS, 'grade: I, value: "40", source: gb_1,', 'grade: I, value: "40",')
    author.change(BRICKS, 'value: "50"', 'value: "5O"')
    author.change(CARDS, "closes: [slag, fly_ash]", "closes: [slag, fly_ash, slug]")
    author.change(SHARED, "unit: 元/m³", "unit: 元/立方")
    author.change(PLAN, "term: 矿渣", "term: 煤矸石")

    found = author.problems()

    expected = [
        (BRICKS, author.line(BRICKS, "sections:"), "not_covered"),
        (BRICKS, author.line(BRICKS, "sections:"), "sum_not_100"),
        (BRICKS, author.line(BRICKS, "- requirement: lawful"), "duplicate_id"),
        (BRICKS, author.line(BRICKS, "title: 窑\n"), "equal_keys"),
        (BRICKS, author.line(BRICKS, 'grade: I, value: "40"'), "missing_key"),
        (BRICKS, author.line(BRICKS, 'value: "5O"'), "not_a_number"),
        (CARDS, author.line(CARDS, "slug]"), "unknown_item"),
        (SHARED, author.line(SHARED, "元/立方"), "unknown_unit"),
    ]
    assert [one for one in expected if one not in found] == []
    assert found == sorted(found)


def test_load_raises_with_file_line_and_code_of_every_problem(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, "sector: 制砖\n", "")
    author.change(CARDS, "{saves: coal", "{saves: coals")

    with pytest.raises(CatalogError) as raised:
        load(author.folder)

    assert [problem.code for problem in raised.value.problems] == ["missing_key", "unknown_carrier"]
    assert str(author.folder / BRICKS) + ":1" in str(raised.value)


def test_an_unknown_key_that_yaml_would_misread_is_told_as_both(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, "sector: 制砖\n", "sector: 制砖\nyes: b\n")

    assert [code for _, _, code in author.problems()] == ["unknown_key", "unquoted"]


def test_a_questionnaire_in_the_wrong_folder_is_missed_by_the_plan_as_well(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, "id: brickworks\n", "id: brick-works\n")

    assert [code for _, _, code in author.problems()] == ["not_its_folder", "unknown_sector"]


def test_weights_below_nothing_and_on_unrated_indicators_are_refused_where_they_stand(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, 'reuse_rate: "0"', 'reuse_rate: "1"')
    author.change(BRICKS, 'weight: "61"', 'weight: "-61"')

    found = author.problems()

    assert (BRICKS, author.line(BRICKS, 'reuse_rate: "1"'), "weight_without_level") in found
    assert (BRICKS, author.line(BRICKS, 'weight: "-61"'), "negative_weight") in found


def test_a_weight_that_cannot_be_read_is_not_taken_for_a_wrong_sum(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, '{audit: "9"', '{audit: "neun"')

    assert author.problems() == [(BRICKS, author.line(BRICKS, "neun"), "not_a_number")]


def test_an_unverified_level_cannot_carry_a_binding_indicator(tmp_path: Path) -> None:
    author = Author(tmp_path)
    text = (author.folder / BRICKS).read_text("utf-8")
    levels = [line for line in text.splitlines() if "- {grade:" in line]
    for line in levels:
        author.change(BRICKS, line, line.replace("secondhand", "unverified"))

    codes = [code for _, _, code in author.problems()]

    assert codes == ["weight_without_level", "binding_without_level", "member_without_level"]


def test_levels_of_different_plants_are_not_compared(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, 'grade: II, value: "50"', 'grade: II, when: {process: [pressing]}, value: "60"')

    assert author.problems() == []


def test_a_level_for_some_plants_stands_before_the_one_for_all_others(tmp_path: Path) -> None:
    author = Author(tmp_path)
    special = '          - {grade: I, value: "10", source: gb_1, verification: secondhand, when: {process: [pressing]}}\n'
    author.change(BRICKS, "        levels:\n", "        levels:\n" + special)

    assert author.problems() == []


def test_a_card_that_closes_nothing_and_cannot_be_used_is_told_as_both(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(CARDS, "closes: [slag, fly_ash]", "closes: []")

    codes = [code for _, _, code in author.problems()]

    assert codes == ["without_technology", "without_technology", "closes_nothing"]


def test_a_condition_of_use_that_no_questionnaire_knows_is_told(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(CARDS, "    when: {process: [firing]}", "    when: {proces: [firing]}")

    found = author.problems()

    assert (CARDS, author.line(CARDS, "proces:"), "trait_nowhere") in found
    assert [code for _, _, code in found] == ["without_technology", "without_technology", "trait_nowhere"]


def test_a_condition_against_use_must_be_known_wherever_the_card_may_be_used(tmp_path: Path) -> None:
    author = Author(tmp_path)
    text = (author.folder / BRICKS).read_text("utf-8")
    author.write("tiles/2026-1.yaml", text.replace("id: brickworks", "id: tiles"))
    author.change("tiles/2026-1.yaml", "      - trait: process", TRAIT + "      - trait: process")
    author.change(CARDS, "unless: {process: [pressing]}", "unless: {glazing: [lead]}")

    assert author.problems() == [(CARDS, author.line(CARDS, "glazing"), "unknown_trait")]


def test_a_card_may_serve_sectors_that_ask_different_traits(tmp_path: Path) -> None:
    author = Author(tmp_path)
    text = (author.folder / BRICKS).read_text("utf-8")
    author.write("tiles/2026-1.yaml", text.replace("id: brickworks", "id: tiles"))
    author.change("tiles/2026-1.yaml", "      - trait: process", TRAIT + "      - trait: process")
    author.change(CARDS, "cost_class: low", "cost_class: low\n    when: {glazing: [lead]}")

    found = author.problems()

    assert found == [
        (BRICKS, author.line(BRICKS, "- practice: slag"), "without_technology"),
        (BRICKS, author.line(BRICKS, "- practice: fly_ash"), "without_technology"),
    ]


def test_numbers_that_cannot_be_read_are_not_compared(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, 'levels: {I: "1"', 'levels: {I: "one"')
    author.change(BRICKS, 'usual: {low: "20"', 'usual: {low: "x"')
    author.change(CARDS, '{saves: coal, low: "1"', '{saves: coal, low: "1,0"')

    assert [code for _, _, code in author.problems()] == ["not_a_number"] * 3


def test_points_are_needed_once_and_grades_at_most_once(tmp_path: Path) -> None:
    author = Author(tmp_path)
    text = (author.folder / BRICKS).read_text("utf-8")
    start, end = text.index("rulebooks:"), text.index("data_checks:")
    author.write(BRICKS, text[:start] + "rulebooks: []\n" + text[end:])

    assert author.problems() == [(BRICKS, author.line(BRICKS, "rulebooks:"), "rulebooks_wrong")]


def test_missing_rulebooks_are_told_as_missing_only(tmp_path: Path) -> None:
    author = Author(tmp_path)
    text = (author.folder / BRICKS).read_text("utf-8")
    start, end = text.index("rulebooks:"), text.index("data_checks:")
    author.write(BRICKS, text[:start] + text[end:])

    assert author.problems() == [(BRICKS, 1, "missing_key")]


def test_an_include_that_is_not_there_keeps_the_rules_about_wholes_quiet(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, "include: shared/prices-2026-1.yaml", "include: shared/prices.yaml")

    assert author.problems() == [(BRICKS, author.line(BRICKS, "shared/prices.yaml"), "unknown_include")]


def test_an_include_that_brings_nothing_is_told(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(
        BRICKS, '    items: [price_coal]\n    weights: {audit: "9", reuse_rate: "0"}\n', "    items: []\n"
    )

    codes = [code for _, _, code in author.problems()]

    assert "nothing_included" in codes


@pytest.mark.parametrize("file", EVERY_FILE)
def test_a_file_that_is_no_yaml_is_one_problem_and_brings_no_flood(tmp_path: Path, file: str) -> None:
    author = Author(tmp_path)
    author.write(file, "a: 1\nb: [\n")

    found = author.problems()

    assert found[0][2] == "not_yaml"
    assert found[0][:2] == (file, 3)
    assert len(found) == 1


@pytest.mark.parametrize("file", EVERY_FILE)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, file: str) -> None:
    author = Author(tmp_path)
    author.write(file, "- just\n- a list\n")

    assert author.problems() == [(file, 1, "not_a_mapping")]


@pytest.mark.parametrize("file", EVERY_FILE)
@pytest.mark.parametrize("seed", range(6))
def test_no_cut_or_doubled_line_makes_the_checker_stumble(tmp_path: Path, file: str, seed: int) -> None:
    author = Author(tmp_path)
    lines = (author.folder / file).read_text("utf-8").splitlines(keepends=True)
    place = seed * len(lines) // 6
    cut = [*lines[:place], *lines[place + 1 :]]
    author.write(file, "".join(cut))
    author.problems()
    doubled = [*lines[: place + 1], lines[place], *lines[place + 1 :]]
    author.write(file, "".join(doubled))
    author.problems()


def test_files_that_are_not_text_are_told(tmp_path: Path) -> None:
    author = Author(tmp_path)
    (author.folder / SOURCES).write_bytes("a: 1\nsources: 示例".encode("gb18030"))
    (author.folder / "shared" / "empty.yaml").write_text("# nothing\n", "utf-8")
    (author.folder / "shared" / "zero.yaml").write_bytes(b"a: \x00\n")
    (author.folder / "shared" / "deep.yaml").write_text("a: " + "[" * 30 + "]" * 30, "utf-8")
    (author.folder / "shared" / "alias.yaml").write_text("id: &x prices_b\ntitle: *x\nitems: []\n", "utf-8")
    (author.folder / "shared" / "folder.yaml").mkdir()

    found = {(file, code): line for file, line, code in author.problems()}

    assert found[SOURCES, "not_utf8"] == 2
    assert found["shared/empty.yaml", "no_document"] == 2
    assert found["shared/zero.yaml", "not_yaml"] == 1
    assert found["shared/deep.yaml", "too_deep"] == 1
    assert found["shared/alias.yaml", "anchor"] == 2
    assert found["shared/folder.yaml", "no_file"] == 1


def test_files_where_nobody_looks_are_told(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.write("sources/more.yml", "sources: []\n")
    author.write("notes.yaml", "a: b\n")
    (author.folder / "sources" / "old").mkdir()
    author.write("sources/old/more.yaml", "sources: []\n")

    assert [(file, code) for file, _, code in author.problems()] == [
        ("notes.yaml", "stray_file"),
        ("sources/more.yml", "stray_file"),
        ("sources/old/more.yaml", "stray_file"),
    ]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as raised:
        load(tmp_path / "nowhere")

    assert [problem.code for problem in raised.value.problems] == ["no_folder"]


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    author = Author(tmp_path)
    before = author.read().editions[0].checksum
    text = (author.folder / BRICKS).read_bytes()
    (author.folder / BRICKS).write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))

    after = author.read()

    assert after.problems == ()
    assert after.editions[0].checksum == before
