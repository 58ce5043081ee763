"""What a line of a sheet of hazards may do: file a new one, add to the one that it means; never rewrite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError
from anwei.hazards.lifecycle import KIND
from anwei.hazards.models import Hazard
from anwei.hazards.services.register import not_written, whereabouts
from anwei.org.register_rules import in_sight

OUR_NUMBER = KIND.prefix  # a number that begins so must be one of ours


def refuse_together(rows: Sequence[tuple[Any, Mapping[str, Any]]], person: Any) -> list[str]:
    """Refuse a line that would rewrite what was found, or that no hazard can be filed from."""
    return [_refusal(row, values, person) for row, values in rows]


def _refusal(hazard: Hazard | None, values: Mapping[str, Any], person: Any) -> str:
    if hazard is not None:
        return not_written(hazard, values)
    return _not_new(values) or _not_fileable(values, person)


def _not_new(values: Mapping[str, Any]) -> str:
    if str(values.get("number") or "").startswith(OUR_NUMBER):
        return _("没有编号为“%(number)s”的隐患，或者不在您的管辖范围内") % {"number": values["number"]}
    if values.get("closed_on") or values.get("phase") == "closed":
        return _("已在别处销号，不作为新隐患立案；请导入“往年、外部隐患”台账")
    if values["found_on"] > timezone.localdate():
        return _("检查日期不能晚于今天")
    return ""


def _not_fileable(values: Mapping[str, Any], person: Any) -> str:
    try:
        where = whereabouts(values)
    except CaseError as error:
        return str(error)
    owner = where.enterprise.pk if where.enterprise else None
    if person is not None and not in_sight(person, where.territory, where.sector, owner):
        return _("不在您的管辖范围内")
    return ""


def same_hazard(rows: Sequence[Hazard], values: Mapping[str, Any]) -> Hazard | None:
    """Return which hazard a line means: that of its number, else none that the province numbers otherwise.

    Of nobody's hazards the words alone say little: where a line tells territory or sector, they must agree.
    """
    told = values.get("provincial_number") or ""
    fits = (
        row
        for row in rows
        if row.number == values.get("number") or not told or row.provincial_number in ("", told)
    )
    placed = (row for row in fits if row.number == values.get("number") or _lies_there(row, values))
    return next(placed, None)


def _lies_there(row: Hazard, values: Mapping[str, Any]) -> bool:
    """Say whether a hazard of no enterprise lies where a line says, as far as it says so."""
    told = ((row.territory, values.get("territory")), (row.sector, values.get("sector")))
    return row.enterprise_id is not None or all(not said or said == known for known, said in told)
