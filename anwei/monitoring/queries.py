"""Questions that the pages of this room ask."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from anwei.ledgers.spelled import n_each, spelled
from anwei.monitoring.columns import moment, samples_by_tag
from anwei.monitoring.filters import ACTIVE, UNACKNOWLEDGED, silent
from anwei.monitoring.models import Alarm, AlarmRule, Device, Severity, Tag
from anwei.monitoring.stream.store.protocol import Columns
from anwei.org.models import Person
from anwei.sites.colour import gravity

RELATED = (
    "rule",
    "tag",
    "device",
    "enterprise__unit",
    "site",
    "acknowledged_by",
    "warning__supervisor__unit",
    "warning__implementer__unit",
)

RANK = {code: rank for rank, code in enumerate(Severity.values)}  # 0 is the gravest


def by_rank(rows: QuerySet[Alarm]) -> QuerySet[Alarm]:
    """Return the alarms gravest first, of one severity the newest first."""
    cases = [When(severity=code, then=Value(rank)) for code, rank in RANK.items()]
    return rows.annotate(rank=Case(*cases, output_field=IntegerField())).order_by("rank", "-raised_at", "-pk")


def alarms_of(person: Person) -> QuerySet[Alarm]:
    """Return the alarms a person may see with all that a row shows, newest first."""
    rows: QuerySet[Alarm] = Alarm.objects.visible_to(person).annotate(gravity=gravity("severity"))
    return rows.select_related(*RELATED).prefetch_related("warning__entries")


def alarm_counts(person: Person) -> dict[str, int]:
    """Return how many alarms of the person are active, and how many wait for acknowledgement."""
    rows = Alarm.objects.visible_to(person).filter(ACTIVE | UNACKNOWLEDGED)
    return dict(rows.aggregate(active=Count("pk", ACTIVE), unacknowledged=Count("pk", UNACKNOWLEDGED)))


def n_active(person: Person) -> int:
    """Return how many alarms of the person are active, for the frame of every page."""
    active = spelled(("alarms", person.footing), lambda: Alarm.objects.visible_to(person).filter(ACTIVE))
    return n_each([active])[0]


def devices_of(person: Person) -> QuerySet[Device]:
    """Return the devices a person may see, each with `n_tags` and whether it `is_silent`."""
    rows: QuerySet[Device] = Device.objects.visible_to(person)
    tags = Tag.objects.filter(device=OuterRef("pk")).order_by().values("device").annotate(n=Count("pk"))
    return rows.select_related("enterprise__unit", "site", "gateway").annotate(
        n_tags=Coalesce(Subquery(tags.values("n")), 0), is_silent=silent()
    )


def device_counts(person: Person) -> dict[str, int]:
    """Return how many devices of the person are in service, silent and revoked."""
    in_service = Q(revoked_at__isnull=True)
    rows = Device.objects.visible_to(person).annotate(is_silent=silent())
    return dict(
        rows.aggregate(
            in_service=Count("pk", in_service),
            silent=Count("pk", in_service & Q(is_silent=True)),
            revoked=Count("pk", ~in_service),
        )
    )


def tags_with_rules(tags: QuerySet[Tag]) -> QuerySet[Tag]:
    """Return the tags with their enabled rules at hand."""
    return tags.select_related("device__enterprise__unit", "device__site").prefetch_related("rules")


def silence_of(device: Device) -> Alarm | None:
    """Return the active alarm that says the device is silent, if it is."""
    return Alarm.objects.filter(ACTIVE, device=device, tag__isnull=True, kind=AlarmRule.Kind.NO_DATA).first()


def latest_by_tag(columns: Columns) -> dict[int, tuple[datetime, float | None, int]]:
    """Return (time, value, quality) by tag number from the columns of `store.last`; None = no value."""
    return {tag: (moment(ts), value, quality) for tag, (ts, value, quality) in samples_by_tag(columns)}
