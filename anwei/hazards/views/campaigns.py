"""Campaigns: the plan with its key periods, one campaign's matrix, its duty roster and daily report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anwei.cases.clocks import county_calendar
from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.inspection_forms import CampaignForm
from anwei.hazards.models import Campaign, Visit
from anwei.hazards.planning.bodies import bodies_at, bodies_of, require_body, require_official
from anwei.hazards.planning.capping import n_counted_by_enterprise, yearly_cap
from anwei.hazards.planning.coverage import (
    ENTERPRISES,
    PLACES,
    Row,
    answering_sectors,
    bodies_in,
    cells_of,
    coverage,
    enterprises_in,
    of_campaign,
)
from anwei.hazards.planning.daily import COLUMNS, daily_report, days_of, sees_whole
from anwei.hazards.planning.duty_roster import duties_on
from anwei.hazards.planning.merging import proposals
from anwei.hazards.planning.suggesting import suggestions
from anwei.hazards.services.campaigns import close_campaign, open_campaign, open_key_period
from anwei.hazards.services.dates import own_periods
from anwei.ledgers.export import download
from anwei.ledgers.listing import ClampedPaginator, number_in
from anwei.ledgers.release import Leaving, NotExported, release
from anwei.org.committee_office import is_of_the_office
from anwei.org.models import Person, Unit
from anwei.org.policy import person_of, signed_in
from anwei.sites.queries import township_names
from anwei.standards.inspections.periods import periods_of
from anwei.standards.sectors import sectors

ROWS = 50
SUGGESTED = 8
SHARE = 10  # a key period's target until somebody says otherwise: one enterprise in so many
RECENT, AHEAD = timedelta(days=30), timedelta(days=366)  # which key periods the plan shows
SEPARATORS = str.maketrans("，、,;；", "     ")


@signed_in
@require_GET
def inspection_plan(request: HttpRequest) -> HttpResponse:
    """Show the plans with how far they are, the key periods to open, and visits that should be one."""
    person = require_official(person_of(request), _("检查计划"))
    rows = Campaign.objects.visible_to(person).select_related("organizer")
    into = "visits__merged_into"  # what was merged counts where it went, once
    is_begun = Q(visits__begun_at__isnull=False) | Q(**{f"{into}__begun_at__isnull": False})
    is_planned = Q(visits__begun_at=None, visits__cancelled_at=None) | Q(
        **{f"{into}__isnull": False, f"{into}__begun_at": None, f"{into}__cancelled_at": None}
    )
    kept = Coalesce(into, "visits")
    begun, planned = (Count(kept, filter=which, distinct=True) for which in (is_begun, is_planned))
    rows = rows.annotate(n_begun=begun, n_planned=planned).order_by("-starts_on", "-pk")
    today = timezone.localdate()
    calendar = county_calendar()
    years = (today.year - 1, today.year, today.year + 1)  # 岁末年初 runs over the turn of the year
    known = [one for year in years for one in periods_of(year, calendar, own_periods())]
    coming = [one for one in known if one.ends_on >= today - RECENT and one.starts_on <= today + AHEAD]
    opened: dict[str, list[Campaign]] = {}  # the county's first, then those of its townships
    for one in rows.filter(period__in=[one.key for one in coming]).order_by("territory", "pk"):
        opened.setdefault(one.period, []).append(one)
    own = bodies_at(person)
    context = {
        "page": ClampedPaginator(rows, 20).get_page(request.GET.get("page", "1")),
        "periods": [
            (one, opened.get(one.key, []), _may_open(own, opened.get(one.key, []))) for one in coming
        ],
        "proposals": proposals(person),
        "is_body": bool(own),
        "is_office": is_of_the_office(person, timezone.now()),
        "today": today,
        "cap": yearly_cap(),
    }
    return render(request, "inspections/plan.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Open a campaign by the form (`?like=` begins with an earlier one), or a key period by one click."""
    person, now = person_of(request), timezone.now()
    own = require_body(person, now)
    try:
        if request.method == "POST" and (key := request.POST.get("period", "")[:30]):
            return redirect("campaign", pk=_opened(key, person).pk)
        form = CampaignForm(request.POST or None, person=person, now=now, initial=_like(request, person))
        if form.is_bound and form.is_valid():
            told = dict(form.cleaned_data)
            told["items"] = told["items"].translate(SEPARATORS).split()
            made = open_campaign(actor=person, now=now, **told)
            messages.success(request, _("“%(name)s”已部署。") % {"name": made.name})
            return redirect("campaign", pk=made.pk)
    except NotYourTurn as error:
        raise PermissionDenied(str(error)) from error
    except CaseError as error:
        if "period" in request.POST:
            messages.error(request, str(error))
            return redirect("inspection_plan")
        form.add_error(None, str(error))
    context = {"form": form, "own": own}
    return render(request, "inspections/campaign_new.html", context, status=422 if form.errors else 200)


@signed_in
@require_GET
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whom a campaign has reached and whom never, and whom to visit first."""
    person, now = require_official(person_of(request), _("检查计划")), timezone.now()
    own = next(iter(bodies_at(person)), None)
    shown = _campaign(request, pk)
    what = PLACES if request.GET.get("what") == PLACES else ENTERPRISES
    found = coverage(shown, person, what)
    rows = _narrowed(request, found.rows)
    page = ClampedPaginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    columns = bodies_in(shown, person)
    cells = cells_of(shown, person, list(page), columns, what)
    answers, names = answering_sectors(columns), township_names()
    used = n_counted_by_enterprise(own, timezone.localdate().year) if own else {}
    cap = yearly_cap()
    capped = {key for key, n in used.items() if n >= cap}
    context = {
        "campaign": shown,
        "what": what,
        "found": found,
        "page": page,
        "bodies": columns,
        "lines": [
            (
                row,
                _sector(row.sector),
                names.get(row.township, ""),
                [(unit, cells.get((row.key, unit.pk)), _answers(unit, row, answers)) for unit in columns],
                used.get(row.key, 0),
            )
            for row in page
        ],
        "cap": cap,
        "own": own,
        "suggested": suggestions(found.rows, person, now, capped, SUGGESTED) if what == ENTERPRISES else [],
        "by_sector": [(code, _sector(code), share) for code, share in sorted(found.by_sector.items())],
        "by_township": [
            (code, names.get(code, code), share) for code, share in sorted(found.by_township.items())
        ],
        "state": request.GET.get("state", ""),
        "sector": request.GET.get("sector", ""),
        "township": request.GET.get("township", ""),
        "sectors": [_sector(code) for code in shown.sectors],
        "may_close": shown.closed_at is None and shown.organizer in bodies_of(person, now),
        "n_begun": Visit._base_manager.filter(of_campaign(pk), begun_at__isnull=False).count(),
        "draws": list(shown.draws.select_related("unit").defer("population", "inspectors", "result")),
        "n_checks": shown.special_checks.count(),
        "today": timezone.localdate(),
    }
    return render(request, "inspections/campaign.html", context)


@signed_in
@require_POST
def campaign_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a campaign."""
    person, now = person_of(request), timezone.now()
    try:
        close_campaign(_campaign(request, pk), actor=person, now=now)
    except NotYourTurn as error:
        raise PermissionDenied(str(error)) from error
    messages.success(request, _("检查计划已结束，已安排的检查照常进行。"))
    return redirect("campaign", pk=pk)


@signed_in
@require_GET
def campaign_daily(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who is on duty and the computed report of a day (`?on=`); `?export=xlsx` gives all days."""
    person, now = require_official(person_of(request), _("检查计划")), timezone.now()
    shown = _campaign(request, pk)
    days = days_of(shown, now)
    if request.GET.get("export") == "xlsx":
        heading = [_("日期"), _("单位"), *(str(label) for _key, label in COLUMNS), _("报告")]
        rows = [
            [
                line.on,
                str(line.unit or _("合计")),
                *(n for _label, n in line.cells),
                _("零报告") if line.is_zero else _("有情况"),
            ]
            for line in daily_report(shown, person, days)
        ]
        leaving = Leaving("daily_report", len(rows), person, now, query=shown.name)
        try:
            release(leaving, "xlsx")
        except NotExported as error:
            messages.error(request, str(error))
            return redirect("campaign_daily", pk=pk)
        return download(_("零报告"), "xlsx", [heading, *rows], leaving.watermark)
    on = next((day for day in days if day.isoformat() == request.GET.get("on")), days[0] if days else None)
    context = {
        "campaign": shown,
        "on": on,
        "days": days,
        "is_whole": sees_whole(shown, person),
        "columns": [label for _key, label in COLUMNS],
        "report": daily_report(shown, person, [on]) if on else [],
        "duties": duties_on(on or timezone.localdate(), shown.territory),
        "today": timezone.localdate(),
    }
    return render(request, "inspections/daily.html", context)


def _may_open(own: Sequence[Unit], opened: Sequence[Campaign]) -> bool:
    """Say whether the body that would open a key period has none yet: each territory has its own."""
    return bool(own) and own[0].territory not in {one.territory for one in opened}


def _opened(key: str, person: Person) -> Campaign:
    now = timezone.now()
    own = require_body(person, now)
    everybody = Campaign(territory=own[0].territory, sectors=[])
    target = max(1, enterprises_in(everybody, person).count() // SHARE)
    return open_key_period(key, actor=person, now=now, organizer=own[0], target=target)


def _like(request: HttpRequest, person: Person) -> dict[str, Any]:
    today = timezone.localdate()
    year = today.year if today.month < 11 else today.year + 1
    before = Campaign.objects.visible_to(person).filter(pk=number_in(request.GET.get("like", ""))).first()
    if before is None:
        return {"kind": "yearly", "starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31)}
    is_key = before.kind == Campaign.Kind.KEY_PERIOD  # which the calendar opens; like it is a special one
    return {
        "kind": Campaign.Kind.SPECIAL if is_key else before.kind,
        "name": before.name,
        "starts_on": max(today, before.starts_on),
        "ends_on": max(today, before.ends_on),
        "target": before.target,
        "sectors": before.sectors,
        "items": " ".join(before.items),
        "basis": before.basis,
        "note": before.note,
    }


def _narrowed(request: HttpRequest, rows: list[Row]) -> list[Row]:
    state, sector, township = (request.GET.get(name, "") for name in ("state", "sector", "township"))
    chosen: dict[str, Callable[[Row], bool]] = {
        "open": lambda row: not row.is_covered,
        "done": lambda row: row.is_covered,
        "never": lambda row: row.last_on is None,
        "planned": lambda row: row.is_planned,
    }
    wanted = chosen.get(state)
    return [
        row
        for row in rows
        if (wanted is None or wanted(row))
        and (not sector or sector in (row.sector, row.second))
        and row.territory.startswith(township)
    ]


def _answers(unit: Any, row: Row, answers: dict[int, frozenset[str]]) -> bool:
    """Say whether a body answers for a row: by its sector, or as the township it lies in."""
    if unit.kind == unit.Kind.TOWNSHIP:
        return row.territory.startswith(unit.territory)
    return bool({row.sector, row.second} & answers.get(unit.pk, frozenset()))


def _sector(code: str) -> str:
    return _(sectors()[code].name) if code in sectors() else code


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    rows = Campaign.objects.visible_to(person_of(request)).select_related("organizer")
    found: Campaign = get_object_or_404(rows, pk=pk)
    return found
