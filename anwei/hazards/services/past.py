"""Records from elsewhere are kept as they are told, each with the day by which its closing is in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from typing import Any

from anwei.cases.clocks import county_calendar
from anwei.hazards.models import PastHazard
from anwei.hazards.timing import last_day, past_limit
from anwei.ledgers.saving import Edit, save_rows
from anwei.standards.calendar import COUNTY_TIME


def save_past(edits: Sequence[Edit], *, actor: Any, now: datetime, reason: str = "") -> list[PastHazard]:
    """Write records from elsewhere; the day by which each is in time follows from its own or the usual limit.

    The limit is the county's on the day of the import. Raises ValueError where there is none in days.
    """
    limit, calendar = past_limit(), county_calendar()

    @cache
    def in_time_until(filed_on: date) -> date:
        due = limit.due(datetime.combine(filed_on, time(), COUNTY_TIME), calendar)
        if due is None:
            raise ValueError(limit.what)
        return last_day(due)

    def reckoned(edit: Edit) -> Edit:
        told = {name: edit.values.get(name, getattr(edit.row, name, None)) for name in ("filed_on", "due_on")}
        return replace(
            edit,
            values={**edit.values, "reckoned_on": told["due_on"] or in_time_until(told["filed_on"])},
        )

    return save_rows(PastHazard, [reckoned(edit) for edit in edits], actor=actor, now=now, reason=reason)
