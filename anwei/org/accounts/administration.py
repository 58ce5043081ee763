"""Whose account an administrator may change: by 属地 and 单位, never upwards, no administrator's beside.

A security administrator of the county reaches every unit, one of a township its territory, one of a
department or an enterprise its own unit. Accounts of administrators are changed from a unit above, or at the
server (`anwei account`): otherwise one of the three could make itself another by a new password.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from anwei.org.holdings import day_of, posts_of
from anwei.org.models import Holding, Person, Post, Unit
from anwei.org.scope import ADMINISTRATORS, COUNTY_DIGITS

TERRITORIAL = (
    Unit.Kind.PARTY,
    Unit.Kind.GOVERNMENT,
    Unit.Kind.COMMITTEE,
    Unit.Kind.COMMITTEE_OFFICE,
    Unit.Kind.TOWNSHIP,
    Unit.Kind.VILLAGE,
)
OF_THE_COUNTY = Q(unit__kind__in=TERRITORIAL, unit__territory__regex=rf"^\d{{{COUNTY_DIGITS}}}$")
"""Posts at the bodies that lead the county itself."""


def own_units(
    administrator: Person, now: datetime, kind: Post.Kind = Post.Kind.SECURITY_ADMIN
) -> QuerySet[Unit]:
    """Return the units where `administrator` holds an administrator's post, the security one unless said."""
    held = posts_of(administrator, now).filter(kind=kind)
    return Unit.objects.filter(posts__in=held).distinct()


def administered_units(
    administrator: Person, now: datetime, kind: Post.Kind = Post.Kind.SECURITY_ADMIN
) -> QuerySet[Unit]:
    """Return the units whose accounts `administrator` may change (or audit); none without the post."""
    reach = Q(pk__in=[])
    for unit in own_units(administrator, now, kind):
        if unit.kind in TERRITORIAL and unit.territory:
            reach |= Q(territory__startswith=unit.territory)
            if len(unit.territory) == COUNTY_DIGITS:
                reach |= Q(territory="")  # units that lie nowhere yet
        else:
            reach |= Q(pk=unit.pk)
    units: QuerySet[Unit] = Unit.objects.filter(reach)
    return units


def offered_posts(administrator: Person, now: datetime) -> QuerySet[Post]:
    """Return the posts into which `administrator` may put a new account."""
    posts = Post.objects.filter(unit__in=administered_units(administrator, now))
    posts = posts.exclude(pk__in=_posts_beside(administrator, now))
    return posts.exclude(kind=Post.Kind.DISPLAY).select_related("unit")


def administered_people(administrator: Person, now: datetime) -> QuerySet[Person]:
    """Return the people whose accounts `administrator` may change.

    Every post that such a person holds must lie within reach; somebody without a post belongs to the county.
    """
    held = Holding.objects.filter(person=OuterRef("pk")).filter(
        Q(to_on__isnull=True) | Q(to_on__gte=day_of(now))
    )
    outside = ~Q(post__unit__in=administered_units(administrator, now))
    beside = Q(post__in=_posts_beside(administrator, now))
    people = Person.objects.filter(kind=Person.Kind.PERSON).exclude(pk=administrator.pk)
    people = people.filter(~Exists(held.filter(outside | beside)))
    if is_of_the_county(administrator, now):
        return people
    ever = Holding.objects.filter(
        person=OuterRef("pk"), post__unit__in=administered_units(administrator, now)
    )
    return people.filter(Exists(ever))


def require_administration(administrator: Person | None, person: Person, now: datetime) -> None:
    """Raise PermissionDenied unless `administrator` may change the account; None is the server's command."""
    if administrator is None:
        return
    if not administered_people(administrator, now).filter(pk=person.pk).exists():
        raise PermissionDenied(_("该账号不在您的管理范围内。"))


def _posts_beside(administrator: Person, now: datetime) -> QuerySet[Post]:
    """Return the administrators' posts of the own units, and of the bodies that lead the same territory."""
    own = own_units(administrator, now)
    led = own.filter(kind__in=TERRITORIAL).exclude(territory="").values("territory")
    beside = Q(unit__in=own) | Q(unit__kind__in=TERRITORIAL, unit__territory__in=led)
    return Post.objects.filter(beside, kind__in=ADMINISTRATORS)


def is_of_the_county(
    administrator: Person, now: datetime, kind: Post.Kind = Post.Kind.SECURITY_ADMIN
) -> bool:
    """Say whether the administrator's post is one of the county itself."""
    return posts_of(administrator, now).filter(OF_THE_COUNTY, kind=kind).exists()


def leads_the_county(unit: Unit) -> bool:
    """Say whether a unit is one of the bodies that lead the county itself."""
    return unit.kind in TERRITORIAL and len(unit.territory) == COUNTY_DIGITS
