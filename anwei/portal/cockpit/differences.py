"""今天与往常有什么不同, on the cockpit: what the rooms say, and the day's alarms against the usual."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from anwei.cases.today import Sentence, door, said
from anwei.methods.counts import Verdict, compare
from anwei.monitoring.features import NOT_MEASURED
from anwei.monitoring.filters import MEASURED
from anwei.monitoring.models import Alarm
from anwei.org.models import Person

N_WEEKS = 4
MIN_DAYS = 3  # with fewer comparable days there is no "usual"
RARE = 0.01  # it is asked every day: at the usual 0.05 it would be said without cause every third week
WEEK = timedelta(days=7)


def differences(person: Person, now: datetime, size: int) -> list[Sentence]:
    """Return at most `size` sentences about what `person` may see, the most pressing first.

    How the day compares is said too; where it tells no difference it gives way to what else there is.
    """
    found = said(person, now)[:size]
    day, differs = _day_against_usual(person, now)
    return [*found[: size - 1], day] if differs or len(found) < size else found


def _day_against_usual(person: Person, now: datetime) -> tuple[Sentence, bool]:
    """Compare today until now with the same hours of the same weekday in the weeks before; say if it differs.

    Enterprises with an alarm are compared, not alarms, which come in bursts and would differ without a cause;
    a device that sends nothing measured nothing, and has its own sentence.
    """
    rows = Alarm.objects.visible_to(person).exclude(kind__in=NOT_MEASURED)
    first = rows.aggregate(first=Min("started_at"))["first"]
    morning = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    spans = [(morning - WEEK * week, now - WEEK * week) for week in range(N_WEEKS + 1)]
    counted = rows.aggregate(
        n=Count("pk", Q(started_at__gte=morning, started_at__lt=now)),
        **{
            f"week_{week}": Count("enterprise", Q(started_at__gte=start, started_at__lt=end), distinct=True)
            for week, (start, end) in enumerate(spans)
        },
    )
    usual = [
        counted[f"week_{week}"]
        for week, (start, _end) in enumerate(spans)
        if week and first is not None and first <= start
    ]
    found = compare(counted["week_0"], sum(usual), exposure_before=max(1, len(usual)), rare=RARE).verdict
    differs = len(usual) >= MIN_DAYS and found in (Verdict.MORE, Verdict.FEWER)
    if len(usual) < MIN_DAYS:
        verdict = _("可比的日子不足 3 个，<b>暂不下结论</b>")
    else:
        verdict = {
            Verdict.MORE: _("<b>明显多于往常</b>"),
            Verdict.FEWER: _("<b>明显少于往常</b>"),
            Verdict.SAME: _("<b>与往常无明显差别</b>"),
            Verdict.TOO_FEW: _("次数太少，<b>暂不下结论</b>"),
        }[found]
    text = format_html(
        _("今日截至 {clock} 有 <b>{enterprises}</b> 家企业新增报警 <b>{n}</b> 次"),
        clock=f"{timezone.localtime(now):%H:%M}",
        enterprises=counted["week_0"],
        n=counted["n"],
    )
    if usual:
        counts = _("、").join(map(str, usual))
        text += format_html(_("，前 {weeks} 个同星期同时段为 {counts} 家"), weeks=len(usual), counts=counts)
    text += format_html(_("，{}。"), mark_safe(verdict))  # noqa: S308  our own words, from the table above
    address = door("alarms", tab="history", kind=MEASURED, since=f"{timezone.localtime(now):%Y-%m-%d}")
    return Sentence("blue", text, address), differs
