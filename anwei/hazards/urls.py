"""Doors of this room's pages."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from anwei.hazards.views import filing, listings, penalties, public
from anwei.org.policy import signed_in

LEDGER = signed_in(require_safe(RedirectView.as_view(url="/cases/?kind=hazard")))

urlpatterns = [
    path("hazards/", LEDGER, name="hazards"),
    path("hazards/new/", filing.hazard_new, name="hazard_new"),
    path("hazards/beside/", filing.hazard_beside, name="hazard_beside"),
    path("hazards/<int:pk>/list/", listings.listing_propose, name="listing_propose"),
    path("listings/", listings.listings, name="listings"),
    path("listings/<int:pk>/sign/", listings.listing_sign, name="listing_sign"),
    path("penalties/", penalties.penalties, name="penalties"),
    path("penalties/new/", penalties.penalty_new, name="penalty_new"),
    path("penalties/<int:pk>/take-down/", penalties.penalty_take_down, name="penalty_take_down"),
    path("public/listed/", public.listed_public, name="listed_public"),
    path("public/penalties/", public.penalties_public, name="penalties_public"),
    path("g/<slug:code>", public.listed_page, name="listed_page"),
]
