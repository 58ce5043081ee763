"""Everything a briefing is made of, as JSON: cells of the registry, the rows of the annexes, names, targets.

What is told later reads the snapshot alone, so that an issued briefing says the same for good. A frozen month
counts by its published figures, another one by the records; the years before end on the same day where the
last month still runs, and where opening figures cannot be cut by a day, only months that ended are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation

from anwei.cases.counted_rows import Cells
from anwei.cases.indicators import Indicator, Values, indicator
from anwei.cases.kinds import kind_of
from anwei.cases.lifecycle import Phase
from anwei.cases.periods import Span
from anwei.org.models import SECTOR_CHOICES, Territory
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.org.scope import COUNTY_DIGITS
from anwei.oversight.briefing.period import YEARS_BEFORE, Period
from anwei.oversight.figures import Figures, figures
from anwei.oversight.models import SupervisionOrder, Target
from anwei.oversight.progress import MEASURES
from anwei.standards.briefing import measures

LANGUAGE = "zh-hans"  # a paper is Chinese whatever language its reader has
WHOLE, SAME_DAY, ENDED = "whole", "same_day", "ended"
"""How the years before are compared: whole months, up to the same day, only the months that ended."""
Snapshot = dict[str, Any]
Names = list[list[str]]
PLACE, SECTOR = 1, 2  # of a cell as it is spelled
ACCIDENT_COLUMNS = (
    "number",
    "happened_on",
    "unit_name",
    "place",
    "territory",
    "sector",
    "deaths",
    "serious_injuries",
    "minor_injuries",
    "missing",
    "loss",
)


@translation.override(LANGUAGE)
def take(period: Period, now: datetime, *, kept: Snapshot | None = None, live: bool = False) -> Snapshot:
    """Return the snapshot of a period; of a correction, what is no fact of the period is `kept` as it was.

    `live`: by the records alone, whatever was frozen.
    """
    asked = [indicator(key) for key in measures()]
    found = figures(None, now, Span(date(period.year - YEARS_BEFORE, 1, 1), period.as_of), asked)
    if live:
        found.frozen = {}
    compared = _compared(period, asked, found)
    cells = {one.key: _cells(period, one, found, now, compared) for one in asked}
    facts = {key for key, one in measures().items() if one.corrected}
    if kept is not None:
        cells = {key: cells[key] if key in facts else told for key, told in kept["cells"].items()}
    before = [month for back in range(1, YEARS_BEFORE + 1) for month in period.keys(back)]
    rows = Territory.objects.order_by("code").values_list("code", "name")
    places = [[code, name] for code, name in rows if len(code) <= TOWNSHIP_DIGITS]
    sectors = [[code, str(name)] for code, name in SECTOR_CHOICES]
    since = {one.key: _iso(one.first_day()) for one in asked if one.is_dated}
    missing = {one.key: gaps for one in asked if one.is_dated and (gaps := found.gaps(one, before))}
    if kept is not None:
        since, missing = (
            _of_facts(since, kept["since"], facts),
            _of_facts(missing, kept.get("gaps", {}), facts),
        )
        places = _as_told(kept["places"], places, cells, PLACE)
        sectors = _as_told(kept["sectors"], sectors, cells, SECTOR)
    return {
        "form": 1,
        "year": period.year,
        "months": period.months,
        "as_of": period.as_of.isoformat(),
        "told_on": kept["told_on"] if kept else timezone.localdate(now).isoformat(),
        "compared": compared,
        "places": places,
        "sectors": sectors,
        "since": since,
        "gaps": missing,
        "frozen": {key: [month.issue, month.digest] for key, month in sorted(found.frozen.items())},
        "cells": cells,
        "accidents": _accidents(period, now),
        "orders": kept["orders"] if kept else _orders(period),
        "targets": kept["targets"] if kept else _targets(period),
    }


def _of_facts(now: dict[str, Any], told: dict[str, Any], facts: Collection[str]) -> dict[str, Any]:
    """Return what is said of facts as it is now, and of the rest as it was told."""
    rest = {key: value for key, value in told.items() if key not in facts}
    return rest | {key: value for key, value in now.items() if key in facts}


def _as_told(told: Names, now: Names, cells: Mapping[str, Any], place: int) -> Names:
    """Return the names that were told, and after them those of what is counted anew."""
    counted = {row[place] for one in cells.values() for row in one["n"]} - {code for code, _name in told}
    return [*told, *(one for one in now if one[0] in counted)]


def _compared(period: Period, asked: Iterable[Indicator], found: Figures) -> str:
    if not period.is_unfinished:
        return WHOLE
    last = {period.keys(back)[-1] for back in range(1, YEARS_BEFORE + 1)}
    for one in asked:
        for rows, cells in zip(one.numerator, found.live[one.key].parts, strict=True):
            if rows.whole_months and any(cell.month in last for cell in cells):
                return ENDED
    return SAME_DAY


def _cells(period: Period, one: Indicator, found: Figures, now: datetime, compared: str) -> dict[str, Any]:
    """Return the cells of an indicator: of each month the published ones, or those of the records."""
    if not one.is_dated:
        values = found.live[one.key]
        return {"n": _spelled(values.numerator), "of": _spelled(values.denominator)}
    numerator: Cells = {}
    denominator: Cells = {}
    parts: dict[str, list[int]] = {}
    source = _cells_of(period, one, found, now, compared)
    for back in range(YEARS_BEFORE + 1):
        for month in period.keys(back):
            values = source(back, month)
            numerator |= {cell: n for cell, n in values.numerator.items() if cell.month == month}
            denominator |= {cell: n for cell, n in values.denominator.items() if cell.month == month}
            if filled := found.live[one.key].filled([month]):
                parts[month] = filled
    others = {month: filled for month, filled in parts.items() if filled != [0]}
    return {"n": _spelled(numerator), "of": _spelled(denominator), "parts": others}


def _cells_of(
    period: Period, one: Indicator, found: Figures, now: datetime, compared: str
) -> Callable[[int, str], Values]:
    """Return what says where a month's cells stand; the last of an unfinished period is cut."""

    def source(back: int, month: str) -> Values:
        is_last = period.is_unfinished and month == period.keys(back)[-1]
        if is_last and back == 0:
            return found.live[one.key]
        if is_last and compared == SAME_DAY:
            until = period.same_day(back)
            return one.values(None, now, Span(until.replace(day=1), until))
        if found.is_frozen(one, month):
            return found.published.get(one.key, Values())
        return found.live[one.key]

    return source


def _spelled(cells: Mapping[Any, Decimal]) -> list[list[str]]:
    return [[cell.month, cell.township, cell.sector, f"{n:f}"] for cell, n in sorted(cells.items()) if n]


def _accidents(period: Period, now: datetime) -> list[dict[str, Any]]:
    """Return the accidents that the ledger counts, for the annex and the kinds."""
    counted = indicator("acc_cnt").numerator[0]
    rows = counted.rows(None, now).filter(happened_on__range=(period.span.first, period.span.last))
    found = []
    for row in rows.order_by("happened_on", "pk"):
        told = {name: getattr(row, name) for name in ACCIDENT_COLUMNS}
        told["happened_on"], told["loss"] = told["happened_on"].isoformat(), f"{told['loss']:f}"
        found.append({**told, "pk": row.pk, "type": row.type_name, "grade": str(row.get_grade_display())})
    return found


def _orders(period: Period) -> list[dict[str, Any]]:
    """Return the supervision orders that stood open in the period: closed within or not."""
    rows = SupervisionOrder._base_manager.select_related("implementer__unit").order_by("opened_at", "pk")
    found = []
    for row in rows:
        opened = timezone.localdate(row.opened_at)
        closed = timezone.localdate(row.closed_at) if row.closed_at else None
        if opened > period.as_of or (closed is not None and closed < period.span.first):
            continue
        found.append(
            {
                "pk": row.pk,
                "number": row.number,
                "title": row.title,
                "body": row.implementer.unit.name,
                "due": _iso(row.due_on),
                "closed": _iso(closed),
                "state": _state(row),
                "progress": row.result or row.progress,
            }
        )
    return found


def _state(order: SupervisionOrder) -> str:
    kind = kind_of(order)
    return str(kind.outcome_labels[order.outcome] if order.outcome else kind.phase_labels[Phase(order.phase)])


def _targets(period: Period) -> list[dict[str, Any]]:
    rows = Target.objects.filter(year=period.year).order_by("territory", "sector", "measure")
    return [
        {
            "territory": row.territory,
            "sector": row.sector,
            "measure": str(row.get_measure_display()),
            "key": MEASURES[Target.Measure(row.measure)],
            "most": row.most,
            "document": row.document,
            "is_county": len(row.territory) <= COUNTY_DIGITS,
        }
        for row in rows
    ]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
