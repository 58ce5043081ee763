"""What this room adds to an enterprise's file: its connection, its alarms, its devices with live tags."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Expression, F, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.hazards.models import Visit
from anwei.ledgers.beside import Aside, contribute_aside
from anwei.ledgers.papers.blocks import Block, Paragraph
from anwei.monitoring import reading
from anwei.monitoring.filters import ACTIVE, UNACKNOWLEDGED
from anwei.monitoring.foresight import forecasts_of, reason
from anwei.monitoring.lateness import behind, calm_words
from anwei.monitoring.models import Alarm, AlarmRule, Device, Tag
from anwei.monitoring.queries import alarms_of, devices_of, tags_with_rules
from anwei.monitoring.views.devices import latest_of
from anwei.org.models import Person
from anwei.sites.colour import declare_watch
from anwei.sites.enterprise_file import Asked, Figure, Sheet, contribute
from anwei.sites.file.parts import PRINTED, table, words
from anwei.sites.models import Enterprise
from anwei.sites.things import THINGS, site_of
from anwei.sites.timeline import Asked as AskedEvents
from anwei.sites.timeline import Event, Source, contribute_events

N_ALARMS = 10
N_FORECASTS = 3
MONTH = timedelta(days=30)
GRAVE = ("red", "orange")


def watch() -> Expression:
    """Return whether an enterprise is watched: "offline" when every device is silent, "none" without one."""
    in_service = Device.objects.filter(revoked_at__isnull=True)
    silent = Alarm.objects.filter(ACTIVE, tag__isnull=True, kind=AlarmRule.Kind.NO_DATA).values("device")
    return Case(
        When(pk__in=in_service.exclude(pk__in=silent).values("enterprise"), then=Value("online")),
        When(pk__in=in_service.values("enterprise"), then=Value("offline")),
        default=Value("none"),
        output_field=CharField(),
    )


def alarms_sheet(enterprise: Enterprise, person: Person, now: datetime) -> dict[str, Any]:
    """Return the alarms that ask for attention, else the last ones."""
    rows = alarms_of(person).filter(enterprise=enterprise)
    current = list(rows.filter(ACTIVE | UNACKNOWLEDGED)[:N_ALARMS])
    return {"alarms": current or list(rows[:N_ALARMS]), "current": bool(current), "n_alarms": rows.count()}


def devices_sheet(enterprise: Enterprise, person: Person, now: datetime) -> dict[str, Any]:
    """Return the devices in service with their tags and newest values."""
    devices = devices_of(person).filter(enterprise=enterprise, revoked_at__isnull=True)
    tags = list(tags_with_rules(Tag.objects.filter(device__in=devices.values("pk"))))
    latest = latest_of(tags)
    grouped: dict[int, list[Any]] = {}
    for tag in tags:
        grouped.setdefault(tag.device_id, []).append((tag, (latest or {}).get(tag.number)))
    return {
        "devices": [(device, grouped.get(device.pk, [])) for device in devices],
        "n_tags": len(tags),
        "store_away": latest is None,
    }


def forecasts_sheet(enterprise: Enterprise, person: Person, now: datetime) -> dict[str, Any]:
    """Return the live early warnings, else the last ones."""
    rows = forecasts_of(person).filter(enterprise=enterprise)
    found = list(rows.order_by(F("ended_at").desc(nulls_first=True), "-at", "-pk")[:N_ALARMS])
    live = [one for one in found if one.ended_at is None]
    told = {"forecasts": live or found[:N_FORECASTS], "live": bool(live), "behind": ""}
    if found:
        return told | {"behind": behind(now)}
    title, text = calm_words(Tag.objects.filter(device__enterprise=enterprise), now)
    return told | {"calm_title": title, "calm_text": text}


def _print_forecasts(asked: Asked) -> Iterator[Block]:
    if late := behind(asked.now):
        yield Paragraph(late + _("。"))
    rows = forecasts_of(asked.person).filter(enterprise=asked.enterprise)
    lines = [
        [str(one.tag), reason(one), words(one.at), one.get_outcome_display() or one.get_verdict_display()]
        for one in rows[: PRINTED + 1]
    ]
    n_rows = rows.count() if len(lines) > PRINTED else len(lines)
    heading = [_("测点"), _("为什么"), _("发现"), _("结果、反馈")]
    yield from table(heading, lines[:PRINTED], n_rows, (3, 8, 3, 2))


def _figure(enterprise: Enterprise, parts: dict[str, Any]) -> Figure:
    n = sum(alarm.cleared_at is None for alarm in parts["alarms"]) if parts["current"] else 0
    address = f"{reverse('alarms')}?enterprise={enterprise.pk}"
    return Figure(_("当前报警"), n, _("历史共 %(n)d 条") % {"n": parts["n_alarms"]}, address, hot=n > 0)


def _print_alarms(asked: Asked) -> Iterator[Block]:
    rows = alarms_of(asked.person).filter(enterprise=asked.enterprise)
    lines = [
        [
            alarm.get_severity_display(),
            str(alarm.tag or alarm.device),
            reading.value_words(alarm),
            words(alarm.started_at),
            str(reading.state_words(alarm)),
        ]
        for alarm in rows[: PRINTED + 1]
    ]
    n_rows = rows.count() if len(lines) > PRINTED else len(lines)
    heading = [_("等级"), _("测点"), _("数值"), _("开始"), _("状态")]
    yield from table(heading, lines[:PRINTED], n_rows, (1.5, 4, 3, 4, 3))


def _print_tags(asked: Asked) -> Iterator[Block]:
    found = devices_sheet(asked.enterprise, asked.person, asked.now)
    if found["store_away"]:
        yield Paragraph(_("遥测存储暂时没有应答，最新数值缺失。"))
    lines = [
        [str(device), str(tag), _value_of(tag, sample), words(sample[0]) if sample else _("从未上报")]
        for device, rows in found["devices"]
        for tag, sample in rows
    ]
    heading = [_("设备"), _("测点"), _("最新数值"), _("时间")]
    yield from table(heading, lines[:PRINTED], len(lines))


def _value_of(tag: Tag, sample: Any) -> str:
    return f"{reading.number_words(sample[1], tag.decimals)} {tag.unit}".strip() if sample else "—"


def _tags_at(thing: Any, person: Person, now: datetime) -> dict[str, Any]:
    """Return the tags at the place of a thing with their newest values; a tag knows no other thing."""
    site = site_of(thing)
    if site is None:
        return {"site": None}
    devices = devices_of(person).filter(site=site, revoked_at__isnull=True)
    tags = list(tags_with_rules(Tag.objects.filter(device__in=devices.values("pk"))))
    latest = latest_of(tags)
    rows = [(tag, (latest or {}).get(tag.number)) for tag in tags]
    return {"site": site, "tags": rows, "store_away": latest is None}


def _foretold_before(visit: Any, person: Person, now: datetime) -> dict[str, Any]:
    """Return the early warnings of the month before a visit, but for those judged before it was planned."""
    if visit.enterprise_id is None or visit.cancelled_at:
        return {"forecasts": []}
    until = visit.ended_at or now
    rows = forecasts_of(person).filter(enterprise=visit.enterprise_id, at__lte=until, at__gt=until - MONTH)
    open_then = Q(verdict_at__isnull=True) | Q(verdict_at__gt=visit.planned_at)
    return {"forecasts": list(rows.filter(open_then)[:N_ALARMS])}


def alarm_events(asked: AskedEvents) -> Iterator[Event]:
    """Yield the red and orange alarms."""
    rows = alarms_of(asked.person).filter(enterprise=asked.enterprise, severity__in=GRAVE)
    for alarm in rows.prefetch_related(None)[: asked.most]:
        told = {"what": alarm.tag or alarm.device, "value": reading.value_words(alarm)}
        sentence = _("%(what)s报警 %(value)s") % told
        address = (
            reverse("tag", args=[alarm.tag_id])
            if alarm.tag_id is not None
            else reverse("device", args=[alarm.device.code])
        )
        yield Event(alarm.started_at, sentence, address, severity=alarm.severity)


declare_watch(watch)
contribute(
    Sheet(
        "monitoring/enterprise_alarms.html",
        alarms_sheet,
        10,
        group="monitoring",
        title=gettext_lazy("报警"),
        wide=True,
        printed=_print_alarms,
        figure=_figure,
    )
)
contribute(
    Sheet(
        "monitoring/enterprise_forecasts.html",
        forecasts_sheet,
        15,
        group="monitoring",
        title=gettext_lazy("早期预警"),
        wide=True,
        printed=_print_forecasts,
    )
)
contribute(
    Sheet(
        "monitoring/enterprise_devices.html",
        devices_sheet,
        20,
        group="monitoring",
        title=gettext_lazy("监测设备与测点"),
        wide=True,
        printed=_print_tags,
    )
)
contribute_aside(Aside("monitoring/beside.html", _tags_at, THINGS, place=20))
contribute_aside(Aside("monitoring/beside_visit.html", _foretold_before, [Visit], place=20))
contribute_events(Source("alarms", gettext_lazy("红橙报警"), alarm_events, place=20))
