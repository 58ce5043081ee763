"""The county at a glance in four colours, what waits for a second person, what is due again, what was."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from anwei.ledgers.listing import ClampedPaginator
from anwei.org.policy import person_of, signed_in
from anwei.sites.models import Assessment, Grade
from anwei.sites.queries import township_names
from anwei.sites.risks.queries import (
    due_assessments,
    due_points,
    open_assessments,
    risk_counts_by_township,
    told,
)
from anwei.standards.risk.control import control_rules

GRADES = (*Grade.values, "")  # the gravest first, then what was not assessed
ROWS = 30
STATES = ("waiting", "confirmed", "returned")


@signed_in
@require_GET
def risks(request: HttpRequest) -> HttpResponse:
    """Show how many enterprises and risk points of each colour each township has."""
    person, names = person_of(request), township_names()
    counts = risk_counts_by_township(person)
    rows = [
        (code, names.get(code, code), _in_order(one.enterprises), _in_order(one.points))
        for code, one in counts.items()
    ]
    enterprises = sum((one.enterprises for one in counts.values()), Counter[str]())
    points = sum((one.points for one in counts.values()), Counter[str]())
    context = {
        "rows": rows,
        "grades": GRADES,
        "enterprises": _in_order(enterprises),
        "points": _in_order(points),
    }
    return render(request, "sites/risks/overview.html", {**context, **tabs(request)})


@signed_in
@require_GET
def risk_assessments(request: HttpRequest) -> HttpResponse:
    """Show the assessments a person may see, the newest first: those that wait, or all by state."""
    seen: QuerySet[Assessment] = Assessment.objects.visible_to(person_of(request))
    state = request.GET.get("state", "")
    rows = {
        "waiting": open_assessments(seen),
        "confirmed": seen.filter(confirmed_at__isnull=False),
        "returned": seen.filter(returned_at__isnull=False),
    }.get(state, seen)
    related = ("owner__unit", "enterprise__unit", "installation", "point")
    context = {"page": _page(request, told(rows.select_related(*related))), "state": state, "states": STATES}
    return render(request, "sites/risks/assessments.html", {**context, **tabs(request)})


@signed_in
@require_GET
def risk_due(request: HttpRequest) -> HttpResponse:
    """Show what must be assessed again within the next ninety days, the longest overdue first."""
    person, today = person_of(request), timezone.localdate()
    until = today + timedelta(days=control_rules().soon_days)
    related = ("owner__unit", "enterprise__unit", "installation")
    context = {
        "assessments": told(due_assessments(person, until).select_related(*related))[:ROWS],
        "page": _page(
            request, due_points(person, until).select_related("site__enterprise__unit", "site__unit")
        ),
        "today": today,
        "days": control_rules().soon_days,
    }
    return render(request, "sites/risks/due.html", {**context, **tabs(request)})


def tabs(request: HttpRequest) -> dict[str, int]:
    """Return the numbers that stand on the tabs of these pages."""
    person = person_of(request)
    until = timezone.localdate() + timedelta(days=control_rules().soon_days)
    return {
        "n_waiting": open_assessments(Assessment.objects.visible_to(person)).count(),
        "n_due": due_assessments(person, until).count() + due_points(person, until).count(),
    }


def _in_order(counts: Counter[str]) -> list[tuple[str, int]]:
    return [(grade, counts[grade]) for grade in GRADES]


def _page(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    return ClampedPaginator(rows, ROWS).get_page(request.GET.get("page", "1"))
