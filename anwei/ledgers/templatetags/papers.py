"""The card of papers on the page of a register row."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from anwei.ledgers.papers.queries import draftable, papers_for
from anwei.ledgers.papers.registers import paper_register

register = template.Library()


@register.inclusion_tag("papers/card.html", takes_context=True)
def papers_card(context: dict[str, Any], label: str, row: Any) -> dict[str, Any]:
    """Show the papers about a row as the person may see them, and the papers they may draft."""
    person, now = context["request"].user, timezone.now()
    papers = list(papers_for(person, label, row, now))
    served = paper_register(label).served(row, person)
    return {
        "papers": papers,
        "templates": draftable(person, label, row, now),
        "served": served,
        "n_papers": len(papers) + len(served),
        "label": label,
        "row": row,
        "csrf_token": context.get("csrf_token"),
    }
