"""Ending what holds from a day to a day: a holding, a designation, a department's duty in a sector."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from anwei.org.models import Designation, Holding, SectorDuty
from anwei.org.services.errors import OrgError


def end_on(row: Holding | Designation | SectorDuty, last_on: date) -> None:
    """Let `row` end after a day, under lock, as it stands now; an end brings nothing that is over back.

    Raises OrgError when that day lies before the first, or after the last one already set.
    """
    rows: Any = type(row)._base_manager.select_for_update()
    row.refresh_from_db(from_queryset=rows)
    if row.from_on is not None and last_on < row.from_on:
        raise OrgError(_("截止日期不能早于起始日期。"))
    if row.to_on is not None and last_on > row.to_on:
        raise OrgError(_("已定于 %(day)s 为止，不能再往后延；须重新办理。") % {"day": row.to_on})
    row.to_on = last_on
    row.save(update_fields=["to_on"])
