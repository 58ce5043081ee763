"""Who holds which post on which day, and who acts there for a holder who is away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from anwei.ledgers.spelled import ANYBODY, DAY, MOMENT, Spelled, rows_of, spell
from anwei.org.models import Delegation, Holding, Person, Post, Unit
from anwei.standards.calendar import COUNTY_TIME

ACTING_FOR = "acting_for"  # in the content of a sealed row: {"id", "name"} of whom the hand acted for
N_LEVELS = 8  # more floors than any county has: a loop among units must not hang the sweep
PLACED = ("unit__enterprise", "unit__parent__enterprise")  # what says where a post is
ENTERPRISE = "enterprise__id"  # from a unit


@dataclass(frozen=True)
class Acting:
    """A person at a post: by appointment (`acting_for` is None) or as the deputy of one of its holders."""

    person: Person
    post_id: int
    acting_for: Person | None = None

    @property
    def people(self) -> frozenset[int]:
        """Everybody whose act this is: the hand, and the one it acts for."""
        return frozenset(person.pk for person in (self.person, self.acting_for) if person is not None)

    @property
    def sealed(self) -> dict[str, Any]:
        """What a sealed row keeps of whom a deputy acted for, by key and name of that day; else nothing."""
        principal = self.acting_for
        return {} if principal is None else {ACTING_FOR: {"id": principal.pk, "name": str(principal)}}


@dataclass(frozen=True)
class Standing:
    """The posts at which a person acts, with their units: held by appointment or lent; none twice."""

    held: tuple[Post, ...]
    lent: tuple[Post, ...]

    @property
    def posts(self) -> tuple[Post, ...]:
        """All of them in the order of their keys."""
        return tuple(sorted((*self.held, *self.lent), key=lambda post: post.pk))

    @property
    def post_ids(self) -> frozenset[int]:
        """Their keys."""
        return frozenset(post.pk for post in (*self.held, *self.lent))


def day_of(at: datetime) -> date:
    """Return the county's date (Asia/Shanghai) at a moment."""
    return at.astimezone(COUNTY_TIME).date()


def holdings_on(day: date) -> QuerySet[Holding]:
    """Return what is held on `day`, by people whose account is in use."""
    return Holding.objects.filter(from_on__lte=day, person__is_active=True).filter(
        Q(to_on__isnull=True) | Q(to_on__gte=day)
    )


def delegations_at(at: datetime) -> QuerySet[Delegation]:
    """Return the delegations in force at a moment: granted, not revoked, and the principal still in post."""
    held = holdings_on(day_of(at)).filter(post=OuterRef("post"), person=OuterRef("principal"))
    in_force = Delegation.objects.annotate(until=Coalesce("revoked_at", F("to_at"))).filter(
        from_at__lte=at, to_at__gt=at, until__gt=at, deputy__is_active=True
    )
    return in_force.filter(Exists(held))


def posts_of(person: Person, at: datetime) -> QuerySet[Post]:
    """Return the posts that `person` holds by appointment at a moment."""
    return Post.objects.filter(holdings__in=holdings_on(day_of(at)).filter(person=person)).distinct()


def posts_acted_at(person: Person, at: datetime) -> QuerySet[Post]:
    """Return the posts at which `person` may act at a moment: the own ones and those of a delegation."""
    own = holdings_on(day_of(at)).filter(person=person).values("post")
    lent = delegations_at(at).filter(deputy=person).values("post")
    return Post.objects.filter(Q(pk__in=own) | Q(pk__in=lent))


def standing_of(person: Person, at: datetime) -> Standing:
    """Return the posts of `person` at a moment, each with unit and enterprise: what `posts_acted_at` finds.

    Two queries that are spelt once, and two more where something is lent: every page asks for this. Of an
    enterprise the posts know no more than its key, until somebody asks.
    """
    told = rows_of(_held().put(person=person.pk, day=day_of(at)))
    held = {row[0]: _placed(row) for row in told}
    lent = _borrowed(person, at) - held.keys()
    if not lent:
        return Standing(tuple(held.values()), ())
    posts = Post.objects.filter(pk__in=lent).order_by("pk").select_related(*PLACED)
    return Standing(tuple(held.values()), tuple(posts))


@cache
def _held() -> Spelled:
    """Return the question for the posts somebody holds on a day, as `_placed` reads its rows."""
    columns = [
        *(f"post__{name}" for name in _columns(Post)),
        *(
            f"post__{path}__{name}"
            for path in ("unit", "unit__parent")
            for name in (*_columns(Unit), ENTERPRISE)
        ),
    ]
    holdings = holdings_on(DAY).filter(person=ANYBODY).order_by("post_id")
    return spell(holdings.values_list(*columns))


@cache
def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def _placed(row: Sequence[Any]) -> Post:
    """Return a post with its unit and the unit above, each with its enterprise."""
    n_post, n_unit = len(_columns(Post)), len(_columns(Unit)) + 1
    post: Post = Post.from_db(DEFAULT_DB_ALIAS, _columns(Post), row[:n_post])
    post.unit = _unit(row[n_post : n_post + n_unit])
    post.unit.parent = None if post.unit.parent_id is None else _unit(row[n_post + n_unit :])
    return post


def _unit(told: Sequence[Any]) -> Unit:
    *values, enterprise = told
    unit: Unit = Unit.from_db(DEFAULT_DB_ALIAS, _columns(Unit), values)
    if isinstance(unit.closed_on, str):
        unit.closed_on = date.fromisoformat(unit.closed_on)
    relation: Any = Unit._meta.get_field("enterprise")
    relation.set_cached_value(unit, None)
    if enterprise is not None:
        relation.related_model.from_db(DEFAULT_DB_ALIAS, ("id",), (enterprise,)).unit = unit
    return unit


def _borrowed(person: Person, at: datetime) -> set[int]:
    """Return the posts (keys) at which `person` is somebody's deputy at a moment.

    Hardly anybody is: a delegation of that time is looked for first, and only one that is there is weighed.
    """
    if not rows_of(_lent().put(person=person.pk, now=at)):
        return set()
    return set(delegations_at(at).filter(deputy=person).order_by().values_list("post", flat=True))


@cache
def _lent() -> Spelled:
    lent = Delegation.objects.filter(deputy=ANYBODY, from_at__lte=MOMENT, to_at__gt=MOMENT)
    return spell(lent.order_by().values_list("pk")[:1])


def holds(person: Person, post_id: int, at: datetime) -> bool:
    """Say whether `person` holds the post by appointment at a moment."""
    return holdings_on(day_of(at)).filter(person=person, post=post_id).exists()


def acts_for(person: Person, post_id: int, at: datetime) -> Acting | None:
    """Return how `person` may act at a post at a moment, None where not at all; appointment comes first."""
    if holds(person, post_id, at):
        return Acting(person, post_id)
    lent = delegations_at(at).filter(deputy=person, post=post_id).select_related("principal").first()
    return None if lent is None else Acting(person, post_id, lent.principal)


def actings_of(person: Person, at: datetime) -> dict[int, Acting]:
    """Return how `person` may act at a moment, by post: what `acts_for` answers for each, in two queries."""
    lent = delegations_at(at).filter(deputy=person).select_related("principal").order_by("from_at", "pk")
    own = holdings_on(day_of(at)).filter(person=person).values_list("post", flat=True)
    acting = {one.post_id: Acting(person, one.post_id, one.principal) for one in lent}
    return acting | {post: Acting(person, post) for post in own}


def people_at(post: Post, at: datetime) -> list[Person]:
    """Return who answers at a post at a moment: its holders and their deputies."""
    holders = holdings_on(day_of(at)).filter(post=post).values("person")
    deputies = delegations_at(at).filter(post=post).values("deputy")
    return list(Person.objects.filter(Q(pk__in=holders) | Q(pk__in=deputies)).order_by("pk"))


def is_held(post: Post, at: datetime) -> bool:
    """Say whether anybody holds the post at a moment; a deputy alone does not fill it."""
    return holdings_on(day_of(at)).filter(post=post).exists()


def filled_post_above(post: Post, at: datetime) -> Post | None:
    """Return the post that answers while `post` is vacant: the nearest principal above it who is in post.

    Its own unit's principal first, then the principal of the unit above, and so on. None at the top.
    """
    unit: Unit | None = post.unit
    for _level in range(N_LEVELS):
        if unit is None:
            return None
        principals = Post.objects.filter(unit=unit, kind=Post.Kind.PRINCIPAL).exclude(pk=post.pk)
        for principal in principals.order_by("pk"):
            if is_held(principal, at):
                return principal
        unit = unit.parent
    return None
