"""The map page, its search and radius lists, and the same as a plain list; the GeoJSON behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from anwei.ledgers.listing import ClampedPaginator
from anwei.ledgers.search.grams import MAX_QUERY, query_words
from anwei.org.accounts.administration import is_of_the_county
from anwei.org.committee_office import is_of_the_office
from anwei.org.models import Person, Post
from anwei.org.policy import person_of, signed_in
from anwei.org.register_rules import may_keep_registers
from anwei.sites.map.asking import USUAL_METRES, Centre, Unclear, centre_in, metres_in
from anwei.sites.map.geojson import answer, collection, points_document
from anwei.sites.map.layers import counted, layer_of, layers
from anwei.sites.map.nearby import STEPS, things_near
from anwei.sites.map.searching import search_map, townships_named
from anwei.sites.map.townships import shaded_townships, townships
from anwei.sites.models import Grade

MOST_LISTED = 300
A_PAGE = 50


@signed_in
@require_GET
def map_page(request: HttpRequest) -> HttpResponse:
    """Show the map with the legend of all layers."""
    return _page(request, {})


@signed_in
@require_GET
def map_search(request: HttpRequest) -> HttpResponse:
    """Show what a name, an address or a code means, to go there on the map."""
    query = request.GET.get("q", "").strip()[:MAX_QUERY]
    context = {
        "found": "search",
        "query": query,
        "too_short": bool(query) and not query_words(query),
        "hits": search_map(person_of(request), query),
        "townships": townships_named(query),
    }
    return _page(request, context)


@signed_in
@require_GET
def map_nearby(request: HttpRequest) -> HttpResponse:
    """List what lies within a radius of an enterprise, a place or a point, the nearest first."""
    person, unclear = person_of(request), ""
    centre: Centre | None = None
    metres, things = float(USUAL_METRES), []
    try:
        metres = metres_in(request.GET)
        centre = centre_in(request.GET, person)
        things = things_near(person, centre.point, metres) if centre else []
    except Unclear as fault:
        unclear = str(fault)
    if centre is not None:  # the centre itself is no news
        things = [one for one in things if (one.layer.page, one.feature.pk) != (centre.kind, centre.pk)]
    context = {
        "found": "nearby",
        "centre": centre,
        "metres": round(metres),
        "unclear": unclear,
        "things": things[:MOST_LISTED],
        "n_things": len(things),
        "limit": MOST_LISTED,
    }
    return _page(request, context, status=422 if unclear else 200)


@signed_in
@require_GET
def map_list(request: HttpRequest) -> HttpResponse:
    """List what a layer shows, for those without a map."""
    person, code = person_of(request), request.GET.get("layer", layers()[0].code)
    try:
        layer = layer_of(code)
    except LookupError as error:
        raise Http404 from error
    category, rows = request.GET.get("category", ""), list(layer.points.features(person, None))
    rank = {each.code: place for place, each in enumerate(layer.categories)}
    rows = [row for row in rows if category in ("", row.category)]
    rows.sort(key=lambda row: (rank.get(row.category, len(rank)), row.pk))
    page = ClampedPaginator(rows, A_PAGE).get_page(request.GET.get("page", "1"))
    context = {
        "layers": layers(),
        "layer": layer,
        "category": category,
        "page": page,
        "rows": [(row, layer.category(row.category)) for row in page],
    }
    return render(request, "sites/map/list.html", context)


@signed_in
@require_GET
@gzip_page
def map_layer(request: HttpRequest, code: str) -> HttpResponseBase:
    """Return the points of a layer that the person may see and whose place is known."""
    try:
        layer = layer_of(code)
    except LookupError as error:
        raise Http404 from error
    return answer(request, points_document(layer.points.features(person_of(request), None)))


@signed_in
@require_GET
@gzip_page
def map_townships(request: HttpRequest) -> HttpResponseBase:
    """Return the townships' polygons, each with its colours as the person sees them."""
    return answer(request, collection(shaded_townships(person_of(request))))


def _page(request: HttpRequest, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """Answer with the whole page, or with the list beside the map alone where that is asked for."""
    asked = {name: request.GET.get(name, "")[:20] for name in ("longitude", "latitude")}
    shared = {"asked": asked, "steps": STEPS, "usual": USUAL_METRES, **context}
    if request.headers.get("HX-Request") == "true":
        return render(request, "sites/map/found.html", shared)
    person = person_of(request)
    shared |= {"counted": list(counted(person)), "grades": Grade.choices, **_duties(person)}
    shared["switched_on"] = request.GET.get("layers", "").split(",")  # beside those the map begins with
    return render(request, "sites/map/map.html", shared, status=status)


def _duties(person: Person) -> dict[str, Any]:
    """Return what the page offers to those who keep registers or the townships' polygons."""
    now = timezone.now()
    drawn = townships().aggregate(n=Count("pk"), drawn=Count("pk", filter=Q(boundary__isnull=False)))
    return {
        "n_townships": drawn["n"],
        "n_drawn": drawn["drawn"],
        "keeps_registers": may_keep_registers(person),
        "keeps_boundaries": is_of_the_county(person, now, Post.Kind.SYSTEM_ADMIN)
        or is_of_the_office(person, now),
    }
