"""A self-check that a campaign asks for: the enterprise's form, its answer, and who has answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.intake import Upload
from anwei.cases.lifecycle import Phase
from anwei.hazards.models import Campaign, SpecialCheck
from anwei.hazards.planning.bodies import require_official
from anwei.hazards.services.reports import keeps
from anwei.hazards.services.special_checks import Seen, report_special_check
from anwei.ledgers.listing import ClampedPaginator
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.org.responsibility import Vacant

ROWS = 50
STATES: dict[str, Q] = {
    "all": Q(),
    "told": Q(told__gt=0),
    "untold": Q(told=0),
    "reported": Q(reported_at__isnull=False),
    "waiting": Q(reported_at=None),
    "found": Q(n_found__gt=0),
    "open": Q(n_found__gt=F("n_closed")),
}


def tracked(campaign: Campaign, person: Person) -> QuerySet[Any]:
    """Return the self-checks of a campaign that a person sees, each with `n_found` and `n_closed` hazards."""
    closed = Count("hazards", filter=Q(hazards__phase=Phase.CLOSED))
    rows = SpecialCheck.objects.visible_to(person).filter(campaign=campaign)
    found: QuerySet[Any] = rows.select_related("enterprise__unit", "campaign").annotate(
        n_found=Count("hazards"), n_closed=closed
    )
    return found


def progress(rows: QuerySet[Any]) -> dict[str, int]:
    """Return how far self-checks are: asked, told, reported, found, closed off; one query."""
    told = [*rows.values_list("told", "reported_at", "n_found", "n_closed")]
    return {
        "asked": len(told),
        "told": sum(one[0] > 0 for one in told),
        "reported": sum(one[1] is not None for one in told),
        "found": sum(one[2] for one in told),
        "closed": sum(one[3] for one in told),
    }


@signed_in
@require_GET
def campaign_checks(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which enterprises a campaign asked, who has reported, what was found and closed off."""
    person = require_official(person_of(request), _("专项检查"))
    campaign: Campaign = get_object_or_404(Campaign.objects.visible_to(person), pk=pk)
    rows = tracked(campaign, person)
    state = request.GET.get("state", "all")
    state = state if state in STATES else "all"
    shown = rows.filter(STATES[state]).order_by("reported_at", "enterprise__unit__name", "pk")
    context = {
        "campaign": campaign,
        "progress": progress(rows),
        "state": state,
        "page": ClampedPaginator(shown, ROWS).get_page(request.GET.get("page", "1")),
        "today": timezone.localdate(),
    }
    return render(request, "hazards/campaign_checks.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def special_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one self-check: the form for who answers for safety there, else what was answered."""
    person = person_of(request)
    rows = SpecialCheck.objects.visible_to(person).select_related("campaign__organizer", "enterprise__unit")
    check: SpecialCheck = get_object_or_404(rows, pk=pk)
    may_report = check.reported_at is None and keeps(person, check.enterprise)
    errors: list[str] = []
    if request.method == "POST":
        try:
            answers = [_seen(request, n) for n in range(len(check.lines))]
            report_special_check(check, answers, actor=person, now=timezone.now())
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except (CaseError, Vacant) as error:
            errors = [str(error)]
        else:
            messages.success(request, _("专项自查已报送，查出的隐患已登记，由本企业整改。"))
            return redirect("special_check", pk=pk)
    answers_kept = [*check.answers, *({} for _line in check.lines[len(check.answers) :])]
    context = {
        "check": check,
        "lines": [
            (n, line, _typed(request, n) if may_report else kept)
            for n, (line, kept) in enumerate(zip(check.lines, answers_kept, strict=True))
        ],
        "may_report": may_report,
        "errors": errors,
        "hazards": check.hazards.visible_to(person).order_by("pk"),
    }
    return render(request, "hazards/special_check.html", context, status=422 if errors else 200)


def _typed(request: HttpRequest, n: int) -> dict[str, str]:
    limits = (("result", 16), ("note", 2000), ("place", 120), ("no_photo", 200))
    return {name: request.POST.get(f"line{n}_{name}", "")[:longest] for name, longest in limits}


def _seen(request: HttpRequest, n: int) -> Seen:
    typed = _typed(request, n)
    photos = [
        Upload(file.name or "", file.read(), taken_at=None, place=typed["place"])
        for file in request.FILES.getlist(f"line{n}_photo")
    ]
    return Seen(typed["result"], typed["note"], typed["place"], photos, typed["no_photo"])
