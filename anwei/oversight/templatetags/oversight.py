"""Marks on the pages of the committee."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from anwei.cases.models import Case
from anwei.org.policy import person_of
from anwei.oversight.briefing.parts import Cell, Figure, Text
from anwei.oversight.models import SupervisionOrder
from anwei.oversight.services.instructing import About
from anwei.oversight.services.morning import asks
from anwei.sites.models import Enterprise

register = template.Library()


@register.simple_tag
def answer_of(orders: Mapping[int, SupervisionOrder], number: int) -> SupervisionOrder | None:
    """Return the order that answers a line of the morning report, None where nobody answered."""
    return orders.get(number)


@register.filter
def asks_an_answer(line: dict[str, Any]) -> bool:
    """Say whether a line of the morning report is a matter that can be answered."""
    return asks(line)


@register.simple_tag(takes_context=True)
def about_of(context: template.Context, order: SupervisionOrder) -> About:
    """Return what an order is about, as far as the reader may see it."""
    reader = person_of(context["request"])
    cases = Case.objects.visible_to(reader).filter(pk=order.about_id)
    enterprises = Enterprise.objects.visible_to(reader).filter(pk=order.about_enterprise_id)
    return About(cases.first(), enterprises.select_related("unit").first())


@register.simple_tag
def told(cell: Cell) -> str:
    """Return a piece of a briefing: a text as it is, a number with the door to its rows.

    A number with several doors is a number; they stand below (`doors_of`), not within a sentence.
    """
    if not isinstance(cell, Figure) or len(cell.doors) != 1:
        return str(cell)
    (door,) = cell.doors
    return format_html('<a href="{}" title="{}">{}</a>', door.url, door.label, cell.text)


@register.simple_tag
def doors_of(cell: Cell) -> str:
    """Return the doors to the rows of a number that has several, each named."""
    if not isinstance(cell, Figure) or len(cell.doors) < 2:
        return ""
    named = ((door.url, door.label or _("台账")) for door in cell.doors)
    return format_html_join(" ", '<a href="{}">{}</a>', named)


@register.simple_tag
def doors_below(text: Text) -> str:
    """Return the doors of the numbers of a paragraph that have several: 3（煤矿 工贸）、1（…）."""
    found = ((cell, doors) for cell in text if (doors := doors_of(cell)))
    return format_html_join(_("、"), "{}（{}）", found)
