"""Doors of the live colour."""

from __future__ import annotations

from django.urls import path

from anwei.sites.live import views

urlpatterns = [path("risks/colour-rules/", views.colour_rules, name="colour_rules")]
