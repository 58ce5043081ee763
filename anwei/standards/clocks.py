"""Clocks as data: by when something must be done, counted from which event, by which article."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from anwei.standards import limits
from anwei.standards.calendar import COUNTY_TIME, WorkCalendar, end_of_day
from anwei.standards.limits import UNITS

WARNING_CLOCKS = "warning_clocks"  # key of the county's Setting
ISSUED = "issued"  # in place of a level: the clocks of a warning that a person issued, of any colour
DISPOSAL, EXTENSION = "dispose", "extension"  # key of the clock that may be extended, and of how

__all__ = [
    "COUNTY_TIME",
    "DISPOSAL",
    "EXTENSION",
    "ISSUED",
    "UNITS",
    "WARNING_CLOCKS",
    "ClockRule",
    "ExtensionRule",
    "default_warning_clocks",
    "warning_clocks",
]


@dataclass(frozen=True)
class ExtensionRule:
    """How far and how often a limit may be extended; no `limit`: as far as who signs for it says."""

    times: int
    citation: str
    confidence: str
    limit: int | None = None
    unit: str = "natural"


@dataclass(frozen=True)
class ClockRule:
    """One limit: starts on one of the events, is met by a verb, `limit` counted in `unit` (limits.UNITS).

    `on_breach` is what missing it brings; `key` names the StatutoryDeadline or the county's figure it comes
    from; without an `extension` it cannot be extended. `until` is the day that the case itself names: `limit`
    then is ignored. One that `repeats` starts again whenever it was met, until the case is closed. `ended_by`
    are verbs that end it beside the one that meets it; at one of `tightened_by` it is counted anew if it
    runs, and can only become due earlier.
    """

    name: str
    starts_on: tuple[str, ...]  # "open" or verbs
    met_by: str
    limit: int
    unit: str
    citation: str
    confidence: str
    _: KW_ONLY
    on_breach: str = ""
    key: str = ""
    rolls: bool = False
    extension: ExtensionRule | None = None
    until: date | None = None
    repeats: bool = False
    ended_by: tuple[str, ...] = ()
    tightened_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.until is not None:
            return
        try:
            limits.check(self.limit, self.unit)
        except ValueError as fault:
            raise ValueError(f"{self.name}: {fault}") from fault

    def next_start(self, met_at: datetime, due_at: datetime) -> datetime:
        """Return from when the next round is counted: from when this one was met.

        A report on a quarter or a year that came early does not count for the next one too.
        """
        return max(met_at, due_at) if self.unit in limits.PERIODS else met_at

    def due(self, started_at: datetime, calendar: WorkCalendar | None = None) -> datetime:
        """Return the last moment at which the clock is met in time; the product's calendar unless given."""
        if self.until is not None:
            return end_of_day(self.until).astimezone(started_at.tzinfo)
        return limits.end_of(
            started_at, self.limit, self.unit, calendar or WorkCalendar.load(), rolls=self.rolls
        )


@cache
def default_warning_clocks() -> dict[str, tuple[ClockRule, ...]]:
    """Return the clocks of a warning by its level (red to blue, ISSUED) as the product brings them."""
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
                key=row.get("step", row["met_by"]),
                extension=ExtensionRule(**row["extension"]) if "extension" in row else None,
                ended_by=tuple(row.get("ended_by", ())),
            )
        )
    return {level: tuple(found) for level, found in rules.items()}


def warning_clocks(
    level: str, county: Mapping[str, Mapping[str, Mapping[str, object]]] | None = None
) -> tuple[ClockRule, ...]:
    """Return the clocks of a warning of `level`, with the county's own limits where it set some.

    `county` is the value of the Setting `warning_clocks`: {level: {key: {"limit": 5, "unit": "minute"}}}, and
    under EXTENSION how often and by how many days the disposal may be extended, {"times": 1, "limit": 3}.
    Raises KeyError for an unknown level and ValueError for a limit that is none.
    """
    own = (county or {}).get(level, {})
    rules = (_changed(rule, own.get(rule.key)) for rule in default_warning_clocks()[level])
    return tuple(_extended(rule, own.get(EXTENSION)) for rule in rules)


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


def _extended(rule: ClockRule, own: Mapping[str, object] | None) -> ClockRule:
    """Return the rule with the county's own terms of extension; none at all where it set no times."""
    if own is None or rule.key != DISPOSAL:
        return rule
    times, limit = int(str(own["times"])), int(str(own["limit"]))
    if not times:
        return replace(rule, extension=None)
    limits.check(limit, "natural")
    citation = str(own.get("citation", "县级设置"))
    return replace(rule, extension=ExtensionRule(times, citation, "COUNTY", limit))
