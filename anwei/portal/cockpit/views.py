"""The cockpit and its live part."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from anwei.monitoring.queries import n_active
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.org.policy import person_of, shown_on_walls
from anwei.oversight.services.instructing import may_instruct
from anwei.portal.cockpit.board import board
from anwei.portal.cockpit.differences import differences
from anwei.portal.cockpit.figures import figures
from anwei.portal.cockpit.townships import township_bars
from anwei.sites.colour import colour_counts, n_offline
from anwei.sites.models import Enterprise
from anwei.sites.statuses import counted_on

N_ALARMS, N_SENTENCES, N_BARS = 4, 4, 6
N_WALL_ALARMS, N_WALL_SENTENCES, N_WALL_BARS = 5, 4, 5


def state(person: Person, now: datetime, *, wall: bool = False) -> dict[str, Any]:
    """Return what the cockpit, or the wall, shows of what `person` may see."""
    n_alarms = n_active(person)
    counted = counted_on(day_of(now), Enterprise.objects.visible_to(person))
    alarms = board(person, now, N_WALL_ALARMS if wall else N_ALARMS)
    return {
        "figures": figures(person, now),
        "alarms": alarms,
        "n_more_alarms": n_alarms - sum(alarm.cleared_at is None for alarm in alarms),
        "sentences": differences(person, now, N_WALL_SENTENCES if wall else N_SENTENCES),
        "bars": township_bars(person, now, N_WALL_BARS if wall else N_BARS),
        "colours": colour_counts(counted),
        "n_offline": n_offline(counted),
        "may_instruct": not wall and may_instruct(person, now),
        "now": now,
        "wall": wall,
    }


@shown_on_walls
@require_GET
def cockpit(request: HttpRequest) -> HttpResponse:
    """Show the county, or the part of it that the person may see."""
    return render(request, "cockpit/page.html", state(person_of(request), timezone.now()))


@shown_on_walls
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """Return the parts that change, for htmx to swap in where they stand."""
    wall = "wall" in request.GET
    return render(
        request, "cockpit/live.html", state(person_of(request), timezone.now(), wall=wall) | {"swap": True}
    )


@shown_on_walls
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """Show the same on a dark screen of 1920x1080."""
    return render(request, "cockpit/wall.html", state(person_of(request), timezone.now(), wall=True))
