"""The pages of 举一反三: from an accident, a hazard or typed conditions to whoever shares them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.analytics.lessons.conditions import (
    Condition,
    condition,
    conditions_of_accident,
    conditions_of_hazard,
    typed,
)
from anwei.analytics.lessons.models import Lesson
from anwei.analytics.lessons.search import Match, matches
from anwei.analytics.lessons.services import Origin, draw_lesson
from anwei.cases.errors import CaseError, NotYourTurn
from anwei.emergency.models import Accident
from anwei.hazards.models import Campaign, Grade, Hazard
from anwei.hazards.planning.bodies import bodies_of, require_official
from anwei.hazards.services.campaigns import opened_by_form
from anwei.hazards.views.special_checks import progress, tracked
from anwei.ledgers.listing import ClampedPaginator
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.org.register_rules import may_keep_registers
from anwei.standards.accidents import type_labels

ROWS = 50
RECENT = 10
KEY_LENGTH = 64


@signed_in
@require_GET
def lessons(request: HttpRequest) -> HttpResponse:
    """Show what was drawn, from what it can be drawn, and a form for conditions; `?c=` searches by those."""
    person = require_official(person_of(request), _("举一反三"))
    told = _ticked(request) or typed(request.GET)
    if told and "c" not in request.GET:
        return redirect(f"{request.path}?{urlencode([('c', one.key) for one in told])}")
    if told:
        return _page(request, person, Origin(), told)
    rows = Lesson.objects.filter(campaign__in=Campaign.objects.visible_to(person).values("pk"))
    rows = rows.select_related("campaign", "accident", "hazard")
    major = Hazard.objects.visible_to(person).filter(grade=Grade.MAJOR).order_by("-found_at")
    context = {
        "drawn": [(one, progress(tracked(one.campaign, person))) for one in rows[:RECENT]],
        "accidents": Accident.objects.visible_to(person)[:RECENT],
        "hazards": major[:RECENT],
        "types": type_labels().items(),
        "may_record": may_keep_registers(person),
    }
    return render(request, "lessons/list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_accident(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who shares the conditions of an accident; a POST asks the chosen for a self-check."""
    person = require_official(person_of(request), _("举一反三"))
    row = get_object_or_404(Accident.objects.visible_to(person), pk=pk)
    return _page(request, person, Origin(accident=row), conditions_of_accident(row))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_hazard(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who shares the conditions of a hazard; a POST asks the chosen for a self-check."""
    person = require_official(person_of(request), _("举一反三"))
    row = get_object_or_404(Hazard.objects.visible_to(person), pk=pk)
    return _page(request, person, Origin(hazard=row), conditions_of_hazard(row))


def _page(
    request: HttpRequest, person: Person, origin: Origin, conditions: Sequence[Condition]
) -> HttpResponse:
    now = timezone.now()
    ticked = [one for one in _ticked(request) if one in conditions]
    if not ticked and "ticked" not in request.GET and "ticked" not in request.POST:
        ticked = list(conditions)
    found = matches(ticked, person, origin.hazard.pk if origin.hazard is not None else None)
    own = bodies_of(person, now)
    error, key = "", request.POST.get("key", "")[:KEY_LENGTH] or uuid4().hex
    if request.method == "POST":
        if not own:
            raise PermissionDenied(_("专项自查由政府、部门、乡镇部署。"))
        if sent_before := opened_by_form(key, person):
            return redirect("campaign_checks", pk=sent_before.pk)
        try:
            chosen, told = _chosen(request, found), (ticked, len(found))
            lesson = draw_lesson(origin, chosen, *told, organizer=own[0], actor=person, now=now, key=key)
        except NotYourTurn as refused:
            raise PermissionDenied(str(refused)) from refused
        except CaseError as refused:
            if sent_before := opened_by_form(key, person):  # at the same moment
                return redirect("campaign_checks", pk=sent_before.pk)
            error = str(refused)
        else:
            n = lesson.campaign.target
            messages.success(request, _("已部署专项自查 %(n)d 家，各企业待办里已可见。") % {"n": n})
            return redirect("campaign_checks", pk=lesson.campaign_id)
    drawn = _drawn(origin, person)
    context = {
        "origin": origin,
        "conditions": [(one, one in ticked, sum(one in each.shown for each in found)) for one in conditions],
        "ticked": ticked,
        "page": ClampedPaginator(found, ROWS).get_page(request.GET.get("page", "1")),
        "found": found,
        "n_enterprises": sum(one.enterprise is not None for one in found),
        "is_body": bool(own),
        "organizer": own[0] if own else None,
        "error": error,
        "key": key,
        "drawn": [(one, progress(tracked(one.campaign, person))) for one in drawn],
        "own": origin.accident.enterprise_id
        if origin.accident
        else getattr(origin.hazard, "enterprise_id", None),
    }
    return render(request, "lessons/search.html", context, status=422 if error else 200)


def _drawn(origin: Origin, person: Person) -> Any:
    """Return the lessons drawn before from the same accident or hazard."""
    if origin.accident is None and origin.hazard is None:
        return Lesson.objects.none()
    same = Q(accident=origin.accident) if origin.accident is not None else Q(hazard=origin.hazard)
    rows = Lesson.objects.filter(same, campaign__in=Campaign.objects.visible_to(person).values("pk"))
    return rows.select_related("campaign")


def _ticked(request: HttpRequest) -> list[Condition]:
    told = request.POST if request.method == "POST" else request.GET
    return [one for one in map(condition, dict.fromkeys(told.getlist("c"))) if one is not None]


def _chosen(request: HttpRequest, found: Sequence[Match]) -> list[Match]:
    """Return the chosen enterprises among those found; `all` chooses every one, on whatever page."""
    if request.POST.get("all"):
        return [one for one in found if one.enterprise is not None]
    keys = set(request.POST.getlist("enterprise"))
    return [one for one in found if one.enterprise is not None and str(one.enterprise.pk) in keys]
