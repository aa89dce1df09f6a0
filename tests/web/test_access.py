"""Who may open what: the table, and every page walked by those who may not."""

from pathlib import Path

import pytest
from flask import Flask

from portal.web.access import Access, Pages, access_table
from tests.cast import Person
from tests.web.conftest import Enter

TABLE = Path(__file__).with_name("access.txt")


def _line(one: Access) -> str:
    return f"{','.join(one.methods):9} {one.rule:42} {one.who:38} {one.endpoint:26} {one.subject}".rstrip()


def _routes(app: Flask) -> list[Access]:
    return [one for one in access_table(app) if one.subject != "static"]


def test_the_access_table_is_as_written(app: Flask) -> None:
    found = "\n".join(_line(one) for one in access_table(app)) + "\n"
    if TABLE.read_text(encoding="utf-8") != found:
        TABLE.with_suffix(".new").write_text(found, encoding="utf-8")
        pytest.fail("routes changed: compare access.new with access.txt, and replace it in the same commit")


def test_a_route_without_roles_is_refused() -> None:
    with pytest.raises(TypeError, match="roles"):
        Pages("example", __name__).route("/side-door")


def test_nobody_gets_past_the_sign_in(app: Flask, enter: Enter) -> None:
    nobody = enter(None)
    for one in _routes(app):
        if not one.roles:
            continue
        path = one.rule.replace("<id>", "x").replace("<section>", "x")
        if "GET" in one.methods:
            answer = nobody.get(path)
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/sign-in?next=")
        if "POST" in one.methods:
            assert nobody.post(path).status_code == 401, path


def test_a_stranger_gets_404(
    app: Flask, enter: Enter, manager: Person, stranger: Person, assessment: str
) -> None:
    mine, theirs = enter(manager), enter(stranger)
    id = assessment.rsplit("/", 1)[1]
    mine.post(f"{assessment}/submit")
    report = mine.post(f"{assessment}/reports").headers["Location"].rsplit("/", 1)[1]
    ids = {"assessment": id, "enterprise": manager.enterprise, "report": report}
    walked = 0
    for one in _routes(app):
        if not one.roles or one.subject not in ids:
            continue
        path = one.rule.replace("<id>", ids[one.subject]).replace("<section>", "plant")
        if "GET" in one.methods:
            assert theirs.get(path).status_code == 404, path
            walked += 1
        if "POST" in one.methods:
            sent = (
                theirs.save(path.removesuffix("/answers"), [])
                if path.endswith("/answers")
                else theirs.post(path)
            )
            assert sent.status_code == 404, path
            walked += 1
    assert walked > 12


def test_no_page_can_write_on_get(enter: Enter, manager: Person, assessment: str, app: Flask) -> None:
    browser = enter(manager)
    with app.extensions["door"].reading() as work:
        assert not work.is_writing
    for path in ("/desk", "/history", assessment, f"{assessment}/sections/plant", f"{assessment}/check"):
        assert browser.get(path).status_code in (200, 302)


def test_weasyprint_stays_out_of_the_web_process() -> None:
    import subprocess
    import sys

    code = "import sys, portal.app; raise SystemExit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=TABLE.parents[2]).returncode == 0
