"""The cut of the report's typeface, made once per installation."""

import click

from portal.config import HOME, Settings
from portal.report import typeface


def make_cut(settings: Settings) -> None:
    """Cut the installed typeface to what this portal's texts and Chinese names need."""
    folders = (settings.content_folder, settings.template_folder / "report", HOME / "portal")
    for file in typeface.cut(typeface.usual_letters(folders)):
        click.echo(f"已写出：{file}（{file.stat().st_size:,} 字节）")
