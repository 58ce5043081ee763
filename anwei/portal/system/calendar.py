"""The working calendar as the administrator sees and completes it: one year, its days off, its moved days."""

from __future__ import annotations

import re
from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anwei.ledgers.services import change_setting, county_setting, locked_setting
from anwei.org.accounts.recent import recent
from anwei.org.models import Person, Post
from anwei.org.policy import county_administrators, person_of
from anwei.standards.calendar import CALENDAR, CalendarYear, WorkCalendar

FIRST, LAST = 2020, 2099
HOLIDAY_LINE = re.compile(
    r"(?P<name>\S+)\s+(?P<first>\d{4}-\d\d-\d\d)(?:\s*(?:至|到|~|—|\s)\s*(?P<last>\d{4}-\d\d-\d\d))?"
)


@dataclass(frozen=True)
class Day:
    """One day of a month's sheet; `moved` marks a weekend that is worked or a weekday off."""

    day: date
    works: bool
    moved: bool


@county_administrators(Post.Kind.SYSTEM_ADMIN)
@require_http_methods(["GET", "POST"])
@recent
def system_calendar(request: HttpRequest) -> HttpResponse:
    """Show a year day by day; enter the State Council's notice for it, or go back to the product's data."""
    today = timezone.localdate()
    own: dict[str, Any] = county_setting(CALENDAR, {})
    known = WorkCalendar.load(own)
    year = _year(request, today)
    shown = next((row for row in known.years if row.year == year), None)
    entered, error = _as_text(shown), ""
    if request.method == "POST":
        entered = {name: request.POST.get(name, "") for name in entered}
        try:
            _enter(
                year,
                None if "reset" in request.POST else _parsed(entered, year),
                actor=person_of(request),
                now=timezone.now(),
                reason=request.POST.get("reason", ""),
            )
        except ValueError as fault:
            error = str(fault)
        else:
            messages.success(request, _("已保存，并写入变更记录；此后起算的时限按新日历。"))
            return redirect(f"{request.path}?year={year}")
    context = {
        "year": year,
        "shown": shown,
        "is_own": str(year) in own,
        "months": [(month, _weeks(known, year, month)) for month in range(1, 13)],
        "weekdays": [str(name).removeprefix("星期") for name in WEEKDAYS_ABBR.values()],
        "known_through": known.known_through,
        "missing": [(missing, f"?year={missing}") for missing in known.years_to_enter(today)],
        "entered": entered,
        "error": error,
        "today": today,
    }
    return render(request, "system/calendar.html", context, status=422 if error else 200)


@transaction.atomic
def _enter(year: int, row: dict[str, Any] | None, *, actor: Person, now: datetime, reason: str) -> None:
    """Let the county's own row of a year hold, or without one the product's; other years stay as they are.

    Raises ValueError, as a sentence, for a calendar that does not hold or without a reason.
    """
    value = {key: own for key, own in locked_setting(CALENDAR).items() if key != str(year)}
    if row is not None:
        value[str(year)] = row
    WorkCalendar.load(value)
    change_setting(CALENDAR, value, default={}, actor=actor, now=now, reason=reason)


def _year(request: HttpRequest, today: date) -> int:
    text = request.POST.get("year") or request.GET.get("year") or str(today.year)
    if not text.isdecimal() or not FIRST <= int(text) <= LAST:
        raise Http404
    return int(text)


def _weeks(known: WorkCalendar, year: int, month: int) -> list[list[Day | None]]:
    return [
        [_day(known, day) if day.month == month else None for day in week]
        for week in Calendar().monthdatescalendar(year, month)
    ]


def _day(known: WorkCalendar, day: date) -> Day:
    works = known.is_working_day(day)
    return Day(day, works, works != (day.weekday() < 5))


def _as_text(row: CalendarYear | None) -> dict[str, str]:
    """Return a year as its form shows it: one holiday a line, moved working days apart by spaces."""
    if row is None:
        return {"document": "", "holidays": "", "workdays": ""}
    return {
        "document": row.document if row.published else "",
        "holidays": "\n".join(f"{off.name} {off.first} {off.last}" for off in row.holidays),
        "workdays": " ".join(str(day) for day in row.workdays),
    }


def _parsed(entered: dict[str, str], year: int) -> dict[str, Any]:
    """Return a year as the Setting keeps it; raises ValueError, as a sentence, for a line without days."""
    holidays = []
    for line in filter(None, (line.strip() for line in entered["holidays"].splitlines())):
        found = HOLIDAY_LINE.fullmatch(line)
        if found is None:
            raise ValueError(_("“%(line)s”读不懂；每行一个假日：名称 起日 止日。") % {"line": line})
        first, last = found["first"], found["last"] or found["first"]
        holidays.append({"name": found["name"], "first": first, "last": last})
    workdays = re.split(r"[\s,，、]+", entered["workdays"].strip()) if entered["workdays"].strip() else []
    days = [text for off in holidays for text in (off["first"], off["last"])] + workdays
    for text in days:
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise ValueError(_("“%(text)s”不是日期，应写作 2027-01-01。") % {"text": text}) from error
        if abs(day.year - year) > 1 or (day.year != year and text in workdays):
            raise ValueError(_("%(text)s 不在 %(year)s 年。") % {"text": text, "year": year})
    if not holidays:
        raise ValueError(_("请填写放假日期。"))
    return {"document": entered["document"].strip(), "holidays": holidays, "workdays": workdays}
