"""When a camera says a photo was taken, and what it may say instead."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import ExifTags, Image

from anwei.cases.photos import taken_at


def shot(at: str, offset: str = "", format_: str = "JPEG") -> bytes:
    details = Image.Exif()
    exif = details.get_ifd(ExifTags.IFD.Exif)
    exif[ExifTags.Base.DateTimeOriginal] = at
    if offset:
        exif[ExifTags.Base.OffsetTimeOriginal] = offset
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, format_, exif=details)
    return content.getvalue()


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


def test_what_is_no_photo_of_ours_is_not_opened() -> None:
    good = shot("2026:11:24 10:00:00")
    assert taken_at(shot("2026:11:24 10:00:00", format_="TIFF")) is None
    for content in (b"", b"%PDF-1.7", good[:40], good[:25] + bytes(60) + good[85:]):
        assert taken_at(content) is None
