"""The child that opens PDF and pictures: `python -m portal.storage.pictures take|page <kind> [number]` in a folder.

Reads `in`; writes `said.json`, `out` (a picture newly written), `thumbnail.jpg`, `page.jpg`. Memory, time and the
size of what it writes are bounded before the first byte is decoded.
"""

import io
import json
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

MOST_PIXELS = 40_000_000
MOST_PAGES = 2_000
MOST_OBJECTS = 500_000
SMALL, LARGE = (360, 360), (1600, 2200)  # a thumbnail, a page to read
_MEBIBYTE = 1024 * 1024
_MEMORY, _SECONDS, _LARGEST_OUTPUT = 1536 * _MEBIBYTE, 25, 200 * _MEBIBYTE


class _Refused(Exception):
    pass


def main(arguments: list[str]) -> None:
    """One job, as the arguments say."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_OUTPUT, _LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    job, kind, *rest = arguments
    try:
        if job == "page":
            _draw(kind, int(rest[0]))
        elif kind == "pdf":
            _take_pdf()
        else:
            _take_picture(kind)
    except _Refused as error:
        _say({"refused": error.args[0], "details": [str(part) for part in error.args[1:]]})


def _say(found: dict[str, Any]) -> None:
    draft = Path("said.new")
    draft.write_text(json.dumps(found), "utf-8")
    draft.rename("said.json")


# ── PDF ──────────────────────────────────────────────────────────────────────


def _take_pdf() -> None:
    import pikepdf

    try:
        with pikepdf.open("in") as pdf:
            pages = len(pdf.pages)
            if not pages:
                raise _Refused("file_damaged")
            if pages > MOST_PAGES:
                raise _Refused("file_too_many_pages", MOST_PAGES)
            _refuse_actions(pdf)
    except pikepdf.PasswordError as error:
        raise _Refused("file_encrypted") from error
    except pikepdf.PdfError as error:
        raise _Refused("file_damaged") from error
    _say({"pages": pages})  # a page that cannot be drawn costs the thumbnail, not the file
    _picture_of_page(1, SMALL).save("thumbnail.jpg", "JPEG", quality=82, optimize=True)


def _refuse_actions(pdf: Any) -> None:
    """Scripts, and actions that start programs: in any object, however it is reached."""
    import pikepdf

    left: list[Any] = []
    for count, one in enumerate(pdf.objects):
        if count > MOST_OBJECTS:
            raise _Refused("file_damaged")
        left.append(one)
        while left:
            part = left.pop()
            if isinstance(part, pikepdf.Array):
                left += [inner for inner in part if _is_inner(inner)]
            elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
                keys = part.keys()
                if "/JS" in keys or "/JavaScript" in keys:
                    raise _Refused("file_scripts")
                if part.get("/S") in (pikepdf.Name.Launch, pikepdf.Name.JavaScript):
                    raise _Refused("file_scripts")
                left += [inner for key in keys if _is_inner(inner := part[key])]


def _is_inner(part: Any) -> bool:
    """Whether it stands inside its holder; what is an object of its own has its turn by itself."""
    import pikepdf

    return isinstance(part, pikepdf.Array | pikepdf.Dictionary) and not part.is_indirect


def _picture_of_page(number: int, box: tuple[int, int]) -> Any:
    import pypdfium2

    with pypdfium2.PdfDocument("in") as pdf:
        page = pdf[number - 1]
        width, height = page.get_size()
        scale = min(box[0] / max(width, 1), box[1] / max(height, 1), 4)
        return page.render(scale=scale).to_pil().convert("RGB")


# ── Pictures ─────────────────────────────────────────────────────────────────


def _open_picture(kind: str) -> Any:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    # A telephone's JPEG with a second picture in it calls itself MPO.
    formats = ["PNG"] if kind == "png" else ["JPEG", "MPO"]
    try:
        one = Image.open("in", formats=formats)
    except Image.DecompressionBombError as error:
        raise _Refused("file_too_many_pixels", MOST_PIXELS // 10_000) from error
    except Exception as error:
        raise _Refused("file_damaged") from error
    if one.width * one.height > MOST_PIXELS:
        raise _Refused("file_too_many_pixels", MOST_PIXELS // 10_000)
    return one


def _upright(kind: str) -> Any:
    """The picture as it is meant to be seen, in plain sRGB; its metadata stay behind."""
    from PIL import ImageOps

    one = _open_picture(kind)
    try:
        one.load()
    except Exception as error:
        raise _Refused("file_damaged") from error
    one = _in_srgb(ImageOps.exif_transpose(one))
    if kind == "jpeg" or one.mode not in {"1", "L", "LA", "P", "RGB", "RGBA"}:
        one = one.convert("RGB" if one.mode not in {"L", "RGB"} else one.mode)
    return one


def _in_srgb(one: Any) -> Any:
    from PIL import ImageCms

    profile = one.info.get("icc_profile")
    if not profile or one.mode not in {"RGB", "RGBA", "CMYK"}:
        return one
    try:
        goal = ImageCms.createProfile("sRGB")
        mode = "RGBA" if one.mode == "RGBA" else "RGB"
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(one, given, goal, outputMode=mode) or one
    except (ImageCms.PyCMSError, OSError, ValueError):
        return one  # a profile that cannot be read only shifts colours


def _take_picture(kind: str) -> None:
    from PIL import Image

    one = _upright(kind)
    bare = Image.new(one.mode, one.size)
    if one.mode == "P":
        palette = one.getpalette("RGBA") if "transparency" in one.info else None
        bare = one.convert("RGBA") if palette else one.convert("RGB")
    else:
        bare.paste(one)
    if kind == "png":
        bare.save("out", "PNG", optimize=False)
    else:
        bare.save("out", "JPEG", quality=90, optimize=True)
    _shrunk(bare, SMALL).save("thumbnail.jpg", "JPEG", quality=82, optimize=True)
    _say({"pages": None, "is_rewritten": True})


def _shrunk(one: Any, box: tuple[int, int]) -> Any:
    from PIL import Image

    if one.mode in {"RGBA", "LA", "P"}:
        clear = one.convert("RGBA")
        one = Image.new("RGB", clear.size, "white")
        one.paste(clear, mask=clear.getchannel("A"))
    one = one.convert("RGB")
    one.thumbnail(box)
    return one


def _draw(kind: str, number: int) -> None:
    picture = _picture_of_page(number, LARGE) if kind == "pdf" else _shrunk(_upright(kind), LARGE)
    picture.save("page.jpg", "JPEG", quality=84, optimize=True)
    _say({})


if __name__ == "__main__":
    main(sys.argv[1:])
