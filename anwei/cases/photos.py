"""What a photo says about itself, and its small picture."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image, ImageOps

from anwei.cases.evidence import IMAGE_TYPES

THUMBNAIL_SIZE = (224, 168)
COUNTY_OFFSET = "+08:00"  # Asia/Shanghai, no daylight saving since 1991


def taken_at(content: bytes) -> datetime | None:
    """Return when the camera says the photo was taken (EXIF DateTimeOriginal); None where it says nothing.

    A camera that names no offset from UTC is taken to be in the county.
    """
    try:
        with Image.open(BytesIO(content), formats=list(IMAGE_TYPES)) as image:
            details = image.getexif().get_ifd(ExifTags.IFD.Exif)
    except Exception:  # Pillow raises whatever a broken file makes its decoders raise
        return None
    text = str(details.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    offset = str(details.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    try:
        at = datetime.strptime(f"{text}{offset or COUNTY_OFFSET}", "%Y:%m:%d %H:%M:%S%z")
        return at.astimezone(UTC)
    except (ValueError, OverflowError):  # no time, or one that no calendar holds in UTC
        return None


def thumbnail(path: Path) -> bytes:
    """Return a small JPEG of the photo at `path`, turned the way the camera was held, without its EXIF."""
    with Image.open(path) as image:
        image.draft("RGB", THUMBNAIL_SIZE)
        small = ImageOps.exif_transpose(image).convert("RGB")
        small.thumbnail(THUMBNAIL_SIZE)
        content = BytesIO()
        small.save(content, "JPEG", quality=80)
    return content.getvalue()
