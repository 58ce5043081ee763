"""A clock that moves from act to act: a story yields the moment at which it goes on, and then acts."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random

from anwei.standards.calendar import COUNTY_TIME

Story = Iterator[datetime]
OPENS, CLOSES, WEEKEND = 8, 17, 5  # office hours of the county, and the first day off of the week


class Agenda:
    """Plays stories side by side, each act at its moment, until the clock stands at `until`.

    A story that would go on later stays where it is: so things stand open at the end.
    """

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._order = count()
        self._waiting: list[tuple[datetime, int, Story]] = []

    def add(self, story: Story) -> None:
        """Begin a story: it runs to its first moment."""
        at = next(story, None)
        if at is not None and at <= self.until:
            heapq.heappush(self._waiting, (at, next(self._order), story))

    def play(self) -> None:
        """Let every story go on as far as the clock goes."""
        while self._waiting:
            _at, _number, story = heapq.heappop(self._waiting)
            self.add(story)


def at_work(moment: datetime, chance: Random) -> datetime:
    """Return the moment, or one in the morning of the next working day where offices are closed then."""
    local = moment.astimezone(COUNTY_TIME)
    while local.weekday() >= WEEKEND or local.hour >= CLOSES:
        local = (local + timedelta(days=1)).replace(hour=0, minute=0)
    if local.hour < OPENS:
        local = local.replace(hour=OPENS) + timedelta(minutes=chance.randrange(150))
    return local


def in_shift(moment: datetime, chance: Random) -> datetime:
    """Return the moment, or one in the next morning where nobody is about in a plant."""
    local = moment.astimezone(COUNTY_TIME)
    if local.hour >= CLOSES + 2:
        local = (local + timedelta(days=1)).replace(hour=0, minute=0)
    if local.hour < OPENS:
        local = local.replace(hour=OPENS) + timedelta(minutes=chance.randrange(120))
    return local
