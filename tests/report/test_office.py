"""Word and Excel files on pages: what they say, in order, numbered and formatted; what they hide; what they try."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from docx.oxml import parse_xml
from docx.shared import Cm, Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment
from PIL import Image

from portal.core.evidence import MediaType
from portal.report import office_sheets, office_text
from portal.report.office import Box, Grid, Leaf, Omitted, Paragraph, Reading, Remark, Setter, flat
from portal.report.office_numbering import Numbering, numeral
from portal.report.office_pages import Opening, Outcome, lay_out
from tests.exhibits import make_ledger, make_locked_office, make_manual
from tests.papers import make_photo
from tests.report import sample

NAMES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEETS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
MAIN, SHEET = "word/document.xml", "xl/worksheets/sheet1.xml"


def saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def changed(content: bytes, name: str, part: str) -> bytes:
    """The same file with another part in its place."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for one in given.namelist():
            out.writestr(one, part if one == name else given.read(one))
    return stream.getvalue()


def worded(body: str) -> bytes:
    """A Word file with that body."""
    whole = f'<?xml version="1.0" encoding="UTF-8"?><w:document {NAMES}><w:body>{body}</w:body></w:document>'
    return changed(saved(docx.Document()), MAIN, whole)


def tabled(rows: str, before: str = "", after: str = "") -> bytes:
    """An Excel file with these rows on its sheet."""
    whole = f"<worksheet {SHEETS}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    return changed(make_ledger("F00", 1), SHEET, whole)


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], Reading]:
    def reading(content: bytes) -> Reading:
        path = tmp_path / "file"
        path.write_bytes(content)
        with zipfile.ZipFile(path) as archive:
            reader = office_text if MAIN in archive.namelist() else office_sheets
        return reader.read(path, Setter())

    return reading


Read = Callable[[bytes], Reading]


def leaf(reading: Reading) -> Leaf:
    (found,) = [one for one in reading.pieces if isinstance(one, Leaf)]
    return found


def texts(found: Leaf) -> list[list[str]]:
    return [[cell.text for cell in row] for _, row in found.rows]


# ── Word ─────────────────────────────────────────────────────────────────────


def test_word_is_read_in_its_order(read: Read) -> None:
    document = docx.Document()
    document.add_heading("能源管理制度", 1)
    document.add_paragraph("为加强管理 <b>&amp;</b>")
    table = document.add_table(3, 3)
    table.cell(0, 0).text = "合并"
    table.cell(0, 0).merge(table.cell(0, 2))
    table.cell(1, 0).text = "竖并"
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_picture(io.BytesIO(make_photo(size=(400, 200))), width=Cm(8))
    document.add_paragraph("末段").runs[0].font.size = Pt(16)
    document.sections[0].header.paragraphs[0].text = "QG/示例-2025"
    head, title, body, grid, picture, last = read(saved(document)).pieces
    assert isinstance(head, Remark) and head.text == "页眉：QG/示例-2025"
    assert isinstance(title, Paragraph) and title.level == 1
    assert flat([body]) == "为加强管理 <b>&amp;</b>"
    assert isinstance(grid, Grid)
    assert [one.across for one in grid.rows[0]] == [3]
    assert [row[0].goes_on for row in grid.rows] == [False, False, True]
    assert isinstance(picture, Paragraph) and picture.runs[0].picture is not None
    assert (picture.runs[0].picture.width, picture.runs[0].picture.height) == (80, 40)
    assert isinstance(last, Paragraph) and last.runs[0].look.size == 16


def test_what_word_does_not_show_is_not_shown_and_counted(read: Read) -> None:
    found = read(worded(
        "<w:p><w:r><w:t>留下</w:t></w:r><w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>加上</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:t>😀</w:t></w:r>"
        '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r><w:r><w:object/></w:r></w:p>'
    ))  # fmt: skip
    assert flat(found.pieces) == "留下加上〓〔√〕"
    assert {one: count for one, count in found.omitted.items() if count} == {
        Omitted.DELETED: 1, Omitted.HIDDEN: 1, Omitted.GLYPH: 1, Omitted.OBJECT: 1, Omitted.SHAPE: 1,
    }  # fmt: skip


def test_a_text_box_stands_in_a_frame_once(read: Read) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>框中</w:t></w:r></w:p></w:txbxContent>"
    found = read(worded(
        '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r><w:r><w:t>外面</w:t></w:r></w:p>"
    ))  # fmt: skip
    assert flat(found.pieces) == "外面"
    (frame,) = [one for one in found.pieces if isinstance(one, Box)]
    assert flat(frame.pieces) == "框中"


def test_a_picture_from_elsewhere_is_never_fetched(read: Read) -> None:
    document = docx.Document()
    document.add_picture(io.BytesIO(make_photo(size=(40, 20))))
    content = saved(document)
    name = "word/_rels/document.xml.rels"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rels = archive.read(name).decode()
    rels = rels.replace('Target="media/image1.jpg"', 'Target="http://192.0.2.1/a.jpg" TargetMode="External"')
    found = read(changed(content, name, rels))
    assert "192.0.2.1" in rels and found.omitted[Omitted.LINKED] == 1
    assert not any(run.picture for one in found.pieces if isinstance(one, Paragraph) for run in one.runs)


def test_a_picture_of_too_many_pixels_is_not_opened(read: Read) -> None:
    document = docx.Document()
    stream = io.BytesIO()
    Image.new("1", (9000, 9000)).save(stream, "PNG")
    document.add_picture(stream)
    assert read(saved(document)).omitted[Omitted.PICTURE] == 1


def test_a_page_that_begins_inside_a_paragraph_begins_a_page(read: Read) -> None:
    found = read(worded('<w:p><w:r><w:t>前</w:t><w:br w:type="page"/><w:t>后</w:t></w:r></w:p>'))
    assert [one.starts_page for one in found.pieces if isinstance(one, Paragraph)] == [False, True]


def test_tables_inside_tables_end_as_text(read: Read) -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 40 + "<w:p><w:r><w:t>深</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 40
    found = read(worded(deep))
    assert found.omitted[Omitted.NESTED] == 1


def test_a_long_document_ends_with_a_word_for_it(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_text, "MOST_LETTERS", 10)
    last = read(worded("<w:p><w:r><w:t>一二三四五六</w:t></w:r></w:p>" * 3)).pieces[-1]
    assert isinstance(last, Remark) and last.text == "文件很长，以下内容见原件。"


def test_paragraphs_are_numbered_as_word_numbers_them() -> None:
    def level(depth: int, form: str, text: str) -> str:
        return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'

    root = parse_xml(
        f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">{level(0, "chineseCounting", "第%1条")}'
        f"{level(1, 'decimal', '%1.%2')}{level(2, 'bullet', '•')}</w:abstractNum>"
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num></w:numbering>'
    )
    numbering = Numbering(root)
    steps = [("1", 0), ("1", 1), ("1", 1), ("1", 0), ("1", 1), ("1", 2), ("2", 0), ("9", 0)]
    said = [numbering.mark(list_id, depth, "") for list_id, depth in steps]
    assert said == ["第一条", "一.1", "一.2", "第二条", "二.1", "•", "第五条", ""]


@pytest.mark.parametrize(
    ("number", "form", "wanted"),
    [
        (12, "chineseCounting", "十二"), (120, "chineseCountingThousand", "一百二十"),
        (1005, "chineseCounting", "一千零五"), (110, "chineseCounting", "一百一十"),
        (20, "chineseLegalSimplified", "贰拾"), (20, "ideographDigital", "二〇"), (3, "decimalEnclosedCircle", "③"),
        (28, "lowerLetter", "bb"), (14, "upperRoman", "XIV"), (7, "decimalZero", "07"), (12, "decimalFullWidth", "１２"),
        (2, "ideographTraditional", "乙"), (12, "ideographZodiac", "亥"), (4, "none", ""), (30, "unheardOf", "30"),
    ],
)  # fmt: skip
def test_numerals_are_written_in_their_form(number: int, form: str, wanted: str) -> None:
    assert numeral(number, form) == wanted


# ── Excel ────────────────────────────────────────────────────────────────────


def test_a_sheet_shows_what_excel_shows(read: Read) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "能源台账"
    sheet["A1"] = "2025 年能源消耗台账"
    sheet.merge_cells("A1:C1")
    sheet["A1"].alignment = Alignment(horizontal="center")
    for row, (day, amount, share) in enumerate(
        ((date(2025, 1, 1), 1234.5, 0.125), (date(2025, 2, 1), 2, 0.5)), 2
    ):
        for column, (value, code) in enumerate(
            ((day, 'yyyy"年"m"月"'), (amount, "#,##0.0"), (share, "0.0%")), 1
        ):
            sheet.cell(row, column, value).number_format = code
    sheet["A5"] = "备注：以上数据来自门站表计，逐月核对"
    sheet["A7"], sheet["B7"], sheet["B8"] = "竖并", 1, 2
    sheet.merge_cells("A7:A8")
    found = leaf(read(saved(book)))
    assert found.title == "能源台账" and found.letters == ("A", "B", "C") and not found.is_wide
    assert texts(found) == [
        ["2025 年能源消耗台账"],
        ["2025年1月", "1,234.5", "12.5%"],
        ["2025年2月", "2.0", "50.0%"],
        ["备注：以上数据来自门站表计，逐月核对"],
        ["竖并", "1", ""],
        ["", "2", ""],
    ]
    assert [number for number, _ in found.rows] == [1, 2, 3, 5, 7, 8]
    merged, note = found.rows[0][1][0], found.rows[3][1][0]
    assert (merged.across, merged.align) == (3, "center")
    assert note.across == 3  # runs over the empty cells beside it, as in Excel
    assert [row[0].goes_on for _, row in found.rows] == [False] * 5 + [True]


def test_the_numbered_formats_of_a_chinese_excel_are_days(read: Read) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append([45717, 45717.5])
    content = saved(book)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    # Format 57 stands in no file: a Chinese Excel knows it.
    found = read(changed(content, "xl/styles.xml", styles.replace('numFmtId="0"', 'numFmtId="57"')))
    assert texts(leaf(found)) == [["2025年3月", "2025年3月"]]


def test_what_excel_hides_is_not_shown_and_counted(read: Read) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(1, 4):
        sheet.append([row, f"乙{row}", "=A1"])
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[2].hidden = True
    book.create_sheet("藏").sheet_state = "hidden"
    found = read(saved(book))
    assert texts(leaf(found)) == [["1", "〔无结果〕"], ["3", "〔无结果〕"]]
    assert {one: count for one, count in found.omitted.items() if count} == {
        Omitted.SHEET: 1, Omitted.LINE: 2, Omitted.FORMULA: 2,
    }  # fmt: skip


def test_wide_sheets_are_turned_and_wider_ones_split(read: Read) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append([f"列{number}" for number in range(1, 16)])
    assert leaf(read(saved(book))).is_wide
    book.active.append([f"列{number}" for number in range(1, 41)])
    parts = [one for one in read(saved(book)).pieces if isinstance(one, Leaf)]
    assert len(parts) > 1 and all(one.is_wide and sum(one.widths) <= 245 for one in parts)
    assert parts[0].title == f"Sheet（分 {len(parts)} 部分，第 1 部分）"
    assert [text for one in parts for text in texts(one)[1]] == [f"列{number}" for number in range(1, 41)]


def test_a_lie_about_the_size_of_a_sheet_costs_nothing(read: Read) -> None:
    found = read(tabled(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="B1048576"><v>2</v></c><c r="XFD1048576"><v>3</v></c></row>',
        '<dimension ref="A1:XFD1048576"/>',
        '<mergeCells><mergeCell ref="C1:XFD1048576"/></mergeCells>',
    ))  # fmt: skip
    assert [number for number, _ in leaf(found).rows] == [1, 1048576]
    assert found.pieces[-1] == Remark(text="工作表“Sheet”CB 列右边的内容见原件。")


def test_what_is_too_long_says_how_much_is_left(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_sheets, "MOST_ROWS", 3)
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(1, 1206))
    found = read(tabled(rows))
    assert len(leaf(found).rows) == 3
    assert found.pieces[-1] == Remark(text="工作表“Sheet”以下 1,202 行见原件。")


def test_pictures_on_a_sheet_come_after_it(read: Read) -> None:
    from openpyxl.drawing.image import Image as Drawn

    book = Workbook()
    assert book.active is not None
    book.active["A1"] = "现场照片"
    book.active.add_image(Drawn(io.BytesIO(make_photo(size=(60, 40)))), "B2")
    last = read(saved(book)).pieces[-1]
    assert isinstance(last, Paragraph) and last.runs[0].picture is not None


def test_a_picture_that_wps_keeps_in_a_cell_is_shown_under_its_number(read: Read) -> None:
    content = tabled(
        '<row r="1"><c r="A1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>'
        '<c r="B1" t="str"><v>甲_x000D_乙</v></c><c r="C1" t="str"><v>=DISPIMG("ID_2",1)</v></c></row>'
    )
    stream = io.BytesIO(content)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(
            "xl/cellimages.xml",
            f'<i xmlns:r="{relation}"><pic><cNvPr name="ID_1"/><blip r:embed="rId1"/></pic></i>',
        )
        archive.writestr(
            "xl/_rels/cellimages.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{relation}/image" Target="media/one.jpg"/></Relationships>',
        )
        archive.writestr("xl/media/one.jpg", make_photo(size=(60, 40)))
    found = read(stream.getvalue())
    assert texts(leaf(found)) == [["〔图片 1〕", "甲乙", "〔图片 2〕"]]
    last = found.pieces[-1]
    assert (
        isinstance(last, Paragraph) and last.runs[0].text == "图片 1\n" and last.runs[1].picture is not None
    )
    assert found.omitted[Omitted.PICTURE] == 1


# ── In a child of its own ────────────────────────────────────────────────────

BOMB = "".join(f'<!ENTITY {chr(98 + step)} "{f"&{chr(97 + step)};" * 10}">' for step in range(9))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "xxxxxxxxxx">{BOMB}]>'
OPENING = Opening(
    owner=sample.make_particulars(), title="附件 1　台账", note="门户按文件内容排版", made_on=date(2026, 1, 1), identifier=b"1"
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "content", "wanted"),
    [
        (MediaType.DOCX, make_manual("F00", 2), Outcome.SET),
        (MediaType.XLSX, make_ledger("F00", 2), Outcome.SET),
        (MediaType.DOCX, make_locked_office(), Outcome.ENCRYPTED),
        (MediaType.XLSX, b"PK\3\4 no archive", Outcome.DAMAGED),
        (MediaType.DOCX, make_manual("F00", 2)[:9000], Outcome.DAMAGED),
        (MediaType.DOCX, worded("<w:p>"), Outcome.DAMAGED),
        (MediaType.DOCX, worded("<w:sdt><w:sdtContent>" * 3000 + "</w:sdtContent></w:sdt>" * 3000), Outcome.DAMAGED),
        (MediaType.DOCX, changed(saved(docx.Document()), MAIN, f"{LAUGHS}<w>&j;</w>"), Outcome.DAMAGED),
        (MediaType.XLSX, changed(make_ledger("F00", 1), SHEET, f"{LAUGHS}<worksheet {SHEETS}>&j;</worksheet>"), Outcome.DAMAGED),
        (MediaType.XLSX, make_manual("F00", 1), Outcome.NOT_SET),
    ],
)  # fmt: skip
def test_a_file_is_set_or_refused(tmp_path: Path, kind: MediaType, content: bytes, wanted: Outcome) -> None:
    path, target = tmp_path / "file", tmp_path / "pages.pdf"
    path.write_bytes(content)
    assert lay_out(path, kind, OPENING, target) is wanted
    assert target.exists() is (wanted is Outcome.SET)
    if wanted is Outcome.SET:
        with pypdfium2.PdfDocument(target) as pdf:
            assert len(pdf) == 2
            assert "门户按文件内容排版" in pdf[0].get_textpage().get_text_range()


def test_a_file_that_takes_too_long_is_only_not_set(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(worded("<w:p><w:r><w:t>很长</w:t></w:r></w:p>" * 20_000))
    assert lay_out(path, MediaType.DOCX, OPENING, tmp_path / "pages.pdf", seconds=1) is Outcome.NOT_SET
