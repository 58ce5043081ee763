"""Visits: the list and the month, one visit, planning one, and coming by the sign at the gate."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.inspection_forms import EndForm, GoingForm, RatingForm, VisitForm, going_of, states
from anwei.hazards.models import State, Visit
from anwei.hazards.planning.bodies import bodies_of, is_of_the_office, require_body
from anwei.hazards.planning.capping import n_counted, yearly_cap
from anwei.hazards.services.opening import Whereabouts
from anwei.hazards.services.visiting import begin_visit, end_visit, may_rate, rate_visit, too_few
from anwei.hazards.services.visits import REGISTER, cancel_visit, change_visit, merge_visits, plan_visit
from anwei.hazards.views.filing import places_found, where_asked
from anwei.ledgers.listing import ClampedPaginator, number_in
from anwei.ledgers.models import Change
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.sites.models import Enterprise, RiskPoint
from anwei.sites.risks.signs import behind

ROWS = 20
A_DAY = 3  # visits that a day of the month shows
LINES = {
    "plan": gettext_lazy("已安排"),
    "change": gettext_lazy("已改日期或者人员"),
    "cancel": gettext_lazy("已取消"),
    "merge": gettext_lazy("已合并"),
    "begin": gettext_lazy("已开始"),
    "end": gettext_lazy("已结束"),
    "rate": gettext_lazy("企业已评价"),
}
SAID = {
    "begin": gettext_lazy("检查已开始。"),
    "cancel": gettext_lazy("检查已取消。"),
    "end": gettext_lazy("检查已结束，企业可以查看和评价。"),
    "change": gettext_lazy("日期和人员已保存。"),
    "rate": gettext_lazy("评价已提交，检查单位看得到分数和意见。"),
}
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


@signed_in
@require_GET
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one visit: who, when, why, under which article; what was checked; how it was rated."""
    return _shown(request, _visit(request, pk))


@signed_in
@require_POST
def inspection_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Begin, end, change, cancel or rate a visit; what is refused is said on its page."""
    visit = _visit(request, pk)
    forms: dict[str, Any] = {}
    try:
        said = _done(request, visit, act, forms)
    except NotYourTurn as error:
        raise PermissionDenied(str(error)) from error
    except CaseError as error:
        return _shown(request, visit, error=str(error), **forms)
    if said is None:
        return _shown(request, visit, error=_("请按提示补全。"), **forms)
    messages.success(request, said)
    return redirect("inspection", pk=pk)


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
    form = VisitForm(request.POST or None, person=person, now=now, initial=initial)
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
    context = {"form": form, "where": where, "used": _used(where, person), "cap": yearly_cap()}
    return render(request, "inspections/new.html", context, status=422 if form.errors else 200)


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


def _done(request: HttpRequest, visit: Visit, act: str, forms: dict[str, Any]) -> str | None:
    """Do one act and return what is said of it; None where its form does not hold, then kept in `forms`."""
    person, now = person_of(request), timezone.now()
    by: dict[str, Any] = {"actor": person, "now": now}
    if act == "begin":
        begin_visit(visit, **by, code=request.POST.get("code", "")[:20])
    elif act == "cancel":
        cancel_visit(visit, **by, reason=request.POST.get("reason", ""))
    elif act not in SAID:
        raise Http404
    else:
        form: Any = EndForm(request.POST) if act == "end" else RatingForm(request.POST)
        if act == "change":
            form = GoingForm(request.POST, bodies=require_body(person, now), now=now)
        forms[act] = form
        if not form.is_valid():
            return None
        told: dict[str, Any] = form.cleaned_data
        if act == "end":
            end_visit(visit, **by, **told)
        elif act == "rate":
            rate_visit(visit, **by, **told)
        else:
            change_visit(visit, **by, planned_on=told["planned_on"], inspectors=form.people())
    return str(SAID[act])


def _shown(request: HttpRequest, visit: Visit, *, error: str = "", **forms: Any) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    visit.refresh_from_db()
    own = bodies_of(person, now)
    takes_part = bool(own) and (
        visit.attendances.filter(person=person).exists()
        or bool({unit.pk for unit in own} & {*visit.bodies.values_list("pk", flat=True)})
    )
    is_enterprise, state = may_rate(visit, person), visit.state
    if takes_part and state == State.PLANNED:
        forms.setdefault("change", GoingForm(initial=going_of(visit), bodies=own, now=now))
    if takes_part and state == State.BEGUN:
        forms.setdefault("end", EndForm())
    if is_enterprise and state == State.ENDED and visit.rated_at is None:
        forms.setdefault("rate", RatingForm(initial={"rating": 5}))
    sees_rater = is_of_the_office(person, now)
    context = {
        "visit": visit,
        "state": state,
        "bodies": list(visit.bodies.order_by("pk")),
        "attendances": list(visit.attendances.select_related("person", "unit")),
        "checks": list(visit.checks.select_related("hazard")),
        "files": list(visit.files.all()),
        "takes_part": takes_part,
        "is_enterprise": is_enterprise,
        "sees_rater": sees_rater,
        "too_few": too_few(visit) if takes_part and state == State.PLANNED else "",
        "lines": _lines(visit, sees_rater) if own else [],
        "is_body": bool(own),
        "error": error,
        "today": timezone.localdate(),
        "n_counted": _used(Whereabouts(visit.enterprise), person) if own else [],
        "cap": yearly_cap(),
        "forms": forms,
    }
    return render(request, "inspections/visit.html", context, status=422 if error else 200)


def _lines(visit: Visit, sees_rater: bool) -> list[tuple[Any, str, Person | None]]:
    changes = Change.objects.filter(register=REGISTER, row=str(visit.pk)).select_related("actor")
    return [
        (one.at, str(LINES[one.verb]), one.actor if sees_rater or one.verb != "rate" else None)
        for one in changes.order_by("number")
    ]


def _used(where: Whereabouts, person: Person) -> list[tuple[Any, int]]:
    """Return how often each own body is counted at an enterprise this year."""
    today = timezone.localdate()
    if where.enterprise is None:
        return []
    own = bodies_of(person, timezone.now())
    return [(unit, n_counted(unit, where.enterprise, today.year)) for unit in own]


def _visit(request: HttpRequest, pk: int) -> Visit:
    rows = Visit.objects.visible_to(person_of(request)).select_related(
        "enterprise__unit", "site", "campaign", "body", "merged_into", "rated_by"
    )
    found: Visit = get_object_or_404(rows, pk=pk)
    return found


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
    for name, column in (("enterprise", "enterprise"), ("campaign", "campaign"), ("body", "bodies")):
        if key := number_in(asked.get(name, "")):
            rows = rows.filter(**{column: key})
    if asked.get("mine"):
        rows = rows.filter(attendances__person=person)
    if day := _day(asked.get("on", "")):
        rows = rows.filter(planned_on=day)
    if day := _day(asked.get("begun_on", "")):
        rows = rows.filter(begun_at__date=day)
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
