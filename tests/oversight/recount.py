"""The numbers of a briefing counted a second time: plain SQL and Python, nothing of the registry or the room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

MEASURES = ("accidents", "deaths", "injuries", "loss", "fatal", "larger")


@dataclass(frozen=True)
class Counted:
    """What one accident, or one opening figure, adds: day, township, sector, numbers by measure."""

    day: date
    township: str
    sector: str
    numbers: dict[str, Decimal]
    is_month: bool


def counted() -> list[Counted]:
    """Return everything that counts, read from the tables themselves."""
    return [*_accidents(), *_opening()]


def _rows(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        yield from cursor.fetchall()


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _accidents() -> Iterator[Counted]:
    sql = (
        "SELECT happened_on, territory, sector, deaths, serious_injuries, minor_injuries, loss "
        "FROM emergency_accident WHERE source = 'own' AND of_production"
    )
    for day, territory, sector, deaths, serious, minor, cost in _rows(sql):
        loss = Decimal(str(cost))
        numbers = {
            "accidents": Decimal(1),
            "deaths": Decimal(deaths),
            "injuries": Decimal(serious + minor),
            "loss": loss,
            "fatal": Decimal(deaths > 0),
            "larger": Decimal(deaths >= 3 or serious >= 10 or loss >= 1000),
        }
        yield Counted(_day(day), territory[:9], sector, numbers, False)


def _opening() -> Iterator[Counted]:
    sql = (
        "SELECT month_begins, territory, sector, accidents, deaths, injuries, loss, fatal_accidents, "
        "larger_accidents FROM emergency_openingfigure"
    )
    for day, territory, sector, *numbers in _rows(sql):
        told = dict(zip(MEASURES, (Decimal(str(n)) for n in numbers), strict=True))
        yield Counted(_day(day), territory[:9], sector, told, True)


def total(
    rows: list[Counted], measure: str, first: date, last: date, township: str = "*", sectors: Any = None
) -> Decimal:
    """Add up a measure from day to day, in a township and sectors; "*" and None are all."""
    fits = (
        row.numbers[measure]
        for row in rows
        if first <= row.day <= last
        and (township == "*" or row.township == township)
        and (sectors is None or row.sector in sectors)
    )
    return sum(fits, Decimal(0))


def percent(now: Decimal, before: Decimal) -> str:
    """Write a change as a table of a briefing does."""
    if not before:
        return "—"
    change = 100 * (now - before) / before
    return f"{'+' if change > 0 else ''}{change:.1f}%"


def hazards(where: str) -> int:
    """Count hazards by a condition in SQL."""
    sql = f"SELECT count(*) FROM hazards_hazard JOIN cases_case ON case_ptr_id = cases_case.id WHERE {where}"
    ((n,),) = _rows(sql)
    return int(n)
