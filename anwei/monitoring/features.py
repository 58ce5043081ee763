"""What sensors tell of an enterprise at a moment, and the red warnings that a score shall foretell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from anwei.monitoring.models import Alarm, AlarmRule, Forecast, Severity
from anwei.sites.features import (
    Feature,
    Ground,
    Harm,
    HarmKind,
    Rows,
    contribute_features,
    contribute_harms,
    counted,
    gathered,
    numbered,
    standing_on,
)

HOUR = timedelta(hours=1)
NOT_MEASURED = (AlarmRule.Kind.BAD, AlarmRule.Kind.NO_DATA)


def recorded(at: datetime) -> QuerySet[Any]:
    """Return the alarms that were recorded by a moment, of what was raised by then."""
    return Alarm._base_manager.filter(recorded_at__lte=at, raised_at__lte=at)


def of_severity(severity: str, days: int) -> Rows:
    """Return what gives the alarms of values, of a severity, raised in some days before a moment."""
    span = timedelta(days=days)
    return lambda at: (
        recorded(at).filter(severity=severity, raised_at__gt=at - span).exclude(kind__in=NOT_MEASURED)
    )


def unanswered(at: datetime) -> QuerySet[Any]:
    """Return the red and orange alarms of the last 90 days."""
    grave = (Severity.RED, Severity.ORANGE)
    return recorded(at).filter(severity__in=grave, raised_at__gt=at - timedelta(days=90))


def lasting(kind: str) -> Rows:
    """Return what gives the alarms of a kind that lasted into the 30 days before a moment."""
    return lambda at: recorded(at).filter(
        Q(cleared_at__isnull=True) | Q(cleared_at__gt=at - timedelta(days=30)), kind=kind
    )


def foretold(at: datetime) -> QuerySet[Any]:
    """Return the drifts to a limit foretold in the 30 days before a moment, those judged false aside."""
    rows = Forecast._base_manager.filter(
        kind=Forecast.Kind.DRIFT, recorded_at__lte=at, at__lte=at, at__gt=at - timedelta(days=30)
    )
    return rows.exclude(verdict=Forecast.Verdict.FALSE, verdict_at__lte=at)


def _hours_of_month(at: datetime, raised_at: datetime, cleared_at: datetime | None) -> float:
    """Return how many hours of the last 30 days an alarm had lasted."""
    end = at if cleared_at is None else min(cleared_at, at)
    return max(0.0, (end - max(raised_at, at - timedelta(days=30))) / HOUR)


def _hours_unanswered(at: datetime, recorded_at: datetime, acknowledged_at: datetime | None) -> float:
    """Return how many hours nobody had acknowledged an alarm."""
    return (min(acknowledged_at or at, at) - recorded_at) / HOUR


def _told(row: Any, at: datetime) -> Ground:
    what = row.tag or row.device
    place = row.site.name if row.site else ""
    words = f"{place} {what} {row.get_kind_display()}".strip()
    return Ground(row.raised_at, words, f"{reverse('alarms')}?enterprise={row.enterprise_id}&tab=history")


def _told_ahead(row: Any, at: datetime) -> Ground:
    place = row.site.name if row.site else ""
    words = {"what": f"{place} {row.tag}".strip(), "kind": row.get_limit_kind_display()}
    return Ground(row.at, _("%(what)s 将达%(kind)s") % words, reverse("forecast", args=[row.pk]))


def _sentence(severity: str, days: int) -> Any:
    label = Severity(severity).label

    def said(n: float) -> str:
        words = {"days": days, "severity": label, "n": int(n)}
        sentence = ngettext(
            "近%(days)d天%(severity)s报警 %(n)d 次", "近%(days)d天%(severity)s报警 %(n)d 次", int(n)
        )
        return sentence % words

    return said


contribute_features(
    *(
        Feature(
            f"alarms_{severity}_{days}",
            label,
            _sentence(severity, days),
            counted(of_severity(severity, days)),
            grounds=standing_on(of_severity(severity, days), _told, order="-raised_at"),
        )
        for severity, days, label in (
            (Severity.RED, 30, gettext_lazy("近30天红色报警")),
            (Severity.RED, 90, gettext_lazy("近90天红色报警")),
            (Severity.ORANGE, 30, gettext_lazy("近30天橙色报警")),
            (Severity.ORANGE, 90, gettext_lazy("近90天橙色报警")),
            (Severity.YELLOW, 30, gettext_lazy("近30天黄色报警")),
            (Severity.YELLOW, 90, gettext_lazy("近90天黄色报警")),
        )
    ),
    Feature(
        "forecasts_30",
        gettext_lazy("近30天将达限值的早期预警"),
        numbered(
            ngettext_lazy(
                "近30天测点走势将达限值的早期预警 %(n)d 次", "近30天测点走势将达限值的早期预警 %(n)d 次", "n"
            )
        ),
        counted(foretold),
        grounds=standing_on(foretold, _told_ahead, order="-at"),
    ),
    Feature(
        "alarm_hours_unanswered",
        gettext_lazy("近90天红、橙报警未确认小时数"),
        lambda n: _("近90天红、橙报警共 %(n)d 小时没有人确认") % {"n": round(n)},
        gathered(unanswered, ("recorded_at", "acknowledged_at"), _hours_unanswered, sum),
        grounds=standing_on(unanswered, _told, order="-raised_at"),
    ),
    Feature(
        "bad_data_hours",
        gettext_lazy("近30天数据异常小时数"),
        lambda n: _("近30天测点数据异常共 %(n)d 小时") % {"n": round(n)},
        gathered(lasting(AlarmRule.Kind.BAD), ("raised_at", "cleared_at"), _hours_of_month, sum),
        grounds=standing_on(lasting(AlarmRule.Kind.BAD), _told, order="-raised_at"),
    ),
    Feature(
        "offline_hours",
        gettext_lazy("近30天离线小时数"),
        lambda n: _("近30天监测设备离线共 %(n)d 小时") % {"n": round(n)},
        gathered(lasting(AlarmRule.Kind.NO_DATA), ("raised_at", "cleared_at"), _hours_of_month, sum),
        grounds=standing_on(lasting(AlarmRule.Kind.NO_DATA), _told, order="-raised_at"),
    ),
)


def red_warnings(first: datetime, last: datetime, by: datetime) -> Iterator[Harm]:
    """Yield the warnings that red alarms had opened in a span, without those found false by a moment."""
    rows = Alarm._base_manager.filter(severity=Severity.RED, warning__isnull=False, recorded_at__lte=by)
    rows = rows.filter(raised_at__gt=first, raised_at__lte=last).exclude(
        warning__outcome="false_alarm", warning__closed_at__lte=by
    )
    seen: set[int] = set()
    for alarm in rows.select_related("warning").order_by("raised_at", "pk"):
        warning = alarm.warning
        if warning is None or warning.pk in seen:
            continue
        seen.add(warning.pk)
        words, address = f"{warning.number} {warning.title}", reverse("case", args=[warning.pk])
        yield Harm(alarm.enterprise_id, alarm.raised_at, alarm.recorded_at, words, address)


contribute_harms(HarmKind("red_warning", gettext_lazy("红色报警引发的预警"), red_warnings))
