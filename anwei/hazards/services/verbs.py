"""What belongs to the verbs of a hazard beside their papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from anwei.cases.models import Entry
from anwei.hazards.models import Grade, Hazard, Order
from anwei.hazards.powers import why_not
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
        if not is_major and (judged is not None or hazard.criterion):
            return _("条款建议定为重大，定为一般的须写明定级说明。")
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


def _is_of_the_enterprise(hazard: Hazard) -> bool:
    """Say whether who verifies sits in the enterprise itself, as with what it found in a self-check."""
    return hazard.enterprise is not None and hazard.supervisor.unit.whole.pk == hazard.enterprise.unit.pk


def freeze_criterion(hazard: Hazard, entry: Entry, now: datetime) -> None:
    """Keep the criterion by which somebody judged with its words, source and date in force."""
    if not hazard.criterion:
        return
    judged = criterion(hazard.criterion)
    hazard.criterion_text, hazard.criterion_source = judged.text, judged.source
    hazard.criterion_in_force = judged.effective_from
    hazard.save(update_fields=["criterion_text", "criterion_source", "criterion_in_force"])


def check_merge(hazard: Hazard, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Return why a hazard is not the same as the one whose number is given, None where it may be."""
    words = {"number": papers["merged_into"]}
    other = Hazard._base_manager.filter(number=words["number"]).exclude(pk=hazard.pk).first()
    if other is None:
        return _("没有编号为“%(number)s”的隐患。") % words
    if (other.enterprise_id, other.territory) != (hazard.enterprise_id, hazard.territory):
        return _("%(number)s不在同一单位，不能并入。") % words
    if other.outcome in ("merged", "false_report"):
        return _("%(number)s已经并入其他隐患或者认定不属实。") % words
    if other.closed_at is not None and other.closed_at < hazard.found_at:
        return _("%(number)s在发现这件以前已经销号：这是重复发生，不是同一件。") % words
    return None


def _order_refused(hazard: Hazard, papers: Mapping[str, Any]) -> str:
    """Return why this kind of order cannot be given, "" where it can."""
    if papers["grade"] == Grade.MAJOR and _is_of_the_enterprise(hazard):
        return _("重大隐患不能由本企业自行验收：请先“移送其他部门”，交行业监管岗位核实定级。")
    if papers["order"] == Order.STOP:
        return why_not(hazard.supervisor.unit)
    if papers["grade"] == Grade.MAJOR and papers["order"] == Order.IMMEDIATE:
        return _("重大隐患须限期或者停产停业整改，不能立查立改。")
    return ""


def _day_refused(papers: Mapping[str, Any], now: datetime) -> str | None:
    day = papers.get("due_on")
    if papers["order"] == Order.IMMEDIATE:
        return None
    if day is None:
        return _("限期整改和停产停业整改须写明整改期限。")
    return _("整改期限不能早于今天。") if day < day_of(now) else None


def check_return(hazard: Hazard, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Return why the new day does not fit, None where it does."""
    return _("整改期限不能早于今天。") if papers["due_on"] < day_of(now) else None
