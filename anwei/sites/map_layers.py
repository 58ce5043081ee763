"""What this room shows on the map: enterprises in their live colour, places, sectors, risk points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from anwei.org.models import SECTOR_CHOICES, Person
from anwei.sites.colour import COLOUR_CHOICES, coloured
from anwei.sites.map.layers import Box, Category, Feature, Layer, Rows, placed, register_layer
from anwei.sites.models import Enterprise, Grade, RiskPoint, Site
from anwei.sites.queries import standing_sites
from anwei.sites.risks.queries import standing_points

LONGITUDE, LATITUDE = F("longitude"), F("latitude")
NOT_ASSESSED = "none"
SECTOR_MARKS = {
    "coal": "煤",
    "mine": "矿",
    "chemical": "化",
    "fireworks": "花",
    "construction": "建",
    "road": "路",
    "fire": "消",
    "industry": "工",
    "gas": "燃",
}
PLACE_MARKS = {"key": "部", "road": "路", "nine_small": "小", "self_built": "房", "project": "建"}


def _open_enterprises(person: Person) -> Rows:
    seen: Rows = Enterprise.objects.visible_to(person)
    return seen.exclude(status=Enterprise.Status.CLOSED)


def _standing_sites(person: Person) -> Rows:
    return standing_sites(Site.objects.visible_to(person))


def _named(rows: Rows, category: str) -> Iterator[Feature]:
    """Yield enterprises by the short name of their unit, where it has one."""
    columns = ("pk", "x", "y", "unit__short_name", "unit__name", category)
    for pk, x, y, short, name, code in rows.values_list(*columns):
        yield Feature(pk, x, y, short or name, code)


def enterprises(person: Person, box: Box | None) -> Iterable[Feature]:
    """Return enterprises by live colour."""
    return _named(placed(coloured(_open_enterprises(person)), box, LONGITUDE, LATITUDE), "colour")


def sectors(person: Person, box: Box | None) -> Iterable[Feature]:
    """Return enterprises by their first sector."""
    return _named(placed(_open_enterprises(person), box, LONGITUDE, LATITUDE), "sector")


def places(person: Person, box: Box | None) -> Iterable[Feature]:
    """Return the standing places by category."""
    return _owned(placed(_standing_sites(person), box, LONGITUDE, LATITUDE), "category")


def places_by_sector(person: Person, box: Box | None) -> Iterable[Feature]:
    """Return the standing places by sector."""
    return _owned(placed(_standing_sites(person), box, LONGITUDE, LATITUDE), "sector")


def _owned(rows: Rows, category: str) -> Iterator[Feature]:
    """Yield places with the enterprise or the owner they belong to."""
    owners = ("enterprise__unit__short_name", "enterprise__unit__name", "owner")
    for pk, x, y, name, code, *whose in rows.values_list("pk", "x", "y", "name", category, *owners):
        yield Feature(pk, x, y, name, code, next(filter(None, whose), ""))


def risk_points(person: Person, box: Box | None) -> Iterable[Feature]:
    """Return the standing risk points by grade, where their place lies, else where its enterprise does."""
    x = Coalesce("site__longitude", "site__enterprise__longitude")
    y = Coalesce("site__latitude", "site__enterprise__latitude")
    rows = placed(standing_points(RiskPoint.objects.visible_to(person)), box, x, y)
    owners = ("site__enterprise__unit__short_name", "site__enterprise__unit__name", "site__name")
    for pk, east, north, name, grade, *whose in rows.values_list("pk", "x", "y", "name", "grade", *owners):
        yield Feature(pk, east, north, name, grade or NOT_ASSESSED, next(filter(None, whose), ""))


_BY_SECTOR = tuple(Category(code, label, SECTOR_MARKS.get(code, "行")) for code, label in SECTOR_CHOICES)
_COLOURS = {
    "red": _("红色"),
    "orange": _("橙色"),
    "yellow": _("黄色"),
    "blue": _("蓝色"),
}

register_layer(
    Layer(
        code="enterprises",
        label=_("企业实时四色"),
        categories=tuple(Category(code, label, code) for code, label in COLOUR_CHOICES),
        features=enterprises,
        page="enterprise",
        place=10,
        shown=True,
    )
)
register_layer(
    Layer(
        code="places",
        label=_("场所"),
        categories=tuple(Category(code, label, PLACE_MARKS[code]) for code, label in Site.Category.choices),
        features=places,
        page="site",
        place=20,
    )
)
register_layer(
    Layer(
        code="risk-points",
        label=_("风险点四色"),
        categories=(
            *(Category(code, _COLOURS[code], code) for code in Grade.values),
            Category(NOT_ASSESSED, _("未评估"), "none"),
        ),
        features=risk_points,
        page="risk_point",
        place=30,
    )
)
register_layer(
    Layer(
        code="sectors",
        label=_("企业按行业"),
        categories=_BY_SECTOR,
        features=sectors,
        page="enterprise",
        place=50,
        near=False,
    )
)
register_layer(
    Layer(
        code="places-by-sector",
        label=_("场所按行业"),
        categories=_BY_SECTOR,
        features=places_by_sector,
        page="site",
        place=60,
        near=False,
    )
)
