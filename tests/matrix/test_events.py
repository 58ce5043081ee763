"""The stream of events tells each screen of its own plants alone, whatever tags it asks for."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import msgspec
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from anwei.monitoring.live.hub import Hub
from anwei.monitoring.live.views import _watcher
from anwei.monitoring.live.watcher import Watcher
from tests.matrix.world import SEES, World

pytestmark = pytest.mark.django_db


def screen_of(world: World, role: str) -> Watcher:
    """Return the screen of a role that asks for every tag there is."""
    tags = ",".join(str(place.tag.number) for place in world.places.values())
    request = RequestFactory().get(f"/live/?tags={tags}")
    request.user, request.session = world.people[role], SessionStore()
    return _watcher(request)


@pytest.mark.parametrize("role", [role for role in SEES if role != "anonymous"])
def test_a_screen_hears_of_its_own_plants_alone(world: World, role: str) -> None:
    hub, screen = Hub(), screen_of(world, role)
    hub._watchers.add(screen)
    own = [place for name, place in world.places.items() if name in SEES[role]]
    assert screen.tags == {place.tag.number for place in own}
    written = [
        (place.alarm.pk, place.warning.pk, place.territory, place.sector, place.enterprise.pk)
        for place in world.places.values()
    ]
    asyncio.run(hub._on_alarms(SimpleNamespace(data=msgspec.msgpack.encode(written))))  # type: ignore[arg-type]
    told = b"".join(screen._pending).decode()
    heard = msgspec.json.decode(told.partition("data: ")[2]) if told else {"ids": [], "warnings": []}
    assert heard == {
        "ids": [place.alarm.pk for place in own],
        "warnings": sorted(place.warning.pk for place in own),
    }
