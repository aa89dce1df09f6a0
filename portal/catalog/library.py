"""Everything published, by id and version: the one call that turns the folder of data files into the core's Library."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from portal.catalog.checks import check
from portal.catalog.editions import Edition, editions
from portal.catalog.notes import CatalogError, Notes
from portal.catalog.reader import Content, read_folder
from portal.core.errors import Problem
from portal.core.library import Library


@dataclass(frozen=True, slots=True)
class Folder:
    """The data files as read and checked; `problems` is everything that is wrong with them."""

    path: Path
    content: Content
    editions: tuple[Edition, ...]
    problems: tuple[Problem, ...]

    def library(self) -> Library:
        """The core's library of what could be read; only without problems is it fit for use (`load`)."""
        return Library(
            questionnaires={(one.file.id, one.file.version): one.questionnaire for one in self.editions},
            technologies=self.content.technologies,
            sources={source.id: source for source in self.content.sources},
            factors={factor.id: factor for factor in self.content.factors},
            carriers={carrier.id: carrier for carrier in self.content.carriers},
            checksum=self._checksum(),
            goals=self.content.goals,
            frames=self.content.frames,
        )

    def _checksum(self) -> str:
        """SHA-256 over every data file, with its name; line ends count as one character."""
        digest = hashlib.sha256()
        for path in sorted(self.path.rglob("*.yaml")):
            digest.update(
                f"{path.relative_to(self.path).as_posix()}\0{path.read_text('utf-8-sig')}\0".encode()
            )
        return digest.hexdigest()


def read(folder: Path | str) -> Folder:
    """Read and check every data file in `folder`."""
    path, notes = Path(folder), Notes()
    content = read_folder(path, notes)
    found = editions(content, notes)
    check(content, found, notes)
    return Folder(path, content, found, notes.problems)


def load(folder: Path | str) -> Library:
    """The library in `folder`; raises CatalogError with every problem at once, each with file:line."""
    found = read(folder)
    if found.problems:
        raise CatalogError(found.problems)
    return found.library()


__all__ = ["CatalogError", "Folder", "load", "read"]
