"""What strangers, plants and programs read: their own, and nothing else."""

from __future__ import annotations

import pytest

from tests.matrix.callers import Caller
from tests.matrix.crawl import crawl
from tests.matrix.world import SEES, World

pytestmark = pytest.mark.django_db
ASKING = ("enterprise_y",)
LOOKING = (
    "anonymous",
    "enterprise_x",
    "enterprise_z",
    *(f"token:{role}" for role in SEES if role != "anonymous"),
)  # the same doors; what lists answer is shown by their like


@pytest.mark.parametrize("name", [*ASKING, *LOOKING])
def test_every_door_and_what_is_heard_behind_it(world: World, visitors: dict[str, Caller], name: str) -> None:
    walked = crawl(world, visitors[name], name, asking=name in ASKING)
    assert not walked.wrong, "\n".join(walked.wrong)
    assert walked.counts["calls"] > (20 if ":" in name else 300)
    assert name not in ASKING or walked.counts["exports"] > 15
