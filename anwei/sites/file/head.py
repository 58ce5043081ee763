"""The head of an enterprise's file: its figures, its number to call, why it has its colour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.cells import masked
from anwei.org.models import Person
from anwei.sites.enterprise_file import Context, Figure, Sheet
from anwei.sites.models import Contact, Enterprise, Equipment, Insurance, Licence, ManagementDocument

SOON = timedelta(days=90)
REASONS = 3


def expiring(enterprise: Enterprise, today: date) -> tuple[int, int]:
    """Return how many papers, inspections and reviews end within 90 days, and how many are over."""
    until = today + SOON
    ends: tuple[tuple[Any, str, dict[str, bool]], ...] = (
        (Licence, "expires_on", {}),
        (Insurance, "expires_on", {}),
        (ManagementDocument, "review_on", {}),
        (Equipment, "inspection_due_on", {"in_use": True}),
    )
    rows = [
        model.objects.filter(enterprise=enterprise, **{f"{column}__lte": until}, **standing)
        .order_by()
        .values_list(column, flat=True)
        for model, column, standing in ends
    ]
    days = list(rows[0].union(*rows[1:], all=True))
    if enterprise.standardized_until is not None and enterprise.standardized_until <= until:
        days.append(enterprise.standardized_until)
    return len(days), sum(day < today for day in days)


def duty_contact(enterprise: Enterprise, person: Person) -> tuple[str, str] | None:
    """Return name and masked number to call: who answered last, else the first; None without one."""
    reached_last = (F("reached").desc(nulls_last=True), F("tried_at").desc(nulls_last=True), "pk")
    contact = Contact.objects.visible_to(person).filter(enterprise=enterprise).order_by(*reached_last).first()
    return None if contact is None else (f"{contact.name} {contact.role}".strip(), masked(contact.phone))


def figures_of(
    enterprise: Enterprise, filled: Sequence[tuple[Sheet, Context]], now: datetime
) -> list[Figure]:
    """Return the numbers of the head: what each sheet counts, and what runs out."""
    found = [sheet.figure(enterprise, parts) for sheet, parts in filled if sheet.figure is not None]
    n_ending, n_over = expiring(enterprise, timezone.localdate(now))
    note = _("已过期 %(n)d 项") % {"n": n_over} if n_over else _("没有过期")
    return [*found, Figure(_("90 天内到期"), n_ending, note, "#papers", hot=n_over > 0)]


def reasons_of(enterprise: Enterprise) -> list[str]:
    """Return the first sentences that made the colour."""
    row = getattr(enterprise, "live_colour", None)
    sentences = [fact["sentence"] for fact in row.facts if fact.get("sentence")] if row else []
    return sentences[:REASONS]
