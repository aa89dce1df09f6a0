"""A consultant's evening: a mandate, filling in, printing for all clients, and a revocation in the middle."""

import io
import zipfile
from collections.abc import Callable

from playwright.sync_api import Page

from portal.actions import enterprise, mandate
from portal.actions.work import Door
from tests.cast import PASSWORD, Person, make_consultant
from tests.journeys.conftest import Open
from tests.mandated import make_clients

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
