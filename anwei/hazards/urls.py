"""Doors of this room's pages."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from anwei.hazards.views import (
    arranging,
    campaigns,
    closures,
    draws,
    filing,
    inspections,
    inspectors,
    listings,
    penalties,
    phone,
    provincial,
    public,
    recheck,
    selfchecks,
    statistics,
    visit,
    visit_files,
)
from anwei.ledgers.views import registers
from anwei.org.policy import signed_in

LEDGER = signed_in(require_safe(RedirectView.as_view(url="/ledgers/hazards/")))

urlpatterns = [
    path("hazards/recheck/", recheck.hazard_recheck, name="hazard_recheck"),
    path("hazards/recheck/compute/", recheck.hazard_recheck_compute, name="hazard_recheck_compute"),
    path("hazards/recheck/draw/", recheck.hazard_recheck_draw, name="hazard_recheck_draw"),
    path("hazards/recheck/draws/<int:pk>/", recheck.hazard_recheck_list, name="hazard_recheck_list"),
    path("hazards/recheck/items/<int:pk>/", recheck.hazard_recheck_item, name="hazard_recheck_item"),
    path("hazards/", LEDGER, name="hazards"),
    path("hazards/closures/", closures.hazard_closures, name="hazard_closures"),
    path("hazards/provincial.xlsx", provincial.hazard_provincial, name="hazard_provincial"),
    path("ledgers/hazards/", signed_in(registers.register), {"code": "hazards"}, name="hazard_ledger"),
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
    path("inspections/", inspections.inspections, name="inspections"),
    path("inspections/new/", arranging.inspection_new, name="inspection_new"),
    path("inspections/merge/", arranging.inspection_merge, name="inspection_merge"),
    path("inspections/inspectors/", inspectors.inspectors, name="inspectors"),
    path("inspections/plan/", campaigns.inspection_plan, name="inspection_plan"),
    path("inspections/plan/new/", campaigns.campaign_new, name="campaign_new"),
    path("inspections/campaigns/<int:pk>/", campaigns.campaign, name="campaign"),
    path("inspections/campaigns/<int:pk>/close/", campaigns.campaign_close, name="campaign_close"),
    path("inspections/campaigns/<int:pk>/daily/", campaigns.campaign_daily, name="campaign_daily"),
    path("inspections/campaigns/<int:pk>/draw/", draws.draw_new, name="draw_new"),
    path("inspections/draws/<int:pk>/", draws.draw, name="draw"),
    path("inspections/scan/<slug:code>/", arranging.inspection_scan, name="inspection_scan"),
    path("inspections/phone/package/", phone.phone_package, name="phone_package"),
    path("inspections/phone/acts/", phone.phone_acts, name="phone_acts"),
    path("inspections/phone/files/", phone.phone_files, name="phone_files"),
    path("inspections/files/<int:pk>/", visit_files.visit_file, name="visit_file"),
    path("inspections/papers/<int:pk>/", visit_files.visit_paper, name="visit_paper"),
    path("inspections/<int:pk>/", visit.inspection, name="inspection"),
    path("inspections/<int:pk>/<slug:act>/", visit.inspection_act, name="inspection_act"),
    path("selfchecks/", selfchecks.self_checks, name="self_checks"),
    path("selfchecks/new/", selfchecks.self_check_new, name="self_check_new"),
    path("selfchecks/<int:pk>/", selfchecks.self_check, name="self_check"),
    path("hazards/statistics/", statistics.reports, name="hazard_statistics"),
    path(
        "hazards/statistics/<int:pk>/<int:year>/<int:quarter>/",
        statistics.report,
        name="hazard_statistics_of",
    ),
]
