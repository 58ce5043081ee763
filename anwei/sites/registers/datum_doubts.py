"""坐标系不对: doubt a point that misses its township as far as a mixed-up datum moves it, with what fits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.sites.map.townships import township_regions
from anwei.sites.models import Datum, Enterprise, Site
from anwei.sites.places import GIVEN, as_given
from anwei.standards.geography.points import Point
from anwei.standards.geography.regions import Region
from anwei.standards.geography.suggestions import suggest_datum


def doubt_new_places(rows: Sequence[Mapping[str, Any]], person: Any) -> list[str]:
    """Doubt the values of new rows, each by a sentence or ""; the townships are asked for once."""
    owners = _territories_of({row["enterprise"] for row in rows if row.get("enterprise")}, "pk")
    units = _territories_of({row["unit"] for row in rows if row.get("unit")}, "unit")
    lying = [
        row.get("territory") or owners.get(row.get("enterprise")) or units.get(row.get("unit")) or ""
        for row in rows
    ]
    placed = [(row, lies[:TOWNSHIP_DIGITS]) for row, lies in zip(rows, lying, strict=True)]
    regions = township_regions({township for row, township in placed if _point(row) is not None})
    return [_doubt(row, regions.get(township)) for row, township in placed]


def doubt_changed_place(row: Enterprise | Site, changed: Mapping[str, Any]) -> str:
    """Doubt a row whose coordinates, datum or territory would change."""
    if not changed.keys() & {*GIVEN, "territory"}:
        return ""
    stands = dict(zip(GIVEN, as_given(row), strict=True))
    lies = row.territory if isinstance(row, Site) else row.unit.territory
    values = {**stands, "territory": lies, **changed}
    return doubt_new_places([values], None)[0]


def _territories_of(keys: Collection[Any], column: str) -> dict[Any, str]:
    if not keys:
        return {}
    rows = Enterprise.objects.filter(**{f"{column}__in": keys})
    return dict(rows.values_list(column, "unit__territory"))


def _point(values: Mapping[str, Any]) -> Point | None:
    """Return the point that was given as CGCS2000, None where there is none or it is said to be another's."""
    longitude, latitude = values.get("longitude"), values.get("latitude")
    if longitude is None or latitude is None or (values.get("datum") or Datum.CGCS2000) != Datum.CGCS2000:
        return None
    return Point(longitude, latitude)


def _doubt(values: Mapping[str, Any], township: Region | None) -> str:
    point = _point(values)
    found = suggest_datum(point, township) if point is not None and township is not None else ()
    if not found or township is None:
        return ""
    words = {
        "place": township.name,
        "metres": round(found[0].misses_by),
        "datums": _("、").join(str(Datum[one.datum.name].label) for one in found),
    }
    return (
        _("坐标系可能不对：这一点在%(place)s外 %(metres)d 米，按%(datums)s换算就在其内；请核对“坐标系”一栏")
        % words
    )
