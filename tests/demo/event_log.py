"""What became of hazards, counted from the event log alone: entries and what they seal, nothing the product counts by.

Of the case only its number and territory are read, which no entry tells.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from django.db import connection

BEIJING = timezone(timedelta(hours=8))
ENTRIES = """
select c.number, c.territory, e.at, e.verb, e.actor_id, e.content
from cases_entry e join cases_case c on c.id = e.case_id
where c.kind = 'hazard' order by e.case_id, e.number
"""
NOT_REAL = ("merge", "false_report")


@dataclass
class Event:
    """One line of the log."""

    at: datetime
    verb: str
    actor: int | None
    content: dict[str, Any]

    @property
    def photos(self) -> list[datetime]:
        """When the photos handed in were taken."""
        return [moment(one["taken_at"]) for one in self.content.get("evidence", ()) if one["taken_at"]]


@dataclass
class Story:
    """A hazard as the log tells it."""

    number: str
    township: str
    events: list[Event] = field(default_factory=list)

    def last(self, verb: str) -> Event | None:
        """Return the last event of a verb."""
        return next((one for one in reversed(self.events) if one.verb == verb), None)

    @property
    def first(self) -> dict[str, Any]:
        """What was sealed of the finding."""
        return dict(self.events[0].content["columns"])

    @property
    def month(self) -> str:
        """The month of the finding in the county."""
        return f"{moment(self.first['found_at']).astimezone(BEIJING):%Y-%m}"

    @property
    def is_closed(self) -> bool:
        """Whether it was put right and closed off."""
        return self.last("close") is not None

    @property
    def is_counted(self) -> bool:
        """Whether it is a hazard at all, and one of its own."""
        return not any(self.last(verb) for verb in NOT_REAL)

    def was_late(self, now: datetime) -> bool:
        """Whether any order was not answered by its day: as ordered, or as extended before it was answered."""
        due: datetime | None = None
        for one in self.events:
            if one.verb in ("order", "return_back"):
                day = one.content.get("due_on")
                due = end_of(date.fromisoformat(day) if day else one.at.astimezone(BEIJING).date())
            elif one.verb == "extended" and due is not None:
                due = moment(one.content["to"])
            elif one.verb == "fix" and due is not None:
                if one.at > due:
                    return True
                due = None
        return due is not None and due < now

    @property
    def people(self) -> tuple[int | None, int | None, int | None]:
        """Who found it, who put it right, who verified it."""
        fix, verify = self.last("fix"), self.last("verify")
        finder = self.first["found_by"] or self.events[0].actor
        return finder, fix and fix.actor, verify and verify.actor


def stories() -> list[Story]:
    """Return all hazards as the log tells them."""
    found: dict[str, Story] = {}
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES)
        for number, territory, at, verb, actor, content in cursor.fetchall():
            told = json.loads(content) if isinstance(content, str) else content
            story = found.setdefault(number, Story(number, territory[:9]))
            story.events.append(Event(moment(at), verb, actor, told))
    return list(found.values())


def counts(told: list[Story], now: datetime) -> dict[tuple[str, str], list[int]]:
    """Return filed, closed, in time, overdue, not counted, by month and township."""
    cells: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for one in told:
        cell = cells[one.month, one.township]
        if not one.is_counted:
            cell[4] += 1
            continue
        late = one.was_late(now)
        cell[0] += 1
        cell[1] += one.is_closed
        cell[2] += one.is_closed and not late
        cell[3] += late
    return dict(cells)


def faults(told: list[Story]) -> list[str]:
    """Return the numbers of closed hazards without three people, evidence before and after, or their order."""
    return [one.number for one in told if one.is_closed and not _is_whole(one)]


def _is_whole(story: Story) -> bool:
    fix, verify = story.last("fix"), story.last("verify")
    if fix is None or verify is None or None in story.people or len(set(story.people)) < 3:
        return False
    before, after, seen = story.events[0].photos, fix.photos, verify.photos
    return bool(before and after and seen) and max(before) < min(after) < min(seen)


def moment(told: Any) -> datetime:
    """Return a moment as the log or the database spells it; without an offset it is UTC."""
    at = told if isinstance(told, datetime) else datetime.fromisoformat(str(told).replace("Z", "+00:00"))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def end_of(day: date) -> datetime:
    """Return the end of a day in the county."""
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(days=1)
