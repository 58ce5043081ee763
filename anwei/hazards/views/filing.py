"""Filing a hazard: where, then what; with the criteria at hand and what may be the same shown beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.forms import HazardForm
from anwei.hazards.models import Hazard, Origin, Visit
from anwei.hazards.queries import duplicates_of
from anwei.hazards.services.found import running_visits, tie_to_visit
from anwei.hazards.services.merging import told_alike
from anwei.hazards.services.opening import NO_FINDER, Whereabouts, file_hazard
from anwei.ledgers.listing import number_in
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.org.responsibility import Vacant
from anwei.org.scope import grants, standing
from anwei.sites.models import Enterprise, Site
from anwei.standards.hazards.criteria import CAUTIONS, UNUSABLE, Criterion, criterion, search
from anwei.standards.hazards.suggesting import NEAR, Suggestion, suggest_criteria, suggest_sector
from anwei.standards.sectors import sectors

N_PLACES = 12
N_CRITERIA = 20
N_SUGGESTED = 3
N_WORDS = 5  # that decided


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def hazard_new(request: HttpRequest) -> HttpResponse:
    """File a hazard at `?enterprise=` or `?site=`, or with `?elsewhere=1` at none of both."""
    person = person_of(request)
    if not any(post.kind not in NO_FINDER for post in standing(person).posts):
        raise PermissionDenied(_("您的岗位不登记隐患。"))
    where = where_asked(request, person)
    if where is None:
        return render(request, "hazards/where.html", places_found(request, person))
    located = where.enterprise is not None or where.site is not None
    own = _is_own(person, where)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    visits = running_visits(where, person, timezone.now())
    form = HazardForm(*sent, person=person, located=located, own=own, visits=visits)
    if form.is_bound and form.is_valid():
        try:
            return _filed(request, form, where, visits)
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except (CaseError, Vacant) as error:
            form.add_error(None, str(error))
    chosen = form.data.get("criterion", "") if form.is_bound else request.GET.get("criterion", "")
    context = {"form": form, "where": where, "own": own, "chosen": chosen}
    return render(request, "hazards/new.html", context, status=422 if form.errors else 200)


@signed_in
@require_GET
def hazard_beside(request: HttpRequest) -> HttpResponse:
    """Answer while somebody types: criteria that the description is near to or that fit the words searched
    for, the sector where none is known, and open hazards that may be the same. Nothing is chosen by itself.
    """
    person, now = person_of(request), timezone.now()
    where = where_asked(request, person) or Whereabouts()
    text = request.GET.get("description", "")[:2000]
    words = request.GET.get("q", "")[:60]
    asked = request.GET.get("sector", "")
    own = sectors_at(where) or ({asked} if asked in sectors() else set())
    chosen = request.GET.get("criterion", "")
    found = tuple(sorted(search(words), key=lambda row: is_foreign(row, own)))[:N_CRITERIA] if words else ()
    suggested = suggestions_for(text, own, now)
    there = {one.criterion.id for one in suggested}
    found = tuple(row for row in found if row.id not in there)
    if chosen not in {"", *there, *(row.id for row in found)}:
        found = (*_kept(chosen), *found)
    alike = duplicates_of(person, where.enterprise, where.site, text) if text else []
    context = {
        "criteria": [_described(row, own, now) for row in found],
        "words": words,
        "alike": alike[:5],
        "chosen": chosen,
        "suggested": [(one, nearness(one.nearness), bool(own)) for one in suggested],
        "sector": _sector_for(text) if not sectors_at(where) and not asked else None,
    }
    return render(request, "hazards/beside.html", context)


def suggestions_for(text: str, own: set[str], now: Any) -> list[Suggestion]:
    """Return the criteria that the words of a finding are near to and that are usable, the nearest first."""
    known = [one for sector in sorted(own) or [""] for one in suggest_criteria(text, sector)]
    best = {one.criterion.id: one for one in sorted(known, key=lambda one: one.nearness)}
    usable = [one for one in best.values() if not one.criterion.unusable_because(day_of(now))]
    return sorted(usable, key=lambda one: (-one.nearness, one.criterion.id))[:N_SUGGESTED]


def nearness(score: float) -> str:
    """Return how near words are, in words."""
    _least, more, most = NEAR
    if score >= most:
        return _("很接近")
    return _("比较接近") if score >= more else _("有些接近")


def _sector_for(text: str) -> dict[str, Any] | None:
    """Return the sector that the words point to, its name and what decided; None where they do not agree."""
    found = suggest_sector(text)
    if found is None:
        return None
    return {"code": found.sector, "name": _(sectors()[found.sector].name), "words": found.words[:N_WORDS]}


def _kept(key: str) -> tuple[Criterion, ...]:
    """Return what was chosen before other words were typed, which must not take the choice away."""
    try:
        return (criterion(key),)
    except KeyError:
        return ()


def sectors_at(where: Whereabouts) -> set[str]:
    """Return the sectors of a place and of its enterprise; none where neither is known."""
    owners = [one for one in (where.site, where.enterprise) if one is not None]
    seconds = {where.enterprise.second_sector} if where.enterprise is not None else set()
    return ({one.subject().sector for one in owners} | seconds) - {""}


def is_foreign(row: Criterion, own: set[str]) -> bool:
    """Say whether a criterion is of other sectors than these; none is where no sector is known."""
    return bool(own) and own.isdisjoint(row.sectors)


def _described(row: Criterion, own: set[str], now: Any) -> dict[str, Any]:
    why = row.unusable_because(day_of(now))
    return {
        "row": row,
        "industry": _(row.industry) if is_foreign(row, own) else "",
        "unusable": UNUSABLE.get(why, ""),
        "cautions": [CAUTIONS[code] for code in row.cautions],
    }


def _filed(
    request: HttpRequest, form: HazardForm, where: Whereabouts, visits: Sequence[Visit]
) -> HttpResponse:
    told = form.cleaned_data
    visit = next((one for one in visits if one.pk == told.get("visit")), None)
    with transaction.atomic():
        filed = _file(request, form, where, found_at_a_visit=visit is not None)
        if visit is not None:
            tie_to_visit(visit, filed, actor=person_of(request), now=timezone.now())
    sentence = _("隐患%(number)s已登记，现由“%(post)s”核实定级。")
    messages.success(request, sentence % {"number": filed.number, "post": filed.supervisor})
    if visit is not None:
        messages.success(request, _("已记入检查%(number)s。") % {"number": visit.number})
    if filed.criterion and is_foreign(row := criterion(filed.criterion), sectors_at(where) or {filed.sector}):
        words = {"key": row.id, "industry": _(row.industry)}
        messages.warning(
            request, _("所选条款%(key)s属于“%(industry)s”，不是该单位的行业，请监管岗位核对。") % words
        )
    if alike := told_alike(filed, person_of(request)):
        messages.warning(request, alike)
    if filed.repeat_of is not None:
        messages.warning(
            request,
            _("12个月内同类隐患%(number)s曾经销号，本件记为重复隐患。") % {"number": filed.repeat_of.number},
        )
    seen = Hazard.objects.visible_to(person_of(request)).filter(pk=filed.pk).exists()
    return redirect("case", pk=filed.pk) if seen or visit is None else redirect("inspection", pk=visit.pk)


def _file(request: HttpRequest, form: HazardForm, where: Whereabouts, *, found_at_a_visit: bool) -> Hazard:
    told = form.cleaned_data
    return file_hazard(
        where if "territory" not in told else Whereabouts(territory=told["territory"], sector=told["sector"]),
        actor=person_of(request),
        now=timezone.now(),
        origin=Origin.INSPECTION if found_at_a_visit else told["origin"],
        description=told["description"],
        found_at=told["found_at"],
        place=told["place"],
        finder=told["finder"],
        requirement=told["requirement"],
        criterion=request.POST.get("criterion", "")[:30],
        key=told["key"],
        photos=form.photos(),
    )


def where_asked(request: HttpRequest, person: Person) -> Whereabouts | None:
    """Return the chosen place; None where nothing was chosen yet. Http404 out of sight."""
    if site := number_in(request.GET.get("site", "")):
        place = get_object_or_404(Site.objects.visible_to(person), pk=site)
        return Whereabouts(place.enterprise, place)
    if enterprise := number_in(request.GET.get("enterprise", "")):
        return Whereabouts(get_object_or_404(Enterprise.objects.visible_to(person), pk=enterprise))
    if request.GET.get("elsewhere"):
        return Whereabouts()
    own = [grant.enterprise for grant in grants(person)]
    if len(own) == 1 and own[0] is not None:
        return Whereabouts(get_object_or_404(Enterprise, pk=own[0]))
    return None


def places_found(request: HttpRequest, person: Person) -> dict[str, Any]:
    """Return the enterprises and places whose name, code or address holds the words."""
    words = request.GET.get("q", "").strip()[:60]
    enterprises = Enterprise.objects.visible_to(person).select_related("unit").order_by("unit__name", "pk")
    sites = Site.objects.visible_to(person).filter(removed_on=None).order_by("name", "pk")
    sites = sites.select_related("enterprise__unit", "unit")
    if words:
        enterprises = enterprises.filter(Q(unit__name__icontains=words) | Q(credit_code__icontains=words))
        sites = sites.filter(Q(name__icontains=words) | Q(code__icontains=words))
    return {
        "words": words,
        "enterprises": enterprises[:N_PLACES],
        "sites": sites[:N_PLACES] if words else (),
        "elsewhere": any(grant.enterprise is None for grant in grants(person)),
    }


def _is_own(person: Person, where: Whereabouts) -> bool:
    """Say whether somebody of the enterprise files it: then it is its self-check."""
    if where.enterprise is None:
        return False
    return any(grant.enterprise == where.enterprise.pk for grant in grants(person))
