"""Early warnings: the list beside the alarms, one with its reasons, and what people say of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.listing import Listing
from anwei.monitoring.filters import ForecastFilter
from anwei.monitoring.foresight import (
    LIVE,
    bounds,
    forecasts_of,
    looked_ahead,
    reason,
    similar,
    try_foresight,
)
from anwei.monitoring.forms import VerdictForm
from anwei.monitoring.lateness import behind, calm_words
from anwei.monitoring.models import Forecast, Tag
from anwei.monitoring.queries import alarm_counts
from anwei.monitoring.services import MonitoringError, NotAllowed, give_verdict, mark_important
from anwei.monitoring.services.authority import WATCH
from anwei.monitoring.tables import ForecastTable
from anwei.org.holdings import posts_of
from anwei.org.policy import person_of, signed_in

N_EARLIER = 10


@signed_in
@require_GET
def forecasts(request: HttpRequest) -> HttpResponse:
    """Show what is live; `?tab=history` shows all."""
    person = person_of(request)
    rows = forecasts_of(person)
    listing = Listing(request, name="forecasts", rows=rows, filterset=ForecastFilter, table=ForecastTable)
    if sheet := listing.export(_("预警趋势")):
        return sheet
    now = timezone.now()
    context = {
        "listing": listing,
        "behind": behind(now),
        "history": listing.parameters.get("tab") == "history",
        "counts": alarm_counts(person),
        "n_live": rows.filter(LIVE).count(),
    }
    if not context["n_live"] and not context["history"]:
        context["calm_title"], context["calm_text"] = calm_words(Tag.objects.visible_to(person), now)
    return render(request, "monitoring/forecasts.html", context)


@signed_in
@require_GET
def forecast(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one: its reason, its time, similar courses, the tag's own backtest, the verdict."""
    person = person_of(request)
    shown = get_object_or_404(forecasts_of(person), pk=pk)
    foresight, is_away = try_foresight(shown.tag)
    context = {
        "forecast": shown,
        "reason": reason(shown),
        "ahead": looked_ahead(shown),
        "bounds": bounds(shown),
        "similar": similar(shown),
        "foresight": foresight,
        "detect_away": is_away,
        "behind": behind(timezone.now()),
        "earlier": forecasts_of(person).filter(tag=shown.tag).exclude(pk=pk)[:N_EARLIER],
        "form": VerdictForm(initial={"verdict": shown.verdict, "reason": shown.verdict_reason}),
        "may_judge": posts_of(person, timezone.now()).filter(WATCH).exists(),
    }
    return render(request, "monitoring/forecast.html", context)


@signed_in
@require_POST
def forecast_verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a person's verdict."""
    shown = get_object_or_404(Forecast.objects.visible_to(person_of(request)), pk=pk)
    form = VerdictForm(request.POST)
    try:
        if not form.is_valid():
            raise MonitoringError(form.sentence)
        give_verdict(shown, actor=person_of(request), now=timezone.now(), **form.cleaned_data)
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except MonitoringError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已记录反馈，计入这个测点的回测。"))
    return redirect("forecast", pk=pk)


@signed_in
@require_POST
def tag_important(request: HttpRequest, number: int) -> HttpResponse:
    """Mark a tag as important, or no longer."""
    tag = get_object_or_404(Tag.objects.visible_to(person_of(request)), pk=number)
    important = request.POST.get("important") == "1"
    try:
        mark_important(tag, actor=person_of(request), now=timezone.now(), important=important)
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    messages.success(
        request,
        _("已标为重点测点，早期预警回看更久；走势从最近的读数重新学起，限值的回测保留。")
        if important
        else _("已取消重点测点。"),
    )
    return redirect("tag", number=number)
