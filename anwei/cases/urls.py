"""Doors of this room's pages."""

from __future__ import annotations

from django.urls import path

from anwei.cases.views import case, evidence, lists

urlpatterns = [
    path("work/", lists.work, name="work"),
    path("cases/", lists.cases, name="cases"),
    path("cases/<int:pk>/", case.case, name="case"),
    path("cases/<int:pk>/<slug:verb>/", case.case_advance, name="case_advance"),
    path("evidence/<int:pk>/", evidence.evidence, name="evidence"),
]
