"""责任真空, live: where nobody answers today, since when, the form that fills each; and what ends soon."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from anwei.ledgers.listing import ClampedPaginator
from anwei.org.gap_records import open_since, trend
from anwei.org.gaps import GapKind, gaps
from anwei.org.holdings import posts_acted_at
from anwei.org.models import SECTOR_CHOICES, Territory
from anwei.org.policy import person_of, signed_in
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.org.scope import grants, sees_the_county
from anwei.org.terms import ending_soon

ROWS = 50


@signed_in
@require_GET
def gap_list(request: HttpRequest) -> HttpResponse:
    """Show the gaps of a person's scope; the committee office sees the county's, and their trend."""
    person, today = person_of(request), timezone.localdate()
    own_units = frozenset(posts_acted_at(person, timezone.now()).values_list("unit", flat=True))
    reach = grants(person)
    seen = [gap for gap in gaps(today) if gap.seen_by(reach, own_units)]
    chosen = {name: request.GET.get(name, "") for name in ("kind", "township", "sector")}
    shown = [
        gap
        for gap in seen
        if chosen["kind"] in ("", gap.kind)
        and gap.territory.startswith(chosen["township"])
        and chosen["sector"] in ("", gap.sector)
    ]
    narrowed = chosen["kind"] or chosen["sector"]
    soon = [] if narrowed else ending_soon(today, person, own_units, chosen["township"])
    page = ClampedPaginator(shown, ROWS).get_page(request.GET.get("page", "1"))
    since = open_since(page)
    context = {
        "page": page,
        "rows": [(gap, since.get(gap.key), gap.may_cure(person)) for gap in page],
        "ending": soon,
        "n_seen": len(seen),
        "n_shown": len(shown),
        "counts": [(kind.value, kind.label, sum(gap.kind == kind for gap in seen)) for kind in GapKind],
        "chosen": chosen,
        "townships": [
            place for place in Territory.objects.defer("boundary") if len(place.pk) == TOWNSHIP_DIGITS
        ],
        "sectors": SECTOR_CHOICES,
        "trend": trend() if sees_the_county(person) else [],
        "today": today,
    }
    return render(request, "org/gaps.html", context)
