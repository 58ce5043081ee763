"""一键 help: what a page is for, how to go about it, the article behind it; texts are data by URL name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anwei.org.policy import signed_in


@dataclass(frozen=True)
class HelpText:
    """What one page is for; `citation` is the article or paper behind it, with how far it was checked."""

    title: str
    purpose: str
    steps: tuple[str, ...]
    citation: str
    confidence: str


@cache
def help_texts() -> dict[str, HelpText]:
    """Return all texts by URL name; the pages named in `also` share the text of the page they belong to."""
    texts: dict[str, HelpText] = {}
    for page, row in _table()["page"].items():
        also = row.get("also", [])
        text = HelpText(row["title"], row["purpose"], tuple(row["steps"]), row["citation"], row["confidence"])
        texts |= dict.fromkeys([page, *also], text)
    return texts


@cache
def not_pages() -> frozenset[str]:
    """Return the URL names that answer no page of their own: files, streams, forms' targets, screens."""
    return frozenset(name for names in _table()["not_pages"].values() for name in names)


@signed_in
@require_GET
def help_page(request: HttpRequest, page: str) -> HttpResponse:
    """Show the text of one page."""
    if page not in help_texts():
        raise Http404
    return render(request, "help.html", {"text": help_texts()[page], "page": page})


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("anwei.portal").joinpath("data/help.toml").read_text("utf-8"))
