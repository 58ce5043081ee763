"""Photos: readable to the last line, within memory, nothing else hidden in them."""

from __future__ import annotations

import warnings
import zipfile
from io import BytesIO

from PIL import Image, ImageOps

from anwei.cases.examination.camera import place, taken_at
from anwei.cases.examination.findings import ACTIVE_TEXT, Finding, Reason, Refused

IMAGE_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
MAX_PIXELS = 50_000_000
MAX_MEMORY = 128 * 1024 * 1024  # bytes that decoding may take
COPY_SIZE = (4000, 4000)  # pixels; the longest side of a copy


def examine(content: bytes) -> Finding:
    """Return what a photo is; raises Refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=list(IMAGE_TYPES)) as image:
                if image.width * image.height > MAX_PIXELS or _memory(image) > MAX_MEMORY:
                    raise Refused(Reason.TOO_MANY_PIXELS)
                image.verify()
            with Image.open(BytesIO(content), formats=list(IMAGE_TYPES)) as image:
                image.draft(
                    "RGB", (image.width // 8, image.height // 8)
                )  # reads all of a JPEG, in little memory
                image.load()
                latitude, longitude = place(image)
                finding = Finding(IMAGE_TYPES[str(image.format)], taken_at(image), latitude, longitude)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Refused(Reason.TOO_MANY_PIXELS) from bomb
    except Refused:
        raise
    except Exception as fault:  # Pillow raises whatever a broken file makes its decoders raise
        raise Refused(Reason.UNKNOWN) from fault
    if _hides_another(content):
        raise Refused(Reason.TWO_IN_ONE)
    return finding


def copy(content: bytes) -> bytes:
    """Return the photo encoded anew as JPEG, turned as the camera was held, saying nothing of itself."""
    with Image.open(BytesIO(content), formats=list(IMAGE_TYPES)) as image:
        image.draft("RGB", COPY_SIZE)
        image.thumbnail(COPY_SIZE)
        turned = _on_white(_turned(image))
        turned.info.clear()  # Pillow would write a comment and a colour profile again
        answer = BytesIO()
        turned.save(answer, "JPEG", quality=88)
    return answer.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """Return it without transparency: what is drawn in black on nothing stays readable."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    drawn = image.convert("RGBA")
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn.getchannel("A"))
    return paper


def _turned(image: Image.Image) -> Image.Image:
    turned = ImageOps.exif_transpose(image)
    return image if turned is None else turned


def _memory(image: Image.Image) -> int:
    """Return about how many bytes decoding takes: a draft of a JPEG is small unless it is progressive."""
    pixels = image.width * image.height
    if image.format == "JPEG":
        return pixels * 2 * len(image.getbands()) if image.info.get("progressive") else pixels // 16
    if image.format == "WEBP":
        return pixels * 8
    return pixels * (1 if image.mode in ("1", "L", "P") else 4)


def _hides_another(content: bytes) -> bool:
    """Say whether a program, a page or an archive rides along; phones do append films and depth maps."""
    if ACTIVE_TEXT.search(content) or zipfile.is_zipfile(BytesIO(content)):
        return True
    return content.startswith(b"\x89PNG") and not content.endswith(b"IEND\xaeB`\x82")
