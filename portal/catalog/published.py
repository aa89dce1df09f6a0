"""Published versions and their checksums: a published version never changes, a change is a new version."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from portal.catalog.editions import Edition, in_order
from portal.catalog.notes import Notes
from portal.catalog.reader import Content

FILE = "published.yaml"
_HEAD = """\
# Written by `python -m portal.catalog questionnaires/ --publish`; never by hand. A version listed here does not change:
# what is to change becomes a new version.
published:
"""


def check_published(content: Content, editions: Iterable[Edition], notes: Notes) -> None:
    """Every published version is there and still what was published."""
    found = {(edition.file.id, edition.file.version): edition for edition in editions}
    seen = set()
    for publication in content.published:
        key = publication.id, publication.version
        edition = found.get(key)
        place = notes.place(publication)
        if key in seen:
            notes.add(place, "published_twice", *key)
        elif edition is None:
            if "questionnaire" not in content.broken:
                notes.add(place, "published_gone", *key)
        elif edition.checksum != publication.sha256:
            notes.add(place, "published_changed", *key, str(edition.paths[0]))
        seen.add(key)


def check_renamed(editions: Iterable[Edition], notes: Notes) -> None:
    """What a new version calls by another id existed before, is gone, and stands here under an id not used before."""
    before: dict[str, Edition] = {}
    for edition in in_order(editions):
        last = before.get(edition.file.id)
        here = edition.questionnaire.items
        for old, new in edition.file.renamed.items():
            place = notes.place(edition.file, "renamed", old)
            if old in here or last is None or (last.is_whole and old not in last.questionnaire.items):
                notes.add(place, "not_renamed", old)
            if new and new not in here and edition.is_whole:
                notes.add(place, "not_in_questionnaire", new)
            # A kept id brings its own answer along: a second one would have to overwrite it.
            if last is not None and new in last.questionnaire.items:
                notes.add(place, "renamed_onto", old, new)
        before[edition.file.id] = edition


def write_published(folder: Path, content: Content, editions: Iterable[Edition]) -> tuple[str, ...]:
    """Write the checksum of every edition; returns which are new or changed, as ``id version``.

    Whoever calls has made sure that nothing stands against it (`check_published`), or wants it all the same.
    """
    before: Mapping[tuple[str, str], str] = {(one.id, one.version): one.sha256 for one in content.published}
    now = {(edition.file.id, edition.file.version): edition.checksum for edition in editions}
    lines = [
        f"  - {{id: {id}, version: {version}, sha256: {sha}}}\n" for (id, version), sha in sorted(now.items())
    ]
    (folder / FILE).write_text(_HEAD + "".join(lines), "utf-8")
    return tuple(
        f"{id} {version}" for (id, version), sha in sorted(now.items()) if before.get((id, version)) != sha
    )
