"""The application package from thirty-two mixed files: pages, stamps, bookmarks and index agree, Word and print say the same."""

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pypdf
import pypdfium2
import pytest
from PIL import Image
from python_calamine import CalamineWorkbook

from portal.core.answers import MISSING, Declared, Practised
from portal.core.evidence import MediaType, coverage
from portal.core.package import Exhibit, Refusal, Volume, exhibits
from portal.core.questionnaire import Extent, ItemId
from portal.core.scoring import assess
from portal.report import binding, packing, parcel, word
from portal.report.application import MOST_LINES, UNKNOWN, Application, Dossier, compose, lacking_blocks
from portal.report.binding import bind
from portal.report.blocks import Head, Room, Table, Text
from portal.report.plan import PlanLine, PlanPart
from portal.report.results import Fact
from tests.exhibits import Thing, evidence_of, link_up, make_pages, things
from tests.make import library, make_profile
from tests.report import sample

LAST_DAY = date(2025, 12, 31)
CEMENT = library().questionnaire("cement")


def make_dossier(frame: str = "form_2018", links: Any = None, **changes: Any) -> Dossier:
    """The golden cement plant by one of the real frames."""
    assessment = assess(CEMENT, sample.golden("cement-1") | changes.pop("answered", {}), 2025)
    shelf = library()
    settings: dict[str, Any] = {
        "frame": shelf.frame(frame),
        "source": shelf.sources[shelf.frame(frame).source],
        "assessment": assessment,
        "particulars": sample.make_particulars(
            address="建德市示例镇 1 号", contact="王 示例 0571-12345678", checksum="c" * 64
        ),
        "profile": make_profile(
            contact_name="王 示例", contact_phone="0571-12345678", contact_mail="wang@example.cn"
        ),
        "lacks": coverage(assessment, links or {}, LAST_DAY).lacks,
        "day": LAST_DAY,
        "planned": None,
    }
    return Dossier(**(settings | changes))


@dataclass(frozen=True)
class Packed:
    """A package that was taken apart again."""

    folder: Path
    names: tuple[str, ...]
    found: tuple[Exhibit, ...]
    steps: tuple[int, ...]

    def path(self, name: str) -> Path:
        return self.folder / sample.NAME / name

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """The text of each page of the bound volume."""
        return tuple(_texts(self.path(parcel.VOLUME)))

    @cached_property
    def rows(self) -> tuple[tuple[int, str, int, int], ...]:
        """附件, 名称, first and last page, as the sheet tells them."""
        book = CalamineWorkbook.from_path(str(self.path(parcel.FIGURES)))
        rows = book.get_sheet_by_name("证明材料").to_python()[1:]
        return tuple(
            (int(row[0]), str(row[1]), int(row[3]), int(row[4])) for row in rows if isinstance(row[0], float)
        )


def _texts(path: Path) -> Iterator[str]:
    with pypdfium2.PdfDocument(path) as pdf:
        for page in pdf:
            yield page.get_textpage().get_text_range().replace("\r\n", "\n")


def pack(tmp_path: Path, some: list[Thing], dossier_of: Any = make_dossier) -> Packed:
    """Pack things as evidence of the golden plant."""
    files, evidence = {}, []
    for number, thing in enumerate(some):
        one = evidence_of(number, thing)
        (tmp_path / one.id).write_bytes(thing.content)
        files[one.id] = tmp_path / one.id
        evidence.append(one)
    links = link_up(CEMENT, evidence)
    dossier = dossier_of(links=links)
    found = exhibits(dossier.frame, CEMENT, links)
    steps: list[int] = []
    target = tmp_path / "package.zip"
    package = parcel.Package(dossier=dossier, exhibits=found, store_keys={}, files=files)
    packing.pack(package, target, lambda percent, _: steps.append(percent))
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "out")
        names = tuple(archive.namelist())
    return Packed(tmp_path / "out", names, found, tuple(steps))


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    return pack(tmp_path_factory.mktemp("package"), list(things()))


def test_everything_lies_in_one_folder_named_after_the_enterprise(packed: Packed) -> None:
    assert {name.partition("/")[0] for name in packed.names} == {sample.NAME}
    inside = [name.partition("/")[2] for name in packed.names]
    assert inside[:4] == [
        "01_自评价报告.pdf",
        "01_自评价报告.docx",
        "02_证明材料合订本.pdf",
        "03_填报对照表.xlsx",
    ]
    assert inside[-1] == "目录.txt"
    originals = [name for name in inside if name.startswith("原件/")]
    assert [re.sub(r"附件\d+_", "", name) for name in originals] == [
        "原件/管理手册.docx", "原件/能源台账：2025 一月.xlsx", "原件/不合标准.xlsx",
    ]  # fmt: skip


def test_the_list_of_files_names_their_checksums(packed: Packed) -> None:
    text = packed.path(parcel.INDEX).read_bytes().decode("utf-8-sig")
    for name in (part.partition("/")[2] for part in packed.names[:-1]):
        digest = hashlib.sha256(packed.path(name).read_bytes()).hexdigest()
        assert re.search(rf"^{digest} +[0-9,]+  {re.escape(name)}\r$", text, re.MULTILINE), name


def test_bookmark_index_and_printed_number_agree_for_every_page(packed: Packed) -> None:
    reader = pypdf.PdfReader(packed.path(parcel.VOLUME))
    marks = {
        str(one.title): reader.get_destination_page_number(one) + 1  # type: ignore[union-attr, operator]
        for one in reader.outline
    }
    assert len(packed.rows) == 28
    told = _index_rows(packed)
    at = packed.rows[0][2]
    for number, title, first, last in packed.rows:
        assert first == at  # nothing between two exhibits, none twice
        assert marks[f"附件 {number}　{title}"] == first
        assert told[number] == (f"{first}" if first == last else f"{first}–{last}")
        for page in range(first, last + 1):
            stamp = f"附件 {number} 第 {page - first + 1} / {last - first + 1} 页 总第 {page} 页"
            assert stamp in re.sub(r"\s+", " ", packed.pages[page - 1])
        at = last + 1
    assert at - 1 == len(reader.pages) == len(packed.pages)
    assert marks["证明材料索引"] == 1
    assert "缺失的证明材料" in packed.pages[marks["缺失的证明材料"] - 1]


def _index_rows(packed: Packed) -> dict[int, str]:
    """附件 → pages, as the report's own index tells them; the volume's index says the same words."""
    for table in docx.Document(str(packed.path(parcel.TWIN))).tables:
        heads = [cell.text for cell in table.rows[0].cells]
        if heads[:2] == ["附件", "名称"]:
            rows = [[cell.text for cell in row.cells] for row in table.rows[1:]]
            front = _bare("".join(packed.pages[: packed.rows[0][2] - 1]))
            assert all(_bare("".join(row)) in front for row in rows)
            return {int(row[0]): row[3] for row in rows}
    raise AssertionError("no index")


def test_under_every_stamp_lies_the_page_that_it_names(packed: Packed) -> None:
    marks = {thing.name: (f"F{place:02}", thing.pages) for place, thing in enumerate(things())}
    by_title = {name.rpartition(".")[0]: value for name, value in marks.items()}
    seen = 0
    for _, title, first, last in packed.rows:
        mark, pages = by_title[title]
        assert last - first + 1 == pages
        if "F" in packed.pages[first - 1]:
            for page in range(first, last + 1):
                assert f"{mark} P{page - first + 1}\n" in packed.pages[page - 1]
            seen += 1
    assert seen == 20  # all that are PDF, and the office files that were laid out


def test_every_page_is_upright_and_stamped_at_its_foot(packed: Packed) -> None:
    with pypdfium2.PdfDocument(packed.path(parcel.VOLUME)) as pdf:
        for number, page in enumerate(pdf, 1):
            assert page.get_rotation() == 0
            width, height = page.get_size()
            assert sorted((round(width), round(height))) in ([595, 842], [842, 1191])
            foot = page.get_textpage().get_text_bounded(bottom=0, top=26)
            assert f"总第 {number} 页" in re.sub(r"\s+", " ", foot)


def test_turned_pages_are_seen_as_their_reader_sees_them(packed: Packed) -> None:
    sizes = {}
    with pypdfium2.PdfDocument(packed.path(parcel.VOLUME)) as pdf:
        for _, title, first, _ in packed.rows:
            width, height = pdf[first - 1].get_size()
            sizes[title] = width > height
    assert {title for title, is_across in sizes.items() if is_across} >= {
        "扫描件90度",
        "扫描件270度",
        "横版台账",
    }
    assert not sizes["横版转正"]  # wide paper turned upright
    assert not sizes["横拍照片"]  # the telephone says how it was held


def test_a_seal_that_is_an_annotation_stays_on_the_page(packed: Packed) -> None:
    (first,) = [first for _, title, first, _ in packed.rows if title == "电子章"]
    with pypdfium2.PdfDocument(packed.path(parcel.VOLUME)) as pdf:
        picture = pdf[first - 1].render(scale=0.5).to_pil().convert("RGB")
    colours = picture.getcolors(100_000)
    assert colours is not None
    assert sum(count for count, (red, green, _) in colours if red > 200 and green < 60) > 1500


def test_pictures_of_every_kind_show_their_colours(packed: Packed) -> None:
    with pypdfium2.PdfDocument(packed.path(parcel.VOLUME)) as pdf:
        for title, is_coloured in {
            "四色扫描": True,
            "调色板": True,
            "灰度扫描": False,
            "黑白": False,
        }.items():
            (first,) = [first for _, name, first, _ in packed.rows if name == title]
            picture: Image.Image = pdf[first - 1].render(scale=0.4).to_pil().convert("RGB")
            colours = picture.getcolors(100_000) or []
            spread = sum(count for count, (red, green, blue) in colours if red - max(green, blue) > 60)
            dark = sum(count for count, rgb in colours if max(rgb) < 200)
            assert (spread > 300) is is_coloured, title
            assert is_coloured or dark > 300, title


def test_many_lacks_are_told_by_section_so_that_one_page_holds_them() -> None:
    dossier = make_dossier()
    some = lacking_blocks(replace(dossier, lacks=dossier.lacks[:MOST_LINES]))
    many = lacking_blocks(replace(dossier, lacks=(*dossier.lacks, *dossier.lacks)[: MOST_LINES + 1]))
    assert len(next(one for one in some if isinstance(one, Table)).rows) == MOST_LINES
    (table,) = [one for one in many if isinstance(one, Table)]
    assert len(table.rows) < 12
    assert [one.text for one in lacking_blocks(replace(dossier, lacks=())) if isinstance(one, Text)] == [
        "需要证明材料的条目都已附上有效的材料。"
    ]


def test_files_that_cannot_be_opened_are_named_with_the_reason(packed: Packed) -> None:
    front = _bare("".join(packed.pages[: packed.rows[0][2] - 1]))
    for name, why in (
        ("加密.pdf", "文件加密"), ("损坏.pdf", "文件损坏"), ("截断.jpg", "文件损坏"), ("有密码.docx", "文件加密"),
    ):  # fmt: skip
        assert f"（{name}）{why}" in front
        assert f"（{name}），{why}" in packed.path(parcel.INDEX).read_text("utf-8-sig")
    assert {title for _, title, _, _ in packed.rows}.isdisjoint({"加密", "损坏", "截断", "有密码"})


def test_what_lacks_stands_on_one_page_and_what_expired_is_marked(packed: Packed) -> None:
    begins = next(
        place for place, text in enumerate(packed.pages) if text.lstrip().find("缺失的证明材料") >= 0
    )
    assert "已过期，按缺失计" in _bare("".join(packed.pages[:begins]))
    lacks = make_dossier(links=_links(packed)).lacks
    assert len(lacks) > 20
    page = _bare(packed.pages[begins])
    assert all(_bare(lack.item.title) in page for lack in lacks)


def _links(packed: Packed) -> Any:
    links: dict[ItemId, list[Any]] = {}
    for one in packed.found:
        for item in one.items:
            links.setdefault(item.id, []).append(one.evidence)
    return links


def _bare(text: str) -> str:
    return re.sub(r"[\s\x02\ufffe\xad]+", "", text)


def _said(path: Path) -> Iterator[str]:
    """Every paragraph and cell of a Word file, in order."""
    document = docx.Document(str(path))
    for part in document.iter_inner_content():
        if isinstance(part, docx.table.Table):
            for row in part.rows:
                yield from (cell.text for cell in row.cells)
        else:
            yield part.text


def test_word_and_print_say_the_same(packed: Packed) -> None:
    pages = list(_texts(packed.path(parcel.REPORT)))
    contents = next(place for place, text in enumerate(pages) if "目录" in text)
    heads = "|".join(
        re.escape(_bare(part)) for part in (f"{sample.NAME}　绿色工厂自评价报告", f"{sample.NUMBER}　第")
    )
    text = "".join(
        re.sub(rf"({heads})|(?<=\A)\d+/{len(pages)}页", "", _bare(page))
        for place, page in enumerate(pages)
        if place != contents
    )
    text = re.sub(rf"\d+/{len(pages)}页", "", text)
    at, rest = 0, ""
    for part in filter(None, map(_bare, _said(packed.path(parcel.TWIN)))):
        found = text.find(part, at)
        assert found >= 0, (part, text[at : at + 80])
        rest += text[at:found]
        at = found + len(part)
    rest += text[at:]
    # Only the heads of tables come again, on the pages that a table goes on to.
    for table in docx.Document(str(packed.path(parcel.TWIN))).tables:
        rest = rest.replace(_bare("".join(cell.text for cell in table.rows[0].cells)), "")
    assert rest == ""


@pytest.mark.parametrize("frame", ["form_2018", "standard_2025"])
def test_every_official_heading_stands_in_its_order(frame: str) -> None:
    dossier = make_dossier(frame)
    application = compose(dossier, Volume())
    wanted = [f"{one.number}　{one.title}" for one in dossier.frame.headings()]
    said: list[str] = []
    for chapter in application.chapters:
        said.append(f"{chapter.number}　{chapter.title}")
        said += [f"{head.number}　{head.text}" for head in chapter.heads]
    assert said == wanted
    document = docx.Document(io.BytesIO(word.write_application(application)))
    headings = [one.text for one in document.paragraphs if one.style and one.style.name.startswith("Heading")]  # type: ignore[union-attr]
    assert [re.sub("[、　]", "", one) for one in headings] == [one.replace("　", "") for one in wanted]


def test_the_print_has_the_headings_as_bookmarks(packed: Packed) -> None:
    reader = pypdf.PdfReader(packed.path(parcel.REPORT))
    flat: list[str] = []

    def walk(marks: Any) -> None:
        for one in marks:
            if isinstance(one, list):
                walk(one)
            else:
                flat.append(_bare(str(one.title)))

    walk(reader.outline)
    frame = library().frame("form_2018")
    wanted = [
        f"{one.number}{'、' if one.number and not one.number.isdigit() else ''}{one.title}"
        for one in frame.headings()
    ]
    assert [one for one in flat if one in wanted] == wanted


def _texts_of(application: Application) -> list[str]:
    return [
        block.text
        for chapter in application.chapters
        for block in chapter.blocks
        if isinstance(block, Text | Room)
    ]


def test_what_the_portal_does_not_know_is_left_to_be_written() -> None:
    application = compose(make_dossier(), Volume())
    rooms = [b.text for c in application.chapters for b in c.blocks if isinstance(b, Room)]
    assert sum(text.startswith(UNKNOWN) for text in rooms) == 7
    assert any("企业还没有在门户选定改进方案" in text for text in rooms)
    (table,) = [b for b in application.chapters[0].blocks if isinstance(b, Table)]
    facts = dict(table.rows)
    assert facts["联系人"] == "王 示例" and facts["联系电话"] == "0571-12345678"
    assert facts["法定代表人"] == facts["邮编"] == ""
    promise = [b.text for b in application.chapters[1].blocks if isinstance(b, Text)]
    assert promise[1:] == ["法人或单位负责人签字：", "（公章）", "日期：　　　　年　　　月　　　日"]
    assert not any(sample.NAME in text for text in promise)


def test_the_chosen_plan_becomes_the_next_steps() -> None:
    plan = PlanPart(
        title="三年方案",
        lines=(
            PlanLine(
                number="T1", anchor="t1", title="余热发电", cost_class="中高费", owner="李示例",
                due="2026-10-01", cost="800 万元（预算）", points="+3.0", state="计划中",
            ),
        ),
        totals=(Fact(label="投资", value="800 万元"),),
        chart="",
        notes=("合计不含未定价的措施。",),
    )  # fmt: skip
    application = compose(make_dossier(planned=plan), Volume())
    (chapter,) = [one for one in application.chapters if one.title == "下一步工作"]
    (table,) = [one for one in chapter.blocks if isinstance(one, Table)]
    assert table.rows == (("余热发电", "李示例", "2026-10-01", "800 万元（预算）", "计划中"),)
    assert "投资 800 万元。" in _texts_of(application)
    assert not any(isinstance(one, Room) for one in chapter.blocks)


def test_answers_are_told_as_they_were_given() -> None:
    answered = {
        ItemId("req_systems"): Declared(False),
        ItemId("pv"): Practised(Extent.PLANNED),
    }
    texts = _texts_of(compose(make_dossier(answered=answered), Volume()))
    assert any(text.startswith("不符合（1 项）：四项管理体系") for text in texts)
    assert any(text.startswith("填报为“已列入计划”的措施：") and "分布式光伏" in text for text in texts)


def test_the_2025_frame_shows_each_indicator_of_the_standard_with_its_benchmarks() -> None:
    application = compose(make_dossier("standard_2025"), Volume())
    for title in ("能源低碳化", "资源高效化", "生产洁净化", "产品绿色化", "用地集约化"):
        (chapter,) = [one for one in application.chapters if one.title == title]
        tables = [one for one in chapter.blocks if isinstance(one, Table)]
        assert [column.title for column in tables[0].columns][1:4] == ["本年度值", "基准值", "引领值"]
        assert tables[0].rows
    assert not any(isinstance(one, Head) for chapter in application.chapters for one in chapter.blocks)


def test_the_sheet_gives_figures_as_numbers_with_unit_and_exhibit(packed: Packed) -> None:
    book = CalamineWorkbook.from_path(str(packed.path(parcel.FIGURES)))
    assert book.sheet_names == ["填报对照表", "绿色工厂指标（示例权重）", "基本信息", "证明材料"]
    head, *rows = book.get_sheet_by_name("填报对照表").to_python()
    lines = {row[-1]: dict(zip(head, row, strict=True)) for row in rows if len(row) == len(head) and row[-1]}
    electricity = lines["electricity"]
    assert isinstance(electricity["数值或情况"], float) and electricity["单位"] == "万kWh"
    assert lines["energy_per_output"]["数据来源"] == "计算"
    assert lines["veto_operating"]["判定"] == "符合"
    assert re.match(r"附件 \d+，第 \d+", str(lines["veto_operating"]["证明材料"]))
    order = [str(row[1]) for row in rows if len(row) == len(head) and row[-1]]
    groups = [group.title for group in library().frame("form_2018").groups]
    assert list(dict.fromkeys(order)) == groups


def test_the_platform_sheet_takes_each_line_from_what_answers_it() -> None:
    dossier = make_dossier("standard_2025")
    platform = packing.sheets(dossier, Volume())[0]
    assert platform.title == "平台申报表"
    lines = {(str(row[0]), str(row[3])): row for row in platform.rows}
    assert len({row[0] for row in platform.rows}) == 18
    renewable = lines["3", "可再生能源利用率"]
    assert renewable[4:6] == (Decimal("0.2251"), "%") and renewable[7] == "renewable_rate"
    land = lines["16", "单位用地面积产值"]
    assert land[4:6] == (Decimal("0.1224"), "万元/m²")  # computed, and turned into the platform's unit
    # A figure per tonne does not answer a line that asks per value of output.
    assert lines["2", "单位产值碳排放量"][4] == UNKNOWN
    assert lines["18", "容积率"][4] == UNKNOWN
    assert [str(row[7]) for row in platform.rows if row[0] == "1"] == [
        "clinker_energy", "cement_energy", "energy_per_output",
    ]  # fmt: skip
    assert lines["7", "单位产值取水量（无适用定额标准时选用）"][4] == "两项选一，已填另一项"
    bare = {ItemId(id): MISSING for id in ("green_investment", "product_footprint")}
    platform = packing.sheets(make_dossier("standard_2025", answered=bare), Volume())[0]
    told = {str(row[0]): row[4] for row in platform.rows}
    assert told["12"] == told["15"] == "未填报"


def test_the_same_package_is_the_same_bytes(tmp_path: Path) -> None:
    some = [thing for thing in things() if thing.name in {"扫描件90度.pdf", "四色扫描.jpg", "管理手册.docx"}]
    evidence = [evidence_of(number, thing) for number, thing in enumerate(some)]
    files = {one.id: tmp_path / one.id for one in evidence}
    for one, thing in zip(evidence, some, strict=True):
        files[one.id].write_bytes(thing.content)
    links = link_up(CEMENT, evidence)
    dossier = make_dossier(links=links)
    found = exhibits(dossier.frame, CEMENT, links)
    first, second = (
        bind(found, files, dossier, tmp_path / f"{name}.pdf", lambda percent, step: None) for name in "ab"
    )
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert word.write_application(compose(dossier, first)) == word.write_application(compose(dossier, second))


def test_a_file_that_is_gone_is_named_and_the_package_is_made(tmp_path: Path) -> None:
    one = evidence_of(0, next(things()))
    links = link_up(CEMENT, [one])
    dossier = make_dossier(links=links)
    found = exhibits(dossier.frame, CEMENT, links)
    volume = bind(found, {}, dossier, tmp_path / "out.pdf", lambda percent, step: None)
    assert [(left.exhibit.evidence.id, left.why) for left in volume.left] == [(one.id, Refusal.GONE)]
    assert volume.bound == () and volume.pages == volume.front
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        assert len(pdf.pages) == volume.front


def make_patchwork(is_broken: bool) -> bytes:
    """A page in two pieces, of which the second may not be what it says."""
    with pikepdf.open(io.BytesIO(make_pages("F00", 1))) as pdf:
        first = pdf.pages[0].obj.Contents
        second = pdf.make_stream(b"not packed" if is_broken else zlib.compress(b"0 0 5 5 re S"))
        second.Filter = pikepdf.Name.FlateDecode
        pdf.pages[0].obj.Contents = pikepdf.Array([first, second])
        stream = io.BytesIO()
        pdf.save(stream, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
        return stream.getvalue()


def test_a_page_whose_pieces_do_not_fit_costs_its_file_and_no_other(tmp_path: Path) -> None:
    some = [
        Thing("好.pdf", MediaType.PDF, make_patchwork(is_broken=False), 1),
        Thing("坏.pdf", MediaType.PDF, make_patchwork(is_broken=True), 1),
    ]
    volume, _ = bound(tmp_path, some)
    assert [one.exhibit.evidence.title for one in volume.bound] == ["好"]
    assert [(one.exhibit.evidence.title, one.why) for one in volume.left] == [("坏", Refusal.DAMAGED)]


def bound(tmp_path: Path, some: list[Thing]) -> tuple[Volume, Path]:
    """Bind things as evidence of the golden plant."""
    evidence = [evidence_of(number, thing) for number, thing in enumerate(some)]
    files = {one.id: tmp_path / one.id for one in evidence}
    for one, thing in zip(evidence, some, strict=True):
        files[one.id].write_bytes(thing.content)
    links = link_up(CEMENT, evidence)
    dossier = make_dossier(links=links)
    target = tmp_path / "volume.pdf"
    found = exhibits(dossier.frame, CEMENT, links)
    return bind(found, files, dossier, target, lambda percent, step: None), target


def test_a_grey_picture_of_sixteen_bits_keeps_its_shades(tmp_path: Path) -> None:
    picture = Image.new("I;16", (300, 200), 65535)
    picture.paste(0x5050, (0, 0, 150, 200))
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    volume, target = bound(tmp_path, [Thing("灰.png", MediaType.PNG, stream.getvalue(), 1)])
    with pypdfium2.PdfDocument(target) as pdf:
        colours = pdf[volume.bound[0].first - 1].render(scale=0.5).to_pil().convert("L").getcolors(256)
    assert sum(count for count, shade in colours or [] if 70 < shade < 90) > 1000


def test_office_files_that_find_no_time_left_are_named_on_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binding, "_OFFICE_SECONDS", 0.0)
    volume, target = bound(tmp_path, [thing for thing in things() if thing.name == "管理手册.docx"])
    (one,) = volume.bound
    assert (one.pages, one.original) == (1, "附件1_管理手册.docx")
    assert "门户没有排成页面" in _bare(list(_texts(target))[one.first - 1])


def test_progress_only_grows(packed: Packed) -> None:
    assert list(packed.steps) == sorted(packed.steps)
    assert packed.steps[-1] < 100


def test_an_enterprise_without_evidence_gets_its_package_too(tmp_path: Path) -> None:
    dossier = make_dossier("standard_2025")
    package = parcel.Package(dossier=replace(dossier), exhibits=(), store_keys={})
    target = tmp_path / "package.zip"
    packing.pack(package, target, lambda percent, step: None, sign=lambda content: content + b"%signed")
    parts = dict(parcel.parts_of(target))
    assert set(parts) == set(parcel.MADE)
    with zipfile.ZipFile(target) as archive:
        report = archive.read(f"{sample.NAME}/{parcel.REPORT}")
    assert report.endswith(b"%signed")
    assert parts[parcel.REPORT] == hashlib.sha256(report).hexdigest()
