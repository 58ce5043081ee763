"""What the address of a map page asks for: a centre, by thing or by coordinates, and a radius."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from anwei.ledgers.listing import number_in
from anwei.org.models import Person
from anwei.sites.map.misplaced import KINDS, rows_of
from anwei.sites.map.nearby import FARTHEST, NEAREST
from anwei.standards.geography.points import Point, parse_pair

USUAL_METRES = 1000


class Unclear(ValueError):
    """The address cannot be answered; the text is a sentence for the user."""


@dataclass(frozen=True)
class Centre:
    """The middle of a radius query: a thing of one of `KINDS`, or a bare point."""

    name: str
    point: Point
    kind: str = ""
    pk: int = 0

    @property
    def query(self) -> str:
        """The part of an address that names it."""
        if self.kind:
            return f"{self.kind}={self.pk}"
        return f"longitude={self.point.longitude:.5f}&latitude={self.point.latitude:.5f}"


def centre_in(asked: QueryDict, person: Person) -> Centre | None:
    """Return the centre that an address names, None where it names none.

    Raises Unclear for coordinates that are none, and for a thing out of sight or without a place.
    """
    for kind in KINDS:
        if text := asked.get(kind, "").strip():
            row = rows_of(kind, person).filter(pk=number_in(text) or 0).first()
            if row is None or row.longitude is None:
                raise Unclear(_("没有找到这个圆心，或它还没有坐标。"))
            return Centre(str(row), Point(row.longitude, row.latitude), kind, row.pk)
    longitude, latitude = (asked.get(name, "").strip() for name in ("longitude", "latitude"))
    if not longitude and not latitude:
        return None
    try:
        point = parse_pair(longitude, latitude).point
    except ValueError as error:
        raise Unclear(_("经纬度读不懂，应为 113.08 和 36.19 这样的度数。")) from error
    return Centre(f"{point.longitude:.5f}, {point.latitude:.5f}", point)


def metres_in(asked: QueryDict) -> float:
    """Return the radius in metres. Raises Unclear where it is no number, too small or too large."""
    text = asked.get("metres", "").strip()
    try:
        metres = float(text) if text else USUAL_METRES
    except ValueError as error:
        raise Unclear(_("半径应为米数。")) from error
    if not NEAREST <= metres <= FARTHEST:
        limits = {"nearest": int(NEAREST), "farthest": int(FARTHEST)}
        raise Unclear(_("半径应在 %(nearest)d 到 %(farthest)d 米之间。") % limits)
    return metres
