"""Scoring and printing a file of answers, and the workbook out of it and back, without a database."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from portal.catalog.library import load
from portal.config import Settings
from portal.core.advice import advise, plan
from portal.core.answers import Missing, read_answers, to_json
from portal.core.assessment import Assessment
from portal.core.data_check import find_irregularities
from portal.core.errors import Problem
from portal.core.gaps import find_gaps
from portal.core.library import Library
from portal.core.questionnaire import Questionnaire
from portal.core.receipt import receipt
from portal.core.scoring import assess
from portal.core.workbook import WorkbookRefused


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """A file of answers: the answers alone, or beside them whose they are (docs/receipt.md)."""

    answers: Any
    enterprise: Mapping[str, str]
    year: int | None
    questionnaire: str
    version: str


def print_receipt(settings: Settings, questionnaire: str, answers: Path) -> None:
    """The receipt as JSON on standard output."""
    assessment = _assess(load(settings.content_folder), questionnaire, read_file(answers))
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
    """The report as a PDF file, with progress on the terminal; what is not given is taken from the file."""
    # WeasyPrint takes its time to load: not before it is needed.
    from portal import words
    from portal.report import document
    from portal.report.press import print_report

    library, file = load(settings.content_folder), read_file(answers)
    assessment = _assess(library, questionnaire, file)
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
            name=name or file.enterprise.get("name", "未具名企业"),
            uscc=uscc or file.enterprise.get("uscc", ""),
            district=file.enterprise.get("district", ""),
            scale=file.enterprise.get("scale", ""),
            products=file.enterprise.get("products", ""),
            year=year or file.year or printed_on.year,
            printed_on=printed_on,
        ),
        receipt=receipt(assessment),
        checked=tuple((finding, None) for finding in find_irregularities(assessment)),
    )
    print_report(composed, out, lambda percent, step: click.echo(f"{percent:3d}% {step}", err=True))
    click.echo(f"已打印：{out}（{out.stat().st_size:,} 字节）")


def write_workbook(settings: Settings, questionnaire: str, answers: Path | None, out: Path) -> None:
    """The offline workbook (.xlsx), blank or with a file's answers."""
    from portal.report import workbook

    library = load(settings.content_folder)
    file = read_file(answers) if answers is not None else AnswersFile({}, {}, None, "", "")
    asked = _asked(library, questionnaire, file)
    given = read_answers(asked, file.answers) if answers is not None else {}
    out.write_bytes(workbook.write(asked, library, given, workbook.Origin(), at=datetime.now(UTC)))
    click.echo(f"已写出：{out}（{out.stat().st_size:,} 字节）")


def read_workbook(settings: Settings, file: Path, out: Path) -> None:
    """The answers of a filled workbook as JSON; raises WorkbookRefused with every cell that is wrong."""
    from portal.report import workbook
    from portal.storage import workbook as stored
    from portal.storage.intake import Refused

    library = load(settings.content_folder)
    try:
        cells = stored.read(file.read_bytes())
    except Refused as error:
        raise WorkbookRefused((Problem(place="", code=error.code, details=error.details),)) from error
    stamp = workbook.stamp_of(cells)
    asked = library.questionnaire(stamp.questionnaire, stamp.version)
    filled = workbook.understand(cells, stamp, asked)
    answers = {
        entry.item: to_json(entry.answer) for entry in filled.entries if not isinstance(entry.answer, Missing)
    }
    told = {"questionnaire": asked.id, "version": asked.version, "answers": answers}
    out.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
    click.echo(f"已写出：{out}，{len(answers)} 项")


def read_file(path: Path) -> AnswersFile:
    """Read a file of answers; what its answers mean is read later, against the questionnaire."""
    try:
        raw = json.loads(path.read_text("utf-8-sig"))
    except ValueError as error:
        raise click.ClickException(f"{path} 不是有效的 JSON：{error}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("answers"), dict):
        return AnswersFile(raw, {}, None, "", "")
    enterprise, year = raw.get("enterprise"), raw.get("year")
    return AnswersFile(
        answers=raw["answers"],
        enterprise={k: v for k, v in enterprise.items() if isinstance(v, str)}
        if isinstance(enterprise, dict)
        else {},
        year=year if isinstance(year, int) else None,
        questionnaire=str(raw.get("questionnaire", "")),
        version=str(raw.get("version", "")),
    )


def _assess(library: Library, questionnaire: str, file: AnswersFile) -> Assessment:
    asked = _asked(library, questionnaire, file)
    return assess(asked, read_answers(asked, file.answers), file.year)


def _asked(library: Library, questionnaire: str, file: AnswersFile) -> Questionnaire:
    id, _, version = questionnaire.partition("/")
    if file.questionnaire not in ("", id):
        raise click.ClickException(f"填报文件属于问卷 {file.questionnaire}，而不是 {id}")
    return library.questionnaire(id, version or file.version or None)
