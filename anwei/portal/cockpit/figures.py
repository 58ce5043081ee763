"""The key figures of the cockpit: value, what stands under it, and the ledger that holds its rows.

Each figure is counted by the query of the room behind its door, so that the ledger shows as many rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Q
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.indicators import indicator
from anwei.cases.lifecycle import Phase
from anwei.cases.periods import Span
from anwei.cases.today import door
from anwei.ledgers.lengths import duration_words
from anwei.monitoring.filters import ACTIVE, UNACKNOWLEDGED, silent
from anwei.monitoring.models import Alarm, Device, Severity, Tag, Warning
from anwei.monitoring.queries import device_counts
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.org.scope import COUNTY_DIGITS
from anwei.oversight.figures import figures as told_figures
from anwei.oversight.figures import month_keys
from anwei.oversight.models import Target
from anwei.oversight.progress import pending, pending_words, share_of_year
from anwei.sites.statuses import counted_on

SHORT_WORDS = {
    Severity.RED: gettext_lazy("红"),
    Severity.ORANGE: gettext_lazy("橙"),
    Severity.YELLOW: gettext_lazy("黄"),
    Severity.BLUE: gettext_lazy("蓝"),
}


@dataclass(frozen=True)
class Figure:
    """One card: a number with its unit or sign, its denominator or age under it, and its door."""

    key: str
    label: str
    value: str
    under: str
    url: str
    hot: bool = False  # asks for action now: drawn in red


def figures(person: Person, now: datetime) -> list[Figure]:
    """Return the figures of what `person` may see."""
    return [
        *_alarm_figures(person, now),
        _warnings(person, now),
        _major_hazards(person, now),
        _accidents(person, now),
        _online(person, now),
    ]


def listed(parts: Iterable[tuple[str, int]]) -> str:
    """Return "红 1 · 橙 2" from words and counts; words that count nothing are left out."""
    return " · ".join(f"{word} {count}" for word, count in parts if count)


def _alarm_figures(person: Person, now: datetime) -> list[Figure]:
    rows = Alarm.objects.visible_to(person)
    unacknowledged = ACTIVE & UNACKNOWLEDGED
    found = rows.aggregate(
        active=Count("pk", ACTIVE),
        **{code: Count("pk", ACTIVE & Q(severity=code)) for code in Severity.values},
        unacknowledged=Count("pk", unacknowledged),
        ended=Count("pk", ~ACTIVE & UNACKNOWLEDGED),
        oldest=Min("raised_at", filter=unacknowledged),
    )
    by_severity = listed((str(word), found[code]) for code, word in SHORT_WORDS.items())
    waiting = (
        _("最久 %(length)s") % {"length": duration_words((now - found["oldest"]).total_seconds())}
        if found["oldest"]
        else _("没有待确认的报警")
        if not found["ended"]
        else _("活动的都已确认")
    )
    if found["ended"]:
        waiting += " · " + _("另已恢复 %(n)d") % {"n": found["ended"]}
    return [
        Figure(
            "active",
            _("报警中"),
            str(found["active"]),
            by_severity or _("没有持续中的报警"),
            door("alarms", state="active"),
            hot=bool(found["red"]),
        ),
        Figure(
            "unacknowledged",
            _("报警未确认"),
            str(found["unacknowledged"]),
            waiting,
            door("alarms", state="active_unacknowledged"),
            hot=bool(found["unacknowledged"]),
        ),
    ]


def _warnings(person: Person, now: datetime) -> Figure:
    open_ones = Warning.objects.visible_to(person).exclude(phase=Phase.CLOSED)
    found = open_ones.aggregate(
        n=Count("pk"),
        assigned=Count("pk", Q(phase=Phase.ASSIGNED)),
        acting=Count("pk", Q(phase=Phase.ACTING)),
        review=Count("pk", Q(phase=Phase.REVIEW)),
        overdue=Count("pk", Q(deadline__lt=now)),
    )
    under = listed(
        (word, found[key])
        for key, word in (
            ("overdue", _("超期")),
            ("assigned", _("待签收")),
            ("acting", _("处置中")),
            ("review", _("待确认")),
        )
        if found[key]
    )
    return Figure(
        "warnings",
        _("未解除预警"),
        str(found["n"]),
        under or _("没有未解除的预警"),
        door("cases", kind="warning", due="open"),
        hot=bool(found["overdue"]),
    )


def _major_hazards(person: Person, now: datetime) -> Figure:
    rows = indicator("major_open").numerator[0]
    found = rows.rows(person, now).aggregate(n=Count("pk"), late=Count("pk", Q(past_limit=True)))
    return Figure(
        "major",
        _("重大隐患未销号"),
        str(found["n"]),
        _("超期未改 %(n)d") % {"n": found["late"]} if found["n"] else _("没有未销号的重大隐患"),
        rows.link(None, {}),
        hot=bool(found["late"]),
    )


def _accidents(person: Person, now: datetime) -> Figure:
    """Tell the year's accidents as 统计指标 and 通报 do; under them the deaths beside the county's target."""
    today = day_of(now)
    year = Span(date(today.year, 1, 1), today)
    accidents, of_deaths = indicator("acc_cnt"), indicator("acc_death")
    found = told_figures(person, now, year, (accidents, of_deaths))
    months = month_keys(today.year, today.month)
    n, deaths = (int(found.number(one, months).n) for one in (accidents, of_deaths))
    target = (
        Target.objects.visible_to(person)
        .alias(length=Length("territory"))
        .filter(year=today.year, measure=Target.Measure.DEATHS, sector="", length=COUNTY_DIGITS)
        .first()
    )
    waiting = pending(found, of_deaths, months, {})
    unpublished = pending_words(waiting, of_people=True)
    under = " · ".join(filter(None, (_("死亡 %(n)d 人") % {"n": deaths}, unpublished)))
    if target is not None:
        under = _("死亡 %(told)s · 控制 %(most)d · 序时 %(now).1f") % {
            "told": " · ".join(filter(None, (str(deaths), unpublished))),
            "most": target.most,
            "now": target.most * share_of_year(today),
        }
    parts = found.live[accidents.key].filled(months)
    link = (
        accidents.numerator[parts[0]].link(year, {})
        if len(parts) == 1
        else door("statistics", year=str(today.year))
    )
    over = target is not None and max(deaths, deaths + waiting) > target.most
    return Figure("accidents", _("今年生产安全事故"), str(n), under, link, hot=over)


def _online(person: Person, now: datetime) -> Figure:
    """Return the share of tags that report, of enterprises that count: a plant long stopped need not."""
    devices = device_counts(person)
    in_service = Tag.objects.visible_to(person).filter(device__revoked_at__isnull=True)
    tags = counted_on(day_of(now), in_service, "device__enterprise")
    n_tags = tags.count()
    n_silent = tags.filter(device__in=Device.objects.filter(silent())).count()
    value = f"{(n_tags - n_silent) / n_tags:.1%}" if n_tags else "—"
    under = (
        _("%(online)d / %(all)d 点 · 离线设备 %(silent)d")
        % {
            "online": n_tags - n_silent,
            "all": n_tags,
            "silent": devices["silent"],
        }
        if n_tags
        else _("尚未接入测点")
    )
    return Figure("online", _("监测在线率"), value, under, door("devices", state="silent"))
