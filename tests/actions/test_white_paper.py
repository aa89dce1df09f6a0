"""The white paper: its figures are the sums', its text names nobody, and only those with the jurisdiction get it."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import pikepdf
import pytest
from docx import Document

from portal import words
from portal.actions import report, white_paper
from portal.actions.work import Door, NotFound
from portal.core.library import Library
from portal.core.printing import Job, JobState
from portal.core.questionnaire import Indicator, Practice
from portal.core.roles import CITY, Account, Role
from portal.core.statistics import Facts, Offer, Outcome, sums
from portal.report import pdf
from portal.report.html import Paper, render
from portal.report.white_paper import HIDDEN, Head, Table, Text, WhitePaper
from portal.storage import account as stored_account
from portal.storage import statistics as stored
from tests.cast import Person, make_reviewer
from tests.make import library
from tests.report.test_pdf import run

DAY = date(2026, 11, 23)
FUYANG, JIANDE, XIHU = "330111", "330182", "330106"
# What is made of the sums, and printed, does not depend on the database they were read from.
composed = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture(scope="module")
def published() -> Library:
    return library()


def _facts(library: Library) -> Iterator[Facts]:
    """A year of a city: two sectors in two districts, and a few plants of two more that nobody may see."""
    draw = Random(7)
    for year in (2025, 2026):
        for sector, district, count in (
            ("paper", FUYANG, 14),
            ("paper", JIANDE, 9),
            ("cement", FUYANG, 11),
            ("cement", JIANDE, 12),
            ("pharma", XIHU, 3),
            ("chemicals", XIHU, 4),
        ):
            for place in range(count):
                yield _one(library, draw, year, sector, district, is_verified=place % 2 == 0)


def _one(
    library: Library, draw: Random, year: int, sector: str, district: str, *, is_verified: bool
) -> Facts:
    items = [
        item
        for item in library.questionnaire(sector).items.values()
        if isinstance(item, Practice | Indicator) and item.weight
    ]
    points = draw.randint(2000, 9500)
    outcomes = []
    for item in items:
        declared = draw.choice((0, 400, 1000))
        kept = min(declared, draw.choice((400, 1000))) if is_verified else None
        outcomes.append(Outcome(item=item.id, declared=declared, verified=kept, is_gap=declared < 1000))
    cards = [one.id for one in library.technologies if set(one.closes) & {item.id for item in items}]
    return Facts(
        year=year,
        district=district,
        sector=sector,
        scale="medium",
        points=points,
        verified=points - draw.randint(0, 600) if is_verified else None,
        grade=draw.choice(("II", "III", "")),
        verified_grade="III" if is_verified else "",
        outcomes=tuple(outcomes),
        offers=tuple(
            Offer(
                technology=id,
                rank=rank,
                investment=None,
                saving=(100_000 * rank, 250_000 * rank) if rank % 3 == 0 else None,
                co2=(2_000, 5_000) if rank % 3 == 0 else None,
            )
            for rank, id in enumerate(cards[:12], 1)
        ),
    )


@pytest.fixture
def city(door: Door, published: Library) -> Door:
    full = replace(door, library=published)
    full.settings.report_folder.mkdir(parents=True)
    with full.writing() as work:
        for one in _facts(published):
            stored.move(work.session, one, sums(one))
    return full


def _paper(door: Door, district: str = "", year: int = 2026) -> WhitePaper:
    with door.reading() as work:
        return white_paper.composed(work, year, district, DAY)


def _table(paper: WhitePaper, start: str) -> Table:
    return next(
        block
        for chapter in paper.chapters
        for block in chapter.blocks
        if isinstance(block, Table) and block.caption.startswith(start)
    )


def _texts(paper: WhitePaper) -> Iterator[str]:
    """Every word of the paper but the charts'."""
    yield from (*paper.findings, paper.note, paper.period)
    for fact in (*paper.facts, *paper.tiles):
        yield from (fact.label, fact.value, fact.note)
    for chapter in paper.chapters:
        yield chapter.title
        for block in chapter.blocks:
            match block:
                case Text() | Head():
                    yield block.text
                case Table():
                    yield block.caption
                    yield from (column.title for column in block.columns)
                    yield from (cell for row in block.rows for cell in row)


def test_the_figures_are_those_of_the_sums(city: Door) -> None:
    with city.reading() as work:
        told = stored.tallies(work.session, 2026, kinds=("submitted", "verified", "gap", "item"))
    paper = _paper(city)
    rows = {row[0]: row for row in _table(paper, "表 2-2").rows}
    for sector, name in (("paper", "造纸"), ("cement", "水泥")):
        cells = [cell for (_, its, kind, _), cell in told.items() if (its, kind) == (sector, "submitted")]
        count, total = sum(cell[0] for cell in cells), sum(cell[1] for cell in cells)
        assert rows[name][1] == str(count)
        assert rows[name][2] == words.number(Decimal(total) / count / 100, 1)
    listed = _table(paper, "表 A-1")
    questionnaire = city.library.questionnaire("cement")
    assert listed.caption.endswith(questionnaire.sector)
    titles = {item.title: item.id for item in questionnaire.items.values()}
    for row in listed.rows:
        item = titles[row[0]]
        count = sum(
            cell[0]
            for (_, its, kind, key), cell in told.items()
            if (its, kind, key) == ("cement", "item", item)
        )
        gaps = sum(
            cell[0]
            for (_, its, kind, key), cell in told.items()
            if (its, kind, key) == ("cement", "gap", item)
        )
        assert row[1] == f"{count} 家"
        assert row[3] == f"{round(100 * gaps / count + 1e-9)}%"


@composed
def test_small_groups_are_not_shown_anywhere(city: Door) -> None:
    for district in ("", XIHU):
        paper = _paper(city, district)
        pharma = next(one for one in paper.chapters if one.title == "生物医药")
        said = " ".join(block.text for block in pharma.blocks if isinstance(block, Text))
        assert HIDDEN in said
        assert "均分" not in said
        assert not [block for block in pharma.blocks if isinstance(block, Table) and "差距" in block.caption]
    rows = {row[0]: row for row in _table(_paper(city), "表 2-2").rows}
    assert rows["生物医药"][1:3] == ("3", "不显示")
    assert rows["化工"][1:3] == ("4", "不显示")


@composed
def test_a_districts_edition_tells_of_itself_and_of_the_city(city: Door) -> None:
    paper = _paper(city, FUYANG)
    assert paper.title == "富阳区绿色工厂自评价白皮书"
    names = {row[0] for row in _table(paper, "表 2-3").rows}
    assert names <= {"富阳区", "全市"}
    assert "建德市" not in " ".join(_texts(paper))
    assert [row[0] for row in _table(paper, "表 2-4").rows].count("富阳区") == 1
    assert "全市填报均分" in " ".join(_texts(paper))


@pytest.fixture
def printed(city: Door, tmp_path: Path) -> tuple[WhitePaper, bytes, str]:
    found = _paper(city)
    content = _printed_once(found)
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    return found, content, run("pdftotext", "-layout", str(path), "-")


@cache
def _printed_once(found: WhitePaper) -> bytes:
    return _print(found)


def _print(found: WhitePaper) -> bytes:
    paper = white_paper.paper(found)
    return pdf.write(render(paper), imprint=pdf.Imprint(made_on=paper.made_on, identifier=paper.identifier))


@composed
def test_every_word_is_in_print_and_twice_the_same_bytes(
    printed: tuple[WhitePaper, bytes, str], manager: Person, tmp_path: Path
) -> None:
    paper, content, _ = printed
    (tmp_path / "raw.pdf").write_bytes(content)
    text = "".join(run("pdftotext", "-raw", str(tmp_path / "raw.pdf"), "-").split())
    for said in _texts(paper):
        for word in said.split():
            if len(word) < 24 and "。" not in word:
                assert word in text, word
    assert "有限公司" not in text
    assert render(white_paper.paper(paper)) == render(white_paper.paper(paper))
    short = replace(paper, chapters=paper.chapters[:3])
    assert _print(short) == _print(short)


@composed
def test_it_is_a_tagged_archive_file_with_two_fonts_and_its_contents(
    printed: tuple[WhitePaper, bytes, str], tmp_path: Path
) -> None:
    paper, content, text = printed
    pages = text.split("\f")[:-1]
    contents = next(
        number
        for number, page in enumerate(pages, 1)
        if page.lstrip().startswith("杭州市") and "目录" in page
    )
    assert "附录 B" in pages[contents - 1].replace("\u00a0", " ")
    with pikepdf.open(io.BytesIO(content)) as file:
        assert (
            b"<pdfuaid:part" in file.Root.Metadata.read_bytes()
            or b'pdfuaid:part="1"' in file.Root.Metadata.read_bytes()
        )
        assert file.Root.MarkInfo.Marked
    (tmp_path / "fonts.pdf").write_bytes(content)
    assert len(run("pdffonts", str(tmp_path / "fonts.pdf")).splitlines()) == 4
    assert len(paper.chapters) == 12


@composed
def test_word_has_the_same_text_and_the_same_bytes(city: Door) -> None:
    paper = _paper(city)
    content = white_paper.in_word(paper)
    assert white_paper.in_word(paper) == content
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    document = Document(io.BytesIO(content))
    text = "\n".join(one.text for one in document.paragraphs)
    text += "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    for said in _texts(paper):
        assert said in text


# ── Who may have it ──────────────────────────────────────────────────────────


def _ask(door: Door, who: Account, district: str = "") -> str:
    with door.reading() as work:
        ordered = white_paper.order(work, who, 2026, district)
    with door.writing() as work:
        return white_paper.ask(work, who, ordered)


def _claim(door: Door) -> Job:
    with door.writing() as work:
        job = report.claim(work, "here:1")
    assert job is not None
    return job


def test_it_goes_through_the_queue_and_is_printed_once(city: Door) -> None:
    reviewer = make_reviewer(city, CITY)
    id = _ask(city, reviewer)
    assert _ask(city, reviewer) == id
    job = _claim(city)
    assert (job.id, job.subject) == (id, "2026")
    with city.reading() as work:
        composed = report.compose_job(work, job)
        assert isinstance(composed, Paper)
        assert composed.template == "white_paper.html"
    draft = city.settings.report_folder / ".draft.pdf"
    draft.write_bytes(b"%PDF-1.7 example")
    with city.writing() as work:
        assert report.finish(work, job, draft)
    with city.reading() as work:
        assert report.state(work, reviewer, id).state is JobState.DONE
        path, name = report.fetch(work, reviewer, id)
    assert path.read_bytes() == b"%PDF-1.7 example"
    assert name == "2026_杭州市_绿色工厂自评价白皮书.pdf"


def test_only_a_bureau_gets_it_and_only_its_own(city: Door, manager: Person) -> None:
    over = make_reviewer(city, CITY, "over@example.cn")
    fuyang = make_reviewer(city, FUYANG, "fuyang@example.cn")
    jiande = make_reviewer(city, JIANDE, "jiande@example.cn")
    assert white_paper.editions(over)[:2] == ("", "330102")
    assert white_paper.editions(fuyang) == (FUYANG,)
    assert white_paper.editions(manager.account) == ()
    with city.reading() as work:
        for who, district in ((fuyang, ""), (fuyang, JIANDE), (manager.account, FUYANG), (over, "110000")):
            with pytest.raises(NotFound):
                white_paper.order(work, who, 2026, district)
        with pytest.raises(NotFound):
            white_paper.order(work, over, 2019)
    id = _ask(city, fuyang, FUYANG)
    with city.reading() as work:
        assert report.state(work, fuyang, id).subject == f"2026/{FUYANG}"
        assert report.state(work, over, id).id == id
        for who in (jiande, manager.account):
            with pytest.raises(NotFound):
                report.state(work, who, id)


def test_whoever_lost_the_jurisdiction_gets_nothing_printed_and_nothing_fetched(city: Door) -> None:
    reviewer = make_reviewer(city, FUYANG)
    id = _ask(city, reviewer, FUYANG)
    job = _claim(city)
    with city.writing() as work:
        stored_account.set_standing(
            work.session, reviewer.id, role=Role.REVIEWER, jurisdiction=JIANDE, is_active=True
        )
    with city.reading() as work:
        with pytest.raises(NotFound):
            report.compose_job(work, job)
        moved = stored_account.find(work.session, reviewer.id)
        assert moved is not None
        with pytest.raises(NotFound):
            report.fetch(work, moved, id)
