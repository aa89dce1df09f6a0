"""A consultant's evening: a mandate, filling in, printing for all clients, and a revocation in the middle."""

import io
import re
import zipfile
from collections.abc import Callable

from playwright.sync_api import Page

from portal.actions import enterprise, mandate
from portal.actions.work import Door
from tests.cast import PASSWORD, Person, make_consultant
from tests.journeys.conftest import Open
from tests.mandated import make_clients
from tests.papers import make_pdf

CLIENTS = 4


def _sign_in(page: Page, mail: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("邮箱或手机号码").fill(mail)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url("**/clients")


def test_from_mandate_to_the_revocation_in_the_middle(
    door: Door,
    manager: Person,
    open_page: Open,
    print_reports: Callable[[], None],
) -> None:
    consultant = make_consultant(door)
    owner = make_clients(door, consultant, CLIENTS)
    mine = open_page(who=manager)
    mine.get_by_role("button", name="开始").click()
    mine.goto(f"/enterprises/{manager.enterprise}/mandates")
    mine.get_by_label("咨询人员的电子邮箱或邀请码").fill(consultant.mail)
    mine.get_by_role("button", name="授权", exact=True).click()
    mine.get_by_text("已授权。").wait_for()

    theirs = open_page()
    _sign_in(theirs, consultant.mail)
    assert theirs.get_by_role("row").count() == CLIENTS + 2
    theirs.get_by_role("link", name="示例水泥有限公司", exact=True).click()
    with theirs.expect_response("**/answers") as saved:
        theirs.get_by_role("radio", name="是", exact=True).first.check()
    assert saved.value.ok

    theirs.goto("/clients?stage=review")
    theirs.get_by_role("button", name="打印符合筛选的全部").click()
    theirs.get_by_text(f"第 0/{CLIENTS} 份").wait_for()
    batch = theirs.url
    with door.writing() as work:
        (given,) = mandate.granted(work, owner.account, owner.enterprise)
        mandate.revoke(work, owner.account, owner.enterprise, given.id)
    print_reports()
    theirs.goto(batch)
    theirs.get_by_text(f"已印好 {CLIENTS - 1} 份").wait_for()
    theirs.get_by_text("无权打印 1 份").wait_for()
    with theirs.expect_download() as download:
        theirs.get_by_role("link", name="下载压缩包").click()
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    names = [one for one in archive.namelist() if one.endswith(".pdf")]
    assert len(names) == CLIENTS - 1
    assert all(archive.read(one).startswith(b"%PDF") for one in names)

    assert theirs.request.get(f"{batch}/files/zip").status == 200
    with door.reading() as work:
        others = [one.id for one in enterprise.mine(work, owner.account) if one.id != owner.enterprise]
    owners = open_page(who=owner)
    owners.goto(f"/enterprises/{others[0]}/mandates")
    owners.get_by_role("button", name="撤销").click()
    owners.get_by_text("已撤销，立即生效").wait_for()
    assert theirs.request.get(f"{batch}/files/zip").status == 404
    theirs.goto(batch)
    theirs.get_by_role("button", name="重新打包").wait_for()


def _typed(book: bytes, cell: str, text: str) -> bytes:
    """The workbook after somebody typed into one cell of its first section."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(stream, "w") as out:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet2.xml":
                typed = rf'<c r="{cell}" s="\1" t="inlineStr"><is><t>{text}</t></is></c>'
                content = re.sub(rf'<c r="{cell}" s="(\d+)"/>', typed, content.decode()).encode()
            out.writestr(name, content)
    return stream.getvalue()


def _bring(page: Page, content: bytes, name: str = "填好的表.xlsx") -> None:
    page.get_by_label("填好的填报表").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="上传并比较").click()


def test_the_workbook_goes_out_and_in_and_two_departments_that_differ_are_told(
    door: Door, manager: Person, open_page: Open
) -> None:
    page = open_page(who=manager, scripts=False)
    page.get_by_role("button", name="开始").click()
    page.goto(page.url.partition("/sections")[0] + "/workbook")
    with page.expect_download() as download:
        page.get_by_role("link", name="填报表（Excel，已有内容已填好）").click()
    book = download.value.path().read_bytes()
    _bring(page, b"plain text", "填报表.xls")
    page.get_by_text("这不是 Excel 工作簿").wait_for()
    _bring(page, _typed(book, "D4", "也许"))
    page.get_by_text("第1节!D4").wait_for()
    _bring(page, _typed(book, "D4", "是"))
    page.get_by_text("表中改动了 1 项").wait_for()
    page.get_by_role("button", name="写入勾选的内容").click()
    page.get_by_text("已导入 1 项").wait_for()
    # The other department has the same export, and says otherwise.
    _bring(page, _typed(book, "D4", "否"))
    conflict = page.get_by_role("region", name="两边都改过，请选择")
    conflict.wait_for()
    assert re.search(
        r"表中（第1节!D4）：\s*不满足\s*现有：满足（王示例，.*导出时：\s*未填",
        conflict.inner_text(),
        re.DOTALL,
    )
    page.get_by_role("button", name="写入勾选的内容").click()
    page.get_by_text("现有内容没有改变").wait_for()


def test_a_plan_is_found_chosen_and_followed(door: Door, open_page: Open) -> None:
    consultant = make_consultant(door)
    make_clients(door, consultant, 1)
    page = open_page("phone")
    _sign_in(page, consultant.mail)
    page.get_by_role("link", name="打印报告").click()
    page.goto(page.url.replace("/result", "/cheapest"))
    now = re.search(r"现在 (\d+)", page.inner_text("main"))
    assert now is not None
    page.get_by_label("得分不低于").fill(str(int(now[1]) + 2))
    page.get_by_label("没有投资数据的措施").select_option("count")
    page.get_by_label("门槛必须全部满足").uncheck()
    page.get_by_role("button", name="计算").click()
    page.get_by_role("button", name="存为方案").first.click()
    page.get_by_text("方案已保存").wait_for()
    page.get_by_role("button", name="作为下一步计划").click()
    page.get_by_text("方案已作为下一步计划").wait_for()
    line = page.locator("section.line").first
    line.get_by_text("附上佐证").click()
    line.get_by_label("上传文件").set_input_files(
        {"name": "验收单.pdf", "mimeType": "application/pdf", "buffer": make_pdf()}
    )
    line.get_by_role("button", name="附上").click()
    page.get_by_role("link", name="验收单").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
