"""When a camera says a photo was taken, and what it may say instead."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import ExifTags, Image

from anwei.cases.examination import images
from anwei.cases.examination.findings import Refused


def shot(at: str, offset: str = "", format_: str = "JPEG") -> bytes:
    details = Image.Exif()
    exif = details.get_ifd(ExifTags.IFD.Exif)
    exif[ExifTags.Base.DateTimeOriginal] = at
    if offset:
        exif[ExifTags.Base.OffsetTimeOriginal] = offset
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, format_, exif=details)
    return content.getvalue()


def taken_at(content: bytes) -> datetime | None:
    at = images.examine(content).taken_at
    return datetime.fromisoformat(at) if at else None


def placed(latitude: Any, longitude: Any, references: str = "NE") -> bytes:
    details = Image.Exif()
    fix = details.get_ifd(ExifTags.IFD.GPSInfo)
    fix[ExifTags.GPS.GPSLatitudeRef], fix[ExifTags.GPS.GPSLongitudeRef] = references
    fix[ExifTags.GPS.GPSLatitude], fix[ExifTags.GPS.GPSLongitude] = latitude, longitude
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, "JPEG", exif=details)
    return content.getvalue()


def test_where_the_camera_stood() -> None:
    found = images.examine(placed((36.0, 6.0, 0.36), (111.0, 30.0, 3.6)))
    assert (found.latitude, found.longitude) == (36.1001, 111.501)
    south_west = images.examine(placed((36.0, 6.0, 0.0), (111.0, 30.0, 0.0), "SW"))
    assert (south_west.latitude, south_west.longitude) == (-36.1, -111.5)


@pytest.mark.parametrize(
    "fix", [((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), ((99.0, 0.0, 0.0), (1.0, 0.0, 0.0)), ((1.0,), (2.0,))]
)
def test_what_is_no_place_is_none(fix: Any) -> None:
    found = images.examine(placed(*fix))
    assert (found.latitude, found.longitude) == (None, None)


def test_a_copy_says_nothing_and_stands_upright() -> None:
    details = Image.Exif()
    details[ExifTags.Base.Orientation] = 6
    details[ExifTags.Base.Make] = "Phone"
    details.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    content = BytesIO()
    Image.new("RGB", (40, 30)).save(content, "JPEG", exif=details, comment=b"secret")
    with Image.open(BytesIO(images.copy(content.getvalue()))) as copy:
        assert (copy.size, dict(copy.getexif()), copy.info.get("comment")) == ((30, 40), {}, None)


def test_a_camera_without_an_offset_is_in_the_county() -> None:
    assert taken_at(shot("2026:11:24 10:00:00")) == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert taken_at(shot("2026:11:24 10:00:00", "+00:00")) == datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "offset"),
    [
        ("0000:00:00 00:00:00", ""),  # a clock never set
        ("0001:01:01 00:00:00", ""),  # before the first year in UTC
        ("9999:12:31 23:59:59", "-14:00"),
        ("yesterday", ""),
        ("2026:11:24 10:00:00", "somewhere"),
    ],
)
def test_what_is_no_time_is_none(at: str, offset: str) -> None:
    assert taken_at(shot(at, offset)) is None


def test_what_is_no_photo_of_ours_is_refused() -> None:
    good = shot("2026:11:24 10:00:00")
    for content in (shot("2026:11:24 10:00:00", format_="TIFF"), b"", b"%PDF-1.7", good[:40]):
        with pytest.raises(Refused):
            images.examine(content)
