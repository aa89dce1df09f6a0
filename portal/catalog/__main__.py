"""``python -m portal.catalog questionnaires/``: checks the data files and tells their authors what they have."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from portal.catalog import diff, diff_words, messages, tables
from portal.catalog.library import CatalogError, Folder, read
from portal.catalog.published import write_published
from portal.catalog.schema import write_schemas
from portal.core.errors import Problem


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when nothing is wrong, 1 otherwise; problems go to standard output, a line each."""
    parser = argparse.ArgumentParser(prog="python -m portal.catalog", description=messages.USAGE)
    parser.add_argument("folder", type=Path, help=messages.FOLDER_HELP)
    parser.add_argument("--publish", action="store_true", help=messages.PUBLISH_HELP)
    parser.add_argument("--republish", action="store_true", help=messages.REPUBLISH_HELP)
    parser.add_argument("--schema", action="store_true", help=messages.SCHEMA_HELP)
    parser.add_argument("--diff", nargs="+", metavar="…", help=messages.DIFF_HELP)
    asked = parser.parse_args(arguments)
    if asked.diff is not None:
        if len(asked.diff) not in (2, 3):
            parser.error(diff_words.WHAT_TO_COMPARE)
        return _compare(asked.folder, asked.diff)
    if asked.schema:
        for path in write_schemas(asked.folder):
            print(messages.SCHEMA_WRITTEN.format(path))
        return 0

    folder = read(asked.folder)
    problems = [one for one in folder.problems if not (asked.republish and one.code == "published_changed")]
    if problems:
        return _tell(problems)
    if asked.publish or asked.republish:
        written = write_published(folder.path, folder.content, folder.editions)
        print(messages.PUBLISHED.format("、".join(written)) if written else messages.NOTHING_TO_PUBLISH)
        folder = read(asked.folder)
    _print_tables(folder)
    return 0


def _tell(problems: Sequence[Problem]) -> int:
    for problem in problems:
        print(messages.sentence(problem))
    print(messages.FOUND.format(len(problems)), file=sys.stderr)
    return 1


def _compare(folder: Path, asked: Sequence[str]) -> int:
    """Print the differences of two versions, or of two files; exit code 0 whether there are any or not."""
    try:
        if len(asked) == 2:
            difference = diff.of_files(folder, Path(asked[0]), Path(asked[1]))
        else:
            difference = diff.of_versions(folder, *asked)
    except CatalogError as error:
        return _tell(error.problems)
    except diff.NoSuchEdition as error:
        print(diff_words.NO_SUCH_EDITION.format(" ".join(error.args)), file=sys.stderr)
        return 1
    print("\n".join(diff_words.lines(difference)))
    return 0


def _print_tables(folder: Folder) -> None:
    content = folder.content
    counts = len(folder.editions), len(content.technologies), len(content.sources)
    print(messages.NOTHING_FOUND.format(*counts))
    print(f"\n{messages.SECTOR_TABLE}\n\n{tables.table(messages.SECTOR_HEAD, tables.sector_rows(folder))}")
    print(f"\n{messages.PLAN_TABLE}\n\n{tables.table(messages.PLAN_HEAD, tables.plan_rows(folder))}")


def run() -> int:
    """`main` for a shell: whoever reads the output may stop early, as `head` does, and hears nothing of it."""
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered goes nowhere, or Python would complain of it on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(run())
