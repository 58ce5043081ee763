"""What a telephone's clock says beside the server's: kept as told, written only where it can be."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from anwei.hazards.models import Visit
from anwei.org.holdings import day_of

AHEAD = timedelta(minutes=5)


def moment(told: datetime, visit: Visit, now: datetime) -> tuple[datetime, str]:
    """Return the moment to write of an act at a visit, and a remark where it is not the one that was told.

    A clock that is ahead, or a day before the visit's, cannot be: then the moment of arrival counts.
    """
    begun_on = day_of(visit.begun_at or now)
    if told > now + AHEAD:
        return now, _("手机时间比收到时间晚，按收到时间记。")
    if day_of(told) < min(visit.planned_on, begun_on):
        return now, _("手机时间早于检查日期，按收到时间记。")
    return min(told, now), ""
