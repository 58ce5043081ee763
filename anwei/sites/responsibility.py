"""Who answers for an enterprise and its sites, on any day; and the matrix of all sites by the three nets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from anwei.ledgers.listing import ClampedPaginator, number_in
from anwei.org.models import SECTOR_CHOICES, Designation
from anwei.org.policy import person_of, signed_in
from anwei.org.responsibility import Matter, Seat, Subject, heads_of, local_seats, nets_of, resolve
from anwei.org.rights import may_arrange_county, may_oversee
from anwei.org.roster import Roster
from anwei.sites.coverage import coverage
from anwei.sites.models import Enterprise, Site
from anwei.sites.queries import standing_sites, township_names

ROWS = 50
Nets = Designation.Seat


@signed_in
@require_GET
def responsibility(request: HttpRequest) -> HttpResponse:
    """Answer for `?enterprise=` or `?site=` on `?on=`; without either, let the reader choose."""
    person = person_of(request)
    on = day_in(request.GET.get("on", ""))
    words = request.GET.get("search", "").strip()
    choices = Enterprise.objects.visible_to(person).select_related("unit")
    key, code = number_in(request.GET.get("enterprise", "")), request.GET.get("site", "")
    if key is None and code:
        places = Site.objects.visible_to(person).select_related("unit", "enterprise__unit")
        return _answer(request, get_object_or_404(places, code=code), on)
    if key is None:
        found = choices.filter(unit__name__icontains=words) if words else choices
        only = list(found[:2]) if words else []
        if len(only) != 1:
            context = {"on": on, "search": words, "found": found.order_by("pk")[:ROWS]}
            return render(request, "sites/responsibility_search.html", context)
        key = only[0].pk
    shown = get_object_or_404(choices, pk=key)
    site = shown.sites.select_related("unit", "enterprise__unit").filter(code=code).first()
    return _answer(request, site or shown, on)


def _answer(request: HttpRequest, thing: Enterprise | Site, on: date) -> HttpResponse:
    site = thing if isinstance(thing, Site) else None
    enterprise = site.enterprise if site else thing
    context = {
        "enterprise": enterprise,
        "site": site,
        "unit": thing.unit,
        "sites": enterprise.sites.order_by("pk") if isinstance(enterprise, Enterprise) else [],
        "on": on,
        "today": timezone.localdate(),
        "arrange": may_oversee(person_of(request), thing.unit),
        **answer_for(thing.subject(), on),
    }
    return render(request, "sites/responsibility.html", context)


def answer_for(subject: Subject, on: date) -> dict[str, object]:
    """Return the answer about a subject as the page shows it: heads, nets and roles, each a row of seats."""
    roster = Roster(on, [subject])
    answer = resolve(subject, on, roster)
    warned = resolve(replace(subject, matter=Matter.WARNING), on, roster)
    return {
        "heads": heads_of(subject.territory, roster),
        "nets": [(Nets(seat), Nets(seat).label, found) for seat, found in nets_of(subject, roster).items()],
        "local": local_seats(subject, roster),
        "answer": answer,
        "supervisor_of_warning": warned.supervisor,
        "joint": roster.joint.get(subject.sector, []),
    }


@signed_in
@require_GET
def responsibility_matrix(request: HttpRequest) -> HttpResponse:
    """Show every key site against 属地, 部门 and 企业, holes in red; filtered by township and sector."""
    person, on = person_of(request), day_in(request.GET.get("on", ""))
    chosen = {name: request.GET.get(name, "") for name in ("township", "sector", "holes")}
    rows = standing_sites(Site.objects.visible_to(person))
    rows = rows.filter(territory__startswith=chosen["township"])
    if chosen["sector"]:
        rows = rows.filter(sector=chosen["sector"])
    lines = coverage(rows.order_by("unit", "pk"), Roster(on), vacant=True)
    holes = [line for line in lines if line.open_nets]
    shown = holes if chosen["holes"] else lines
    page = ClampedPaginator([line.site for line in shown], ROWS).get_page(request.GET.get("page", "1"))
    answered = _answered(list(page), on)
    context = {
        "page": page,
        "rows": answered,
        # every row is within sight, so that whoever decides for one decides for all
        "arrange": bool(answered) and may_oversee(person, answered[0][0].unit),
        "arrange_county": may_arrange_county(person),
        "n_sites": len(lines),
        "n_holes": len(holes),
        "nets": Nets.choices[:3],
        "chosen": chosen,
        "townships": township_names(),
        "sectors": SECTOR_CHOICES,
        "on": on,
    }
    return render(request, "sites/responsibility_matrix.html", context)


def _answered(keys: Sequence[int], on: date) -> list[tuple[Site, list[tuple[str, Seat]]]]:
    """Return the sites of one page with their three nets."""
    found = Site.objects.select_related("unit", "enterprise__unit").in_bulk(keys)
    sites = [found[key] for key in keys if key in found]
    subjects = [site.subject() for site in sites]
    roster = Roster(on, subjects)
    return [
        (site, list(nets_of(subject, roster).items())) for site, subject in zip(sites, subjects, strict=True)
    ]


def day_in(text: str) -> date:
    """Return the day a query string names, today where it names none."""
    try:
        return parse_date(text) or timezone.localdate()
    except ValueError:
        return timezone.localdate()
