"""今天与往常有什么不同: what a leader should ask about today, in sentences computed from the records.

A sentence is only said when the records carry it: a number of alarms counts as unusual when a Poisson
process at the usual rate would reach it less than once in a hundred times; with fewer than MIN_DAYS
comparable days there is no "usual", and the page says so instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, fsum, lgamma, log

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from anwei.cases.lifecycle import Phase
from anwei.monitoring.filters import ACTIVE
from anwei.monitoring.models import Alarm, AlarmRule, Warning
from anwei.monitoring.reading import limit_words
from anwei.org.models import Person
from anwei.portal.cockpit.board import RANK, by_rank
from anwei.portal.cockpit.figures import door
from anwei.portal.templatetags.look import duration_words

RARE = 0.01
N_WEEKS = 4
MIN_DAYS = 3
WEEK = timedelta(days=7)
LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Sentence:
    """One difference: how grave ("red" ... "blue", "offline"), in words with bold numbers, and its door."""

    severity: str
    text: SafeString
    url: str


def poisson_tail(count: int, mean: float) -> float:
    """Return the probability that a Poisson variable of this mean is at least `count`."""
    if mean <= 0:
        return 1.0 if count <= 0 else 0.0
    below = fsum(exp(n * log(mean) - mean - lgamma(n + 1)) for n in range(count))  # exp(-mean) may underflow
    return max(0.0, 1.0 - below)


def compared(today: int, usual: Sequence[int]) -> str:
    """Return "more", "less", "same", or "unknown" when there are too few comparable days."""
    if len(usual) < MIN_DAYS:
        return "unknown"
    mean = sum(usual) / len(usual)
    if today > mean and poisson_tail(today, mean) < RARE:
        return "more"
    if today < mean and 1.0 - poisson_tail(today + 1, mean) < RARE:
        return "less"
    return "same"


def differences(person: Person, now: datetime, size: int) -> list[Sentence]:
    """Return at most `size` sentences about what `person` may see, the most pressing first."""
    found = [
        *_standing_alarms(person, now),
        *_busy_enterprises(person, now),
        *_near_deadlines(person, now),
        *_silent_devices(person, now),
    ]
    found.sort(key=lambda sentence: RANK.get(sentence.severity, len(RANK)))  # stable: within one, as above
    return [*found[: size - 1], _day_against_usual(person, now)]


def _standing_alarms(person: Person, now: datetime) -> Iterator[Sentence]:
    rows = Alarm.objects.visible_to(person).filter(ACTIVE, limit__isnull=False, tag__isnull=False)
    for alarm in by_rank(rows).select_related("enterprise__unit", "tag")[:1]:
        before = Alarm.objects.filter(rule=alarm.rule_id, started_at__lt=alarm.started_at)
        recent = before.filter(started_at__gte=now - LOOK_BACK)
        last = before.select_related("warning").order_by("-started_at").first()
        text = format_html(
            _(
                "{enterprise} {tag} 自 {since} 起 {limit} {unit}，"
                "已 <b>{length}</b>；近 30 天第 <b>{n}</b> 次"
            ),
            enterprise=alarm.enterprise,
            tag=alarm.tag,
            since=f"{timezone.localtime(alarm.started_at):%H:%M}",
            limit=limit_words(alarm),
            unit=alarm.tag.unit if alarm.tag else "",
            length=duration_words((now - alarm.started_at).total_seconds()),
            n=recent.count() + 1,
        )
        if last is not None:
            text += format_html(_("，上次是 {day}"), day=f"{timezone.localtime(last.started_at):%m-%d}")
            if last.warning is not None and last.warning.cause:
                text += format_html(_("，原因：{cause}"), cause=last.warning.cause)
        yield Sentence(
            alarm.severity, format_html("{}{}", text, _("。")), reverse("tag", args=[alarm.tag_id])
        )


def _busy_enterprises(person: Person, now: datetime) -> Iterator[Sentence]:
    rows = Alarm.objects.visible_to(person).exclude(kind=AlarmRule.Kind.NO_DATA)
    first = rows.aggregate(first=Min("started_at"))["first"]
    weeks = min(N_WEEKS, (now - WEEK - first) // WEEK) if first else 0
    if weeks < MIN_DAYS:
        return
    counted = (
        rows.filter(started_at__gte=now - WEEK * (weeks + 1))
        .order_by()
        .values("enterprise", "enterprise__unit__name", "enterprise__unit__short_name")
        .annotate(
            this_week=Count("pk", Q(started_at__gte=now - WEEK)),
            before=Count("pk", Q(started_at__lt=now - WEEK)),
        )
        .filter(this_week__gte=MIN_DAYS)
    )
    unusual = [
        (row["this_week"] - row["before"] / weeks, row)
        for row in counted
        if poisson_tail(row["this_week"], max(row["before"] / weeks, 1 / weeks)) < RARE
    ]
    for _excess, row in sorted(unusual, key=lambda pair: -pair[0])[:1]:
        text = format_html(
            _("{enterprise}近 7 天报警 <b>{n}</b> 次，此前 {weeks} 周平均每周 {usual} 次，<b>明显增多</b>。"),
            enterprise=row["enterprise__unit__short_name"] or row["enterprise__unit__name"],
            n=row["this_week"],
            weeks=weeks,
            usual=f"{row['before'] / weeks:.1f}",
        )
        url = door("alarms", tab="history", period="7d", enterprise=str(row["enterprise"]))
        yield Sentence("orange", text, url)


def _near_deadlines(person: Person, now: datetime) -> Iterator[Sentence]:
    rows = Warning.objects.visible_to(person).exclude(phase=Phase.CLOSED)
    overdue = rows.filter(deadline__lt=now).aggregate(n=Count("pk"), oldest=Min("deadline"))
    if overdue["n"]:
        text = format_html(
            _("<b>{n}</b> 件预警已超期，最久 <b>{length}</b>，请督促办理。"),
            n=overdue["n"],
            length=duration_words((now - overdue["oldest"]).total_seconds()),
        )
        yield Sentence("red", text, door("cases", kind="warning", due="overdue"))
    near = (
        rows.filter(deadline__gte=now, deadline__lt=now + timedelta(minutes=30)).order_by("deadline").first()
    )
    if near is not None and near.deadline is not None:
        text = format_html(
            _("预警 {number} {title}，<b>{length}</b>后到期。"),
            number=near.number,
            title=near.title,
            length=duration_words((near.deadline - now).total_seconds()),
        )
        yield Sentence(near.level, text, reverse("case", args=[near.pk]))


def _silent_devices(person: Person, now: datetime) -> Iterator[Sentence]:
    rows = Alarm.objects.visible_to(person).filter(ACTIVE, tag__isnull=True, kind=AlarmRule.Kind.NO_DATA)
    oldest = rows.select_related("device", "enterprise__unit").order_by("started_at").first()
    if oldest is None:
        return
    found = rows.aggregate(n=Count("device", distinct=True), n_tags=Count("device__tags", distinct=True))
    text = format_html(
        _(
            "<b>{n}</b> 台设备离线，最久 {enterprise} {device} 已 <b>{length}</b>；"
            "离线设备下 {n_tags} 点此间不会报警。"
        ),
        n=found["n"],
        enterprise=oldest.enterprise,
        device=oldest.device,
        n_tags=found["n_tags"],
        length=duration_words((now - oldest.started_at).total_seconds()),
    )
    yield Sentence("offline", text, door("devices", state="silent"))


def _day_against_usual(person: Person, now: datetime) -> Sentence:
    """Compare today until now with the same hours of the same weekday in the weeks before."""
    rows = Alarm.objects.visible_to(person)
    first = rows.aggregate(first=Min("started_at"))["first"]
    morning = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    spans = [(morning - WEEK * week, now - WEEK * week) for week in range(N_WEEKS + 1)]
    counted = rows.aggregate(
        **{
            f"week_{week}": Count("pk", Q(started_at__gte=start, started_at__lt=end))
            for week, (start, end) in enumerate(spans)
        }
    )
    today = counted["week_0"]
    usual = [
        counted[f"week_{week}"]
        for week, (start, _end) in enumerate(spans)
        if week and first is not None and first <= start
    ]
    verdict = {
        "more": _("<b>明显多于往常</b>"),
        "less": _("<b>明显少于往常</b>"),
        "same": _("<b>与往常无明显差别</b>"),
        "unknown": _("可比的日子不足 3 个，<b>暂不下结论</b>"),
    }[compared(today, usual)]
    text = format_html(
        _("今日截至 {clock} 新增报警 <b>{n}</b> 次"), clock=f"{timezone.localtime(now):%H:%M}", n=today
    )
    if usual:
        counts = _("、").join(str(count) for count in usual)
        text += format_html(_("，前 {weeks} 个同星期同时段为 {counts} 次"), weeks=len(usual), counts=counts)
    text += format_html(_("，{}。"), mark_safe(verdict))  # noqa: S308  our own words, from the table above
    return Sentence("blue", text, door("alarms", tab="history", period="24h"))
