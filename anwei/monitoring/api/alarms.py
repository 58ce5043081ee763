"""Alarms: listed, read, acknowledged.

No postponed annotations here: django-ninja reads them when it wraps a view.
"""

from typing import Annotated, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router
from ninja.pagination import paginate

from anwei.monitoring.api.paging import Pages
from anwei.monitoring.api.schemas import AcknowledgeIn, AlarmOut, Level, Moment
from anwei.monitoring.models import Alarm
from anwei.monitoring.services import acknowledge
from anwei.org.models import Person
from anwei.org.policy import person_of

router = Router(tags=["alarms"])

State = Literal["active", "cleared", "acknowledged", "unacknowledged"]
CONDITION = {
    "active": Q(cleared_at=None),
    "cleared": Q(cleared_at__isnull=False),
    "acknowledged": Q(acknowledged_at__isnull=False),
    "unacknowledged": Q(acknowledged_at=None),
}
RELATED = ("rule", "tag", "device", "enterprise__unit", "site", "acknowledged_by", "warning")


def alarms_of(person: Person) -> QuerySet[Alarm]:
    """Return the alarms in the person's scope with all that AlarmOut shows."""
    rows: QuerySet[Alarm] = Alarm.objects.visible_to(person).select_related(*RELATED)
    return rows


@router.get("", response=list[AlarmOut], summary="List alarms, newest first")
@paginate(Pages)
def list_alarms(
    request: HttpRequest,
    state: Annotated[list[State], Query(description="all of these must hold")] = [],  # noqa: B006
    since: Annotated[Moment | None, Query(description="recorded, cleared or acknowledged since then")] = None,
    severity: Annotated[list[Level], Query(description="one of these")] = [],  # noqa: B006
    device: Annotated[str, Query(description="code of the device")] = "",
) -> QuerySet[Alarm]:
    """Return the caller's alarms."""
    rows = alarms_of(person_of(request))
    for condition in state:
        rows = rows.filter(CONDITION[condition])
    if since is not None:
        rows = rows.filter(changed_at__gte=since)
    if severity:
        rows = rows.filter(severity__in=severity)
    if device:
        rows = rows.filter(device__code=device)
    return rows


@router.get("/{alarm_id}", response=AlarmOut, summary="Read one alarm")
def read_alarm(request: HttpRequest, alarm_id: int) -> Alarm:
    """Return one alarm in the caller's scope."""
    return get_object_or_404(alarms_of(person_of(request)), pk=alarm_id)


@router.post("/{alarm_id}/acknowledge", response=AlarmOut, summary="Acknowledge an alarm")
def acknowledge_alarm(request: HttpRequest, alarm_id: int, paper: AcknowledgeIn) -> Alarm:
    """Record that the caller has seen the alarm; whoever was first stays on record."""
    person = person_of(request)
    alarm = get_object_or_404(alarms_of(person), pk=alarm_id)
    acknowledge(alarm, actor=person, now=timezone.now(), note=paper.note)
    return alarms_of(person).get(pk=alarm_id)
