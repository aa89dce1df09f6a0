"""The printed report: what a bureau's archive, a search and a screen reader find in it."""

import base64
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from portal.config import HOME
from portal.report import pdf
from portal.report.html import fill
from portal.report.press import print_here
from tests.postgres_server import unavailable
from tests.report.conftest import Printed
from tests.report.sample import NAME, NUMBER, make_document

IMPRINT = pdf.Imprint(made_on=date(2026, 1, 1), identifier=b"test")


def run(*command: str) -> str:
    if shutil.which(command[0]) is None:
        unavailable(f"{command[0]} is missing: ./run test installs poppler-utils")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def pages(path: Path) -> list[str]:
    return run("pdftotext", "-layout", str(path), "-").split("\f")[:-1]


def test_a_typical_plant_gets_fifteen_to_twenty_five_pages(printed: Printed, draft: Printed) -> None:
    for one in (printed, draft):
        with pikepdf.open(one.path) as file:
            assert 15 <= len(file.pages) <= 25
            assert {
                (round(float(page.mediabox[2])), round(float(page.mediabox[3]))) for page in file.pages
            } == {(595, 842)}


def test_the_longest_list_of_technologies_stays_within_twenty_five_pages(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    print_here(make_document("chemicals-1"), path, lambda percent, step: None)
    with pikepdf.open(path) as file:
        assert 15 <= len(file.pages) <= 25


def test_exactly_two_fonts_are_embedded(printed: Printed) -> None:
    lines = run("pdffonts", str(printed.path)).splitlines()[2:]
    assert len(lines) == 2
    assert all("Noto-Sans-CJK-SC" in line and " yes yes yes " in line for line in lines)


def test_the_text_can_be_searched(printed: Printed) -> None:
    text = "".join(pages(printed.path)).replace("\u00a0", " ")
    for words in (NAME, NUMBER, "自评价承诺书", "GB 16780—2021", "参考分级，非国家标准", "改进路线图"):
        assert words in text


def test_every_page_but_the_cover_says_whose_it_is_and_which(printed: Printed) -> None:
    cover, *others = pages(printed.path)
    assert "页" not in cover
    for number, page in enumerate(others, 2):
        assert f"第 {number} / {len(others) + 1} 页" in page.replace("\u00a0", " ")
        assert NAME in page.splitlines()[0]


def test_the_contents_tell_the_pages_where_the_chapters_are(printed: Printed) -> None:
    text = pages(printed.path)
    contents = next(page for page in text if "目录" in page.split())
    for title in ("差距分析", "技术改进建议", "改进路线图", "附录 A", "附录 E"):
        stated = re.search(rf"{title}[^\n]*?(\d+)\s*$", contents, re.MULTILINE)
        assert stated, title
        assert title in text[int(stated.group(1)) - 1]


def test_the_bookmarks_are_the_chapters(printed: Printed) -> None:
    with pikepdf.open(printed.path) as file, file.open_outline() as outline:
        titles = [str(item.title) for item in outline.root]
        inner = [str(child.title) for item in outline.root for child in item.children]
    assert any("评价结果" in title for title in titles)
    assert any("清洁生产等级" in title for title in inner)


def test_it_claims_pdf_a_3a_and_pdf_ua_1(printed: Printed) -> None:
    with pikepdf.open(printed.path) as file:
        with file.open_metadata() as metadata:
            assert metadata.pdfa_status == "3A"
        assert b'pdfuaid:part="1"' in file.Root.Metadata.read_bytes()
        assert str(file.Root.Lang) == "zh-CN"
        assert file.Root.MarkInfo.Marked
        assert file.Root.ViewerPreferences.DisplayDocTitle
        assert NAME in str(file.docinfo.Title)


def test_answers_and_receipt_are_attached_byte_by_byte(printed: Printed) -> None:
    with pikepdf.open(printed.path) as file:
        attached = {name: spec.get_file().read_bytes() for name, spec in file.attachments.items()}
        assert {str(item.AFRelationship) for item in file.Root.AF} == {"/Data"}
    assert attached == {one.name: one.content for one in printed.document.attached}
    assert hashlib.sha256(attached["receipt.json"]).hexdigest() == printed.document.checksum


def test_a_draft_says_so_on_every_page(draft: Printed) -> None:
    assert all("草稿" in page for page in pages(draft.path))


def test_the_same_report_has_the_same_bytes_in_another_process(printed: Printed, tmp_path: Path) -> None:
    again = tmp_path / "again.pdf"
    code = (
        "import sys; from pathlib import Path; from portal.report.press import print_here;"
        "from tests.report.sample import make_document;"
        "print_here(make_document(), Path(sys.argv[1]), lambda percent, step: None)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "America/New_York"}
    subprocess.run([sys.executable, "-c", code, str(again)], check=True, cwd=HOME, env=environment)
    assert again.read_bytes() == printed.path.read_bytes()


# ── refusals ─────────────────────────────────────────────────────────────────


def write(body: str, head: str = "") -> bytes:
    return pdf.write(
        f'<!DOCTYPE html><html lang="zh-CN"><head><title>t</title>{head}</head><body>{body}</body></html>',
        imprint=IMPRINT,
    )


def test_a_missing_glyph_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    with pytest.raises(pdf.GlyphsMissing, match=r"U\+1F3ED.*示例") as raised:
        print_here(make_document(name="示例🏭公司"), path, lambda percent, step: None)
    assert raised.value.characters == ("🏭",)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_glyph_hidden_in_a_character_reference_is_found() -> None:
    with pytest.raises(pdf.GlyphsMissing):
        write("<p>&#x1F3ED;</p>")


def test_a_missing_font_says_which_and_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "fonts.conf"
    empty.write_text("<?xml version='1.0'?><fontconfig></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(empty))
    pdf.letters.cache_clear()
    try:
        with pytest.raises(pdf.FontsMissing, match=r"Noto Sans CJK SC.*fonts-noto-cjk"):
            write("<p>一</p>")
    finally:
        pdf.letters.cache_clear()


SECRET = Path(__file__).as_uri()


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", '<img alt="" src="http://127.0.0.1:9/a.png">'),
        ("", f'<img alt="" src="{SECRET}">'),
        ("", '<img alt="" src="ftp://127.0.0.1/a">'),
        ("", '<img alt="" src="a.png">'),
        ("", '<img alt="" src="//127.0.0.1:9/a.png">'),
        ("", '<img alt="" src="gopher://127.0.0.1/">'),
        ("", f'<object data="{SECRET}"></object>'),
        ("", f'<embed src="{SECRET}">'),
        ("", f'<a rel="attachment" href="{SECRET}">x</a>'),
        ("", f"<svg width=9 height=9><title>t</title><image width=9 height=9 href='{SECRET}'/></svg>"),
        ("", f"<svg width=9 height=9><title>t</title><use href='{SECRET}#a'/></svg>"),
        ("", f"<p style='background:url({SECRET})'>x"),
        (f"<style>p::before{{content:url({SECRET})}}</style>", "<p>x"),
        ("", f"<ul style='list-style-image:url({SECRET})'><li>x</ul>"),
        (f"<link rel=stylesheet href='{SECRET}'>", "x"),
        (f"<link rel=attachment href='{SECRET}'>", "x"),
        (f"<style>@import url({SECRET});</style>", "x"),
        (f"<style>@font-face{{font-family:a;src:url({SECRET})}}p{{font-family:a}}</style>", "<p>x"),
        (f"<style>@page{{background:url({SECRET})}}</style>", "x"),
        ("<base href='http://127.0.0.1:9/'>", '<img alt="" src="a.png">'),
    ],
)  # fmt: skip
def test_whatever_asks_for_something_outside_fails_that_report(
    head: str, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    fetch = pdf.ClosedFetcher.fetch
    monkeypatch.setattr(
        pdf.ClosedFetcher,
        "fetch",
        lambda self, url, headers=None: asked.append(url) or fetch(self, url, headers),
    )
    try:
        content = write(body, head)
    except (pdf.AddressRefused, pdf.PrintingFault):
        return
    # WeasyPrint may pass an address over; then it must not have been asked for, and nothing of it be there.
    assert asked == []
    assert b"EmbeddedFile" not in content


def test_what_a_report_brings_along_is_served() -> None:
    assert write('<img alt="a" src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22/>">')


def test_a_warning_in_the_log_fails_the_report() -> None:
    with pytest.raises(pdf.PrintingFault, match="no-such-property"):
        write("<p style='no-such-property: 1'>x")


def test_the_firms_logo_and_words_stand_on_the_cover(tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.new("RGBA", (60, 20), (20, 110, 70, 128)).save(picture, "PNG")
    document = make_document(
        consultant="杭州示例绿色低碳技术咨询有限公司",
        consultant_notes=("签字人：孙示例",),
        consultant_logo="data:image/png;base64," + base64.b64encode(picture.getvalue()).decode("ascii"),
    )
    head = "<!DOCTYPE html><html lang=zh-CN><title>封面</title>"
    path = tmp_path / "cover.pdf"
    path.write_bytes(pdf.write(head + fill("cover.html", report=document, qr=""), imprint=IMPRINT))
    (text,) = pages(path)
    assert "编制协助单位" in text
    assert "签字人：孙示例" in text
    with pikepdf.open(path) as file:
        kinds = [one.Subtype for one in file.pages[0].Resources.XObject.values()]
    assert kinds.count("/Image") == 1
