"""Some thirty files as factories keep them: turned scans, telephone pictures, tables, long reports, locked and broken ones."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pikepdf
from docx import Document
from openpyxl import Workbook
from PIL import Image, ImageDraw

from portal.core.evidence import Evidence, EvidenceKind, Links, MediaType, takes_evidence
from portal.core.questionnaire import Practice, Questionnaire, Requirement
from tests.papers import SHEET, make_office, make_photo

A4, ACROSS, A3, NOTE = (595, 842), (842, 595), (842, 1191), (283, 420)


@dataclass(frozen=True, slots=True)
class Thing:
    """A file with its name, what it is, and how many pages it should take; 0 for one that cannot be bound in."""

    name: str
    media_type: MediaType
    content: bytes
    pages: int


def make_pages(
    mark: str,
    count: int,
    *,
    size: tuple[int, int] = A4,
    turned: int = 0,
    password: str = "",
    owner: str = "",
    crop: bool = False,
    unit: int = 1,
) -> bytes:
    """A PDF whose pages say which they are: "F07 P3"; `password` to open it, `owner` only to change it."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
    )
    for number in range(1, count + 1):
        page = pdf.add_blank_page(page_size=size)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        line = f"BT /F 20 Tf 60 {size[1] // 2} Td ({mark} P{number}) Tj ET 20 20 {size[0] - 40} {size[1] - 40} re S"
        page.obj.Contents = pdf.make_stream(line.encode())
        if turned:
            page.obj.Rotate = turned
        if crop:
            page.obj.CropBox = [10, 10, size[0] - 10, size[1] - 10]
        if unit != 1:
            page.obj["/UserUnit"] = unit
    stream = io.BytesIO()
    locks = pikepdf.Encryption(user=password, owner=owner or password) if password or owner else False
    pdf.save(stream, encryption=locks, deterministic_id=not locks)
    return stream.getvalue()


def make_sealed(mark: str) -> bytes:
    """A PDF with a seal that is an annotation, as electronic seals are."""
    with pikepdf.open(io.BytesIO(make_pages(mark, 1))) as pdf:
        seal = pdf.make_stream(b"1 0 0 rg 0 0 100 100 re f")
        seal.Type, seal.Subtype, seal.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 100, 100]
        pdf.pages[0].obj.Annots = pdf.make_indirect(
            pikepdf.Array(
                [
                    pdf.make_indirect(
                        pikepdf.Dictionary(
                            Type=pikepdf.Name.Annot,
                            Subtype=pikepdf.Name.Stamp,
                            Rect=[400, 600, 500, 700],
                            F=4,
                            AP=pikepdf.Dictionary(N=seal),
                        )
                    )
                ]
            )
        )
        stream = io.BytesIO()
        pdf.save(stream, deterministic_id=True)
        return stream.getvalue()


def make_picture(mode: str, form: str, size: tuple[int, int]) -> bytes:
    """A scan in any of the ways in which scanners write colours."""
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((size[0] // 8, size[1] // 8, size[0] // 2, size[1] // 2), fill=(180, 60, 40))
    pen.text((20, 20), mode, fill="black")
    if mode in {"RGBA", "LA"}:
        picture = picture.convert("RGBA")
        picture.putalpha(128)
    stream = io.BytesIO()
    (picture if picture.mode == mode else picture.convert(mode)).save(stream, form)
    return stream.getvalue()


def make_manual(mark: str, count: int) -> bytes:
    """A Word file of so many pages, each of which says which it is."""
    document = Document()
    for number in range(1, count + 1):
        if number > 1:
            document.add_page_break()
        document.add_heading(f"第{number}章", 1)
        document.add_paragraph(f"{mark} P{number}")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def make_ledger(mark: str, count: int) -> bytes:
    """An Excel file of so many sheets, each of which says which page it is."""
    book = Workbook()
    for number in range(1, count + 1):
        sheet = book.active if number == 1 else book.create_sheet()
        assert sheet is not None
        sheet.append([f"{mark} P{number}"])
        sheet.append([date(2025, number, 1), 0.125 * number])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def make_locked_office() -> bytes:
    """How Word keeps a file under a password."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64 + "EncryptedPackage".encode("utf-16-le")


def things() -> Iterator[Thing]:
    """They all, in no order."""
    pdf, jpeg, png, docx, xlsx = (
        MediaType.PDF, MediaType.JPEG, MediaType.PNG, MediaType.DOCX, MediaType.XLSX,
    )  # fmt: skip
    for place, turned in enumerate((0, 90, 180, 270)):
        yield Thing(f"扫描件{turned}度.pdf", pdf, make_pages(f"F{place:02}", 2, turned=turned), 2)
    yield Thing("横版台账.pdf", pdf, make_pages("F04", 3, size=ACROSS), 3)
    yield Thing("横版转正.pdf", pdf, make_pages("F05", 2, size=ACROSS, turned=90), 2)
    yield Thing("总平面图A3.pdf", pdf, make_pages("F06", 1, size=A3), 1)
    yield Thing("小票.pdf", pdf, make_pages("F07", 1, size=NOTE), 1)
    yield Thing("裁切.pdf", pdf, make_pages("F08", 1, crop=True), 1)
    yield Thing("大单位.pdf", pdf, make_pages("F09", 1, size=NOTE, unit=2), 1)
    yield Thing("电子章.pdf", pdf, make_sealed("F10"), 1)
    yield Thing("环境影响评价报告（全本）.pdf", pdf, make_pages("F11", 200), 200)
    for place in range(12, 17):
        yield Thing(f"检测报告 第{place}号.pdf", pdf, make_pages(f"F{place}", place - 10), place - 10)
    yield Thing("只限打印.pdf", pdf, make_pages("F17", 7, owner="keeper"), 7)
    yield Thing("手机照片.jpg", jpeg, make_photo(size=(1200, 900)), 1)
    yield Thing("横拍照片.jpg", jpeg, make_photo(91, size=(900, 600), is_turned=True), 1)
    yield Thing("灰度扫描.jpg", jpeg, make_picture("L", "JPEG", (600, 800)), 1)
    yield Thing("四色扫描.jpg", jpeg, make_picture("CMYK", "JPEG", (600, 800)), 1)
    yield Thing("调色板.png", png, make_picture("P", "PNG", (500, 300)), 1)
    yield Thing("黑白.png", png, make_picture("1", "PNG", (500, 301)), 1)
    yield Thing("透明.png", png, make_picture("RGBA", "PNG", (300, 500)), 1)
    yield Thing("管理手册.docx", docx, make_manual("F25", 3), 3)
    yield Thing("能源台账：2025/一月.xlsx", xlsx, make_ledger("F26", 4), 4)
    yield Thing("不合标准.xlsx", xlsx, make_office(SHEET, text="ledger"), 1)
    yield Thing("有密码.docx", docx, make_locked_office(), 0)
    yield Thing("加密.pdf", pdf, make_pages("LOCKED", 1, password="secret"), 0)
    yield Thing("损坏.pdf", pdf, b"%PDF-1.7 broken", 0)
    yield Thing("截断.jpg", jpeg, make_photo(92, size=(300, 200))[:400], 0)


def evidence_of(number: int, thing: Thing) -> Evidence:
    """The thing as it stands in an enterprise's library."""
    return Evidence(
        id=f"evidence-{number:02}",
        enterprise_id="enterprise-1",
        kind=EvidenceKind.TEST_REPORT if number % 2 else EvidenceKind.LEDGER,
        title=thing.name.rpartition(".")[0],
        original_name=thing.name,
        media_type=thing.media_type,
        size=len(thing.content),
        pages=thing.pages or None,
        sha256=hashlib.sha256(thing.content).hexdigest(),
        has_thumbnail=False,
        issued_on=date(2025, 3, 1),
        valid_until=date(2025, 6, 30) if number == 4 else None,
        uploaded_by="王示例",
        uploaded_at=datetime(2025, 4, 1, tzinfo=UTC),
    )


def link_up(questionnaire: Questionnaire, files: list[Evidence]) -> Links:
    """Files beside items: one each, a few beside several, a few items with several."""
    items = [
        item.id
        for item in questionnaire.items.values()
        if takes_evidence(item) and item.evidence and isinstance(item, Practice | Requirement)
    ]
    links: dict[str, list[Evidence]] = {}
    for place, one in enumerate(files):
        links.setdefault(items[place % 24], []).append(one)
        if place % 5 == 0:
            links.setdefault(items[(24 + place) % len(items)], []).append(one)
    return {item: tuple(some) for item, some in links.items()}  # type: ignore[misc]
