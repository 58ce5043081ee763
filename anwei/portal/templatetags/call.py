"""Whom to call: who answers at a post today."""

from __future__ import annotations

from typing import Any

from django import template

from anwei.org.holdings import people_at
from anwei.org.models import Person, Post
from anwei.org.policy import person_of
from anwei.org.rights import people_seen

register = template.Library()


@register.simple_tag(takes_context=True)
def whom_to_call(context: dict[str, Any], post: Post) -> list[Person] | None:
    """Return who answers at a post now, of those the reader may look at; None where it is the reader."""
    people, reader = people_at(post, context["now"]), person_of(context["request"])
    if reader in people:
        return None
    return list(people_seen(reader).filter(pk__in=[one.pk for one in people]).order_by("pk"))
