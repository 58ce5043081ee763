"""What the lists of alarms, devices and rejects can be narrowed by."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anwei.ledgers.listing import LedgerFilter, key_filter, search_box
from anwei.monitoring.features import NOT_MEASURED
from anwei.monitoring.foresight import LIVE, by_gravity
from anwei.monitoring.models import Alarm, AlarmRule, Device, Forecast, Severity
from anwei.org.models import SECTOR_CHOICES
from anwei.sites.filters import township_choices

PERIODS = {
    "1h": timedelta(hours=1),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
PERIOD_CHOICES = [
    ("1h", _("近 1 小时")),
    ("24h", _("近 24 小时")),
    ("7d", _("近 7 天")),
    ("30d", _("近 30 天")),
]
MEASURED = "measured"
ACTIVE, UNACKNOWLEDGED = Q(cleared_at__isnull=True), Q(acknowledged_at__isnull=True)
STATES = {
    "active": ACTIVE,
    "unacknowledged": UNACKNOWLEDGED,
    "active_unacknowledged": ACTIVE & UNACKNOWLEDGED,
    "active_acknowledged": ACTIVE & ~UNACKNOWLEDGED,
    "cleared_unacknowledged": ~ACTIVE & UNACKNOWLEDGED,
    "cleared_acknowledged": ~ACTIVE & ~UNACKNOWLEDGED,
}
STATE_CHOICES = [
    ("active", _("活动")),
    ("unacknowledged", _("未确认")),
    ("active_unacknowledged", _("活动、未确认")),
    ("active_acknowledged", _("活动、已确认")),
    ("cleared_unacknowledged", _("已恢复、未确认")),
    ("cleared_acknowledged", _("已恢复、已确认")),
]


class OfATag(LedgerFilter):
    """What the bars of alarms and of early warnings share: any words of it, and a tab of what is over."""

    WORDS: tuple[str, ...] = (
        "enterprise__unit__name__icontains",
        "enterprise__unit__short_name__icontains",
        "site__name__icontains",
        "tag__name__icontains",
        "tag__code__icontains",
    )

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Every word must occur in one of `WORDS`."""
        for word in value.split():
            rows = rows.filter(reduce(or_, (Q((lookup, word)) for lookup in self.WORDS)))
        return rows

    def by_tab(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The tab is not a narrowing: see `qs` of each."""
        return rows

    @property
    def is_history(self) -> bool:
        """Whether the history is asked for."""
        return bool(self.form.is_bound and self.form.cleaned_data.get("tab") == "history")


class AlarmFilter(OfATag):
    """The bar of the alarm list; its words find a device without a tag too."""

    WORDS = (*OfATag.WORDS, "device__name__icontains", "device__code__iexact")

    search = django_filters.CharFilter(method="by_words", widget=search_box(_("搜索 企业、部位、测点")))
    state = django_filters.ChoiceFilter(method="by_state", choices=STATE_CHOICES, empty_label=_("状态 全部"))
    severity = django_filters.ChoiceFilter(choices=Severity.choices, empty_label=_("等级 全部"))
    kind = django_filters.ChoiceFilter(
        method="by_kind",
        choices=[*AlarmRule.Kind.choices, (MEASURED, _("测得的（不含离线、坏值）"))],
        empty_label=_("类型 全部"),
    )
    sector = django_filters.ChoiceFilter(choices=SECTOR_CHOICES, empty_label=_("行业 全部"))
    township = django_filters.ChoiceFilter(
        field_name="territory", lookup_expr="startswith", choices=township_choices, empty_label=_("乡镇 全部")
    )
    period = django_filters.ChoiceFilter(
        method="by_period", choices=PERIOD_CHOICES, empty_label=_("时段 全部")
    )
    since = django_filters.DateFilter("started_at", "date__gte", widget=forms.HiddenInput())
    until = django_filters.DateFilter("started_at", "date__lte", widget=forms.HiddenInput())
    enterprise = key_filter()
    tab = django_filters.ChoiceFilter(
        method="by_tab", choices=[("history", _("历史"))], widget=forms.HiddenInput()
    )

    class Meta:
        model = Alarm
        fields: list[str] = []

    def by_state(self, rows: QuerySet[Alarm], name: str, value: str) -> QuerySet[Alarm]:
        """Condition and acknowledgement are two facts; the four states are their product."""
        return rows.filter(STATES[value])

    def by_kind(self, rows: QuerySet[Alarm], name: str, value: str) -> QuerySet[Alarm]:
        """One kind, or all that a value was measured for."""
        return rows.exclude(kind__in=NOT_MEASURED) if value == MEASURED else rows.filter(kind=value)

    def by_period(self, rows: QuerySet[Alarm], name: str, value: str) -> QuerySet[Alarm]:
        """Alarms that began within the period, or last into it."""
        since = timezone.now() - PERIODS[value]
        return rows.filter(Q(started_at__gte=since) | ACTIVE)

    @property
    def qs(self) -> QuerySet[Alarm]:
        """The live tab holds what still asks for attention: active or not yet acknowledged."""
        rows: QuerySet[Alarm] = super().qs
        return rows if self.is_history else rows.filter(ACTIVE | UNACKNOWLEDGED)


class ForecastFilter(OfATag):
    """The bar of the list of early warnings."""

    search = django_filters.CharFilter(method="by_words", widget=search_box(_("搜索 企业、部位、测点")))
    kind = django_filters.ChoiceFilter(choices=Forecast.Kind.choices, empty_label=_("类型 全部"))
    verdict = django_filters.ChoiceFilter(choices=Forecast.Verdict.choices, empty_label=_("反馈 全部"))
    sector = django_filters.ChoiceFilter(choices=SECTOR_CHOICES, empty_label=_("行业 全部"))
    township = django_filters.ChoiceFilter(
        field_name="territory", lookup_expr="startswith", choices=township_choices, empty_label=_("乡镇 全部")
    )
    since = django_filters.DateFilter("at", "date__gte", widget=forms.HiddenInput())
    until = django_filters.DateFilter("at", "date__lte", widget=forms.HiddenInput())
    enterprise = key_filter()
    tab = django_filters.ChoiceFilter(
        method="by_tab", choices=[("history", _("历史"))], widget=forms.HiddenInput()
    )

    class Meta:
        model = Forecast
        fields: list[str] = []

    @property
    def qs(self) -> QuerySet[Forecast]:
        """The live tab holds what is not over, the gravest and nearest first."""
        rows: QuerySet[Forecast] = super().qs
        return rows if self.is_history else by_gravity(rows.filter(LIVE))


def silent() -> Exists:
    """Return the condition "this device is silent": its no-data alarm is active."""
    return Exists(
        Alarm.objects.filter(ACTIVE, device=OuterRef("pk"), tag__isnull=True, kind=AlarmRule.Kind.NO_DATA)
    )


class DeviceFilter(LedgerFilter):
    """The bar of the device list."""

    STATES = [("online", _("在线")), ("silent", _("离线")), ("revoked", _("已停用"))]

    search = django_filters.CharFilter(method="by_words", widget=search_box(_("搜索 设备、企业")))
    state = django_filters.ChoiceFilter(method="by_state", choices=STATES, empty_label=_("状态 全部"))
    sector = django_filters.ChoiceFilter(
        field_name="enterprise__sector", choices=SECTOR_CHOICES, empty_label=_("行业 全部")
    )
    township = django_filters.ChoiceFilter(
        field_name="enterprise__unit__territory",
        lookup_expr="startswith",
        choices=township_choices,
        empty_label=_("乡镇 全部"),
    )
    enterprise = key_filter()

    class Meta:
        model = Device
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Device], name: str, value: str) -> QuerySet[Device]:
        """Every word must occur in the device, its code or its enterprise."""
        for word in value.split():
            rows = rows.filter(
                Q(name__icontains=word) | Q(code__icontains=word) | Q(enterprise__unit__name__icontains=word)
            )
        return rows

    def by_state(self, rows: QuerySet[Device], name: str, value: str) -> QuerySet[Device]:
        """Revoked devices are neither online nor silent."""
        if value == "revoked":
            return rows.filter(revoked_at__isnull=False)
        in_service = rows.filter(revoked_at__isnull=True)
        return in_service.filter(silent()) if value == "silent" else in_service.filter(~silent())
