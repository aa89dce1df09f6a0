"""Papers of chapters as Word files: the same text and tables as in print; a chart's figures stand in the text beside it."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from portal.report.application import Application
from portal.report.blocks import Block, Chart, Head, Room, Table, Text
from portal.report.white_paper import WhitePaper

FONT = "Noto Sans CJK SC"
_WIDTH = 165  # millimetres between the margins
_ROOM = 8  # empty lines to write on
_FIRST = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a zip archive can name


def write(paper: WhitePaper) -> bytes:
    """The white paper; the same paper is the same bytes."""
    document: Any = Document()
    _set_up(document, f"{paper.period}{paper.title}", f"{paper.title}　{paper.period}", paper.printed_on)
    document.add_paragraph(paper.title, style="Title")
    document.add_paragraph(paper.period)
    _table(document, [], [[fact.label, fact.value] for fact in paper.facts], [40, _WIDTH - 40])
    document.add_page_break()
    document.add_heading("摘要", 1)
    _table(
        document,
        [tile.label for tile in paper.tiles],
        [[tile.value for tile in paper.tiles], [tile.note for tile in paper.tiles]],
    )
    for finding in paper.findings:
        document.add_paragraph(finding, style="List Bullet")
    document.add_paragraph(paper.note)
    for chapter in paper.chapters:
        document.add_page_break()
        document.add_heading(f"{chapter.number}　{chapter.title}", 1)
        for block in chapter.blocks:
            _block(document, block)
    return _saved(document)


def write_application(paper: Application) -> bytes:
    """The application; the same paper is the same bytes."""
    document: Any = Document()
    header = f"{paper.enterprise}　{paper.title}　{paper.number}"
    _set_up(document, f"{paper.enterprise} {paper.period}{paper.title}", header, paper.printed_on)
    document.add_paragraph(paper.title, style="Title")
    document.add_paragraph(paper.period)
    _table(document, [], [[fact.label, fact.value] for fact in paper.cover], [40, _WIDTH - 40])
    document.add_paragraph(paper.note)
    for chapter in paper.chapters:
        document.add_page_break()
        mark = f"{chapter.number}、" if chapter.number else ""
        document.add_heading(f"{mark}{chapter.title}", 1)
        for block in chapter.blocks:
            _block(document, block)
    return _saved(document)


def _set_up(document: Any, title: str, header: str, made_on: date) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(24), Mm(21)
    for name in ("Normal", "Heading 1", "Heading 2", "Title", "List Bullet", "Caption"):
        style = document.styles[name]
        style.font.name = FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    document.styles["Normal"].font.size = Pt(10.5)
    section.header.paragraphs[0].text = header
    core = document.core_properties
    core.title, core.author, core.comments = title, "企业绿色工厂自评价门户", ""
    core.language = "zh-CN"
    core.created = core.modified = datetime.combine(made_on, time(), UTC)


def _block(document: Any, block: Block) -> None:
    match block:
        case Head():
            document.add_heading(f"{block.number}　{block.text}", 2)
        case Text():
            document.add_paragraph(block.text)
        case Room():
            document.add_paragraph(block.text)
            for _ in range(_ROOM):
                document.add_paragraph()
        case Table():
            caption = document.add_paragraph(block.caption, style="Caption")
            caption.paragraph_format.keep_with_next = True
            rest = _WIDTH - sum(column.width for column in block.columns)
            free = sum(not column.width for column in block.columns) or 1
            widths = [column.width or max(rest // free, 18) for column in block.columns]
            numbers = [column.is_number for column in block.columns]
            _table(document, [column.title for column in block.columns], block.rows, widths, numbers)
        case Chart():
            pass  # Word shows no SVG by this way; every figure stands in the table that follows


def _table(
    document: Any,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int] = (),
    numbers: Sequence[bool] = (),
) -> None:
    many = len(heads) or len(rows[0])
    table = document.add_table(rows=0, cols=many, style="Table Grid")
    table.autofit = False
    if heads:
        cells = table.add_row()
        _repeat(cells)
        for cell, head in zip(cells.cells, heads, strict=True):
            cell.paragraphs[0].add_run(head).bold = True
    for row in rows:
        for place, (cell, said) in enumerate(zip(table.add_row().cells, row, strict=True)):
            cell.paragraphs[0].add_run(said).font.size = Pt(9)
            if place < len(numbers) and numbers[place]:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for row_ in table.rows:
        for cell, width in zip(row_.cells, widths, strict=False):
            cell.width = Mm(width)
    document.add_paragraph()


def _repeat(row: Any) -> None:
    """The head comes again on every page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _saved(document: Any) -> bytes:
    """The file, without the moment at which its parts were written."""
    given = io.BytesIO()
    document.save(given)
    out = io.BytesIO()
    with zipfile.ZipFile(given) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as settled:
        for name in parts.namelist():
            settled.writestr(zipfile.ZipInfo(name, _FIRST), parts.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
