"""Who may open which page: routes that cannot be hung without roles, one unit of work per request.

A request that shows gets a reading unit; one that changes gets a writing unit, which commits before the response
leaves: what a person is told to be saved is saved. GET never commits, for a reading unit cannot.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, NoReturn
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, g, make_response, redirect, request
from werkzeug.exceptions import Forbidden

from portal.actions import account as account_actions
from portal.actions.assessment import NotEditable
from portal.actions.work import Door, NotFound, Work
from portal.core.audit import Outcome
from portal.core.review import NotAllowed
from portal.core.roles import Account, Role

SIGN_IN_COOKIE = "sign_in"
PUBLIC: frozenset[Role] = frozenset()
MANAGER = frozenset({Role.MANAGER})
CONSULTANT = frozenset({Role.CONSULTANT})
FILLING = MANAGER | CONSULTANT  # how far each reaches is decided by membership and mandates
REVIEWER = frozenset({Role.REVIEWER})
OPERATOR = frozenset({Role.OPERATOR})
SECURITY = frozenset({Role.SECURITY})
AUDITOR = frozenset({Role.AUDITOR})
SIGNED_IN = frozenset(Role)
ADMITTING = OPERATOR | SECURITY
# Where somebody begins who has just signed in.
LANDINGS: Mapping[Role, str] = {
    Role.MANAGER: "/desk",
    Role.REVIEWER: "/reviews",
    Role.CONSULTANT: "/clients",
    Role.OPERATOR: "/staff",
    Role.SECURITY: "/staff",
    Role.AUDITOR: "/audit",
}
_SHOWING = {"GET", "HEAD", "OPTIONS"}

View = Callable[..., Any]


class SignInNeeded(Exception):
    """Nobody is signed in, and the page wants somebody."""


@dataclass(frozen=True, slots=True)
class Access:
    """One line of the access table. `subject` is the kind of object that the address names."""

    rule: str
    methods: tuple[str, ...]
    roles: frozenset[Role]
    endpoint: str
    subject: str

    @property
    def who(self) -> str:
        """The roles in words of the table."""
        return " ".join(sorted(role.value for role in self.roles)) or "public"


class Pages(Blueprint):
    """A blueprint on which no route can be hung without saying who may use it."""

    def page(
        self,
        rule: str,
        *,
        roles: frozenset[Role],
        methods: tuple[str, ...] = ("GET",),
        subject: str = "",
        ahead: View | None = None,
    ) -> Callable[[View], View]:
        """Hang `view(work, who, …)` at `rule`; `who` is None only on public pages.

        `ahead(work, who, …)` runs first, in a reading unit, and what it returns comes to the view as `ahead`: slow
        work, such as looking through an upload, must not keep others from writing.
        """

        def hang(view: View) -> View:
            @wraps(view)
            def opened(**parts: str) -> Response:
                try:
                    return _answer(view, roles, parts, ahead)
                except (Forbidden, NotFound, NotAllowed, NotEditable):
                    _note_refusal(current_app.extensions["door"], parts)
                    raise

            opened.access = (roles, subject)  # type: ignore[attr-defined]
            super(Pages, self).add_url_rule(rule, view.__name__, opened, methods=list(methods))
            return view

        return hang

    def route(self, rule: str, **options: Any) -> NoReturn:
        """Refuse: a route without roles is a side door."""
        raise TypeError(f"{rule}: hang pages with .page(rule, roles=…), never with .route")


def _answer(
    view: View, roles: frozenset[Role], parts: Mapping[str, str], ahead: View | None = None
) -> Response:
    door: Door = current_app.extensions["door"]
    ready: dict[str, Any] = dict(parts)
    if ahead is not None:
        with door.reading() as work:
            ready["ahead"] = ahead(work, _admitted(work, roles), **parts)
    if request.method in _SHOWING:
        with door.reading() as work:
            response = _call(view, roles, work, ready)
        _keep_notes(door, work)
        return response
    # The response is made inside, because it may need rows; it is sent only after the commit, and a commit that
    # fails raises and takes the response with it.
    with door.writing(request.remote_addr or "") as work:
        return _call(view, roles, work, ready)


def _keep_notes(door: Door, shown: Work) -> None:
    """Write down what a page that only shows has noted: a file that was fetched."""
    if not shown.trail.events:
        return
    with door.writing(request.remote_addr or "") as work:
        work.trail.who = shown.trail.who
        work.trail.events.extend(shown.trail.events)


def _note_refusal(door: Door, parts: Mapping[str, str]) -> None:
    """Write down who was refused what; the attempt itself was rolled back."""
    who: Account | None = g.get("who")
    if who is None:
        return
    with door.writing(request.remote_addr or "") as work:
        work.trail.who = who
        deed = f"{request.method} {request.endpoint}"
        work.note(
            deed[:60], "address", "/".join(parts.values())[:80], after=request.path, outcome=Outcome.REFUSED
        )


def _call(view: View, roles: frozenset[Role], work: Work, parts: Mapping[str, Any]) -> Response:
    return make_response(view(work, _admitted(work, roles), **parts))


def _admitted(work: Work, roles: frozenset[Role]) -> Account | None:
    """Whoever signed in; raises SignInNeeded or Forbidden when the page is not for them."""
    token = request.cookies.get(SIGN_IN_COOKIE, "")
    who = account_actions.account_of(work, token) if token else None
    g.who, g.work = who, work
    work.trail.who = who
    if roles:
        if who is None:
            raise SignInNeeded
        if who.role not in roles:
            raise Forbidden
    return who


def keep_signed_in(response: Response, token: str) -> Response:
    """Give the browser its token; the server can end it at any time."""
    door: Door = current_app.extensions["door"]
    response.set_cookie(
        SIGN_IN_COOKIE, token, httponly=True, samesite="Lax", secure=door.settings.is_https, path="/"
    )
    return response


def forget_sign_in(response: Response) -> Response:
    """Take the token from the browser."""
    response.delete_cookie(SIGN_IN_COOKIE, path="/")
    return response


def to_sign_in() -> Response:
    """Off to the sign-in page, and back here afterwards."""
    back = quote(request.full_path.rstrip("?"), safe="/")
    return make_response(redirect(f"/sign-in?next={back}"))


def local_path(target: str, otherwise: str) -> str:
    """`target` when it is a path of this site, else `otherwise`: nobody is sent elsewhere by a prepared link."""
    is_local = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return target if is_local and all(ord(sign) > 32 for sign in target) else otherwise


def require_account(who: Account | None) -> Account:
    """The person; pages with roles have one."""
    assert who is not None
    return who


def access_table(app: Flask) -> tuple[Access, ...]:
    """Every route with methods and roles, by address; what is not a page is static files."""
    lines = []
    for rule in app.url_map.iter_rules():
        roles, subject = getattr(app.view_functions[rule.endpoint], "access", (PUBLIC, "static"))
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        lines.append(
            Access(rule=rule.rule, methods=methods, roles=roles, endpoint=rule.endpoint, subject=subject)
        )
    return tuple(sorted(lines, key=lambda line: (line.rule, line.methods)))
