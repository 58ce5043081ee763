"""Of many alarms at once those in sight are drawn, with what the store holds, whatever keys are asked for."""

from __future__ import annotations

import re

import pytest

from tests.matrix.callers import Caller
from tests.matrix.world import SEES, World

pytestmark = pytest.mark.django_db
DRAWN = re.compile(rb'id="trend-(\d+)"[^>]*>\s*<svg')


@pytest.mark.parametrize("role", [role for role in SEES if role != "anonymous"])
def test_a_trend_is_drawn_of_the_alarms_in_sight_alone(
    world: World, visitors: dict[str, Caller], role: str
) -> None:
    alarms = {name: place.alarm.pk for name, place in world.places.items()}
    asked = ",".join(map(str, alarms.values()))
    body = visitors[role].call("GET", f"/alarms/trends/?ids={asked}").body
    assert {int(key) for key in DRAWN.findall(body)} == {alarms[name] for name in SEES[role]}, body.decode()
