"""Who is on duty in a key period: the duty posts of the bodies, with every hole shown."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from anwei.hazards.planning.bodies import INSPECTING
from anwei.org.holdings import holdings_on
from anwei.org.models import Person, Post, Unit


@dataclass(frozen=True)
class Duty:
    """A body's duty post with who holds it on the day; without a post, or without holders, it is a hole."""

    unit: Unit
    post: Post | None
    holders: tuple[Person, ...]

    @property
    def is_hole(self) -> bool:
        """Whether nobody answers there."""
        return not self.holders


def duties_on(day: date, territory: str) -> list[Duty]:
    """Return the duty posts of all inspecting bodies of a territory on a day, the holes first."""
    units = Unit.objects.filter(kind__in=INSPECTING, territory__startswith=territory, closed_on=None)
    posts: dict[int, list[Post]] = defaultdict(list)
    for post in Post.objects.filter(unit__in=units, kind=Post.Kind.DUTY).order_by("pk"):
        posts[post.unit_id].append(post)
    holders: dict[int, list[Person]] = defaultdict(list)
    held = holdings_on(day).filter(post__unit__in=units, post__kind=Post.Kind.DUTY)
    for holding in held.select_related("person").order_by("pk"):
        holders[holding.post_id].append(holding.person)
    found = []
    for unit in units.order_by("territory", "pk"):
        found += [Duty(unit, post, tuple(holders[post.pk])) for post in posts[unit.pk]]
        if not posts[unit.pk]:
            found.append(Duty(unit, None, ()))
    return sorted(found, key=lambda duty: not duty.is_hole)
