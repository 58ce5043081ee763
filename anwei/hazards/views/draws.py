"""Drawing by lot, and checking a draw again by its seed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.inspection_forms import DrawForm
from anwei.hazards.models import Campaign, Draw, Inspector
from anwei.hazards.planning.bodies import bodies_of, require_body, require_official
from anwei.hazards.services.draws import drawn_again, fresh_seed, make_draw, plan_drawn, population_of
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.sites.models import Enterprise
from anwei.standards.inspections.lots import lot


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def draw_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw enterprises of a campaign and who goes to each."""
    person, now = person_of(request), timezone.now()
    own = require_body(person, now)
    campaign = get_object_or_404(Campaign.objects.visible_to(person), pk=pk)
    whom = population_of(campaign, own[0], person, now)
    initial = {"n": max(1, len(whom.enterprises) // 10)}
    form = DrawForm(request.POST or None, person=person, now=now, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            told = dict(form.cleaned_data)
            seed = fresh_seed(told.pop("public_number"))
            made = make_draw(campaign, actor=person, now=now, seed=seed, **told)
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            return redirect("draw", pk=made.pk)
    context = {"form": form, "campaign": campaign, "whom": whom, "own": own[0]}
    return render(request, "inspections/draw_new.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draw and what its seed (or `?seed=`) gives now; a POST plans the drawn visits."""
    person, now = require_official(person_of(request), _("随机抽查")), timezone.now()
    rows = Draw.objects.visible_to(person).select_related("campaign", "unit", "drawn_by")
    made: Draw = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        return _planned(request, made)
    seed = request.GET.get("seed", "").strip()[:64] or made.seed
    again = drawn_again(made, seed)
    context = {
        "draw": made,
        "seed": seed,
        "agrees": again == made.result,
        "is_own_seed": seed == made.seed,
        "lines": (lines := _lines(made, again, person)),
        "n_elsewhere": len(again) - len(lines),
        "may_plan": made.unit in bodies_of(person, now) and made.campaign.closed_at is None,
        "today": timezone.localdate(),
    }
    return render(request, "inspections/draw.html", context)


def _planned(request: HttpRequest, made: Draw) -> HttpResponse:
    try:
        planned_on = date.fromisoformat(request.POST.get("planned_on", ""))
        told = plan_drawn(
            made,
            actor=person_of(request),
            now=timezone.now(),
            planned_on=planned_on,
            announced=bool(request.POST.get("announced")),
        )
    except NotYourTurn as error:
        raise PermissionDenied(str(error)) from error
    except ValueError:
        messages.error(request, _("请填写检查日期。"))
    else:
        messages.success(request, _("已安排 %(n)d 次检查。") % {"n": len(told.visits)})
        for sentence in told.refused:
            messages.warning(request, sentence)
    return redirect("draw", pk=made.pk)


def _lines(made: Draw, result: list[Any], person: Person) -> list[tuple[str, str, str, list[str]]]:
    """Return credit code, name, lot and inspectors of what was drawn, as far as the reader sees it."""
    codes = [code for code, _numbers in result]
    seen = Enterprise.objects.visible_to(person).filter(credit_code__in=codes)
    names = dict(seen.values_list("credit_code", "unit__name"))
    people = {
        one.number: str(one.person)
        for one in Inspector.objects.filter(number__in=made.inspectors).select_related("person")
    }
    seed = made.seed
    return [
        (code, names[code], lot(seed, code)[:12], [f"{people.get(one, '')} {one}" for one in numbers])
        for code, numbers in result
        if code in names
    ]
