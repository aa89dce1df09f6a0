"""Registering, signing in and out, passwords, and joining a colleague's enterprise."""

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import account
from portal.actions.work import NotFound, Work
from portal.core.errors import Problem
from portal.core.roles import Account, Role
from portal.web.access import (
    LANDINGS,
    PUBLIC,
    SIGN_IN_COOKIE,
    SIGNED_IN,
    Pages,
    forget_sign_in,
    keep_signed_in,
    local_path,
    require_account,
)
from portal.web.errors import read_held
from portal.web.forms import (
    ChangePasswordForm,
    ForgotForm,
    NewPasswordForm,
    RegisterForm,
    SignInForm,
    repeats,
    show,
)
from portal.web.mandate_forms import KindForm

pages = Pages("account", __name__)
BOTH = ("GET", "POST")


@pages.page("/register", roles=PUBLIC, methods=BOTH)
def register(work: Work, who: Account | None) -> ResponseReturnValue:
    """A new account, signed in at once."""
    return _register(work, "", "/enterprises/new")


def _register(work: Work, invitation: str, then: str) -> ResponseReturnValue:
    form = RegisterForm(request.form)
    kind = KindForm(request.form)
    role = Role.CONSULTANT if kind.kind.data == Role.CONSULTANT and not invitation else Role.MANAGER
    invited = account.invitation(work, invitation) if invitation else None
    if request.method == "POST":
        typed = {name: form[name].data or "" for name in ("name", "mail", "mobile", "password")}
        problems = account.check_registration(work, **typed, join_token=invitation) + repeats(form)
        created = None
        if not problems:
            created, problems = account.register(work, **typed, join_token=invitation, role=role)
        if created is not None:
            then = LANDINGS[role] if role is Role.CONSULTANT else then
            token = account.enter(work, created, request.remote_addr or "")
            return keep_signed_in(make_response(redirect(then)), token)
        show(form, problems)
    elif invited is not None:
        form.mail.data = invited.mail
    page = render_template("account/register.html", form=form, kind=kind, invited=invited)
    return page, 422 if request.method == "POST" else 200


@pages.page("/sign-in", roles=PUBLIC, methods=BOTH)
def sign_in(work: Work, who: Account | None) -> ResponseReturnValue:
    """Signing in; what was typed before the sign-in ran out is offered again afterwards."""
    form = SignInForm(request.form)
    then = local_path(request.values.get("next", ""), "")
    if request.method != "POST":
        return redirect(then or LANDINGS[who.role]) if who is not None else _sign_in_page(form, then, "", 200)
    kept = request.form.get("held", "")
    token, problems = account.sign_in(
        work, form.login.data or "", form.password.data or "", request.remote_addr or ""
    )
    if token is None:
        show(form, problems)
        return _sign_in_page(form, then, kept, 422)
    signed_in = account.account_of(work, token)
    then = then or (LANDINGS[signed_in.role] if signed_in is not None else "/")
    pairs = read_held(kept)
    if pairs:
        page = render_template("account/resume.html", path=then, held=pairs)
        return keep_signed_in(make_response(page), token)
    return keep_signed_in(make_response(redirect(then)), token)


def _sign_in_page(form: SignInForm, then: str, kept: str, code: int) -> ResponseReturnValue:
    return render_template("account/sign_in.html", form=form, next=then, held=kept, is_held=bool(kept)), code


@pages.page("/sign-out", roles=PUBLIC, methods=("POST",))
def sign_out(work: Work, who: Account | None) -> ResponseReturnValue:
    """End this sign-in, here and on the server."""
    account.sign_out(work, request.cookies.get(SIGN_IN_COOKIE, ""))
    return forget_sign_in(make_response(redirect("/")))


@pages.page("/forgot-password", roles=PUBLIC, methods=BOTH)
def forgot_password(work: Work, who: Account | None) -> ResponseReturnValue:
    """Ask for a mail with a link; the answer never says whether the account exists."""
    form = ForgotForm(request.form)
    is_asked = request.method == "POST" and bool((form.login.data or "").strip())
    if is_asked:
        account.ask_reset(work, form.login.data or "")
    return render_template("account/forgot.html", form=form, is_asked=is_asked)


@pages.page("/reset/<token>", roles=PUBLIC, methods=BOTH, subject="mail link")
def reset_password(work: Work, who: Account | None, token: str) -> ResponseReturnValue:
    """A new password by the link from the mail."""
    form = NewPasswordForm(request.form)
    if request.method != "POST" and not account.may_reset(work, token):
        show(form, [Problem(place="token", code="token_invalid")])
        return render_template("account/reset.html", form=form), 410
    if request.method == "POST":
        problems = repeats(form) or account.reset(work, token, form.password.data or "")
        if not problems:
            return forget_sign_in(make_response(redirect("/sign-in?changed=1")))
        show(form, problems)
    return render_template("account/reset.html", form=form), 422 if form.errors or form.form_errors else 200


@pages.page("/join/<token>", roles=PUBLIC, methods=BOTH, subject="mail link")
def join(work: Work, who: Account | None, token: str) -> ResponseReturnValue:
    """Join a colleague's enterprise: with one's account, or registering on the way."""
    invited = account.invitation(work, token)
    if invited is None:
        raise NotFound(token)
    if who is None:
        return _register(work, token, "/desk")
    if request.method == "POST":
        enterprise, problems = account.join(work, token, who)
        if enterprise is not None:
            return redirect("/desk")
        return render_template("account/join.html", invited=invited, problems=problems), 422
    return render_template("account/join.html", invited=invited, problems=())


@pages.page("/account", roles=SIGNED_IN, methods=BOTH)
def profile(work: Work, who: Account | None) -> ResponseReturnValue:
    """One's name and addresses, and a new password, which ends every other sign-in."""
    me = require_account(who)
    form = ChangePasswordForm(request.form)
    if request.method == "POST":
        token = request.cookies.get(SIGN_IN_COOKIE, "")
        problems = repeats(form) or account.change_password(
            work, me, form.old.data or "", form.password.data or "", token
        )
        if not problems:
            return redirect("/account?changed=1")
        show(form, problems)
    page = render_template("account/account.html", form=form, me=me, is_changed="changed" in request.args)
    return page, 422 if request.method == "POST" else 200
