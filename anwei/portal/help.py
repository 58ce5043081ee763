"""一键 help: what a page is for, how to go about it, the article behind it; texts are data by URL name.

A page reads as a whole, so its text is translated as a whole: `help.en.toml` beside `help.toml`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from anwei.org.policy import signed_in

SOURCE = "zh-hans"
FILES = {SOURCE: "help.toml", "en": "help.en.toml"}


@dataclass(frozen=True)
class HelpText:
    """What one page is for; `citation` is the article or paper behind it, with how far it was checked."""

    title: str
    purpose: str
    steps: tuple[str, ...]
    citation: str
    confidence: str
    original: str  # the citation in the language of the law, for links


@cache
def help_texts(language: str = SOURCE) -> dict[str, HelpText]:
    """Return all texts by URL name; the pages named in `also` share the text of the page they belong to."""
    words = _table(FILES[language])["page"]
    texts: dict[str, HelpText] = {}
    for page, row in _table(FILES[SOURCE])["page"].items():
        also, said = row.get("also", []), words.get(page, row)
        steps = tuple(said["steps"])
        text = HelpText(
            said["title"], said["purpose"], steps, said["citation"], row["confidence"], row["citation"]
        )
        texts |= dict.fromkeys([page, *also], text)
    return texts


@cache
def not_pages() -> frozenset[str]:
    """Return the URL names that answer no page of their own: files, streams, forms' targets, screens."""
    return frozenset(name for names in _table(FILES[SOURCE])["not_pages"].values() for name in names)


@signed_in
@require_GET
def help_page(request: HttpRequest, page: str) -> HttpResponse:
    """Show the text of one page."""
    texts = help_texts(get_language() or SOURCE)
    if page not in texts:
        raise Http404
    return render(request, "help.html", {"text": texts[page], "page": page})


@cache
def _table(file: str) -> dict[str, Any]:
    return tomllib.loads(files("anwei.portal").joinpath("data", file).read_text("utf-8"))
