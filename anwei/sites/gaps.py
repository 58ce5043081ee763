"""The gaps of enterprises and their key sites: heads, safety posts, territory, regulators, the three nets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anwei.org.gaps import (
    Gap,
    GapKind,
    cure,
    faulty_posts,
    gaps_of_post,
    last_left,
    register_gap_source,
    unit_without_post,
)
from anwei.org.models import PUBLIC_BODIES, Designation, Post, SectorDuty, Territory, Unit
from anwei.org.rights import may_arrange_county, may_oversee
from anwei.org.roster import Roster
from anwei.sites.coverage import coverage
from anwei.sites.models import Enterprise, Site
from anwei.sites.queries import standing_sites
from anwei.sites.statuses import counted_on
from anwei.standards.sectors import sectors

EVERY_ENTERPRISE_HAS = (Post.Kind.PRINCIPAL, Post.Kind.SAFETY)  # 安全生产法 art. 5, 24
MANY = 500  # a longer list of keys would be longer than a query may be


def gaps_of_enterprises(roster: Roster) -> Iterator[Gap]:
    """Yield every gap of this room; what is whole is told so by the database and never read."""
    working = counted_on(roster.on, Enterprise.objects.order_by("pk"))
    yield from _of_posts(roster, working)
    yield from _of_places(working)
    yield from _of_sectors(roster, working)
    yield from _of_sites(roster, working)
    yield from _of_keepers()


def _of_keepers() -> Iterator[Gap]:
    """Yield the public bodies that keep a place themselves and have nobody to carry anything out there."""
    officer = Post.objects.filter(unit=OuterRef("pk"), kind=Post.Kind.OFFICER)
    keeps = standing_sites(Site.objects.filter(unit=OuterRef("pk")))
    for unit in Unit.objects.filter(Exists(keeps), ~Exists(officer), kind__in=PUBLIC_BODIES).order_by("pk"):
        yield unit_without_post(unit, Post.Kind.OFFICER)


def _of_posts(roster: Roster, working: QuerySet[Enterprise]) -> Iterator[Gap]:
    """Yield the posts that every enterprise must have, where they are missing or not rightly held."""
    for kind in EVERY_ENTERPRISE_HAS:
        has = Post.objects.filter(unit=OuterRef("unit"), kind=kind)
        for enterprise in working.filter(~Exists(has)).select_related("unit"):
            yield unit_without_post(enterprise.unit, kind, sector=enterprise.sector, enterprise=enterprise.pk)
    owners = {unit: (pk, sector) for unit, pk, sector in working.values_list("unit", "pk", "sector")}
    posts = Post.objects.filter(kind__in=EVERY_ENTERPRISE_HAS, unit__enterprise__in=working.order_by())
    faulty = faulty_posts(roster.on, posts.select_related("unit").order_by("pk"))
    left = last_left(roster.on, faulty)
    for placed in faulty:
        pk, sector = owners[placed.post.unit_id]
        before = left.get(placed.post.pk)
        yield from gaps_of_post(placed, before, roster.on, sector=sector, enterprise=pk)


def _of_places(working: QuerySet[Enterprise]) -> Iterator[Gap]:
    """Yield the enterprises that lie nowhere."""
    place = Territory.objects.filter(pk=OuterRef("unit__territory"))
    for enterprise in working.filter(~Exists(place)).select_related("unit"):
        unit = enterprise.unit
        yield Gap(
            GapKind.NO_TERRITORY,
            f"place:{unit.pk}",
            gettext_noop("%(unit)s没有明确属地，乡镇监管和属地责任都落不下来。"),
            {"unit": unit},
            partial(reverse, "place_unit", args=[unit.pk]),
            gettext_noop("明确属地"),
            partial(may_oversee, unit=unit),
            territory=unit.territory,
            unit=unit.pk,
            sector=enterprise.sector,
            enterprise=enterprise.pk,
        )


def _of_sectors(roster: Roster, working: QuerySet[Enterprise]) -> Iterator[Gap]:
    """Yield the sectors that no department leads, or more than one (安全生产法 art. 10)."""
    n_enterprises = dict(working.order_by().values_list("sector").annotate(n=Count("pk")))
    county = Territory.objects.order_by("pk").values_list("pk", flat=True).first() or ""
    for code, sector in sectors().items():
        leads = roster.leads(code)
        n = n_enterprises.get(code, 0)
        words = {"sector": _(sector.name), "n": n}
        if not leads and n:
            yield Gap(
                GapKind.NO_REGULATOR,
                f"sector:{code}",
                gettext_noop("%(sector)s没有牵头监管部门，涉及企业 %(n)s 家；确定前由县政府主要负责人承担。"),
                words,
                partial(cure, "assign_sector", sector=code),
                gettext_noop("明确牵头部门"),
                may_arrange_county,
                territory=county,
                sector=code,
            )
        if len(leads) > 1:
            yield _two_leads(code, words, leads, county)


def _of_sites(roster: Roster, working: QuerySet[Enterprise]) -> Iterator[Gap]:
    """Yield the key sites that lack one of the three nets altogether, and seats with two people named."""
    sites = standing_sites(Site.objects.all()).order_by("pk")
    missing = {line.site: line.open_nets for line in coverage(sites, roster, vacant=False) if line.open_nets}
    for site in _by_keys(sites, missing):
        subject, nets = site.subject(), missing[site.pk]
        yield Gap(
            GapKind.UNCOVERED,
            f"site:{site.pk}",
            gettext_noop("%(unit)s %(site)s没有人承担%(nets)s。"),
            {"site": site, "unit": subject.unit, "nets": _net_words(nets)},
            partial(cure, "designate", unit=site.unit_id, site=site.code, seat=nets[0]),
            gettext_noop("指定责任人"),
            partial(may_oversee, unit=site.unit),
            territory=subject.territory,
            sector=subject.sector,
            enterprise=site.enterprise_id,
            unit=site.unit_id,
        )
    doubled = {key: rows for key, rows in roster.all_designations() if len({row.post_id for row in rows}) > 1}
    owners = working.filter(unit__in={unit for unit, _place, _seat in doubled}).select_related("unit")
    by_unit = {owner.unit_id: owner for owner in owners}
    for (unit, place, seat), rows in doubled.items():
        if unit in by_unit:
            yield _two_named(by_unit[unit], place, seat, rows)


def _by_keys(sites: QuerySet[Site], keys: Collection[int]) -> Iterable[Site]:
    """Return the sites with these keys; when there are many, all are read and picked from."""
    if not keys:
        return ()
    rows = sites.select_related("unit")
    if len(keys) <= MANY:
        return rows.filter(pk__in=list(keys))
    return (site for site in rows if site.pk in keys)


def _net_words(seats: Sequence[str]) -> str:
    return _("、").join(str(Designation.Seat(seat).label) for seat in seats)


def _two_leads(code: str, words: dict[str, object], leads: list[SectorDuty], county: str) -> Gap:
    units = _("、").join(str(duty.unit) for duty in leads)
    return Gap(
        GapKind.TWO_CLAIMANTS,
        f"two_leads:{code}",
        gettext_noop("%(sector)s由%(units)s同时牵头。"),
        {**words, "units": units},
        partial(reverse, "end_sector_duty", args=[leads[-1].pk]),
        gettext_noop("明确一家"),
        may_arrange_county,
        territory=county,
        sector=code,
    )


def _two_named(enterprise: Enterprise, place: str, seat: str, rows: list[Designation]) -> Gap:
    words = {
        "unit": enterprise,
        "site": place,
        "seat": Designation.Seat(seat).label,
        "posts": _("、").join(str(row.post) for row in rows),
    }
    return Gap(
        GapKind.TWO_CLAIMANTS,
        f"two_named:{enterprise.pk}:{place}:{seat}",
        gettext_noop("%(unit)s %(site)s的%(seat)s同时指定给%(posts)s。"),
        words,
        partial(reverse, "end_designation", args=[rows[-1].pk]),
        gettext_noop("明确一人"),
        partial(may_oversee, unit=enterprise.unit),
        territory=enterprise.unit.territory,
        sector=enterprise.sector,
        enterprise=enterprise.pk,
        unit=enterprise.unit_id,
    )


register_gap_source(gaps_of_enterprises)
