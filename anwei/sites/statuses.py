"""Which status an enterprise was in on which day, so that a past denominator stays what it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.models import Change
from anwei.org.holdings import day_of
from anwei.sites.models import Enterprise, StatusPeriod
from anwei.sites.models.enterprise import NOT_COUNTED
from anwei.sites.then import REGISTER, enterprises_then

BEFORE_ALL_RECORDS = date(1900, 1, 1)  # the first day of a status of which nobody wrote down since when
Rows = TypeVar("Rows", bound=QuerySet[Model])


@dataclass(frozen=True)
class StatusChange:
    """An enterprise as it is now, and the status and its first day as they were before."""

    enterprise: Enterprise
    before: str
    since_before: date | None


def left_out_on(day: date) -> QuerySet[Enterprise]:
    """Return the enterprises that stand in no denominator of a day: long stopped or closed on it.

    Where no period was ever written, the status of today holds since the day it names, or since ever.
    """
    periods = StatusPeriod.objects.filter(enterprise=OuterRef("pk"))
    told = Exists(periods.on(day).filter(status__in=NOT_COUNTED))
    since = Q(status_since__isnull=True) | Q(status_since__lte=day)
    untold = Q(status__in=NOT_COUNTED) & since & ~Exists(periods)
    return Enterprise.objects.filter(told | untold).order_by()


def counted_on(day: date, rows: Rows, enterprise: str = "pk") -> Rows:
    """Return the rows whose enterprise counts on a day; `enterprise` is its path from a row."""
    return rows.exclude(**{f"{enterprise}__in": left_out_on(day).values("pk")})


def counted_then(at: datetime, rows: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
    """Return the enterprises that counted on the day of a moment by what was recorded until then.

    Whose status was written since counts by the status and the first day that the register had then: a
    closing that names an earlier day takes nobody out of what was known before it.
    """
    day = day_of(at)
    since = Change.objects.filter(register=REGISTER, verb="update", at__gt=at)
    written = since.filter(content__changed__has_any_keys=["status", "status_since"])
    changed = rows.filter(pk__in=[int(key) for key in written.values_list("row", flat=True).distinct()])
    then = enterprises_then(at, changed, "status", "status_since")
    out = [key for key, told in then.items() if _left_out(told["status"], told["status_since"], day)]
    counted = ~Q(pk__in=left_out_on(day).values("pk")) | Q(pk__in=[*then])
    return rows.filter(counted).exclude(pk__in=out)


def _left_out(status: str, since: date | str | None, day: date) -> bool:
    first = date.fromisoformat(since) if isinstance(since, str) else since
    return status in NOT_COUNTED and (first is None or first <= day)


def periods_of(enterprise: Enterprise) -> list[StatusPeriod]:
    """Return the periods of an enterprise, the newest first.

    Where none was ever written it is the status of today, unsaved, since the day it names or since ever.
    """
    written = list(StatusPeriod.objects.filter(enterprise=enterprise).order_by("-from_on"))
    since = enterprise.status_since or BEFORE_ALL_RECORDS
    return written or [StatusPeriod(enterprise=enterprise, status=enterprise.status, from_on=since)]


def write_periods(changes: Iterable[StatusChange], *, today: date, reason: str) -> None:
    """Write that enterprises are in their status from the day they name, else from today."""
    for change in changes:
        row = change.enterprise
        from_on = row.status_since or today
        periods = StatusPeriod.objects.filter(enterprise=row)
        if not periods.exists() and change.before:
            first = min(change.since_before or BEFORE_ALL_RECORDS, from_on - timedelta(days=1))
            periods.create(enterprise=row, status=change.before, from_on=first)
        if change.before == row.status:  # its first day alone is put right
            periods.filter(to_on__isnull=True, status=row.status).delete()
        periods.filter(from_on__gte=from_on).delete()
        if last := periods.order_by("from_on").last():
            last.to_on = from_on - timedelta(days=1)
            last.save(update_fields=["to_on"])
        periods.create(enterprise=row, status=row.status, from_on=from_on, reason=reason[:200])


def doubt_overwriting(row: Enterprise, changed: Mapping[str, Any]) -> str:
    """Doubt a status from a day at or before which others are written: its periods would be gone.

    Each of them stays in the sealed record of changes, by which it was written.
    """
    status = changed.get("status", row.status)
    if not changed.keys() & {"status", "status_since"} or (
        status == row.status and changed.get("status_since") is None
    ):
        return ""
    from_on = changed.get("status_since") or timezone.localdate()
    gone = [
        period
        for period in periods_of(row)
        if period.from_on >= from_on and not (period.to_on is None and status == period.status)
    ]
    told = _("、").join(f"{period.get_status_display()} {period.from_on}" for period in reversed(gone))
    words = {"day": from_on, "periods": told}
    return (
        _("状态从 %(day)s 算起，会抹去此后登记的：%(periods)s 起；抹去的仍在变更记录里") % words
        if gone
        else ""
    )
