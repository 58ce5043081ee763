"""What of this room can be searched."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.ledgers.search import Words, register_search
from anwei.org.models import Unit
from anwei.sites.models import Enterprise, RiskPoint, Site
from anwei.standards.sectors import sectors


def _enterprise(row: Enterprise) -> Words:
    names = f"{row.unit.name} {row.unit.short_name}"
    sector = sectors().get(row.sector)  # `get_sector_display` translates all sectors to name one
    return Words(
        row.unit.name, _(sector.name) if sector else row.sector, f"{names} {row.credit_code} {row.address}"
    )


def _site(row: Site) -> Words:
    words = f"{row.unit.name} {row.owner} {row.code} {row.kind} {row.address}"
    return Words(row.name, f"{row.get_category_display()} {row.whose}", words)


def _risk_point(row: RiskPoint) -> Words:
    words = f"{row.code} {row.site.name} {row.site.whose} {row.description}"
    return Words(row.name, f"{row.code} {row.site}", words)


def _of_units(units: list[Unit]) -> QuerySet[Enterprise]:
    return Enterprise.objects.filter(unit__in=units)


def _sites_of_units(units: list[Unit]) -> QuerySet[Site]:
    return Site.objects.filter(unit__in=units)


def _points_of_sites(sites: list[Site]) -> QuerySet[RiskPoint]:
    return RiskPoint.objects.filter(site__in=sites)


def _points_of_units(units: list[Unit]) -> QuerySet[RiskPoint]:
    return RiskPoint.objects.filter(Q(site__unit__in=units) | Q(site__enterprise__unit__in=units))


register_search(
    Enterprise,
    text=_enterprise,
    url=lambda row: reverse("enterprise", args=[row.pk]),
    related=("unit",),
    columns=("unit", "sector", "credit_code", "address"),
    follows={Unit: _of_units},
)
register_search(
    Site,
    text=_site,
    url=lambda row: reverse("site", args=[row.pk]),
    related=("unit", "enterprise__unit"),
    follows={Unit: _sites_of_units},
)
register_search(
    RiskPoint,
    text=_risk_point,
    url=lambda row: reverse("risk_point", args=[row.pk]),
    related=("site__unit", "site__enterprise__unit"),
    only=Q(removed_on__isnull=True),
    columns=("name", "code", "site", "description", "removed_on"),
    follows={Site: _points_of_sites, Unit: _points_of_units},
)
