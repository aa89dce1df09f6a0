"""证明材料合订本: all evidence of an application in one PDF, every page upright, stamped, with bookmarks.

Pages are drawn anew onto fresh ones a little smaller, so that the stamp never covers anything and no script, rotation or
form of the original survives. Word and Excel files are laid out by the portal; the originals lie beside the volume.
Files that cannot be opened are named, and the rest is bound all the same.
"""

import contextlib
import io
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
from PIL import Image, ImageOps

from portal import words
from portal.core.evidence import Evidence, MediaType
from portal.core.package import Bound, Exhibit, Left, Refusal, Volume
from portal.core.plain_text import file_part
from portal.report import html, pdf
from portal.report.annexes import settable
from portal.report.application import Dossier, index_blocks, lacking_blocks, left_blocks
from portal.report.blocks import Block, Text
from portal.report.office_pages import SECONDS, Opening, Outcome, lay_out
from portal.report.pictures import plain

Tell = Callable[[int, str], None]
# Points. A page is never smaller than A4 turned as the original is, and never larger than A3.
_A4, _A3 = (595.276, 841.89), (841.89, 1190.551)
_BAND = 25.0  # at the foot of each page, for the stamp
_EDGE = 14.0
_SIZE, _HEIGHT = 8.5, 11.0  # the stamp's type and line
_DIGIT = 0.56  # width of a digit in the typeface, of its size
_WORDS = ("附件", "第", "页", "总第", "索引", "/", *"0123456789")
_OFFICE = {MediaType.DOCX: "Word 文件", MediaType.XLSX: "Excel 文件"}
_LARGE_PICTURE = 8_000_000  # pixels from which a colour picture without loss is kept as JPEG
_FORMATS = ("JPEG", "PNG")
_OFFICE_SECONDS = 240.0  # for all office files together; what is left then is only named
_OPENING = 40  # per cent of the work, when office files are laid out on the way
_TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """An exhibit that can be bound in: the pages of a PDF, a picture, an office file's pages, or a sheet that names it."""

    exhibit: Exhibit
    pages: int
    source: Any = None  # pikepdf.Pdf
    laid_out: Path | None = None
    picture: Path | None = None
    original: str = ""


def bind(
    exhibits: Sequence[Exhibit], files: Mapping[str, Path], dossier: Dossier, target: Path, tell: Tell
) -> Volume:
    """Write the volume to `target`; `files` are the contents by the evidence's id, where they are there."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix=".laid-out-", dir=target.parent)))
        opened, left = _Opener(files, dossier, folder, stack, tell).all_of(exhibits)
        volume, front = _with_front(opened, tuple(left), dossier)
        out = stack.enter_context(pikepdf.new())
        for content in front:
            _add_pages(out, content, stack)
        for one, bound in zip(opened, volume.bound, strict=True):
            share = (100 - _OPENING) * bound.first // max(volume.pages, 1)
            tell(_OPENING + share, f"装订附件 {bound.number}")
            if one.source is not None:
                _add_source(out, one.source)
            elif one.picture is not None:
                out.pages.append(_picture_page(out, one.picture))
            elif one.laid_out is not None:
                _add_pages(out, one.laid_out.read_bytes(), stack)
            else:
                _add_pages(out, _sheet_of(bound, dossier), stack)
        _stamp(out, volume, dossier, stack)
        _mark(out, volume)
        _describe(out, dossier)
        out.save(target, deterministic_id=True, compress_streams=True)
    return volume


# ── Opening ──────────────────────────────────────────────────────────────────


class _Opener:
    """Opens exhibit after exhibit; office files share one purse of time."""

    def __init__(
        self,
        files: Mapping[str, Path],
        dossier: Dossier,
        folder: Path,
        stack: contextlib.ExitStack,
        tell: Tell,
    ) -> None:
        self.files, self.dossier, self.folder = files, dossier, folder
        self.stack, self.tell, self.seconds = stack, tell, _OFFICE_SECONDS

    def all_of(self, exhibits: Sequence[Exhibit]) -> tuple[list[_Opened], list[Left]]:
        opened: list[_Opened] = []
        left: list[Left] = []
        for place, one in enumerate(exhibits):
            path = self.files.get(one.evidence.id)
            number = len(opened) + 1
            self.tell(_OPENING * place // len(exhibits), f"打开附件 {number}")
            found = Refusal.GONE if path is None else self._opened(one, path, number)
            if isinstance(found, Refusal):
                left.append(Left(exhibit=one, why=found))
            else:
                opened.append(found)
        return opened, left

    def _opened(self, one: Exhibit, path: Path, number: int) -> _Opened | Refusal:
        match one.evidence.media_type:
            case MediaType.PDF:
                return self._pdf(one, path)
            case MediaType.JPEG | MediaType.PNG:
                try:
                    with Image.open(path, formats=_FORMATS) as picture:
                        picture.load()
                except (OSError, ValueError, Image.DecompressionBombError):
                    return Refusal.DAMAGED
                return _Opened(exhibit=one, pages=1, picture=path)
            case MediaType.DOCX | MediaType.XLSX:
                return self._office(one, path, number)

    def _pdf(self, one: Exhibit, path: Path) -> _Opened | Refusal:
        try:
            source = self.stack.enter_context(pikepdf.open(path))
            pages = _readable(source)
        except pikepdf.PasswordError:
            return Refusal.ENCRYPTED
        except pikepdf.PdfError:
            return Refusal.DAMAGED
        return _Opened(exhibit=one, pages=pages, source=source) if pages else Refusal.DAMAGED

    def _office(self, one: Exhibit, path: Path, number: int) -> _Opened | Refusal:
        original, target = original_name(one.evidence, number), self.folder / f"{number}.pdf"
        given = self.dossier.particulars
        opening = Opening(
            owner=given,
            title=f"附件 {number}　{settable(one.evidence.title)}（{_OFFICE[one.evidence.media_type]}）",
            note=f"门户按文件内容排版，版式以“原件”文件夹中的原文件为准：{original}",
            made_on=given.printed_on,
            identifier=given.checksum.encode(),
        )
        outcome, begun = Outcome.NOT_SET, time.monotonic()
        if self.seconds > 1:
            seconds = min(SECONDS, int(self.seconds))
            outcome = lay_out(path, one.evidence.media_type, opening, target, seconds)
        self.seconds -= time.monotonic() - begun
        match outcome:
            case Outcome.SET:
                return _Opened(
                    exhibit=one, pages=_count(target.read_bytes()), laid_out=target, original=original
                )
            case Outcome.NOT_SET:
                return _Opened(exhibit=one, pages=1, original=original)
            case Outcome.DAMAGED:
                return Refusal.DAMAGED
            case Outcome.ENCRYPTED:
                return Refusal.ENCRYPTED


def _readable(source: pikepdf.Pdf) -> int:
    """How many pages there are; raises PdfError when one is in pieces that cannot be put together.

    A page in one piece is copied as it is, whatever state it is in.
    """
    for page in source.pages:
        content = page.obj.get("/Contents")
        if isinstance(content, pikepdf.Array) and len(content) > 1:
            for piece in content:
                piece.read_bytes()
    return len(source.pages)


def original_name(evidence: Evidence, number: int) -> str:
    """附件7_能源台账.xlsx: the name under which an office file lies beside the volume."""
    stem, dot, ending = evidence.file_name.rpartition(".")
    return f"附件{number}_{file_part(settable(stem))}{dot}{ending}"


# ── The front: index, what lacks ─────────────────────────────────────────────


def _with_front(
    opened: Sequence[_Opened], left: tuple[Left, ...], dossier: Dossier
) -> tuple[Volume, tuple[bytes, bytes]]:
    """The volume with its page numbers and the pages before it: how many those are is known once they are set."""
    lacking = _print(dossier, "缺失的证明材料", lacking_blocks(dossier, _untitled))
    after, index, content = _count(lacking), 1, b""
    for _ in range(_TRIES):
        volume = _numbered(opened, left, index, after)
        blocks = [*index_blocks(volume, dossier, _untitled), *left_blocks(volume)]
        content = _print(dossier, "证明材料索引", blocks)
        if (count := _count(content)) == index:
            break
        index = count
    return volume, (content, lacking)


def _untitled(_caption: str) -> str:
    """The page's own heading says it already."""
    return ""


def _count(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as printed:
        return len(printed.pages)


def _numbered(opened: Sequence[_Opened], left: tuple[Left, ...], index: int, lacking: int) -> Volume:
    front = index + lacking
    bound, at = [], front + 1
    for number, one in enumerate(opened, 1):
        bound.append(
            Bound(exhibit=one.exhibit, number=number, first=at, pages=one.pages, original=one.original)
        )
        at += one.pages
    return Volume(bound=tuple(bound), left=left, pages=at - 1, front=front, lacking=index + 1)


def _sheet_of(one: Bound, dossier: Dossier) -> bytes:
    """A page that says where an office file lies that was not laid out."""
    evidence = one.exhibit.evidence
    facts = [
        ("名称", settable(evidence.title)),
        ("文件", f"原件/{one.original}"),
        ("种类", f"{_OFFICE[evidence.media_type]}，{words.file_size(evidence.size)}"),
        ("SHA-256", evidence.sha256),
        ("证明的内容", "、".join(item.title for item in one.exhibit.items)),
    ]
    why = "这个文件太大、太复杂、写法不合标准，或者这一次的办公文件太多，门户没有排成页面；合订本里只放这一页，内容见“原件”文件夹中的原文件。"
    return _print(dossier, f"附件 {one.number}", [Text(text=why)], facts)


def _print(
    dossier: Dossier, title: str, blocks: Iterable[Block], facts: Sequence[tuple[str, str]] = ()
) -> bytes:
    text = html.fill(
        "binding.html", given=dossier.particulars, title=title, blocks=list(blocks), facts=list(facts)
    )
    return pdf.write(text, imprint=_imprint(dossier))


def _imprint(dossier: Dossier) -> pdf.Imprint:
    given = dossier.particulars
    return pdf.Imprint(made_on=given.printed_on, identifier=given.checksum.encode())


# ── Pages ────────────────────────────────────────────────────────────────────


def _add_pages(out: pikepdf.Pdf, content: bytes, stack: contextlib.ExitStack) -> None:
    """Pages of our own, as they are: they leave room for the stamp by themselves."""
    source = stack.enter_context(pikepdf.open(io.BytesIO(content)))
    for page in source.pages:
        out.pages.append(_fresh(out, page, is_ours=True))


def _add_source(out: pikepdf.Pdf, source: pikepdf.Pdf) -> None:
    # Seals and stamps are often annotations; they become part of the page before it is drawn anew.
    with contextlib.suppress(pikepdf.PdfError, ValueError, RuntimeError):
        source.flatten_annotations("all")
    for page in source.pages:
        out.pages.append(_fresh(out, page))


def _fresh(out: pikepdf.Pdf, page: pikepdf.Page, *, is_ours: bool = False) -> pikepdf.Page:
    """A page without rotation that shows the given one as a reader would see it."""
    page.trimbox = page.cropbox
    drawn = out.copy_foreign(page.as_form_xobject())
    left, bottom, right, top = _shown(drawn)
    width, height = right - left, top - bottom
    size = (width, height) if is_ours else _sheet(width, height)
    band = 0.0 if is_ours else _BAND
    scale = min(1.0, size[0] / width, (size[1] - band) / height)
    across = (size[0] - width * scale) / 2 - left * scale
    up = band + (size[1] - band - height * scale) / 2 - bottom * scale
    return _page(out, size, drawn, f"{scale:.5f} 0 0 {scale:.5f} {across:.3f} {up:.3f}")


def _shown(drawn: Any) -> tuple[float, float, float, float]:
    """Where the page lies once it is turned and enlarged as it asks for: left, bottom, right, top."""
    x0, y0, x1, y1 = (float(one) for one in drawn.BBox)
    a, b, c, d, e, f = (float(one) for one in drawn.get("/Matrix", [1, 0, 0, 1, 0, 0]))
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x0, x1) for y in (y0, y1)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(max(xs), min(xs) + 1), max(max(ys), min(ys) + 1)


def _sheet(width: float, height: float) -> tuple[float, float]:
    """The size of a fresh page: A4 for all that fits on it, A3 for what is larger, turned as the original is."""
    short, long = sorted((width, height))
    chosen = _A4 if short <= _A4[0] + 3 and long <= _A4[1] + 3 else _A3
    return chosen if width <= height else (chosen[1], chosen[0])


def _page(out: pikepdf.Pdf, size: tuple[float, float], drawn: Any, placed: str) -> pikepdf.Page:
    """A page of that size with one thing on it, placed by a matrix."""
    return pikepdf.Page(
        out.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Page,
                MediaBox=[0, 0, round(size[0], 3), round(size[1], 3)],
                Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fx0=drawn)),
                Contents=out.make_stream(f"q {placed} cm /Fx0 Do Q".encode()),
            )
        )
    )


def _picture_page(out: pikepdf.Pdf, path: Path) -> pikepdf.Page:
    """A picture on an A4 page, upright or across as it is itself, with a margin."""
    image, (width, height) = _image(out, path)
    sheet = _A4 if width <= height else (_A4[1], _A4[0])
    room = (sheet[0] - 2 * _EDGE, sheet[1] - _BAND - _EDGE)
    # 150 dots an inch at the least: a small picture is not blown up.
    scale = min(room[0] / width, room[1] / height, 72 / 150 if max(width, height) < 600 else 10)
    left, bottom = (sheet[0] - width * scale) / 2, _BAND + (room[1] - height * scale) / 2
    placed = f"{width * scale:.3f} 0 0 {height * scale:.3f} {left:.3f} {bottom:.3f}"
    return _page(out, sheet, image, placed)


def _image(out: pikepdf.Pdf, path: Path) -> tuple[Any, tuple[int, int]]:
    """The picture as an object of the volume: a plain JPEG as it came, everything else written anew."""
    with Image.open(path, formats=_FORMATS) as picture:
        is_turned = picture.getexif().get(0x0112, 1) != 1
        if picture.format == "JPEG" and picture.mode in {"L", "RGB"} and not is_turned:
            return _jpeg(out, path.read_bytes(), picture.mode, picture.size), picture.size
        flat = plain(ImageOps.exif_transpose(picture))
    is_photo = flat.mode == "RGB" and (picture.format != "PNG" or flat.width * flat.height > _LARGE_PICTURE)
    if is_photo:
        stream = io.BytesIO()
        flat.save(stream, "JPEG", quality=90)
        return _jpeg(out, stream.getvalue(), flat.mode, flat.size), flat.size
    space = pikepdf.Name.DeviceRGB if flat.mode == "RGB" else pikepdf.Name.DeviceGray
    stream_ = out.make_stream(
        zlib.compress(flat.tobytes(), 6),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=flat.width,
        Height=flat.height,
        ColorSpace=space,
        BitsPerComponent=1 if flat.mode == "1" else 8,
        Filter=pikepdf.Name.FlateDecode,
    )
    return stream_, flat.size


def _jpeg(out: pikepdf.Pdf, content: bytes, mode: str, size: tuple[int, int]) -> Any:
    return out.make_stream(
        content,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=size[0],
        Height=size[1],
        ColorSpace=pikepdf.Name.DeviceGray if mode == "L" else pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )


# ── Stamps and bookmarks ─────────────────────────────────────────────────────


def _stamp(out: pikepdf.Pdf, volume: Volume, dossier: Dossier, stack: contextlib.ExitStack) -> None:
    """At the foot of every page: 附件 3　第 2 / 5 页　总第 17 页."""
    letters = _letters(out, dossier, stack)
    names = [f"/S{place}" for place in range(len(_WORDS))]
    lines: list[list[str]] = [["索引", " ", " "] for _ in range(volume.front)]
    for one in volume.bound:
        lines += [
            [
                "附件",
                " ",
                *str(one.number),
                " ",
                " ",
                "第",
                " ",
                *str(page),
                " ",
                "/",
                " ",
                *str(one.pages),
                " ",
                "页",
                " ",
                " ",
            ]
            for page in range(1, one.pages + 1)
        ]
    for total, (page, line) in enumerate(zip(out.pages, lines, strict=True), 1):
        said = [*line, "总第", " ", *str(total), " ", "页"]
        at = float(page.mediabox[2]) - 2 * _EDGE - sum(_advance(word) for word in said)
        drawing = []
        for word in said:
            if word != " ":
                drawing.append(f"q 1 0 0 1 {at:.2f} {_EDGE - 6:.2f} cm {names[_WORDS.index(word)]} Do Q")
            at += _advance(word)
        used = {names[_WORDS.index(word)]: letters[word] for word in said if word != " "}
        for name, letter in used.items():
            page.obj.Resources.XObject[name] = letter
        page.contents_add(out.make_stream("\n".join(drawing).encode()))


def _advance(word: str) -> float:
    if word == " ":
        return _SIZE * 0.3
    return _SIZE * (_DIGIT if word.isascii() else len(word))


def _letters(out: pikepdf.Pdf, dossier: Dossier, stack: contextlib.ExitStack) -> dict[str, Any]:
    """The stamp's words, each set once in the report's typeface and then only placed: thousands of pages are quick."""
    text = html.fill(
        "stamps.html", marks=[(word, _advance(word)) for word in _WORDS], size=_SIZE, height=_HEIGHT
    )
    source = stack.enter_context(pikepdf.open(io.BytesIO(pdf.write(text, imprint=_imprint(dossier)))))
    return {
        word: out.copy_foreign(page.as_form_xobject())
        for word, page in zip(_WORDS, source.pages, strict=True)
    }


def _mark(out: pikepdf.Pdf, volume: Volume) -> None:
    with out.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("证明材料索引", 0))
        outline.root.append(pikepdf.OutlineItem("缺失的证明材料", volume.lacking - 1))
        for title, page in _bookmarks(volume):
            outline.root.append(pikepdf.OutlineItem(title, page))


def _bookmarks(volume: Volume) -> Iterator[tuple[str, int]]:
    for one in volume.bound:
        yield f"附件 {one.number}　{settable(one.exhibit.evidence.title)}", one.first - 1


def _describe(out: pikepdf.Pdf, dossier: Dossier) -> None:
    given = dossier.particulars
    out.docinfo["/Title"] = f"{given.name} {given.year} 年度证明材料合订本"
    out.docinfo["/Author"] = "企业绿色工厂自评价门户"
    out.Root.Lang = pikepdf.String("zh-CN")
