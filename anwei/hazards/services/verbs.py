"""What belongs to the verbs of a hazard beside their papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from anwei.cases.models import Entry
from anwei.hazards.models import Grade, Hazard, Order
from anwei.hazards.powers import why_not
from anwei.hazards.services.finders import remember_finders
from anwei.org.holdings import day_of
from anwei.standards.hazards.criteria import UNUSABLE, criterion


def check_order(hazard: Hazard, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Return why grade and order cannot stand so, None where they can.

    重大 rests on a criterion that was in force when the hazard was found, or on a reason; whoever judges 一般
    against the proposal of a criterion says why.
    """
    key, is_major = papers.get("criterion") or "", papers["grade"] == Grade.MAJOR
    try:
        judged = criterion(key) if key else None
    except KeyError:
        return _("没有编号为“%(key)s”的判定条款。") % {"key": key}
    if why := _order_refused(hazard, papers):
        return why
    if is_major and judged is not None and (why := criterion_refused(key, day_of(hazard.found_at))):
        return why
    if not papers.get("grade_reason"):
        if is_major and judged is None:
            return _("定为重大隐患须写判定条款编号；没有条款的，写明定级说明。")
        if not is_major and (judged is not None or hazard.is_proposed):
            return _("登记时建议定为重大，定为一般的须写明定级说明。")
    return _day_refused(papers, now)


def criterion_refused(key: str, on: date) -> str:
    """Return why no hazard that is found on a day may be judged by a criterion, "" where it may."""
    try:
        judged = criterion(key)
    except KeyError:
        return _("没有编号为“%(key)s”的判定条款。") % {"key": key}
    if not (why := judged.unusable_because(on)):
        return ""
    words = {"key": judged.id, "source": judged.source, "why": _(UNUSABLE[why])}
    return _("条款%(key)s（%(source)s）不能据以定级：%(why)s。") % words


def left_to_the_regulator(hazard: Hazard, now: datetime) -> str | None:
    """Refuse the plant to judge what a criterion proposes as major; it can hand it over. None elsewhere."""
    return _handed_over_first() if hazard.is_proposed and _is_of_the_enterprise(hazard) else None


def not_by_the_plant(hazard: Hazard, now: datetime) -> str | None:
    """Refuse the plant to verify its own major hazard, however it came to it; it can hand it over."""
    return _handed_over_first() if hazard.is_major and _is_of_the_enterprise(hazard) else None


def check_accept(hazard: Hazard, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Return why the day of the report to the workers cannot be, None where it can."""
    day = papers.get("congress_on")
    if day is None or day_of(hazard.found_at) <= day <= day_of(now):
        return None
    return _("向职工大会或者职代会报告的日期应在发现隐患当天以后、今天以前（含当天）。")


def who_found(hazard: Hazard, entry: Entry, now: datetime) -> None:
    """Ask once more who found it before it is verified."""
    remember_finders(hazard)


def _is_of_the_enterprise(hazard: Hazard) -> bool:
    """Say whether who verifies sits in the enterprise itself, as with what it found in a self-check."""
    return hazard.enterprise is not None and hazard.supervisor.unit.whole.pk == hazard.enterprise.unit_id


def _handed_over_first() -> str:
    return _("重大隐患不能由本企业自行验收：请先“移送其他部门”，交行业监管岗位核实定级。")


def freeze_criterion(hazard: Hazard, entry: Entry, now: datetime) -> None:
    """Keep the criterion by which somebody judged with its words, source and date in force."""
    remember_finders(hazard)
    if not hazard.criterion:
        return
    judged = criterion(hazard.criterion)
    hazard.criterion_text, hazard.criterion_source = judged.text, judged.source
    hazard.criterion_in_force = judged.effective_from
    hazard.save(update_fields=["criterion_text", "criterion_source", "criterion_in_force"])


def _order_refused(hazard: Hazard, papers: Mapping[str, Any]) -> str:
    """Return why this kind of order cannot be given, "" where it can."""
    if papers["grade"] == Grade.MAJOR and _is_of_the_enterprise(hazard):
        return _handed_over_first()
    if papers["order"] == Order.STOP:
        return why_not(hazard.supervisor.unit)
    if papers["grade"] == Grade.MAJOR and papers["order"] == Order.IMMEDIATE:
        return _("重大隐患须限期或者停产停业整改，不能立查立改。")
    return ""


def _day_refused(papers: Mapping[str, Any], now: datetime) -> str | None:
    day = papers.get("due_on")
    if papers["order"] == Order.IMMEDIATE:
        return _("立查立改当日完成，不填整改期限。") if day not in (None, day_of(now)) else None
    if day is None:
        return _("限期整改和停产停业整改须写明整改期限。")
    return _("整改期限不能早于今天。") if day < day_of(now) else None


def check_return(hazard: Hazard, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Return why the new day does not fit, None where it does."""
    return _("整改期限不能早于今天。") if papers["due_on"] < day_of(now) else None
