"""How the pages of this room say shares and spans."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """Return a share of 1 in percent, with one decimal below ten; a dash where there is none."""
    if share is None:
        return "—"
    points = 100 * share
    whole = points >= 10 or points == int(points)
    return f"{points:.0f}%" if whole else f"{points:.1f}%"


@register.filter
def minutes(span: timedelta) -> str:
    """Return a span in whole minutes."""
    return _("%(n)d 分钟") % {"n": round(span / timedelta(minutes=1))}
