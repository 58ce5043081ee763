"""Who may arrange responsibility (appoint, designate, assign), and who sees which unit, person and phone."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.org.holdings import holdings_on, posts_of
from anwei.org.models import PUBLIC_BODIES, Person, Post, Unit
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.org.scope import COUNTY_DIGITS, grants, sees_the_county

ARRANGING = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY, Post.Kind.DUTY, Post.Kind.OFFICER)
ARRANGED = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY, Post.Kind.DUTY, Post.Kind.OFFICER, Post.Kind.SAFETY)
PARTS = Unit.Kind.ENTERPRISE_DEPARTMENT


def may_arrange(person: Person, unit: Unit) -> bool:
    """Say whether a person may fill the posts of a unit: who oversees it, or is the principal in it."""
    own = posts_of(person, timezone.now()).filter(unit=unit.whole, kind=Post.Kind.PRINCIPAL)
    return own.exists() or may_oversee(person, unit)


def may_oversee(person: Person, unit: Unit) -> bool:
    """Say whether a person may decide who answers for a unit, and where it lies: never the enterprise itself.

    Officials in office may within what they see, the county's also units that lie nowhere yet.
    """
    own = posts_of(person, timezone.now()).filter(kind__in=ARRANGING)
    whole = unit.whole
    if not own.filter(unit__kind__in=PUBLIC_BODIES).exists():
        return False
    if not whole.territory:
        return sees_the_county(person)
    return Unit.objects.visible_to(person).filter(pk=whole.pk).exists()


def may_arrange_county(person: Person) -> bool:
    """Say whether a person may divide sectors among departments: officials who see the whole county."""
    own = posts_of(person, timezone.now()).filter(kind__in=ARRANGING)
    return sees_the_county(person) and own.filter(unit__kind__in=PUBLIC_BODIES).exists()


def require(allowed: bool) -> None:
    """Raise PermissionDenied unless `allowed`."""
    if not allowed:
        raise PermissionDenied(_("您现在的岗位不能办理此单位的任职和分工。"))


def units_seen(person: Person) -> QuerySet[Unit]:
    """Return the units a person may look at: those in scope, their parts, and the public bodies over them.

    Who supervises one is no secret: an enterprise sees its township and the county's bodies.
    """
    own = Unit.objects.visible_to(person).values("pk")
    query = Q(pk__in=own) | Q(kind=PARTS, parent__in=own)
    for grant in grants(person):
        if grant.sectors is not None:
            query |= Q(kind__in=PUBLIC_BODIES, territory__startswith=grant.territory)
        above = {grant.territory[:COUNTY_DIGITS], grant.territory[:TOWNSHIP_DIGITS], grant.territory}
        query |= Q(kind__in=PUBLIC_BODIES, territory__in=above)
    if sees_the_county(person):
        query |= Q(territory="")
    seen: QuerySet[Unit] = Unit.objects.filter(query)
    return seen


def people_seen(person: Person) -> QuerySet[Person]:
    """Return the people whose posts, today's or earlier ones, are in units that a person may look at."""
    shown = Person.objects.filter(kind=Person.Kind.PERSON)
    return shown.filter(Q(holdings__post__unit__in=units_seen(person)) | Q(pk=person.pk)).distinct()


def may_see_phone(viewer: Person, person: Person) -> bool:
    """Say whether a phone number may be uncovered: the own one, or of somebody in office in one's scope."""
    if viewer.pk == person.pk:
        return True
    in_scope = holdings_on(timezone.localdate()).filter(
        person=person, post__unit__in=Unit.objects.visible_to(viewer)
    )
    return in_scope.exists()


def masked(phone: str) -> str:
    """Return a phone number with its middle covered: 138****0001."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****" if phone else ""
