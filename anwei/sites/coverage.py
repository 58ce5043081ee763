"""Which nets of which key sites nobody sits in, for all sites of a county at once.

Township and regulator depend on place and sector alone, so those are asked of the rule once each; an
enterprise's own net is its head, a designation comes before all three, as in `anwei.org.responsibility`.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from django.db.models import QuerySet

from anwei.org.models import Designation, Post
from anwei.org.responsibility import Seat, Subject, nets_of
from anwei.org.roster import Roster, in_office
from anwei.org.scope import COUNTY_DIGITS
from anwei.sites.models import Site

NETS = (Designation.Seat.TERRITORY, Designation.Seat.REGULATOR, Designation.Seat.ENTERPRISE)


class Line(NamedTuple):
    """What the nets of a site depend on, and which of them stand open."""

    site: int
    open_nets: tuple[str, ...]


def coverage(sites: QuerySet[Site], roster: Roster, *, vacant: bool) -> list[Line]:
    """Return the open nets of each site in the order given; `roster` is the one of the public bodies.

    Open is a net without a post; with `vacant` also one whose post nobody holds, or in which the head of
    government stands in for a regulator.
    """

    def is_open(seat: Seat) -> bool:
        return seat.is_hole if vacant else seat.post is None

    @cache
    def open_at(place: str) -> bool:
        return is_open(nets_of(Subject(place, place, ""), roster)[Designation.Seat.TERRITORY])

    @cache
    def open_in(county: str, sector: str) -> bool:
        return is_open(nets_of(Subject(sector, county, sector), roster)[Designation.Seat.REGULATOR])

    heads = Post.objects.filter(kind=Post.Kind.PRINCIPAL)
    if vacant:
        heads = heads.filter(pk__in=in_office(roster.on).values("post"))
    headed = set(heads.values_list("unit", flat=True))
    lines = []
    for site, code, unit, place, sector in sites.values_list("pk", "code", "unit", "territory", "sector"):
        ruled = (open_at(place), open_in(place[:COUNTY_DIGITS], sector), unit not in headed)
        nets = []
        for net, is_ruled_open in zip(NETS, ruled, strict=True):
            named = roster.designated(unit, code, net)
            vacancy = vacant and bool(named) and not roster.post(named[0].post_id).holdings
            if vacancy if named else is_ruled_open:
                nets.append(net)
        lines.append(Line(site, tuple(nets)))
    return lines
