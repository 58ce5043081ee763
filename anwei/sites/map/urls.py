"""Doors of the map."""

from __future__ import annotations

from django.urls import path

from anwei.sites.map.views import boundaries, datums, pages

urlpatterns = [
    path("map/", pages.map_page, name="map"),
    path("map/search/", pages.map_search, name="map_search"),
    path("map/nearby/", pages.map_nearby, name="map_nearby"),
    path("map/list/", pages.map_list, name="map_list"),
    path("map/townships.geojson", pages.map_townships, name="map_townships"),
    path("map/layers/<slug:code>.geojson", pages.map_layer, name="map_layer"),
    path("map/datums/", datums.map_datums, name="map_datums"),
    path("map/datums/<slug:kind>/<int:pk>/", datums.map_datum, name="map_datum"),
    path("map/boundaries/", boundaries.map_boundaries, name="map_boundaries"),
    path("map/boundaries/<int:code>/", boundaries.map_boundary, name="map_boundary"),
]
