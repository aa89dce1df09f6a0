"""Files as people upload them, and as they should not: photographs, PDF, office files, bombs."""

import io
import zipfile
from decimal import Decimal

import pikepdf
from PIL import Image, ImageDraw

TYPES = "application/vnd.openxmlformats-officedocument.{}.main+xml"
WORD, SHEET = TYPES.format("wordprocessingml.document"), TYPES.format("spreadsheetml.sheet")


def make_photo(shade: int = 90, *, size: tuple[int, int] = (40, 30), is_turned: bool = False) -> bytes:
    """A telephone's JPEG: with the place where it was taken, and lying on its side when `is_turned`."""
    picture = Image.new("RGB", size, (shade, 120, 60))
    ImageDraw.Draw(picture).rectangle((0, 0, 9, 9), fill="white")
    exif = picture.getexif()
    exif[0x010F] = "ExamplePhone"
    exif[0x0112] = 6 if is_turned else 1
    exif.get_ifd(0x8825)[2] = (Decimal(30), Decimal(15), Decimal(0))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", exif=exif, quality=95)
    return stream.getvalue()


def make_png(size: tuple[int, int] = (20, 20), color: object = "green") -> bytes:
    """A drawing, with a text of its own in the metadata."""
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_text("Author", "SecretAuthor")
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, "PNG", pnginfo=note)  # type: ignore[arg-type]
    return stream.getvalue()


def make_pdf(pages: int = 1, *, title: str = "example", password: str = "", owner: str = "") -> bytes:
    """A PDF of empty pages; `password` to open it, `owner` only to change it."""
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(200, 280))
    pdf.docinfo["/Title"] = title
    stream = io.BytesIO()
    locks = pikepdf.Encryption(user=password, owner=owner or password) if password or owner else False
    pdf.save(stream, encryption=locks, deterministic_id=not locks)
    return stream.getvalue()


def make_acting_pdf(action: str) -> bytes:
    """A PDF with an action deep inside a compressed stream of objects: "/JavaScript" or "/Launch"."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 280))
    deed = pikepdf.Dictionary(S=pikepdf.Name(action))
    if action == "/JavaScript":
        deed["/JS"] = pikepdf.String("app.alert(1)")
    pdf.pages[0]["/AA"] = pikepdf.Dictionary(O=pikepdf.Array([deed])[0])
    stream = io.BytesIO()
    pdf.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return stream.getvalue()


def make_office(kind: str = WORD, parts: dict[str, bytes] | None = None, *, text: str = "example") -> bytes:
    """A docx, or with SHEET an xlsx; `parts` are added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        entries: dict[str, bytes] = {
            "[Content_Types].xml": f'<Types><Override ContentType="{kind}"/></Types>'.encode(),
            "word/document.xml": f"<w>{text}</w>".encode(),
        }
        for name, content in (entries | (parts or {})).items():
            # Without the clock in it, the same content is the same file.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def make_heic() -> bytes:
    """How an iPhone's photograph begins."""
    return b"\0\0\0\x18ftypheic\0\0\0\0" + b"\0" * 64
