"""What everybody reads without an account: listed hazards with their progress, and penalties."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from anwei.cases.templatetags.cases import phase_label
from anwei.hazards.listed.facts import (
    due_on,
    dues_of,
    is_late,
    public_facts,
    public_listings,
    public_progress,
    public_title,
)
from anwei.hazards.penalties.publishing import public_penalties, public_withdrawals
from anwei.org.accounts.address import counted_address
from anwei.org.holdings import day_of
from anwei.org.policy import public
from anwei.sites.public_pages import answered, has_room
from anwei.sites.risks.signs import REPORTING

A_PAGE = 30
DOOR = "listed"
NONE = "hazards/public_none.html"


@public
@require_GET
def listed_public(request: HttpRequest) -> HttpResponse:
    """List the listed hazards of the county, those that stand first; a lifted one stays for a year."""
    if not has_room(DOOR, "visits", counted_address(request)):
        return answered(request, NONE, {"busy": True}, 429)
    now = timezone.now()
    rows = public_listings(day_of(now))
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    dues = dues_of(page)
    context = {
        "page": page,
        "rows": [
            (row, public_title(row), phase_label(row), dues[row.pk], is_late(row, dues[row.pk], now))
            for row in page
        ],
        "n_standing": rows.filter(in_force=True).count(),
        "reporting": REPORTING,
        "now": now,
    }
    return answered(request, "hazards/public_listings.html", context)


@public
@require_GET
def listed_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one listed hazard and its progress; who guesses codes is soon answered no more."""
    address = counted_address(request)
    if not has_room(DOOR, "visits", address) or not has_room(DOOR, "misses", address, count=False):
        return answered(request, NONE, {"busy": True}, 429)
    now = timezone.now()
    listing = public_listings(day_of(now)).filter(code=code).first() if code else None
    if listing is None:
        has_room(DOOR, "misses", address)
        return answered(request, NONE, {}, 404)
    context = {
        "listing": listing,
        "title": public_title(listing),
        "state": phase_label(listing),
        "hazard_state": phase_label(listing.on_hazard),
        "facts": public_facts(listing),
        "progress": list(public_progress(listing)),
        "is_late": is_late(listing, due_on(listing), now),
        "reporting": REPORTING,
        "now": now,
    }
    return answered(request, "hazards/public_listing.html", context)


@public
@require_GET
def penalties_public(request: HttpRequest) -> HttpResponse:
    """List the penalties that are public today, the newest first, and why others were withdrawn."""
    if not has_room(DOOR, "visits", counted_address(request)):
        return answered(request, NONE, {"busy": True}, 429)
    now = timezone.now()
    page = Paginator(public_penalties(day_of(now)), A_PAGE).get_page(request.GET.get("page"))
    withdrawn = public_withdrawals(day_of(now))[:A_PAGE] if page.number == 1 else []
    context = {"page": page, "withdrawn": withdrawn, "reporting": REPORTING, "now": now}
    return answered(request, "hazards/public_penalties.html", context)
