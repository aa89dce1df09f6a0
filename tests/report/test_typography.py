"""Chinese typesetting of plain text."""

import pytest
from markupsafe import Markup

from portal.report.typography import finalize, plain, typeset


@pytest.mark.parametrize(
    "number",
    [
        "GB/T 36132—2025",
        "GB 4915—2013",
        "HJ 434—2008",
        "GB/T 18916.62—2022",
        "DB33/T 2310—2021",
        "〔2024〕 13 号",
    ],
)
def test_the_number_of_a_standard_stays_on_one_line(number: str) -> None:
    kept = number.replace(" ", "\u00a0")
    assert f'<span class="k">{kept}</span>' in typeset(f"按{number}表 2")


@pytest.mark.parametrize(
    ("text", "set_"),
    [
        ("减排 CO2", "减排 CO<sub>2</sub>"),
        ("tCO₂", "tCO<sub>2</sub>"),
        ("NOx 与 SO2", "NO<sub>x</sub> 与 SO<sub>2</sub>"),
        ("PM2.5", "PM<sub>2.5</sub>"),
        ("SCO27", "SCO27"),
    ],
)
def test_formulas_get_real_subscripts(text: str, set_: str) -> None:
    assert typeset(text) == set_


def test_a_figure_keeps_its_unit() -> None:
    assert typeset("约 660 万元") == "约 660\u00a0万元"


def test_text_is_escaped_before_it_is_set() -> None:
    assert typeset("<b>CO2</b>") == "&lt;b&gt;CO<sub>2</sub>&lt;/b&gt;"
    assert plain('"><script>') == "&#34;&gt;&lt;script&gt;"


def test_what_is_set_already_and_what_is_no_text_pass_through() -> None:
    assert typeset(Markup("<b>CO2</b>")) == "<b>CO2</b>"
    assert finalize(7) == 7
