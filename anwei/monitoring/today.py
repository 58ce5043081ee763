"""What the sensors say about today, for the cockpit and the morning report.

An enterprise alarms more than usual when chance alone, of all enterprises together, would bring one so many
days with an alarm less than once in a hundred weeks. Days are counted, because alarms come in bursts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from anwei.cases.lifecycle import Phase
from anwei.cases.today import Sentence, contribute_today, door
from anwei.ledgers.lengths import duration_words
from anwei.methods.counts import Verdict, compare
from anwei.monitoring.features import NOT_MEASURED
from anwei.monitoring.filters import ACTIVE, MEASURED
from anwei.monitoring.foresight import pressing
from anwei.monitoring.lateness import behind, has_begun, watched
from anwei.monitoring.models import Alarm, AlarmRule, Forecast, Severity, Tag, Warning
from anwei.monitoring.queries import by_rank
from anwei.monitoring.reading import limit_words
from anwei.org.models import Person, Post
from anwei.org.responsibility import Vacant, posts_for

N_WEEKS, MIN_WEEKS = 4, 3  # with fewer comparable weeks there is no "usual"
RARE = 0.01
WEEK = timedelta(days=7)
LOOK_BACK = timedelta(days=30)
ALARM_RELATED = ("enterprise__unit", "tag", "warning__supervisor__unit", "warning__implementer__unit")
WHOM = ("supervisor__unit", "implementer__unit")


def _standing_alarms(person: Person, now: datetime) -> Iterator[Sentence]:
    rows = Alarm.objects.visible_to(person).filter(ACTIVE, limit__isnull=False, tag__isnull=False)
    for alarm in by_rank(rows).select_related(*ALARM_RELATED)[:1]:
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
        warning = alarm.warning
        yield Sentence(
            alarm.severity,
            format_html("{}{}", text, _("。")),
            reverse("tag", args=[alarm.tag_id]),
            case=None if warning is None else warning.pk,
            enterprise=alarm.enterprise_id,
            call=None if warning is None else warning.supervisor,
            call_then=None if warning is None else warning.implementer,
        )


def _foretold(person: Person, now: datetime) -> Iterator[Sentence]:
    """Tell the drift that is expected first, and the gravest where it is another: when, how likely."""
    rows = pressing(person).filter(expected_at__gt=now).exclude(verdict=Forecast.Verdict.FALSE)
    told = [*rows.order_by("expected_at", "gravity", "pk")[:1], *rows[:1]]
    for one in {row.pk: row for row in told}.values():
        text = format_html(
            _("{enterprise} {tag} 预计 <b>{length}</b>后到 {limit} {unit}（{kind}）"),
            enterprise=one.enterprise,
            tag=one.tag,
            length=duration_words((one.expected_at - now).total_seconds()),
            kind=one.get_limit_kind_display(),
            limit=f"{one.limit:g}",
            unit=one.tag.unit,
        )
        if one.probability is not None:
            text += format_html(_("，可能性 {share}"), share=f"{one.probability:.0%}")
        yield Sentence(
            _not_yet(one.colour),
            format_html("{}{}", text, _("。")),
            reverse("forecast", args=[one.pk]),
            enterprise=one.enterprise_id,
            call=_who_answers(one, now),
        )


def _late_forecasts(person: Person, now: datetime) -> Iterator[Sentence]:
    """Tell that what is foretold is old: the early warning has not looked at what has arrived since."""
    if has_begun() and (late := behind(now)) and watched(Tag.objects.visible_to(person)).exists():
        text = format_html(_("<b>{late}</b>：此后的走势还没有看。"), late=late)
        yield Sentence("yellow", text, reverse("forecasts"))


def _not_yet(colour: str) -> str:
    """Return how grave it is that a limit of a colour is near: what has not come is never red."""
    return Severity.ORANGE if colour == Severity.RED else colour


def _who_answers(forecast: Forecast, now: datetime) -> Post | None:
    try:
        return posts_for(forecast, now).implementer
    except Vacant:
        return None


def _busy_enterprises(person: Person, now: datetime) -> Iterator[Sentence]:
    """Name who alarms on more of seven dates, today the last, than in the weeks of seven dates before."""
    rows = Alarm.objects.visible_to(person).exclude(kind__in=NOT_MEASURED)
    first = rows.aggregate(first=Min("started_at"))["first"]
    since = timezone.localdate(now) - WEEK + timedelta(days=1)
    begin = timezone.make_aware(datetime.combine(since, time.min))
    weeks = min(N_WEEKS, (begin - first) // WEEK) if first else 0
    if weeks < MIN_WEEKS:
        return
    counted = list(
        rows.filter(started_at__gte=begin - WEEK * weeks)
        .order_by()
        .annotate(day=TruncDate("started_at"))
        .values("enterprise", "enterprise__unit__name", "enterprise__unit__short_name")
        .annotate(
            this_week=Count("pk", Q(started_at__gte=begin)),
            days=Count("day", Q(started_at__gte=begin), distinct=True),
            days_before=Count("day", Q(started_at__lt=begin), distinct=True),
        )
    )
    unusual = [
        (row["days"] - row["days_before"] / weeks, row)
        for row in counted
        if compare(row["days"], row["days_before"], exposure_before=weeks, rare=RARE / len(counted)).verdict
        is Verdict.MORE
    ]
    for _excess, row in sorted(unusual, key=lambda pair: -pair[0])[:1]:
        text = format_html(
            _(
                "{enterprise}近 7 天有 <b>{days}</b> 天报警，共 {n} 次；"
                "此前 {weeks} 周平均每周 {usual} 天，<b>明显增多</b>。"
            ),
            enterprise=row["enterprise__unit__short_name"] or row["enterprise__unit__name"],
            n=row["this_week"],
            weeks=weeks,
            days=row["days"],
            usual=f"{row['days_before'] / weeks:.1f}",
        )
        asked = {"tab": "history", "kind": MEASURED, "since": since.isoformat()}
        url = door("alarms", **asked, enterprise=str(row["enterprise"]))
        yield Sentence("orange", text, url, enterprise=row["enterprise"])


def _near_deadlines(person: Person, now: datetime) -> Iterator[Sentence]:
    rows = Warning.objects.visible_to(person).exclude(phase=Phase.CLOSED)
    overdue = rows.filter(deadline__lt=now).select_related(*WHOM).order_by("deadline", "pk")
    oldest = overdue.first()
    if oldest is not None and oldest.deadline is not None:
        text = format_html(
            _("<b>{n}</b> 件预警已超期，最久“{title}”已超 <b>{length}</b>，请督促办理。"),
            title=oldest.title,
            n=overdue.count(),
            length=duration_words((now - oldest.deadline).total_seconds()),
        )
        url = door("cases", kind="warning", due="overdue")
        yield Sentence("red", text, url, call=oldest.supervisor, call_then=oldest.implementer)
    near = (
        rows.filter(deadline__gte=now, deadline__lt=now + timedelta(minutes=30))
        .select_related(*WHOM)
        .order_by("deadline")
        .first()
    )
    if near is not None and near.deadline is not None:
        text = format_html(
            _("预警 {number} {title}，<b>{length}</b>后到期。"),
            number=near.number,
            title=near.title,
            length=duration_words((near.deadline - now).total_seconds()),
        )
        address = reverse("case", args=[near.pk])
        whom = (near.supervisor, near.implementer)
        yield Sentence(near.level, text, address, near.pk, near.enterprise_id, *whom)


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


for _teller in (
    _standing_alarms,
    _foretold,
    _late_forecasts,
    _busy_enterprises,
    _near_deadlines,
    _silent_devices,
):
    contribute_today(_teller)
