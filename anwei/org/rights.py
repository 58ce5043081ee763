"""Who may arrange responsibility (appoint, designate, assign), and who sees which unit, person and phone."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.org.accounts.administration import TERRITORIAL
from anwei.org.holdings import N_LEVELS, holdings_on
from anwei.org.models import PUBLIC_BODIES, Person, Post, Unit
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.org.scope import COUNTY_DIGITS, Grant, grant_of, grants, sees_the_county, standing

ARRANGING = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY, Post.Kind.DUTY, Post.Kind.OFFICER)
ARRANGED = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY, Post.Kind.DUTY, Post.Kind.OFFICER, Post.Kind.SAFETY)
PARTS = Unit.Kind.ENTERPRISE_DEPARTMENT


def may_arrange(person: Person, unit: Unit) -> bool:
    """Say whether a person keeps what a unit's posts answer for: who oversees it, or is its principal."""
    whole = unit.whole
    heads = {post.unit_id for post in standing(person).held if post.kind == Post.Kind.PRINCIPAL}
    return whole.pk in heads or may_oversee(person, unit)


def may_appoint_in(person: Person, unit: Unit) -> bool:
    """Say whether a person may appoint people in a unit.

    That is the head or a clerk of the unit itself or of one above it, and the county's committee office; in
    an enterprise its principal and the officials who see it.
    """
    whole = unit.whole
    if whole.kind == Unit.Kind.ENTERPRISE:
        return may_arrange(person, whole)
    bodies = _bodies_of(person)
    return whole in bodies or any(_leads(body, whole) for body in bodies)


def may_set_up(person: Person, kind: str, territory: str) -> bool:
    """Say whether a person may make a unit a body of this kind at this place: whose body leads there."""
    if kind not in TERRITORIAL:
        return True
    made = Unit(kind=kind, territory=territory)
    return any(_leads(body, made) for body in _bodies_of(person))


def _bodies_of(person: Person) -> set[Unit]:
    """Return the public bodies of which a person is head or clerk."""
    held = standing(person).held
    return {post.unit for post in held if post.kind in ARRANGING and post.unit.kind in PUBLIC_BODIES}


def may_fill(person: Person, post: Post) -> bool:
    """Say whether a person may appoint to a post: where they appoint, and that sees no more than they do."""
    return post.kind in ARRANGED and may_appoint_in(person, post.unit) and not _sees_more(post, person)


def _leads(upper: Unit, unit: Unit) -> bool:
    """Say whether one public body stands over another: by place, or as the unit above it.

    Of the bodies that lead one and the same place only the county's committee office reaches the others.
    """
    of_county = len(upper.territory) == COUNTY_DIGITS
    if upper.kind in TERRITORIAL and of_county and not unit.territory:
        return True
    if upper.kind in TERRITORIAL and upper.territory and unit.territory.startswith(upper.territory):
        office = upper.kind == Unit.Kind.COMMITTEE_OFFICE and of_county
        if office or unit.territory != upper.territory or unit.kind not in TERRITORIAL:
            return True
    above = unit.parent
    for _level in range(N_LEVELS):
        if above is None or above == upper:
            return above is not None
        above = above.parent
    return False


def _sees_more(post: Post, person: Person) -> bool:
    """Say whether a post would show its holder what `person` does not see."""
    whole = post.unit.whole
    if not whole.territory:
        return False  # it sees nothing yet
    if whole.kind == Unit.Kind.ENTERPRISE:
        return not Unit.objects.visible_to(person).filter(pk=whole.pk).exists()
    shown = grant_of(post)
    return not any(_includes(grant, shown) for grant in grants(person))


def _includes(grant: Grant, shown: Grant) -> bool:
    """Say whether all that one public body's post shows belongs to what another grants."""
    if grant.enterprise is not None:
        return False
    sectors = grant.sectors is None or (shown.sectors is not None and shown.sectors <= grant.sectors)
    return sectors and shown.territory.startswith(grant.territory)


def may_oversee(person: Person, unit: Unit) -> bool:
    """Say whether a person may decide who answers for a unit, and where it lies: never the enterprise itself.

    Officials in office may within what they see, the county's also units that lie nowhere yet.
    """
    whole = unit.whole
    if not _bodies_of(person):
        return False
    if not whole.territory:
        return sees_the_county(person)
    wide = (grant for grant in grants(person) if grant.sectors is None and grant.enterprise is None)
    if any(whole.territory.startswith(grant.territory) for grant in wide):
        return True  # a list of gaps asks for each of its rows
    return Unit.objects.visible_to(person).filter(pk=whole.pk).exists()


def may_arrange_county(person: Person) -> bool:
    """Say whether a person may divide sectors among departments: officials who see the whole county."""
    return sees_the_county(person) and bool(_bodies_of(person))


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
