"""Whether the plan's measures are all asked, each by an item of its own."""

from pathlib import Path

from portal.catalog.coverage import covered
from tests.catalog.author import BRICKS, PLAN, Author


def _covered(author: Author) -> dict[str, str | None]:
    folder = author.read()
    assert folder.content.plan is not None
    pairs = covered(folder.content.plan, folder.editions[0].questionnaire)
    return {measure.term: item.id if item else None for measure, item in pairs}


def test_every_measure_gets_the_item_that_names_it(tmp_path: Path) -> None:
    assert _covered(Author(tmp_path)) == {"低氮燃烧": "low_nox", "粉煤灰": "fly_ash", "矿渣": "slag"}


def test_two_measures_need_two_items_even_when_one_item_cites_both(tmp_path: Path) -> None:
    author = Author(tmp_path)
    text = (author.folder / BRICKS).read_text("utf-8")
    cited = "clauses: [{source: hz_plan, place: 专栏4-1, term: 矿渣、粉煤灰}]"
    first = text.index(cited)
    author.write(BRICKS, text[:first] + "clauses: [{source: gb_1}]" + text[first + len(cited) :])

    assert _covered(author) == {"低氮燃烧": "low_nox", "粉煤灰": "fly_ash", "矿渣": None}
    assert author.problems() == [(BRICKS, author.line(BRICKS, "sections:"), "not_covered")]


def test_an_item_that_suits_two_measures_makes_room_for_the_other(tmp_path: Path) -> None:
    author = Author(tmp_path)
    text = (author.folder / BRICKS).read_text("utf-8").replace("term: 矿渣、粉煤灰}", "term: 粉煤灰}", 1)
    author.write(BRICKS, text)
    author.change(PLAN, "term: 粉煤灰", "term: 灰渣")
    author.write(
        BRICKS,
        text.replace("term: 粉煤灰}", "term: 灰渣}").replace("term: 矿渣、粉煤灰}", "term: 矿渣/灰渣}"),
    )

    assert _covered(author) == {"低氮燃烧": "low_nox", "灰渣": "slag", "矿渣": "fly_ash"}


def test_width_spaces_and_punctuation_of_a_term_do_not_matter(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, "term: 低氮燃烧}", "term: 采用“低氮 燃烧”（ＳＮＣＲ）等技术}")

    assert _covered(author)["低氮燃烧"] == "low_nox"


def test_a_single_character_is_no_term(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, "term: 低氮燃烧}", "term: 氮}")

    assert _covered(author)["低氮燃烧"] is None


def test_only_the_newest_version_must_ask_everything(tmp_path: Path) -> None:
    author = Author(tmp_path)
    text = (author.folder / BRICKS).read_text("utf-8")
    author.write("brickworks/2026-10.yaml", text.replace("version: 2026-1", "version: 2026-10"))
    author.write(
        "brickworks/2026-9.yaml",
        text.replace("version: 2026-1", "version: 2026-9").replace("专栏3-1", "专栏3-2"),
    )

    assert author.problems() == []


def test_without_a_plan_nothing_is_asked_of_the_questionnaires(tmp_path: Path) -> None:
    author = Author(tmp_path)
    (author.folder / PLAN).unlink()

    assert author.problems() == []
