"""Law at hand: the search by words or article, and the page of one law, article or criterion."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from anwei.ledgers.listing import ClampedPaginator
from anwei.org.policy import signed_in
from anwei.standards.hazards.checklists import checklist_items
from anwei.standards.hazards.criteria import criterion, industries
from anwei.standards.law.register import AS_OF
from anwei.standards.law.searching import Hit, by_address, everything, find
from anwei.standards.sectors import sectors

A_PAGE = 40
MAX_QUERY = 60
KINDS = {
    "source": _("法规标准"),
    "article": _("条款"),
    "criterion": _("重大隐患判定标准"),
    "penalty": _("罚则"),
    "check": _("检查项"),
}


@signed_in
@require_GET
def law(request: HttpRequest) -> HttpResponse:
    """Show what fits the words, the article, the kind and the sector; without any, all that is carried."""
    query = request.GET.get("q", "").strip()[:MAX_QUERY]
    kind, sector = request.GET.get("kind", ""), request.GET.get("sector", "")
    kind = kind if kind in KINDS else ""
    hits = find(query) if query else everything()
    hits = [hit for hit in hits if kind in ("", hit.kind) and (not sector or sector in _sectors(hit))]
    page = ClampedPaginator(hits, A_PAGE).get_page(request.GET.get("page", "1"))
    context = {
        "query": query,
        "kind": kind,
        "sector": sector,
        "kinds": KINDS,
        "sectors": _sector_choices(),
        "n": len(hits),
        "page": page,
        "groups": _groups(list(page)),
        "as_of": AS_OF,
    }
    return render(request, "law/search.html", context)


@signed_in
@require_GET
def law_entry(request: HttpRequest, address: str) -> HttpResponse:
    """Show a law, a criterion, or all that rests on an article."""
    hits = by_address(address)
    if not hits:
        raise Http404
    source, provision = hits[0].source, hits[0].provision
    own = provision is None or provision.address == address
    rest: list[Hit] = []
    if own:
        rest = [hit for hit in everything() if hit.provision and source and hit.provision.source == address]
    context = {
        "heading": heading_of(hits[0], address if not own else ""),
        "source": source,
        "provision": provision if own else None,
        "groups": _groups(rest if own else sorted(hits, key=lambda hit: hit.superseded)),
        "as_of": AS_OF,
    }
    return render(request, "law/entry.html", context)


def heading_of(hit: Hit, article: str) -> str:
    """Return the heading: the law, with the number of the article if it is one."""
    if article:
        law_id, _slash, number = article.rpartition("/")
        laws = [one.source.title for one in by_address(law_id) if one.source]
        return f"{laws[0] if laws else law_id} 第{number}条"
    if hit.provision:
        return f"{hit.provision.title} {hit.provision.article}"
    return hit.source.title if hit.source else hit.address


def _sector_choices() -> dict[str, str]:
    """Return the county's sectors by code, and the industries of criteria that are none of them by name."""
    without = {name: gettext(name) for name, industry in industries().items() if not industry.sectors}
    return {code: gettext(sector.name) for code, sector in sectors().items()} | without


def _sectors(hit: Hit) -> tuple[str, ...]:
    """Return for which sectors a criterion or checklist item is; none for a law, an article, a fine."""
    if hit.kind == "criterion":
        row = criterion(hit.address)
        return row.sectors or (row.industry,)
    return (checklist_items()[hit.address].sector,) if hit.kind == "check" else ()


def _groups(hits: list[Hit]) -> list[tuple[str, list[Hit]]]:
    """Return hits under the name of their kind, the superseded ones under a heading of their own."""
    return [
        (str(_("已被代替")) if superseded else str(KINDS[kind]), list(rows))
        for (superseded, kind), rows in groupby(
            hits, key=lambda hit: (hit.superseded, "" if hit.superseded else hit.kind)
        )
    ]
