"""HTML to PDF/A-3a with tags: nothing is fetched, no glyph is missing, no warning is passed over.

The private font configuration must be known before WeasyPrint is imported, so import it through this module only.
One font configuration and one parsed style sheet serve the whole process.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from html import unescape
from typing import Any

from portal.core.errors import PortalError
from portal.report import typeface
from portal.report.document import Attached
from portal.report.html import TEMPLATES
from portal.report.typeface import FAMILY, FONT_SETTINGS, STYLES

os.environ["FONTCONFIG_FILE"] = str(FONT_SETTINGS)

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

OnPage = Callable[[int], None]


class FontsMissing(PortalError):
    """The typeface of the report is not installed; the message says which, and how to get it."""


class GlyphsMissing(PortalError):
    """The typeface lacks characters of the text; `characters` names them, the message also where they stand."""

    def __init__(self, characters: tuple[str, ...], places: Sequence[str]) -> None:
        named = "、".join(f"“{letter}”（U+{ord(letter):04X}）" for letter in characters)
        super().__init__(f"报告字体中没有这些字符：{named}。出现在：{'；'.join(places)}")
        self.characters = characters


class AddressRefused(PortalError):
    """The report asked for something outside itself."""


class PrintingFault(PortalError):
    """WeasyPrint complained; a report with warnings is not handed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What makes the same report the same bytes: its date and its identifier."""

    made_on: date
    identifier: bytes


def write(
    html: str,
    *,
    imprint: Imprint,
    attached: Sequence[Attached] = (),
    is_draft: bool = False,
    on_page: OnPage | None = None,
    style: str = "report.css",
) -> bytes:
    """The PDF of a complete HTML text; raises FontsMissing, GlyphsMissing, AddressRefused or PrintingFault."""
    check_glyphs(html)
    moment = datetime.combine(imprint.made_on, time(), UTC)
    sheets = [_sheet(style), *([_sheet("draft.css")] if is_draft else [])]
    with _watched(on_page) as complaints:
        try:
            content = weasyprint.HTML(string=html, url_fetcher=ClosedFetcher()).write_pdf(
                font_config=_fonts(),
                stylesheets=sheets,
                pdf_variant="pdf/a-3a",
                pdf_identifier=imprint.identifier,
                attachments=[_attachment(file, moment) for file in attached],
                finisher=_claim_pdf_ua,
            )
        except FatalURLFetchingError as error:
            raise AddressRefused(str(error)) from error
    if complaints:
        raise PrintingFault("；".join(dict.fromkeys(complaints)))
    assert isinstance(content, bytes)
    return content


class ClosedFetcher(URLFetcher):  # type: ignore[misc]
    """Serves `data:` addresses and nothing else; anything else stops the report."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)


def _attachment(file: Attached, moment: datetime) -> Any:
    # WeasyPrint takes text, not bytes, for what is already in memory.
    return weasyprint.Attachment(
        string=file.content.decode(),
        name=file.name,
        description=file.description,
        created=moment,
        modified=moment,
        relationship="Data",
    )


# ── style and fonts, once per process ────────────────────────────────────────


@lru_cache(maxsize=1)
def _fonts() -> Any:
    return FontConfiguration()


@lru_cache(maxsize=4)
def _sheet(name: str) -> Any:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return weasyprint.CSS(string=text, font_config=_fonts(), url_fetcher=ClosedFetcher())


@lru_cache(maxsize=1)
def letters() -> frozenset[int]:
    """The characters that both cuts of the typeface can set; raises FontsMissing when a cut is not installed."""
    found = {style: _coverage(style) for style in STYLES}
    if not all(found.values()):
        missing = "、".join(f"{FAMILY} {style}" for style, letters in found.items() if not letters)
        raise FontsMissing(
            f"缺少报告字体：{missing}。请安装 Noto Sans CJK（Debian/Ubuntu：apt-get install fonts-noto-cjk），"
            "或把 NotoSansCJK-Regular.ttc 与 NotoSansCJK-Bold.ttc 放到 /usr/local/share/fonts/noto"
        )
    return frozenset.intersection(*found.values())


def _coverage(style: str) -> frozenset[int]:
    """Fontconfig's own list of characters: from its cache, without opening a 20 MB font."""
    try:
        listing = typeface.ask("%{charset}", style)
    except OSError as error:
        raise FontsMissing(f"无法查询字体（fc-list）：{error}。请安装 fontconfig") from error
    numbers: set[int] = set()
    for span in listing.split():
        first, _, last = span.partition("-")
        numbers.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(numbers)


def check_glyphs(html: str) -> None:
    """Refuse text that the typeface cannot set; a missing glyph would print as a box, silently."""
    known = letters()
    # Character references hide characters from a plain look at the text.
    unknown = {letter for letter in unescape(html) if ord(letter) not in known and letter not in "\n\t\r"}
    if unknown:
        text = unescape(re.sub(r"<[^>]+>", " ", html))
        places = [_place(text, letter) for letter in sorted(unknown)]
        raise GlyphsMissing(tuple(sorted(unknown)), [place for place in places if place])


def _place(text: str, letter: str) -> str:
    at = text.find(letter)
    return "" if at < 0 else "…" + " ".join(text[max(0, at - 12) : at + 12].split()) + "…"


# ── watching WeasyPrint ──────────────────────────────────────────────────────

_LOGGER = logging.getLogger("weasyprint")
_PROGRESS = logging.getLogger("weasyprint.progress")
_PAGE = re.compile(r"Page (\d+)")


class _Complaints(logging.Handler):
    """Keeps every warning."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # Some name a picture by its whole address; nobody needs more than the beginning.
        self.said.append(record.getMessage()[:300])


class _Pages(logging.Handler):
    """Passes on the number of each page as it is laid out."""

    def __init__(self, on_page: OnPage) -> None:
        super().__init__(logging.INFO)
        self.on_page = on_page

    def emit(self, record: logging.LogRecord) -> None:
        found = _PAGE.search(record.getMessage())
        if found:
            self.on_page(int(found.group(1)))


@contextmanager
def _watched(on_page: OnPage | None) -> Iterator[list[str]]:
    """WeasyPrint's log during one report: warnings are collected instead of printed."""
    complaints = _Complaints()
    before, _LOGGER.handlers = _LOGGER.handlers, [complaints]
    pages = _Pages(on_page) if on_page is not None else None
    level = _PROGRESS.level
    if pages is not None:
        _PROGRESS.addHandler(pages)
        _PROGRESS.setLevel(logging.INFO)
    try:
        yield complaints.said
    finally:
        _LOGGER.handlers = before
        if pages is not None:
            _PROGRESS.removeHandler(pages)
            _PROGRESS.setLevel(level)


# ── PDF/UA ───────────────────────────────────────────────────────────────────

# PDF/A wants a description of every schema that it does not know itself, and PDF/UA's is one.
_UA = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1"/>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
 rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>part of ISO 14289 to which the document conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


def _claim_pdf_ua(_document: Any, pdf: Any) -> None:
    """Write the PDF/UA-1 claim into the metadata: WeasyPrint makes one claim, the tags are there for both."""
    for item in pdf.objects:
        if getattr(item, "extra", {}).get("Type") == "/Metadata":
            item.stream = [part.replace(b"</rdf:RDF>", _UA) for part in item.stream]
