"""Whom to call: who answers at a post today, and the number of the body's desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template

from anwei.org.holdings import people_at
from anwei.org.models import Person, Post, Unit
from anwei.org.models.units import PUBLIC_BODIES
from anwei.org.policy import person_of
from anwei.org.register_rules import may_keep_registers
from anwei.org.rights import people_seen

register = template.Library()


@dataclass(frozen=True)
class Called:
    """A post to call, who answers there of those the reader may look at, and the number of its body's desk.

    A person's own number is not told here: who uncovers it is written down. `may_enter`: the desk has no
    number and the reader may enter one.
    """

    post: Post
    people: list[Person]
    phone: str
    may_enter: bool

    @property
    def unit(self) -> Unit:
        """The body."""
        return self.post.unit

    @property
    def has_none(self) -> bool:
        """Whether neither the desk nor anybody there has a number."""
        return not self.phone and not any(one.phone for one in self.people)


@register.simple_tag(takes_context=True)
def whom_to_call(context: dict[str, Any], post: Post, then: Post | None = None) -> Called | None:
    """Return who answers at a post now; where that is the reader, who answers `then`; None of nobody else."""
    reader = person_of(context["request"])
    for one in filter(None, (post, then)):
        people = people_at(one, context["now"])
        if reader in people:
            continue
        seen = people_seen(reader).filter(pk__in=[person.pk for person in people]).order_by("pk")
        phone = one.unit.duty_phone
        may_enter = not phone and one.unit.kind in PUBLIC_BODIES and may_keep_registers(reader)
        return Called(one, list(seen), phone, may_enter)
    return None
