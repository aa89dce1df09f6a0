"""Tables that people send: an Excel file, a CSV file or pasted text, read as rows of text with addresses of cells."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook

from portal.core.evidence import MediaType
from portal.core.participation import Cell
from portal.storage.intake import Refused, sniffed

LARGEST = 3 * 1024 * 1024  # less than the largest body that pages take
MOST_ROWS = 25_000
MOST_COLUMNS = 50
_PLACE = re.compile(rb'\sr="([A-Z]{1,3})([0-9]+)"')


def read(content: bytes) -> list[list[Cell]]:
    """The rows of the first sheet of an .xlsx, or of a CSV in UTF-8 or GB 18030; raises Refused."""
    if len(content) > LARGEST:
        raise Refused("file_too_large", str(LARGEST // 1024**2))
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        if sniffed(content) is not MediaType.XLSX:
            raise Refused("file_not_a_table")
        _check_reach(content)
        return _addressed(_sheet(content))
    return read_text(_decoded(content))


def read_text(text: str) -> list[list[Cell]]:
    """The rows of pasted text: tabs between the cells, as Excel copies them, else commas of either width."""
    first = text.lstrip("\ufeff\r\n ").partition("\n")[0]
    sign = next((one for one in ("\t", ",", ";", "，", "；") if one in first), ",")
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=sign))
    except csv.Error as error:
        raise Refused("file_not_a_table") from error
    return _addressed(rows)


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise Refused("file_not_a_table")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("file_not_a_table")


def _check_reach(content: bytes) -> None:
    """Refuse cells that lie far away: the reader lays out all between the first and the last, empty ones too."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name, re.IGNORECASE):
                continue
            for column, line in _PLACE.findall(archive.read(name)):
                if len(line) > 6 or int(line) > MOST_ROWS or _number(column) > MOST_COLUMNS:
                    raise Refused("table_too_long", str(MOST_ROWS))


def _number(letters: bytes) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet(content: bytes) -> list[list[str]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        return [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise Refused("file_damaged") from error


def _text(value: object) -> str:
    # Excel keeps a mobile number that was typed as a number as 13800000000.0.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _addressed(rows: Sequence[Sequence[str]]) -> list[list[Cell]]:
    if len(rows) > MOST_ROWS:
        raise Refused("table_too_long", str(MOST_ROWS))
    return [
        [Cell(text, f"{_letters(place)}{line}") for place, text in enumerate(row[:MOST_COLUMNS])]
        for line, row in enumerate(rows, start=1)
    ]


def _letters(place: int) -> str:
    """0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
