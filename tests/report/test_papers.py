"""The bureau's papers: the same words in Word and print, templates as their script makes them, nothing escapes."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from pypdfium2 import PdfDocument

from portal.report import paper_templates, papers
from portal.report.papers import Head, Notice, NoticeLine, Opinion
from portal.report.press import print_here
from portal.report.verified import LoweredLine, Side
from tests.trade import make_practice

HEAD = Head(
    enterprise="示例水泥有限公司",
    uscc="91330111MA2DEM001F",
    district="富阳区",
    sector="水泥",
    year="2026",
    number="HZ2026-0A1B2C3D",
    round="1",
)


def make_notice(count: int = 3) -> Notice:
    return Notice(
        head=HEAD,
        items=tuple(
            NoticeLine(
                n=str(n),
                section="原料与固废利用",
                title=f"示例条目{n}",
                declared="全面实施",
                reason="缺少佐证：",
                comment="请补充 <2026> 年台账 & 检测报告\n第二行",
            )
            for n in range(1, count + 1)
        ),
        remark="请按期补正",
        due="2026年12月2日",
        extended="",
        bureau="富阳区主管部门",
        issued="2026年11月22日",
        issued_on=date(2026, 11, 22),
    )


def make_opinion(answer_opinion: str = "", answer_day: str = "") -> Opinion:
    item = make_practice("waste")
    return Opinion(
        head=HEAD,
        sides=(Side(label="综合得分", declared="72.5", verified="68.0", difference="−4.5"),),
        lowered=(
            LoweredLine(
                item=item,
                title="协同处置",
                declared="全面实施",
                counted="未实施",
                reason="现场未实施或未运行",
                objection="–",
            ),
        ),
        district_opinion="同意上报",
        district_day="2026年12月3日",
        city_opinion="同意核定",
        city_day="2026年12月9日",
        answer_opinion=answer_opinion,
        answer_day=answer_day,
        note="",
        checksum="ab" * 32,
        issued="2026年12月9日",
        issued_on=date(2026, 12, 9),
    )


def text_of_word(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([one.text for one in document.paragraphs] + cells)


def in_word_and_print(paper: Notice | Opinion, folder: Path) -> tuple[str, str]:
    """The text of the Word file, and of the PDF."""
    print_here(papers.printed(paper), folder / "paper.pdf", lambda percent, step: None)
    pdf = PdfDocument(folder / "paper.pdf")
    printed = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    pdf.close()
    return text_of_word(papers.word(paper, (paper_templates.FOLDER,))), printed


@pytest.mark.parametrize(("paper", "expected"), [(make_notice(), 3), (make_opinion(), 1)])
def test_word_and_print_say_the_same(paper: Notice | Opinion, expected: int, tmp_path: Path) -> None:
    word, printed = in_word_and_print(paper, tmp_path)
    said = papers.values(paper)
    for name in ("enterprise", "number", "uscc", "title"):
        assert said[name] in word
        assert said[name] in printed.replace("\r\n", "")
    assert said["count"] == str(expected)
    assert "{" not in word
    assert "{" not in printed


@pytest.mark.parametrize(
    ("opinion", "day", "expected"),
    [
        ("异议部分成立", "2026年12月20日", ["异议答复", "异议部分成立", "2026年12月20日"]),
        ("", "2026年12月20日", ["异议答复", "各项的答复见核减的条目一表", "2026年12月20日"]),
        ("", "", []),
    ],
)
def test_what_the_city_said_to_the_objections_has_a_box_once_it_answered(
    opinion: str, day: str, expected: list[str], tmp_path: Path
) -> None:
    for text in in_word_and_print(make_opinion(opinion, day), tmp_path):
        assert all(each in text for each in expected)
        assert ("异议答复" in text) is bool(expected)


def test_the_same_paper_is_the_same_file(tmp_path: Path) -> None:
    files = []
    for name in ("a.pdf", "b.pdf"):
        print_here(papers.printed(make_notice()), tmp_path / name, lambda percent, step: None)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]
    assert papers.key(make_notice()) != papers.key(make_notice(2))


def test_lines_and_signs_of_markup_stay_text() -> None:
    word = text_of_word(papers.word(make_notice(1), (paper_templates.FOLDER,)))
    assert "<2026> 年台账 & 检测报告\n第二行" in word


def test_the_templates_are_as_their_script_makes_them() -> None:
    for name, content in paper_templates.make().items():
        assert (paper_templates.FOLDER / name).read_bytes() == content


def test_many_items_fill_several_pages_with_the_head_repeated(tmp_path: Path) -> None:
    print_here(papers.printed(make_notice(60)), tmp_path / "long.pdf", lambda percent, step: None)
    pdf = PdfDocument(tmp_path / "long.pdf")
    texts = [page.get_textpage().get_text_bounded() for page in pdf]
    pdf.close()
    assert len(texts) > 2
    assert all("补正要求" in text for text in texts[:-1])
