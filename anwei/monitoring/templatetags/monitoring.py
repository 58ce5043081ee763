"""What the pages of this room say about alarms and values."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.utils import timezone

from anwei.monitoring import foresight, reading
from anwei.monitoring.models import Alarm, Warning

MOST_ALARMS = 20

register = template.Library()
register.filter("value_words", reading.value_words)
register.filter("limit_words", reading.limit_words)
register.filter("told", reading.told)
register.filter("clock", reading.clock)
register.filter("state_words", reading.state_words)
register.filter("forecast_reason", foresight.reason)


@register.filter
def percent(share: float | None) -> str:
    """Return a share of 1 as whole per cent, or a dash."""
    return "—" if share is None else f"{100 * share:.0f}%"


@register.filter
def lasted(alarm: Alarm) -> timedelta:
    """Return how long the condition held, until now while it still does."""
    return (alarm.cleared_at or timezone.now()) - alarm.started_at


@register.filter
def item(table: dict[Any, Any], key: Any) -> Any:
    """Return the entry of `key`, or None."""
    return table.get(key)


@register.filter
def decimals(value: float | None, places: int) -> str:
    """Return a value with the decimals of its tag, or a dash."""
    return reading.number_words(value, places)


@register.simple_tag
def attached_alarms(warning: Warning) -> dict[str, Any]:
    """Return the alarms attached to a warning: the `first` of its rule, the `newest` few, how many (`n`)."""
    rows = Alarm.objects.filter(warning=warning.pk).select_related("rule", "tag", "device")
    first = rows.filter(rule=warning.rule_id).order_by("started_at").first()
    return {"first": first, "newest": list(rows[:MOST_ALARMS]), "n": rows.count()}
