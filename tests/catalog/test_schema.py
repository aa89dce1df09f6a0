"""The JSON Schema for editors accepts what the reader accepts, and marks what it refuses."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.catalog.reader import kind_of
from portal.catalog.schema import schemas
from tests.catalog.author import SOUND

CONTENT = Path(__file__).parents[2] / "questionnaires"
FILES = [(folder, path) for folder in (SOUND, CONTENT) for path in sorted(folder.rglob("*.yaml"))]


def _flaws(value: Any, schema: dict[str, Any], known: dict[str, Any], place: str = "") -> list[str]:
    """What stands against `value`: as much of JSON Schema as the schemas use."""
    if "$ref" in schema:
        return _flaws(value, known[schema["$ref"].rpartition("/")[2]], known, place)
    if "anyOf" in schema:
        every = [_flaws(value, one, known, place) for one in schema["anyOf"]]
        return [] if [] in every else [f"{place}: none of them"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{place}: {value!r} is not in {schema['enum']}"]
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool}
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return [f"{place}: {value!r} is no {schema['type']}"]
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return [f"{place}: {value!r} is not written as wanted"]
    flaws = []
    if isinstance(value, list):
        for index, one in enumerate(value):
            flaws += _flaws(one, schema.get("items", {}), known, f"{place}[{index}]")
    if isinstance(value, dict):
        flaws += [f"{place}: without {key}" for key in schema.get("required", ()) if key not in value]
        for key, one in value.items():
            flaws += _flaws(key, schema.get("propertyNames", {}), known, f"{place}.{key}")
            more = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
            flaws += (
                [f"{place}: {key} is not known"]
                if more is False
                else _flaws(one, more, known, f"{place}.{key}")
            )
    return flaws


def _check(value: Any, name: str) -> list[str]:
    schema = schemas()[name]
    return _flaws(value, {"$ref": schema["$ref"]}, schema["$defs"])


@pytest.mark.parametrize(
    ("folder", "path"), FILES, ids=[path.relative_to(folder).as_posix() for folder, path in FILES]
)
def test_what_the_reader_accepts_the_schema_accepts(folder: Path, path: Path) -> None:
    value = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)

    assert _check(value, f"{kind_of(path.relative_to(folder))}.json") == []


def test_the_schema_marks_a_number_without_quotes_an_unknown_key_and_a_missing_one() -> None:
    value = {
        "factors": [{"id": "ce_coal", "title": "原煤", "value": 0.7143, "unit": "kgce/kg", "verified": "no"}]
    }

    flaws = "\n".join(_check(value, "factors.json"))

    assert "value: 0.7143 is no string" in flaws
    assert "verified is not known" in flaws
    assert "without source" in flaws
