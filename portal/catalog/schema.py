"""JSON Schema of every kind of data file, so that an editor completes keys and marks slips while one types."""

import json
from pathlib import Path
from typing import Any

from portal.catalog.formats import FORMATS

FOLDER = "schema"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each format, by the name of its file."""
    found = {}
    for name, form in FORMATS.items():
        known: dict[str, dict[str, Any]] = {}
        reference = form.schema(known)
        found[f"{name}.json"] = {"$schema": DIALECT, **reference, "$defs": dict(sorted(known.items()))}
    return found


def written(schema: dict[str, Any]) -> str:
    """The text of a schema's file."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write every schema below `folder`; returns the files."""
    (folder / FOLDER).mkdir(exist_ok=True)
    paths = []
    for name, schema in schemas().items():
        path = folder / FOLDER / name
        path.write_text(written(schema), "utf-8")
        paths.append(path)
    return tuple(paths)
