"""Photos of places, drawn: two of one place differ as two photos of it do, a copy as a file saved again does.

The pictures are no photographs: how the hashes part real ones is not shown by them.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from random import Random

from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFilter

from anwei.standards.geography.points import Point

SIZE = (160, 120)
MARGIN = 24  # pixels around what is in the frame: where the next photo stands a little aside


def place(random: Random) -> Image.Image:
    """Return a place: walls, pipes and tanks in its own light."""
    width, height = SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN
    seen = Image.new("L", (4, 3))
    seen.putdata([random.randrange(50, 220) for _each in range(12)])
    seen = seen.resize((width, height), Image.Resampling.BICUBIC).convert("RGB")
    pen = ImageDraw.Draw(seen)
    for _shape in range(14):
        x, y = random.randrange(width), random.randrange(height)
        box = (x, y, x + random.randrange(8, 60), y + random.randrange(8, 50))
        colour = tuple(random.randrange(256) for _channel in range(3))
        random.choice((pen.rectangle, pen.ellipse))(box, fill=colour)
    return seen


def shot(seen: Image.Image, random: Random) -> Image.Image:
    """Return a photo of a place: from a step aside, in other light, with something changed in it."""
    left, top = random.randrange(2 * MARGIN), random.randrange(2 * MARGIN)
    photo = seen.crop((left, top, left + SIZE[0], top + SIZE[1]))
    x, y = random.randrange(SIZE[0] - 40), random.randrange(SIZE[1] - 40)
    ImageDraw.Draw(photo).rectangle((x, y, x + 30, y + 30), fill=tuple(random.randrange(256) for _ in "rgb"))
    return ImageEnhance.Brightness(photo).enhance(random.uniform(0.8, 1.2))


def copy(photo: Image.Image, random: Random) -> Image.Image:
    """Return the same picture as who hides that it is: smaller, lighter, a little soft."""
    factor = random.uniform(0.6, 0.95)
    small = photo.resize((int(SIZE[0] * factor), int(SIZE[1] * factor)), Image.Resampling.BICUBIC)
    return ImageEnhance.Brightness(small.filter(ImageFilter.GaussianBlur(0.5))).enhance(
        random.uniform(0.9, 1.15)
    )


def jpeg(photo: Image.Image, taken_at: datetime | None = None, at: Point | None = None) -> bytes:
    """Return the file as a telephone writes it, with its time (offset +08:00) and position where given."""
    exif = Image.Exif()
    if taken_at is not None:
        own = exif.get_ifd(ExifTags.IFD.Exif)
        own[ExifTags.Base.DateTimeOriginal] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
        own[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    if at is not None:
        fix = exif.get_ifd(ExifTags.IFD.GPSInfo)
        fix[ExifTags.GPS.GPSLatitudeRef], fix[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
        fix[ExifTags.GPS.GPSLatitude] = _degrees(at.latitude)
        fix[ExifTags.GPS.GPSLongitude] = _degrees(at.longitude)
    content = BytesIO()
    photo.save(content, "JPEG", quality=80, exif=exif)
    return content.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    whole = int(value)
    minutes = int((value - whole) * 60)
    return float(whole), float(minutes), round((value - whole) * 3600 - minutes * 60, 4)
