"""The alarm list: live and past, acknowledged one by one or in batch, exported as filtered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.listing import Listing, number_in
from anwei.monitoring.bus import StoreAway, doors
from anwei.monitoring.filters import AlarmFilter
from anwei.monitoring.forms import AcknowledgeForm
from anwei.monitoring.models import Alarm
from anwei.monitoring.queries import alarm_counts, alarms_of
from anwei.monitoring.services import MonitoringError, acknowledge
from anwei.monitoring.sparkline import N_BUCKETS, extreme_of, sparkline
from anwei.monitoring.tables import AlarmTable
from anwei.org.policy import person_of, shown_on_walls, signed_in

MAX_BATCH = 200
TREND_MS = 3_600_000


@signed_in
@require_GET
def alarms(request: HttpRequest) -> HttpResponse:
    """Show what is active or not yet acknowledged; `?tab=history` shows all."""
    listing = Listing(
        request, name="alarms", rows=alarms_of(person_of(request)), filterset=AlarmFilter, table=AlarmTable
    )
    history = listing.parameters.get("tab") == "history"
    if sheet := listing.export(_("报警历史") if history else _("监测报警")):
        return sheet
    context = {
        "listing": listing,
        "history": history,
        "counts": alarm_counts(person_of(request)),
        "batch": AcknowledgeForm(),
    }
    return render(request, "monitoring/alarms.html", context)


@signed_in
@require_POST
def alarm_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Acknowledge one alarm; answers with its row to htmx and with the list to everybody else."""
    alarm = get_object_or_404(Alarm.objects.visible_to(person_of(request)), pk=pk)
    form = AcknowledgeForm(request.POST)
    try:
        if not form.is_valid():
            raise MonitoringError(form.sentence)
        acknowledge(alarm, actor=person_of(request), now=timezone.now(), note=form.cleaned_data["note"])
    except MonitoringError as error:
        return _refused(request, str(error))
    if _is_htmx(request):
        return _row(request, pk)
    messages.success(request, _("已确认，记录在案。"))
    return _back(request)


@signed_in
@require_POST
def alarms_acknowledge(request: HttpRequest) -> HttpResponse:
    """Acknowledge the chosen alarms with one note; those out of sight are not found, as everywhere."""
    chosen = _numbers(request.POST.getlist("alarm"))
    form = AcknowledgeForm(request.POST)
    if not chosen or len(chosen) > MAX_BATCH:
        return _refused(request, _("请先选择要确认的报警，一次最多 %(limit)s 条。") % {"limit": MAX_BATCH})
    found = list(Alarm.objects.visible_to(person_of(request)).filter(pk__in=chosen))
    if len(found) < len(set(chosen)):
        raise Http404
    try:
        if not form.is_valid():
            raise MonitoringError(form.sentence)
        with transaction.atomic():
            for alarm in found:
                acknowledge(
                    alarm, actor=person_of(request), now=timezone.now(), note=form.cleaned_data["note"]
                )
    except MonitoringError as error:
        return _refused(request, str(error))
    sentence = ngettext("已确认 %(n)d 条报警，记录在案。", "已确认 %(n)d 条报警，记录在案。", len(found))
    messages.success(request, sentence % {"n": len(found)})
    return _back(request)


@shown_on_walls
@require_GET
def alarm_trends(request: HttpRequest) -> HttpResponse:
    """Draw the last hour of many alarms' tags in one answer: `?ids=1,2,3`, swapped in out of band."""
    ids = _numbers(request.GET.get("ids", "").split(","))[:MAX_BATCH]
    rows = list(
        Alarm.objects.visible_to(person_of(request))
        .filter(pk__in=ids, tag__isnull=False)
        .select_related("tag")
    )
    end = int(timezone.now().timestamp() * 1000)
    start = end - TREND_MS
    tags = sorted({alarm.tag_id for alarm in rows})
    try:
        columns = doors().aggregate(tags, start, end, TREND_MS // N_BUCKETS) if tags else None
    except StoreAway:
        columns = None
    trends = [(alarm, _trend(alarm, columns, start, end)) for alarm in rows] if columns else []
    return render(request, "monitoring/trends.html", {"trends": trends})


def _numbers(texts: Iterable[str]) -> list[int]:
    return [number for text in texts if (number := number_in(text)) is not None]


def _trend(alarm: Alarm, columns: dict[str, Any], start: int, end: int) -> Any:
    mine = columns["tag"] == alarm.tag_id
    values = columns[extreme_of(alarm.kind)][mine]
    return sparkline(columns["bucket"][mine], values, start=start, end=end, limit=alarm.limit)


def _row(request: HttpRequest, pk: int) -> HttpResponse:
    table = AlarmTable(alarms_of(person_of(request)).filter(pk=pk))
    table.context = Context({"csrf_token": get_token(request)})
    return render(request, "ledgers/rows.html", {"table": table})


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    if _is_htmx(request):
        return render(request, "monitoring/refused.html", {"sentence": sentence}, status=422)
    messages.error(request, sentence)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    return redirect(reverse("alarms"))
