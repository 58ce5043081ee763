"""What the sensors are, what their limits are, and when that was an alarm."""

from __future__ import annotations

from anwei.monitoring.models.alarms import Alarm
from anwei.monitoring.models.devices import LONGEST_PERIOD_S, Device, Tag
from anwei.monitoring.models.forecasts import Forecast
from anwei.monitoring.models.positions import Position
from anwei.monitoring.models.rules import LONGEST_DELAY_S, AlarmRule, Severity
from anwei.monitoring.models.warnings import Warning

__all__ = [
    "LONGEST_DELAY_S",
    "LONGEST_PERIOD_S",
    "Alarm",
    "AlarmRule",
    "Device",
    "Forecast",
    "Position",
    "Severity",
    "Tag",
    "Warning",
]
