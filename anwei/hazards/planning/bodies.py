"""The bodies that inspect: which of them a person acts for, and who may go along with a certificate."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anwei.hazards.models import Inspector
from anwei.hazards.services.opening import NO_FINDER
from anwei.org.holdings import Standing, holdings_on, standing_of
from anwei.org.models import Person, Unit
from anwei.org.scope import as_official, grants, standing

INSPECTING = (
    Unit.Kind.GOVERNMENT,
    Unit.Kind.COMMITTEE_OFFICE,
    Unit.Kind.DEPARTMENT,
    Unit.Kind.TOWNSHIP,
)


def bodies_of(person: Person, now: datetime) -> list[Unit]:
    """Return the inspecting bodies at which a person acts, each once."""
    return _inspecting(standing_of(person, now))


def bodies_at(person: Person) -> list[Unit]:
    """Return the same for today, from what the request remembers."""
    return _inspecting(standing(person))


def _inspecting(told: Standing) -> list[Unit]:
    units = {
        post.unit_id: post.unit
        for post in told.posts
        if post.kind not in NO_FINDER and post.unit.kind in INSPECTING
    }
    return list(units.values())


def require_body(person: Person, now: datetime) -> list[Unit]:
    """Return the bodies of a person. Raises PermissionDenied, as a sentence, where there is none."""
    units = bodies_of(person, now)
    if not units:
        raise PermissionDenied(_("此页由实施检查的政府、部门、乡镇使用。"))
    return units


def require_official(person: Person, what: str) -> Person:
    """Return a person as an official (`as_official`).

    Raises PermissionDenied, as a sentence that names `what` was asked for, for who acts for an enterprise
    alone, or for nobody.
    """
    official = as_official(person)
    if not grants(official):
        raise PermissionDenied(_("%(what)s由党委政府、部门、乡镇查看。") % {"what": what})
    return official


def bodies_around(territory: str) -> QuerySet[Unit]:
    """Return the inspecting bodies of the county of a territory, and of the township it lies in."""
    around = [territory[:n] for n in (6, 9)]
    return Unit.objects.filter(kind__in=INSPECTING, territory__in=around, closed_on=None).order_by(
        "kind", "pk"
    )


def of_no_body(people: Iterable[Person], bodies: Iterable[Unit], on: date) -> str:
    """Return the sentence that names who acts for none of the bodies of a visit on a day, "" where all do.

    Nobody goes along in the name of a body that takes no part.
    """
    taking_part = {unit.pk for unit in bodies}
    here = holdings_on(on).filter(post__unit__in=taking_part).values_list("person", flat=True)
    known = Inspector._base_manager.filter(person__in=people).select_related("unit")
    unit_of = {one.person_id: one.unit for one in known}
    own = {pk for pk, unit in unit_of.items() if unit.pk in taking_part} | {*here}
    gone = [person for person in people if person.pk not in own]
    if not gone:
        return ""
    told = [f"{person} {unit_of.get(person.pk, '')}".strip() for person in gone]
    return _("%(people)s不是参加单位的人员：请把其单位加入“一同检查的单位”，或者不选。") % {
        "people": _("、").join(told)
    }


def certified_on(day: date) -> QuerySet[Inspector]:
    """Return the certificates that are valid on a day, of people whose account is in use."""
    return Inspector.objects.filter(valid_until__gte=day, person__is_active=True).select_related(
        "person", "unit"
    )
