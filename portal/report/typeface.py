"""The typeface cut to the characters in use: a report embeds 200 KB less of it and prints with 40 MiB less memory.

Noto Sans CJK holds 65,535 glyphs, and a font embedded in a PDF keeps a place for each up to the last one used. The
cut keeps the outlines, widths and kerning as they are and leaves out the rest; it is made once, by `portal fonts`,
and `fonts.conf` prefers it. A character that it lacks (a rare name) is set from the whole font, and where there is
no cut everything is. HarfBuzz, which WeasyPrint needs anyway, does the cutting.
"""

import ctypes
import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from portal.core.errors import PortalError

FAMILY = "Noto Sans CJK SC"
STYLES = ("regular", "bold")
FONT_SETTINGS = Path(__file__).resolve().parents[1] / "fontconfig" / "fonts.conf"
CUTS = FONT_SETTINGS.parent / "cut"  # fonts.conf looks there
_NAME = "noto-sc-common-{style}-{hash}.otf"  # fonts.conf knows them by it

# Pango asks for these of every horizontal text; all others would draw in thousands of glyphs nobody sees.
_FEATURES = ("calt", "ccmp", "clig", "kern", "liga", "mark", "mkmk", "rclt", "rlig")
_VERTICAL = ("BASE", "DSIG", "VORG", "vhea", "vmtx")
_DROPPED_TABLES, _KEPT_FEATURES = 3, 6  # hb_subset_sets_t


class FontNotCut(PortalError):
    """The cut could not be made; the message says why. Reports print without it."""


def usual_letters(folders: Iterable[Path]) -> frozenset[str]:
    """GB 2312 (names and places), Latin-1, and whatever the texts in these folders use."""
    letters = {chr(code) for code in range(0x20, 0x100)}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            letters.update(bytes((high, low)).decode("gb2312", "ignore"))
    for folder in folders:
        for file in folder.rglob("*"):
            if file.suffix in {".css", ".html", ".py", ".yaml"}:
                letters.update(file.read_text("utf-8"))
    return frozenset(letters)


def cut(letters: Iterable[str], folder: Path = CUTS) -> tuple[Path, ...]:
    """Make both cuts in `folder` and remove earlier ones; raises FontNotCut. The same font gives the same file."""
    wanted = sorted({ord(letter) for letter in letters})
    made = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for style in STYLES:
            content = _cut(*_installed(style), wanted)
            name = _NAME.format(style=style, hash=hashlib.sha256(content).hexdigest()[:12])
            partial = folder / f".{name}.{os.getpid()}"
            partial.write_bytes(content)
            made.append(partial.replace(folder / name))
        for file in folder.glob(_NAME.format(style="*", hash="*")):
            if file not in made:
                file.unlink(missing_ok=True)
    except OSError as error:
        raise FontNotCut(str(error)) from error
    return tuple(made)


def cuts(folder: Path = CUTS) -> tuple[str, ...]:
    """The names of the cuts that are there; each holds a hash of its content."""
    return tuple(sorted(file.name for file in folder.glob(_NAME.format(style="*", hash="*"))))


def ask(form: str, style: str) -> str:
    """What fontconfig tells of the whole font in a style; raises OSError when it cannot be asked."""
    command = ["fc-list", "-f", form + "\n", f"{FAMILY}:style={style}"]
    environment = os.environ | {"FONTCONFIG_FILE": os.environ.get("FONTCONFIG_FILE", str(FONT_SETTINGS))}
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            command, env=environment, capture_output=True, text=True, check=True, timeout=60
        )
    except subprocess.SubprocessError as error:
        raise OSError(str(error)) from error
    return done.stdout


def _installed(style: str) -> tuple[Path, int]:
    """The file of the whole font, and its number among the fonts in that file."""
    for line in ask("%{index} %{file}", style).splitlines():
        number, _, file = line.partition(" ")
        return Path(file), int(number)
    raise FontNotCut(f"没有安装 {FAMILY} {style}")


def _cut(file: Path, number: int, wanted: Iterable[int]) -> bytes:
    harfbuzz, subset = _libraries()
    blob = harfbuzz.hb_blob_create_from_file(os.fsencode(file))
    face = harfbuzz.hb_face_create(blob, number)
    order = subset.hb_subset_input_create_or_fail()
    characters = subset.hb_subset_input_unicode_set(order)
    for code in wanted:
        harfbuzz.hb_set_add(characters, code)
    features = subset.hb_subset_input_set(order, _KEPT_FEATURES)
    harfbuzz.hb_set_clear(features)
    for tag in _tags(_FEATURES):
        harfbuzz.hb_set_add(features, tag)
    for tag in _tags(_VERTICAL):
        harfbuzz.hb_set_add(subset.hb_subset_input_set(order, _DROPPED_TABLES), tag)
    smaller = subset.hb_subset_or_fail(face, order)
    if not smaller:
        raise FontNotCut(f"HarfBuzz 不能裁剪 {file}")
    whole = harfbuzz.hb_face_reference_blob(smaller)
    length = ctypes.c_uint()
    start = harfbuzz.hb_blob_get_data(whole, ctypes.byref(length))
    content = ctypes.string_at(start, length.value)
    subset.hb_subset_input_destroy(order)
    for one in (smaller, face):
        harfbuzz.hb_face_destroy(one)
    for one in (whole, blob):
        harfbuzz.hb_blob_destroy(one)
    return content


def _tags(names: Iterable[str]) -> Iterator[int]:
    return (int.from_bytes(name.encode(), "big") for name in names)


def _libraries() -> tuple[ctypes.CDLL, ctypes.CDLL]:
    """HarfBuzz and its subsetter (≥ 4.1), with the shapes of the functions used: pointers are wider than C's int."""
    harfbuzz, subset = ctypes.CDLL("libharfbuzz.so.0"), ctypes.CDLL("libharfbuzz-subset.so.0")
    pointer, number = ctypes.c_void_p, ctypes.c_uint
    for library, name, result, *arguments in (
        (harfbuzz, "hb_blob_create_from_file", pointer, ctypes.c_char_p),
        (harfbuzz, "hb_blob_get_data", pointer, pointer, ctypes.POINTER(number)),
        (harfbuzz, "hb_blob_destroy", None, pointer),
        (harfbuzz, "hb_face_create", pointer, pointer, number),
        (harfbuzz, "hb_face_reference_blob", pointer, pointer),
        (harfbuzz, "hb_face_destroy", None, pointer),
        (harfbuzz, "hb_set_add", None, pointer, ctypes.c_uint32),
        (harfbuzz, "hb_set_clear", None, pointer),
        (subset, "hb_subset_input_create_or_fail", pointer),
        (subset, "hb_subset_input_unicode_set", pointer, pointer),
        (subset, "hb_subset_input_set", pointer, pointer, ctypes.c_int),
        (subset, "hb_subset_or_fail", pointer, pointer, pointer),
        (subset, "hb_subset_input_destroy", None, pointer),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return harfbuzz, subset
