"""The page on which somebody settles facts in thought, and sees what colours would be left."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.org.holdings import day_of
from anwei.org.models import PUBLIC_BODIES, Person, Post
from anwei.org.policy import person_of, signed_in
from anwei.org.scope import ADMINISTRATORS, standing
from anwei.sites.live.what_if import what_if
from anwei.sites.models import Enterprise
from anwei.sites.statuses import counted_on
from anwei.standards.risk.live_rules import fact_kinds

N_SHOWN = 50
NO_BUSINESS = (*ADMINISTRATORS, Post.Kind.DISPLAY)
PROPOSED = (
    "major_hazards_overdue",
    "major_hazards_open",
    "hazards_overdue",
)  # the first that stands is ticked


@signed_in
@require_GET
def what_if_page(request: HttpRequest) -> HttpResponse:
    """Show the colours of what a person may see, now and with the ticked kinds of fact (`?fact=`) settled."""
    person = person_of(request)
    if not _of_a_public_body(person):
        raise PermissionDenied(_("推演供监管部门、乡镇和县领导使用。"))
    seen = counted_on(day_of(timezone.now()), Enterprise.objects.visible_to(person))
    settled = [key for key in request.GET.getlist("fact") if key in fact_kinds()]
    found = what_if(seen, settled)
    if "asked" not in request.GET:
        standing_now = {one.kind.key for one in found.kinds}
        settled = [key for key in PROPOSED if key in standing_now][:1]
        found = what_if(seen, settled)
    context = {
        "found": found,
        "settled": settled,
        "turned": found.turned[:N_SHOWN],
        "n_more": len(found.turned) - N_SHOWN,
        "kept": found.kept[:N_SHOWN],
        "n_more_kept": len(found.kept) - N_SHOWN,
    }
    return render(request, "sites/live/what_if.html", context)


def _of_a_public_body(person: Person) -> bool:
    posts = standing(person).posts
    return any(post.unit.kind in PUBLIC_BODIES and post.kind not in NO_BUSINESS for post in posts)
