"""Who works in a county: read from the posts as they are held, so that any county can be played."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Person, Post, SectorDuty, Unit
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.sites.models import Enterprise
from anwei.standards.geography.points import Point


@dataclass(frozen=True)
class Plant:
    """An enterprise, its head, who works at its post of safety, and where it stands."""

    enterprise: Enterprise
    head: Person
    staff: tuple[Person, ...]
    there: Point | None

    @property
    def sector(self) -> str:
        """Its sector's code."""
        return str(self.enterprise.sector)


@dataclass(frozen=True)
class Bureau:
    """A department with its officers, all of one post, and its head (None while nobody is)."""

    unit: Unit
    post: Post | None
    officers: tuple[Person, ...]
    head: Person | None


@dataclass(frozen=True)
class Crew:
    """Plants that produce, who leads which sector, clerks of townships, the committee's office, holders."""

    plants: tuple[Plant, ...]
    departments: tuple[Bureau, ...]
    bureaus: dict[str, Bureau]  # by the sector it leads
    clerks: dict[str, tuple[Person, ...]]  # by township code
    office: tuple[Person, ...]
    holders: dict[int, tuple[Person, ...]]  # by the key of the post

    def clerk_of(self, plant: Plant) -> Person | None:
        """Return a clerk of the township where a plant stands."""
        people = self.clerks.get(plant.enterprise.unit.territory[:TOWNSHIP_DIGITS], ())
        return next(iter(people), None)

    def other(self, post: int, apart_from: Iterable[Person], chance: Random) -> Person | None:
        """Return somebody at a post who is none of these, None where nobody is."""
        apart = {person.pk for person in apart_from}
        free = [person for person in self.holders.get(post, ()) if person.pk not in apart]
        return chance.choice(free) if free else None


def crew_of(now: datetime) -> Crew:
    """Return who works in the county today; each person is one object, which remembers its rights."""
    holders: dict[int, list[Person]] = defaultdict(list)
    at: dict[tuple[int, str], list[Person]] = defaultdict(list)  # by unit and kind of post
    units: dict[int, Unit] = {}
    posts: dict[tuple[int, str], Post] = {}
    known: dict[int, Person] = {}
    held = holdings_on(day_of(now)).select_related("person", "post__unit").order_by("post", "pk")
    for one in held:
        person = known.setdefault(one.person_id, one.person)
        holders[one.post_id].append(person)
        at[one.post.unit_id, one.post.kind].append(person)
        posts.setdefault((one.post.unit_id, one.post.kind), one.post)
        units.setdefault(one.post.unit_id, one.post.unit)
    of = {kind: [unit for unit in units.values() if unit.kind == kind] for kind in Unit.Kind}
    bureaus = {
        unit.pk: Bureau(
            unit,
            posts.get((unit.pk, Post.Kind.OFFICER)),
            tuple(at[unit.pk, Post.Kind.OFFICER]),
            next(iter(at[unit.pk, Post.Kind.PRINCIPAL]), None),
        )
        for unit in of[Unit.Kind.DEPARTMENT]
    }
    leads = SectorDuty.objects.on(day_of(now)).filter(lead=True, unit__in=bureaus).order_by("pk")
    producing = Enterprise.objects.filter(status=Enterprise.Status.PRODUCING).select_related("unit")
    return Crew(
        plants=tuple(
            Plant(
                one,
                at[one.unit_id, Post.Kind.PRINCIPAL][0],
                tuple(at[one.unit_id, Post.Kind.SAFETY]),
                None if one.longitude is None else Point(one.longitude, one.latitude),
            )
            for one in producing.order_by("pk")
            if at[one.unit_id, Post.Kind.PRINCIPAL] and at[one.unit_id, Post.Kind.SAFETY]
        ),
        departments=tuple(bureaus.values()),
        bureaus={duty.sector: bureaus[duty.unit_id] for duty in leads},
        clerks={unit.territory: tuple(at[unit.pk, Post.Kind.OFFICER]) for unit in of[Unit.Kind.TOWNSHIP]},
        office=tuple(
            person for unit in of[Unit.Kind.COMMITTEE_OFFICE] for person in at[unit.pk, Post.Kind.OFFICER]
        ),
        holders={post: tuple(people) for post, people in holders.items()},
    )
