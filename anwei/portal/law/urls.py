"""Doors of law at hand."""

from __future__ import annotations

from django.urls import path

from anwei.portal.law import views

urlpatterns = [
    path("law/", views.law, name="law"),
    path("law/<path:address>/", views.law_entry, name="law_entry"),
]
