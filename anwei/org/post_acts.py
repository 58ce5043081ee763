"""What the rooms above offer to do on a post's page, such as handing over what the post has open.

A room contributes by a module `post_acts.py`, found when the rooms are made ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from anwei.org.models import Person, Post


@dataclass(frozen=True)
class PostAct:
    """One act: its form, its button, and the sentence that proposes it where no holder follows."""

    url: str
    label: str
    sentence: str


Source = Callable[[Post, Person, datetime], PostAct | None]
_sources: list[Source] = []


def register_post_act(source: Source) -> None:
    """Add a source; called once, when the room's module is imported. None: nothing to do, or not for them."""
    _sources.append(source)


def post_acts(post: Post, person: Person, now: datetime) -> list[PostAct]:
    """Return what `person` may do about a post now."""
    found = [source(post, person, now) for source in _sources]
    return [act for act in found if act is not None]
