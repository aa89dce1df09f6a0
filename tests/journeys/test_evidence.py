"""Evidence in a real browser: dropped, chosen, photographed, by the keyboard, without scripts, and into the report."""

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.actions import assessment as filing
from portal.actions import evidence
from portal.actions.evidence import Upload
from portal.actions.work import Door
from portal.core.answers import Declared, Practised
from portal.core.campaign import local_day
from portal.core.evidence import Particulars
from portal.core.filing import Change
from portal.core.questionnaire import Extent, Item, ItemId, Practice, Requirement
from tests import papers
from tests.cast import Person
from tests.journeys.conftest import Open, no_wider_than_the_screen
from tests.journeys.test_accessibility import serious

pytestmark = pytest.mark.browser

PUT_FILES_ON = """(zone, files) => {
  const moved = new DataTransfer();
  for (const [name, bytes] of files) moved.items.add(new File([new Uint8Array(bytes)], name));
  for (const kind of ["dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: moved, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def started(door: Door, manager: Person) -> str:
    """The manager's self-check, with every requirement said to be met."""
    with door.writing() as work:
        id = filing.start(work, manager.account, manager.enterprise, filing.this_year(work.now))
        asked = filing.open_(work, manager.account, id).questionnaire.items.values()
        said = [Change(one.id, Declared(not one.is_veto), 0) for one in asked if isinstance(one, Requirement)]
        filing.keep(work, manager.account, id, said)
    return id


@pytest.fixture
def proved(door: Door, manager: Person, started: str) -> Item:
    """An item that claims something and names its usual evidence."""
    with door.reading() as work:
        one = filing.open_(work, manager.account, started)
        return next(
            item for item in one.questionnaire.items.values() if item.evidence and item.id in one.given
        )


def take(door: Door, who: Person, name: str, content: bytes, **typed: str) -> str:
    with door.reading() as work:
        arrivals = evidence.receive(work, who.account, who.enterprise, [Upload(name=name, content=content)])
    with door.writing() as work:
        particulars = Particulars(title="", kind=typed.pop("kind", ""), **typed)
        (added,) = evidence.add(work, who.account, who.enterprise, arrivals, particulars)
    assert added.evidence is not None
    return added.evidence.id


def section_of(door: Door, who: Person, id: str, item: ItemId) -> str:
    with door.reading() as work:
        return filing.open_(work, who.account, id).questionnaire.section_of(item).id


def card(page: Page, title: str) -> object:
    return page.locator(".evidence-card", has_text=title)


def test_several_files_are_dropped_and_each_is_told_of(open_page: Open, manager: Person) -> None:
    page = open_page(who=manager)
    page.goto(f"/enterprises/{manager.enterprise}/evidence")
    files = [
        ("现场照片.jpg", list(papers.make_photo())),
        ("旧照片.HEIC", list(papers.make_heic())),
        ("排污许可证.pdf", list(papers.make_pdf(2))),
    ]
    page.locator("[data-drop]").evaluate(PUT_FILES_ON, files)
    lines = page.locator(".upload-list li")
    expect(lines.filter(has_text="旧照片.HEIC")).to_contain_text("兼容性最佳")
    expect(lines.filter(has_text="排污许可证.pdf")).to_contain_text("已保存")
    page.get_by_role("link", name="刷新页面").click()
    expect(page.get_by_text("共 2 个文件")).to_be_visible()
    page.get_by_role("link", name="排污许可证").click()
    shown = page.locator(".evidence-page")
    expect(shown).to_have_count(2)
    shown.nth(1).scroll_into_view_if_needed()
    expect(shown.nth(1)).to_have_js_property("complete", value=True)
    assert shown.nth(1).evaluate("one => one.naturalWidth") > 400


def test_a_file_that_is_too_large_never_leaves_the_machine(
    open_page: Open, manager: Person, tmp_path: Path
) -> None:
    page = open_page(who=manager)
    page.goto(f"/enterprises/{manager.enterprise}/evidence")
    large = tmp_path / "大文件.pdf"
    large.write_bytes(b"%PDF-" + b"\0" * (20 * 1024 * 1024))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.locator("#files").set_input_files(large)
    expect(page.locator(".upload-list")).to_contain_text("文件超过 20 MB")
    assert "POST" not in asked


def test_a_cut_connection_is_told_and_the_file_is_sent_again(open_page: Open, manager: Person) -> None:
    page = open_page(who=manager)
    page.goto(f"/enterprises/{manager.enterprise}/evidence")
    page.context.set_offline(True)
    page.locator("#files").set_input_files(
        {"name": "制度.docx", "mimeType": "application/octet-stream", "buffer": papers.make_office()}
    )
    expect(page.locator(".upload-list")).to_contain_text("网络中断")
    page.context.set_offline(False)
    page.get_by_role("button", name="再试一次").click()
    expect(page.get_by_text("共 1 个文件")).to_be_visible()


def test_a_file_put_beside_an_item_is_there_at_once_and_counts(
    door: Door, open_page: Open, manager: Person, started: str, proved: Item
) -> None:
    page = open_page("phone", who=manager)
    page.goto(f"/assessments/{started}/sections/{section_of(door, manager, started, proved.id)}")
    place = page.locator(f'[data-place="{proved.id}"]')
    expect(place).to_contain_text("尚未附上")
    place.get_by_label("上传").set_input_files(
        {"name": "证明.jpg", "mimeType": "image/jpeg", "buffer": papers.make_photo()}
    )
    expect(place).to_contain_text("佐证已保存")
    expect(place).to_contain_text("佐证（1）")
    expect(place.locator("img.thumb")).to_have_js_property("complete", value=True)
    place.get_by_label("上传").set_input_files(
        {"name": "坏.jpg", "mimeType": "image/jpeg", "buffer": b"<svg/>"}
    )
    expect(place).to_contain_text("坏.jpg：只能上传")
    page.goto(f"/assessments/{started}/check")
    page.get_by_text("逐项列出").click()
    assert page.locator(f'.check-list a[href$="item={proved.id}"]').count() == 0


def test_expired_evidence_is_marked_everywhere_and_counts_as_missing(
    door: Door, open_page: Open, manager: Person, started: str, proved: Item
) -> None:
    with door.reading() as work:
        yesterday = local_day(work.now) - timedelta(days=1)
    id = take(door, manager, "旧证.pdf", papers.make_pdf(), valid_until=yesterday.isoformat())
    with door.writing() as work:
        evidence.attach(work, manager.account, started, proved.id, [id])
    page = open_page(who=manager)
    for path in (
        f"/enterprises/{manager.enterprise}/evidence?show=expired",
        f"/evidence/{id}",
        f"/assessments/{started}/evidence",
        f"/assessments/{started}/evidence?item={proved.id}",
        f"/assessments/{started}/sections/{section_of(door, manager, started, proved.id)}",
    ):
        page.goto(path)
        expect(page.locator(".tag-expired").first).to_have_text("已过期")
    page.goto(f"/assessments/{started}/check")
    expect(page.get_by_role("heading", name="佐证缺失或过期")).to_be_visible()
    page.get_by_text("逐项列出").click()
    lack = page.locator(".check-list li", has=page.locator(f'a[href$="item={proved.id}"]'))
    expect(lack).to_contain_text("旧证（有效期至")


def test_everything_works_without_scripts(
    open_page: Open, manager: Person, started: str, proved: Item, tmp_path: Path
) -> None:
    page = open_page(who=manager, scripts=False)
    paper = tmp_path / "能源管理制度.docx"
    paper.write_bytes(papers.make_office())
    page.goto(f"/assessments/{started}/evidence?item={proved.id}")
    page.get_by_label("选择文件").set_input_files(paper)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("link", name="能源管理制度")).to_be_visible()
    page.get_by_role("button", name="取下").click()
    expect(page.get_by_text("还没有附文件")).to_be_visible()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="附上选中的文件").click()
    expect(page.get_by_role("button", name="取下")).to_be_visible()
    page.get_by_role("link", name="能源管理制度").click()
    page.get_by_label("名称").fill("能源管理制度 2026 版")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("能源管理制度 2026 版")
    page.get_by_text("移出佐证库").click()
    page.get_by_role("button", name="移出").click()
    expect(page.get_by_text("已移出佐证库").first).to_be_visible()


def test_the_keyboard_is_enough(open_page: Open, manager: Person) -> None:
    page = open_page(who=manager)
    # The browser hands choosers over from the first listener on; told only when the key falls, it may be too late.
    page.on("filechooser", lambda _: None)
    page.goto(f"/enterprises/{manager.enterprise}/evidence")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "files":
            break
    expect(page.locator("#files")).to_be_focused()
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Space")
    chosen.value.set_files(
        {"name": "制度.docx", "mimeType": "application/octet-stream", "buffer": papers.make_office()}
    )
    expect(page.get_by_text("共 1 个文件")).to_be_visible()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_nothing_serious_and_nothing_too_wide(
    door: Door, open_page: Open, manager: Person, started: str, proved: Item, width: str
) -> None:
    name = "名称很长的废气和废水及噪声委托检测报告" * 4
    id = take(door, manager, f"{name}.pdf", papers.make_pdf(), valid_until="2020-01-01")
    with door.writing() as work:
        evidence.attach(work, manager.account, started, proved.id, [id])
    page = open_page(width, who=manager)
    section = section_of(door, manager, started, proved.id)
    for path in (
        f"/enterprises/{manager.enterprise}/evidence",
        f"/evidence/{id}",
        f"/assessments/{started}/evidence",
        f"/assessments/{started}/evidence?item={proved.id}",
        f"/assessments/{started}/sections/{section}",
        f"/assessments/{started}/check",
    ):
        page.goto(path)
        no_wider_than_the_screen(page)
        assert not serious(page), path


def test_the_report_names_the_files(
    door: Door,
    open_page: Open,
    manager: Person,
    started: str,
    proved: Item,
    print_reports: Callable[[], None],
    tmp_path: Path,
) -> None:
    id = take(
        door, manager, "环保验收😀意见.pdf", papers.make_pdf(), kind="certificate", issued_on="2024-03-01"
    )
    with door.writing() as work:
        evidence.attach(work, manager.account, started, proved.id, [id])
        digest = evidence.get(work, manager.account, id).sha256
        asked = filing.open_(work, manager.account, started).questionnaire.items.values()
        done = [Change(one.id, Practised(Extent.FULL), 0) for one in asked if isinstance(one, Practice)]
        filing.keep(work, manager.account, started, done)
    with door.writing() as work:
        filing.submit(work, manager.account, started)
    page = open_page(who=manager)
    page.goto(f"/assessments/{started}/result")
    page.get_by_role("button", name="生成改进报告").click()
    print_reports()
    # The page comes by itself when the report is there; a reload of ours would break off its own.
    with page.expect_download() as saving:
        page.get_by_role("link", name="下载改进报告").click()
    file = tmp_path / "report.pdf"
    saving.value.save_as(file)
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    plain = "".join(text.split())
    assert "“环保验收意见”，认证证书，2024-03-01" in plain and f"校验值{digest[:8]}" in plain
