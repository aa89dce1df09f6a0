"""`portal preview`: a questionnaire for its author to look at, and as a form to fill by hand; no database, no web."""

from datetime import UTC, datetime
from pathlib import Path

import click

from portal import words
from portal.catalog.editions import may_be_used
from portal.catalog.library import load
from portal.config import Settings


def write_preview(settings: Settings, questionnaire: str, folder: Path) -> None:
    """Write ``<id>-<version>.html`` and ``.pdf`` into `folder`; raises CatalogError when the data are not sound."""
    # WeasyPrint takes its time to load: not before the data are known to be sound.
    library = load(settings.content_folder)
    id, _, version = questionnaire.partition("/")
    asked = library.questionnaire(id, version or None)
    from portal.report import blank

    cards = tuple(card for card in library.technologies if may_be_used(card, asked))
    form = blank.compose(asked, library, cards)
    folder.mkdir(parents=True, exist_ok=True)
    page, sheet = (folder / f"{asked.id}-{asked.version}.{kind}" for kind in ("html", "pdf"))
    page.write_text(blank.preview(form), "utf-8")
    click.echo(f"预览：{page}")
    sheet.write_bytes(blank.print_form(form, words.local(datetime.now(UTC)).date()))
    click.echo(f"空白表：{sheet}（{sheet.stat().st_size:,} 字节）")
