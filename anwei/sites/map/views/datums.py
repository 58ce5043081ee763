"""坐标系核对: what misses its township, and the one click that reads its raw pair in another datum."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.org.policy import person_of, signed_in
from anwei.org.register_rules import may_keep_registers
from anwei.sites.map.misplaced import KINDS, misplaced, reread, rows_of, strays
from anwei.sites.map.townships import township_regions
from anwei.sites.models import Datum

MOST = 200


@signed_in
@require_GET
def map_datums(request: HttpRequest) -> HttpResponse:
    """List what lies outside its township, what another datum would bring home first."""
    person = person_of(request)
    regions = township_regions()
    found = strays(person, regions)
    doubtful, elsewhere = (
        [one for one in found if one.readings],
        [one for one in found if not one.readings],
    )
    context = {
        "doubtful": misplaced(doubtful[:MOST], person, regions),
        "elsewhere": misplaced(elsewhere[:MOST], person, regions),
        "n_doubtful": len(doubtful),
        "n_elsewhere": len(elsewhere),
        "limit": MOST,
        "may_keep": may_keep_registers(person),
        "n_drawn": len(regions),
    }
    return render(request, "sites/map/datums.html", context)


@signed_in
@require_POST
def map_datum(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Read the raw pair of one enterprise or place in another datum."""
    if kind not in KINDS:
        raise Http404
    person = person_of(request)
    thing = get_object_or_404(rows_of(kind, person), pk=pk)
    if not may_keep_registers(person):
        raise PermissionDenied(_("坐标系由登记台账的人员更正。"))
    try:
        datum = Datum(request.POST.get("datum", ""))
        reread(thing, datum, actor=person, now=timezone.now(), reason=request.POST.get("reason", ""))
    except ValueError as fault:
        known = request.POST.get("datum", "") in Datum.values
        messages.error(request, str(fault) if known else _("请从列表中选择坐标系。"))
    else:
        told = {"name": str(thing), "datum": datum.label}
        messages.success(request, _("已把“%(name)s”的坐标按%(datum)s更正，并写入变更记录。") % told)
    return redirect("map_datums")
