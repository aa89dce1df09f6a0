"""Pictures as print takes them."""

from PIL import Image


def plain(picture: Image.Image) -> Image.Image:
    """Without transparency, palette or inks: black and white, grey, or colour."""
    if picture.mode in {"1", "L", "RGB"}:
        return picture
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        white = Image.new("RGB", clear.size, "white")
        white.paste(clear, mask=clear.getchannel("A"))
        return white
    if picture.mode.startswith("I"):  # sixteen bits of grey
        return picture.convert("I").point(lambda shade: shade * (1 / 256)).convert("L")
    return picture.convert("RGB")
