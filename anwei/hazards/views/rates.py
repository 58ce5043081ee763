"""The home of the room: the rates of a period with their counts; every number opens its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.cases.periods import asked, usual
from anwei.hazards.closures import OURS
from anwei.hazards.counts import (
    CLAUSE,
    FOUND,
    JOINED,
    LEFT_OUT,
    OPEN,
    POPULATIONS,
    TOWNSHIP,
    UNTRUE,
)
from anwei.hazards.differences import differences
from anwei.hazards.overdue import BAND_LABELS
from anwei.hazards.rates import BAND_COUNTS, places_of, rates
from anwei.hazards.rates_page import Door, Line, Page, clause_name
from anwei.ledgers.export import attachment, xlsx_book
from anwei.ledgers.release import Leaving, release
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in

SHOWN_CLAUSES, SHOWN_PLACES = 15, 3


@signed_in
@require_GET
def hazard_rates(request: HttpRequest) -> HttpResponse:
    """Show the rates of `?period=2026-11|2026-Q4|2026` or `?since=&until=`; `export=xlsx` gives them out."""
    person, now = person_of(request), timezone.now()
    today = timezone.localdate(now)
    span = asked(request.GET, today)
    population = POPULATIONS.get(request.GET.get("of", ""), POPULATIONS[OURS])
    page = Page(population, span, rates(population, person, now, span))
    kept = {"of": population.code} if population.code != OURS else {}
    chosen = {"period": span.key} if span.key else span.query
    if request.GET.get("export") == "xlsx":
        return _sheet(page, person, now)
    whole, numbers = page.whole(), page.found.whole
    before = span.before(today) if population.clause_facets else None
    left_out = (UNTRUE, JOINED) if population.code == OURS else (LEFT_OUT,)
    context = {
        "page": page,
        "span": span,
        "today": today,
        "is_running": span.first <= today <= span.last,
        "kept": kept,
        "periods": [(one, urlencode({**kept, "period": one.key})) for one in usual(today)],
        "populations": [
            (one.code, one.label, urlencode({**chosen, **({"of": one.code} if one.code != OURS else {})}))
            for one in POPULATIONS.values()
        ],
        "export": urlencode({**kept, **chosen, "export": "xlsx"}),
        "whole": whole,
        "left_out": [(one.label, page.door(numbers, one, {})) for one in left_out if numbers[one.key]],
        "open": page.door(numbers, OPEN, {}),
        "bands": [
            (label, page.door(numbers, one, {}))
            for one, (_key, label) in zip(BAND_COUNTS, BAND_LABELS, strict=True)
        ],
        "differences": differences(page.found, before, page.address, page.name),
        "divisions": page.divisions(),
        "clauses": _clauses(page, person, now),
        "n_clauses": len(page.found.by.get(CLAUSE, {})),
        "clause_indicators": page.indicators_of(CLAUSE),
    }
    return render(request, "hazards/rates.html", context)


def _clauses(page: Page, person: Person, now: datetime) -> list[tuple[str, Line, list[Any]]]:
    """Return the clauses most found: code, indicators, and the townships where most of it was found."""
    found = {
        clause: numbers for clause, numbers in page.found.by.get(CLAUSE, {}).items() if numbers[FOUND.key]
    }
    order = sorted(found, key=lambda clause: (-found[clause][FOUND.key], clause))[:SHOWN_CLAUSES]
    places = places_of(page.population, person, now, page.span, order) if order else {}
    return [
        (
            clause,
            Line(
                clause_name(clause),
                tuple(page.cell(one, found[clause], {CLAUSE: clause}) for one in page.indicators_of(CLAUSE)),
            ),
            [
                (
                    page.name(TOWNSHIP, code),
                    Door(n, page.address(FOUND, {CLAUSE: clause, TOWNSHIP: code})),
                )
                for code, n in sorted(places[clause].items(), key=lambda item: (-item[1], item[0]))[
                    :SHOWN_PLACES
                ]
            ],
        )
        for clause in order
    ]


def _sheet(page: Page, person: Person, now: datetime) -> HttpResponse:
    """Give out the page as a book: a sheet for each division, the clauses by township, what each means."""
    sheets = [(_("汇总"), list(_table([page.whole()], page, "")))]
    sheets += [
        (str(heading), list(_table(lines, page, str(heading))))
        for _key, heading, _head, lines in page.divisions()
    ]
    if page.population.clause_facets:
        places = places_of(page.population, person, now, page.span, None)
        sheets.append((_("按条款"), list(_clause_rows(page, places))))
    sheets.append((_("口径"), list(_meanings(page))))
    n_rows = sum(len(rows) - 1 for _name, rows in sheets)
    words = f"{page.population.label} {page.span.label}"
    leaving = Leaving("hazard-rates", n_rows, person, now, query=words)
    release(leaving, "xlsx")
    return attachment(_("隐患整改率"), "xlsx", xlsx_book(sheets, watermark=leaving.watermark))


def _table(lines: list[Line], page: Page, heading: str) -> Iterator[list[Any]]:
    heads = [heading or _("期间")]
    for one in page.indicators:
        heads += (
            [str(one.label)] if one.of is None else [str(one.count.label), str(one.of.label), str(one.label)]
        )
    yield heads
    for line in lines:
        row: list[Any] = [line.label if heading else page.span.label]
        for cell in line.cells:
            if cell.of is None:
                row.append(cell.count.n)
            else:
                row += [cell.count.n, cell.of.n, cell.percent or _("样本不足")]
        yield row


def _clause_rows(page: Page, places: Mapping[str, Mapping[str, int]]) -> Iterator[list[Any]]:
    yield [_("条款、检查项"), _("乡镇"), str(FOUND.label)]
    for clause, found in sorted(places.items()):
        for code, n in sorted(found.items()):
            yield [clause_name(clause), page.name(TOWNSHIP, code), n]


def _meanings(page: Page) -> Iterator[list[Any]]:
    yield [_("指标"), _("算法"), _("口径"), _("依据")]
    for one in page.indicators:
        yield [str(one.label), str(one.short), str(one.definition), one.source() or _("无条款，本系统口径")]
    yield [_("期间"), page.span.label, f"{page.span.first} – {page.span.last}", ""]
