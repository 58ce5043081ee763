"""What the pages of people need in their templates."""

from __future__ import annotations

from django import template

from anwei.org.rights import masked as covered

register = template.Library()


@register.filter
def masked(phone: str) -> str:
    """Return a phone number with its middle covered."""
    return covered(phone)
