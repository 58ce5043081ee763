"""The live facts that this room knows: active alarms by severity, bad data, monitoring that is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.monitoring.models import Alarm, AlarmRule, Device
from anwei.sites.live.facts import register_fact_source
from anwei.sites.models import Enterprise
from anwei.standards.risk.live_colour import Fact

MONITORING = "monitoring"


def facts_of_monitoring(enterprises: QuerySet[Enterprise], at: datetime) -> Iterator[tuple[int, Fact]]:
    """Yield each alarm that was active at a moment, and the enterprises of which nothing was heard then."""
    keys = enterprises.order_by().values("pk")
    # By the server's clock, when it was known: a sensor's clock may be ahead of it.
    lasted = Q(cleared_at__isnull=True) | Q(cleared_at__gt=at, changed_at__gt=at)
    active = Alarm.objects.filter(lasted, recorded_at__lte=at)
    measured = active.filter(enterprise__in=keys, tag__isnull=False).order_by("-raised_at", "-pk")
    names = ("enterprise", "kind", "severity", "tag__name", "site__name")
    for enterprise, kind, severity, tag, site in measured.values_list(*names):
        key = "bad_data" if kind == AlarmRule.Kind.BAD else f"alarms_{severity}"
        words = f"{site or ''} {tag} {AlarmRule.Kind(kind).label}".strip()
        yield enterprise, Fact(key, 1, words, f"{reverse('alarms')}?enterprise={enterprise}")
    devices = Device.objects.filter(enterprise__in=keys, registered_at__lte=at)
    in_service = devices.filter(Q(revoked_at__isnull=True) | Q(revoked_at__gt=at))
    silence = active.filter(device=OuterRef("pk"), tag__isnull=True, kind=AlarmRule.Kind.NO_DATA)
    heard = set(in_service.filter(~Exists(silence)).values_list("enterprise", flat=True))
    for enterprise in sorted(set(in_service.values_list("enterprise", flat=True)) - heard):
        link = f"{reverse('devices')}?enterprise={enterprise}"
        yield enterprise, Fact("monitoring_lost", 1, _("在用设备全部离线"), link)


register_fact_source(MONITORING, facts_of_monitoring)
