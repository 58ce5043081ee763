"""The end of an alarm found in late data may be put right; that of a live one stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anwei.monitoring.models import Alarm
from anwei.monitoring.services.alarms import record_episodes
from tests.monitoring.plant import NOW, Plant, cleared, raised

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("late", "ends_after"), [(True, 11), (False, 700)])
def test_more_late_data_puts_only_a_late_end_right(plant: Plant, late: bool, ends_after: int) -> None:
    event = raised(plant.h, late=late)
    record_episodes([(1, event), (2, cleared(event, seconds=700))], now=NOW)
    record_episodes([(3, cleared(event, seconds=11))], now=NOW)
    alarm = Alarm.objects.get()
    assert alarm.cleared_at == NOW + timedelta(seconds=ends_after)
    assert alarm.late is late
