"""Questions about enterprises: where they are, who answers for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Person, Post, SectorDuty, Territory
from anwei.org.responsibility import resolve
from anwei.sites.colour import coloured, gravity, watched
from anwei.sites.models import Enterprise, Site
from anwei.sites.statuses import counted_on

TOWNSHIP_DIGITS = 9


class Answerable(NamedTuple):
    """One of the three posts with its holders of today; without a post `label` names the hole."""

    label: str
    post: Post | None
    holders: list[str]


def enterprises_of(person: Person) -> QuerySet[Enterprise]:
    """Return the enterprises a person may see with unit, live `colour` and `watch`, the gravest first."""
    rows: QuerySet[Enterprise] = Enterprise.objects.visible_to(person)
    ranked = watched(coloured(rows.select_related("unit", "live_colour"))).annotate(gravity=gravity("colour"))
    return ranked.order_by("gravity", "pk")


def standing_sites(sites: QuerySet[Site]) -> QuerySet[Site]:
    """Leave out the places that are no longer there, and those of enterprises that do not count today."""
    return counted_on(timezone.localdate(), sites.filter(removed_on__isnull=True), "enterprise")


def township_names() -> dict[str, str]:
    """Return the name of each township by its nine digits."""
    names = Territory.objects.values_list("code", "name")
    return {code: name for code, name in names if len(code) == TOWNSHIP_DIGITS}


def regulators_of(enterprise: Enterprise, on: date) -> list[SectorDuty]:
    """Return the departments that answer for the enterprise's sectors on a day, the leading ones first."""
    sectors = [enterprise.sector, enterprise.second_sector]
    duties = SectorDuty.objects.on(on).filter(sector__in=[sector for sector in sectors if sector])
    return list(duties.select_related("unit").order_by("-lead", "pk"))


def answerable_for(thing: Enterprise | Site, now: datetime) -> list[Answerable]:
    """Return who is responsible, supervises and implements at a thing day by day, vacancies included.

    As the whole answer has it: the duty post supervises warnings alone.
    """
    answer = resolve(thing.subject(), day_of(now))
    seats = (answer.responsible, answer.supervisor, answer.implementer)
    posts = [seat.post for seat in seats if seat.post is not None]
    holders: dict[int, list[str]] = {}
    for holding in holdings_on(day_of(now)).filter(post__in=posts).select_related("person"):
        holders.setdefault(holding.post_id, []).append(str(holding.person))
    return [
        Answerable(label, seat.post, holders.get(seat.post.pk, []))
        if seat.post is not None
        else Answerable(_("%(post)s空缺") % {"post": seat.name}, None, [])
        for label, seat in zip((_("责任"), _("监督"), _("落实")), seats, strict=True)
    ]
