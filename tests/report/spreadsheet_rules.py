"""What a spreadsheet program would complain about, or quietly drop, in an .xlsx: told from the XML of its parts.

The limits are those of Excel's published specification; Excel repairs a file that breaks one by throwing parts away.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.etree.ElementTree import Element, fromstring

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_LONGEST_TEXT, _LONGEST_FORMULA, _LONGEST_CRITERION, _LONGEST_LITERAL = 32_767, 8_192, 255, 255
_LONGEST_NAME, _LONGEST_PROMPT_TITLE, _LONGEST_PROMPT, _LONGEST_HEADER = 31, 32, 255, 255
_HIGHEST_ROW, _WIDEST_COLUMN, _MOST_ARGUMENTS, _DEEPEST = 409, 255, 255, 64
_RISKY = tuple("=+-@＝＋－＠")
# The order that the schema asks for; another one is "unreadable content".
_ORDER = [
    *(
        "sheetPr",
        "dimension",
        "sheetViews",
        "sheetFormatPr",
        "cols",
        "sheetData",
        "sheetProtection",
        "autoFilter",
    ),
    *("mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "ignoredErrors"),
]
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)")
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^\W\d]\w*))!")


@dataclass
class _Book:
    parts: Mapping[str, Element]
    names: list[str] = field(default_factory=list)
    pages: dict[str, Element] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    looks: list[Element] = field(default_factory=list)


def complaints(content: bytes) -> list[str]:
    """Everything at once; empty for a file that opens as it was written."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        # The parser refuses signs that XML does not know.
        parts = {name: fromstring(archive.read(name)) for name in names}
    book = _Book(parts)
    return [*_package(book, names), *_sheets(book), *_strings(book), *_all_pages(book)]


def _package(book: _Book, names: list[str]) -> Iterator[str]:
    if len(set(names)) != len(names):
        yield "a part is there twice"
    declared = {one.get("PartName", "")[1:] for one in book.parts["[Content_Types].xml"]}
    for name in names:
        if name.endswith(".xml") and name not in declared | {"[Content_Types].xml"}:
            yield f"{name} is not declared"
        if name.endswith(".rels"):
            folder = normpath(join(name, "..", ".."))
            targets = [join(folder, one.get("Target", "")).removeprefix("./") for one in book.parts[name]]
            yield from (f"{name} leads nowhere: {target}" for target in targets if target not in names)


def _sheets(book: _Book) -> Iterator[str]:
    root = book.parts["xl/workbook.xml"]
    targets = {one.get("Id"): one.get("Target") for one in book.parts["xl/_rels/workbook.xml.rels"]}
    shown = []
    for sheet in root.iterfind(f"{MAIN}sheets/{MAIN}sheet"):
        name = sheet.get("name", "")
        if not name or len(name) > _LONGEST_NAME or re.search(r"[\[\]:*?/\\]|^'|'$", name):
            yield f"no sheet may be called {name!r}"
        book.names.append(name)
        shown.append(sheet.get("state", "visible") == "visible")
        book.pages[name] = book.parts[f"xl/{targets[sheet.get(_LINK + 'id')]}"]
    if len({name.casefold() for name in book.names}) != len(book.names):
        yield "two sheets have one name"
    active = root.find(f"{MAIN}bookViews/{MAIN}workbookView")
    if active is None or not shown[int(active.get("activeTab", "0"))]:
        yield "the sheet that opens is hidden"
    defined = [
        (one.get("name"), one.get("localSheetId"), one.text or "")
        for one in root.iterfind(f"{MAIN}definedNames/{MAIN}definedName")
    ]
    if len({one[:2] for one in defined}) != len(defined):
        yield "a name is defined twice"
    for name, _, formula in defined:
        yield from (f"{name}: {wrong}" for wrong in _formula(book, formula))


def _strings(book: _Book) -> Iterator[str]:
    shared = book.parts.get("xl/sharedStrings.xml")
    if shared is not None:
        book.texts += ["".join(one.text or "" for one in text.iter(f"{MAIN}t")) for text in shared]
        if shared.get("uniqueCount") != str(len(book.texts)):
            yield "the strings are miscounted"
    styles = book.parts["xl/styles.xml"].find(f"{MAIN}cellXfs")
    book.looks += [] if styles is None else list(styles)
    for text in book.texts:
        if len(text.encode("utf-16-le", "surrogatepass")) // 2 > _LONGEST_TEXT:
            yield f"too long for a cell: {text[:20]}"


def _all_pages(book: _Book) -> Iterator[str]:
    for name, page in book.pages.items():
        for check in (_shape, _cells, _validations, _looks, _links, _paper):
            yield from (f"{name}: {wrong}" for wrong in check(book, page))


def _shape(_: _Book, page: Element) -> Iterator[str]:
    order = [one.tag.removeprefix(MAIN) for one in page]
    unknown = set(order) - set(_ORDER)
    if unknown or order != sorted(order, key=_ORDER.index):
        yield f"parts out of order: {order}"
    for column in page.iterfind(f"{MAIN}cols/{MAIN}col"):
        if float(column.get("width", "0")) > _WIDEST_COLUMN:
            yield "a column is too wide"
    merged = [_cells_of(one.get("ref", "")) for one in page.iterfind(f"{MAIN}mergeCells/{MAIN}mergeCell")]
    if sum(map(len, merged)) != len(set().union(*merged)):
        yield "merged cells overlap"
    view = page.find(f"{MAIN}sheetViews/{MAIN}sheetView")
    pane = view.find(f"{MAIN}pane") if view is not None else None
    if pane is not None and pane.get("state") != "frozen":
        yield "the head is split, not frozen"


def _cells(book: _Book, page: Element) -> Iterator[str]:
    last_row = 0
    for row in page.iterfind(f"{MAIN}sheetData/{MAIN}row"):
        number = int(row.get("r", "0"))
        if number <= last_row:
            yield "rows out of order"
        last_row, last_column = number, 0
        if float(row.get("ht", "0")) > _HIGHEST_ROW:
            yield f"row {number} is too high"
        for cell in row:
            place = cell.get("r", "")
            column, line = _coordinates(place)
            if line != number or column <= last_column:
                yield f"{place} stands in the wrong place"
            last_column = column
            yield from (f"{place}: {wrong}" for wrong in _cell(book, cell))


def _cell(book: _Book, cell: Element) -> Iterator[str]:
    look = int(cell.get("s", "0"))
    if look >= len(book.looks):
        yield "has a look that is not there"
    formula, value = cell.find(f"{MAIN}f"), cell.find(f"{MAIN}v")
    if formula is not None:
        yield from _formula(book, formula.text or "")
    if cell.get("t") == "s":
        text = book.texts[int(value.text or "") if value is not None else -1]
        if text.lstrip().startswith(_RISKY) and book.looks[look].get("quotePrefix") != "1":
            yield f"would become a formula: {text[:20]}"
    elif value is not None and formula is None:
        float(value.text or "")


def _formula(book: _Book, text: str) -> Iterator[str]:
    if len(text) > _LONGEST_FORMULA:
        yield "a formula is too long"
    literals = re.findall(r'"((?:[^"]|"")*)"', text)
    if any(len(one) > _LONGEST_LITERAL for one in literals):
        yield "a text in a formula is too long"
    bare = re.sub(r'"(?:[^"]|"")*"', '""', text)
    for quoted, plain in _REFERENCE.findall(bare):
        if (quoted.replace("''", "'") or plain) not in book.names:
            yield f"a formula leads to no sheet: {quoted or plain}"
    depth, arguments = 0, [0]
    for sign in bare:
        if sign == "(":
            arguments.append(1)
            depth = max(depth, len(arguments) - 1)
        elif sign == ")":
            arguments.pop()
        elif sign == ",":
            arguments[-1] += 1
            if len(arguments) > 1 and arguments[-1] > _MOST_ARGUMENTS:
                yield "a function takes too many arguments"
    if depth > _DEEPEST or len(arguments) != 1:
        yield "brackets are nested too deep, or left open"


def _validations(book: _Book, page: Element) -> Iterator[str]:
    frame = page.find(f"{MAIN}dataValidations")
    if frame is None:
        return
    if frame.get("count") != str(len(frame)):
        yield "the validations are miscounted"
    guarded: list[str] = []
    for one in frame:
        where = one.get("sqref", "")
        guarded += [cell for part in where.split() for cell in _cells_of(part)]
        limits = {"errorTitle": _LONGEST_PROMPT_TITLE, "promptTitle": _LONGEST_PROMPT_TITLE}
        limits |= {"error": _LONGEST_PROMPT, "prompt": _LONGEST_PROMPT}
        for name, longest in limits.items():
            if len(one.get(name, "")) > longest:
                yield f"{where}: {name} is too long"
        for formula in one:
            text = formula.text or ""
            if len(text) > _LONGEST_CRITERION:
                yield f"{where}: the criterion is too long"
            yield from (f"{where}: {wrong}" for wrong in _formula(book, text))
        if one.get("type") == "list":
            yield from (f"{where}: {wrong}" for wrong in _source(book, one.findtext(f"{MAIN}formula1", "")))
    if len(set(guarded)) != len(guarded):
        yield "a cell is validated twice"


def _source(book: _Book, text: str) -> Iterator[str]:
    sheet, _, area = text.rpartition("!")
    page = book.pages.get(sheet.strip("'"))
    if page is None:
        yield f"a list comes from nowhere: {text}"
        return
    filled = {
        cell.get("r")
        for cell in page.iter(f"{MAIN}c")
        if cell.get("t") == "s" and book.texts[int(cell.findtext(f"{MAIN}v", "-1"))]
    }
    if not set(_cells_of(area)) <= filled:
        yield f"a list has empty choices: {text}"


def _looks(book: _Book, page: Element) -> Iterator[str]:
    made = book.parts["xl/styles.xml"].find(f"{MAIN}dxfs")
    for rule in page.iter(f"{MAIN}cfRule"):
        if made is None or int(rule.get("dxfId", "-1")) not in range(len(made)):
            yield "a conditional format has no look"
        for formula in rule:
            yield from _formula(book, formula.text or "")


def _links(book: _Book, page: Element) -> Iterator[str]:
    for link in page.iter(f"{MAIN}hyperlink"):
        yield from (f"a link: {wrong}" for wrong in _formula(book, link.get("location", "")))


def _paper(_: _Book, page: Element) -> Iterator[str]:
    setup, fit = page.find(f"{MAIN}pageSetup"), page.find(f"{MAIN}sheetPr/{MAIN}pageSetUpPr")
    for texts in page.iterfind(f"{MAIN}headerFooter"):
        if any(len(one.text or "") > _LONGEST_HEADER for one in texts):
            yield "a header is too long"
    if setup is None and not page.findall(f"{MAIN}headerFooter"):
        return  # a hidden sheet: nobody prints it
    if setup is None or setup.get("paperSize") != "9":
        yield "the paper is not A4"
    elif fit is None or fit.get("fitToPage") != "1" or setup.get("fitToHeight") != "0":
        yield "the columns do not fit on one page"


def _coordinates(place: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(place)
    assert found, place
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(found[2])


def _cells_of(area: str) -> list[str]:
    first, _, last = area.partition(":")
    (left, top), (right, bottom) = _coordinates(first), _coordinates(last or first)
    return [
        f"{_letters(column)}{line}" for line in range(top, bottom + 1) for column in range(left, right + 1)
    ]


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
