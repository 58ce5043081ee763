"""Guessing that a point was written in another datum: it misses its township by the tell-tale distance."""

from __future__ import annotations

from dataclasses import dataclass

from anwei.standards.geography.datums import Datum, to_cgcs2000
from anwei.standards.geography.points import Point, distance
from anwei.standards.geography.regions import Region

TELL_TALE = (300.0, 1500.0)  # metres by which GCJ-02 and BD-09 are off within China


@dataclass(frozen=True)
class Suggestion:
    """The datum that a point was likely written in, the point it means, and the metres between both."""

    datum: Datum
    corrected: Point
    moved: float
    misses_by: float  # metres from the point as written to the township's border


def suggest_datum(point: Point, township: Region) -> tuple[Suggestion, ...]:
    """Return the datums under which a point taken for CGCS2000 would fall into its township.

    Nothing where it lies there already, or where no datum brings it there by a tell-tale move; both datums
    (GCJ-02 first) where one point alone cannot tell them apart.
    """
    if township.contains(point):
        return ()
    found = []
    for datum in (Datum.GCJ02, Datum.BD09):
        corrected = to_cgcs2000(point, datum)
        moved = distance(point, corrected)
        if TELL_TALE[0] <= moved <= TELL_TALE[1] and township.contains(corrected):
            found.append(Suggestion(datum, corrected, moved, township.border_distance(point)))
    return tuple(found)
