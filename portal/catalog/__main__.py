"""``python -m portal.catalog questionnaires/``: checks the data files and tells their authors what they have."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from portal.catalog import messages, tables
from portal.catalog.library import Folder, read
from portal.catalog.published import write_published
from portal.catalog.schema import write_schemas


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when nothing is wrong, 1 otherwise; problems go to standard output, a line each."""
    parser = argparse.ArgumentParser(prog="python -m portal.catalog", description=messages.USAGE)
    parser.add_argument("folder", type=Path, help=messages.FOLDER_HELP)
    parser.add_argument("--publish", action="store_true", help=messages.PUBLISH_HELP)
    parser.add_argument("--republish", action="store_true", help=messages.REPUBLISH_HELP)
    parser.add_argument("--schema", action="store_true", help=messages.SCHEMA_HELP)
    asked = parser.parse_args(arguments)
    if asked.schema:
        for path in write_schemas(asked.folder):
            print(messages.SCHEMA_WRITTEN.format(path))
        return 0

    folder = read(asked.folder)
    problems = [one for one in folder.problems if not (asked.republish and one.code == "published_changed")]
    if problems:
        for problem in problems:
            print(messages.sentence(problem))
        print(messages.FOUND.format(len(problems)), file=sys.stderr)
        return 1
    if asked.publish or asked.republish:
        written = write_published(folder.path, folder.content, folder.editions)
        print(messages.PUBLISHED.format("、".join(written)) if written else messages.NOTHING_TO_PUBLISH)
        folder = read(asked.folder)
    _print_tables(folder)
    return 0


def _print_tables(folder: Folder) -> None:
    content = folder.content
    counts = len(folder.editions), len(content.technologies), len(content.sources)
    print(messages.NOTHING_FOUND.format(*counts))
    print(f"\n{messages.SECTOR_TABLE}\n\n{tables.table(messages.SECTOR_HEAD, tables.sector_rows(folder))}")
    print(f"\n{messages.PLAN_TABLE}\n\n{tables.table(messages.PLAN_HEAD, tables.plan_rows(folder))}")


if __name__ == "__main__":
    sys.exit(main())
