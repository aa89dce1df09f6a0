"""Charts: one string each, the same in every browser and in print, and nothing in them that a policy forbids."""

import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from portal.report.figures import (
    Bar,
    Mark,
    Spoke,
    Stair,
    Tone,
    Track,
    bars,
    gauge,
    radar,
    ruler,
    staircase,
    timeline,
)

D = Decimal
NAMES = ("原料与固废利用", "烧成、粉磨与余热", "脱硝、除尘与无组织排放", "管理")
FIGURES = {
    "radar": lambda: radar("雷达", [Spoke(label=name, value=D(20 * n)) for n, name in enumerate(NAMES)]),
    "radar with a hole": lambda: radar("雷达", [Spoke(label=name, value=None) for name in NAMES]),
    "radar of two": lambda: radar("雷达", [Spoke(label=name, value=D(50)) for name in NAMES[:2]]),
    "bars": lambda: bars("栏目", [Bar(label=NAMES[0], value=D("61.25"), note="占 60%"), Bar(label="b", value=None)]),
    "no bars": lambda: bars("栏目", []),
    "gauge": lambda: gauge("总分", D("62.04"), caption="暂定"),
    "empty gauge": lambda: gauge("总分", None),
    "ruler": lambda: ruler("能耗", D(108), [Mark(label="Ⅰ级 100", value=D(100))], is_smaller_better=True),
    "ruler without distance": lambda: ruler("汞", D(0), [Mark(label="Ⅲ级 0", value=D(0))], is_smaller_better=True),
    "staircase": lambda: staircase("路线", [Stair(label="现状", value=D(62)), Stair(label="高费", value=None)]),
}  # fmt: skip


@pytest.fixture(params=FIGURES)
def figure(request: pytest.FixtureRequest) -> str:
    return FIGURES[request.param]()


def test_a_figure_is_well_formed_and_begins_with_its_title(figure: str) -> None:
    root = ET.fromstring(figure)
    assert root.tag.endswith("}svg")
    assert root[0].tag.endswith("}title")
    assert root[0].text


def test_a_figure_carries_no_style_class_id_script_or_font(figure: str) -> None:
    for element in ET.fromstring(figure).iter():
        assert not {"style", "class", "id", "font-family"} & set(element.attrib)
        assert element.tag.rpartition("}")[2] in {
            "svg", "title", "text", "rect", "path", "line", "polygon", "circle",
        }  # fmt: skip


def test_a_figure_is_the_same_each_time(figure: str, request: pytest.FixtureRequest) -> None:
    assert figure in {make() for make in FIGURES.values()}
    assert "nan" not in figure
    assert '"-0"' not in figure


def test_labels_are_escaped() -> None:
    assert "<b>" not in bars("<b>&", [Bar(label="<b>", value=D(1), note='"<b>')])


def test_values_are_written_with_one_decimal_rounded_half_up() -> None:
    assert ">61.3<" in bars("", [Bar(label="a", value=D("61.25"))])


def test_a_value_beyond_the_scale_stays_inside_the_picture() -> None:
    root = ET.fromstring(bars("", [Bar(label="a", value=D(250))]))
    assert all(
        float(rect.attrib["x"]) + float(rect.attrib["width"]) <= 520
        for rect in root.iter()
        if "width" in rect.attrib
    )


@pytest.mark.parametrize(("is_smaller_better", "better"), [(True, D(90)), (False, D(120))])
def test_better_lies_to_the_right(is_smaller_better: bool, better: Decimal) -> None:
    def place(value: Decimal) -> float:
        marks = [Mark(label="Ⅱ级", value=D(100)), Mark(label="Ⅰ级", value=D(110))]
        text = ruler("", value, marks, is_smaller_better=is_smaller_better)
        return float(text.rpartition("M ")[2].split()[0])

    assert place(better) > place(D(105))


def test_labels_of_near_levels_do_not_cover_each_other() -> None:
    marks = [Mark(label=f"级 {value}", value=D(value)) for value in ("99", "100", "101")]
    root = ET.fromstring(ruler("", D(500), marks, is_smaller_better=True))
    places = sorted(float(text.attrib["x"]) for text in root.iter() if text.tag.endswith("}text"))
    assert all(after - before >= 46 for before, after in pairwise(places))
    assert places[0] >= 20
    assert places[-1] <= 180


def test_the_gain_between_two_steps_is_written() -> None:
    assert "+8.5" in staircase("", [Stair(label="a", value=D("60")), Stair(label="b", value=D("68.5"))])


def test_a_long_label_breaks_between_words() -> None:
    text = radar("", [Spoke(label="烧成、粉磨与余热", value=D(1))] * 3)
    assert ">烧成、<" in text
    assert ">粉磨与余热<" in text


def test_a_timeline_begins_with_the_quarter_of_its_first_day_and_names_each_year_once() -> None:
    tracks = [
        Track(label="甲", start=date(2026, 11, 23), end=date(2027, 2, 21), tone=Tone.CLEAN, note="王工"),
        Track(label="乙", start=date(2026, 12, 1), end=date(2029, 11, 23), tone=Tone.QUIET, note=""),
    ]
    drawn = timeline("时间", tracks)
    assert drawn.count("<line ") == 13  # quarters from the fourth of 2026 to the fourth of 2029
    assert [year for year in range(2025, 2031) if f">{year} 年<" in drawn] == [2027, 2028, 2029]
    short = timeline("时间", tracks[:1])
    assert [year for year in range(2025, 2029) if f">{year} 年<" in short] == [2026, 2027]
