"""Alarms: written from the stream's episode events exactly once, and acknowledged by people."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.monitoring.columns import moment
from anwei.monitoring.live_facts import MONITORING
from anwei.monitoring.models import Alarm, AlarmRule, Position
from anwei.monitoring.services.authority import WATCH, check_authority
from anwei.monitoring.services.errors import MonitoringError
from anwei.monitoring.services.positions import EPISODES
from anwei.monitoring.services.warnings import issue_warnings
from anwei.org.models import Person
from anwei.sites.live.colouring import recolour
from anwei.sites.models import Enterprise

ALARM_REGISTER = "monitoring.alarm"

log = logging.getLogger("anwei.monitoring")

Event = dict[str, Any]  # the columns of anwei.monitoring.stream.samples.EpisodeEvent
Key = tuple[int, datetime]  # an episode: rule and start


@dataclass(frozen=True)
class Recorded:
    """What one call wrote: new or changed alarms by key, and the keys of touched warnings."""

    rows: list[Alarm]
    warnings: list[int]

    @property
    def alarms(self) -> list[int]:
        """The primary keys of the alarms."""
        return [alarm.pk for alarm in self.rows]


@transaction.atomic
def record_episodes(
    events: Sequence[tuple[int, Event]], *, now: datetime, trends: Mapping[int, str] = MappingProxyType({})
) -> Recorded:
    """Write numbered events of the outbox as Alarm rows, with the position, in one transaction.

    Events up to the stored position are passed over and an episode is unique on (rule, start), so repetition
    changes nothing. New alarms of rules that say so open a warning or attach to the open one; `trends` are
    sentences by rule for its text.
    """
    position, _created = Position.objects.select_for_update().get_or_create(name=EPISODES)
    fresh = [(sequence, event) for sequence, event in events if sequence > position.value]
    if not fresh:
        return Recorded([], [])
    recorded = _write([event for _sequence, event in fresh], now, trends)
    position.value = fresh[-1][0]
    position.save(update_fields=["value"])
    return recorded


def _write(events: list[Event], now: datetime, trends: Mapping[int, str]) -> Recorded:
    rules = _rules(event["rule"] for event in events)
    known = _known_alarms(events)
    raised: dict[Key, Alarm] = {}
    cleared: dict[Key, Alarm] = {}
    for event in events:
        rule, key = rules.get(event["rule"]), _key(event)
        if rule is None:
            log.error("episode of rule %s passed over: the register has no such rule", event["rule"])
        elif event["kind"] == "raised":
            if key not in known:
                known[key] = raised[key] = _alarm(rule, event, now)
        elif (alarm := known.get(key)) is None:
            log.error("end of an episode never raised: rule %s, start %s", event["rule"], event["start"])
        elif alarm.cleared_at is None or event["late"]:  # more late data may put a late end right
            alarm.cleared_at, alarm.changed_at = moment(event["at"]), now
            cleared[key] = alarm
    Alarm.objects.bulk_create(raised.values())
    earlier = [alarm for key, alarm in cleared.items() if key not in raised]
    Alarm.objects.bulk_update(earlier, ["cleared_at", "changed_at"])
    warnings = issue_warnings(list(raised.values()), now=now, trends=trends)
    touched = {alarm.pk: alarm for alarm in (*raised.values(), *cleared.values())}
    owners = {alarm.enterprise_id for alarm in touched.values()}
    if owners:
        recolour(Enterprise.objects.filter(pk__in=owners), now, only=(MONITORING,))
    return Recorded([touched[pk] for pk in sorted(touched)], warnings)


def _rules(ids: Iterable[int]) -> dict[int, AlarmRule]:
    related = (
        "tag__device__enterprise__unit",
        "tag__device__site__unit",
        "device__enterprise__unit",
        "device__site__unit",
    )
    return AlarmRule.objects.select_related(*related).in_bulk(set(ids))


def _known_alarms(events: list[Event]) -> dict[Key, Alarm]:
    rows = Alarm.objects.filter(
        rule__in={event["rule"] for event in events}, started_at__in={_key(event)[1] for event in events}
    )
    return {(alarm.rule_id, alarm.started_at): alarm for alarm in rows}


def _key(event: Event) -> Key:
    return event["rule"], moment(event["start"])


def _alarm(rule: AlarmRule, event: Event, now: datetime) -> Alarm:
    device = rule.watched_device
    silence = rule.kind == AlarmRule.Kind.NO_DATA
    return Alarm(
        rule=rule,
        tag=rule.tag,
        device=device,
        enterprise=device.enterprise,
        site=device.site,
        territory=device.enterprise.unit.territory,
        sector=device.enterprise.sector,
        kind=rule.kind,
        severity=rule.severity,
        started_at=moment(event["start"]),
        raised_at=moment(event["at"]),
        sample_at=moment(
            event["start"] if silence else event["at"]
        ),  # silence has no sample but the last one
        value=event["value"],
        limit=event["limit"],
        late=event["late"],
        recorded_at=now,
        changed_at=now,
    )


@transaction.atomic
def acknowledge(alarm: Alarm, *, actor: Person, now: datetime, note: str = "") -> Alarm:
    """Record that `actor` has seen the alarm; the first one stays on record, repetition changes nothing.

    Raises NotAllowed for a post that does not watch or an alarm out of scope, MonitoringError for a long
    note.
    """
    check_authority(actor, WATCH, alarm, now)
    if len(note) > 200:
        raise MonitoringError(_("确认说明最长 200 字。"))
    alarm = Alarm.objects.select_for_update().get(pk=alarm.pk)
    if alarm.acknowledged_at is not None:
        return alarm
    alarm.acknowledged_at, alarm.acknowledged_by, alarm.acknowledgement = now, actor, note
    alarm.changed_at = now
    alarm.save(update_fields=["acknowledged_at", "acknowledged_by", "acknowledgement", "changed_at"])
    content = {"note": note}
    record_change(ALARM_REGISTER, alarm.pk, actor=actor, now=now, verb="acknowledge", content=content)
    return alarm
