"""The reasons of a live colour in a few words, for the title of its mark."""

from __future__ import annotations

from collections import Counter

from django import template
from django.utils.translation import gettext as _

from anwei.sites.models import Enterprise
from anwei.standards.risk.live_rules import fact_kinds

register = template.Library()


@register.simple_tag
def colour_reasons(enterprise: Enterprise) -> str:
    """Return the kinds of live fact of an enterprise with their counts, "" where there are none."""
    row = getattr(enterprise, "live_colour", None)
    counts: Counter[str] = Counter()
    for fact in row.facts if row else ():
        counts[fact["key"]] += fact["count"]
    kinds = fact_kinds()
    return _("；").join(f"{_(kinds[key].label)} {n}" for key, n in counts.items() if key in kinds)
