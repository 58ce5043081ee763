"""A contact is called: what came of it is kept, and the contact shows the last of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy

from anwei.ledgers.saving import Edit, save_rows
from anwei.ledgers.services import record_change
from anwei.org.models import Person
from anwei.org.register_rules import may_keep_registers
from anwei.org.scope import ScopedQuerySet, ensure_visible
from anwei.sites.models import Contact, ContactTrial

NOT_KEEPER = gettext_lazy("联系人试拨由值班和监管人员记录。")


def untried() -> ScopedQuerySet:
    """Return the contacts whom nobody called, or whom the last call did not reach."""
    rows: ScopedQuerySet = Contact.objects.exclude(reached=True)
    return rows


@transaction.atomic
def record_trial(contact: Contact, outcome: str, *, actor: Person, now: datetime) -> ContactTrial:
    """Keep what came of calling a contact.

    Raises PermissionDenied for who keeps no registers or does not see the contact, ValueError for an outcome
    that is none.
    """
    if not may_keep_registers(actor):
        raise PermissionDenied(NOT_KEEPER)
    if outcome not in ContactTrial.Outcome.values:
        raise ValueError(outcome)
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    ensure_visible(actor, contact)
    contact.tried_at, contact.tried_by = now, actor
    contact.reached = outcome == ContactTrial.Outcome.REACHED
    contact.save(update_fields=["tried_at", "tried_by", "reached"])
    content = {"outcome": outcome}
    record_change("sites.contact", contact.pk, actor=actor, now=now, verb="try", content=content)
    trial: ContactTrial = contact.trials.create(outcome=outcome, tried_at=now, tried_by=actor)
    return trial


@transaction.atomic
def uncover_phone(contact: Contact, *, actor: Person, now: datetime) -> str:
    """Return the number of a contact to whoever calls it, and remember who looked.

    Raises PermissionDenied for who keeps no registers or does not see the contact.
    """
    if not may_keep_registers(actor):
        raise PermissionDenied(NOT_KEEPER)
    ensure_visible(actor, contact)
    content = {"viewer": actor.pk}
    record_change("sites.contact", contact.pk, actor=actor, now=now, verb="show_phone", content=content)
    return contact.phone


@transaction.atomic
def save_contacts(
    edits: Sequence[Edit], *, actor: Person | None, now: datetime, reason: str = ""
) -> list[Contact]:
    """Register contacts or change them; a number that is new was not tried yet."""
    rows = save_rows(Contact, edits, actor=actor, now=now, reason=reason)
    renumbered = [edit.row.pk for edit in edits if edit.row is not None and "phone" in edit.values]
    Contact.objects.filter(pk__in=renumbered).update(tried_at=None, tried_by=None, reached=None)
    return rows
