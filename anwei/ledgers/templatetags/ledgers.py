"""What every list page needs in its template."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.db.models import Model
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from anwei.ledgers.beside import Button, asides_of, buttons_of
from anwei.ledgers.listing import LedgerTable, Listing

register = template.Library()


@register.simple_tag
def carry(listing: Listing, **changes: Any) -> str:
    """Return the list's query string with some parameters changed; an empty value drops the parameter."""
    query = QueryDict(listing.query, mutable=True)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return query.urlencode()


@register.simple_tag(takes_context=True)
def sheet(context: template.RequestContext, listing: Listing) -> SafeString:
    """Render the table of a list by its own template; its cells see the page's context."""
    table: LedgerTable = listing.table
    table.context = context
    return render_to_string(table.template_name, {"table": table, "listing": listing}, context.get("request"))


@register.simple_tag(takes_context=True)
def beside(context: template.RequestContext, row: Model) -> SafeString:
    """Render the cards that rooms show beside a row, for who reads."""
    request = context["request"]
    shown = {"asides": asides_of(row, request.user, timezone.now())}
    return render_to_string("ledgers/beside.html", shown, request)


@register.simple_tag(takes_context=True)
def buttons(context: template.RequestContext, row: Model) -> list[Button]:
    """Return the buttons that rooms offer on the page of a row, for who reads."""
    return buttons_of(row, context["request"].user, timezone.now())


@register.filter
def moment(at: datetime | None) -> str:
    """Return a moment short: the clock today, month and day else, the year only where it is another."""
    if at is None:
        return "—"
    local, today = timezone.localtime(at), timezone.localdate()
    if local.date() == today:
        return f"{local:%H:%M:%S}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"
