"""Doors of this room's pages."""

from __future__ import annotations

from django.urls import path

from anwei.emergency import views
from anwei.ledgers.views import registers
from anwei.org.policy import signed_in

urlpatterns = [
    path("ledgers/accidents/", signed_in(registers.register), {"code": "accidents"}, name="accidents"),
    path("accidents/<int:pk>/", views.accident, name="accident"),
]
