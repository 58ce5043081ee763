"""统计指标 and 目标任务: the figures of a year, freezing by hand, how far targets are used up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.cases.counted import township_choices
from anwei.cases.counted_rows import SECTOR, TOWNSHIP
from anwei.cases.indicators import FEWEST, indicators, plain
from anwei.ledgers.export import attachment, xlsx_book
from anwei.ledgers.listing import number_in
from anwei.ledgers.register_page import UNFILLED
from anwei.ledgers.release import Leaving, release
from anwei.org.models import SECTOR_CHOICES, Person
from anwei.org.policy import person_of, signed_in
from anwei.org.register_rules import may_keep_duties
from anwei.org.scope import grants
from anwei.oversight.figures import differences, issues, month_keys, reads_frozen
from anwei.oversight.figures_page import Page, Shown
from anwei.oversight.models import FrozenMonth
from anwei.oversight.progress import progress
from anwei.oversight.services.freezing import NotFrozen, freeze_month, may_freeze
from anwei.sites.models import Enterprise

FIRST_YEAR = 2000
YEARS_SHOWN = 3


@signed_in
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """Show a year (`?year=`), of a township or sector; `export=xlsx` gives out the same numbers."""
    person, now = person_of(request), timezone.now()
    today = timezone.localdate(now)
    year = number_in(request.GET.get("year", "")) or today.year
    year = min(max(year, FIRST_YEAR), today.year)
    townships, narrow = list(township_choices(person)), {}
    if (township := request.GET.get(TOWNSHIP, "")) in dict(townships):
        narrow[TOWNSHIP] = township
    if (sector := request.GET.get(SECTOR, "")) in {*dict(SECTOR_CHOICES), UNFILLED}:
        narrow[SECTOR] = "" if sector == UNFILLED else sector
    page = Page(person, now, year, narrow)
    if request.GET.get("export") == "xlsx":
        return _sheet(page, person)
    kept = {name: value or UNFILLED for name, value in narrow.items()}
    return render(
        request,
        "oversight/figures.html",
        {
            "page": page,
            "lines": page.lines(),
            "years": range(today.year, today.year - YEARS_SHOWN, -1),
            "townships": townships,
            "sectors": [*SECTOR_CHOICES, (UNFILLED, _("其他（未填行业）"))],
            "chosen": kept,
            "kept": urlencode(kept),
            "export": urlencode({"year": year, **kept, "export": "xlsx"}),
            "corrections": list(page.corrections()),
            "issues": [
                (one, _changes(person, one)) for one in issues(page.span) if one.month_begins.year == year
            ]
            if reads_frozen(person)
            else [],
            "may_freeze": may_freeze(person),
            "waiting": _waiting(page) if may_freeze(person) else [],
            "fewest": FEWEST,
            "own": _own(person),
        },
    )


def _own(person: Person) -> str:
    """Return whose records are counted, where it is an enterprise's own alone; "" for a body's figures."""
    held = grants(person)
    if not held or any(grant.enterprise is None for grant in held):
        return ""
    units = Enterprise.objects.visible_to(person).select_related("unit")
    return _("、").join(str(one) for one in units)


def _waiting(page: Page) -> list[str]:
    """Return the months that ended and are not frozen."""
    return [key for key in month_keys(page.year, page.n_ended) if key not in page.found.frozen]


def _changes(person: Person, issue: FrozenMonth) -> list[tuple[Any, str, str]]:
    """Return what an issue corrected: label, before, after."""
    if issue.issue == 1:
        return []
    found = differences(person, issue)
    labels = {one.key: one.label for one in indicators()}  # a later release may have given one up
    return [(labels.get(key, key), plain(before), plain(after)) for key, (before, after) in found.items()]


@signed_in
@require_POST
def statistics_freeze(request: HttpRequest) -> HttpResponse:
    """Freeze a month, or issue it again with the reason and the indicators that it corrects."""
    person, now = person_of(request), timezone.now()
    if not may_freeze(person):
        raise PermissionDenied(_("定版和更正由县级的工作人员办理。"))
    chosen = request.POST.get("month", "")
    year, _dash, month = chosen.partition("-")
    told = [value.partition(":") for value in request.POST.getlist("only")]
    try:
        kept = freeze_month(
            actor=person,
            now=now,
            year=number_in(year) or 0,
            month=number_in(month) or 0,
            reason=request.POST.get("reason", ""),
            only=[key for of, _colon, key in told if of == chosen],
        )
    except NotFrozen as error:
        messages.error(request, str(error))
    else:
        words = {"month": kept.key, "issue": kept.issue}
        messages.success(
            request, _("%(month)s 已定版（第 %(issue)d 期），屏幕、通报和导出都用这个数。") % words
        )
    return redirect(f"{reverse('statistics')}?{urlencode({'year': number_in(year) or now.year})}")


@signed_in
@require_GET
def targets(request: HttpRequest) -> HttpResponse:
    """Show how far the targets of a year are used up."""
    person, now = person_of(request), timezone.now()
    today = timezone.localdate(now)
    year = min(max(number_in(request.GET.get("year", "")) or today.year, FIRST_YEAR), today.year)
    rows = progress(person, now, year)
    return render(
        request,
        "oversight/targets.html",
        {
            "rows": rows,
            "year": year,
            "today": today,
            "years": range(today.year, today.year - YEARS_SHOWN, -1),
            "of_days": f"{100 * rows[0].of_days:.1f}%" if rows else "",
            "may_write": may_keep_duties(person),
        },
    )


def _sheet(page: Page, person: Person) -> HttpResponse:
    """Give out the page as a book: the numbers, what each means, what was frozen when."""
    sheets = [
        (_("统计指标"), list(_rows(page))),
        (_("口径"), list(_meanings(page))),
        (_("定版记录"), list(_issues(page, person))),
    ]
    n_rows = len(sheets[0][1]) - 1
    words = " ".join([str(page.year), *(value or UNFILLED for value in page.narrow.values())])
    leaving = Leaving("statistics", n_rows, person, timezone.now(), query=words)
    release(leaving, "xlsx")
    return attachment(_("统计指标"), "xlsx", xlsx_book(sheets, watermark=leaving.watermark))


def _rows(page: Page) -> Iterator[list[Any]]:
    heads = [
        f"{number}{_('月')}{_('（已定版）') if frozen else _('（未完）') if running else ''}"
        for number, frozen, running in page.month_heads()
    ]
    yield [_("指标"), _("单位"), *heads, page.whole_label, _("上年同期"), _("前两年平均"), _("现在")]
    for line in page.lines():
        yield [
            str(line.indicator.label),
            str(line.indicator.unit),
            *map(_in_sheet, (*line.months, line.whole)),
            line.last_year.in_sheet if line.last_year else "",
            line.two_years.in_sheet if line.two_years else "",
            _in_sheet(line.now),
        ]
    for key, one, shown in page.corrections():
        if shown.change is not None:
            changed = plain(shown.number.n + shown.change.n)
            words = {"month": key, "label": one.label, "then": shown.n, "now": changed}
            yield [_("%(month)s %(label)s：定版 %(then)s，记录现为 %(now)s，待更正") % words]


def _in_sheet(shown: Shown | None) -> Any:
    return "" if shown is None else shown.in_sheet


def _meanings(page: Page) -> Iterator[list[Any]]:
    yield [_("指标"), _("口径"), _("依据")]
    for line in page.lines():
        yield [str(line.indicator.label), str(line.indicator.definition), line.indicator.cited]


def _issues(page: Page, person: Person) -> Iterator[list[Any]]:
    yield [_("月份"), _("期次"), _("定版时间"), _("更正原因"), _("摘要")]
    for one in issues(page.span) if reads_frozen(person) else []:
        yield [one.key, one.issue, one.frozen_at, one.reason, one.digest]
