"""How the pages of this room say shares."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """Return a share of 1 in percent, with one decimal below ten; a dash where there is none."""
    if share is None:
        return "—"
    points = 100 * share
    whole = points >= 10 or points == int(points)
    return f"{points:.0f}%" if whole else f"{points:.1f}%"
