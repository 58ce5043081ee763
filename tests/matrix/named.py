"""Two cases of plant X that name posts from which the plant is out of sight, and the six who act there.

A village's clerk works on them, a bureau without a sector supervises, another village answers for them; each
has a deputy, who holds no post. One case waits for the implementer, the other, with a photo, for the supervisor.
"""

from __future__ import annotations

from datetime import timedelta

from anwei.cases.models import Case, Evidence
from anwei.cases.services import advance, open_case
from anwei.org.models import Person, Post, Unit
from anwei.org.services import appoint, create_person, delegate
from tests.kernel.county import IN_POST_SINCE, NOW
from tests.kernel.repairs import Repair
from tests.matrix.photos import photo_of
from tests.matrix.world import COUNTY, NAMED, TOWN_A, TOWN_B, NamedCases, World, canary

UNITS = {
    "implementer": ("village", "乙村", f"{TOWN_B}001"),
    "supervisor": ("department", "林业局", COUNTY),
    "responsible": ("village", "甲村", f"{TOWN_A}001"),
}
OTHERS = "n"  # whose canary the cases carry


def name_others(world: World) -> None:
    """Write the cases, their posts and people."""
    posts = {}
    for seat, (kind, name, territory) in UNITS.items():
        unit = Unit.objects.create(kind=kind, name=name, territory=territory)
        posts[seat] = Post.objects.create(unit=unit, kind="officer", title="干事")
        holder, deputy = (_person(world, role) for role, named in NAMED.items() if named == seat)
        appoint(holder, posts[seat], actor=None, now=NOW, from_on=IN_POST_SINCE)
        lent = {"principal": holder, "deputy": deputy, "from_at": NOW, "to_at": NOW + timedelta(days=9)}
        delegate(posts[seat], **lent, reason="出差", actor=holder, now=NOW)
    worker, supervisor = world.people["named"], world.people["named_supervisor"]
    signing, finished = (_ordered(world, posts, supervisor) for _ in range(2))
    advance(finished, "sign", actor=worker, now=NOW)
    photo = photo_of(OTHERS, f"{canary(OTHERS)}.jpg")
    finished = advance(finished, "finish", actor=worker, now=NOW, way="repair", evidence=[photo])
    world.named = NamedCases(signing, finished, Evidence.objects.get(case=finished.pk))


def _person(world: World, role: str) -> Person:
    person, world.passwords[role] = create_person(username=role, full_name=role, actor=None, now=NOW)
    world.people[role] = person
    return person


def _ordered(world: World, posts: dict[str, Post], supervisor: Person) -> Case:
    plant = world.places["x"]
    place = {"territory": plant.territory, "sector": plant.sector, "enterprise": plant.enterprise}
    title = f"{canary(OTHERS)}清林"
    case = open_case(Repair, actor=supervisor, now=NOW, title=title, **place, **posts)
    return advance(case, "order", actor=supervisor, now=NOW)
