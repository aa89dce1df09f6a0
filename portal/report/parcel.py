"""What an application package is made of, how its files are called, and what they are known by.

Light enough for the web: the packing itself is the worker's (`portal.report.packing`).
"""

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portal.core.package import Exhibit
from portal.report.application import Dossier
from portal.report.document import ReportDocument
from portal.report.html import Paper

REPORT, TWIN, VOLUME, FIGURES, INDEX = (
    "01_自评价报告.pdf",
    "01_自评价报告.docx",
    "02_证明材料合订本.pdf",
    "03_填报对照表.xlsx",
    "目录.txt",
)
ORIGINALS = "原件"
MADE = (REPORT, TWIN, VOLUME, FIGURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a package is made of; `files` are the contents by the evidence's id, once they were fetched."""

    dossier: Dossier
    exhibits: tuple[Exhibit, ...]
    store_keys: Mapping[str, str]
    files: Mapping[str, Path] = field(default_factory=dict)


Printed = ReportDocument | Paper | Package  # everything that a worker can make


def parts_of(path: Path) -> Iterator[tuple[str, str]]:
    """Name and SHA-256 of every file in the archive that the portal made itself."""
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = info.filename.partition("/")[2]
            if name not in MADE:
                continue
            with archive.open(info) as stream:
                yield name, hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
