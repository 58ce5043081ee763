"""What this room shows on the map: the hot spots of the newest week that chance does not explain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anwei.analytics.patterns.counting import CHANCE
from anwei.analytics.patterns.models import HotSpot, HotSpotSearch
from anwei.org.models import Person
from anwei.sites.map.layers import Category, Layer, Points, Rows, register_layer


def newest(person: Person) -> Rows:
    """Return the hot spots of the newest week that a person sees, without those that may well be chance."""
    week = HotSpotSearch.objects.order_by("-week").values("week")[:1]
    seen: Rows = HotSpot.objects.visible_to(person).filter(search__week=week).exclude(level=CHANCE)
    return seen


register_layer(
    Layer(
        code="hotspots",
        label=_("热点"),
        categories=(
            Category("sure", _("偶然的可能不到 1%"), "热", urgent=True),
            Category("likely", _("偶然的可能不到 5%"), "热"),
        ),
        points=Points(newest, "level", ("words",)),
        page="hotspot",
        place=60,
        near=False,
    )
)
