"""Doors of this room's pages."""

from __future__ import annotations

from django.urls import path

from anwei.sites import views

urlpatterns = [
    path("enterprises/", views.enterprises, name="enterprises"),
    path("enterprises/<int:pk>/", views.enterprise, name="enterprise"),
]
