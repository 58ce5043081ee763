"""Arranging visits: planning one, making one of several, and coming by the sign at the gate."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.inspection_forms import VisitForm
from anwei.hazards.models import Visit
from anwei.hazards.planning.bodies import require_body
from anwei.hazards.planning.capping import used_by, yearly_cap
from anwei.hazards.services.cancelling import merge_visits
from anwei.hazards.services.opening import Whereabouts
from anwei.hazards.services.visits import closed, plan_visit
from anwei.hazards.views.filing import places_found, where_asked
from anwei.hazards.views.inspections import OPEN, ROWS
from anwei.ledgers.listing import number_in
from anwei.org.holdings import day_of
from anwei.org.models import Unit
from anwei.org.policy import person_of, signed_in
from anwei.sites.models import Enterprise, RiskPoint
from anwei.sites.risks.signs import behind


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def inspection_new(request: HttpRequest) -> HttpResponse:
    """Plan a visit to `?enterprise=` or `?site=`; without either, choose one."""
    person, now = person_of(request), timezone.now()
    require_body(person, now)
    where = where_asked(request, person)
    if where is None or where == Whereabouts():
        return render(request, "inspections/where.html", places_found(request, person))
    initial = {
        "campaign": number_in(request.GET.get("campaign", "")),
        "reason": "campaign" if request.GET.get("campaign") else "plan",
    }
    form = VisitForm(
        request.POST or None, person=person, now=now, initial=initial, enterprise=where.enterprise
    )
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            visit = plan_visit(
                where,
                actor=person,
                now=now,
                body=told["body"],
                planned_on=told["planned_on"],
                reason=told["reason"],
                reason_text=told["reason_text"],
                announced=told["announced"] == "1",
                campaign=told["campaign"],
                others=list(told["others"]),
                inspectors=form.people(),
            )
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            told_them, kept = (
                _("检查%(number)s已安排，已告知企业。"),
                _("检查%(number)s已安排，到场以前企业看不到。"),
            )
            said = told_them if visit.announced else kept
            messages.success(request, said % {"number": visit.number})
            return redirect("inspection", pk=visit.pk)
    context = {
        "form": form,
        "where": where,
        "closed": closed(where.completed()),
        "used": used_by([*require_body(person, now), *_chosen(form)], where.enterprise, _year(form, now)),
        "cap": yearly_cap(),
    }
    return render(request, "inspections/new.html", context, status=422 if form.errors else 200)


def _chosen(form: VisitForm) -> list[Unit]:
    """Return the other bodies that a form names, as far as it holds."""
    return list(form.cleaned_data.get("others", ())) if form.is_bound else []


def _year(form: VisitForm, now: datetime) -> int:
    day: date | None = form.cleaned_data.get("planned_on") if form.is_bound else None
    return (day or day_of(now)).year


@signed_in
@require_POST
def inspection_merge(request: HttpRequest) -> HttpResponse:
    """Make one visit of those whose keys are given."""
    person, now = person_of(request), timezone.now()
    require_body(person, now)
    keys = [key for text in request.POST.get("visits", "").split(",") if (key := number_in(text))]
    visits = list(Visit.objects.visible_to(person).filter(pk__in=keys[:ROWS]))
    if len(visits) != len(set(keys)):
        raise Http404
    try:
        kept = merge_visits(visits, actor=person, now=now)
    except NotYourTurn as error:
        raise PermissionDenied(str(error)) from error
    except CaseError as error:
        messages.error(request, str(error))
        return redirect("inspection_plan")
    messages.success(request, _("已合并为一次检查%(number)s。") % {"number": kept.number})
    return redirect("inspection", pk=kept.pk)


@signed_in
@require_GET
def inspection_scan(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the sign at a gate leads an inspector to: own visits here to begin, or a new one."""
    person, now = person_of(request), timezone.now()
    bodies = require_body(person, now)
    thing = behind(code)
    enterprise = thing.site.enterprise if isinstance(thing, RiskPoint) else thing
    if enterprise is None or not Enterprise.objects.visible_to(person).filter(pk=enterprise.pk).exists():
        raise Http404
    rows = Visit.objects.visible_to(person).filter(OPEN["planned"] | OPEN["begun"], enterprise=enterprise)
    mine = rows.filter(Q(bodies__in=bodies) | Q(attendances__person=person)).distinct()
    context = {
        "enterprise": enterprise,
        "code": code,
        "visits": mine.order_by("planned_on", "pk").prefetch_related("bodies"),
        "today": timezone.localdate(),
    }
    return render(request, "inspections/scan.html", context)
