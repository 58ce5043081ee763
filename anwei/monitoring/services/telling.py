"""Telling the duty post and the enterprise's posts of red alarms and new warnings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.lifecycle import Phase
from anwei.cases.notices.services import tell
from anwei.cases.notices.turns import key_of
from anwei.cases.queries import turn_of
from anwei.monitoring.lifecycle import KIND, urgency
from anwei.monitoring.models import Alarm, Severity, Warning
from anwei.monitoring.words import title
from anwei.org.responsibility import Vacant, posts_for
from anwei.org.roster import Roster


def tell_warning(warning: Warning, *, now: datetime) -> None:
    """Tell the three posts of a warning just issued or raised; whose turn it is was told with the case."""
    turn = turn_of(warning)
    tell(
        to=[warning.responsible, warning.supervisor, warning.implementer],
        text=_("%(level)s预警 %(number)s（%(enterprise)s）：%(state)s，由%(post)s办理。")
        % {
            "level": Severity(warning.level).label,
            "number": warning.number,
            "enterprise": warning.enterprise,
            "state": KIND.phase_labels[Phase(warning.phase)],
            "post": "" if turn is None else turn.title,
        },
        url=reverse("case", args=[warning.pk]),
        level=urgency(warning),
        key=key_of(warning),
        now=now,
        case=warning,
    )


def tell_alarms(alarms: Iterable[Alarm], *, now: datetime, roster: Roster) -> None:
    """Tell the same posts of red alarms that belong to no warning."""
    for alarm in alarms:
        if alarm.severity != Severity.RED or alarm.warning_id is not None:
            continue
        try:
            posts = posts_for(alarm.enterprise, now, held=False, roster=roster)
        except Vacant:
            continue  # the list of vacancies says so
        tell(
            to=posts,
            text=_("红色：%(title)s。") % {"title": title(alarm)},
            url=reverse("alarms"),
            level="red",
            key=f"alarm-{alarm.pk}",
            now=now,
        )
