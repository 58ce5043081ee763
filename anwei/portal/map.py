"""The map's data: enterprises in their live colour and townships in their gravest one, as GeoJSON."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Left, Length
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from anwei.org.models import Territory
from anwei.org.policy import person_of, shown_on_walls
from anwei.sites.colour import COLOUR_CHOICES, WATCH_CHOICES, coloured, watched
from anwei.sites.models import Enterprise
from anwei.sites.queries import TOWNSHIP_DIGITS

GRAVEST_FIRST = ("red", "orange", "yellow", "blue")
DECIMALS = 5  # of a degree: about a metre


def collection(features: list[dict[str, Any]]) -> JsonResponse:
    """Return the features as a GeoJSON FeatureCollection (lon, lat in degrees, CGCS2000)."""
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )


@shown_on_walls
@require_GET
def sites(request: HttpRequest) -> JsonResponse:
    """Return the enterprises that the person may see and whose place is known."""
    words = {code: str(word) for code, word in COLOUR_CHOICES}
    states = {code: f" · {word}" for code, word in WATCH_CHOICES if code != "online"}
    rows = coloured(
        watched(
            Enterprise.objects.visible_to(person_of(request))
            .filter(longitude__isnull=False, latitude__isnull=False)
            .select_related("unit")
            .annotate(n_alarms=Count("alarms", Q(alarms__cleared_at__isnull=True)))
        )
    )
    return collection(
        [
            {
                "type": "Feature",
                "id": row.pk,
                "geometry": {
                    "type": "Point",
                    "coordinates": [round(row.longitude, DECIMALS), round(row.latitude, DECIMALS)],
                },
                "properties": {
                    "id": row.pk,
                    "name": str(row),
                    "sector": row.get_sector_display(),
                    "colour": row.colour,
                    "word": words[row.colour] + states.get(row.watch, ""),
                    "n_alarms": row.n_alarms,
                    "url": reverse("enterprise", args=[row.pk]),
                },
            }
            for row in rows
        ]
    )


@shown_on_walls
@require_GET
def territories(request: HttpRequest) -> JsonResponse:
    """Return all townships, each with the gravest colour of the enterprises the person may see there."""
    seen = coloured(Enterprise.objects.visible_to(person_of(request))).order_by()
    pairs = seen.values_list(Left("unit__territory", TOWNSHIP_DIGITS), "colour").distinct()
    colours: dict[str, set[str]] = {}
    for code, colour in pairs:
        colours.setdefault(code, set()).add(colour)
    townships = Territory.objects.annotate(n_digits=Length("code")).filter(
        n_digits=TOWNSHIP_DIGITS, boundary__isnull=False
    )
    return collection(
        [
            {
                "type": "Feature",
                "geometry": township.boundary,
                "properties": {
                    "code": township.code,
                    "name": township.name,
                    "colour": next((c for c in GRAVEST_FIRST if c in colours.get(township.code, ())), "none"),
                },
            }
            for township in townships
        ]
    )
