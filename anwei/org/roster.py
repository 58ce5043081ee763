"""Who sits where on one day, read once: posts with their holders, sector duties, designations.

With subjects it reads what those need (four queries, however many there are); without, the public bodies and
every designated post, which is what all enterprises of a county share, or the designated posts of some units.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from anwei.org.models import PUBLIC_BODIES, Designation, Holding, Post, SectorDuty, Unit
from anwei.org.scope import COUNTY_DIGITS

if TYPE_CHECKING:
    from anwei.org.responsibility import Subject

TOWNSHIP_DIGITS = 9
LOCAL_BODIES = (Unit.Kind.TOWNSHIP, Unit.Kind.VILLAGE, Unit.Kind.GRID)


@dataclass(frozen=True)
class Placed:
    """A post on the day of the roster with who holds it: none when vacant, several where several may."""

    post: Post
    holdings: tuple[Holding, ...]


class Roster:
    """The posts that answer for `subjects` on one day; without any, those of the county's public bodies.

    A roster without subjects knows no post of an enterprise unless a designation names it. With `units`, a
    question for the keys of units, it knows the designations of these alone: what goes through a county piece
    by piece must not read all of them for every piece.
    """

    def __init__(
        self,
        on: date,
        subjects: Sequence[Subject] | None = None,
        *,
        units: QuerySet[Any, Any] | None = None,
    ) -> None:
        self.on, self._units = on, units
        self._designations: dict[tuple[int, str, str], list[Designation]] = defaultdict(list)
        for row in self._designations_of(subjects):
            self._designations[row.unit_id, row.site, row.seat].append(row)
        self._leads: dict[str, list[SectorDuty]] = defaultdict(list)
        self.joint: dict[str, list[SectorDuty]] = defaultdict(list)
        for duty in self._duties_of(subjects):
            (self._leads if duty.lead else self.joint)[duty.sector].append(duty)
        self._of_unit: dict[int, list[Placed]] = defaultdict(list)
        self._of_place: dict[tuple[str, str, str], list[Placed]] = defaultdict(list)
        self._by_post: dict[int, Placed] = {}
        for placed in placed_on(on, self._posts_of(subjects)):
            post = placed.post
            self._by_post[post.pk] = placed
            self._of_unit[post.unit_id].append(placed)
            self._of_place[post.unit.kind, post.unit.territory, post.kind].append(placed)

    def posts(self) -> Iterable[Placed]:
        """Return every post that was read."""
        return self._by_post.values()

    def post(self, pk: int) -> Placed:
        """Return a post by its key."""
        return self._by_post[pk]

    def of_unit(self, unit: int, kind: str) -> list[Placed]:
        """Return the posts of a kind in a unit, those that are held first."""
        return _held_first(placed for placed in self._of_unit.get(unit, ()) if placed.post.kind == kind)

    def of_place(self, unit_kind: str, territory: str, post_kind: str) -> list[Placed]:
        """Return the posts of a kind in the units of a kind at a place, those that are held first."""
        return _held_first(self._of_place.get((unit_kind, territory, post_kind), ()))

    def duty_posts(self, county: str) -> list[Placed]:
        """Return the duty posts (值班岗) of the county's public bodies, those that are held first."""
        kinds = [kind for kind in Unit.Kind if kind in PUBLIC_BODIES]
        return _held_first(
            sorted(
                (
                    placed
                    for kind in kinds
                    for placed in self._of_place.get((kind, county, Post.Kind.DUTY), ())
                ),
                key=lambda placed: placed.post.pk,
            )
        )

    def leads(self, sector: str) -> list[SectorDuty]:
        """Return the departments that lead a sector; more than one is a gap of its own."""
        return self._leads.get(sector, [])

    def designated(self, unit: int, site: str, seat: str) -> list[Designation]:
        """Return the designations for a seat, the newest first; those of the site before its enterprise's."""
        own = self._designations.get((unit, site, seat), []) if site else []
        return own or self._designations.get((unit, "", seat), [])

    def all_designations(self) -> Iterable[tuple[tuple[int, str, str], list[Designation]]]:
        """Return the designations by enterprise, site and seat."""
        return self._designations.items()

    def _designations_of(self, subjects: Sequence[Subject] | None) -> QuerySet[Designation]:
        rows: QuerySet[Designation] = Designation.objects.on(self.on).order_by("-from_on", "-pk")
        if subjects is None:
            return rows if self._units is None else rows.filter(unit__in=self._units)
        return rows.filter(unit__in=[subject.unit.pk for subject in subjects if subject.unit])

    def _duties_of(self, subjects: Sequence[Subject] | None) -> QuerySet[SectorDuty]:
        rows: QuerySet[SectorDuty] = SectorDuty.objects.on(self.on).select_related("unit").order_by("pk")
        if subjects is None:
            return rows
        return rows.filter(sector__in={subject.sector for subject in subjects})

    def _posts_of(self, subjects: Sequence[Subject] | None) -> QuerySet[Post]:
        rows = Post.objects.order_by("pk").select_related("unit")
        if subjects is None:
            named_on = self._designations_of(None).order_by().values("post")
            return rows.filter(Q(unit__kind__in=PUBLIC_BODIES) | Q(pk__in=named_on))
        units = {subject.unit.pk for subject in subjects if subject.unit}
        units |= {duty.unit_id for duties in self._leads.values() for duty in duties}
        named = {row.post_id for group in self._designations.values() for row in group}
        counties = {subject.territory[:COUNTY_DIGITS] for subject in subjects}
        places = {subject.territory for subject in subjects} - counties - {""}
        places |= {place[:TOWNSHIP_DIGITS] for place in places}
        heads = Q(unit__kind__in=(Unit.Kind.PARTY, Unit.Kind.GOVERNMENT), kind=Post.Kind.PRINCIPAL)
        of_county = Q(unit__territory__in=counties) & (heads | Q(kind=Post.Kind.DUTY))
        of_place = Q(unit__kind__in=LOCAL_BODIES, unit__territory__in=places)
        return rows.filter(Q(unit__in=units) | Q(pk__in=named) | of_county | of_place)


def placed_on(on: date, posts: QuerySet[Post]) -> list[Placed]:
    """Return posts with who holds each on a day, in their order."""
    found, rows = list(posts), in_office(on)
    if len(found) <= 500:
        rows = rows.filter(post__in=[post.pk for post in found])
    else:  # so many keys would be longer than a query may be
        rows = rows.filter(post__in=posts.order_by().values("pk"))
    holdings: dict[int, list[Holding]] = defaultdict(list)
    rows = rows.select_related("person").defer("person__password", "person__email")
    for holding in rows.order_by("from_on", "pk"):
        holdings[holding.post_id].append(holding)
    return [Placed(post, tuple(holdings.get(post.pk, ()))) for post in found]


def in_office(on: date) -> QuerySet[Holding]:
    """Return what was held on a day; whose account is closed now had it open on a day before."""
    rows = Holding.objects.filter(from_on__lte=on).filter(Q(to_on__isnull=True) | Q(to_on__gte=on))
    return rows.filter(person__is_active=True) if on >= timezone.localdate() else rows


def _held_first(posts: Iterable[Placed]) -> list[Placed]:
    return sorted(posts, key=lambda placed: not placed.holdings)  # sorted is stable: the older post first
