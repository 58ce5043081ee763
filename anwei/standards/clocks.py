"""Clocks as data: by when something must be done, counted from which event, by which article."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

COUNTY_TIME = ZoneInfo("Asia/Shanghai")
UNITS = ("minute", "hour", "same_day")
WARNING_CLOCKS = "warning_clocks"  # key of the county's Setting


@dataclass(frozen=True)
class ClockRule:
    """One limit: starts on one of the events, is met by a verb, `limit` counted in `unit`.

    `same_day` means the end of the day on which it started, Asia/Shanghai; `limit` is then ignored.
    """

    name: str
    starts_on: tuple[str, ...]  # "open" or verbs
    met_by: str
    limit: int
    unit: str
    citation: str
    confidence: str

    def __post_init__(self) -> None:
        if self.unit not in UNITS or (self.unit != "same_day" and self.limit <= 0):
            raise ValueError(f"{self.name}: {self.limit} {self.unit} is not a limit")

    def due(self, started_at: datetime) -> datetime:
        """Return the last moment at which the clock is met in time."""
        if self.unit == "same_day":
            day = started_at.astimezone(COUNTY_TIME).date()
            midnight = datetime.combine(day + timedelta(days=1), time(), COUNTY_TIME)
            return midnight.astimezone(started_at.tzinfo)
        return started_at + (
            timedelta(minutes=self.limit) if self.unit == "minute" else timedelta(hours=self.limit)
        )


@cache
def default_warning_clocks() -> dict[str, tuple[ClockRule, ...]]:
    """Return the clocks of a warning by its level (red, orange, yellow, blue) as the product brings them."""
    table = tomllib.loads(files("anwei.standards").joinpath("data/warning_clocks.toml").read_text("utf-8"))
    rules: dict[str, list[ClockRule]] = {}
    for row in table["clock"]:
        rules.setdefault(row["level"], []).append(
            ClockRule(
                row["name"],
                tuple(row["starts_on"]),
                row["met_by"],
                row.get("limit", 0),
                row["unit"],
                table["citation"],
                table["confidence"],
            )
        )
    return {level: tuple(found) for level, found in rules.items()}


def warning_clocks(
    level: str, county: Mapping[str, Mapping[str, Mapping[str, object]]] | None = None
) -> tuple[ClockRule, ...]:
    """Return the clocks of a warning of `level`, with the county's own limits where it set some.

    `county` is the value of the Setting `warning_clocks`: {level: {met_by: {"limit": 5, "unit": "minute"}}}.
    Raises KeyError for an unknown level and ValueError for a limit that is none.
    """
    own = (county or {}).get(level, {})
    return tuple(_changed(rule, own.get(rule.met_by)) for rule in default_warning_clocks()[level])


def _changed(rule: ClockRule, own: Mapping[str, object] | None) -> ClockRule:
    if own is None:
        return rule
    return replace(
        rule,
        limit=int(str(own.get("limit", 0))),
        unit=str(own["unit"]),
        citation=str(own.get("citation", "县级设置")),
        confidence="COUNTY",
    )
