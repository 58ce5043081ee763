"""What of this room can be searched."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from anwei.ledgers.search import Words, register_search
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Person, Post, Signing, Unit
from anwei.org.rights import people_seen, units_seen


def _unit(row: Unit) -> Words:
    if row.kind == Unit.Kind.ENTERPRISE:  # is found as an enterprise
        return Words("")
    return Words(row.name, row.get_kind_display(), row.short_name)


def _post(row: Post) -> Words:
    return Words(row.title, str(row.unit), f"{row.unit.name} {row.get_kind_display()}")


def _person(row: Person) -> Words:
    return Words("" if row.kind == Person.Kind.DISPLAY else str(row))


def _posts_of_people(person: Person, keys: Collection[int]) -> dict[int, str]:
    """Return today's post of each of these people where `person` sees it, who may know an earlier one."""
    held = holdings_on(day_of(timezone.now())).filter(person__in=keys, post__unit__in=units_seen(person))
    newest_first = held.select_related("post__unit").order_by("-pk")  # of several the oldest stands
    return {holding.person_id: str(holding.post) for holding in newest_first}


def _signing(row: Signing) -> Words:
    return Words(f"{row.year}年度责任书 {row.lower}", f"{row.upper} {row.reference}".strip())


def _letter_url(row: Signing) -> str:
    return f"{reverse('signings')}?{urlencode({'year': row.year, 'search': row.lower.name})}"


def _signings_seen(person: Person) -> QuerySet[Signing]:
    return Signing.objects.filter(lower__in=Unit.objects.visible_to(person).values("pk"))


def _signings_of_units(units: list[Unit]) -> QuerySet[Signing]:
    return Signing.objects.filter(Q(upper__in=units) | Q(lower__in=units))


def _posts_seen(person: Person) -> QuerySet[Post]:
    return Post.objects.filter(unit__in=units_seen(person).values("pk")).exclude(kind=Post.Kind.DISPLAY)


def _posts_of_units(units: list[Unit]) -> QuerySet[Post]:
    return Post.objects.filter(unit__in=units)


register_search(
    Unit,
    text=_unit,
    url=lambda row: reverse("unit", args=[row.pk]),
    visible=units_seen,
    only=~Q(kind=Unit.Kind.ENTERPRISE),
    columns=("name", "short_name", "kind"),
)
register_search(
    Post,
    text=_post,
    url=lambda row: reverse("post", args=[row.pk]),
    visible=_posts_seen,
    related=("unit",),
    columns=("title", "kind", "unit"),
    follows={Unit: _posts_of_units},
)
register_search(
    Person,
    text=_person,
    url=lambda row: reverse("person", args=[row.pk]),
    visible=people_seen,
    only=~Q(kind=Person.Kind.DISPLAY),
    columns=("full_name", "username", "kind"),
    details=_posts_of_people,
)
register_search(
    Signing,
    text=_signing,
    url=_letter_url,
    visible=_signings_seen,
    related=("upper", "lower"),
    follows={Unit: _signings_of_units},
)
