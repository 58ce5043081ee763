"""Accidents are written with the grade that follows from their counts; late deaths change both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.cases.clocks import county_calendar
from anwei.cases.services import next_number
from anwei.emergency.models import Accident, Facts
from anwei.emergency.services.months import refuse_double
from anwei.ledgers.models import Change
from anwei.ledgers.saving import Edit, log_all, save_rows
from anwei.org.register_rules import may_keep_registers
from anwei.org.scope import ensure_visible
from anwei.standards.accidents import grade_of, late_limit
from anwei.standards.deadlines import deadline

PREFIX = "SG"
DECIMALS = Decimal("0.0001")  # of 万元: one yuan
COUNTS = ("deaths", "serious_injuries", "loss")


@transaction.atomic
def save_accidents(edits: Sequence[Edit], *, actor: Any, now: datetime, reason: str = "") -> list[Accident]:
    """Write accidents, each with its number and its grade.

    Raises ValueError where a month would be counted by the ledger and by opening figures, and for deaths
    that are added after the limit of art. 13.
    """
    for edit in edits:
        if edit.row is not None and (why := too_late(edit.row, edit.values, now)):
            raise ValueError(why)
    rows = save_rows(Accident, [_whole(edit, now) for edit in edits], actor=actor, now=now, reason=reason)
    refuse_double(row.happened_on.replace(day=1) for row in rows if row.counts)
    return rows


def _whole(edit: Edit, now: datetime) -> Edit:
    """Return an edit with what follows from it."""
    values = dict(edit.values)
    if "loss" in values:
        values["loss"] = exact(values["loss"])
    if edit.row is None and not values.get("number"):
        values["number"] = next_number(PREFIX, now)
    told = {name: values.get(name, getattr(edit.row or Accident(), name)) for name in COUNTS}
    return replace(edit, values={**values, "grade": grade_of(**told).code})


def exact(amount: Any) -> Decimal:
    """Return a sum of 万元 to the yuan."""
    return Decimal(str(amount or 0)).quantize(DECIMALS)


@dataclass(frozen=True)
class LateDeath:
    """One person who died of an accident later; `was` is how the ledger counted them until then."""

    died_on: date
    was: str = "serious_injuries"  # or minor_injuries, missing, "" for nobody who was counted


def late_until(accident: Accident) -> date:
    """Return the last day on which a death still counts (国务院令第493号 art. 13)."""
    limit = deadline(late_limit(accident.sector, accident.type))
    due = limit.due(accident.happened_at, county_calendar())
    if due is None:
        raise ValueError(limit.what)
    return timezone.localtime(due - timedelta(microseconds=1)).date()  # a limit ends at 24:00


@transaction.atomic
def record_late_death(
    accident: Accident, death: LateDeath, *, actor: Any, now: datetime, reason: str, key: str = ""
) -> Accident:
    """Count a death that came later: the counts and the grade change, the reason is sealed with them.

    A form that is sent again counts nobody twice: its `key` is sealed with the change.

    Raises ValueError for a day before the accident, in the future or after the limit of art. 13, without a
    reason, or where nobody is counted as `was`; PermissionDenied for who may not write the ledger.
    """
    if actor is not None and not may_keep_registers(actor):
        raise PermissionDenied(_("您的岗位不能登记事故。"))
    row: Accident = Accident.objects.select_for_update().get(pk=accident.pk)
    counted = Change.objects.filter(register=row._meta.label_lower, row=str(row.pk), verb="late_death")
    if key and counted.filter(content__form=key).exists():
        return row
    if why := why_not_counted(row, death, now) or ("" if reason.strip() else _("请写明死亡情况和核实依据。")):
        raise ValueError(why)
    before = {name: getattr(row, name) for name in _changed_by(death)}
    row.deaths += 1
    if death.was:
        setattr(row, death.was, getattr(row, death.was) - 1)
    row.grade = grade_of(row.deaths, row.serious_injuries, row.loss).code
    row.save(update_fields=list(before))
    changed = {name: [old, getattr(row, name)] for name, old in before.items() if getattr(row, name) != old}
    content = {"changed": changed, "died_on": death.died_on.isoformat(), **({"form": key} if key else {})}
    log_all([(row, "late_death", content)], actor=actor, now=now, reason=reason.strip()[:200])
    if actor is not None:
        ensure_visible(actor, row)
    return row


def why_not_counted(accident: Accident, death: LateDeath, now: datetime) -> str:
    """Return why a death is not counted, "" where it is."""
    words: Mapping[str, Any] = {"day": late_until(accident), "happened": accident.happened_on}
    if not accident.happened_on <= death.died_on <= timezone.localdate(now):
        return _("死亡日期应在事故发生之日（%(happened)s）和今天之间。") % words
    if death.died_on > late_until(accident):
        sentence = _("%(day)s 以后的死亡不再计入（国务院令第493号第13条：30 日，道路交通和火灾 7 日）。")
        return sentence % words
    if death.was and not getattr(accident, death.was):
        return _("台账里没有这样的伤员：%(was)s为 0。") % {"was": label_of(death.was)}
    return ""


def too_late(row: Accident, values: Mapping[str, Any], now: datetime) -> str:
    """Return why more deaths are not entered after the last day on which one counts, "" where they are.

    What was told wrongly by then is put right with facts that are established (核定).
    """
    if not row.counts:
        return ""  # in no statistics of ours: what is known of it may always be told better
    told = {name: values.get(name, getattr(row, name)) for name in ("deaths", "facts")}
    last = late_until(row)
    if told["deaths"] <= row.deaths or told["facts"] == Facts.VERIFIED or timezone.localdate(now) <= last:
        return ""
    return _(
        "%(day)s 以后的死亡不再计入（国务院令第493号第13条：30 日，道路交通和火灾 7 日）；"
        "确是此前死亡、当时漏报的，核实后把数据状态改为核定，一并更正。"
    ) % {"day": last}


def label_of(name: str) -> str:
    """Return what a column of the ledger is called."""
    field: Any = Accident._meta.get_field(name)
    return str(field.verbose_name)


def _changed_by(death: LateDeath) -> list[str]:
    return ["deaths", "grade", *([death.was] if death.was else [])]
