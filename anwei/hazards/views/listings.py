"""Listed supervision inside: the list, the proposal, the sign to print on the spot."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.lifecycle import Phase
from anwei.hazards.forms_listed import ProposalForm
from anwei.hazards.listed.facts import public_facts
from anwei.hazards.listed.proposing import may_propose, propose, why_not_listed
from anwei.hazards.models import Hazard, Listing
from anwei.hazards.models.listing import LEVELS
from anwei.org.policy import person_of, signed_in
from anwei.org.responsibility import Vacant
from anwei.sites.public_pages import public_address
from anwei.sites.risks.signs import REPORTING

A_PAGE = 20
LATE = "late"
SIZES = ("a4", "a3")


@signed_in
@require_GET
def listings(request: HttpRequest) -> HttpResponse:
    """List what is proposed, listed and lifted in one's scope, with the number of each state and level."""
    seen = Listing.objects.visible_to(person_of(request))
    states = _states()
    state, level = request.GET.get("state", ""), request.GET.get("level", "")
    level = level if level in dict(LEVELS) else ""
    rows = seen.filter(level=level) if level else seen
    counts = [(key, label, rows.filter(query).count()) for key, (label, query) in states.items()]
    chosen: QuerySet[Listing] = rows.filter(states[state][1]) if state in states else rows
    chosen = chosen.select_related(
        "on_hazard", "enterprise__unit", "site", "implementer__unit", "responsible__unit", "supervisor__unit"
    )
    page = Paginator(chosen.order_by("-in_force", "deadline", "-pk"), A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "counts": counts,
        "state": state if state in states else "",
        "level": level,
        "levels": [(key, label, seen.filter(level=key).count()) for key, label in LEVELS],
        "now": timezone.now(),
    }
    return render(request, "hazards/listings.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def listing_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a hazard for listing; what was typed stays where it is refused."""
    person = person_of(request)
    hazard = get_object_or_404(Hazard.objects.visible_to(person), pk=pk)
    if not why_not_listed(hazard) and not may_propose(hazard, person, timezone.now()):
        raise PermissionDenied(_("挂牌督办由看得到此隐患的部门、乡镇或者安委办提出。"))
    form = ProposalForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = propose(hazard, actor=person, now=timezone.now(), **form.cleaned_data)
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except (CaseError, Vacant) as error:
            form.add_error(None, str(error))
        else:
            sentence = _("已提出挂牌督办%(number)s，现由“%(post)s”下达通知书。")
            messages.success(request, sentence % {"number": made.number, "post": made.supervisor})
            return redirect("case", pk=made.pk)
    context = {"form": form, "hazard": hazard, "why_not": "" if form.is_bound else why_not_listed(hazard)}
    return render(request, "hazards/listing_new.html", context, status=422 if form.errors else 200)


@signed_in
@require_GET
def listing_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sign of a listing to print, on A4 or A3; there is none before the notice."""
    rows = Listing.objects.visible_to(person_of(request)).exclude(code="")
    listing = get_object_or_404(rows.select_related("on_hazard", "enterprise__unit"), pk=pk)
    size = request.GET.get("size", SIZES[0])
    if size not in SIZES:
        raise Http404
    address = public_address(request, reverse("listed_page", args=[listing.code]))
    context: dict[str, Any] = {
        "listing": listing,
        "facts": public_facts(listing),
        "size": size,
        "address": address.partition("://")[2],
        "drawn": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
        "reporting": REPORTING,
    }
    return render(request, "hazards/listing_sign.html", context)


def _states() -> dict[str, tuple[Any, Q]]:
    """Return the states of the list: its key, its label and the rows."""
    return {
        "proposed": (_("待下达"), Q(phase=Phase.REGISTERED)),
        "listed": (_("督办中"), Q(phase=Phase.ACTING)),
        LATE: (_("逾期"), Q(deadline__lt=timezone.now())),
        "to_lift": (_("待摘牌"), Q(phase=Phase.REVIEW)),
        "lifted": (_("已摘牌"), Q(outcome="lifted")),
    }
