"""The page of the month's 研判, and the same as a Word document."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.analytics.patterns.month import Statement, statements
from anwei.analytics.patterns.views import bars
from anwei.cases.periods import SPELLED, month_before, span_of
from anwei.hazards.planning.bodies import require_official
from anwei.ledgers.export import attachment
from anwei.ledgers.papers.blocks import Block, Chart, Heading, Paragraph
from anwei.ledgers.papers.layout import chinese_date, printout
from anwei.ledgers.release import Leaving, NotExported, release
from anwei.org.policy import person_of, signed_in

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
N_MONTHS = 12
NUMERALS = "一二三四五六七八九十"


@signed_in
@require_GET
def analysis_month(request: HttpRequest) -> HttpResponse:
    """Show the statements of `?month=2026-11`, else of the last month that ended; `?export=docx` prints."""
    person, now = require_official(person_of(request), _("本月研判")), timezone.now()
    today = timezone.localdate(now)
    month = _month(request.GET.get("month", ""), today)
    said = statements(person, now, month)
    running = month == today.replace(day=1)
    if request.GET.get("export") == "docx":
        leaving = Leaving("analysis_month", len(said), person, now, query=f"{month:%Y-%m}")
        try:
            release(leaving, "docx")
        except NotExported as error:
            messages.error(request, str(error))
            return redirect("analysis_month")
        title = _("%(year)d年%(month)d月安全生产形势研判") % {"year": month.year, "month": month.month}
        content = printout(title, _blocks(said, today if running else None), by=str(person), at=now)
        return attachment(title, "docx", content, DOCX)
    context = {
        "month": month,
        "running": running,
        "today": today,
        "months": [_back(today.replace(day=1), n) for n in range(N_MONTHS)],
        "said": [(one, bars(list(one.bars)) if one.has_chart else None) for one in said],
    }
    return render(request, "patterns/month.html", context)


def _blocks(said: list[Statement], until: date | None) -> list[Block]:
    blocks: list[Block] = []
    if until is not None:
        blocks.append(Paragraph(_("截至 %(day)s，本月未结束。") % {"day": chinese_date(until)}))
    for n, one in enumerate(said, 1):
        numeral = NUMERALS[n - 1] if n <= len(NUMERALS) else f"十{NUMERALS[n - 11]}"
        blocks += [Heading(1, f"{numeral}、{one.title}"), Paragraph(one.sentence)]
        if one.has_chart:
            labels = tuple(label for label, _n in one.bars)
            numbers = tuple(number for _label, number in one.bars)
            blocks.append(Chart(one.title, labels, ((_("数量"), numbers),)))
        if one.legend:
            blocks.append(Paragraph(_("；").join(f"{label} {words}" for label, words in one.legend)))
        blocks.append(Paragraph(_("方法：%(method)s。") % {"method": one.method.rstrip("。")}))
    return blocks


def _month(asked: str, today: date) -> date:
    span = span_of(asked) if (told := SPELLED.fullmatch(asked)) and told["month"] else None
    last = _back(today.replace(day=1), 1)
    return min(span.first, today.replace(day=1)) if span is not None else last


def _back(month: date, n: int) -> date:
    for _each in range(n):
        month = month_before(month)
    return month
