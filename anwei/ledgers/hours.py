"""The hourly heads: each seals what was written since the last, and outlives the database in `anchor`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from anwei.ledgers.links import FIRST, Hour, Seals
from anwei.ledgers.models import GlobalHead
from anwei.ledgers.spelling import moment


class HourlyParts:
    """The part of each hour that one model's rows make, fed in the order of their primary keys."""

    def __init__(self, keyed: Seals, through: Sequence[int]) -> None:
        """Take the last primary key of each hour."""
        self._keyed = keyed
        self._through = through
        self._running = keyed.running()
        self._n_rows = 0
        self._parts: list[tuple[str, int]] = []

    def feed(self, rows: Sequence[tuple[int, str]]) -> None:
        """Take the next rows: primary key and digest."""
        while rows and len(self._parts) < len(self._through):
            n_of_hour = bisect_right(rows, self._through[len(self._parts)], key=lambda row: row[0])
            self._add(rows[:n_of_hour])
            rows = rows[n_of_hour:]
            if rows:
                self._close()

    def parts(self) -> list[tuple[str, int]]:
        """Return seal and number of rows of each hour, once every row was fed."""
        while len(self._parts) < len(self._through):
            self._close()
        return self._parts

    def _add(self, rows: Sequence[tuple[int, str]]) -> None:
        self._running.feed(rows)
        self._n_rows += len(rows)

    def _close(self) -> None:
        self._parts.append((self._running.seal(), self._n_rows))
        self._running, self._n_rows = self._keyed.running(), 0


def first_break(
    heads: Sequence[GlobalHead],
    anchored: dict[int, str],
    parts: Mapping[str, Sequence[tuple[str, int]]],
    keyed: Seals,
) -> tuple[int, str] | None:
    """Return number and reason of the first hour that does not hold; `parts` are the hours of each model."""
    previous, n_rows, left = FIRST, 0, dict(anchored)
    for place, head in enumerate(heads):
        number = place + 1
        n_rows += sum(hours[place][1] for hours in parts.values())
        seals = {label: hours[place][0] for label, hours in parts.items()}
        digest = keyed.hour(Hour(number, moment(head.at), head.through, n_rows, seals), previous)
        if (head.number, head.digest, head.n_rows) != (number, digest, n_rows):
            return number, _("整点封存之前的记录被改动")
        if left.pop(number, digest) != digest:
            return number, _("整点封存与数据库之外的存底不符")
        previous = head.digest
    if left:
        return min(left), _("数据库之外存底的整点封存在数据库中缺失")
    return None
