"""What of this room can be searched."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from anwei.ledgers.search import Words, register_search
from anwei.org.models import Unit
from anwei.sites.models import Enterprise, Site


def _enterprise(row: Enterprise) -> Words:
    names = f"{row.unit.name} {row.unit.short_name}"
    return Words(row.unit.name, row.get_sector_display(), f"{names} {row.credit_code} {row.address}")


def _site(row: Site) -> Words:
    return Words(row.name, str(row.enterprise), f"{row.enterprise.unit.name} {row.code} {row.kind}")


def _of_units(units: list[Unit]) -> QuerySet[Enterprise]:
    return Enterprise.objects.filter(unit__in=units)


def _sites_of_units(units: list[Unit]) -> QuerySet[Site]:
    return Site.objects.filter(enterprise__unit__in=units)


register_search(
    Enterprise,
    text=_enterprise,
    url=lambda row: reverse("enterprise", args=[row.pk]),
    related=("unit",),
    follows={Unit: _of_units},
)
register_search(
    Site,
    text=_site,
    url=lambda row: f"{reverse('enterprise', args=[row.enterprise_id])}#sites",
    related=("enterprise__unit",),
    follows={Unit: _sites_of_units},
)
