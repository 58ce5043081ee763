"""Links from a citation to what is carried of the law it names."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from anwei.standards.law.citations import cited_places
from anwei.standards.law.searching import by_address

register = template.Library()


@register.filter
def cited(citation: str, shown: str = "") -> SafeString:
    """Return a citation with links; `shown`, or its translation, is linked as a whole."""
    places = _places(citation) if citation else ()
    words = shown or (gettext(citation) if citation else "")
    if places and words != citation:
        address = next((address for _s, _e, address, article in places if article), places[0][2])
        return _link(address, words)
    pieces, last = [], 0
    for start, end, address, _article in places:
        pieces += [format_html("{}", citation[last:start]), _link(address, citation[start:end])]
        last = end
    rest = citation[last:] if places else words
    return format_html_join("", "{}", ((piece,) for piece in [*pieces, rest]))


def _link(address: str, words: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("law_entry", args=[address]), words)


@lru_cache(maxsize=2048)
def _places(citation: str) -> tuple[tuple[int, int, str, str], ...]:
    """Return start, end, address and article of each link; an article not carried leads to its law."""
    return tuple(
        (start, end, f"{law}/{article}" if article and by_address(f"{law}/{article}") else law, article)
        for start, end, law, article in cited_places(citation)
    )
