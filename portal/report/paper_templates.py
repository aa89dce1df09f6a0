"""Makes the Word templates of the bureau's papers: `python -m portal.report.paper_templates`.

A bureau may replace them by its own in the folder `papers/` of the data folder; the names in double braces are
those of `portal.report.papers`, told in docs/operations.md.
"""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "papers"
BODY, HEADING = "仿宋", "黑体"
WIDE = 16.0  # centimetres between the margins
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)

Rows = list[tuple[str, ...]]


def _document(title: str) -> Any:
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.5)
    page.top_margin, page.bottom_margin = Cm(2.6), Cm(2.2)
    style = document.styles["Normal"]
    _font(style, BODY, 12)
    style.paragraph_format.line_spacing = 1.35
    style.paragraph_format.space_after = Pt(4)
    document.core_properties.title = title
    document.core_properties.author = "企业绿色工厂自评价门户"
    document.core_properties.created = document.core_properties.modified = _SOME_DAY
    head = document.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(head.add_run(title), HEADING, 20)
    return document


def _font(one: Any, name: str, size: float) -> None:
    one.font.name, one.font.size = name, Pt(size)
    properties = one.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _heading(document: Any, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(8)
    paragraph.paragraph_format.keep_with_next = True
    _font(paragraph.add_run(text), HEADING, 13)


def _facts(document: Any, rows: Rows) -> None:
    table = document.add_table(rows=0, cols=4)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for row in rows:
        cells = table.add_row().cells
        for cell, text, width in zip(cells, row, (3.2, 5.6, 2.6, 4.6), strict=True):
            cell.width = Cm(width)
            cell.text = text


def _list(
    document: Any, head: tuple[str, ...], row: tuple[str, ...], widths: tuple[float, ...], of: str
) -> None:
    """A table with one row for each of `of`; the loop's own rows vanish when it is filled in."""
    table = document.add_table(rows=1, cols=len(head))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        _font(cell.paragraphs[0].add_run(text), HEADING, 10.5)
    repeated = table.rows[0]._tr.get_or_add_trPr()
    repeated.append(repeated.makeelement(qn("w:tblHeader"), {}))
    table.add_row().cells[0].text = f"{{%tr for line in {of} %}}"
    for cell, text in zip(table.add_row().cells, row, strict=True):
        _font(cell.paragraphs[0].add_run(text), BODY, 10.5)
    table.add_row().cells[0].text = "{%tr endfor %}"
    for each in table.rows:
        for cell, width in zip(each.cells, widths, strict=True):
            cell.width = Cm(width)


def _sign(document: Any, lines: tuple[str, ...]) -> None:
    document.add_paragraph()
    for text in lines:
        paragraph = document.add_paragraph(text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.keep_with_next = True


def notice() -> Any:
    """补正通知书."""
    document = _document("补正通知书")
    _facts(
        document,
        [
            ("企业名称", "{{ enterprise }}", "报告编号", "{{ number }}"),
            ("统一社会信用代码", "{{ uscc }}", "年度与轮次", "{{ year }} 年度，第 {{ round }} 次提交"),
            ("行业", "{{ sector }}", "所在地区", "{{ district }}"),
        ],
    )
    document.add_paragraph("{{ enterprise }}：").paragraph_format.space_before = Pt(10)
    text = (
        "你单位提交的 {{ year }} 年度绿色工厂自评价（编号 {{ number }}）经审核，有 {{ count }} 项需要补正。"
        "请于 {{ due }} 24:00 前在企业绿色工厂自评价门户逐项答复并再次提交；逾期未提交的，按已提交的内容审核。"
    )
    document.add_paragraph(text).paragraph_format.first_line_indent = Pt(24)
    document.add_paragraph("{%p if extended %}")
    document.add_paragraph("补正期限已延长至 {{ extended }} 24:00。").paragraph_format.first_line_indent = Pt(
        24
    )
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if remark %}")
    document.add_paragraph("总体意见：{{ remark }}").paragraph_format.first_line_indent = Pt(24)
    document.add_paragraph("{%p endif %}")
    _heading(document, "需要补正的条目")
    _list(
        document,
        ("序号", "条目", "填报内容", "补正要求"),
        ("{{ line.n }}", "{{ line.title }}", "{{ line.declared }}", "{{ line.reason }}{{ line.comment }}"),
        (1.2, 4.4, 3.8, 6.6),
        "items",
    )
    _sign(document, ("{{ bureau }}（盖章）", "{{ issued }}"))
    return document


def opinion() -> Any:
    """审核意见表."""
    document = _document("审核意见表")
    _facts(
        document,
        [
            ("企业名称", "{{ enterprise }}", "报告编号", "{{ number }}"),
            ("统一社会信用代码", "{{ uscc }}", "年度与轮次", "{{ year }} 年度，第 {{ round }} 次提交"),
            ("行业", "{{ sector }}", "所在地区", "{{ district }}"),
        ],
    )
    _heading(document, "自评与核定对照")
    _list(
        document,
        ("内容", "自评", "核定", "相差"),
        ("{{ line.label }}", "{{ line.declared }}", "{{ line.verified }}", "{{ line.difference }}"),
        (5.5, 3.5, 3.5, 3.5),
        "sides",
    )
    _heading(document, "核减的条目（{{ count }} 项）")
    document.add_paragraph("{%p if lowered %}")
    _list(
        document,
        ("条目", "填报", "核定", "理由", "异议"),
        (
            "{{ line.title }}",
            "{{ line.declared }}",
            "{{ line.counted }}",
            "{{ line.reason }}",
            "{{ line.objection }}",
        ),
        (4.2, 2.6, 2.6, 4.0, 2.6),
        "lowered",
    )
    document.add_paragraph("{%p else %}")
    document.add_paragraph("没有核减的条目。")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if note %}")
    document.add_paragraph("{{ note }}。")
    document.add_paragraph("{%p endif %}")
    _said(document, "初审意见", "{{ district_opinion }}", "{{ district_day }}")
    _said(document, "复核意见", "{{ city_opinion }}", "{{ city_day }}")
    document.add_paragraph("{%p if answer_day %}")
    in_items = "{{ answer_opinion or '各项的答复见核减的条目一表。' }}"
    _said(document, "异议答复", in_items, "{{ answer_day }}")
    document.add_paragraph("{%p endif %}")
    small = document.add_paragraph()
    _font(small.add_run("核定得分凭据 SHA-256：{{ checksum }}"), BODY, 9)
    return document


def _said(document: Any, title: str, text: str, day: str) -> None:
    """What a bureau said, with room for its seal."""
    _heading(document, title)
    document.add_paragraph(text).paragraph_format.first_line_indent = Pt(24)
    _sign(document, ("（盖章）", day))


def content(document: Any) -> bytes:
    """The file's bytes, the same each time: the archive bears no hour."""
    stream, settled = BytesIO(), BytesIO()
    document.save(stream)
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in sorted(made.namelist()):
            kept.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), made.read(name), zipfile.ZIP_DEFLATED)
    return settled.getvalue()


def make() -> dict[str, bytes]:
    """Every template by the name of its file."""
    return {"notice.docx": content(notice()), "opinion.docx": content(opinion())}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, made in make().items():
        (FOLDER / name).write_bytes(made)
