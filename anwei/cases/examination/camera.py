"""When and where a camera says a photo was taken (EXIF 2.32: DateTimeOriginal, GPS IFD)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from PIL import ExifTags, Image

COUNTY_OFFSET = "+08:00"  # Asia/Shanghai, no daylight saving since 1991
LATITUDES, LONGITUDES = 90, 180  # degrees


def taken_at(image: Image.Image) -> str:
    """Return when the photo was taken, ISO 8601 in UTC; "" where the camera says nothing that can be.

    A camera that names no offset from UTC is taken to be in the county.
    """
    try:
        details = image.getexif().get_ifd(ExifTags.IFD.Exif)
        text = str(details.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
        offset = str(details.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
        at = datetime.strptime(f"{text}{offset or COUNTY_OFFSET}", "%Y:%m:%d %H:%M:%S%z")
        return at.astimezone(UTC).isoformat()
    except Exception:  # a broken EXIF makes Pillow raise anything; no calendar holds some times in UTC
        return ""


def place(image: Image.Image) -> tuple[float | None, float | None]:
    """Return latitude and longitude in degrees (WGS84), rounded to 0.1 m; None where there is no fix."""
    try:
        fix = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(fix, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S")
        longitude = _degrees(fix, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W")
    except Exception:  # as above: missing, zero denominators, wrong types
        return None, None
    if not (abs(latitude) <= LATITUDES and abs(longitude) <= LONGITUDES) or (latitude, longitude) == (0, 0):
        return None, None
    return latitude, longitude


def _degrees(fix: Any, value: int, reference: int, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in fix[value])
    sign = -1 if str(fix[reference]).strip("\0 ").upper() == negative else 1
    return sign * round(degrees + minutes / 60 + seconds / 3600, 6)
