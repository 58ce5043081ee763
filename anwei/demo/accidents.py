"""The fictional county's accidents, the figures of the years before, its targets and its frozen months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.demo.plan import townships
from anwei.demo.tables import table
from anwei.emergency.services.accidents import save_accidents
from anwei.emergency.services.opening import save_opening
from anwei.ledgers.saving import Edit, save_rows
from anwei.oversight.models import Target
from anwei.oversight.services.freezing import freeze_month
from anwei.sites.models import Enterprise
from anwei.standards.accidents import type_fits

NAMES = {"serious": "serious_injuries", "minor": "minor_injuries"}
TOLD = (
    *("deaths", "serious", "minor", "loss", "industry", "place", "facts"),
    *("chemicals", "equipment", "process", "conditions", "cause", "lessons"),
)
OPENING = {"fatal": "fatal_accidents", "larger": "larger_accidents"}
KEPT_OPEN = 1  # months that ended and wait to be frozen by hand


def create_accidents(owners: Mapping[str, Enterprise], now: datetime) -> int:
    """Write accidents.toml through the rooms' services, freeze the months before; return how many rows."""
    rows, today = table("accidents"), timezone.localdate(now)
    accidents = [*_own(rows["accident"], owners, today), *map(_elsewhere, rows["elsewhere"])]
    opening = list(_opening(rows["before"], today.year))
    targets = [_target(row, today.year) for row in rows["target"]]
    save_accidents([Edit(None, told) for told in accidents], actor=None, now=now)
    save_opening([Edit(None, told) for told in opening], actor=None, now=now)
    save_rows(Target, [Edit(None, told) for told in targets], actor=None, now=now)
    for month in range(1, today.month - KEPT_OPEN):
        freeze_month(actor=None, now=now, year=today.year, month=month)
    return len(accidents) + len(opening) + len(targets)


def _own(
    rows: list[Mapping[str, Any]], owners: Mapping[str, Enterprise], today: date
) -> Iterator[dict[str, Any]]:
    """Yield the accidents of this year: a year before has its opening figures."""
    for row in rows:
        day = today - timedelta(days=row["days"])
        if day.year != today.year:
            continue
        enterprise = owners.get(row.get("enterprise", ""))
        where = (
            {
                "enterprise": enterprise.pk,
                "unit_name": enterprise.unit.name,
                "territory": enterprise.unit.territory,
                "sector": enterprise.sector,
            }
            if enterprise
            else {
                "unit_name": row["unit"],
                "territory": townships()[row["township"]].code,
                "sector": row["sector"],
            }
        )
        yield {
            **where,
            **_told(row),
            "happened_on": day,
            "happened_time": row["time"],
            "type": row["old"] if type_fits(row["old"], day) else row["type"],
        }


def _elsewhere(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_told(row),
        "source": "elsewhere",
        "source_name": row["source"],
        "facts": "verified",
        "unit_name": row["unit"],
        "sector": row["sector"],
        "happened_on": row["on"],
        "happened_time": row["time"],
        "type": row["type"],
    }


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {NAMES.get(name, name): row[name] for name in TOLD if name in row}


def _opening(years: list[Mapping[str, Any]], this_year: int) -> Iterator[dict[str, Any]]:
    """Yield a line for each month and township: what happened, or that nothing did."""
    for before in years:
        year = this_year - before["year"]
        happened = {(row["month"], row["township"]): row for row in before["rows"]}
        for month in range(1, 13):
            for place, township in enumerate(townships()):
                row: dict[str, Any] = dict(happened.get((month, place), {}))
                told = {OPENING.get(name, name): value for name, value in row.items() if name != "township"}
                yield {**told, "year": year, "month": month, "territory": township.code}


def _target(row: Mapping[str, Any], year: int) -> dict[str, Any]:
    place = row["township"]
    return {
        "year": year,
        "territory": table("county")["county"]["code"] if place < 0 else townships()[place].code,
        "sector": row.get("sector", ""),
        "measure": row["measure"],
        "most": row["most"],
        "document": _("临安委〔%(year)d〕3号") % {"year": year},
    }
