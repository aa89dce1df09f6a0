"""The web door: create_app(settings) ties pages, actions and content together."""

import json
import sys

import click
from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import words, words_bureau
from portal.actions.work import Door
from portal.config import Settings
from portal.web import assets, errors, headers, limits
from portal.web.access import access_table
from portal.web.pages import (
    account,
    assessment,
    audit,
    batch,
    campaign,
    catalogue,
    clients,
    correction,
    data_check,
    enterprise,
    evidence,
    firm,
    home,
    mandate,
    measure,
    package,
    paper,
    report,
    result,
    review,
    scenario,
    staff,
    statistics,
    submission,
    verify,
    white_paper,
    workbook,
)

# A questionnaire on one page has about 1,500 fields of a few hundred bytes; uploads have their own bound (limits).
LARGEST_BODY = 4 * 1024 * 1024
LARGEST_FORM = 2 * 1024 * 1024
MOST_FIELDS = 5_000


def create_app(settings: Settings | None = None, door: Door | None = None) -> Flask:
    """The portal as a WSGI application; raises SettingsError, CatalogError or StorageError when it cannot start."""
    settings = door.settings if door is not None else settings or Settings.from_environment()
    app = Flask("portal.web", template_folder=str(settings.template_folder), static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
        SESSION_COOKIE_NAME="form",  # it only carries the token of the forms
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        # As long as the browser's session: a questionnaire left over lunch must still save.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of the default provider
    limits.widen(app)
    CSRFProtect(app)
    app.extensions["door"] = door or Door.open(settings)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.globals.update(words=words, words_bureau=words_bureau)
    for room in (assets, headers, limits, errors):
        room.install(app)
    for pages in (
        home,
        account,
        enterprise,
        mandate,
        clients,
        firm,
        batch,
        assessment,
        data_check,
        evidence,
        correction,
        submission,
        paper,
        result,
        scenario,
        measure,
        report,
        package,
        catalogue,
        review,
        campaign,
        staff,
        audit,
        statistics,
        verify,
        white_paper,
        workbook,
    ):
        app.register_blueprint(pages.pages)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def print_routes(*, is_json: bool) -> None:
    """`portal routes`: every route with methods, roles and the kind of object that its address names."""
    lines = [
        {
            "endpoint": line.endpoint,
            "path": line.rule,
            "methods": list(line.methods),
            "roles": sorted(role.value for role in line.roles),
            "object": line.subject,
        }
        for line in access_table(create_app())
    ]
    if is_json:
        click.echo(json.dumps(lines, ensure_ascii=False, indent=2))
        return
    for line in lines:
        roles = " ".join(line["roles"]) or "public"
        click.echo(f"{','.join(line['methods']):9} {line['path']:45} {roles:10} {line['object']}")


if __name__ == "__main__":
    print_routes(is_json="--json" in sys.argv[1:])
