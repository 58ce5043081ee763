"""Cancelling a visit, and making one of several (综合查一次)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.models import PaperNumber, Visit
from anwei.hazards.planning.bodies import bodies_of
from anwei.hazards.planning.manning import why_no_order
from anwei.hazards.planning.merging import may_be_one
from anwei.hazards.services.paper_numbers import void_unused
from anwei.hazards.services.visits import (
    locked,
    remember,
    require_of_bodies,
    require_planned,
    send,
    tell_enterprise,
)
from anwei.org.models import Person


@transaction.atomic
def cancel_visit(visit: Visit, *, actor: Person, now: datetime, reason: str) -> Visit:
    """Cancel a visit that has not begun, with a reason that its enterprise reads where it was told."""
    visit = locked(visit)
    require_of_bodies(visit, actor, now)
    require_planned(visit)
    if not reason.strip():
        raise CaseError(_("请写明取消理由。"))
    visit.cancelled_at, visit.cancel_reason = now, reason.strip()[:300]
    visit.save(update_fields=["cancelled_at", "cancel_reason"])
    remember(visit, "cancel", {}, actor=actor, now=now, reason=visit.cancel_reason)
    void_unused(visit, actor=actor, now=now, remark=_("检查已取消"))
    if visit.announced:
        text = _("%(number)s检查已取消：%(reason)s") % {"number": visit.number, "reason": visit.cancel_reason}
        tell_enterprise(visit, actor, now, text=text, of="cancel")
    return visit


@transaction.atomic
def merge_visits(visits: Sequence[Visit], *, actor: Person, now: datetime) -> Visit:
    """Make one visit (综合查一次) of several planned ones to one enterprise; return it, the earliest of them.

    The body of the earliest whose body may issue orders leads: a township without the power, which only
    planned before the others, would leave the department that comes along without its papers.
    Raises NotYourTurn where none of them is of a body of the actor, CaseError where they cannot be one.
    """
    rows = Visit._base_manager.select_for_update().filter(pk__in=[visit.pk for visit in visits])
    together = list(rows.order_by("planned_on", "pk"))
    if sentence := may_be_one(together):
        raise CaseError(sentence)
    own = {unit.pk for unit in bodies_of(actor, now)}
    bodies = {unit.pk: unit for visit in together for unit in visit.bodies.all()}
    if not own & bodies.keys():
        raise NotYourTurn(_("只有参加检查的单位可以合并。"))
    kept, rest = together[0], together[1:]
    inspectors = [one.person for visit in together for one in visit.attendances.select_related("person")]
    kept.bodies.set(bodies.values())
    send(kept, list({person.pk: person for person in inspectors}.values()), now)
    kept.body = next((one.body for one in together if not why_no_order(kept, one.body)), kept.body)
    kept.counted = any(visit.counted for visit in together)
    kept.save(update_fields=["body", "counted"])
    for visit in rest:
        visit.cancelled_at, visit.merged_into = now, kept
        visit.cancel_reason = _("并入%(number)s，综合查一次") % {"number": kept.number}
        visit.save(update_fields=["cancelled_at", "merged_into", "cancel_reason"])
        visit.merged.update(merged_into=kept)  # what it had taken in before goes along
        remember(visit, "merge", {"into": kept.number}, actor=actor, now=now)
        _take_numbers_along(visit, kept)
        void_unused(visit, actor=actor, now=now, remark=_("检查已并入%(number)s") % {"number": kept.number})
    told = {"of": [visit.number for visit in rest], "body": kept.body_id}
    remember(kept, "merge", told, actor=actor, now=now)
    if kept.announced:
        names = _("、").join(str(unit) for unit in bodies.values())
        words = {"day": kept.planned_on, "bodies": names, "number": kept.number}
        text = _("%(bodies)s的检查合并为一次：%(day)s，%(number)s") % words
        tell_enterprise(kept, actor, now, text=text, of="merge")
    return kept


def _take_numbers_along(visit: Visit, kept: Visit) -> None:
    """Let numbers that somebody has on a telephone already hold for the visit that is made."""
    for number in PaperNumber._base_manager.filter(visit=visit, used_at=None, void_at=None):
        same = {"visit": kept, "person": number.person, "template": number.template}
        if number.issuer_id == kept.body_id and not PaperNumber._base_manager.filter(**same).exists():
            number.visit = kept
            number.save(update_fields=["visit"])
