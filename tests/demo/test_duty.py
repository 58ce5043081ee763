"""The demo's duty officer looks through the past and leaves today to the visitor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from anwei.datafolder import DataFolder
from anwei.demo.duty import BATCH, OFFICER, look_through
from anwei.demo.people import Account
from anwei.ledgers.models import Change
from anwei.monitoring.models import Alarm, AlarmRule
from anwei.monitoring.services import record_episodes

pytestmark = pytest.mark.django_db
HOUR = 3_600_000  # ms


def test_what_ended_a_day_ago_is_acknowledged_and_the_rest_waits(
    county: tuple[DataFolder, list[Account]],
) -> None:
    now = timezone.now()
    rule = AlarmRule.objects.filter(kind="h").select_related("tag__device")[0]
    spans = [(72 + n, 71 + n) for n in range(BATCH + 1)] + [(48, None), (30, 23), (1, 0.5)]
    events = []
    for began, ended in spans:
        for kind, hours in (("raised", began), ("cleared", ended)):
            if hours is not None:
                events.append(
                    {
                        "rule": rule.pk,
                        "tag": rule.tag_id,
                        "device": rule.watched_device.code,
                        "start": round(now.timestamp() * 1000 - began * HOUR),
                        "kind": kind,
                        "at": round(now.timestamp() * 1000 - hours * HOUR),
                        "value": rule.limit,
                        "limit": rule.limit,
                        "late": False,
                    }
                )
    record_episodes(list(enumerate(events, start=1)), now=now)
    assert [look_through(now=now) for _ in range(3)] == [BATCH, 1, 0]
    seen = Alarm.objects.filter(acknowledged_at=now, acknowledged_by__username=OFFICER)
    assert seen.count() == BATCH + 1
    assert not seen.filter(cleared_at__gt=now - timedelta(days=1)).exists()
    assert Alarm.objects.filter(acknowledged_at=None).count() == 3  # still active, or ended within a day
    assert Change.objects.filter(register="monitoring.alarm", verb="acknowledge").count() == BATCH + 1
