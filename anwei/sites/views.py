"""Enterprises: the list with state colours, and the file of one (一企一档)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.ledgers.children import children_of
from anwei.ledgers.listing import Listing
from anwei.org.policy import person_of, signed_in
from anwei.sites.colour import COLOUR_CHOICES, colour_counts
from anwei.sites.enterprise_file import sheets_of
from anwei.sites.filters import EnterpriseFilter
from anwei.sites.ledger import SITES
from anwei.sites.models import Enterprise, Site
from anwei.sites.queries import (
    TOWNSHIP_DIGITS,
    answerable_for,
    enterprises_of,
    regulators_of,
    township_names,
)
from anwei.sites.tables import EnterpriseTable


@signed_in
@require_GET
def enterprises(request: HttpRequest) -> HttpResponse:
    """Show the enterprises of a person's scope, coloured by what their sensors say now."""
    person = person_of(request)
    listing = Listing(
        request,
        name="enterprises",
        rows=enterprises_of(person),
        filterset=EnterpriseFilter,
        table=EnterpriseTable,
        townships=township_names(),
    )
    if sheet := listing.export(_("企业")):
        return sheet
    counts = colour_counts(Enterprise.objects.visible_to(person))
    words = dict(COLOUR_CHOICES)
    context = {"listing": listing, "colours": [(code, words[code], n) for code, n in counts.items() if n]}
    return render(request, "sites/enterprises.html", context)


@signed_in
@require_GET
def enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything about one enterprise on one page."""
    person, now = person_of(request), timezone.now()
    shown = get_object_or_404(enterprises_of(person), pk=pk)
    context = {
        "enterprise": shown,
        "township": township_names().get(shown.unit.territory[:TOWNSHIP_DIGITS], shown.unit.territory),
        "regulators": regulators_of(shown, timezone.localdate()),
        "answerable": answerable_for(shown, now),
        "sites": shown.sites.all(),
        "registers": children_of(shown, person, leaving_out=("sites",)),  # which have their own card
        "may_add_site": SITES.may_write(person),
        "sheets": sheets_of(shown, person, now),
    }
    return render(request, "sites/enterprise.html", context)


@signed_in
@require_GET
def site(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything about one place, whether it belongs to an enterprise or not."""
    person = person_of(request)
    places = Site.objects.visible_to(person).select_related("unit", "enterprise__unit")
    shown = get_object_or_404(places, pk=pk)
    township = township_names().get(shown.territory[:TOWNSHIP_DIGITS], shown.territory)
    context = {
        "site": shown,
        "township": township,
        "answerable": answerable_for(shown, timezone.now()),
        "registers": children_of(shown, person),
    }
    return render(request, "sites/site.html", context)
