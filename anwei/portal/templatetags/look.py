"""Small marks that pages share: icons, severities with shape and word, ages, remaining time."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anwei.ledgers.lengths import duration_words

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of `frontend/icons.txt`; without a label it is decoration, hidden from screen readers."""
    address = _icons()
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, address, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', address, name)


@cache
def _icons() -> str:
    """Return the address of the icons' file: a page has a score of them, and it never changes."""
    return static("vendor/icons.svg")


@register.simple_tag
def severity(code: str, word: str = "") -> SafeString:
    """Draw the badge of a severity (`red orange yellow blue offline`): colour, shape and word together."""
    words = {
        "red": _("红色"),
        "orange": _("橙色"),
        "yellow": _("黄色"),
        "blue": _("蓝色"),
        "offline": _("离线"),
    }
    return format_html('<span class="severity severity-{}">{}</span>', code, word or words[code])


@register.filter
def duration(length: timedelta | float | None) -> str:
    """Return a timedelta, or seconds, in words."""
    if length is None:
        return "—"
    return duration_words(length.total_seconds() if isinstance(length, timedelta) else length)


@register.filter
def ago(moment: datetime | None) -> str:
    """Return how long ago `moment` was, in words."""
    if moment is None:
        return "—"
    seconds = (timezone.now() - moment).total_seconds()
    return _("刚刚") if seconds < 5 else _("%(length)s前") % {"length": duration_words(seconds)}


@register.inclusion_tag("includes/remaining.html")
def remaining(due_at: datetime | None, met_at: datetime | None = None) -> dict[str, Any]:
    """Draw what is left of a deadline: normal, soon (within a day), overdue (red), or met."""
    now = timezone.now()
    if due_at is None:
        return {"state": "none"}
    if met_at is not None:
        return {"state": "met" if met_at <= due_at else "met_late", "length": abs(due_at - met_at)}
    state = "overdue" if due_at < now else "soon" if due_at - now < timedelta(days=1) else "left"
    return {"state": state, "length": abs(due_at - now), "due_at": due_at}


@register.filter
def at(table: dict[str, Any], key: str) -> Any:
    """Return what a table holds at a key, "" without it."""
    return table.get(key, "")
