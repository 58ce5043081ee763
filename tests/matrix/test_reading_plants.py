"""What strangers, plants and programs read: their own, and nothing else."""

from __future__ import annotations

import pytest

from tests.matrix.callers import Caller
from tests.matrix.crawl import crawl
from tests.matrix.world import PLACES, SEES, World

pytestmark = pytest.mark.django_db
PLANTS = ("enterprise_x", "enterprise_y", "enterprise_z")
PROGRAMS = tuple(f"token:{role}" for role in SEES if role != "anonymous")


@pytest.mark.parametrize("name", ["anonymous", *PLANTS, *PROGRAMS])
def test_every_door_and_what_is_heard_behind_it(world: World, visitors: dict[str, Caller], name: str) -> None:
    walked = crawl(world, visitors[name], name)
    assert not walked.wrong, "\n".join(walked.wrong)
    assert walked.counts["calls"] > (10 if ":" in name else 200)
    asking = name != "anonymous" and len(SEES[name.removeprefix("token:")]) < len(PLACES)
    assert walked.counts["questions"] > (30 if name in PLANTS else 4 if asking else -1)
    assert name not in PLANTS or walked.counts["exports"] > 10
