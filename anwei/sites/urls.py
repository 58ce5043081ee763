"""Doors of this room's pages."""

from __future__ import annotations

from django.urls import include, path

from anwei.sites import own_file, responsibility, views

urlpatterns = [
    path("enterprises/", views.enterprises, name="enterprises"),
    path("enterprises/own/", own_file.own_file, name="enterprise_own"),
    path("enterprises/<int:pk>/", views.enterprise, name="enterprise"),
    path("enterprises/<int:pk>/timeline/", views.enterprise_timeline, name="enterprise_timeline"),
    path("enterprises/<int:pk>/export/", views.enterprise_export, name="enterprise_export"),
    path("sites/<int:pk>/", views.site, name="site"),
    path("org/responsibility/", responsibility.responsibility, name="responsibility"),
    path("org/responsibility/matrix/", responsibility.responsibility_matrix, name="responsibility_matrix"),
    path("", include("anwei.sites.risks.urls")),
    path("", include("anwei.sites.live.urls")),
    path("", include("anwei.sites.map.urls")),
]
