"""Who may see what: one method, `visible_to`, on one queryset.

A grant is a territory prefix, optionally narrowed to sectors or to one enterprise (属地 x 部门 x 主体).
Default deny: a person without a current post sees nothing; a deputy sees what the post sees.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from anwei.org.holdings import Standing
    from anwei.org.models import Person, Post, Unit


COUNTY_DIGITS = 6
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
"""Kinds of post that keep the system (三员分立): they see no business rows at all."""


@dataclass(frozen=True)
class ScopeColumns:
    """The columns by which a model belongs to a territory, a sector, an enterprise; '' where it has none.

    Several columns of sectors mean a row that belongs to each of them.
    `posts` are columns that name a post: who acts there sees the row, wherever the post stands.
    """

    territory: str = ""
    sector: str | tuple[str, ...] = ""
    enterprise: str = ""
    posts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grant:
    """One reason why a person may see rows."""

    territory: str
    sectors: frozenset[str] | None = None
    enterprise: int | None = None

    @property
    def is_county_wide(self) -> bool:
        """Whether it reaches everything in the county: no township, no sector, no enterprise narrows it."""
        return len(self.territory) == COUNTY_DIGITS and self.sectors is None and self.enterprise is None

    def covers(self, territory: str, sector: str, enterprise: int | None) -> bool:
        """Say whether a row with these three belongs to this grant."""
        if self.enterprise is not None:
            return enterprise == self.enterprise
        return territory.startswith(self.territory) and (self.sectors is None or sector in self.sectors)

    def query(self, columns: ScopeColumns) -> Q | None:
        """Return the filter of this grant on a model, or None where the model cannot express it."""
        if self.enterprise is not None:
            return Q(**{columns.enterprise: self.enterprise}) if columns.enterprise else None
        query = Q(**{f"{columns.territory}__startswith": self.territory}) if columns.territory else None
        if self.sectors is not None:
            if not columns.sector or query is None:
                return None
            sectors = (columns.sector,) if isinstance(columns.sector, str) else columns.sector
            query &= reduce(or_, (Q(**{f"{column}__in": self.sectors}) for column in sectors))
        return query


def grants(person: Person) -> tuple[Grant, ...]:
    """Return what `person` may see by the posts held today; remembered on the object for one request."""
    if not person.is_authenticated or not person.is_active:
        return ()
    remembered: tuple[Grant, ...] | None = getattr(person, "_grants", None)
    if remembered is None:
        remembered = person._grants = tuple(_grants(person))  # type: ignore[attr-defined]
    return remembered


def posts_over(person: Person, territory: str, sector: str, enterprise: int | None) -> list[Post]:
    """Return the posts of `person` that reach a row by themselves.

    Who holds two posts has the rights of neither in the reach of the other: a regulator's officer who is also
    safety staff of a plant does not regulate that plant.
    """
    posts = [post for post in standing(person).posts if _sees_anything(post)]
    return [post for post in posts if grant_of(post).covers(territory, sector, enterprise)]


def sees_the_county(person: Person) -> bool:
    """Say whether a post of `person` reaches the whole county."""
    return any(grant.is_county_wide for grant in grants(person))


def standing(person: Person) -> Standing:
    """Return the posts of `person` today; remembered on the object for one request."""
    from anwei.org.holdings import standing_of  # here: the models stand on this module

    remembered: Standing | None = getattr(person, "_standing", None)
    if remembered is None:
        remembered = person._standing = standing_of(person, timezone.now())  # type: ignore[attr-defined]
    return remembered


def footing(person: Person) -> Hashable:
    """Return all of a person that decides what they may see and what waits for them: posts, units, grants.

    Who stands as somebody stood before is asked the same questions.
    """
    stands = standing(person)
    held, lent = (tuple(_told(post) for post in posts) for posts in (stands.held, stands.lent))
    return person.pk, held, lent, grants(person)


def _told(post: Post) -> Hashable:
    unit, whole = post.unit, post.unit.whole
    enterprise = whole.enterprise.pk if hasattr(whole, "enterprise") else None
    rows = (post, unit, whole)
    return enterprise, *(getattr(row, field.attname) for row in rows for field in row._meta.concrete_fields)


def seeing_only(person: Person, territory: str) -> Person:
    """Return a copy of a person that sees a territory and nothing by any post: for what many will read."""
    from anwei.org.holdings import Standing  # here: the models stand on this module

    reader = copy(person)
    reader._grants, reader._standing = (Grant(territory),), Standing((), ())  # type: ignore[attr-defined]
    return reader


def as_official(person: Person) -> Person:
    """Return a person as far as the posts of public bodies reach, without what is an enterprise's own.

    Who works in a plant and is a grid member elsewhere reads of that plant nothing that officials alone read.
    """
    own = tuple(grant for grant in grants(person) if grant.enterprise is None)
    if len(own) == len(grants(person)):
        return person
    stands = standing(person)
    official = copy(person)
    official._grants = own  # type: ignore[attr-defined]
    official._standing = replace(stands, held=_of_bodies(stands.held), lent=_of_bodies(stands.lent))  # type: ignore[attr-defined]
    return official


def sees_as_official(person: Person, row: models.Model) -> bool:
    """Say whether a row that a person sees lies in the reach of a post at a public body."""
    official = as_official(person)
    if official is person:
        return bool(grants(person))
    rows: Any = type(row)._default_manager
    return bool(rows.visible_to(official).filter(pk=row.pk).exists())


def _of_bodies(posts: Iterable[Post]) -> tuple[Post, ...]:
    return tuple(post for post in posts if not _is_of_enterprise(post.unit))


def _grants(person: Person) -> list[Grant]:
    posts = [post for post in standing(person).posts if _sees_anything(post)]
    by_sector = [post.unit for post in posts if _sees_by_sector(post)]
    models.prefetch_related_objects(by_sector, "sector_duties")
    return [grant_of(post) for post in posts]


def _sees_anything(post: Post) -> bool:
    """Say whether a post has business at all, and its unit a place or, as an enterprise, its record."""
    if post.kind in ADMINISTRATORS or not post.unit.territory:  # an empty prefix would begin every territory
        return False
    return not _is_of_enterprise(post.unit) or hasattr(post.unit.whole, "enterprise")


def _sees_by_sector(post: Post) -> bool:
    """Say whether a post sees its sectors only.

    A department's duty post (值班岗) answers for every alarm of its territory, and its wall shows the same.
    """
    of_all = (post.Kind.DUTY, post.Kind.DISPLAY)
    return post.unit.kind == post.unit.Kind.DEPARTMENT and post.kind not in of_all


def _is_of_enterprise(unit: Unit) -> bool:
    return unit.kind in (unit.Kind.ENTERPRISE, unit.Kind.ENTERPRISE_DEPARTMENT)


def grant_of(post: Post) -> Grant:
    """Return what a post may see: an enterprise itself, a department its sectors, others their territory."""
    unit = post.unit
    if _is_of_enterprise(unit):
        return Grant(unit.territory, enterprise=unit.whole.enterprise.pk)
    if _sees_by_sector(post):
        today = timezone.localdate()
        in_force = (duty for duty in unit.sector_duties.all() if duty.is_in_force(today))
        return Grant(unit.territory, frozenset(duty.sector for duty in in_force))
    return Grant(unit.territory)


class ScopedQuerySet(models.QuerySet[Any]):
    """A queryset that can be narrowed to what a person may see."""

    def visible_to(self, person: Person) -> Self:
        """Return the rows that `person` may see; none without a grant or a post that is named on the row."""
        columns: ScopeColumns = self.model.scope
        queries = [query for grant in grants(person) if (query := grant.query(columns)) is not None]
        queries += _named(person, columns)
        if not queries:
            return self.none()
        union = queries[0]
        for query in queries[1:]:
            union |= query
        return self.filter(union)


def _named(person: Person, columns: ScopeColumns) -> list[Q]:
    """Return the filters of the rows that name a post at which `person` acts today, own or lent."""
    if not columns.posts or not person.is_authenticated or not person.is_active:
        return []
    posts = standing(person).post_ids
    return [Q(**{f"{column}__in": posts}) for column in columns.posts] if posts else []


class OfficialQuerySet(ScopedQuerySet):
    """Rows of which an enterprise's own people see nothing, whatever else they are."""

    def visible_to(self, person: Person) -> Self:
        """Return the rows within the reach of the posts that `person` holds at public bodies."""
        return super().visible_to(as_official(person))


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)


class OfficialManager(ScopedManager[Any]):
    """Rows for officials alone, as `OfficialQuerySet` narrows them."""

    def get_queryset(self) -> OfficialQuerySet:
        """Return all of them."""
        return OfficialQuerySet(self.model, using=self._db)


def ensure_visible(person: Person, row: models.Model) -> None:
    """Check after a save, inside its transaction, that `person` may see what was written.

    Raises PermissionDenied, so that the transaction rolls back.
    """
    rows = type(row)._default_manager
    if not isinstance(rows, ScopedManager) or not rows.filter(pk=row.pk).visible_to(person).exists():
        raise PermissionDenied(_("保存后的内容超出您的管辖范围，未予保存。"))
