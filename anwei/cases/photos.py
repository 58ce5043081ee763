"""The small picture of a photo."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

THUMBNAIL_SIZE = (224, 168)


def thumbnail(path: Path) -> bytes:
    """Return a small JPEG of the photo at `path`, turned the way the camera was held, without its EXIF."""
    with Image.open(path) as image:
        image.draft("RGB", THUMBNAIL_SIZE)
        small = ImageOps.exif_transpose(image).convert("RGB")
        small.thumbnail(THUMBNAIL_SIZE)
        small.info.clear()  # Pillow would write the photo's comment again
        content = BytesIO()
        small.save(content, "JPEG", quality=80)
    return content.getvalue()
