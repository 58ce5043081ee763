"""Doors of the live colour."""

from __future__ import annotations

from django.urls import path

from anwei.sites.live import views, what_if_page

urlpatterns = [
    path("risks/colour-rules/", views.colour_rules, name="colour_rules"),
    path("risks/what-if/", what_if_page.what_if_page, name="what_if"),
]
