"""Enterprises and who held their posts as they were at a moment gone by, undoing what was recorded since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from anwei.ledgers.models import Change
from anwei.org.holdings import day_of
from anwei.org.models import Holding, Post
from anwei.sites.models import Enterprise

UNIT_COLUMNS = {"territory": "unit__territory"}
REGISTER, UNITS, POSTS = "sites.enterprise", "org.unit", "org.post"


def enterprises_then(
    at: datetime, enterprises: QuerySet[Enterprise], *columns: str
) -> dict[int, dict[str, Any]]:
    """Return the columns of each enterprise as its register had them at a moment, by key.

    Who was registered later is left out. `territory` is that of the unit.
    """
    paths = [UNIT_COLUMNS.get(name, name) for name in columns]
    rows = enterprises.order_by().values_list("pk", "unit", *paths)
    found = {key: dict(zip(columns, told, strict=True)) for key, _unit, *told in rows}
    for change in _since(REGISTER, at):
        key = int(change.row)
        if key not in found:
            continue
        if change.verb == "create":
            del found[key]
            continue
        for name, (before, _after) in change.content.get("changed", {}).items():
            if name in found[key]:
                found[key][name] = before
    if "territory" in columns:
        owners = {unit: key for key, unit, *_told in rows}
        for change in _since(UNITS, at):
            owner = owners.get(int(change.row)) if change.verb == "place" else None
            if owner in found:
                found[owner]["territory"] = change.content["before"]
    return found


def registered_by(at: datetime, enterprises: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
    """Return the enterprises without those that were registered after a moment."""
    since = Change.objects.filter(register=REGISTER, verb="create", at__gt=at)
    later = [int(row) for row in since.values_list("row", flat=True)]
    return enterprises.exclude(pk__in=later) if later else enterprises


def held_then(at: datetime, posts: QuerySet[Post]) -> dict[int, bool]:
    """Return the posts that were set up by a moment, and whether somebody held each on its day.

    An appointment or a dismissal counts from when it was recorded, though it names an earlier day. Whether
    an account was open does not count: that is known of today alone. A dismissal is undone of the one holding
    whose last day it wrote: who held the post before, and was appointed again since, did not hold it between.
    """
    on = day_of(at)
    made = dict.fromkeys(posts.order_by().values_list("pk", flat=True), False)
    appointed: dict[tuple[int, int, str], bool] = {}
    dismissed: set[tuple[int, int, str]] = set()
    for change in _since(POSTS, at):
        post, told = int(change.row), change.content
        if change.verb == "create":
            made.pop(post, None)
        elif change.verb == "appoint":
            appointed[post, told["person"], str(told["from"])] = True
        elif change.verb == "dismiss":
            dismissed.add((post, told["person"], str(told["to"])))
    rows = Holding.objects.filter(post__in=posts.order_by().values("pk"), from_on__lte=on)
    ended_since = Q(post__in={post for post, _person, _last in dismissed})
    rows = rows.filter(Q(to_on__isnull=True) | Q(to_on__gte=on) | ended_since)
    for post, person, first, last in rows.values_list("post", "person", "from_on", "to_on"):
        is_held = last is None or last >= on or (post, person, last.isoformat()) in dismissed
        if post in made and is_held:
            made[post] = made[post] or (post, person, first.isoformat()) not in appointed
    return made


def any_recorded_by(at: datetime, posts: QuerySet[Post]) -> bool:
    """Say whether anything of these posts was recorded by a moment."""
    keys = {str(pk) for pk in posts.order_by().values_list("pk", flat=True)}
    told = Change.objects.filter(register=POSTS, at__lte=at).order_by().values_list("row", flat=True)
    return any(row in keys for row in told.iterator())


def _since(register: str, at: datetime) -> Iterator[Change]:
    """Yield what was changed in a register after a moment, the newest first."""
    rows = Change.objects.filter(register=register, at__gt=at).order_by("-at", "-number")
    yield from rows.iterator()
