"""Scoring and printing a file of answers without a database."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

from portal.catalog.library import load
from portal.config import Settings
from portal.core.advice import advise, plan
from portal.core.answers import read_answers
from portal.core.assessment import Assessment
from portal.core.gaps import find_gaps
from portal.core.library import Library
from portal.core.receipt import receipt
from portal.core.scoring import assess


def print_receipt(settings: Settings, questionnaire: str, answers: Path) -> None:
    """The receipt as JSON on standard output."""
    _, assessment = _assess(settings, questionnaire, answers)
    json.dump(receipt(assessment), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_pdf(
    settings: Settings,
    questionnaire: str,
    answers: Path,
    out: Path,
    *,
    name: str,
    uscc: str,
    year: int | None,
    day: date | None,
) -> None:
    """The report as a PDF file, with progress on the terminal."""
    # WeasyPrint takes its time to load: not before it is needed.
    from portal import words
    from portal.report import document
    from portal.report.press import print_report

    library, assessment = _assess(settings, questionnaire, answers)
    printed_on = day or words.local(datetime.now(UTC)).date()
    gaps = find_gaps(assessment)
    recommendations = advise(assessment, gaps, library.technologies, library.carriers)
    composed = document.compose(
        assessment,
        gaps,
        recommendations,
        plan(assessment, recommendations),
        library=library,
        particulars=document.Particulars(
            name=name, uscc=uscc, year=year or printed_on.year, printed_on=printed_on
        ),
        receipt=receipt(assessment),
    )
    print_report(composed, out, lambda percent, step: click.echo(f"{percent:3d}% {step}", err=True))
    click.echo(f"已打印：{out}（{out.stat().st_size:,} 字节）")


def _assess(settings: Settings, questionnaire: str, answers: Path) -> tuple[Library, Assessment]:
    library = load(settings.content_folder)
    id, _, version = questionnaire.partition("/")
    asked = library.questionnaire(id, version or None)
    try:
        raw = json.loads(answers.read_text("utf-8-sig"))
    except ValueError as error:
        raise click.ClickException(f"{answers} 不是有效的 JSON：{error}") from error
    # A file may hold the answers alone, or beside who gave them (as the examples in tests/golden do).
    given = raw["answers"] if isinstance(raw, dict) and isinstance(raw.get("answers"), dict) else raw
    return library, assess(asked, read_answers(asked, given))
