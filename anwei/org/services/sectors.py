"""Which department answers for a sector: assigned and ended with the county's own document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.saving import Edit
from anwei.ledgers.services import record_change
from anwei.org.holdings import day_of
from anwei.org.models import Confidence, Person, SectorDuty, Unit
from anwei.org.services.ending import end_on
from anwei.org.services.errors import OrgError


@transaction.atomic
def assign_sector(
    sector: str,
    unit: Unit,
    *,
    lead: bool,
    from_on: date,
    document: str,
    actor: Person | None,
    now: datetime,
    reason: str = "",
) -> SectorDuty:
    """Let a department lead a sector, or answer for it jointly, from a day on (安全生产法 art. 10).

    What the department did in this sector until then ends the day before. Other leads stay: two claimants
    are a gap that somebody must decide. Raises OrgError for a unit that is no department, or when the
    department has a duty there that begins only later.
    """
    if unit.kind not in (Unit.Kind.DEPARTMENT, Unit.Kind.COMMITTEE_OFFICE, Unit.Kind.TOWNSHIP):
        raise OrgError(_("行业监管只能交给部门或乡镇街道。"))
    list(Unit.objects.select_for_update().filter(pk=unit.pk))  # two hands assign one sector
    own = SectorDuty.objects.select_for_update().filter(sector=sector, unit=unit)
    if later := own.filter(from_on__gte=from_on).order_by("from_on").first():
        sentence = _("%(unit)s对该行业的现行分工自 %(day)s 起，新的起始日期须更晚。")
        raise OrgError(sentence % {"unit": unit, "day": later.from_on})
    for row in own.on(from_on):
        row.to_on = from_on - timedelta(days=1)
        row.save(update_fields=["to_on"])
    duty = SectorDuty.objects.create(
        sector=sector,
        unit=unit,
        lead=lead,
        from_on=from_on,
        document=document,
        confidence=Confidence.COUNTY,
    )
    content = {"unit": unit.pk, "lead": lead, "from": from_on, "document": document}
    record_change("org.sector", sector, actor=actor, now=now, verb="assign", content=content, reason=reason)
    return duty


@transaction.atomic
def end_sector_duty(
    duty: SectorDuty, *, last_on: date, actor: Person | None, now: datetime, reason: str
) -> SectorDuty:
    """End a department's duty in a sector after a day.

    Raises OrgError as `end_on` does.
    """
    end_on(duty, last_on)
    content = {"unit": duty.unit_id, "lead": duty.lead, "to": last_on}
    record_change("org.sector", duty.sector, actor=actor, now=now, verb="end", content=content, reason=reason)
    return duty


@transaction.atomic
def save_sector_duties(
    edits: Sequence[Edit], *, actor: Person | None, now: datetime, reason: str = ""
) -> list[SectorDuty]:
    """Assign sectors as a register writes them; a changed row ends the day before and begins anew, today.

    A row that passes to another sector or department leaves nothing of the old duty in force.
    Raises OrgError as `assign_sector` and `end_on` do.
    """
    duties = []
    for edit in edits:
        row, values = edit.row, edit.values
        sector = values.get("sector", row.sector if row else "")
        unit = row.unit if row and "unit" not in values else Unit.objects.get(pk=values["unit"])
        from_on = values.get("from_on") or day_of(now)
        if (
            row
            and (row.sector, row.unit_id) != (sector, unit.pk)
            and (row.to_on is None or row.to_on >= from_on)
        ):
            last_on = from_on - timedelta(days=1)
            end_sector_duty(row, last_on=last_on, actor=actor, now=now, reason=reason)
        duty = assign_sector(
            sector,
            unit,
            lead=values.get("lead", row.lead if row else True),
            from_on=from_on,
            document=values.get("document", row.document if row else ""),
            actor=actor,
            now=now,
            reason=reason,
        )
        duties.append(duty)
    return duties
