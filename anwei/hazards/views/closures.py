"""The closure table: a year by month, one month by township; every number opens its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from anwei.cases.periods import span_of
from anwei.hazards.closures import POPULATIONS, Closures, Counts, closures, years
from anwei.hazards.counts import POPULATIONS as COUNTED
from anwei.hazards.timing import NOT_COUNTED, ON_TIME, OVERDUE, past_limit
from anwei.ledgers.export import attachment, xlsx_sheet
from anwei.ledgers.listing import number_in
from anwei.ledgers.release import Leaving, release
from anwei.org.models import Territory
from anwei.org.policy import person_of, signed_in

LABELS = {code: COUNTED[code].label for code in POPULATIONS}
COLUMNS = (
    ("filed", gettext_lazy("登记"), {"counted": "1"}),
    ("closed", gettext_lazy("办结"), {"counted": "1", "closed": "1"}),
    ("on_time", gettext_lazy("其中按期"), {"timing": ON_TIME}),
    ("overdue", gettext_lazy("超期"), {"timing": OVERDUE}),
    ("not_counted", gettext_lazy("不计"), {"timing": NOT_COUNTED}),
)
"""Name, heading, and the filter of the registers that shows exactly the rows counted."""


@dataclass(frozen=True)
class Door:
    """A number of one population, and where its rows stand."""

    n: int
    address: str
    label: Any


@dataclass(frozen=True)
class Cell:
    """A number: its sum, and a door to the rows of each population that has some."""

    n: int
    doors: tuple[Door, ...]
    column: str


@dataclass(frozen=True)
class Line:
    """One month or township with its five numbers."""

    label: str
    address: str
    cells: tuple[Cell, ...]


@signed_in
@require_GET
def hazard_closures(request: HttpRequest) -> HttpResponse:
    """Show a year by month and one of its months by township, of ours, of elsewhere, or of both."""
    person, now = person_of(request), timezone.now()
    known = years(person)
    asked_year = number_in(request.GET.get("year", ""))
    year = asked_year if asked_year in known else known[0] if known else now.year
    asked = request.GET.get("of", "")
    populations = (asked,) if asked in POPULATIONS else POPULATIONS
    if request.GET.get("export") == "xlsx":
        return _sheet(request, closures(person, now, populations=populations), populations)
    found = closures(person, now, year=year, populations=populations)
    names = _names(found.townships())
    township = request.GET.get("township", "")
    township = township if township in names else ""
    months = found.months(township)
    month = request.GET.get("month", "")
    month = month if month in months else (months[0] if months else "")
    kept = {name: value for name, value in (("year", str(year)), ("of", asked)) if value}
    at_township = {"township": township} if township else {}
    context = {
        "years": known or [year],
        "year": year,
        "asked": asked,
        "populations": LABELS.items(),
        "columns": [label for _name, label, _filter in COLUMNS],
        "by_month": [
            _line(found, populations, one, _to(kept | at_township, month=one), month=one, township=township)
            for one in months
        ],
        "whole": _line(found, populations, str(year), "", month=str(year), township=township),
        "by_township": [
            _line(found, populations, names[code], _to(kept, township=code), month=month, township=code)
            for code in found.townships(month)
        ]
        if month
        else [],
        "whole_month": _line(found, populations, month, "", month=month, township=""),
        "month": month,
        "township": names.get(township, ""),
        "every_township": _to(kept, month=month),
        "kept": kept,
        "export": urlencode({**kept, "export": "xlsx"}),
        "limit": past_limit(),
    }
    return render(request, "hazards/closures.html", context)


def _line(
    found: Closures, populations: tuple[str, ...], label: str, address: str, *, month: str, township: str
) -> Line:
    """Return the numbers of a month, or of a whole year ("2026"), in one township or all."""
    of_month = month if "-" in month else ""
    counts = {code: found.of(code, month=of_month, township=township) for code in populations}
    span = span_of(month)
    where = {**(span.query if span else {}), **({"township": township} if township else {})}
    return Line(
        label, address, tuple(_cell(counts, name, {**where, **narrow}) for name, _label, narrow in COLUMNS)
    )


def _cell(counts: dict[str, Counts], name: str, narrow: dict[str, str]) -> Cell:
    numbers = {code: int(getattr(each, name)) for code, each in counts.items()}
    doors = (
        Door(n, f"{reverse('ledger', args=[code])}?{urlencode(narrow)}", LABELS[code])
        for code, n in numbers.items()
        if n
    )
    return Cell(sum(numbers.values()), tuple(doors), name)


def _to(kept: dict[str, str], **changed: str) -> str:
    return f"?{urlencode({**kept, **changed})}"


def _names(codes: list[str]) -> dict[str, str]:
    """Return the names of townships; what lies in none is the county's own."""
    names = dict(Territory.objects.filter(code__in=codes).values_list("code", "name"))
    return {code: names.get(code, code) for code in codes}


def _sheet(request: HttpRequest, found: Closures, populations: tuple[str, ...]) -> HttpResponse:
    """Give out every month and township as a sheet."""
    rows = list(_rows(found, populations))
    leaving = Leaving(
        "closures", len(rows) - 1, person_of(request), timezone.now(), query="、".join(populations)
    )
    release(leaving, "xlsx")
    name = _("隐患办结统计")
    return attachment(name, "xlsx", xlsx_sheet(name, rows, watermark=leaving.watermark))


def _rows(found: Closures, populations: tuple[str, ...]) -> Iterator[list[Any]]:
    names = _names(found.townships())
    yield [_("月份"), _("乡镇"), *(str(label) for _name, label, _narrow in COLUMNS)]
    places = sorted({place for code in populations for place in found.by_place[code]})
    for month, township in places:
        total = Counts()
        for code in populations:
            total += found.by_place[code].get((month, township), Counts())
        yield [month, names[township], *(getattr(total, name) for name, _label, _narrow in COLUMNS)]
