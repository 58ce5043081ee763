"""Where things lie: one pair in one system for every map, and the pair as it was given beside it."""

from __future__ import annotations

from typing import Any

from anwei.ledgers.saving import Edit
from anwei.sites.models import Datum
from anwei.sites.models.located import Located
from anwei.standards.geography import datums
from anwei.standards.geography.points import Point

GIVEN = ("longitude", "latitude", "datum")
DECIMALS = 7  # of a degree: one centimetre


def as_given(row: Located) -> tuple[float | None, float | None, str]:
    """Return longitude and latitude of a row as they were given, and in which datum."""
    if row.raw_longitude is not None:
        return row.raw_longitude, row.raw_latitude, row.datum
    return row.longitude, row.latitude, row.datum


def with_datum(edit: Edit) -> dict[str, Any]:
    """Return the values of an edit with its coordinates in CGCS2000, the given pair kept as the raw one."""
    values = dict(edit.values)
    if not values.keys() & {*GIVEN}:
        return values
    row = edit.row
    before = (None, None, Datum.CGCS2000) if row is None else as_given(row)
    longitude, latitude, datum = (values.get(name, old) for name, old in zip(GIVEN, before, strict=True))
    datum = Datum(datum or Datum.CGCS2000)
    if "datum" in values:
        values["datum"] = datum.value
    if datum is not Datum.CGCS2000 and longitude is not None and latitude is not None:
        point = datums.to_cgcs2000(Point(longitude, latitude), datums.Datum[datum.name])
        return values | {
            "longitude": round(point.longitude, DECIMALS),
            "latitude": round(point.latitude, DECIMALS),
            "raw_longitude": longitude,
            "raw_latitude": latitude,
        }
    if row is not None and row.raw_longitude is not None:  # not shifted any more: the given pair is the one
        values |= {"longitude": longitude, "latitude": latitude, "raw_longitude": None, "raw_latitude": None}
    return values
