"""What is written after D with a day before it: each story tells what was there, waits for D, and corrects it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from anwei.org.models import Holding, Post
from anwei.org.services import appoint
from anwei.org.services.posts import dismiss
from anwei.sites.models import Enterprise
from tests.analytics.told import DAY, TODAY, Life
from tests.kernel.county import NOW, in_post

STORIES: list[Callable[[Life], Iterator[None]]] = []
AT = NOW + 3 * DAY


def story(tell: Callable[[Life], Iterator[None]]) -> Callable[[Life], Iterator[None]]:
    """Add a story to those that the contract of features tells."""
    STORIES.append(tell)
    return tell


def neighbour(n: int) -> Enterprise:
    return Enterprise.objects.select_related("unit").get(unit__name=f"邻厂{n}")


@story
def who_held_a_post_long_ago_does_so_again(life: Life) -> Iterator[None]:
    head = Post.objects.create(unit=neighbour(0).unit, kind="principal", title="厂长")
    person = in_post("former")
    Holding.objects.create(post=head, person=person, from_on=TODAY - 400 * DAY, to_on=TODAY - 100 * DAY)
    yield
    appoint(person, head, actor=None, now=NOW + DAY, from_on=TODAY + DAY)
    held = Holding.objects.get(post=head, to_on=None)
    dismiss(held, actor=None, now=AT, last_on=TODAY + 2 * DAY, reason="离职")
