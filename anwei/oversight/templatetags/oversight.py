"""Marks on the pages of the committee."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from anwei.oversight.models import SupervisionOrder

register = template.Library()


@register.simple_tag
def answer_of(orders: Mapping[int, SupervisionOrder], number: int) -> SupervisionOrder | None:
    """Return the order that answers a line of the morning report, None where nobody answered."""
    return orders.get(number)
