"""The live facts that this room knows: papers that ended, reviews overdue, empty seats, hazard levels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.ledgers.past import THEN, as_they_were, looking_back
from anwei.org.holdings import day_of
from anwei.org.models import Designation, Post
from anwei.org.responsibility import Subject, nets_of
from anwei.org.roster import Roster, in_office
from anwei.org.scope import COUNTY_DIGITS
from anwei.sites.coverage import NETS
from anwei.sites.live.facts import register_fact_source
from anwei.sites.models import Assessment, Enterprise, Equipment, Installation, Insurance, Licence
from anwei.sites.papers import licences_to_renew, policies_to_renew
from anwei.sites.risks.queries import installation_levels, valid_assessments
from anwei.standards.risk.live_colour import Fact

LEVELS = {1: "installation_level_1", 2: "installation_level_2"}
Facts = Iterator[tuple[int, Fact]]


def facts_of_papers(enterprises: QuerySet[Enterprise], at: datetime) -> Facts:
    """Yield licences and insurance that have ended and were not followed, and inspections overdue.

    Of a moment gone by: as the registers had them then, whatever was renewed since.
    """
    on, past, keys = day_of(at), looking_back(at), enterprises.order_by().values("pk")
    ended = licences_to_renew(on, past).filter(enterprise__in=keys, expires_on_then__lt=on)
    for licence in ended.order_by("pk"):
        yield licence.enterprise_id, _ended("licences_expired", str(licence), licence, "expires_on")
    policies = policies_to_renew(on, past).filter(enterprise__in=keys, expires_on_then__lt=on)
    newest = {one.enterprise_id: one for one in policies.order_by("expires_on_then", "pk")}
    for key, policy in newest.items():
        words = f"{Insurance._meta.verbose_name} {policy}"
        yield key, _ended("insurance_expired", words, policy, "expires_on")
    pieces = Equipment.objects.filter(enterprise__in=keys)
    overdue = as_they_were(pieces, past, "in_use", "inspection_due_on").filter(
        in_use_then=True, inspection_due_on_then__lt=on
    )
    for piece in overdue.order_by("pk"):
        words = f"{piece.name} {piece.code}"
        yield piece.enterprise_id, _ended("inspections_overdue", words, piece, "inspection_due_on")


def facts_of_seats(enterprises: QuerySet[Enterprise], at: datetime) -> Facts:
    """Yield the enterprises for which one of the three nets has nobody, as the resolver says it.

    Township and regulator depend on place and sector alone and are asked of the rule once each. What is read
    is that of these enterprises alone: who holds a post is asked of each of their posts, not of the county.
    """
    units = enterprises.order_by().values("unit")
    roster = Roster(day_of(at), units=units)
    held = Exists(in_office(roster.on).filter(post=OuterRef("pk")))
    headed = set(
        Post.objects.filter(held, kind=Post.Kind.PRINCIPAL, unit__in=units).values_list("unit", flat=True)
    )

    @cache
    def open_at(place: str) -> bool:
        return nets_of(Subject(place, place, ""), roster)[Designation.Seat.TERRITORY].is_hole

    @cache
    def open_in(county: str, sector: str) -> bool:
        return nets_of(Subject(sector, county, sector), roster)[Designation.Seat.REGULATOR].is_hole

    @cache
    def told(open_nets: tuple[Designation.Seat, ...]) -> str:
        return _("没有人承担%(nets)s") % {"nets": _("、").join(str(net.label) for net in open_nets)}

    page = reverse("responsibility")
    working = enterprises.exclude(status=Enterprise.Status.CLOSED).order_by()
    for key, unit, place, sector in working.values_list("pk", "unit", "unit__territory", "sector"):
        ruled = (open_at(place), open_in(place[:COUNTY_DIGITS], sector), unit not in headed)
        open_nets = []
        for net, is_open in zip(NETS, ruled, strict=True):
            named = roster.designated(unit, "", net)
            if not roster.post(named[0].post_id).holdings if named else is_open:
                open_nets.append(net)
        if open_nets:
            yield (
                key,
                Fact("no_responsible_person", 1, told(tuple(open_nets)), f"{page}?enterprise={key}"),
            )


def facts_of_risks(enterprises: QuerySet[Enterprise], at: datetime) -> Facts:
    """Yield assessments overdue for review, and major hazard installations of the first two levels."""
    keys = enterprises.order_by().values("pk")
    known = Assessment.objects.filter(owner__in=keys, point__isnull=True)
    for one in valid_assessments(known, at).filter(review_on__lt=day_of(at)).order_by("pk"):
        link = reverse("risk_assessment", args=[one.pk])
        words = _("%(what)s应于 %(day)s 复评") % {"what": one.get_method_display(), "day": one.review_on}
        if one.owner_id is not None:
            yield one.owner_id, Fact("assessment_overdue", 1, words, link)
    units = Installation.objects.filter(enterprise__in=keys)
    levels = installation_levels(units.values("pk"), at)
    for unit in units.filter(pk__in=[key for key, level in levels.items() if level in LEVELS]).order_by("pk"):
        link = reverse("risk_installation", args=[unit.pk])
        yield unit.enterprise_id, Fact(LEVELS[levels[unit.pk] or 0], 1, unit.name, link)


def _ended(key: str, words: str, paper: Licence | Insurance | Equipment, column: str) -> Fact:
    day = getattr(paper, THEN.format(column=column))
    sentence = _("%(what)s，%(day)s 到期") % {"what": words, "day": day}
    return Fact(key, 1, sentence, reverse("enterprise", args=[paper.enterprise_id]))


register_fact_source("papers", facts_of_papers)
register_fact_source("seats", facts_of_seats)
register_fact_source("risks", facts_of_risks)
