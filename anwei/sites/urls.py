"""Doors of this room's pages."""

from __future__ import annotations

from django.urls import include, path

from anwei.sites import responsibility, views

urlpatterns = [
    path("enterprises/", views.enterprises, name="enterprises"),
    path("enterprises/<int:pk>/", views.enterprise, name="enterprise"),
    path("sites/<int:pk>/", views.site, name="site"),
    path("org/responsibility/", responsibility.responsibility, name="responsibility"),
    path("org/responsibility/matrix/", responsibility.responsibility_matrix, name="responsibility_matrix"),
    path("", include("anwei.sites.risks.urls")),
    path("", include("anwei.sites.live.urls")),
]
