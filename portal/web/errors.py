"""Exceptions to pages, in one place: what happened, what to do, and whatever was typed."""

import json
import logging
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.actions.account import account_of
from portal.actions.assessment import NotEditable, NotReady
from portal.actions.work import Door, NotFound, StorageBusy, StorageFull
from portal.web.access import SIGN_IN_COOKIE, SignInNeeded, local_path, to_sign_in
from portal.web.forms import SignInForm
from portal.web.held import held_lines

log = logging.getLogger("portal")

Words = tuple[str, str]  # title, what to do
_PAGES: dict[int, Words] = {
    400: ("页面已过期", "请返回上一页，刷新后再试一次。"),
    403: ("您的账号不能打开这一页", "请换用有权限的账号登录，或回到首页。"),
    404: ("没有找到这一页", "网址可能写错了，内容可能已经移走，或者您的账号看不到它。请回到首页重新进入。"),
    405: ("不能这样打开这一页", "请从页面上的按钮或链接进入。"),
    409: ("内容已经变化", "您打开这一页之后，内容已被提交或修改。请返回查看最新内容。"),
    413: ("提交的内容太大", "请分几次保存，每次只提交一节。"),
    429: ("操作太频繁", "请等一分钟后再试。您填写的内容没有丢失，返回上一页即可看到。"),
    500: ("系统出了问题", "这不是您的操作造成的，问题已经记录。请稍后再试；已经保存的内容不受影响。"),
    503: ("系统暂时不能保存", "请稍后再试。已经保存的内容不受影响。"),
}
_FULL = ("磁盘已满，这次没有保存", "您填写的内容还在下面。请通知系统管理员清理磁盘，然后再提交一次。")
_BUSY = ("系统正忙，这次没有保存", "您填写的内容还在下面。请过几秒再提交一次。")
_SUBMITTED = ("这份自评价已经提交", "提交后的内容不能再修改。可以查看结果和得分凭据。")
_EXPIRED = ("页面已过期，这次没有保存", "您填写的内容还在下面，核对后可以再提交一次。")

Held = list[tuple[str, str]]


def install(app: Flask) -> None:
    """Hang the handlers."""
    app.jinja_env.globals.update(held_lines=held_lines)
    app.register_error_handler(NotFound, lambda _: _page(404))
    app.register_error_handler(SignInNeeded, _sign_in_needed)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(NotEditable, lambda _: _page(409, _SUBMITTED))
    app.register_error_handler(NotReady, lambda _: _page(409))
    app.register_error_handler(StorageFull, lambda _: _page(503, _FULL, held()))
    app.register_error_handler(StorageBusy, lambda _: _page(503, _BUSY, held()))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Whether a script asks: it reads JSON, and a page would be no answer."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def held() -> Held:
    """What was typed into the form of this request, without passwords and the form's token."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {"csrf_token", "held", "next", "old", "repeat"} and "password" not in name
    ]


def read_held(text: str) -> Held:
    """What `held` put aside, out of the hidden field; nothing when somebody meddled with it."""
    try:
        pairs = json.loads(text) if text else []
        return [(str(name), str(value)) for name, value in pairs]
    except (ValueError, TypeError):
        return []


def _page(code: int, said: Words | None = None, kept: Held | None = None) -> Response:
    title, advice = said or _PAGES.get(code, _PAGES[500])
    if wants_json():
        return make_response(jsonify(error=code, message=f"{title}。{advice}"), code)
    page = render_template("errors/error.html", code=code, title=title, advice=advice, held=kept or [])
    return make_response(page, code)


def _sign_in_needed(_: SignInNeeded) -> Response:
    if wants_json():
        return make_response(jsonify(error=401, message="登录已过期，请重新登录"), 401)
    if request.method != "POST":
        return to_sign_in()
    return _sign_in_page()


def _sign_in_page() -> Response:
    """The sign-in page with what was typed; after signing in, one press saves it."""
    page = render_template(
        "account/sign_in.html",
        form=SignInForm(),
        next=local_path(request.path, "/"),
        held=json.dumps(held(), ensure_ascii=False),
        is_held=True,
    )
    return make_response(page, 401)


def _expired(_: CSRFError) -> Response:
    # Only text that this site's own page sent may be sent again by one click.
    origin = request.headers.get("Origin") or request.referrer or ""
    is_ours = urlsplit(origin).netloc == request.host
    if is_ours and held() and not wants_json() and not _is_signed_in():
        # Both cookies are gone, the form's and the sign-in's: to send the form again would only ask to sign in.
        return _sign_in_page()
    return _page(400, _EXPIRED, held()) if is_ours and held() else _page(400)


def _is_signed_in() -> bool:
    token = request.cookies.get(SIGN_IN_COOKIE, "")
    door: Door = current_app.extensions["door"]
    with door.reading() as work:
        return bool(token) and account_of(work, token) is not None


def _http(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return make_response(error.get_response())
    code = error.code or 500
    return _page(code if code in _PAGES else 400 if code < 500 else 500)


def _unexpected(error: Exception) -> Response:
    log.exception("%s %s", request.method, request.path, exc_info=error)
    return _page(500)
