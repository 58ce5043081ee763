"""All features of all enterprises as of a moment; those of months gone by are kept, for the past stays."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min, QuerySet

from anwei.analytics.models import MonthTable
from anwei.cases.periods import month_after
from anwei.hazards.models import Hazard, Visit
from anwei.hazards.statistics import start_of
from anwei.ledgers.services import county_setting
from anwei.monitoring.models import Alarm
from anwei.org.holdings import day_of
from anwei.sites.features import Harm, Value, features, harm_kinds
from anwei.sites.models import Enterprise
from anwei.sites.statuses import counted_then
from anwei.sites.then import registered_by
from anwei.standards.watch import WATCH, watch_rules

Cells = list[Value | None]
FORM = 3  # of what is kept: one more where a feature or the population means something else than before


@dataclass(frozen=True)
class Table:
    """One row an enterprise, one column a feature, as of a moment."""

    at: datetime
    keys: list[int]
    columns: dict[str, Cells]

    def values_of(self, row: int) -> dict[str, Value | None]:
        """Return the values of one row by feature."""
        return {name: cells[row] for name, cells in self.columns.items()}


def population(at: datetime) -> QuerySet[Enterprise]:
    """Return the enterprises that were registered by a moment and counted on its day, as was known then."""
    return counted_then(at, registered_by(at, Enterprise.objects.all())).order_by("pk")


def table_at(at: datetime, enterprises: QuerySet[Enterprise] | None = None) -> Table:
    """Return every feature of the enterprises (all that counted) as of a moment."""
    rows = population(at) if enterprises is None else enterprises
    keys = list(rows.values_list("pk", flat=True))
    asked = Enterprise.objects.filter(pk__in=keys) if enterprises is not None else rows
    columns: dict[str, Cells] = {}
    for one in features():
        told = one.values(at, asked)
        columns[one.key] = [told.get(key, one.otherwise) for key in keys]
    return Table(at, keys, columns)


def month_table(month: date, now: datetime) -> Table:
    """Return the table as of the first moment of a month, kept once it was computed.

    It is computed anew where it was kept of other features, of other kinds of harm (the neighbours' rest on
    them), or by a release in which something had another meaning (`FORM`).
    """
    at = start_of(month)
    meaning = {
        "form": FORM,
        "features": [one.key for one in features()],
        "harms": sorted(watch_rules(county_setting(WATCH, {})).harms),
    }
    kept = MonthTable.objects.filter(month=month).first()
    if kept is not None and all(getattr(kept, name) == told for name, told in meaning.items()):
        told = json.loads(zlib.decompress(bytes(kept.content)))
        return Table(at, told["keys"], {name: _shared(cells) for name, cells in told["columns"].items()})
    table = table_at(at)
    table = Table(at, table.keys, {name: _shared(cells) for name, cells in table.columns.items()})
    content = zlib.compress(json.dumps({"keys": table.keys, "columns": table.columns}).encode())
    defaults = {**meaning, "content": content, "computed_at": now}
    MonthTable.objects.update_or_create(month=month, defaults=defaults)
    return table


def _shared(cells: Cells) -> Cells:
    """Return cells in which equal values are one object: years of a large county stand in memory together."""
    known: dict[Value | None, Value | None] = {}
    return [known.setdefault(cell, cell) for cell in cells]


def months_before(now: datetime, most: int) -> list[date]:
    """Return the first days of the months since anything was recorded, the newest `most`, oldest first."""
    firsts = (
        Hazard._base_manager.aggregate(first=Min("opened_at"))["first"],
        Alarm._base_manager.aggregate(first=Min("recorded_at"))["first"],
        Visit._base_manager.aggregate(first=Min("planned_at"))["first"],
    )
    known = [first for first in firsts if first is not None]
    if not known:
        return []
    last = day_of(now).replace(day=1)
    month, found = day_of(min(known)).replace(day=1), []
    while month <= last:
        found.append(month)
        month = month_after(month)
    return found[-most:]


def harms_between(
    first: datetime, last: datetime, by: datetime, kinds: Iterable[str]
) -> dict[int, list[Harm]]:
    """Return what happened to each enterprise in a span, of some kinds, as was known by a moment."""
    found: dict[int, list[Harm]] = {}
    known: Mapping[str, Any] = harm_kinds()
    for key in kinds:
        if key in known:
            for harm in known[key].happened(first, last, by):
                found.setdefault(harm.enterprise, []).append(harm)
    for harms in found.values():
        harms.sort(key=lambda harm: harm.at)
    return found


def harmed_rows(table: Table, harms: Mapping[int, Sequence[Harm]], last: datetime) -> list[bool]:
    """Say of each row whether anything happened to its enterprise after the table's moment, until `last`."""
    return [any(table.at < harm.at <= last for harm in harms.get(key, ())) for key in table.keys]
