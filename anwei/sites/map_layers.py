"""What this room shows on the map: enterprises in their live colour, places, sectors, risk points."""

from __future__ import annotations

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from anwei.org.models import SECTOR_CHOICES, Person
from anwei.sites.colour import COLOUR_CHOICES, coloured
from anwei.sites.map.layers import Category, Layer, Points, Rows, register_layer
from anwei.sites.models import Enterprise, Grade, RiskPoint, Site
from anwei.sites.queries import standing_sites
from anwei.sites.risks.queries import standing_points

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


def _rated_points(person: Person) -> Rows:
    """Return the standing risk points with their grade, "none" where they were never assessed."""
    rated = Case(When(grade="", then=Value(NOT_ASSESSED)), default=F("grade"))
    return standing_points(RiskPoint.objects.visible_to(person)).annotate(rated=rated)


OF_UNIT = ("unit__short_name", "unit__name")
OF_ENTERPRISE = ("enterprise__unit__short_name", "enterprise__unit__name")
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
        points=Points(lambda person: coloured(_open_enterprises(person)), "colour", OF_UNIT),
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
        points=Points(_standing_sites, "category", ("name",), (*OF_ENTERPRISE, "owner")),
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
        points=Points(
            _rated_points,
            "rated",
            ("name",),
            (*(f"site__{column}" for column in OF_ENTERPRISE), "site__name"),
            x=Coalesce("site__longitude", "site__enterprise__longitude"),
            y=Coalesce("site__latitude", "site__enterprise__latitude"),
        ),
        page="risk_point",
        place=30,
    )
)
register_layer(
    Layer(
        code="sectors",
        label=_("企业按行业"),
        categories=_BY_SECTOR,
        points=Points(_open_enterprises, "sector", OF_UNIT),
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
        points=Points(_standing_sites, "sector", ("name",), (*OF_ENTERPRISE, "owner")),
        page="site",
        place=60,
        near=False,
    )
)
