"""The search of the top bar: suggestions while a person types, and the page of results."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anwei.ledgers.listing import ClampedPaginator
from anwei.ledgers.search import searchables
from anwei.ledgers.search.finding import LOOKED_AT, entries_of, find, suggest
from anwei.ledgers.search.grams import MAX_QUERY, query_words
from anwei.org.policy import person_of, signed_in
from anwei.portal.law.views import heading_of
from anwei.standards.law.searching import article_addresses, by_address

SUGGESTIONS = 8
A_PAGE = 20


@signed_in
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found and the articles the words cite; when it is one thing only, go there."""
    query, register = request.GET.get("q", "").strip()[:MAX_QUERY], request.GET.get("in", "")
    found = find(person_of(request), query, register=register)
    articles = _articles(query)
    if found.count == 1 and found.keys and not articles:
        return redirect(entries_of(found.keys, person_of(request))[0].url)
    page = ClampedPaginator(found.keys, A_PAGE).get_page(request.GET.get("page", "1"))
    context = {
        "query": query,
        "articles": articles,
        "too_short": not query_words(query),
        "register": register,
        "found": found,
        "limit": LOOKED_AT,
        "labels": _labels(),
        "tabs": [(one.code, one.label, found.by_register.get(one.code, 0)) for one in searchables()],
        "page": page,
        "entries": entries_of(page.object_list, person_of(request)),
    }
    return render(request, "search/page.html", context)


@signed_in
@require_GET
def search_suggest(request: HttpRequest) -> HttpResponse:
    """Return the first results as a list below the box."""
    query = request.GET.get("q", "").strip()[:MAX_QUERY]
    entries = suggest(person_of(request), query, SUGGESTIONS)
    context = {
        "query": query,
        "articles": _articles(query),
        "entries": entries,
        "labels": _labels(),
        "too_short": not query_words(query),
    }
    return render(request, "search/suggestions.html", context)


def _labels() -> dict[str, str]:
    return {one.code: one.label for one in searchables()}


def _articles(query: str) -> list[tuple[str, str]]:
    """Return address and name of each article that a query cites and something carried rests on."""
    cited = [(address, by_address(address)) for address in article_addresses(query)]
    return [
        (reverse("law_entry", args=[address]), heading_of(hits[0], address))
        for address, hits in cited
        if hits
    ]
