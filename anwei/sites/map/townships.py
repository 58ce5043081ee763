"""The townships on the map: their polygons, and how many of each colour a person may see there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Length

from anwei.org.models import Person, Territory
from anwei.sites.models import Grade
from anwei.sites.queries import TOWNSHIP_DIGITS
from anwei.sites.risks.queries import TownshipRisks, risk_counts_by_township
from anwei.standards.geography.regions import Region
from anwei.standards.geography.shapes import region_of_geometry

NO_COLOUR = "none"


def townships() -> QuerySet[Territory]:
    """Return all townships, with or without a polygon."""
    return Territory.objects.annotate(n_digits=Length("code")).filter(n_digits=TOWNSHIP_DIGITS)


def township_regions(codes: Collection[str] | None = None) -> dict[str, Region]:
    """Return the region of each township (of those with these codes) that has a polygon, by its code."""
    drawn = townships().filter(boundary__isnull=False)
    drawn = drawn if codes is None else drawn.filter(code__in=codes)
    rows = drawn.values_list("code", "name", "boundary")
    return {code: region_of_geometry(name, code, boundary) for code, name, boundary in rows if boundary}


def shaded_townships(person: Person) -> list[dict[str, Any]]:
    """Return the townships as GeoJSON features.

    `colour` is the gravest of the enterprises that the person may see, `enterprises` and `points` the numbers
    of each grade in the order of `Grade`, then of those without one.
    """
    counts = risk_counts_by_township(person)
    features = []
    for row in townships().filter(boundary__isnull=False):
        found = counts.get(row.code, TownshipRisks())
        grades = (*Grade.values, "")
        gravest = next((grade for grade in Grade.values if found.enterprises[grade]), NO_COLOUR)
        features.append(
            {
                "type": "Feature",
                "geometry": row.boundary,
                "properties": {
                    "code": row.code,
                    "name": row.name,
                    "colour": gravest,
                    "enterprises": [found.enterprises[grade] for grade in grades],
                    "points": [found.points[grade] for grade in grades],
                },
            }
        )
    return features
