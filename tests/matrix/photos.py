"""Photos that tell where they were taken and with what: words that only an original may say."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from PIL import ExifTags, Image

from anwei.cases.evidence import Upload
from tests.kernel.county import NOW

NORTH, EAST = (36, 7, 23.16), (111, 34, 1.56)  # degrees, minutes, seconds
STEP = 0.36  # seconds of arc, 0.0001 degrees: between the photo of one case and of the next
TAKEN_OF = "xyzn"  # the plants, and the case that names others' posts
JPEG = b"\xff\xd8\xff"


def photo_of(place: str, name: str) -> Upload:
    """Return a photo with camera and position of a plant."""
    details = Image.Exif()
    details[ExifTags.Base.Make] = camera(place)
    fix, step = details.get_ifd(ExifTags.IFD.GPSInfo), STEP * TAKEN_OF.index(place)
    fix[ExifTags.GPS.GPSLatitudeRef], fix[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    fix[ExifTags.GPS.GPSLatitude] = (*NORTH[:2], NORTH[2] + step)
    fix[ExifTags.GPS.GPSLongitude] = (*EAST[:2], EAST[2] + step)
    content = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(content, "JPEG", exif=details)
    return Upload(name, content.getvalue(), NOW)


def camera(place: str) -> str:
    """Return the camera's name, which stands nowhere but in the original."""
    return f"Kamera{place.upper()}{place.upper()}"


def traces(place: str) -> tuple[str, str, str]:
    """Return what an original tells: latitude and longitude in degrees as far as pages write them, and the camera."""
    n = TAKEN_OF.index(place)
    return f"36.{1231 + n}", f"111.{5671 + n}", camera(place)


def told_by(jpeg: bytes) -> bytes:
    """Return in digits the position that a photo carries in its EXIF."""
    with Image.open(BytesIO(jpeg)) as image:
        return " ".join(_degrees(image)).encode()


def _degrees(image: Image.Image) -> Iterator[str]:
    fix = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    for name in (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude):
        if name in fix:
            degrees, minutes, seconds = (float(part) for part in fix[name])
            yield f"{degrees + minutes / 60 + seconds / 3600:.4f}"
