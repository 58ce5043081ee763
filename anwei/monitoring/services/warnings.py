"""Warnings that alarms open: one open a rule and site, to which later alarms attach; HH includes H."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError
from anwei.cases.lifecycle import Phase
from anwei.cases.notices.services import told_together
from anwei.cases.services import advance, open_case
from anwei.monitoring.lifecycle import RISE
from anwei.monitoring.models import Alarm, AlarmRule, Position, Severity, Warning
from anwei.monitoring.services.positions import EPISODES
from anwei.monitoring.services.telling import tell_alarms, tell_warning
from anwei.monitoring.words import title, why
from anwei.org.holdings import day_of
from anwei.org.responsibility import Vacant, posts_for
from anwei.org.roster import Roster

UNDISTURBED = timedelta(minutes=10)  # an old alarm that stands so long after it was recorded is no history
NEWS = timedelta(hours=24)  # what is found later is history: recorded and shown, but nobody is sent out
GROUPS = (
    frozenset({AlarmRule.Kind.HH, AlarmRule.Kind.H}),
    frozenset({AlarmRule.Kind.LL, AlarmRule.Kind.L}),
)

log = logging.getLogger("anwei.monitoring")


def issue_warnings(alarms: Sequence[Alarm], *, now: datetime, trends: Mapping[int, str]) -> list[int]:
    """Open a warning for each new alarm whose rule says so, or attach it to the open one; return the touched.

    Call it in the transaction that wrote the alarms. `trends` are sentences by rule. A more severe alarm
    raises the level of the open warning, which its timeline records.
    """
    news = [alarm for alarm in alarms if now - alarm.raised_at <= NEWS]
    if not news:
        return []
    roster = Roster(day_of(now), [alarm.subject() for alarm in news])
    with told_together(now):
        attached = _attach(news, now, trends, roster)
        Alarm.objects.bulk_update(attached, ["warning"])
        tell_alarms(news, now=now, roster=roster)
    waiting = [alarm.pk for alarm in news if alarm.waits]
    if waiting:
        Alarm.objects.filter(pk__in=waiting, warning=None).update(waits=True)
    return _touched(attached)


@transaction.atomic
def open_waiting(now: datetime) -> list[int]:
    """Open the warnings that are still owed; return them. Harmless when run again or at once.

    Owed are those that waited for a post to exist, and those of alarms that looked like history, because the
    worker or the device was away for a day, but go on. Their clocks run from now: nobody could sign before.
    An alarm that waited and is over meanwhile still has its warning: somebody must say why it rose.
    """
    if not Alarm.objects.filter(_still_owed(now)).exists():
        return []
    Position.objects.select_for_update().get_or_create(name=EPISODES)  # not beside `record_episodes`
    owed = Alarm.objects.filter(_still_owed(now))
    alarms = list(owed.select_related("rule", "device", "tag").order_by("pk"))
    roster = Roster(day_of(now), [alarm.subject() for alarm in alarms])
    with told_together(now):
        attached = _attach(alarms, now, {}, roster)
        for alarm in attached:
            alarm.waits = False
        Alarm.objects.bulk_update(attached, ["warning", "waits"])
    return _touched(attached)


def _still_owed(now: datetime) -> Q:
    goes_on = Q(cleared_at=None, warning=None, late=False, rule__opens_warning=True)
    goes_on &= Q(recorded_at__lt=now - UNDISTURBED, raised_at__lt=F("recorded_at") - NEWS)
    return Q(waits=True) | goes_on


def _touched(attached: Sequence[Alarm]) -> list[int]:
    return sorted({warning.pk for alarm in attached if (warning := alarm.warning) is not None})


def _attach(news: Sequence[Alarm], now: datetime, trends: Mapping[int, str], roster: Roster) -> list[Alarm]:
    """Give each alarm its warning, an open one or a new one; return those that have one now."""
    groups = _groups(news)
    open_ones = _open_warnings(news, groups)
    attached = []
    for alarm in sorted(news, key=lambda alarm: _rank(alarm.severity)):
        group = groups[alarm.rule_id]
        places = [_place(rule, alarm) for rule in group]
        warning = next((open_ones[place] for place in places if place in open_ones), None)
        if alarm.rule.opens_warning:
            if warning is None:
                warning = _issue(alarm, group, now, trends.get(alarm.rule_id, ""), roster)
            elif _rank(alarm.severity) < _rank(warning.level):
                warning = open_ones[warning.open_for_site] = _raise(warning, alarm, now)
        if warning is not None:
            open_ones[warning.open_for_site] = alarm.warning = warning
            attached.append(alarm)
    return attached


def _raise(warning: Warning, alarm: Alarm, now: datetime) -> Warning:
    """Raise an open warning to the level of a worse alarm, whose rule and title it has from now on.

    The timeline keeps why it rose and what it was called before.
    """
    note = why(alarm)
    if title(alarm) != warning.title:
        note += _("原标题：%(title)s。") % {"title": warning.title}
    raised = cast(Warning, advance(warning, RISE, actor=None, now=now, note=note, level=alarm.severity))
    raised.title, raised.rule = title(alarm), alarm.rule
    raised.save(update_fields=["title", "rule"])
    tell_warning(raised, now=now)
    return raised


def _groups(alarms: Sequence[Alarm]) -> dict[int, list[int]]:
    """Return, by rule, the rules that share one warning with it: same tag, same side."""
    of_tag: dict[int, list[tuple[int, str]]] = defaultdict(list)
    tags = {alarm.tag_id for alarm in alarms if alarm.tag_id is not None}
    for pk, tag, kind in AlarmRule.objects.filter(tag__in=tags).values_list("pk", "tag_id", "kind"):
        of_tag[tag].append((pk, kind))
    groups = {}
    for alarm in alarms:
        side = next((side for side in GROUPS if alarm.kind in side), frozenset({alarm.kind}))
        rules = [pk for pk, kind in of_tag.get(alarm.tag_id or 0, []) if kind in side]
        groups[alarm.rule_id] = rules or [alarm.rule_id]
    return groups


def _open_warnings(alarms: Sequence[Alarm], groups: Mapping[int, Sequence[int]]) -> dict[str, Warning]:
    """Return the open warnings that these alarms may attach to, by place."""
    places = {_place(rule, alarm) for alarm in alarms for rule in groups[alarm.rule_id]}
    rows = Warning.objects.filter(open_for_site__in=places).exclude(phase=Phase.CLOSED)
    return {warning.open_for_site: warning for warning in rows}


def _place(rule: int, alarm: Alarm) -> str:
    return f"{rule}:site-{alarm.site_id}" if alarm.site_id else f"{rule}:device-{alarm.device_id}"


def _rank(level: str) -> int:
    return Severity.values.index(level)  # red stands first


def _issue(alarm: Alarm, group: Sequence[int], now: datetime, trend: str, roster: Roster) -> Warning | None:
    """Open the warning, with what stands active of its group; None where it must wait for a post."""
    try:
        posts = posts_for(alarm, now, held=False, roster=roster)
        with transaction.atomic():
            warning = open_case(
                Warning,
                actor=None,
                now=now,
                note=why(alarm, trend),
                title=title(alarm),
                territory=alarm.territory,
                sector=alarm.sector,
                enterprise=alarm.enterprise,
                site=alarm.site,
                **posts._asdict(),
                rule=alarm.rule,
                level=alarm.severity,
                open_for_site=_place(alarm.rule_id, alarm),
            )
    except (Vacant, CaseError) as error:  # whoever arranged this plant's posts, the others' alarms go on
        if not alarm.waits:
            log.error("alarm %s waits to open its warning: %s", alarm.pk, error)
        alarm.waits = True
        return None
    Alarm.objects.filter(rule__in=group, cleared_at=None, warning=None).update(warning=warning, waits=False)
    tell_warning(warning, now=now)
    return warning
