"""The report as HTML: escaped, complete, with nothing to fetch."""

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from portal.report import html
from tests.report.sample import CHECK_URL, make_document


@pytest.fixture(scope="module")
def page() -> str:
    return html.render(make_document(name="<script>alert(1)</script>&公司"))


def test_what_people_typed_is_escaped(page: str) -> None:
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_every_line_of_the_contents_leads_somewhere(page: str) -> None:
    anchors = set(re.findall(r'id="([^"]+)"', page))
    links = re.findall(r'href="#([^"]+)"', page)
    assert len(links) > 20
    assert set(links) <= anchors


def test_every_chart_names_its_font_and_begins_with_its_title(page: str) -> None:
    charts = re.findall(r"<svg[^>]*>.{7}", page)
    assert len(charts) > 10
    assert all(chart.endswith("<title>") for chart in charts)
    drawn = [chart for chart in charts if 'class="segno"' not in chart]
    assert all("Noto Sans CJK SC" in chart for chart in drawn)


def test_the_page_asks_for_nothing(page: str) -> None:
    assert not re.search(r"(src|data)\s*=", page.replace("data-who=", "").replace("data-side=", ""))
    assert "url(" not in page
    assert "<link" not in page


def test_heads_of_tables_say_what_they_head(page: str) -> None:
    assert "<th>" not in page
    assert page.count("<th ") == page.count(' scope="')


def test_a_draft_has_no_code_to_scan() -> None:
    assert 'class="segno"' in html.render(make_document())
    assert CHECK_URL in html.render(make_document())
    draft = html.render(make_document(is_submitted=False, number="", check_url=""))
    assert 'class="segno"' not in draft
    assert "草稿：本报告不作申报依据" in draft


def test_the_commitment_is_never_signed_in_advance(page: str) -> None:
    promise = page.partition('<section class="promise">')[2].partition("</section>")[0]
    assert promise.count('<td class="line"></td>') == 6


def test_a_name_that_a_template_does_not_know_stops_the_report(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("{{ report.no_such_thing }}")
    with pytest.raises(UndefinedError):
        html.render(make_document(), tmp_path)
