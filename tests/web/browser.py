"""A test client that looks at every page it opens: form, headings, labels, tokens, language, headers."""

import re
from collections import Counter
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from werkzeug.test import TestResponse

_SPACE = "{http://www.w3.org/1999/xhtml}"
# Units, names of standards and the example data of tests.make may stand in Latin letters.
_LATIN = re.compile(r"[A-Za-z]{5,}")
_ALLOWED = {"example", "planned", "partial", "MWh", "Word", "Excel", "JSON", "kgce", "kgCO"}


class Browser:
    """Keeps cookies, sends the form's token, checks what comes back."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self._token = ""

    @property
    def token(self) -> str:
        """The token of the forms, taken from a page."""
        if not self._token:
            page = self.client.get("/sources").get_data(as_text=True)
            found = re.search(r'name="csrf-token" content="([^"]+)"', page)
            assert found
            self._token = found[1]
        return self._token

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return check(self.client.get(path, **options))

    def post(self, path: str, data: dict[str, Any] | None = None, **fields: Any) -> TestResponse:
        """Send a form with its token."""
        sent = {**(data or {}), **fields}
        return check(self.client.post(path, data=sent | {"csrf_token": self.token}))

    def save(self, path: str, changes: list[dict[str, Any]]) -> TestResponse:
        """Save as the script does."""
        return self.client.post(
            path + "/answers",
            json={"changes": changes},
            headers={"X-CSRFToken": self.token, "Accept": "application/json"},
        )


def text_of(answer: TestResponse) -> str:
    """The page's source."""
    return answer.get_data(as_text=True)


def text_without_token(answer: TestResponse) -> str:
    """The page but for its CSRF token, which differs from one second to the next."""
    return re.sub(r'(csrf[^>]*(?:value|content)=")[^"]*', r"\1", text_of(answer))


def check(answer: TestResponse) -> TestResponse:
    """What holds for every page."""
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]
    if answer.mimetype != "text/html" or answer.status_code in (302, 308):
        return answer
    page = text_of(answer)
    parser = html5lib.HTMLParser(strict=False)
    root = parser.parse(page)
    assert not parser.errors, [
        (place, code, page.splitlines()[place[0] - 1]) for place, code, _ in parser.errors
    ]
    everything = list(root.iter())
    assert len(root.findall(f".//{_SPACE}h1")) == 1
    assert root.get("lang") == "zh-CN"
    _check_ids(everything)
    _check_nothing_inline(everything)
    _check_forms(root)
    _check_language(root)
    return answer


def _check_ids(everything: list[Element]) -> None:
    counted = Counter(element.get("id") for element in everything if element.get("id"))
    assert not [id for id, count in counted.items() if count > 1]
    for element in everything:
        for name in (element.get("aria-describedby") or "").split() + (
            element.get("aria-labelledby") or ""
        ).split():
            assert name in counted, name


def _check_nothing_inline(everything: list[Element]) -> None:
    for element in everything:
        assert "style" not in element.attrib, element.attrib
        assert not [name for name in element.attrib if name.startswith("on")], element.attrib
        if element.tag == _SPACE + "script":
            assert element.get("src")
        for name in ("src", "href", "action"):
            assert not (element.get(name) or "").startswith(("http:", "https:", "//", "javascript:"))


def _check_forms(root: Element) -> None:
    labelled = {label.get("for") for label in root.iter(_SPACE + "label")}
    inside = {id(part) for label in root.iter(_SPACE + "label") for part in label.iter()}
    for form in root.iter(_SPACE + "form"):
        names = {part.get("name") for part in form.iter()}
        assert form.get("method") == "get" or "csrf_token" in names, form.attrib
        for part in form.iter():
            kind = part.tag.removeprefix(_SPACE)
            if kind in ("select", "textarea") or (kind == "input" and part.get("type") != "hidden"):
                assert part.get("id") in labelled or id(part) in inside, part.attrib


def _check_language(root: Element) -> None:
    body = root.find(_SPACE + "body")
    assert body is not None
    for element in body.iter():
        if "code" in (element.get("class") or "").split() or element.tag == _SPACE + "code":
            continue
        for text in (element.text, *(child.tail for child in element)):
            plain = re.sub(r"\S+@\S+", "", text or "")
            strange = {word for word in _LATIN.findall(plain) if word not in _ALLOWED}
            assert not strange, (strange, text)
