"""The frames of an application: every item has its place, and nothing is named that is not there."""

from pathlib import Path

import pytest

from portal.catalog.library import load
from portal.config import HOME
from portal.core.package import Holds, placed
from tests.catalog.author import BRICKS, Author

FRAMES = "frames.yaml"
SOUND = """\
frames:
  - id: green
    title: 示例框架
    form: 自评价报告
    since: "2025"
    source: gb_1
    verification: secondhand
    note: 示例
    cover:
      - {title: 申报单位, known: name}
    fields:
      - {title: 邮编}
    pledge: 本单位承诺材料真实。
    groups:
      - {id: plant, title: 企业, sections: [profile], items: [slag]}
      - {id: low_carbon, title: 能源低碳化, sections: [kiln]}
    left_out: [prices]
    chapters:
      - {id: one, number: 一, title: 企业, holds: plant, groups: [plant]}
      - id: two
        title: 创建情况
        holds: groups
        parts:
          - {id: energy, number: "1", title: 能源, holds: groups, groups: [low_carbon], unknown: [照明]}
    platform:
      source: gb_1
      verification: secondhand
      note: 示例
      lines:
        - {number: "1", first: 能源低碳化, second: 用煤, title: 单位产品用煤, unit: "%", takes: [coal_rate, energy], proofs: [台账]}
"""


def _author(tmp_path: Path, old: str = "", new: str = "") -> Author:
    author = Author(tmp_path)
    author.write(FRAMES, SOUND)
    if old:
        author.change(FRAMES, old, new)
    return author


def test_a_sound_frame_is_read_with_its_parts_in_order(tmp_path: Path) -> None:
    folder = _author(tmp_path).read()
    assert not folder.problems
    (frame,) = folder.library().frames

    assert [(one.number, one.title) for one in frame.headings()] == [
        ("一", "企业"), ("", "创建情况"), ("1", "能源"),
    ]  # fmt: skip
    inside = placed(frame, folder.editions[0].questionnaire)
    assert [item.id for item in inside["plant"]] == ["process", "bricks", "raw_coal", "lawful", "slag"]
    assert [item.id for item in inside["low_carbon"]] == ["energy", "low_nox", "fly_ash"]


@pytest.mark.parametrize(
    ("old", "new", "marker", "codes"),
    [
        ("groups: [low_carbon],", "groups: [low_heat],", "groups: [low_heat]", ["unknown_group"]),
        ("items: [slag]", "items: [slag, slag]", "items: [slag", ["placed_twice", "placed_twice"]),
        ("items: [slag]", "items: [slug]", "items: [slug]", ["placed_nowhere"]),
        ("sections: [profile]", "sections: [profile, office]", "sections: [profile", ["placed_nowhere"]),
        ("left_out: [prices]", "left_out: [prices, cost]", "left_out:", ["placed_nowhere"]),
        ("takes: [coal_rate, energy]", "takes: [coal_rat]", "takes: [coal_rat]", ["placed_nowhere"]),
        ("items: [slag]", "items: [slag, low_nox]", "items: [slag", ["other_axis"]),
        ("    source: gb_1\n    ver", "    source: gb_2\n    ver", "source: gb_2", ["unknown_source"]),
        (
            "secondhand\n    note",
            "original\n    note",
            "verification: original",
            ["more_than_read"],
        ),
        ('since: "2025"', 'since: "25"', "since:", ["not_a_year"]),
        ("id: low_carbon", "id: plant", "id: plant, title: 能源", ["duplicate_id", "unknown_group"]),
        ("holds: plant", "holds: story", "holds: story", ["not_a_choice"]),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(
    tmp_path: Path, old: str, new: str, marker: str, codes: list[str]
) -> None:
    author = _author(tmp_path, old, new)
    problems = author.problems()

    assert sorted(code for _, _, code in problems) == codes or {code for _, _, code in problems} == set(codes)
    assert (FRAMES, author.line(FRAMES, marker), codes[0]) in problems


def test_an_item_without_a_place_is_named(tmp_path: Path) -> None:
    author = _author(tmp_path, "sections: [kiln]", "items: [energy, low_nox]")

    assert author.problems() == [(FRAMES, author.line(FRAMES, "groups:\n"), "not_placed")]
    assert "fly_ash" in author.read().problems[0].details


def test_a_questionnaire_that_is_not_read_whole_brings_no_flood(tmp_path: Path) -> None:
    author = _author(tmp_path, "items: [slag]", "items: [slug]")
    author.change(BRICKS, "indicator: energy", "indicater: energy")

    assert "placed_nowhere" not in {code for _, _, code in author.problems()}


def test_the_real_frames_place_every_item_of_every_sector() -> None:
    library = load(HOME / "questionnaires")
    assert [frame.since for frame in library.frames] == ["2018", "2025"]
    for frame in library.frames:
        for questionnaire in library.questionnaires.values():
            inside = placed(frame, questionnaire)
            told = {item.id for items in inside.values() for item in items}
            left = {
                item.id
                for section in questionnaire.sections
                if section.id in frame.left_out
                for item in section.items
            }
            assert told | left == set(questionnaire.items)
        # What is filled in comes to a table, and to a chapter that describes it unless it is 绩效.
        shown = {name for part in frame.headings() for name in part.groups if part.holds is Holds.TABLE}
        described = {
            name for part in frame.headings() for name in part.groups if part.holds is not Holds.TABLE
        }
        assert shown | described == {group.id for group in frame.groups}


def test_the_headings_of_the_2018_form_stand_in_their_order() -> None:
    frame = load(HOME / "questionnaires").frame("form_2018")
    assert [f"{one.number}{one.title}" for one in frame.headings()] == [
        "基本信息表", "材料真实性承诺", "一工厂基本情况", "二绿色工厂创建情况", "1基础设施情况", "2管理体系情况",
        "3能源资源投入情况", "4产品情况", "5环境排放情况", "三下一步工作", "四绿色工厂自评价表", "五相关证明材料",
    ]  # fmt: skip


def test_the_2025_frame_follows_the_standard() -> None:
    frame = load(HOME / "questionnaires").frame("standard_2025")
    titles = [one.title for one in frame.headings()]
    assert titles[3:9] == [
        "基本要求", "能源低碳化", "资源高效化", "生产洁净化", "产品绿色化", "用地集约化",
    ]  # fmt: skip
