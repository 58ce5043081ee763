"""Whether open screens may stay open: a stream outlives the request that began it, so it is asked again."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.utils import timezone

from anwei.monitoring.live.watcher import Watcher
from anwei.monitoring.models import Tag
from anwei.org.models import Person
from anwei.org.scope import Grant, grants


def lapsed(watchers: Collection[Watcher]) -> list[Watcher]:
    """Return the watchers whose session has ended, whose account was stopped, or whose posts have changed."""
    close_old_connections()
    now = timezone.now()
    sessions = set(
        Session.objects.filter(
            session_key__in={watcher.session for watcher in watchers}, expire_date__gt=now
        ).values_list("session_key", flat=True)
    )
    persons = Person.objects.in_bulk({watcher.person for watcher in watchers})
    allowed: dict[int, tuple[Grant, ...]] = {pk: grants(person) for pk, person in persons.items()}
    return [
        watcher
        for watcher in watchers
        if (watcher.session and watcher.session not in sessions)
        or not watcher.grants
        or allowed.get(watcher.person) != watcher.grants
        or persons[watcher.person].get_session_auth_hash() != watcher.session_hash
    ]


def strayed(watchers: Collection[Watcher]) -> list[Watcher]:
    """Return the watchers of a tag that they may no longer see, because its enterprise was moved."""
    close_old_connections()
    return [watcher for watcher in watchers if watcher.tags and not _covers_its_tags(watcher)]


def _covers_its_tags(watcher: Watcher) -> bool:
    if any(grant.is_county_wide for grant in watcher.grants):
        return True
    columns = ("device__enterprise__unit__territory", "device__enterprise__sector", "device__enterprise")
    owners = Tag.objects.filter(pk__in=watcher.tags).values_list(*columns).distinct()
    return all(watcher.covers(*owner) for owner in owners)
