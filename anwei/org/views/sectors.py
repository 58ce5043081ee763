"""Which department leads which sector: the county's division of work, and the proposals it began with."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.org.models import SectorDuty
from anwei.org.policy import person_of, signed_in
from anwei.org.rights import may_arrange_county
from anwei.standards.regulators import Industry, industries
from anwei.standards.sectors import sectors as all_sectors


@signed_in
@require_GET
def sectors(request: HttpRequest) -> HttpResponse:
    """Show the nine sectors with their departments of today, and the 51 industries of the first proposal."""
    by_sector: dict[str, list[SectorDuty]] = defaultdict(list)
    for duty in SectorDuty.objects.on(timezone.localdate()).select_related("unit").order_by("-lead", "pk"):
        by_sector[duty.sector].append(duty)
    proposals: dict[str, list[Industry]] = defaultdict(list)
    for industry in industries():
        proposals[industry.sector].append(industry)
    rows = []
    for code, sector in all_sectors().items():
        leads = [duty for duty in by_sector[code] if duty.lead]
        joint = [duty for duty in by_sector[code] if not duty.lead]
        rows.append((code, _(sector.name), leads, joint, proposals[code]))
    context = {
        "rows": rows,
        "others": proposals[""],
        "arrange": may_arrange_county(person_of(request)),
    }
    return render(request, "org/sectors.html", context)
