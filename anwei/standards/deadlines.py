"""Statutory deadlines as data: what must be done, counted from what, how long, by which article.

The files `data/deadlines_*.toml` carry over every limit of the collected rules on accidents, hazards and
tip-offs; `source` says which entries of that collection a row stands for. VERIFIED rows are law: a county may
only be stricter. MEMORY and TEMPLATE rows are defaults that a county may change (Setting "deadlines").
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from anwei.standards import limits
from anwei.standards.calendar import WorkCalendar
from anwei.standards.clocks import ClockRule, ExtensionRule

DEADLINES = "deadlines"  # key of the county's Setting: {key: {"limit": 20, "unit": "minute", "citation": ""}}
FILES = ("accidents", "hazards", "oversight", "tip_offs")
CHANGEABLE = ("MEMORY", "TEMPLATE")


@dataclass(frozen=True)
class StatutoryDeadline:
    """One limit of the law: `what` is due by `who`, counted from `event`.

    `limit` is None where the case itself says the date (按治理方案). `repeats`: due again from each time it
    was met. `note` says how a text that names no length was read.
    """

    key: str
    what: str
    who: str
    event: str
    limit: int | None
    unit: str
    citation: str
    confidence: str
    on_breach: str = ""
    repeats: bool = False
    rolls: bool = False
    note: str = ""
    source: tuple[str, ...] = ()
    extension: ExtensionRule | None = None

    @property
    def changeable(self) -> bool:
        """Whether a county may set any other limit: it is a template or from memory."""
        return self.confidence in CHANGEABLE

    def due(self, started_at: datetime, calendar: WorkCalendar) -> datetime | None:
        """Return the last moment in time, None where the case itself says it."""
        if self.limit is None:
            return None
        return limits.end_of(started_at, self.limit, self.unit, calendar, rolls=self.rolls)

    def clock(self, *, starts_on: tuple[str, ...], met_by: str, until: date | None = None) -> ClockRule:
        """Return the clock that runs on a case from one of the events until a verb, or until a day it names.

        Raises ValueError where the case itself must say the date and does not.
        """
        if self.limit is None and until is None:
            raise ValueError(f"{self.key}: the case says the date")
        return ClockRule(
            self.what,
            starts_on,
            met_by,
            self.limit or 0,
            self.unit,
            self.citation,
            self.confidence,
            until=until,
            on_breach=self.on_breach,
            key=self.key,
            rolls=self.rolls,
            extension=self.extension,
            repeats=self.repeats,
        )


@cache
def default_deadlines() -> dict[str, StatutoryDeadline]:
    """Return all deadlines by key as the product brings them, in the order of the files."""
    rows: dict[str, StatutoryDeadline] = {}
    for name in FILES:
        text = files("anwei.standards").joinpath(f"data/deadlines_{name}.toml").read_text("utf-8")
        for row in tomllib.loads(text)["deadline"]:
            if row["key"] in rows:
                raise ValueError(f"{row['key']} stands twice")
            rows[row["key"]] = _deadline(row)
    return rows


def deadlines(county: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, StatutoryDeadline]:
    """Return all deadlines, with the county's own limits where it set some.

    Raises KeyError for an unknown key and ValueError for a limit that is none or laxer than the law's.
    """
    rows = dict(default_deadlines())
    for key, own in (county or {}).items():
        rows[key] = _changed(rows[key], own)
    return rows


def deadline(key: str, county: Mapping[str, Mapping[str, Any]] | None = None) -> StatutoryDeadline:
    """Return one deadline, as the county set it.

    Raises KeyError for an unknown key.
    """
    return deadlines(county)[key]


def _changed(row: StatutoryDeadline, own: Mapping[str, Any]) -> StatutoryDeadline:
    limit, unit = int(own.get("limit", 0)), str(own.get("unit", row.unit))
    limits.check(limit, unit)
    if not row.changeable and (row.limit is None or limits.is_laxer(limit, unit, row.limit, row.unit)):
        raise ValueError(f"{row.what}：{row.citation}规定的时限，县里只能更严，不能放宽")
    citation = str(own.get("citation", "县级设置"))
    return replace(row, limit=limit, unit=unit, citation=citation, confidence="COUNTY", note="")


def _deadline(row: Mapping[str, Any]) -> StatutoryDeadline:
    more = {name: row[name] for name in ("on_breach", "repeats", "rolls", "note") if name in row}
    limit = row.get("limit", None if row["unit"] == "by_plan" else 0)
    if limit is not None:
        limits.check(limit, row["unit"])
    extension = ExtensionRule(**row["extension"]) if "extension" in row else None
    return StatutoryDeadline(
        row["key"],
        row["what"],
        row["who"],
        row["event"],
        limit,
        row["unit"],
        row["citation"],
        row["confidence"],
        source=tuple(row.get("source", ())),
        extension=extension,
        **more,
    )
