"""An author of data files: a copy of the small sound folder, changed slip by slip."""

import shutil
from pathlib import Path

from portal.catalog.library import Folder, read

SOUND = Path(__file__).parent / "folder"
BRICKS = "brickworks/2026-1.yaml"
SHARED = "shared/prices-2026-1.yaml"
CARDS = "technologies/brickworks.yaml"
SOURCES = "sources/all.yaml"
PLAN = "plan-coverage.yaml"

Found = tuple[str, int, str]  # file, line, code


class Author:
    """Writes in a folder of their own."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "questionnaires"
        shutil.copytree(SOUND, self.folder)

    def change(self, file: str, old: str, new: str) -> None:
        """Replace the only `old` in a file."""
        text = (self.folder / file).read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def write(self, file: str, text: str) -> None:
        """Write a file anew."""
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")

    def line(self, file: str, marker: str) -> int:
        """The line on which the only `marker` stands."""
        text = (self.folder / file).read_text("utf-8")
        assert text.count(marker) == 1, f"{marker!r} stands {text.count(marker)} times in {file}"
        return text[: text.index(marker)].count("\n") + 1

    def read(self) -> Folder:
        """The folder as the catalog sees it."""
        return read(self.folder)

    def problems(self) -> list[Found]:
        """What the catalog finds wrong: file, line and code, in its order."""
        found = []
        for problem in self.read().problems:
            file, _, line = problem.place.rpartition(":")
            found.append((Path(file).relative_to(self.folder).as_posix(), int(line), problem.code))
        return found
