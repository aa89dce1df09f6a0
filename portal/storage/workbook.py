"""The cells of an Excel file that a person filled in, each with its address and what kind of thing stands in it.

python-calamine reads the values; what it does not tell (a formula's error, a number shown as per cent) is read from
the sheet's own text, after the file was bounded and looked through.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from html import unescape

from python_calamine import CalamineError, CalamineWorkbook

from portal.core.evidence import MediaType
from portal.core.workbook import Cell, CellKind
from portal.storage.intake import Refused, sniffed

LARGEST = 3 * 1024 * 1024  # less than the largest body that pages take
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = 2_000
MOST_COLUMNS = 60
# What is said of any office file; for the rest the advice of the evidence library would lead astray.
_SAID_WELL = {"file_encrypted", "file_old_office", "file_macros", "file_damaged", "file_unpacks_too_large"}
_DIGITS = 15  # what a spreadsheet keeps of a number
_CELL = re.compile(r"<c\s([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_PLACE = re.compile(r'\br="([A-Z]{1,3})([0-9]{1,7})"')
_MERGED = re.compile(r'<mergeCell\s[^>]*?\bref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_PERCENT_FORMS = {"9", "10"}  # Excel's own 0% and 0.00%


def read(content: bytes) -> dict[str, dict[str, Cell]]:
    """Sheet → address → cell, without the empty ones; raises Refused."""
    if len(content) > LARGEST:
        raise Refused("file_too_large", str(LARGEST // 1024**2))
    _check_kind(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise Refused("file_unpacks_too_large")
            percent = _percent_styles(archive)
            marks = {name: _marks(archive, path, percent) for name, path in _sheets(archive).items()}
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {
            name: _cells(book.get_sheet_by_name(name).to_python(skip_empty_area=False), marks[name])
            for name in book.sheet_names
            if name in marks
        }
    except (CalamineError, zipfile.BadZipFile, KeyError, OSError, ValueError, ArithmeticError) as error:
        raise Refused("file_damaged") from error


def _check_kind(content: bytes) -> None:
    try:
        is_xlsx = sniffed(content) is MediaType.XLSX
    except Refused as error:
        if error.code in _SAID_WELL:
            raise
        is_xlsx = False
    if not is_xlsx:
        raise Refused("workbook_not_xlsx")


def _text(archive: zipfile.ZipFile, path: str) -> str:
    return archive.read(path).decode("utf-8")


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of the archive that holds each sheet, by the sheet's name."""
    targets = {}
    for tag in re.findall(r"<Relationship\s[^>]*>", _text(archive, "xl/_rels/workbook.xml.rels")):
        target = unescape(_attribute(tag, "Target"))
        targets[_attribute(tag, "Id")] = target.removeprefix("/") if target[:1] == "/" else f"xl/{target}"
    return {
        unescape(_attribute(tag, "name")): targets[_attribute(tag, "r:id")]
        for tag in re.findall(r"<sheet\s[^>]*>", _text(archive, "xl/workbook.xml"))
    }


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return found.group(1) if found else ""


def _percent_styles(archive: zipfile.ZipFile) -> set[str]:
    """The numbers of the cell styles that show per cent."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    text = _text(archive, "xl/styles.xml")
    forms = {
        _attribute(tag, "numFmtId")
        for tag in re.findall(r"<numFmt\s[^>]*>", text)
        if "%" in _attribute(tag, "formatCode")
    } | _PERCENT_FORMS
    block = re.search(r"<cellXfs.*?</cellXfs>", text, re.DOTALL)
    styles = re.findall(r"<xf\s[^>]*>", block.group(0)) if block else []
    return {str(place) for place, tag in enumerate(styles) if _attribute(tag, "numFmtId") in forms}


def _marks(archive: zipfile.ZipFile, path: str, percent: set[str]) -> dict[str, CellKind]:
    """The cells with an error, with a formula that has no value yet, shown as per cent, or swallowed by another."""
    text = _text(archive, path)
    marks = _merged(text)
    for attributes, inner in _CELL.findall(text):
        place = _PLACE.search(attributes)
        if place is None:
            raise Refused("file_damaged")  # legal, but then nobody could be told where a problem is
        column, line = place.groups()
        if int(line) > MOST_ROWS or _number(column) > MOST_COLUMNS:
            raise Refused("workbook_too_long")
        tag = f" {attributes} "
        if column + line in marks:
            continue
        if _attribute(tag, "t") == "e" or ("<f" in inner and not re.search(r"<v[^>]*>[^<]", inner)):
            marks[column + line] = CellKind.ERROR
        elif _attribute(tag, "s") in percent:
            marks[column + line] = CellKind.PERCENT
    return marks


def _merged(text: str) -> dict[str, CellKind]:
    """The cells that a merged one covers, but for its first."""
    marks: dict[str, CellKind] = {}
    for first, top, last, bottom in _MERGED.findall(text):
        if int(bottom) > MOST_ROWS or _number(last) > MOST_COLUMNS:
            raise Refused("workbook_too_long")
        for line in range(int(top), int(bottom) + 1):
            for place in range(_number(first), _number(last) + 1):
                marks[f"{_letters(place - 1)}{line}"] = CellKind.MERGED
        del marks[f"{first}{top}"]
    return marks


def _number(letters: str) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _cells(rows: Sequence[Sequence[object]], marks: dict[str, CellKind]) -> dict[str, Cell]:
    empty = (CellKind.ERROR, CellKind.MERGED)
    found = {address: Cell(kind, "") for address, kind in marks.items() if kind in empty}
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            address = f"{_letters(place)}{line}"
            if value == "" or address in found:
                continue
            found[address] = _cell(value, marks.get(address) is CellKind.PERCENT)
    return found


def _cell(value: object, is_percent: bool) -> Cell:
    if isinstance(value, bool):
        return Cell(CellKind.TEXT, str(value).upper())
    if isinstance(value, int | float):
        # The digits that were typed: a double's sixteenth and seventeenth are its own invention.
        number = Decimal(format(value, f".{_DIGITS}g"))
        if not number.is_finite():
            return Cell(CellKind.ERROR, "")
        return Cell(CellKind.PERCENT if is_percent else CellKind.NUMBER, format(number, "f"))
    if isinstance(value, datetime | date | time | timedelta):
        return Cell(CellKind.DAY, str(value))
    return Cell(CellKind.TEXT, str(value))


def _letters(place: int) -> str:
    """0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
