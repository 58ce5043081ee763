"""The gaps of enterprises and their key sites: heads, safety posts, territory, regulators, the three nets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.org.gaps import Gap, GapKind, cure, gaps_of_post, last_left, register_gap_source, unit_without_post
from anwei.org.models import Designation, Post, SectorDuty, Territory
from anwei.org.responsibility import nets_of
from anwei.org.roster import Roster
from anwei.sites.models import Enterprise, Site
from anwei.standards.sectors import sectors

EVERY_ENTERPRISE_HAS = (Post.Kind.PRINCIPAL, Post.Kind.SAFETY)  # 安全生产法 art. 5, 24


def gaps_of_enterprises(roster: Roster) -> Iterator[Gap]:
    """Yield every gap of this room; the enterprises are read once for all three kinds."""
    rows = Enterprise.objects.exclude(status=Enterprise.Status.CLOSED)
    working = list(rows.order_by("pk"))
    for enterprise in working:
        enterprise.unit = roster.units[enterprise.unit_id]
    yield from _of_posts_and_places(roster, working)
    yield from _of_sectors(roster, working)
    yield from _of_sites(roster, working)


def _of_posts_and_places(roster: Roster, working: Sequence[Enterprise]) -> Iterator[Gap]:
    """Yield the posts of enterprises that are missing or vacant, and enterprises that lie nowhere."""
    known = set(Territory.objects.values_list("pk", flat=True))
    left = last_left(roster.on, roster.posts())
    for enterprise in working:
        unit, pk, sector = enterprise.unit, enterprise.pk, enterprise.sector
        for kind in EVERY_ENTERPRISE_HAS:
            posts = roster.of_unit(unit.pk, kind)
            if not posts:
                yield unit_without_post(unit, kind, sector=sector, enterprise=pk)
            for placed in posts:
                before = left.get(placed.post.pk)
                yield from gaps_of_post(placed, before, roster.on, sector=sector, enterprise=pk)
        if unit.territory not in known:
            yield Gap(
                GapKind.NO_TERRITORY,
                f"place:{unit.pk}",
                str(unit),
                _("%(unit)s没有明确属地，乡镇监管和属地责任都落不下来。") % {"unit": unit},
                reverse("place_unit", args=[unit.pk]),
                _("明确属地"),
                territory=unit.territory,
                unit=unit.pk,
                sector=sector,
                enterprise=pk,
            )


def _of_sectors(roster: Roster, working: Sequence[Enterprise]) -> Iterator[Gap]:
    """Yield the sectors that no department leads, or more than one (安全生产法 art. 10)."""
    n_enterprises: dict[str, int] = defaultdict(int)
    for enterprise in working:
        n_enterprises[enterprise.sector] += 1
    county = Territory.objects.order_by("pk").values_list("pk", flat=True).first() or ""
    for code, sector in sectors().items():
        leads = roster.leads(code)
        words = {"sector": _(sector.name), "n": n_enterprises[code]}
        if not leads and n_enterprises[code]:
            yield Gap(
                GapKind.NO_REGULATOR,
                f"sector:{code}",
                _(sector.name),
                _("%(sector)s没有牵头监管部门，涉及企业 %(n)s 家；确定前由县政府主要负责人承担。") % words,
                cure("assign_sector", sector=code),
                _("明确牵头部门"),
                territory=county,
                sector=code,
            )
        if len(leads) > 1:
            yield _two_leads(code, words, leads, county)


def _of_sites(roster: Roster, working: Sequence[Enterprise]) -> Iterator[Gap]:
    """Yield the key sites that lack one of the three nets altogether, and seats with two people named."""
    by_key = {enterprise.pk: enterprise for enterprise in working}
    missing_at: dict[tuple[int, str], list[str]] = {}  # most sites are answered for as their enterprise is
    for site in Site.objects.only("pk", "code", "name", "enterprise_id").order_by("pk"):
        if site.enterprise_id not in by_key:
            continue
        site.enterprise = by_key[site.enterprise_id]
        key = (site.enterprise_id, site.code if site.code in roster.designated_sites else "")
        if key not in missing_at:
            nets = nets_of(site.subject(), roster)
            missing_at[key] = [net for net, seat in nets.items() if not seat.post]
        missing = missing_at[key]
        if missing:
            subject = site.subject()
            words = {"site": site, "unit": subject.unit, "nets": _net_words(missing)}
            yield Gap(
                GapKind.UNCOVERED,
                f"site:{site.pk}",
                str(site),
                _("%(unit)s %(site)s没有人承担%(nets)s。") % words,
                cure("designate", unit=site.enterprise.unit_id, site=site.code, seat=missing[0]),
                _("指定责任人"),
                territory=subject.territory,
                sector=subject.sector,
                enterprise=site.enterprise_id,
                unit=site.enterprise.unit_id,
            )
    owners = {enterprise.unit_id: enterprise for enterprise in working}
    for (unit, place, seat), rows in roster.all_designations():
        if unit in owners and len({row.post_id for row in rows}) > 1:
            yield _two_named(owners[unit], place, seat, rows)


def _net_words(seats: list[str]) -> str:
    return _("、").join(str(Designation.Seat(seat).label) for seat in seats)


def _two_leads(code: str, words: dict[str, object], leads: list[SectorDuty], county: str) -> Gap:
    units = _("、").join(str(duty.unit) for duty in leads)
    return Gap(
        GapKind.TWO_CLAIMANTS,
        f"two_leads:{code}",
        str(words["sector"]),
        _("%(sector)s由%(units)s同时牵头。") % {**words, "units": units},
        reverse("end_sector_duty", args=[leads[-1].pk]),
        _("明确一家"),
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
        str(enterprise),
        _("%(unit)s %(site)s的%(seat)s同时指定给%(posts)s。") % words,
        reverse("end_designation", args=[rows[-1].pk]),
        _("明确一人"),
        territory=enterprise.unit.territory,
        sector=enterprise.sector,
        enterprise=enterprise.pk,
        unit=enterprise.unit_id,
    )


register_gap_source(gaps_of_enterprises)
