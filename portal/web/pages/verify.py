"""The public page where a report is dropped to see whether it is as it was handed out."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import report, verify
from portal.actions.work import Work
from portal.core.roles import Account
from portal.core.verification import FileCheck
from portal.web.access import PUBLIC, Pages
from portal.web.limits import LARGEST_REPORT

pages = Pages("verify", __name__)
_MEBIBYTE = 1024 * 1024


@pages.page("/verify", roles=PUBLIC)
def form(work: Work, who: Account | None) -> ResponseReturnValue:
    """The form."""
    return _page(None, who)


def _looked(work: Work, who: Account | None) -> FileCheck | str:
    """Read the file that was sent, or say what is wrong with it."""
    sent = request.files.get("file")
    content = sent.read(LARGEST_REPORT + 1) if sent is not None else b""
    if not content:
        return "请选择要核验的文件；文件不能是空的"
    if len(content) > LARGEST_REPORT:
        return f"文件超过 {LARGEST_REPORT // _MEBIBYTE} MB，不是本门户出具的报告"
    return verify.look(work, content)


@pages.page("/verify", roles=PUBLIC, methods=("POST",), ahead=_looked)
def look(work: Work, who: Account | None, ahead: FileCheck | str) -> ResponseReturnValue:
    """What can be said of the file."""
    if isinstance(ahead, str):
        return _page(None, who, ahead), 400
    return _page(ahead, who)


def _page(found: FileCheck | None, who: Account | None, problem: str = "") -> str:
    # Whoever may revoke the report finds it from here; the page behind the link decides once more.
    is_mine = (
        found is not None
        and found.paper is not None
        and who is not None
        and report.may_revoke(who, found.paper)
    )
    return render_template(
        "public/verify.html",
        found=found,
        is_mine=is_mine,
        problem=problem,
        largest=LARGEST_REPORT // _MEBIBYTE,
    )
