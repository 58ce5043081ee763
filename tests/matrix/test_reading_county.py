"""What the county and its screens read, and that its three administrators read no business."""

from __future__ import annotations

import pytest

from tests.matrix.callers import Caller
from tests.matrix.crawl import crawl
from tests.matrix.world import World

pytestmark = pytest.mark.django_db
ASKING = ("display", "security_admin")
LOOKING = (
    "office",
    "leader",
    "system_admin",
    "audit_admin",
)  # the same doors; what lists answer is shown by their like


@pytest.mark.parametrize("name", [*ASKING, *LOOKING])
def test_every_door_and_what_is_heard_behind_it(world: World, visitors: dict[str, Caller], name: str) -> None:
    walked = crawl(world, visitors[name], name, asking=name in ASKING)
    assert not walked.wrong, "\n".join(walked.wrong)
    assert walked.counts["calls"] > 300
    assert name not in ASKING or walked.counts["exports"] > (3 if name == "display" else 15)
