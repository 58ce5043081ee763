"""What follows from a list: a plan of visits, warnings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anwei.analytics.forms import MOST_CHOSEN, WarnForm, WatchPlanForm
from anwei.analytics.models import RiskScore, WatchRun
from anwei.analytics.shown import in_words, said
from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.models import Campaign
from anwei.hazards.planning.bodies import bodies_at, require_body
from anwei.hazards.planning.capping import n_counted_by_enterprise, yearly_cap
from anwei.hazards.services.campaigns import open_campaign, opened_by_form
from anwei.hazards.services.opening import Whereabouts
from anwei.hazards.services.visits import plan_visit
from anwei.ledgers.listing import number_in
from anwei.monitoring.foresight import LIVE
from anwei.monitoring.models import Forecast
from anwei.monitoring.services.issued import draft_warning
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.org.responsibility import Vacant
from anwei.org.scope import as_official
from anwei.sites.models import Enterprise


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def watch_plan(request: HttpRequest) -> HttpResponse:
    """Make one plan of visits to those of `?enterprise=`; who is at the cap is left out, and said."""
    person, now = as_official(person_of(request)), timezone.now()
    require_body(person, now)
    chosen = _chosen(request, person)
    run = WatchRun.objects.first()
    name = _("本周重点关注 %(week)s") % {"week": "" if run is None else run.week.isoformat()}
    initial: dict[str, Any] = {"name": name.strip()}
    if Forecast.objects.filter(LIVE, kind=Forecast.Kind.DRIFT, enterprise__in=chosen).exists():
        initial["planned_on"] = day_of(now)  # a limit is near: not the next working day
    form = WatchPlanForm(request.POST or None, person=person, now=now, initial=initial)
    if form.is_bound and form.is_valid():
        key = form.cleaned_data["key"]
        if sent_before := opened_by_form(key, person):
            return redirect("campaign", pk=sent_before.pk)
        try:
            campaign, refused = _planned(form, chosen, person)
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except CaseError as error:
            if sent_before := opened_by_form(key, person):  # at the same moment
                return redirect("campaign", pk=sent_before.pk)
            form.add_error(None, str(error))
        else:
            for sentence in refused:
                messages.warning(request, sentence)
            words = {"name": campaign.name, "n": len(chosen) - len(refused)}
            messages.success(request, _("“%(name)s”已部署，安排检查 %(n)d 家。") % words)
            return redirect("campaign", pk=campaign.pk)
    own, year = bodies_at(person), timezone.localdate().year
    counts = [(unit, n_counted_by_enterprise(unit, year)) for unit in own]
    context = {
        "form": form,
        "chosen": [
            (one, said_of(one, run), [(unit, n.get(one.pk, 0)) for unit, n in counts]) for one in chosen
        ],
        "cap": yearly_cap(),
        "run": run,
    }
    return render(request, "watch/plan.html", context, status=422 if form.errors else 200)


def _planned(form: WatchPlanForm, chosen: list[Enterprise], person: Person) -> tuple[Campaign, list[str]]:
    """Open a campaign with a visit to each; return it, and why some got none.

    Raises CaseError where all are refused.
    """
    told, now, refused = form.cleaned_data, timezone.now(), []
    days = form.days(len(chosen))
    with transaction.atomic():
        campaign = open_campaign(
            actor=person,
            now=now,
            organizer=told["body"],
            kind=Campaign.Kind.SPECIAL,
            name=told["name"],
            starts_on=days[0],
            ends_on=days[-1],
            target=len(chosen),
            key=told["key"],
            enterprises=[one.pk for one in chosen],
        )
        for enterprise, day in zip(chosen, days, strict=True):
            try:
                with transaction.atomic():
                    plan_visit(
                        Whereabouts(enterprise),
                        actor=person,
                        now=now,
                        body=told["body"],
                        planned_on=day,
                        reason="campaign",
                        announced=told["announced"] == "1",
                        campaign=campaign,
                        others=form.joining(),
                        inspectors=form.people(),
                    )
            except CaseError as error:
                refused.append(str(error))
        if len(refused) == len(chosen):
            raise CaseError(_("；").join(refused))
    return campaign, refused


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def watch_warn(request: HttpRequest) -> HttpResponse:
    """Draft a warning to each of `?enterprise=`, with the colour and reasons of the list to begin with."""
    person, now = as_official(person_of(request)), timezone.now()
    require_body(person, now)
    chosen, run = _chosen(request, person), WatchRun.objects.first()
    forms = [(one, _warn_form(request, one, run)) for one in chosen]
    if request.method == "POST" and not sum(not form.is_valid() for _one, form in forms):
        drafted = []
        for enterprise, form in forms:
            try:
                drafted.append(draft_warning(enterprise, actor=person, now=now, **form.cleaned_data))
            except NotYourTurn as error:
                raise PermissionDenied(str(error)) from error
            except (CaseError, Vacant) as error:
                form.add_error(None, str(error))
        if drafted:
            numbers = _("、").join(warning.number for warning in drafted)
            told = _("已拟定预警%(numbers)s，待监督岗位发布；发布后企业签收。") % {"numbers": numbers}
            messages.success(request, told)
        forms = [(one, form) for one, form in forms if form.errors]
        if not forms:
            return redirect("case", pk=drafted[0].pk) if len(drafted) == 1 else redirect("watch")
    failed = any(form.errors for _one, form in forms)
    return render(request, "watch/warn.html", {"forms": forms}, status=422 if failed else 200)


def _warn_form(request: HttpRequest, enterprise: Enterprise, run: WatchRun | None) -> WarnForm:
    score = None if run is None else RiskScore.objects.filter(run=run, enterprise=enterprise).first()
    initial = {
        "level": (score.level if score else "") or "blue",
        "basis": in_words(said(score, run)) if score and run else "",
        "requirement": _("逐项核实上述情况，消除隐患，并书面报告。"),
    }
    data = request.POST if request.method == "POST" else None
    return WarnForm(data, prefix=str(enterprise.pk), initial=initial)


def said_of(enterprise: Enterprise, run: WatchRun | None) -> list[Any]:
    """Return the reasons of an enterprise in a list."""
    score = None if run is None else RiskScore.objects.filter(run=run, enterprise=enterprise).first()
    return [] if score is None or run is None else said(score, run)


def _chosen(request: HttpRequest, person: Person) -> list[Enterprise]:
    """Return the enterprises that were chosen, in the order of the list. Raises Http404 for none."""
    told = request.POST if request.method == "POST" else request.GET
    keys = [key for text in told.getlist("enterprise") if (key := number_in(text))][:MOST_CHOSEN]
    seen = Enterprise.objects.visible_to(person).select_related("unit").in_bulk(keys)
    found = [seen[key] for key in dict.fromkeys(keys) if key in seen]
    if not found or len(found) < len(set(keys)):
        raise Http404
    return found
