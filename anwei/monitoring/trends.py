"""How a value moved before its alarm, in words, for the text of a warning."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from asgiref.sync import sync_to_async

from anwei.monitoring.models import AlarmRule
from anwei.monitoring.stream.doors import Doors
from anwei.monitoring.words import trend

MINUTES = 10
POINTS = 120
MOST = 20  # warnings of one batch that get a trend: in a storm the warning itself comes first

Event = dict[str, Any]


async def sentences(doors: Doors, events: Sequence[tuple[int, Event]]) -> Mapping[int, str]:
    """Return, by rule, how the tag moved in the ten minutes before; only for rules that open a warning."""
    raised = {
        event["rule"]: event for _sequence, event in events if event["kind"] == "raised" and event["tag"]
    }
    tags = await sync_to_async(_tags_of)(list(raised))
    found = {}
    for rule, (decimals, unit) in list(tags.items())[:MOST]:
        event = raised[rule]
        start, end = event["at"] - MINUTES * 60_000, event["at"] + 1
        values = (await doors.history(event["tag"], start, end, POINTS))["value"].tolist()
        finite = [value for value in values if math.isfinite(value)]
        found[rule] = trend(finite, MINUTES, decimals, unit)
    return found


def _tags_of(rules: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return decimals and unit of the tag, by rule, of those rules that open warnings."""
    rows = AlarmRule.objects.filter(pk__in=rules, opens_warning=True, tag__isnull=False)
    return {
        pk: (decimals, unit) for pk, decimals, unit in rows.values_list("pk", "tag__decimals", "tag__unit")
    }
