"""Doors of this room's pages."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from anwei.hazards.views import filing
from anwei.org.policy import signed_in

LEDGER = signed_in(require_safe(RedirectView.as_view(url="/cases/?kind=hazard")))

urlpatterns = [
    path("hazards/", LEDGER, name="hazards"),
    path("hazards/new/", filing.hazard_new, name="hazard_new"),
    path("hazards/beside/", filing.hazard_beside, name="hazard_beside"),
]
