"""Whether two photos are one picture, whatever was done to the file: smaller, saved again, lighter.

Two perceptual hashes of 64 bits each, and both must agree. dHash: is each of 9x8 grey pixels lighter than its
right neighbour (N. Krawetz, Kind of Like That, hackerfactor.com, 2013). pHash: the 8x8 lowest frequencies of
the discrete cosine transform of 32x32 grey pixels against their median (C. Zauner, Implementation and
Benchmarking of Perceptual Image Hash Functions, Hagenberg 2010).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from io import BytesIO
from math import cos, pi
from statistics import median, pstdev
from typing import NamedTuple

from PIL import Image

SIDE, LOW = 32, 8  # pixels, frequencies
FLATTEST = 6.0  # standard deviation of grey levels (of 255): a wall or the dark has no hash worth comparing
SAME_DIFFERENCE, SAME_FREQUENCY = 3, 6  # bits; chosen on anwei/demo/working/photographs.py, docs/formalism.md
BAND = 16  # bits: hashes that differ in three bits agree in one of four bands


class Hashes(NamedTuple):
    """The two perceptual hashes of a photo."""

    difference: int
    frequency: int


def hashes(content: bytes) -> Hashes | None:
    """Return the hashes of a photo, None where it shows nothing to tell apart; raises what Pillow raises."""
    with Image.open(BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as image:
        image.draft("L", (4 * SIDE, 4 * SIDE))
        grey = image.convert("L")
    small = grey.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    levels = list(small.tobytes())
    if pstdev(levels) < FLATTEST:
        return None
    return Hashes(_difference(grey), _frequency(levels))


def is_same(one: Hashes, other: Hashes) -> bool:
    """Say whether two photos are one picture."""
    return (one.difference ^ other.difference).bit_count() <= SAME_DIFFERENCE and (
        one.frequency ^ other.frequency
    ).bit_count() <= SAME_FREQUENCY


def same_pairs(photos: Sequence[Hashes | None]) -> Iterator[tuple[int, int]]:
    """Yield the places of all pairs that are one picture, the lower first, each once."""
    bands: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, photo in enumerate(photos):
        if photo is None:
            continue
        keys = list(_bands(photo.difference))
        for other in {seen for key in keys for seen in bands[key]}:
            known = photos[other]
            if known is not None and is_same(photo, known):
                yield other, place
        for key in keys:
            bands[key].append(place)


def _bands(bits: int) -> Iterable[tuple[int, int]]:
    return ((start, bits >> start & (1 << BAND) - 1) for start in range(0, 64, BAND))


def _difference(grey: Image.Image) -> int:
    levels = grey.resize((LOW + 1, LOW), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for row in range(LOW):
        for column in range(LOW):
            place = row * (LOW + 1) + column
            bits = bits << 1 | (levels[place] > levels[place + 1])
    return bits


def _frequency(levels: Sequence[int]) -> int:
    waves = _waves()
    rows = [
        [sum(map(float.__mul__, wave, map(float, levels[y * SIDE : (y + 1) * SIDE]))) for wave in waves]
        for y in range(SIDE)
    ]
    found = [sum(wave[y] * rows[y][column] for y in range(SIDE)) for wave in waves for column in range(LOW)]
    middle = median(found[1:])  # the first is the mean grey: how light, not what
    bits = 0
    for value in found:
        bits = bits << 1 | (value > middle)
    return bits


@cache
def _waves() -> list[list[float]]:
    return [[cos(pi * k * (2 * x + 1) / (2 * SIDE)) for x in range(SIDE)] for k in range(LOW)]
