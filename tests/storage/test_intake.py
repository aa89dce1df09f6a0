"""What comes in from outside: told by its content, bounded, refused by name."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from portal.core.evidence import MediaType
from portal.storage import intake
from portal.storage.intake import Refused, page_picture, take_in
from tests import papers


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        take_in(content)
    return caught.value.code


# ── Taken ────────────────────────────────────────────────────────────────────


def test_a_photograph_stands_upright_and_has_lost_where_it_was_taken() -> None:
    given = papers.make_photo(size=(40, 30), is_turned=True)
    assert Image.open(io.BytesIO(given)).getexif().get_ifd(0x8825)
    taken = take_in(given)
    kept = Image.open(io.BytesIO(taken.content))
    assert taken.media_type is MediaType.JPEG and kept.size == (30, 40)
    assert not dict(kept.getexif()) and b"ExamplePhone" not in taken.content and b"Exif" not in taken.content
    assert taken.thumbnail is not None and taken.thumbnail.startswith(b"\xff\xd8")


def test_the_same_photograph_is_always_written_the_same() -> None:
    photo = papers.make_photo()
    assert take_in(photo).content == take_in(photo).content


def test_a_drawing_keeps_its_pixels_and_loses_its_text() -> None:
    taken = take_in(papers.make_png(color=(1, 2, 3)))
    kept = Image.open(io.BytesIO(taken.content))
    assert taken.media_type is MediaType.PNG and kept.getpixel((0, 0)) == (1, 2, 3)
    assert b"SecretAuthor" not in taken.content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_can_be_kept(mode: str) -> None:
    stream = io.BytesIO()
    Image.new(mode, (12, 8)).save(stream, "PNG")
    taken = take_in(stream.getvalue())
    assert Image.open(io.BytesIO(taken.content)).size == (12, 8) and taken.thumbnail


def test_a_print_shop_picture_is_turned_into_colours_of_a_screen() -> None:
    stream = io.BytesIO()
    Image.new("CMYK", (12, 8)).save(stream, "JPEG")
    assert Image.open(io.BytesIO(take_in(stream.getvalue()).content)).mode == "RGB"


def test_a_pdf_stays_as_it_came_and_its_pages_are_counted_and_drawn() -> None:
    given = papers.make_pdf(3)
    taken = take_in(given)
    assert (taken.media_type, taken.pages, taken.content) == (MediaType.PDF, 3, given)
    assert taken.thumbnail
    assert (page_picture(MediaType.PDF, given, 3) or b"").startswith(b"\xff\xd8")
    assert page_picture(MediaType.PDF, given, 4) is None


def test_a_pdf_that_only_refuses_changes_can_be_read_and_is_taken() -> None:
    assert take_in(papers.make_pdf(owner="example")).pages == 1


@pytest.mark.parametrize(("kind", "media"), [(papers.WORD, MediaType.DOCX), (papers.SHEET, MediaType.XLSX)])
def test_office_files_stay_as_they_came(kind: str, media: MediaType) -> None:
    given = papers.make_office(kind)
    taken = take_in(given)
    assert (taken.media_type, taken.content, taken.thumbnail) == (media, given, None)


# ── Refused ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_unknown"),
        (b"<!doctype html><script>alert(1)</script>", "file_unknown"),
        (b"MZ" + b"\0" * 64, "file_unknown"),
        (b"GIF89a" + b"\0" * 64, "file_other_picture"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "file_other_picture"),
        (papers.make_heic(), "file_heic"),
        (b"%PDF-1.7\nnothing", "file_damaged"),
        (b"\xff\xd8\xff\xe0 nothing", "file_damaged"),
        (papers.make_photo()[:400], "file_damaged"),
        (b"\x89PNG\r\n\x1a\n nothing", "file_damaged"),
        (b"PK\x03\x04 nothing", "file_damaged"),
        (papers.make_office()[:-30], "file_damaged"),
        (papers.make_pdf(password="example"), "file_encrypted"),
        (papers.make_acting_pdf("/JavaScript"), "file_scripts"),
        (papers.make_acting_pdf("/Launch"), "file_scripts"),
        (papers.make_office(parts={"word/vbaProject.bin": b"x"}), "file_macros"),
        (papers.make_office("application/vnd.ms-word.document.macroEnabled.main+xml"), "file_macros"),
        (papers.make_office(parts={"word/activeX/activeX1.xml": b"x"}), "file_macros"),
        (
            papers.make_office(
                parts={"word/_rels/settings.xml.rels": b'attachedTemplate" TargetMode="External"'}
            ),
            "file_macros",
        ),
        (papers.make_office("example"), "file_unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64, "file_old_office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_taken_is_refused_by_name(content: bytes, code: str) -> None:
    assert refusal(content) == code


def _zip(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_archives_and_ofd_get_advice_of_their_own() -> None:
    assert refusal(_zip(example=b"x")) == "file_archive"
    assert refusal(_zip(**{"OFD.xml": b"x"})) == "file_ofd"


def test_a_file_that_is_too_large_is_refused_before_it_is_looked_at() -> None:
    assert refusal(b"%PDF-" + b"\0" * intake.LARGEST_FILE) == "file_too_large"


def test_a_small_png_of_very_many_pixels_is_refused_before_it_is_decoded() -> None:
    def chunk(name: bytes, content: bytes) -> bytes:
        sum = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", sum)

    head = struct.pack(">IIBBBBB", 13_300, 13_300, 1, 0, 0, 0, 0)  # 177 million pixels in some kilobytes
    rows = zlib.compress(b"\0" * (13_300 * (1 + 13_300 // 8 + 1)))
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    assert len(bomb) < 60_000 and refusal(bomb) == "file_too_many_pixels"


def test_forty_million_pixels_are_taken() -> None:
    stream = io.BytesIO()
    Image.new("L", (8_000, 5_000)).save(stream, "PNG")
    taken = take_in(stream.getvalue())
    assert Image.open(io.BytesIO(taken.content)).size == (8_000, 5_000)


def test_an_office_file_that_unpacks_to_very_much_is_refused() -> None:
    bomb = papers.make_office(papers.SHEET, {"xl/sheet.xml": b"0" * (intake.LARGEST_UNPACKED + 1)})
    assert len(bomb) < 300_000 and refusal(bomb) == "file_unpacks_too_large"


def test_an_office_file_that_packs_too_well_is_refused() -> None:
    assert (
        refusal(papers.make_office(parts={"x": b"0" * (intake.STEEP_FROM + 1)})) == "file_unpacks_too_large"
    )


def test_an_office_file_of_very_many_parts_is_refused() -> None:
    parts = {f"part{number}": b"" for number in range(intake.MOST_ENTRIES + 1)}
    assert refusal(papers.make_office(parts=parts)) == "file_unpacks_too_large"


def test_an_office_file_that_lies_about_its_sizes_is_refused() -> None:
    given = papers.make_office(parts={"xl/sheet.xml": b"0" * 5_000_000})
    entry = given.rindex(b"PK\x01\x02", 0, given.rindex(b"xl/sheet.xml"))
    lie = given[: entry + 24] + struct.pack("<I", 100) + given[entry + 28 :]
    assert refusal(lie) == "file_damaged"


def test_an_encrypted_part_is_refused() -> None:
    given = bytearray(papers.make_office())
    entry = given.index(b"PK\x01\x02")
    given[entry + 8] |= 1
    assert refusal(bytes(given)) == "file_encrypted"


def test_a_child_that_dies_or_takes_too_long_is_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "CHILD_SECONDS", 0.001)
    assert refusal(papers.make_pdf()) == "file_damaged"


def test_the_child_sees_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}
    real = intake.subprocess.run
    monkeypatch.setenv("PORTAL_SECRET", "example")
    monkeypatch.setattr(
        intake.subprocess, "run", lambda *given, **more: (seen.update(more["env"]), real(*given, **more))[1]
    )
    take_in(papers.make_pdf())
    assert not [name for name in seen if name.startswith("PORTAL")]
