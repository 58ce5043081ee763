"""Visits: the list, and the month's sheet."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.views.decorators.http import require_GET

from anwei.cases.counted import within
from anwei.hazards.inspection_forms import states
from anwei.hazards.models import Visit
from anwei.hazards.planning.bodies import bodies_of
from anwei.hazards.planning.coverage import of_campaign
from anwei.ledgers.listing import ClampedPaginator, number_in
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in

ROWS = 20
A_DAY = 3  # visits that a day of the month shows
OPEN = {
    "planned": Q(begun_at=None, cancelled_at=None),
    "begun": Q(begun_at__isnull=False, ended_at=None),
    "ended": Q(ended_at__isnull=False),
    "cancelled": Q(cancelled_at__isnull=False),
}


@signed_in
@require_GET
def inspections(request: HttpRequest) -> HttpResponse:
    """Show the visits a person may see: a list to filter, or with `?month=2026-11` a month's sheet."""
    person, now = person_of(request), timezone.now()
    rows = _filtered(request, person)
    context: dict[str, Any] = {
        "states": states(),
        "state": request.GET.get("state", ""),
        "words": request.GET.get("q", "").strip()[:60],
        "is_body": bool(bodies_of(person, now)),
        "today": timezone.localdate(),
    }
    if "month" in request.GET:
        first = _month(request.GET["month"], timezone.localdate())
        return render(request, "inspections/month.html", {**context, **_sheet(rows, first)})
    context["page"] = ClampedPaginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    return render(request, "inspections/list.html", context)


def _filtered(request: HttpRequest, person: Person) -> QuerySet[Visit]:
    rows = Visit.objects.visible_to(person)
    asked = request.GET
    if asked.get("state") in OPEN:
        rows = rows.filter(OPEN[asked["state"]])
    if words := asked.get("q", "").strip()[:60]:
        rows = rows.filter(
            Q(number__icontains=words)
            | Q(enterprise__unit__name__icontains=words)
            | Q(site__name__icontains=words)
        )
    for name, column in (("enterprise", "enterprise"), ("body", "bodies")):
        if key := number_in(asked.get(name, "")):
            rows = rows.filter(**{column: key})
    if key := number_in(asked.get("campaign", "")):
        rows = rows.filter(of_campaign(key))
    if asked.get("mine"):
        rows = rows.filter(attendances__person=person)
    if day := _day(asked.get("on", "")):
        rows = rows.filter(planned_on=day)
    if day := _day(asked.get("begun_on", "")):
        rows = rows.filter(begun_at__date=day)
    rows = within(rows, asked, "planned_on")
    related = ("enterprise__unit", "site", "body", "campaign", "merged_into")
    return rows.select_related(*related).prefetch_related("bodies").order_by("-planned_on", "-pk")


def _sheet(rows: QuerySet[Visit], first: date) -> dict[str, Any]:
    following = (first.replace(day=28) + (date(2000, 1, 5) - date(2000, 1, 1))).replace(day=1)
    by_day: dict[date, list[Visit]] = defaultdict(list)
    for visit in rows.filter(planned_on__gte=first, planned_on__lt=following, merged_into=None):
        by_day[visit.planned_on].append(visit)
    weeks = [
        [
            (day, by_day[day][:A_DAY], max(0, len(by_day[day]) - A_DAY)) if day.month == first.month else None
            for day in week
        ]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    before = (first - (date(2000, 1, 2) - date(2000, 1, 1))).replace(day=1)
    return {
        "weeks": weeks,
        "first": first,
        "before": f"{before:%Y-%m}",
        "following": f"{following:%Y-%m}",
        "n": sum(map(len, by_day.values())),
        "weekdays": [str(name).removeprefix("星期") for name in WEEKDAYS_ABBR.values()],
    }


def _month(text: str, today: date) -> date:
    return _day(f"{text}-01") or today.replace(day=1)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
