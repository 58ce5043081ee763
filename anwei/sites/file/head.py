"""The head of an enterprise's file: its figures, its number to call, why it has its colour."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from anwei.ledgers.masking import masked
from anwei.org.models import Person
from anwei.sites.enterprise_file import Context, Figure, Sheet
from anwei.sites.models import Contact, Enterprise

REASONS = 3


def duty_contact(enterprise: Enterprise, person: Person) -> tuple[str, str] | None:
    """Return name and masked number to call: who answered last, else the first; None without one."""
    reached_last = (F("reached").desc(nulls_last=True), F("tried_at").desc(nulls_last=True), "pk")
    contact = Contact.objects.visible_to(person).filter(enterprise=enterprise).order_by(*reached_last).first()
    return None if contact is None else (f"{contact.name} {contact.role}".strip(), masked(contact.phone))


def figures_of(enterprise: Enterprise, filled: Sequence[tuple[Sheet, Context]]) -> list[Figure]:
    """Return the numbers of the head: what each sheet counts."""
    return [sheet.figure(enterprise, parts) for sheet, parts in filled if sheet.figure is not None]


def reasons_of(filled: Sequence[tuple[Sheet, Context]]) -> list[str]:
    """Return the first sentences of what made the colour: live facts, else what gives the static grade."""
    colour = next((parts for _sheet, parts in filled if "found" in parts), None)
    if colour is None:
        return []
    facts = [fact for reason in colour["found"].reasons for fact in reason.facts]
    sentences = [fact.sentence for fact in facts if fact.sentence]
    return (sentences or [words for words, _link in colour["grounds"]])[:REASONS]
