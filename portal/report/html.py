"""A ReportDocument through the templates: one HTML text that holds everything, so that nothing is left to fetch."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from portal.report.document import ReportDocument
from portal.report.typeface import FAMILY, cuts
from portal.report.typography import finalize, plain

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Any other print (补正通知书, 审核意见表, 白皮书): a template of the report's folder with its worded values.

    `identifier` is the same for the same content, so that the same paper is the same file.
    """

    template: str
    values: Mapping[str, object]
    made_on: date
    identifier: bytes
    style: str = "report.css"


def render(document: ReportDocument | Paper, folder: Path = TEMPLATES) -> str:
    """The document as HTML; an undefined name in a template raises."""
    if isinstance(document, Paper):
        return fill(document.template, folder, **document.values)
    qr = _qr(document.check_url) if document.check_url else ""
    return fill("report.html", folder, report=document, qr=qr)


def version(folder: Path = TEMPLATES) -> str:
    """A hash of the prints' templates, code and cut fonts: an improved paper is printed anew."""
    digest = hashlib.sha256()
    for place, pattern in ((folder, "*"), (Path(__file__).parent, "*.py")):
        for file in sorted(path for path in place.rglob(pattern) if path.is_file()):
            digest.update(file.relative_to(place).as_posix().encode() + b"\0" + file.read_bytes())
    digest.update("\0".join(cuts()).encode())
    return digest.hexdigest()


def fill(name: str, folder: Path = TEMPLATES, **values: object) -> str:
    """A template of the folder with its values; an undefined name in it raises."""
    return _environment(folder).get_template(name).render(values)


@lru_cache(maxsize=2)
def _environment(folder: Path) -> Environment:
    # Not Flask's: escapes always, whatever the file is called, and typesets every text that it puts out.
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    environment.filters["figure"] = _figure
    environment.filters["codes"] = _codes
    return environment


def _figure(svg: str) -> Markup:
    """A chart as it stands in the page; WeasyPrint hands no font down into SVG, so the chart names it."""
    return Markup(svg.replace("<svg ", f'<svg font-family="{FAMILY}" ', 1))  # noqa: S704 - made by figures.py


def _codes(text: str) -> Markup:
    """A long code in groups of eight, so that one can read it out and it breaks between them."""
    return plain(" ".join(re.findall(r".{1,8}", text)))


def _qr(address: str) -> Markup:
    """The QR code of the public check page; level M survives a fold and a stamp."""
    code = segno.make(address, error="m", micro=False)
    text = code.svg_inline(scale=4, border=0, dark="#1c2b26", title="核验二维码", omitsize=True)
    return Markup(text)  # noqa: S704 - made by segno
