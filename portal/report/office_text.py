"""A Word file as pieces to print: headings, paragraphs, lists, tables and pictures in their order.

What was deleted under revision stays deleted, hidden text stays hidden; both are counted. Nothing outside the file is
ever opened: a picture that is only linked is named.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml

from portal.report.office import (
    Box,
    Cell,
    Grid,
    Look,
    Omitted,
    Paragraph,
    Piece,
    Reading,
    Remark,
    Run,
    Setter,
    flat,
)
from portal.report.office_numbering import Numbering
from portal.report.office_styles import Styles, looked
from portal.report.word_xml import W, child_of, local, value_of, whole_of

MOST_LETTERS = 350_000  # of a file
MOST_CELLS = 12_000
_DEEPEST = 3  # tables inside tables
_EMU = 36_000  # in a millimetre
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# Parts that only surround what is said; `mc:Choice` comes before the `mc:Fallback` that says it again.
_AROUND = {
    "ins", "moveTo", "hyperlink", "smartTag", "customXml", "fldSimple", "dir", "bdo", "sdt", "sdtContent",
    "AlternateContent", "Choice",
}  # fmt: skip
_GONE = {"del", "moveFrom", "delText"}


def read(path: Path, setter: Setter) -> Reading:
    """The pieces of a document; raises whatever python-docx raises for one that it cannot read."""
    with path.open("rb") as file:
        document = Document(file)
    reader = _Reader(document, setter)
    return Reading(pieces=tuple(reader.whole()), omitted=setter.omitted)


class _Full(Exception):
    """As much was read as is shown."""


class _Reader:
    """Words one document."""

    def __init__(self, document: Any, setter: Setter) -> None:
        self.document, self.part, self.setter = document, document.part, setter
        self.styles = Styles(document.styles.element)
        self.numbering = Numbering(self._root(RT.NUMBERING))
        self.notes: list[tuple[str, Any]] = []
        self.letters, self.cells = 0, 0
        self.boxes: list[Any] = []

    def _root(self, kind: str) -> Any | None:
        try:
            part = self.part.part_related_by(kind)
        except KeyError:
            return None
        return part.element if hasattr(part, "element") else parse_xml(part.blob)

    def whole(self) -> Iterator[Piece]:
        heads = dict.fromkeys(
            " ".join(one.text for one in section.header.paragraphs if one.text.strip())
            for section in self.document.sections
        )
        if said := "；".join(self.setter.text(one) for one in heads if one):
            yield Remark(text=f"页眉：{said[:300]}")
        if self._root(RT.COMMENTS) is not None:
            self.setter.omitted[Omitted.COMMENT] += len(self._root(RT.COMMENTS) or ())
        try:
            yield from self._pieces(self.document.element.body, 0)
            yield from self._footnotes()
        except _Full:
            yield Remark(text="文件很长，以下内容见原件。")

    def _footnotes(self) -> Iterator[Piece]:
        roots = {"footnote": self._root(RT.FOOTNOTES), "endnote": self._root(RT.ENDNOTES)}
        bodies = {
            (kind, one.get(f"{W}id")): one
            for kind, root in roots.items()
            if root is not None
            for one in root.findall(f"{W}{kind}")
        }
        for number, (kind, id) in enumerate(self.notes, 1):
            body = bodies.get((kind, id))
            if body is not None:
                said = " ".join(flat(self._pieces(body, 0)).split())
                yield Paragraph(runs=(Run(text=f"［{number}］{said}", look=Look(size=8.5)),))

    # ── Blocks ──

    def _pieces(self, parent: Any, depth: int) -> Iterator[Piece]:
        for child in parent:
            name = local(child)
            if name == "p":
                yield from self._paragraph(child, depth)
            elif name == "tbl":
                yield from self._table(child, depth)
            elif name in _AROUND:
                yield from self._pieces(child, depth)
            elif name in _GONE:
                self.setter.omitted[Omitted.DELETED] += 1
            elif name == "altChunk":
                self.setter.omitted[Omitted.OBJECT] += 1

    def _paragraph(self, element: Any, depth: int) -> Iterator[Piece]:
        settings = child_of(element, "pPr")
        style = self.styles.of(value_of(settings, "pStyle") or self.styles.usual)
        boxes, self.boxes = self.boxes, []
        is_first = True
        runs: list[Run] = []
        first = style.paragraph(settings, self.numbering, self.setter)
        for run in _merged(self._runs(element, style.look)):
            if run.text == "\f":  # a page begins inside the paragraph
                yield replace(first, runs=tuple(runs))
                first, runs, is_first = replace(first, mark="", starts_page=True), [], False
            else:
                runs.append(run)
        if runs or is_first:
            yield replace(first, runs=tuple(runs))
        elif first.starts_page:
            yield replace(first, runs=())
        own, self.boxes = self.boxes, boxes
        for box in own:
            pieces = tuple(self._pieces(box, depth + 1)) if depth < _DEEPEST else ()
            if any(not isinstance(one, Paragraph) or one.runs for one in pieces):
                yield Box(pieces=pieces)

    def _table(self, element: Any, depth: int) -> Iterator[Piece]:
        if depth >= _DEEPEST:
            self.setter.omitted[Omitted.NESTED] += 1
            for cell in element.iter(f"{W}p"):
                yield from self._paragraph(cell, depth)
            return
        widths = [float(one.get(f"{W}w") or 0) for one in element.findall(f"{W}tblGrid/{W}gridCol")] or [1.0]
        rows: list[tuple[Cell, ...]] = []
        heads = 0
        for row in _inside(element, "tr"):
            settings = child_of(row, "trPr")
            cells = (
                [Cell(across=whole_of(settings, "gridBefore"))] if whole_of(settings, "gridBefore") else []
            )
            cells += [self._cell(one, depth) for one in _inside(row, "tc")]
            if rows == [] or heads == len(rows):
                heads += child_of(settings, "tblHeader") is not None
            rows.append(tuple(cells))
        count = max((sum(one.across for one in row) for row in rows), default=0)
        if not count:
            return
        widths = (widths + [sum(widths) / len(widths)] * count)[:count]
        total = sum(widths) or 1.0
        shares = tuple(round(100 * one / total, 2) for one in widths) if all(widths) else ()
        yield Grid(widths=shares, rows=tuple(rows), heads=heads if heads < len(rows) else 0)

    def _cell(self, element: Any, depth: int) -> Cell:
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise _Full
        settings = child_of(element, "tcPr")
        merged = child_of(settings, "vMerge")
        goes_on = merged is not None and merged.get(f"{W}val", "continue") == "continue"
        pieces = tuple(self._pieces(element, depth + 1))
        return Cell(
            pieces=() if goes_on and not flat(pieces).strip() else pieces,
            across=max(whole_of(settings, "gridSpan"), 1),
            goes_on=goes_on,
        )

    # ── Letters ──

    def _runs(self, parent: Any, look: Look) -> Iterator[Run]:
        for child in parent:
            name = local(child)
            if name == "r":
                yield from self._run(child, look)
            elif name in _AROUND:
                yield from self._runs(child, look)
            elif name in _GONE:
                self.setter.omitted[Omitted.DELETED] += 1
            elif name in {"oMath", "oMathPara"}:
                self.setter.omitted[Omitted.EQUATION] += 1
                yield Run(
                    text=self._fit("".join(t.text or "" for t in child.iter() if local(t) == "t")), look=look
                )

    def _run(self, element: Any, around: Look) -> Iterator[Run]:
        settings = child_of(element, "rPr")
        style = value_of(settings, "rStyle")
        look = looked(settings, self.styles.of(style).over(around) if style else around)
        for child in element:
            yield from self._part(child, look)

    def _part(self, child: Any, look: Look) -> Iterator[Run]:
        match local(child):
            case "t":
                if look.is_hidden:
                    self.setter.omitted[Omitted.HIDDEN] += 1
                else:
                    yield Run(text=self._fit(child.text or ""), look=look)
            case "tab":
                yield Run(text="\u2003", look=look)
            case "br" if child.get(f"{W}type") == "page":
                yield Run(text="\f")
            case "br" | "cr":
                yield Run(text="\n", look=look)
            case "noBreakHyphen":
                yield Run(text="-", look=look)
            case "sym":
                yield Run(text=self.setter.text(_symbol(child)), look=look)
            case "footnoteReference" | "endnoteReference" as name:
                self.notes.append((name.removesuffix("Reference"), child.get(f"{W}id")))
                yield Run(text=f"［{len(self.notes)}］", look=replace(look, raised="super"))
            case "drawing" | "pict" | "object" as name:
                yield from self._drawn(child, name)
            case "AlternateContent" | "Choice":
                for one in child:
                    yield from self._part(one, look)

    def _fit(self, text: str) -> str:
        self.letters += len(text)
        if self.letters > MOST_LETTERS:
            raise _Full
        return self.setter.text(text)

    def _drawn(self, element: Any, name: str) -> Iterator[Run]:
        """The pictures of a drawing, and the text boxes, which come after the paragraph."""
        if name == "object":
            self.setter.omitted[Omitted.OBJECT] += 1
        found = list(element.iter())
        names = {local(one) for one in found}
        self.boxes += [one for one in found if local(one) == "txbxContent"]
        size = next((one for one in found if local(one) == "extent"), None)
        width, height = (int(size.get("cx") or 0), int(size.get("cy") or 0)) if size is not None else (0, 0)
        for one in found:
            if local(one) not in {"blip", "imagedata"}:
                continue
            inside = one.get(f"{_REL}embed") or one.get(f"{_REL}id")
            related = self.part.rels.get(inside) if inside else None
            if related is None or related.is_external:
                self.setter.omitted[Omitted.LINKED] += 1
                continue
            picture = self.setter.picture(related.target_part.blob, width / _EMU, height / _EMU)
            if picture is not None:
                yield Run(picture=picture)
        if "chart" in names or "relIds" in names:
            self.setter.omitted[Omitted.CHART] += 1
        elif not names & {"blip", "imagedata", "txbxContent"}:
            self.setter.omitted[Omitted.SHAPE] += 1


# ── Small things of the XML ──────────────────────────────────────────────────


def _inside(parent: Any, name: str) -> Iterator[Any]:
    """The rows of a table, the cells of a row: also those that something surrounds."""
    for child in parent:
        if local(child) == name:
            yield child
        elif local(child) in _AROUND:
            yield from _inside(child, name)


def _symbol(element: Any) -> str:
    code = element.get(f"{W}char") or ""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    # Word writes the signs of Symbol and Wingdings with or without their private area.
    return chr(number if number >= 0x100 else 0xF000 + number)


def _merged(runs: Iterator[Run]) -> Iterator[Run]:
    """Neighbours of one look as one run."""
    held: Run | None = None
    for run in runs:
        if not run.text and run.picture is None:
            continue
        is_text = run.picture is None and run.text != "\f"
        if held is not None and is_text and held.look == run.look:
            held = replace(held, text=held.text + run.text)
            continue
        if held is not None:
            yield held
        held = run if is_text else None
        if not is_text:
            yield run
    if held is not None:
        yield held
